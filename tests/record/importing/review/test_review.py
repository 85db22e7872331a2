"""The review: the order of rules, what is asked, what is decided, and that nothing is saved before."""

from pathlib import Path

import pytest

from creason_core.errors import UploadError
from creason_core.record.case import PatientCase
from creason_core.record.codebook import packaged_codebook, parse_codebook
from creason_core.record.importing.decisions import Decision, Decisions
from creason_core.record.importing.files.protocol import Row, RowProblem, Table
from creason_core.record.importing.report import counts, report_csv, report_json
from creason_core.record.importing.review.review import Review, review
from creason_core.record.importing.suggesting import suggest

RHC = packaged_codebook("rhc")
NONE = Decisions()
ALL = Decisions(leave_out_rejected=True, units_confirmed=True, identifiers_seen=True)


def table(columns: str, *rows: str) -> Table:
    cells = [tuple(row.split("|")) for row in rows]
    return Table(tuple(columns.split("|")), tuple(Row(number, row) for number, row in enumerate(cells, start=2)))


def reviewed(given: Table, decisions: Decisions = NONE, file_name: str = "") -> Review:
    """Reviews a table; without a column for patients, a person has said that its rows are one each."""
    mapping = suggest(given, RHC).model_copy(update={"patients": "rows"})
    return review(given, mapping, decisions, RHC, import_id="i", file_name=file_name)


def values(case: PatientCase) -> dict[str, float | str]:
    return {entry.feature: entry.value for entry in case.entries}


def asked(found: Review) -> list[str]:
    return [question.asks for question in found.questions]


def test_a_clean_table_is_ready_at_once() -> None:
    found = reviewed(table("age|sex|creatinine (mg/dL)", "63|F|1.4", "70|Male|2.2"))
    assert found.ready
    assert found.summary == "2 patients: 5 mapped, 1 converted"
    assert [values(case) for case in found.cases()] == [
        {"age": 63.0, "sex": "Female", "crea1": 1.4},
        {"age": 70.0, "sex": "Male", "crea1": 2.2},
    ]


def test_keys_of_patients_come_from_the_import_and_not_from_the_file() -> None:
    given = table("MRN|age", "Kim-4711|63", "4712|70")
    first, second = reviewed(given, ALL).cases()
    assert first.patient != second.patient
    assert "4711" not in first.patient
    assert [case.patient for case in reviewed(given, ALL).cases()] == [first.patient, second.patient]


def test_units_of_the_header_are_converted_and_shown() -> None:
    found = reviewed(table("Temp F|pCO2 (kPa)|Kreatinin µmol/L", "101.3|5.3|177"))
    assert [item.rule for item in found.items] == [
        "Temperature 101.3 °F → 38.5 °C", "PaCO₂ 5.3 kPa → 40 mmHg", "Creatinine 177 µmol/L → 2.0 mg/dL",
    ]  # fmt: skip
    assert values(found.cases()[0]) == {"temp1": 38.5, "paco21": 39.75, "crea1": 2.002}


def test_177_is_asked_about_converted_and_never_guessed() -> None:
    given = table("creatinine (mg/dL)", "177")
    found = reviewed(given)
    assert asked(found) == ["unit suspected"]
    assert (
        found.questions[0].message == "Row 2: Creatinine: 177 mg/dL is implausible; as µmol/L it is 2.0 mg/dL. Convert?"
    )
    found = reviewed(given, Decisions(values=(Decision(feature="crea1", action="convert"),)))
    assert values(found.cases()[0]) == {"crea1": 2.002}


def test_an_impossible_value_cannot_be_kept_with_a_reason() -> None:
    given = table("heart rate|age", "400|63")
    keep = Decisions(values=(Decision(feature="hrt1", action="keep", reason="measured twice"),))
    assert asked(reviewed(given, keep)) == ["rejected"]
    found = reviewed(given, Decisions(values=(Decision(feature="hrt1", action="leave out", row=2),)))
    assert found.ready
    assert values(found.cases()[0]) == {"age": 63.0}


def test_an_unusual_value_needs_a_reason_which_is_kept() -> None:
    given = table("heart rate", "230")
    assert asked(reviewed(given)) == ["confirm"]
    found = reviewed(given, Decisions(values=(Decision(feature="hrt1", action="keep", reason="torsades"),)))
    assert found.cases()[0].entries[0].reason == "torsades"


def test_a_reason_that_names_a_person_is_asked_about() -> None:
    keep = Decisions(values=(Decision(feature="hrt1", action="keep", reason="confirmed by Dr Okonkwo"),))
    found = reviewed(table("heart rate", "230"), keep)
    assert asked(found) == ["reason"]
    assert "Okonkwo" not in found.questions[0].message


def test_a_unit_nobody_states_is_asked_for_unless_the_values_tell() -> None:
    assert asked(reviewed(table("bilirubin", "20"))) == ["units"]
    assert asked(reviewed(table("temp", "38.5"))) == []
    assert "Bilirubin (mg/dL)" in reviewed(table("bilirubin", "20")).questions[0].message


def test_a_contradiction_is_asked_about_after_the_single_values() -> None:
    given = table("MAP|SBP|DBP", "40|120|70")
    found = reviewed(given)
    assert asked(found) == ["contradiction"]
    assert found.questions[0].message == "Row 2: A mean arterial pressure of 40 does not fit 120/70 mmHg."
    kept = reviewed(given, Decisions(values=(Decision(feature="meanbp1", action="keep", reason="cuff and line"),)))
    assert values(kept.cases()[0]) == {"meanbp1": 40.0}


def test_map_and_pf_are_computed_from_inputs_that_are_not_kept() -> None:
    found = reviewed(table("SBP|DBP|PaO2|FiO2", "120|75|80|0.4"), ALL)
    (case,) = found.cases()
    assert values(case) == {"meanbp1": 90.0, "pafi1": 200.0}
    assert {entry.provenance for entry in case.entries} == {"computed"}


def test_outside_the_reference_range_is_only_a_mark() -> None:
    found = reviewed(table("sodium", "128"))
    assert found.ready
    assert "outside the reference range 135–145" in found.items[0].rule


def test_ages_over_89_are_kept_as_90() -> None:
    found = reviewed(table("age", "93", "89", "63.7", "90"))
    assert [values(case)["age"] for case in found.cases()] == [90.0, 89.0, 63.0, 90.0]
    assert found.items[0].rule == "an age over 89 is kept as 90+"
    assert all("93" not in str(case) for case in found.cases())
    assert "93" not in report_csv(found.items).decode()


def test_identifying_columns_are_shown_and_never_kept() -> None:
    given = table("Patient Name|DOB|note|age", "Margaret Wheelwright|12/03/1951|call 010-1234-5678|63")
    found = reviewed(given, file_name="wheelwright_margaret.csv")
    assert asked(found) == ["identifiers"]
    assert [finding.kind for finding in found.findings] == ["name", "birth date", "phone"]
    assert found.file_name_hits
    done = reviewed(given, ALL, "wheelwright_margaret.csv")
    kept = str(done.cases()) + report_csv(done.items).decode() + report_json(done.items).decode() + str(found.questions)
    for secret in ("Wheelwright", "Margaret", "1951", "1234-5678"):
        assert secret not in kept


def test_a_name_in_a_column_of_numbers_does_not_reach_the_report() -> None:
    found = reviewed(table("sodium|age", "Margaret Wheelwright|63"), ALL)
    assert b"Wheelwright" not in report_csv(found.items)
    assert b"[name]" in report_csv(found.items)


def test_nothing_is_saved_while_a_question_is_open() -> None:
    found = reviewed(table("sodium|age", "hgih|63"))
    assert not found.ready
    with pytest.raises(UploadError, match=r"1 question is open\. The first: Row 2: Sodium = 'hgih' is not a number"):
        found.cases()


def test_rejected_rows_and_values_are_left_out_only_by_decision() -> None:
    given = table("age|sodium", "63|hgih", "64|140")
    given = Table(given.columns, given.rows, problems=(RowProblem(4, "The row has 3 cells and the header 2."),))
    assert asked(reviewed(given)) == ["row", "rejected"]
    found = reviewed(given, Decisions(leave_out_rejected=True))
    assert found.ready
    assert counts(found.items)["left out"] == 2


def test_a_patient_that_comes_twice_in_a_wide_table_is_asked_about() -> None:
    found = reviewed(table("patient|age", "7|63", "7|64"), Decisions(identifiers_seen=True))
    assert [(question.asks, question.row) for question in found.questions] == [("repeats", 3)]


def test_a_long_table_takes_the_worst_value_of_day_one() -> None:
    given = table(
        "patient|test|value|unit|time",
        "a|Sodium|140|mmol/L|2026-01-01 08:00", "a|Sodium|128|mmol/L|2026-01-01 12:00",
        "a|Sodium|110|mmol/L|2026-01-03 12:00", "a|Creatinine|177|umol/L|2026-01-01 09:00",
        "b|Sodium|150|mmol/L|2026-02-01 09:00", "b|lactate|4|mmol/L|2026-02-01 09:00",
    )  # fmt: skip
    found = reviewed(given, ALL)
    assert [values(case) for case in found.cases()] == [{"sod1": 128.0, "crea1": 2.002}, {"sod1": 150.0}]
    assert [item.rule for item in found.items if item.disposition == "left out"] == [
        "more than 24 hours after the patient's first time", "the worst of several values counts",
    ]  # fmt: skip


@pytest.mark.parametrize(("choice", "expected"), [("first", 140.0), ("last", 139.0), ("worst", 128.0)])
def test_which_of_several_values_counts_is_a_choice(choice: str, expected: float) -> None:
    given = table("test|value|hour", "Sodium|140|1", "Sodium|128|2", "Sodium|139|3")
    mapping = suggest(given, RHC).model_copy(update={"choice": choice, "patients": "one"})
    assert values(review(given, mapping, ALL, RHC, import_id="i").cases()[0]) == {"sod1": expected}


def test_a_unit_in_the_cell_or_row_goes_before_the_columns() -> None:
    assert values(reviewed(table("creatinine (mg/dL)", "177 µmol/L")).cases()[0]) == {"crea1": 2.002}
    assert values(reviewed(table("test|value|unit", "Creatinine|177|µmol/L")).cases()[0]) == {"crea1": 2.002}


def test_an_unknown_unit_is_refused() -> None:
    found = reviewed(table("test|value|unit", "Creatinine|2|furlong"))
    assert "the unit 'furlong' is not one that it comes in" in found.questions[0].message


def test_everything_is_in_the_report_with_row_value_rule_and_remedy() -> None:
    found = reviewed(table("age|sodium|lactate|Temp F", "63|hgih|4|101.3"))
    text = report_csv(found.items).decode("utf-8-sig").splitlines()
    assert text[0] == "disposition,row,column,feature,value,result,rule,remedy"
    assert text[1] == "unmapped,,lactate,,,,no feature is chosen for it,"
    assert (
        text[2]
        == "rejected,2,sodium,Sodium,hgih,,parse: Sodium = 'hgih' is not a number.,Correct it or leave it empty."
    )
    assert text[3] == "mapped,2,age,Age,63,63 years,as recorded,"
    assert text[4] == "converted,2,Temp F,Temperature,101.3,38.5 °C,Temperature 101.3 °F → 38.5 °C,"


def test_a_table_with_nothing_mapped_says_so() -> None:
    found = reviewed(table("lactate", "4"))
    assert not found.ready
    with pytest.raises(UploadError, match="Nothing in this table is mapped"):
        found.cases()


def test_no_value_reaches_a_log(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    reviewed(table("Patient Name|age", "Margaret Wheelwright|63"), ALL)
    assert caplog.text == ""
    assert list(tmp_path.iterdir()) == []


def test_a_code_of_oxygen_flow_gives_no_fraction_and_no_ratio() -> None:
    found = reviewed(table("PaO2 (mmHg)|3151-8", "80|1"))
    assert [item.disposition for item in found.items if item.column == "3151-8"] == ["unmapped"]
    assert found.drafts == {}
    found = reviewed(table("PaO2 (mmHg)|3150-0 (%)", "80|40"))
    assert values(found.cases()[0]) == {"pafi1": 200.0}


@pytest.mark.parametrize("column", ["Creatinine (kPa)", "Creatinine (mmol/kg)", "creatinine g/l/h", "WBC (mmol/L)"])
def test_a_unit_of_the_header_that_does_not_fit_is_refused_and_not_replaced(column: str) -> None:
    found = reviewed(table(f"{column}|age", "1.2|63"), ALL)
    assert "crea1" not in values(found.cases()[0])
    assert "wblc1" not in values(found.cases()[0])


@pytest.mark.parametrize(("column", "value", "kept"), [
    ("Urine output 24h (mL)", "800", 800.0), ("urine_output_24h_ml", "1200", 1200.0),
    ("Urine output (mL/h)", "50", 1200.0),
])  # fmt: skip
def test_a_volume_counts_with_the_hours_of_its_name(column: str, value: str, kept: float) -> None:
    assert values(reviewed(table(column, value)).cases()[0]) == {"urin1": kept}


@pytest.mark.parametrize(("column", "text"), [
    ("Urine output (mL)", "50"), ("Urine output 6h (mL)", "300"), ("Urine output", "50 mL"),
    ("Urine output 5 h (L)", "0.05"),
])  # fmt: skip
def test_a_volume_of_other_hours_or_of_none_is_refused(column: str, text: str) -> None:
    found = reviewed(table(column, text))
    assert "rejected" in asked(found)
    assert found.drafts == {}


def test_what_a_code_measures_tells_its_unit_where_the_file_does_not() -> None:
    (column,) = suggest(table("14682-9", "8"), RHC).columns  # 8 mg/dL would be plausible, and is no amount
    assert (column.unit, column.unit_from) == ("umol/L", "assumed")
    found = reviewed(table("14682-9", "80", "97"))  # could be mg/dL of nobody, and is µmol/L or mmol/L by its code
    assert [values(case) for case in found.cases()] == [{"crea1": 0.905}, {"crea1": 1.097}]


def test_a_computed_value_is_stored_in_the_unit_of_its_feature() -> None:
    book = parse_codebook(
        """
name: si
version: 1
title: t
population: p
source: s
citation: c
sections: [Vitals]
features:
- {name: mean, label: Mean pressure, section: Vitals, kind: number, time: day1, unit: kPa, unit_label: kPa,
   decimals: 1, impossible: {low: 0, high: 33}, confirm: {low: 4, high: 22}, loinc: 8478-0}
""",
        "si.yaml",
    )
    given = table("SBP (mmHg)|DBP (mmHg)", "120|75")
    found = review(given, suggest(given, book), NONE, book, import_id="i")
    assert values(found.cases()[0]) == {"mean": 11.999}
