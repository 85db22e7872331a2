"""Several values of a feature over time: what a case takes and refuses, which counts, and what follows at each time."""

import math
from collections.abc import Sequence
from typing import Any

import pytest

from creason_core.errors import CaseError, CodebookError, StoreError
from creason_core.record.case import Entry, PatientCase, make_case
from creason_core.record.changes import changes
from creason_core.record.codebook import Codebook, packaged_codebook, parse_codebook
from creason_core.record.computed import pf_ratio, readings, readings_at
from creason_core.record.highlights import highlights
from creason_core.record.hours import read_hours
from creason_core.record.over_time import counted
from creason_core.record.sofa import sofa
from creason_core.store.patients.cases import save_version
from creason_core.store.sql.transactions import Database
from tests.cohort.longitudinal import CODEBOOK
from tests.store.conftest import sqlite_db

__all__ = ["sqlite_db"]

BOOK = parse_codebook(CODEBOOK, "of the test")
RHC = packaged_codebook("rhc")


def at(feature: str, *values: tuple[float, float | str], **more: Any) -> list[Entry]:
    return [Entry(feature=feature, value=value, hours=hours, **more) for hours, value in values]


def case(*entries: Entry, book: Codebook = BOOK) -> PatientCase:
    return make_case("p", entries, book)


def test_a_case_holds_values_in_order_of_time_and_reads_back_the_same() -> None:
    made = case(*at("lactate", (24, 1.9), (0, 2.1), (6, 4.0)), Entry(feature="age", value=70))
    assert [entry.name for entry in made.entries] == ["age", "lactate@0", "lactate@6", "lactate@24"]
    assert PatientCase.model_validate_json(made.model_dump_json()) == made
    assert '"hours"' not in made.entries[0].model_dump_json()
    assert (made.value("lactate@6"), made.value("lactate@7"), made.value("age")) == (4.0, None, 70.0)
    with pytest.raises(CaseError, match="'lactate' has 3 values over time"):
        made.value("lactate")


def test_a_time_is_part_of_what_a_case_is() -> None:
    hashes = {case(*at("lactate", (hours, 2.1))).content_hash for hours in (0, 6)}
    assert len(hashes | {case(Entry(feature="lactate", value=2.1)).content_hash}) == 3
    assert case(*at("lactate", (-0.0, 2.1))).content_hash in hashes


@pytest.mark.parametrize(("entries", "said"), [
    (at("lactate", (6, 2.0), (6, 2.0)), "'lactate' has two values at 6 h"),
    (at("lactate", (6, 2.0), (6.00001, 3.0)), "'lactate' has two values at 6 h"),
    (at("lactate", (-1, 2.0)), "Lactate has a time of -1 h: it must lie within 0–87600 hours"),
    (at("lactate", (math.nan, 2.0)), "no number of hours"),
    (at("lactate", (math.inf, 2.0)), "no number of hours"),
    (at("lactate", (1_700_000_000, 2.0)), "not seconds, no date"),
    (at("temp", (25, 37.0)), "Temperature at 25 h is later than the codebook knows it: on day 1"),
    (at("temp", (1, 37.0), (2, 38.0)), "'temp' has two values, and its codebook has one"),
    ([Entry(feature="lactate", value=2.0), *at("lactate", (6, 2.0))], "has a value with a time and one without"),
    (at("lactate", *((n / 10, 2.0) for n in range(10_000))), "'lactate' has more than 500 values over time"),
    (at("urine", (0, 8000.0), (6, 8000.0), (24, 1.0)), "The sum of 3 values over time: Urine = 16001 mL is impossible"),
    ([Entry(feature="lactate@6", value=2.0)], "'lactate@6' is a value at one time, no feature"),
])  # fmt: skip
def test_what_cannot_be_a_time_is_refused_in_a_sentence(entries: Sequence[Entry], said: str) -> None:
    with pytest.raises(CaseError, match=said):
        case(*entries)


@pytest.mark.parametrize(("text", "hours"), [
    ("9", 9.0), (" 1.5 h", 1.5), ("1,5", 1.5), ("0,125", 0.125), ("-2", -2.0), ("−2 hours", -2.0), ("+24H", 24.0),
])  # fmt: skip
def test_hours_are_read_as_people_type_them(text: str, hours: float) -> None:
    assert read_hours(text) == hours


@pytest.mark.parametrize("text", ["", "noon", "9 min", "1e3", "nan", "1,500", "6.5.1", "12:30", "9 h 30", "٩٩٩x"])
def test_a_text_that_is_no_number_of_hours_or_two_is_refused(text: str) -> None:
    with pytest.raises(CaseError):
        read_hours(text)


def test_a_time_without_an_admission_to_count_from_is_refused() -> None:
    text = CODEBOOK.replace("{0: at admission, 6: at 6 h, 24: at 24 h}", "{admission: when it was listed}")
    with pytest.raises(CaseError, match="the codebook course knows no admission to count its hours from"):
        case(*at("lactate", (6, 2.0)), book=parse_codebook(text, "t"))


def test_a_codebook_may_allow_hours_before_admission() -> None:
    early = parse_codebook(CODEBOOK.replace("patient: id", "patient: id\nearliest: -6"), "t")
    assert case(*at("lactate", (-3, 2.0)), book=early).value("lactate@-3") == 2.0


@pytest.mark.parametrize(("times", "said"), [
    ("{-1: before}", "the time point -1 must lie within"),
    ("{90000: late}", "the time point 90000 must lie within"),
    ("{.nan: never}", "the time point nan must lie within"),
    ("{noon: at noon}", "times"),
])  # fmt: skip
def test_a_codebook_with_time_points_that_are_none_is_refused(times: str, said: str) -> None:
    with pytest.raises(CodebookError, match=said):
        parse_codebook(CODEBOOK.replace("{0: at admission, 6: at 6 h, 24: at 24 h}", times), "t")


@pytest.mark.parametrize(("feature", "counts", "said"), [
    ("age", "mean", "age is integer, and a mean need not be whole"),
    ("temp", "worst", "temp has no reference range to say which value is worst"),
])  # fmt: skip
def test_a_count_that_means_nothing_is_refused(feature: str, counts: str, said: str) -> None:
    with pytest.raises(CodebookError, match=said):
        parse_codebook(CODEBOOK.replace(f"name: {feature},", f"name: {feature}, counts: {counts},"), "t")


@pytest.mark.parametrize(("counts", "value"), [
    ("highest", 4.0), ("lowest", 0.1), ("first", 2.1), ("last", 0.1), ("mean", 2.1), ("worst", 4.0), ("sum", 6.2),
])  # fmt: skip
def test_which_value_counts_is_the_codebooks_word(counts: str, value: float) -> None:
    book = parse_codebook(CODEBOOK.replace("counts: worst", f"counts: {counts}"), "t")
    found = counted(case(*at("lactate", (24, 0.1), (0, 2.1), (6, 4.0)), book=book), book.feature("lactate"), book)
    assert found is not None
    assert found.value == value


def test_a_sum_is_not_known_while_a_portion_is_missing() -> None:
    assert counted(case(*at("urine", (0, 500.0), (24, 500.0))), BOOK.feature("urine"), BOOK) is None
    whole = counted(case(*at("urine", (0, 500.0), (6, 200.0), (24, 500.0))), BOOK.feature("urine"), BOOK)
    assert whole is not None
    assert (whole.value, whole.provenance, whole.hours) == (1200.0, "computed", None)


def test_a_normal_that_was_filled_in_never_counts_beside_a_measured_value() -> None:
    made = case(*at("lactate", (0, 2.1)), *at("lactate", (6, 9.0), measured=False))
    found = counted(made, BOOK.feature("lactate"), BOOK)
    assert found is not None
    assert found.value == 2.1


def test_changes_tell_each_time_in_order() -> None:
    old = case(*at("lactate", (0, 2.1), (6, 4.0)), Entry(feature="age", value=70))
    new = case(*at("lactate", (0, 2.1), (6, 4.5), (24, 1.0)), Entry(feature="age", value=71))
    assert [(change.label, change.before, change.after) for change in changes(old, new, BOOK)] == [
        ("Age", "70 years", "71 years"),
        ("Lactate at 6 h", "4.0 mmol/L", "4.5 mmol/L"),
        ("Lactate at 24 h", "not recorded", "1.0 mmol/L"),
    ]


def test_the_patients_facts_tell_no_value_over_time_of_which_one_is_hidden() -> None:
    text = CODEBOOK.replace("impossible: {low: 0, high: 40}", "confirm: {low: 0.1, high: 10}")
    book = parse_codebook(text, "t")
    made = case(*at("lactate", (0, 2.1), (6, 8.0)), book=book)
    assert highlights(made, book) == ("Lactate 8.0 mmol/L ↑",)
    assert highlights(made, book, {"lactate@0"}) == ()


def test_formulas_take_inputs_of_one_time() -> None:
    made = case(*at("systolic", (0, 120), (6, 80)), *at("diastolic", (0, 60), (24, 30)))
    assert {hours: dict(found) for hours, found in readings_at(made, BOOK).items()} == {
        0.0: {"systolic": 120, "diastolic": 60}, 6.0: {"systolic": 80}, 24.0: {"diastolic": 30},
    }  # fmt: skip
    given = readings(made, BOOK)
    assert given == {"map": 80.0}  # of 0 h alone: neither 80 and 30, nor the lowest of each
    assert "told over time" in given.refused["systolic"]
    assert pf_ratio(given).value is None


def test_a_score_takes_no_first_value_for_the_worst() -> None:
    made = at("creatinine", (0, 1.0), (6, 4.0))
    book = parse_codebook(CODEBOOK.replace("counts: highest", "counts: first"), "t")
    (worst,), (first,) = (
        [part for part in sofa(readings(case(*made, book=each), each)).parts if part.organ == "kidney"]
        for each in (BOOK, book)
    )
    assert (worst.low, first.low, first.high) == (3, 0, 4)
    assert "the first of several counts, a score takes the highest" in first.because


def test_an_entry_of_a_packaged_codebook_may_carry_its_time() -> None:
    made = case(*at("crea1", (6, 1.2)), book=RHC)
    assert (made.value("crea1"), made.value("crea1@6")) == (1.2, 1.2)
    with pytest.raises(CaseError, match="'crea1' has two values, and its codebook has one of a patient"):
        case(*at("crea1", (6, 1.2), (12, 1.3)), book=RHC)


def test_a_case_over_time_is_stored_and_read_back_the_same(sqlite_db: Database) -> None:
    made = case(*at("lactate", (0, 2.1), (6, 4.0)))
    kept = save_version(sqlite_db, "me", made, idem="one", case_id=None, parent_id=None, label="bed 4", cleared=())
    assert (kept.case, kept.case.content_hash) == (made, made.content_hash)
    broken = made.model_copy(update={"entries": (made.entries[0].model_copy(update={"hours": math.nan}),)})
    with pytest.raises(StoreError, match="a time of the case is not a finite number"):
        save_version(sqlite_db, "me", broken, idem="two", case_id=None, parent_id=None, label="bed 4", cleared=())
