"""What adds up: a standing by bands, nothing for what was not measured, and probabilities that follow the patients."""

import numpy as np
import pytest

from creason_core.registry import Cohort, load_cohort
from training.additive import Additive, band


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return load_cohort("rhc-sepsis")


def test_bands_hold_two_tenths_at_each_end_and_two_fifths_in_the_middle() -> None:
    known = np.arange(1000, dtype=np.float64)
    counts = np.bincount(band(known, known), minlength=5)
    assert np.abs(counts - [100, 200, 400, 200, 100]).max() <= 1
    assert band(known, np.array([-5.0, 2000.0])).tolist() == [0, 4]


def test_ties_count_half_so_a_heap_of_equal_values_stands_in_the_middle() -> None:
    assert band(np.array([3.5] * 8 + [1.0, 9.0]), np.array([3.5])).tolist() == [2]


def test_a_value_that_was_not_measured_says_nothing(cohort: Cohort) -> None:
    features = [cohort.codebook.feature(name) for name in ("crea1", "sex")]
    rng = np.random.default_rng(0)
    values = np.column_stack([rng.normal(size=400), rng.integers(0, 2, 400).astype(float)])
    classes = (values[:, 0] + values[:, 1] + rng.normal(size=400) > 0.5).astype(np.int64)
    model = Additive(values, classes, features, 2)
    nothing = model.probabilities(np.full((1, 2), np.nan))[0]
    assert nothing.sum() == pytest.approx(1.0)
    assert nothing[1] == pytest.approx(classes.mean(), abs=0.05)
    high, low = model.probabilities(np.array([[2.0, np.nan], [-2.0, np.nan]]))[:, 1]
    assert high > nothing[1] + 0.2
    assert low < nothing[1] - 0.2


def test_what_one_value_adds_does_not_depend_on_the_others(cohort: Cohort) -> None:
    features = [cohort.codebook.feature(name) for name in ("crea1", "sex")]
    rng = np.random.default_rng(1)
    values = np.column_stack([rng.normal(size=300), rng.integers(0, 2, 300).astype(float)])
    classes = (values[:, 0] > 0).astype(np.int64)
    model = Additive(values, classes, features, 2)
    odds = np.log(model.probabilities(np.array([[2.0, 0.0], [-2.0, 0.0], [2.0, 1.0], [-2.0, 1.0]])))
    change = odds[:, 1] - odds[:, 0]
    assert change[0] - change[1] == pytest.approx(change[2] - change[3])


def test_a_single_class_is_certain_and_no_column_gives_the_shares(cohort: Cohort) -> None:
    feature = cohort.codebook.feature("crea1")
    one = Additive(np.ones((5, 1)), np.ones(5, dtype=np.int64), [feature], 3)
    assert one.probabilities(np.array([[1.0]])).tolist() == [[0.0, 1.0, 0.0]]
    none = Additive(np.empty((4, 0)), np.array([0, 0, 0, 2]), [], 3)
    assert none.probabilities(np.empty((1, 0)))[0] == pytest.approx([0.75, 0.0, 0.25], abs=0.01)
