"""Forms of cells, words and codes that laboratories and wards write in many countries, each as a clinician reads it."""

import pytest

from creason_core.errors import CaseError
from creason_core.record.importing.cells.moments import moment
from creason_core.record.importing.cells.values import is_missing, parse_cell
from creason_core.record.importing.columns.specimens import specimen
from tests.record.importing.tables import RHC, asked, drafted, reviewed, stored, table


@pytest.mark.parametrize(("text", "feature", "value"), [
    ("7 500", "urin1", 7500.0), ("12\u202f300", "urin1", 12300.0), ("12\u00a0300,5", "urin1", 12300.5),
    ("7'500", "urin1", 7500.0), ("1’007’500", "urin1", 1007500.0), ("1 500 mL/24h", "urin1", 1500.0),
    ("1·25", "crea1", 1.25), ("١٫٢", "crea1", 1.2), ("7,5E+03", "urin1", 7500.0), ("1,234E+00", "crea1", 1.234),
    ("128 -", "sod1", 128.0), ("1,2 ++", "crea1", 1.2), ("151 (+)", "sod1", 151.0), ("140 normal", "sod1", 140.0),
    ("151 mmol/l erhöht", "sod1", 151.0),
])  # fmt: skip
def test_numbers_as_laboratories_write_them(text: str, feature: str, value: float) -> None:
    assert parse_cell(text, RHC.feature(feature), "comma" if "," in text else "point").value == value


@pytest.mark.parametrize(("text", "feature"), [
    ("4.6¹", "pot1"), ("140²", "sod1"), ("3.1③", "pot1"), ("37½", "temp1"), ("02.01", "crea1"), ("128-", "sod1"),
    ("90 +", "hrt1"), ("120 80", "hrt1"), ("7 50", "urin1"), ("1..2", "crea1"),
])  # fmt: skip
def test_a_footnote_a_date_or_two_numbers_are_no_number(text: str, feature: str) -> None:
    with pytest.raises(CaseError):
        parse_cell(text, RHC.feature(feature), "point")


@pytest.mark.parametrize("cells", [("7,5E+03", "1,2E+04"), ("7 500", "12 300"), ("7'500", "12'300")])
def test_a_column_of_one_such_form_is_read_without_a_question(cells: tuple[str, str]) -> None:
    given = table("id|Leukozyten (/µl)", *(f"p{at}|{cell}" for at, cell in enumerate(cells)))
    assert [row["wblc1"] for row in stored(reviewed(given))] in ([7.5, 12.0], [7.5, 12.3])


@pytest.mark.parametrize("text", [
    "n.b.", "k.A.", "ausstehend", "folgt", "nicht bestimmt", "hämolytisch", "QNS", "TNP", "not tested", "cancelled",
    "(null)", "non dosé", "en cours", "pendiente", "no realizado", "in corso", "não realizado", "niet bepaald",
    "미측정",
])  # fmt: skip
def test_words_of_laboratories_for_no_result(text: str) -> None:
    assert is_missing(text, RHC.feature("crea1"))


@pytest.mark.parametrize(
    ("cells", "levels"),
    [
        ("wahr falsch", ["Yes", "No"]),
        ("pos. neg.", ["Yes", "No"]),
        ("vrai faux", ["Yes", "No"]),
        ("verdadero falso", ["Yes", "No"]),
    ],
)
def test_words_for_yes_and_no(cells: str, levels: list[str]) -> None:
    rows = (f"p{at}|{cell}" for at, cell in enumerate(cells.split()))
    assert [row["seps"] for row in stored(reviewed(table("id|sepsis", *rows)))] == levels


@pytest.mark.parametrize(("cell", "kind"), [
    ("Urines", "urine"), ("Urinchemie", "urine"), ("Aszitespunktat", "ascites"), ("Pleurapunktat", "pleural fluid"),
    ("Drainagesekret", "drain"), ("Liq", "cerebrospinal fluid"), ("122575003", "urine"), ("119364003", "blood"),
    ("Harnstoff", ""), ("12", ""),
])  # fmt: skip
def test_specimens_in_compounds_plurals_and_codes(cell: str, kind: str) -> None:
    assert specimen(cell) == kind


def test_urine_that_a_code_of_snomed_names_is_no_blood() -> None:
    rows = ("1|119364003|Creatinine|1.1|mg/dL", "2|122575003|Creatinine|98|mg/dL", "3|119364003|Creatinine|0.9|mg/dL")
    assert stored(reviewed(table("pid|specimen|test|value|unit", *rows))) == [{"crea1": 1.1}, {"crea1": 0.9}]


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("K", "pot1"),
        ("K+", "pot1"),
        ("pulse rate", "hrt1"),
        ("Kreatinin Tag 1", "crea1"),
        ("Kreatinin Tag 2", ""),
    ],
)
def test_short_names_and_days(name: str, target: str) -> None:
    value = {"pot1": "4.1", "hrt1": "90"}.get(target, "1.1")
    found = reviewed(table(f"id|{name}|sodium", f"a|{value}|140", f"b|{value}|139"))
    assert [target in row for row in drafted(found)] == ([True] * 2 if target else [False] * 2)
    assert asked(found) in ([], ["units"])


@pytest.mark.parametrize(("column", "cells", "kept"), [
    ("visit", ("Week 12", "Day 1"), [139.0]), ("VISIT", ("MONTH 3", "DAY 1"), [139.0]),
    ("time point", ("POD 3", "POD 0"), [139.0]),
    ("visit", ("3 months follow-up", "Day 1"), [139.0]), ("Visite", ("Woche 4", "Tag 1"), [139.0]),
    ("ward", ("Week 12", "Day 1"), [140.0, 139.0]),
])  # fmt: skip
def test_what_a_later_visit_found_is_no_value_of_the_first_day(
    column: str, cells: tuple[str, str], kept: list[float]
) -> None:
    wide = reviewed(table(f"pid|{column}|sodium (mmol/L)", f"1|{cells[0]}|140", f"2|{cells[1]}|139"))
    assert [row["sod1"] for row in stored(wide)] == kept


@pytest.mark.parametrize("cell", [
    "01-JAN-20 08.30.00.000000 AM", "20200101083000+0000", "01.01.2020 8.30", "Wed 01 Jan 2020 08:30",
    "01.01.2020 08.30 Uhr", "01.01.2020 830", "2020年1月1日 8时30分",
])  # fmt: skip
def test_times_as_databases_and_wards_write_them(cell: str) -> None:
    found = moment(cell)
    assert found is not None
    assert found.kind == "date"
    assert found.hours % 24 == 8.5


def test_a_value_whose_row_states_its_unit_is_no_code_for_not_recorded() -> None:
    rows = ("1|Creatinine|97|µmol/L", "2|Creatinine|1.1|mg/dL", "3|Creatinine|88|µmol/L", "4|Creatinine|0.9|mg/dL")
    found = stored(reviewed(table("pid|test|value|unit", *rows)))
    assert [round(float(row["crea1"]), 1) for row in found] == [1.1, 1.1, 1.0, 0.9]


@pytest.mark.parametrize(("columns", "days", "clocks"), [
    ("Datum|Uhrzeit", ("03.04.2021", "04.04.2021"), ("8.30", "8.00", "9.00")),
    ("date|time", ("2021-04-03T00:00:00", "2021-04-04T00:00:00"), ("08:30:00", "08:00:00", "09:00:00")),
    ("chartdate|charttime", ("2021-04-03 00:00:00", "2021-04-04 00:00:00"), ("08:30", "08:00", "09:00")),
    ("date|time", ("04/03/2021", "04/14/2021"), ("0830", "0800", "0900")),
    ("Date|Heure", ("03/04/2021", "14/04/2021"), ("8h30", "8h00", "9h00")),
])  # fmt: skip
def test_a_date_and_a_time_of_day_in_any_form_are_one_time(
    columns: str, days: tuple[str, str], clocks: tuple[str, str, str]
) -> None:
    when = (f"{days[0]}|{clocks[0]}", f"{days[1]}|{clocks[1]}", f"{days[1]}|{clocks[2]}")
    values = zip(when, (140, 128, 110), strict=True)
    found = stored(
        reviewed(table(f"mrn|{columns}|test|value|unit", *(f"1|{at}|Sodium|{v}|mmol/L" for at, v in values)))
    )
    assert found == [{"sod1": 140.0 if "14" in days[1] else 128.0}]


@pytest.mark.parametrize(("status", "kept"), [
    (("preliminary", "corrected"), 139.0), (("vorläufig", "korrigiert"), 139.0), (("P", "F"), 139.0),
    (("final", "final"), 119.0), (("corrected", "preliminary"), 119.0),
])  # fmt: skip
def test_a_result_that_another_of_its_time_replaces_is_left_out(status: tuple[str, str], kept: float) -> None:
    rows = (f"1|2021-01-01 08:00|Sodium|{value}|mmol/L|{word}" for value, word in zip((119, 139), status, strict=True))
    other = "2|2021-01-01 08:00|Sodium|120|mmol/L|preliminary" if len(set(status)) > 1 and "P" not in status else ""
    given = table("pid|time|test|value|unit|result status", *rows, *filter(None, (other,)))
    assert [row["sod1"] for row in stored(reviewed(given))] == [kept, 120.0][: 2 if other else 1]


@pytest.mark.parametrize(("column", "cells"), [
    ("version", ("1", "2")), ("is_latest", ("0", "1")), ("comment", ("", "corrected result")),
    ("RESULT_STATUS_DISP", ("In Error", "Auth (Verified)")), ("valid", ("0", "1")),
])  # fmt: skip
def test_what_is_said_to_be_replaced_or_wrong_is_left_out(column: str, cells: tuple[str, str]) -> None:
    rows = (f"1|2021-01-01 08:00|Sodium|{v}|mmol/L|{cell}" for v, cell in zip((119, 139), cells, strict=True))
    assert stored(reviewed(table(f"pid|time|test|value|unit|{column}", *rows))) == [{"sod1": 139.0}]


def test_a_later_report_of_one_time_is_asked_about_but_of_another_sample_is_not() -> None:
    rows = ("1|2021-01-01 08:00|2021-01-01 09:00|A|Sodium|119|mmol/L",
            "1|2021-01-01 08:00|2021-01-01 15:00|{}|Sodium|139|mmol/L")  # fmt: skip
    columns = "pid|collected|reported|sample id|test|value|unit"
    given = table(columns, rows[0], rows[1].format("A"))
    assert asked(reviewed(given)) == ["replaced"]
    kept = [stored(reviewed(given, ("replaced", how)))[0]["sod1"] for how in ("last", "each")]
    assert kept == [139.0, 119.0]
    assert asked(reviewed(table(columns, rows[0], rows[1].format("B")))) == []


@pytest.mark.parametrize(("comment", "doubted"), [
    ("sample haemolysed", True), ("Probe hämolytisch", True), ("result not valid", True), ("溶血あり", True),
    ("not haemolysed", False), ("keine Hämolyse", False), ("haemolysis index 0", False), ("fasting", False),
])  # fmt: skip
def test_a_value_that_its_comment_doubts_is_asked_about(comment: str, doubted: bool) -> None:
    rows = (f"1|Potassium|7.9|mmol/L|{comment}", "2|Potassium|4.1|mmol/L|")
    found = reviewed(table("pid|test|value|unit|comment", *rows))
    assert asked(found) == (["row"] if doubted else [])
    assert len(drafted(found)) == 2 - doubted


@pytest.mark.parametrize(("columns", "cells", "questions"), [
    ("bili_sign|bilirubin (mg/dL)|sodium", "<|0.2|141", ["rejected"]),
    ("operator|bilirubin (mg/dL)|sodium", "<|0.2|141", ["rejected"]),
    ("bilirubin (mg/dL)|sodium|bilirubin qualifier", "0.2|141|<", ["rejected"]),
    ("bilirubin (mg/dL)|sodium|CRP sign", "0.2|141|<", ["row"]),
    ("bilirubin (mg/dL)|sodium|sign", "0.2|141|=", []),
])  # fmt: skip
def test_a_comparator_of_a_wide_table_belongs_to_its_value(columns: str, cells: str, questions: list[str]) -> None:
    given = table(f"id|{columns}", f"1|{cells}", f"2|{cells.replace('<', '').replace('0.2', '1.2')}")
    assert asked(reviewed(given)) == questions


@pytest.mark.parametrize("columns", [
    "value|valuenum", "labresulttext|labresult", "ORD_VALUE|ORD_NUM_VALUE", "result|numeric result",
])  # fmt: skip
def test_a_limit_is_none_the_less_one_where_a_column_of_numbers_stands_beside(columns: str) -> None:
    rows = ("1|Bilirubin|<0.2|0.2|mg/dL", "2|Bilirubin|1.20|1.2|mg/dL")
    found = reviewed(table(f"patient|test|{columns}|unit", *rows))
    assert (asked(found), drafted(found)) == (["rejected"], [{"bili1": 1.2}])


def test_a_test_of_urine_by_its_longer_name_is_no_blood() -> None:
    many = [f"{at}|Analyte {at}|Analyte {at} in serum|1|mg/dL" for at in range(60)]
    rows = ("1|Creatinine|Creatinine in urine|99|mg/dL", "2|Creatinine|Creatinine in serum|1.2|mg/dL")
    assert drafted(reviewed(table("pid|test|full name|value|unit", *many, *rows))) == [{"crea1": 1.2}]


def test_a_letter_beside_whole_numbers_is_no_potassium() -> None:
    assert drafted(reviewed(table("id|K|sodium", "a|2|140", "b|3|139"))) == [{"sod1": 140.0}, {"sod1": 139.0}]
