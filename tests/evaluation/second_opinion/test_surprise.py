"""The scan finds what the rest of a record speaks against, tells how far it is, and can be stopped."""

from dataclasses import replace

import numpy as np
import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.evaluation.second_opinion.surprise import FEWEST, bits, known_for_scan, option_words, scan
from creason_core.record.case import PatientCase
from creason_core.record.over_time import counted
from tests.cohort.longitudinal import OVER_TIME, made

KEPT = ("age", "crea1", "bili1", "sex", "wblc1", "card", "paco21", "ph1", "dth30", "alb1")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """A cohort over time."""
    return made(tmp_path_factory.mktemp("made") / "course")


def small(patient: str, **changed: float) -> PatientCase:
    """A case with few values, some changed: a scan of it fits few features."""
    case = load_cohort("rhc-sepsis").case(patient)
    entries = tuple(
        entry.model_copy(update={"value": changed.get(entry.feature, entry.value)})
        for entry in case.entries
        if entry.feature in KEPT
    )
    return case.model_copy(update={"entries": entries, "patient": "typed-in"})


def test_a_slipped_decimal_comes_first() -> None:
    cohort = load_cohort("rhc-sepsis")
    patient = cohort.split["test"][0]
    before, after = (scan(case, cohort, folder=None) for case in (small(patient), small(patient, crea1=14.0)))
    assert after.found[0].feature == "crea1"
    assert after.found[0].bits > next(one.bits for one in before.found if one.feature == "crea1") + 2
    assert [one.bits for one in after.found] == sorted((one.bits for one in after.found), reverse=True)
    assert after.found[0].probability < after.found[0].base or after.found[0].bits > 7


def test_a_scan_tells_its_progress_stops_when_told_and_says_what_it_left_out() -> None:
    cohort = load_cohort("rhc-sepsis")
    case, told, found = small(cohort.split["test"][0], crea1=14.0), [], []
    stopped = scan(
        case,
        cohort,
        folder=None,
        progress=lambda *at: told.append(at),
        tell=lambda one: found.append(one.feature),
        stop=lambda: len(told) == 2,
    )
    assert stopped.stopped
    assert "crea1" in found  # the rarest by themselves are looked at first
    assert told == [(1, len(case.entries)), (2, len(case.entries))]
    assert len(stopped.found) + len(stopped.left_out) == 2
    assert {one.feature for one in stopped.found} == set(found)
    alb = next(entry for entry in case.entries if entry.feature == "alb1")
    filled = replace_value(case, "alb1", cohort.codebook.feature("alb1").not_measured[0])
    if not alb.measured:
        filled = case
    left = dict(scan(filled, cohort, folder=None).left_out)
    assert "was not measured" in left["alb1"]


def replace_value(case: PatientCase, feature: str, value: float | str) -> PatientCase:
    entries = tuple(
        entry.model_copy(update={"value": value, "measured": False}) if entry.feature == feature else entry
        for entry in case.entries
    )
    return case.model_copy(update={"entries": entries})


def test_surprise_is_the_tail_in_bits_and_falls_with_the_probability() -> None:
    known = known_for_scan(load_cohort("rhc-sepsis"), "crea1")
    share = known.shares[None]
    lowest, highest = known.model.numbers[0] - 1, known.model.numbers[-1] + 1
    middle = float(np.median(known.model.numbers))
    far, near = bits(known, share, np.array([highest]))[0], bits(known, share, np.array([middle]))[0]
    n = len(known.model.bins[-1])
    assert far == pytest.approx(-np.log2(2 * known.shares[-1] * 0.5 / (n + 0.5)))
    assert near < 0.2
    assert bits(known, share, np.array([lowest]))[0] > 8
    unlikely = np.array([[0.6, 0.2, 0.1, 0.08, 0.02]])
    assert bits(known, unlikely, np.array([highest]))[0] > far


def test_a_level_is_as_surprising_as_all_that_are_no_likelier() -> None:
    cohort = load_cohort("rhc-sepsis")
    known = replace(known_for_scan(cohort, "cat1"))
    count = len(known.shares)
    p = np.zeros((1, count))
    p[0, :3] = 0.7, 0.2, 0.1
    assert bits(known, p, np.array([1.0]))[0] == pytest.approx(-np.log2(0.3))
    assert f"{bits(known, p, np.array([0.0]))[0]:.1f}" == "0.0"  # and not "-0.0"
    assert bits(known, p, np.array([5.0]))[0] > 10


def test_outcomes_and_what_too_few_patients_have_are_left_out_in_a_sentence() -> None:
    cohort = load_cohort("rhc-sepsis")
    case = small(cohort.split["test"][0])
    assert "is an outcome" in dict(scan(case, cohort, folder=None).left_out)["dth30"]
    alone = case.model_copy(update={"entries": tuple(one for one in case.entries if one.feature == "crea1")})
    assert dict(scan(alone, cohort, folder=None).left_out)["crea1"].startswith(
        "Nothing else of this record may be seen"
    )
    few = replace(cohort, training=cohort.training.iloc[: FEWEST - 1])
    found = scan(case, few, folder=None)
    assert found.found == ()
    assert "at least 40 are needed to say what is surprising." in dict(found.left_out)["crea1"]


def test_of_several_values_over_time_the_one_that_counts_is_looked_at(course: Cohort) -> None:
    cohort, patients = course, map(course.case, course.split["test"])
    case = next(case for case in patients if len(case.entries) == 2 + 3 * len(OVER_TIME))
    found = scan(case, cohort, folder=None)
    entry = counted(case, cohort.codebook.feature("lactate"), cohort.codebook)
    assert entry is not None
    assert {one.feature: one.recorded for one in found.found}["lactate"] == entry.value
    assert "one of several values over time" in dict(found.left_out)["lactate@6"]


def test_a_bin_of_one_number_is_told_as_that_number_and_the_unit_stands_behind_a_number() -> None:
    known = known_for_scan(load_cohort("rhc-sepsis"), "edu", without="typed-in", folder=None)
    told = [option_words(known, place) for place in range(len(known.model.bins))]
    assert "12 years" in told
    assert told[0].endswith(" years or less")
    assert told[-1].endswith(" years or more")
    assert all(low != high for low, _, high in (words.removesuffix(" years").partition(" to ") for words in told))
