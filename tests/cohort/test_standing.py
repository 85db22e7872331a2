"""Where a value stands in the registry: counted by hand, of training patients, without the patient themselves."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from creason_core.cohort.loading import load_cohort
from creason_core.cohort.standing import Registry, Standing
from tests.cohort.longitudinal import made


def test_a_number_stands_where_counting_by_hand_puts_it() -> None:
    cohort = load_cohort("rhc-sepsis")
    values = [float(one) for one in cohort.training["crea1"] if one == one and one != 1.01]  # a filled normal
    found = Registry(cohort).standing("crea1", 2.1, "somebody else")
    assert found is not None
    assert found.count == len(values)
    assert found.below == sum(one < 2.1 for one in values) / len(values)
    assert found.equal == sum(one == 2.1 for one in values) / len(values)
    assert found.place == pytest.approx(found.below + found.equal / 2)
    ranked = sorted(values)
    for told, share in ((found.low, 0.05), (found.high, 0.95)):
        at = share * (len(ranked) - 1)
        between = at - int(at)
        assert told == pytest.approx(ranked[int(at)] * (1 - between) + ranked[int(at) + 1] * between)


def test_filled_normals_are_nobodys_values() -> None:
    cohort = load_cohort("rhc-sepsis")
    feature = next(one for one in cohort.codebook.features if one.not_measured)
    found = Registry(cohort).standing(feature.name, feature.not_measured[0], "somebody else")
    assert found is not None
    filled = cohort.training[feature.name].isin(feature.not_measured).sum()
    assert found.count == cohort.training[feature.name].notna().sum() - filled < len(cohort.training)
    assert found.equal == 0


def test_a_training_patient_is_not_counted_for_themselves() -> None:
    cohort = load_cohort("rhc-sepsis")
    highest = cohort.measured_training(cohort.codebook.feature("crea1")).astype(float).idxmax()
    value = float(cohort.training["crea1"].max())
    registry = Registry(cohort)
    own, other = (registry.standing("crea1", value, patient) for patient in (str(highest), "somebody else"))
    assert own is not None
    assert other is not None
    assert own.count == other.count - 1
    assert own.equal * own.count == pytest.approx(other.equal * other.count - 1)


def test_a_level_has_its_share_and_a_place_only_where_levels_have_an_order() -> None:
    cohort = load_cohort("rhc-sepsis")
    registry = Registry(cohort)
    sex = registry.standing("sex", "Female", "somebody else")
    assert sex is not None
    assert sex.equal == np.mean(cohort.training["sex"] == "Female")
    assert (sex.place, sex.low, sex.high) == (None, None, None)
    income = cohort.codebook.feature("income")
    codes = [level.code for level in income.levels]
    second = registry.standing("income", codes[1], "somebody else")
    assert second is not None
    assert second.below == np.mean(cohort.training["income"] == codes[0])
    assert registry.standing("sex", "no such level", "somebody else") is None


def test_where_no_training_patient_has_a_value_nothing_is_told() -> None:
    cohort = load_cohort("rhc-sepsis")
    without = replace(cohort, training=cohort.training.assign(crea1=np.nan))
    assert Registry(without).standing("crea1", 2.1, "somebody else") is None
    assert Registry(replace(cohort, training=cohort.training.drop(columns="crea1"))).standing("crea1", 2.1, "x") is None


@pytest.mark.slow
def test_a_time_has_its_own_registry_and_one_that_is_none_of_its_points_that_of_all(tmp_path: Path) -> None:
    cohort = made(tmp_path / "course")
    registry = Registry(cohort)
    at_six, at_seven = (registry.standing(name, 3.0, "somebody else") for name in ("lactate@6", "lactate@7"))
    assert at_six is not None
    assert at_seven is not None
    columns = [cohort.training[f"lactate@{hours}"].dropna().to_numpy(float) for hours in (0, 6, 24)]
    for found, values in ((at_six, columns[1]), (at_seven, np.concatenate(columns))):
        assert found.count == len(values)
        assert found.below == np.mean(values < 3.0)
    assert "values over time" in at_seven.words


@pytest.mark.parametrize(("below", "equal", "words"), [
    (0.997, 0.003, "higher than 99% of the registry's 1,513 training patients"),
    (1.0, 0.0, "higher than all of the registry's 1,513 training patients"),
    (0.0, 0.4, "lower than 60% of the registry's 1,513 training patients, the same as 40%"),
    (0.0, 1.0, "as in all of the registry's 1,513 training patients"),
    (0.29, 0.001, "lower than 70% of the registry's 1,513 training patients"),
])  # fmt: skip
def test_words_never_round_up(below: float, equal: float, words: str) -> None:
    assert Standing(1513, below, equal).words == words
