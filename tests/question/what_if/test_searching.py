"""A sweep goes through the plausible range, and the search ends at the smallest change, on models of one rule."""

from collections.abc import Callable

import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.errors import CaseError
from creason_core.question.what_if.smallest import (
    Search,
    TriedChange,
    most_changes,
    next_step,
    plan,
    size_of,
    size_words,
    smallest,
)
from creason_core.question.what_if.sweeping import (
    listed_points,
    measured,
    plausible,
    points,
    read_points,
    shape,
    steepest,
    turns,
)

Rule = Callable[[str, float | str], bool]


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return load_cohort("rhc-sepsis")


def search(cohort: Cohort, *names: str, samples: int = 1, **helps: float) -> Search:
    return Search(cohort.case(cohort.public[0].patient), names, cohort, most_changes(samples), helps)


def ended(one: Search, rule: Rule) -> list[TriedChange]:
    tried: list[TriedChange] = []
    while step := next_step(one, tried):
        tried.append(TriedChange(step.name, step.value, rule(step.name, step.value)))
    return tried


def test_what_the_registry_measured_is_sorted_once_and_stays_as_it_is(cohort: Cohort) -> None:
    for name in ("crea1", "paco21", "meanbp1"):
        feature = cohort.codebook.feature(name)
        values = measured(feature, cohort)
        assert values is measured(feature, cohort)
        assert values.tolist() == sorted(cohort.measured_training(feature).tolist())
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0.0


@pytest.mark.parametrize("threshold", [46.0, 63.0, 75.0, 120.0, 156.0])
def test_the_search_ends_at_the_threshold_of_the_one_value_that_decides(cohort: Cohort, threshold: float) -> None:
    one = search(cohort, "crea1", "meanbp1", "hrt1")
    tried = ended(one, lambda name, value: name == "meanbp1" and float(value) >= threshold)
    found = smallest(one, tried)
    assert found is not None
    assert (found.name, found.value) == ("meanbp1", threshold)
    assert len(tried) <= 29
    assert len({(step.name, step.value) for step in tried}) == len(tried)


def test_none_found_is_an_end_and_a_model_that_changes_with_everything_gives_the_smallest_step(cohort: Cohort) -> None:
    one = search(cohort, "crea1", "meanbp1", "hrt1")
    assert smallest(one, ended(one, lambda *_: False)) is None
    found = smallest(one, ended(one, lambda *_: True))
    assert found is not None
    assert size_of(one, found.name, found.value) == min(step.size for step in plan(one))


def test_steps_rise_in_size_stay_plausible_and_are_never_more_than_may_be_asked(cohort: Cohort) -> None:
    one = search(cohort, "crea1", "meanbp1", "sex", "cat1", samples=5)
    steps = plan(one)
    assert 0 < len(steps) <= most_changes(5) == 5
    assert [step.size for step in steps] == sorted(step.size for step in steps)
    wide = plan(search(cohort, "crea1", "meanbp1", "sex"))
    assert {step.name for step in wide} == {"crea1", "meanbp1", "sex"}
    for step in wide:
        if not isinstance(step.value, str):
            assert plausible(cohort.codebook.feature(step.name), cohort).contains(step.value)


def test_of_more_values_than_calls_boostings_favourites_are_tried(cohort: Cohort) -> None:
    one = search(cohort, "crea1", "hrt1", "meanbp1", "temp1", samples=5, temp1=0.4, hrt1=0.3)
    assert {step.name for step in plan(one)} == {"temp1", "hrt1", "crea1"}


def test_a_sample_without_an_answer_neither_alters_nor_ends_the_search(cohort: Cohort) -> None:
    one = search(cohort, "meanbp1")
    first = next_step(one, [])
    assert first is not None
    second = next_step(one, [TriedChange(first.name, first.value, None)])
    assert second is not None
    assert second != first


def test_the_size_of_a_change_is_told_as_what_it_is_the_share_of(cohort: Cohort) -> None:
    one = search(cohort, "meanbp1", "cat1")
    assert size_words(one, "meanbp1", 96.0).endswith("% of the registry's patients lie between the two values.")
    assert size_words(one, "meanbp1", 37.0) == "Under 1% of the registry's patients lie between the two values."
    level = next(level.code for level in one.feature("cat1").levels if level.code != one.case.value("cat1"))
    assert size_words(one, "cat1", level).endswith("% of the registry's patients do not have the new one.")


def test_points_lie_in_the_plausible_range_with_the_recorded_value_among_them(cohort: Cohort) -> None:
    pressure = cohort.codebook.feature("meanbp1")
    assert points(pressure, cohort, 37.0, 5) == (37.0, 66.0, 96.0, 126.0, 157.0)
    assert points(cohort.codebook.feature("sex"), cohort, "Male", 5) == ("Female", "Male")
    assert read_points(pressure, "90; 60, 75,60, 75.2") == (60.0, 75.2, 90.0)
    with pytest.raises(CaseError, match="400 mmHg is impossible"):
        read_points(pressure, "60, 400")
    with pytest.raises(CaseError, match="goes through 2 to 14 different values, and these are 1"):
        read_points(pressure, "60")


def test_an_untouched_list_of_points_is_read_as_it_was_offered_however_large_its_numbers(cohort: Cohort) -> None:
    pressure = cohort.codebook.feature("meanbp1")
    people = pressure.model_copy(update={"impossible": None, "confirm": None, "kind": "integer", "decimals": 0})
    offered = (60_011.0, 29_601_212.0, 1_318_683_096.0)
    assert read_points(people, listed_points(people, offered)) == offered
    fine = people.model_copy(update={"kind": "number", "decimals": 3})
    assert read_points(fine, listed_points(fine, (1234.567, 1234.568))) == (1234.567, 1234.568)


def test_the_shape_of_a_line_is_told_and_a_step_of_one_sample_is_no_turn() -> None:
    assert turns([0, 0, None, 1, 1, 0]) == (1, 4)
    assert shape([0.0, 0.2, 0.0, 1.0], 5) == "rises"
    assert shape([1.0, None, 0.0], 5) == "falls"
    assert shape([0.4, 0.6, 0.4], 5) == "stays"
    assert shape([0.0, 1.0, 0.2], 5) == "not monotone"
    assert shape([0.0, 1.0, 0.0], 1) == "not monotone"
    assert steepest([(0.0, 0.5, 0.5), (1.0, 0.0, 0.0)]) == 0
