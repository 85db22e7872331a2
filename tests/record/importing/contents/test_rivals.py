"""Several columns for one part of a row or one feature: asked once, where they do not say the same."""

import pytest

from creason_core.record.importing.answering import answered_in
from creason_core.record.importing.columns.mapping import SavedMapping
from creason_core.record.importing.review.asking import unanswered
from creason_core.record.importing.review.review import review
from creason_core.record.importing.saved import reuse, to_keep
from creason_core.record.importing.suggesting import choose_role, suggest
from tests.record.importing.tables import RHC, SEEN, asked, drafted, reviewed, stored, table

LONG = "patient|test"
OF_ROLES = [
    ("value|result|unit", ("0.9|4.1|mg/dL", "1.0|1.2|mg/dL"), "value", "result", [4.1, 1.2]),
    ("value|value (2)|unit", ("0.9|4.1|mg/dL", "1.0|1.2|mg/dL"), "value", "value (2)", [4.1, 1.2]),
    ("Ergebnis|Messwert|Einheit", ("0,9|4,1|mg/dl", "1,0|1,2|mg/dl"), "value", "Messwert", [4.1, 1.2]),
    ("value|unit|unit (2)", ("0.9|mg/dL|µmol/L", "1.0|mg/dL|µmol/L"), "unit", "unit", [0.9, 1.0]),
    ("value|unit|specimen|sample type", ("0.9|mg/dL|serum|urine", "1.0|mg/dL|serum|serum"), "specimen", "specimen",
     [0.9, 1.0]),
    ("value|unit|time|admission time|intime", (
        "0.9|mg/dL|2020-01-03 08:00|2020-01-01 08:00|2020-01-03 07:00",
        "1.0|mg/dL|2020-01-03 08:00|2020-01-03 07:00|2020-01-03 07:00"), "admission", "intime", [0.9, 1.0]),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "cells", "role", "taken", "kept"), OF_ROLES)
def test_two_columns_for_a_part_of_a_row_are_asked_about_once(
    columns: str, cells: tuple[str, ...], role: str, taken: str, kept: list[float]
) -> None:
    given = table(f"{LONG}|{columns}", *(f"{at}|Creatinine|{cell}" for at, cell in enumerate(cells)))
    found = reviewed(given)
    assert asked(found)[0] == "columns"
    assert asked(found).count("columns") == 1
    options = [option for option, _ in found.questions[0].options]
    assert f"{role}::{taken}" in options
    done = reviewed(given, ("columns", f"{role}::{taken}"))
    assert [row["crea1"] for row in stored(done)] == kept
    others = {option.split("::")[1] for option in options} - {taken, ""}
    assert {item.column for item in done.items if item.disposition == "unmapped" and taken in item.remedy} == others


@pytest.mark.parametrize("columns", [
    "value|valuenum|valueuom", "labresult|labresulttext|unit", "ORD_VALUE|ORD_NUM_VALUE|REFERENCE_UNIT",
])  # fmt: skip
def test_columns_that_say_the_same_are_not_asked_about_and_what_was_not_taken_is_said(columns: str) -> None:
    found = reviewed(table(f"patient|test|{columns}", "1|Creatinine|0.90|0.9|mg/dL", "2|Creatinine|see note||mg/dL"))
    assert "columns" not in asked(found)
    assert drafted(found)[0] == {"crea1": 0.9}
    first, second, _ = columns.split("|")
    said = {item.column: item.remedy for item in found.items if item.disposition == "unmapped"}
    assert [name for name in (first, second) if "same" in said.get(name, "")]


def test_results_in_two_units_with_a_unit_each_are_one_result() -> None:
    given = table("USUBJID|LBTEST|LBORRES|LBORRESU|LBSTRESN|LBSTRESU", "1|Creatinine|0.9|mg/dL|79.6|umol/L")
    found = reviewed(given)
    assert asked(found) == []
    assert stored(found)[0]["crea1"] == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize(("own", "standard", "questions"), [
    ("0.9|mg/dL", "180|umol/L", ["columns"]), ("0.9|mg/dL", "8.0|umol/L", ["columns", "unit suspected"]),
    ("<0.3|mg/dL", "26.5|umol/L", ["rejected"]), ("haemolysed|mg/dL", "97|umol/L", ["row"]),
])  # fmt: skip
def test_results_in_two_units_that_are_not_one_are_asked_about(own: str, standard: str, questions: list[str]) -> None:
    columns = "USUBJID|LBTEST|LBORRES|LBORRESU|LBSTRESN|LBSTRESU"
    given = table(columns, f"1|Creatinine|{own}|{standard}", "2|Creatinine|1.2|mg/dL|106.1|umol/L")
    assert asked(reviewed(given)) == questions
    if questions[0] == "columns":
        chosen = stored(reviewed(given, ("columns", "value::LBORRES")))
        assert [row["crea1"] for row in chosen] == [0.9, 1.2]  # in its own unit


@pytest.mark.parametrize(("columns", "rows", "answer", "kept"), [
    ("patient|sodium|serum sodium", ("1|141|", "2||139", "3|140|140.0"), "feature:sod1:", [141.0, 139.0, 140.0]),
    ("patient|Creatinine (mg/dL)|Kreatinin (µmol/L)", ("1|1.2|", "2||88"), "feature:crea1:", [1.2, 0.995]),
    ("patient|test|value|result|unit", ("1|Sodium|141||mmol/L", "2|Sodium||139|mmol/L"), "value::", [141.0, 139.0]),
    ("patient|sodium|serum sodium", ("1|141|", "2||139", "3|140|130"), "", []),
    ("patient|Creatinine|Kreatinin", ("1|1.2|", "2||88", "3|0.9|"), "", []),  # of two units, maybe
])  # fmt: skip
def test_columns_that_complete_each_other_can_be_one(
    columns: str, rows: tuple[str, ...], answer: str, kept: list[float]
) -> None:
    given = table(columns, *rows)
    options = [option for question in reviewed(given).questions for option, _ in question.options]
    assert [option for option in options if option.endswith("::all")] == ([f"{answer}::all"] if answer else [])
    if answer:
        done = stored(reviewed(given, ("columns", f"{answer}::all")))
        assert [value for row in done for value in row.values()] == kept


OF_FEATURES = [
    ("Creatinine (mg/dL)|Kreatinin (mg/dL)", "0.9|4.1"), ("Creatinine (mg/dL)|Creatinine max (mg/dL)", "0.9|4.1"),
    ("SCr (mg/dL)|Cr (mg/dL)", "0.9|4.1"), ("creatinine (mg/dL)|creatinine (mg/dL) (2)", "0.9|4.1"),
    ("Kreatinin min (mg/dl)|Kreatinin max (mg/dl)", "0.9|4.1"),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "cells"), OF_FEATURES)
def test_two_columns_for_a_feature_are_asked_about_once(columns: str, cells: str) -> None:
    given = table(f"patient|age|{columns}", f"1|63|{cells}", f"2|70|{cells}")
    found = reviewed(given)
    assert asked(found) == ["columns"]
    assert drafted(found) == [{"age": 63.0}, {"age": 70.0}]
    second = columns.split("|")[1]
    done = reviewed(given, ("columns", f"feature:crea1:{second}"))
    assert [row["crea1"] for row in stored(done)] == [4.1, 4.1]
    assert {item.column for item in done.items if item.disposition == "unmapped"} == {columns.split("|", maxsplit=1)[0]}
    none = reviewed(given, ("columns", "feature:crea1:"))
    assert stored(none) == [{"age": 63.0}, {"age": 70.0}]


def test_a_column_of_units_goes_with_the_column_that_is_chosen() -> None:
    given = table("patient|Bilirubin|Bilirubin unit|total bilirubin|total bilirubin unit", "1|1.1|mg/dL|40|µmol/L")
    found = reviewed(given)
    assert asked(found) == ["columns"]
    assert stored(reviewed(given, ("columns", "feature:bili1:Bilirubin"))) == [{"bili1": 1.1}]
    other = stored(reviewed(given, ("columns", "feature:bili1:total bilirubin")))
    assert other[0]["bili1"] == pytest.approx(2.34, abs=0.01)


def test_a_number_of_the_row_beside_an_id_is_asked_about() -> None:
    given = table("Nr|ID|sodium (mmol/L)", "1|7|140", "2|7|120", "3|8|131")
    assert asked(reviewed(given)) == ["stays"]
    assert asked(reviewed(given, ("stays", "column:ID"))) == ["repeats"]


def test_of_two_columns_for_a_feature_one_may_be_evident() -> None:
    same = table("patient|Creatinine (mg/dL)|Kreatinin (mg/dl)", "1|0.9|0.9", "2|1.1|")
    assert [row["crea1"] for row in stored(reviewed(same))] == [0.9, 1.1]
    empty = table("patient|Creatinine (mg/dL)|Kreatinin (mg/dl)", "1||0.9", "2||1.1")
    assert [row["crea1"] for row in stored(reviewed(empty))] == [0.9, 1.1]
    units = table("patient|Creatinine (mg/dL)|Creatinine (µmol/L)", "1|0.9|80", "2|1.1|97")
    assert [row["crea1"] for row in stored(reviewed(units))] == [0.9, 1.1]
    own = table("patient|crea1|Creatinine", "1|0.9|4.1", "2|1.1|2.2")
    assert [row["crea1"] for row in drafted(reviewed(own))] == [0.9, 1.1]


def test_many_features_with_several_columns_each_are_one_question() -> None:
    names = ("heart rate", "sodium", "potassium", "temperature")
    columns = "|".join(f"{name} {which}" for name in names for which in ("min", "max"))
    given = table(f"patient|{columns}", "1|60|120|130|140|3.5|4.5|36|38.5", "2|70|110|131|141|3.6|4.4|36.5|39")
    found = reviewed(given)
    assert asked(found) == ["columns"]
    options = dict(found.questions[0].options)
    assert list(options) == ["each:min", "each:max", "each", "none"]
    done = reviewed(given, ("columns", "each:max"))
    assert stored(done)[0] == {"hrt1": 120.0, "sod1": 140.0, "pot1": 4.5, "temp1": 38.5}
    assert asked(reviewed(given, ("columns", "each"))) == ["columns"] * 4
    assert "columns" not in asked(reviewed(given, ("columns", "none")))


@pytest.mark.parametrize(("columns", "cells", "kept"), [
    ("value|unit|uom", ("20||µmol/L", "1.1|mg/dL|"), [1.17, 1.1]),
    ("value|unit|specimen|sample type", ("99|mg/dL||Urine", "1.1|mg/dL|Serum|"), [1.1]),
    ("value|unit|collected|drawn", ("9|mg/dL|2021-01-01 08:00|", "1.1|mg/dL||2021-01-05 08:00"), [9.0, 1.1]),
])  # fmt: skip
def test_columns_that_say_the_same_fill_each_others_gaps(
    columns: str, cells: tuple[str, str], kept: list[float]
) -> None:
    given = table(f"patient|test|{columns}", *(f"{at}|Bilirubin|{cell}" for at, cell in enumerate(cells)))
    found = reviewed(given)
    assert [row["bili1"] for row in stored(found)] == pytest.approx(kept, abs=0.01)


@pytest.mark.parametrize(("columns", "rows", "same"), [
    ("sex|gender", ("F|female", "M|male"), True), ("sex|gender", ("1|female", "2|male"), True),
    ("sex|gender", ("1|female", "1|male"), False), ("sex|gender", ("F|male", "M|male"), False),
    ("age|age at admission", ("72|71", "60|60"), False),
])  # fmt: skip
def test_a_word_that_is_a_features_own_name_is_no_statement(columns: str, rows: tuple[str, str], same: bool) -> None:
    found = reviewed(table(f"patient|{columns}", *(f"{at}|{cells}" for at, cells in enumerate(rows))))
    assert asked(found) == ([] if same else ["columns"])
    assert [len(row) for row in drafted(found)] == ([1, 1] if same else [])


def test_two_numbers_that_tell_patients_apart_otherwise_are_asked_about() -> None:
    rows = ("1|A|Sodium|140|mmol/L", "2|A|Sodium|120|mmol/L", "1|B|Sodium|150|mmol/L", "2|B|Sodium|131|mmol/L")
    assert asked(reviewed(table("patient_id|subject_id|test|value|unit", *rows))) == ["stays"]
    rows = ("1|A|Sodium|140|mmol/L", "2|A|Creatinine|1.0|mg/dL", "3|B|Sodium|150|mmol/L", "3|B|Creatinine|2|mg/dL")
    given = table("patient_id|subject_id|test|value|unit", *rows)
    assert asked(reviewed(given)) == ["stays"]
    assert len(stored(reviewed(given, ("stays", "column:subject_id")))) == 2


def test_two_times_are_asked_about_where_they_change_what_is_kept() -> None:
    rows = (
        "1|2020-01-01 08:00|2020-01-05 08:00|Sodium|140|mmol/L",
        "1|2020-01-03 08:00|2020-01-05 09:00|Sodium|120|mmol/L",
    )
    given = table("patient|date and time|time|test|value|unit", *rows)
    assert asked(reviewed(given)) == ["columns"]
    assert [row["sod1"] for row in stored(reviewed(given, ("columns", "time::time")))] == [120.0]
    assert [row["sod1"] for row in stored(reviewed(given, ("columns", "time::date and time")))] == [140.0]
    finer = table(
        "patient|measurement_date|measurement_datetime|test|value|unit",
        "1|2020-01-01|2020-01-01 20:00|Sodium|140|mmol/L",
        "1|2020-01-02|2020-01-02 08:00|Sodium|120|mmol/L",
    )
    assert [row["sod1"] for row in stored(reviewed(finer))] == [120.0]
    wide = table("patient|date and time|time|sodium (mmol/L)", "1|2020-01-01 08:00|2020-01-05 08:00|140")
    assert asked(reviewed(wide)) == []


def test_two_columns_of_names_that_name_different_tests_are_asked_about() -> None:
    rows = ("1|Creatinine|Sodium|140|mmol/L", "2|Creatinine|Creatinine|1.0|mg/dL")
    assert asked(reviewed(table("patient|test|parameter|value|unit", *rows))) == ["columns"]
    rows = ("1|Creatinine|Creatinine, urine|40|mg/dL", "2|Sodium|Sodium|140|mmol/L")
    assert asked(reviewed(table("patient|test|test name|value|unit", *rows)))[0] == "columns"


def test_an_answer_holds_by_hand_too_and_is_taken_back_and_kept() -> None:
    given = table("patient|test|value|result|unit", "1|Creatinine|0.9|4.1|mg/dL")
    mapping = suggest(given, RHC)
    by_hand = choose_role(given, mapping, "value", "result", RHC)
    assert stored(review(given, by_hand, SEEN, RHC, import_id="i")) == [{"crea1": 4.1}]
    said = answered_in(given, mapping, "columns", "value::result", RHC)
    assert asked(review(given, unanswered(said), SEEN, RHC, import_id="i")) == ["columns"]
    saved = SavedMapping.model_validate_json(to_keep("lab", said).model_dump_json())
    assert stored(review(given, reuse(saved, given, RHC), SEEN, RHC, import_id="i")) == [{"crea1": 4.1}]
