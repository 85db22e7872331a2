"""Points: a standing by bands, nothing for what was not measured, whole numbers that add up to the conclusion."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from creason_core.arrays import Floats, Ints
from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.evaluation.registry_notes.fitting import NO_FOLD, measured
from creason_core.evaluation.registry_notes.scorecard import MAX_TOLD, Scorecard, band, beside_modal, places


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


def patients(n: int = 400) -> tuple[Floats, Ints]:
    """A number and a level that both raise the odds of class 1, the number most, and which class came of them."""
    rng = np.random.default_rng(0)
    values = np.column_stack([rng.normal(size=n), rng.integers(0, 2, n).astype(float)])
    return values, (2 * values[:, 0] + values[:, 1] + rng.normal(size=n) > 1.5).astype(np.int64)


def test_a_value_speaks_clearly_a_little_or_not_and_says_nothing_where_it_was_not_measured(cohort: Cohort) -> None:
    values, classes = patients()
    card = Scorecard(values, classes, [cohort.codebook.feature(name) for name in ("crea1", "sex")], 2, ordered=False)
    assert card.told_columns == (0, 1)
    said = card.points(np.array([[2.0, np.nan], [-2.0, np.nan], [np.nan, np.nan]]))
    assert said.count[:, 0].tolist() == [2, 2, 0]
    assert said.toward[:2, 0].tolist() == [1, 0]
    assert said.count[:, 1].tolist() == [0, 0, 0]


def test_the_conclusion_is_the_sum_of_the_points_and_nothing_else(cohort: Cohort) -> None:
    values, classes = patients()
    card = Scorecard(values, classes, [cohort.codebook.feature(name) for name in ("crea1", "sex")], 2, ordered=False)
    said = card.points(values)
    sums = np.stack([(said.count * (said.toward == k)).sum(axis=1) for k in (0, 1)], axis=1)
    preferred = card.preferences(said)
    uneven = sums[:, 0] != sums[:, 1]
    assert uneven.sum() > 200
    assert (preferred.argmax(axis=1) == sums.argmax(axis=1))[uneven].all()
    assert len(np.unique(preferred[~uneven].argmax(axis=1))) <= 1  # what is even is always settled alike
    assert (preferred.argmax(axis=1) == classes).mean() > 0.75


def test_points_of_a_number_go_up_and_down_its_classes(cohort: Cohort) -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(size=(1000, 1))
    classes = np.clip(np.rint(2 + 1.5 * values[:, 0] + 0.5 * rng.normal(size=1000)), 0, 4).astype(np.int64)
    card = Scorecard(values, classes, [cohort.codebook.feature("crea1")], 5, ordered=True)
    said = card.points(
        np.array([np.quantile(values, q) for q in (0.02, 0.2, 0.5, 0.8, 0.98)], dtype=np.float64)[:, None]
    )
    assert said.count[:, 0].tolist() == sorted(said.count[:, 0].tolist())
    assert said.count[[0, 2, -1], 0].tolist() == [-2, 0, 2]
    assert card.preferences(said).argmax(axis=1)[[0, 2, -1]].tolist() == [0, 2, 4]
    assert [places(count).tolist() for count in (2, 3, 4)] == [[-1, 1], [-1, 0, 1], [-2, -1, 1, 2]]


def test_chances_add_up_and_are_as_often_right_as_they_say(cohort: Cohort) -> None:
    values, classes = patients(4000)
    features = [cohort.codebook.feature(name) for name in ("crea1", "sex")]
    card = Scorecard(values[:2000], classes[:2000], features, 3, ordered=False)  # class 2 never occurs
    chances = card.chances(values[2000:])
    assert chances.sum(axis=1) == pytest.approx(1.0)
    assert not chances[:, 2].any()
    weights = np.where(classes[2000:] == 1, 1 / classes[2000:].mean(), 1 / (1 - classes[2000:].mean()))
    sure = chances.max(axis=1) > 0.8
    right = np.average((chances.argmax(axis=1) == classes[2000:])[sure], weights=weights[sure])
    assert right == pytest.approx(np.average(chances.max(axis=1)[sure], weights=weights[sure]), abs=0.05)
    nothing = card.chances(np.full((1, 2), np.nan))
    assert nothing[0, :2] == pytest.approx([0.5, 0.5], abs=0.1)  # all classes alike beforehand


def test_a_rare_class_weighs_as_much_as_a_common_one(cohort: Cohort) -> None:
    rng = np.random.default_rng(3)
    classes = (np.arange(1000) < 50).astype(np.int64)
    values = (classes + rng.normal(size=1000))[:, None]
    card = Scorecard(values, classes, [cohort.codebook.feature("crea1")], 2, ordered=False)
    named = card.preferences(card.points(values)).argmax(axis=1)
    assert (named[classes == 1] == 1).mean() > 0.5
    assert (named[classes == 0] == 0).mean() > 0.5


def test_few_features_are_told_and_a_single_class_tells_none(cohort: Cohort) -> None:
    features = cohort.codebook.features[:9]
    rng = np.random.default_rng(4)
    values = rng.integers(0, 2, (300, 9)).astype(float)
    told = Scorecard(values, (values.sum(axis=1) > 4).astype(np.int64), features, 2, ordered=False).told_columns
    assert len(told) == MAX_TOLD
    one = Scorecard(values, np.ones(300, dtype=np.int64), features, 3, ordered=False)
    assert one.told_columns == ()
    assert one.preferences(one.points(values)).argmax(axis=1).tolist() == [1] * 300
    none = Scorecard(np.empty((4, 0)), np.array([0, 0, 0, 2]), [], 3, ordered=True)
    assert none.preferences(none.points(np.empty((1, 0)))).shape == (1, 3)


def test_only_clear_points_leave_the_usual_option_and_by_one_place() -> None:
    assert [beside_modal(1, points, 3) for points in (-8, -5, -4, 0, 4, 5, 8)] == [0, 0, 1, 1, 1, 2, 2]
    assert beside_modal(0, -8, 2) == 0
    assert beside_modal(4, 8, 5) == 4


def test_a_fit_is_the_same_to_the_bit_however_many_threads_there_are(cohort: Cohort) -> None:
    known, fitted = measured(cohort, cohort.codebook.feature("crea1"), frozenset()), set()
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="blas"):
            fitted.add(known.without(NO_FOLD)._whole.coef_.tobytes())
    assert len(fitted) == 1
