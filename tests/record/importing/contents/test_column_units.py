"""Units of a table: stated by the name, a row under the header, a column or a cell; evident; or asked about once."""

from pathlib import Path

import pytest

from creason_core.record.codebook import packaged_codebook
from creason_core.record.importing.columns.mapping import ColumnMap, TableMapping
from creason_core.record.importing.decisions import Decisions
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.importing.forms.unit_rows import with_unit_row
from creason_core.record.importing.reading import read_table
from creason_core.record.importing.review.review import Review, review
from creason_core.record.importing.suggesting import headed, suggest

RHC = packaged_codebook("rhc")


def table(columns: str, *rows: str) -> Table:
    cells = [tuple(row.split("|")) for row in rows]
    return Table(tuple(columns.split("|")), tuple(Row(number, row) for number, row in enumerate(cells, start=2)))


def of_patients(mapping: TableMapping) -> TableMapping:
    """``mapping`` with the column "id" said to tell patients apart, as a person says where each row has its own."""
    said = {"id": ColumnMap(column="id", role="patient", why="chosen")}
    return mapping.model_copy(update={"columns": tuple(said.get(item.column, item) for item in mapping.columns)})


def imported(given: Table) -> Review:
    read = headed(given, RHC)
    return review(read, of_patients(suggest(read, RHC)), Decisions(identifiers_seen=True), RHC, import_id="i")


def stored(found: Review) -> list[dict[str, float | str]]:
    return [{entry.feature: entry.value for entry in entries} for entries in found.drafts.values()]


def asked(found: Review) -> list[str]:
    return [question.asks for question in found.questions]


def test_a_row_of_units_under_the_header_gives_the_columns_units() -> None:
    found = imported(
        table("id|age|creatinine|bilirubin|albumin", "|years|µmol/L|µmol/L|g/L", "1|63|90|12|38", "2|70|180|30|29")
    )
    assert found.ready
    assert stored(found) == [
        {"age": 63.0, "crea1": 1.018, "bili1": 0.702, "alb1": 3.8},
        {"age": 70.0, "crea1": 2.036, "bili1": 1.754, "alb1": 2.9},
    ]


@pytest.mark.parametrize("row", ["Einheit|[Jahre]|(µmol/l)|[°C]", "unit|years|umol/L|C", "|a|mcmol/l|m/f"])
def test_a_row_of_units_is_known_in_other_dress(row: str) -> None:
    read = with_unit_row(table("id|Alter|Kreatinin|x", row, "1|63|90|38"))
    assert [line.number for line in read.rows] == [3]
    assert "Row 2 holds the units" in read.notes[0]
    assert suggest(read, RHC).columns[2].unit == "umol/L"


@pytest.mark.parametrize("rows", [
    ["1|63|90|m"], ["a|m|f|C", "b|f|m|C"], ["x|years|high|low"], ["Creatinine|1.1|mg/dL|g/L"],
    ["|mg/dL|µmol/L|", "|mg/dL|µmol/L|"],
])  # fmt: skip
def test_a_row_of_anything_else_stays_a_row(rows: list[str]) -> None:
    given = table("id|p|q|r", *rows)
    assert with_unit_row(given) is given


def test_a_row_of_units_that_the_names_contradict_is_asked_about() -> None:
    found = imported(table("id|age|creatinine (mg/dL)|albumin", "|years|µmol/L|g/L", "1|63|90|38"))
    assert "blanks" in asked(found)  # the row of units has no patient


def test_values_whose_unit_cell_is_empty_are_not_taken_in_the_codebooks_unit() -> None:
    rows = ["1|Bilirubin|20|umol/L", "2|Bilirubin|18|", "3|Bilirubin|12|-"]
    assert asked(imported(table("id|test|value|unit", *rows))) == ["units"]
    assert asked(imported(table("id|bilirubin|bilirubin_unit", "1|20|umol/L", "2|18|"))) == ["units"]
    evident = imported(table("id|test|value|unit", "1|Creatinine|1.1|mg/dL", "2|Creatinine|97|", "3|arterial pH|7.3|-"))
    assert stored(evident) == [{"crea1": 1.1}, {"crea1": 1.097}, {"ph1": 7.3}]
    assert evident.ready


def test_units_in_cells_are_read_row_by_row_and_bare_numbers_beside_them_are_judged_alone() -> None:
    found = imported(table("id|creatinine", "1|97 µmol/L", "2|1.1", "3|0.9 mg/dL"))
    assert stored(found) == [{"crea1": 1.097}, {"crea1": 1.1}, {"crea1": 0.9}]
    assert asked(imported(table("id|bilirubin", "1|20 µmol/L", "2|18"))) == ["units"]


@pytest.mark.parametrize(("column", "cells", "unit", "known"), [
    ("creatinine", ["2.4", "1.9", "3.1"], "mg/dL", "values"), ("creatinine", ["90", "110"], "umol/L", "values"),
    ("creatinine", ["9", "12", "14"], "mg/dL", "assumed"),  # mg/L in France
    ("creatinine (mg/L)", ["9", "12"], "mg/L", "header"), ("bilirubin", ["12", "30"], "mg/dL", "assumed"),
    ("bilirubin", ["38", "30"], "mg/dL", "assumed"), ("weight", ["80", "95"], "kg", "assumed"),
    ("Education", ["2", "3"], "a", "assumed"), ("Education (years)", ["12", "9"], "a", "header"),
    ("temp", ["98.6", "101"], "[degF]", "values"), ("temp", ["37.1", "38"], "Cel", "values"),
])  # fmt: skip
def test_a_unit_is_evident_only_where_no_other_fits(column: str, cells: list[str], unit: str, known: str) -> None:
    (found,) = suggest(table(column, *cells), RHC).columns
    assert (found.unit, found.unit_from) == (unit, known)


WHITE_CELLS = (
    "×10⁹/L|×10^9/L|×10³/µL|G/L|Gpt/L|/nl|Tsd/µl|Ts/µl|Mrd/l|E9/L|x10E+9/L|10e3/mm3|10x3/uL|thousand/uL|Thou/mcL|1000/µL|"
    "x10(9)/L|10*9.L-1|10^9/L|10⁹/l|10*9/L|10*3/uL|x10E3/uL|x10^9/l|10 9/L|K/uL|K/µL|k/mm3|K/cumm|thou/cumm|Tsd./µl|"
    "T/µl|10^3/mcL|10^3 cells/µL|109/L|103/uL|10^6/mL|Giga/L|nl-1|1/nL|x1000/ul"
)
REFUSED = frozenset({"T/µl"})  # tera, or thousand


def test_white_cells_are_read_in_the_spellings_of_laboratories() -> None:
    for unit in WHITE_CELLS.split("|"):
        found = imported(table("id|test|value|unit", f"1|WBC|8.1|{unit}"))
        if unit in REFUSED:
            assert (stored(found), asked(found)) == ([], ["rejected"]), unit
        else:
            assert stored(found) == [{"wblc1": 8.1}], unit
            assert found.ready, unit


@pytest.mark.parametrize("unit", ["x10^3/nl", "cells/cumm", "#/uL", "Mrd/ml", "billion/L", "mil/mm3", "10-9/L"])
def test_a_count_that_its_unit_makes_absurd_or_unclear_is_asked_about(unit: str) -> None:
    found = imported(table("id|test|value|unit", f"1|WBC|8.1|{unit}"))
    assert stored(found) == []
    assert asked(found)


@pytest.mark.parametrize(("test", "value", "unit", "kept"), [
    ("arterial pH", "7.30", "units", {"ph1": 7.3}), ("Temperature", "37.1", "ºC", {"temp1": 37.1}),
    ("Temperature", "37.1", "degrees Celsius", {"temp1": 37.1}), ("Temperature", "98.6", "degrees F", {"temp1": 37.0}),
    ("Sodium", "140", "mval/L", {"sod1": 140.0}), ("Albumin", "3.5", "gm%", {"alb1": 3.5}),
    ("Hematocrit", "41", "Vol.-%", {"hema1": 41.0}), ("Creatinine", "97", "umol.l-1", {"crea1": 1.097}),
    ("Heart rate", "80", "beats per minute", {"hrt1": 80.0}), ("Age", "63", "Jahre", {"age": 63.0}),
    ("Respiratory rate", "18", "breaths per minute", {"resp1": 18.0}),
    ("Creatinine", "97", "Âµmol/L", {"crea1": 1.097}), ("Heart rate", "80", "lpm", {"hrt1": 80.0}),
    ("Albumin", "35", "G/L", {"alb1": 3.5}),
])  # fmt: skip
def test_other_spellings_of_laboratories_are_read(test: str, value: str, unit: str, kept: dict[str, float]) -> None:
    assert stored(imported(table("id|test|value|unit", f"1|{test}|{value}|{unit}"))) == [kept]


def test_spellings_in_the_header_of_a_file_are_read(tmp_path: Path) -> None:
    data = "id,Temp (ºC),WBC (×10⁹/L)\n1,38.5,12.1\n".encode()
    assert stored(imported(read_table(data, "header.csv"))) == [{"temp1": 38.5, "wblc1": 12.1}]


@pytest.mark.parametrize(("columns", "rows", "kept"), [
    ("id|bilirubin (mg/dL)|bilirubin unit", ["1|12|µmol/L", "2|10|µmol/L"], []),
    ("id|bilirubin (mg/dL)|bilirubin unit", ["1|12|µmol/L", "2|10|mg/dL"], [0.702, 10.0]),
    ("id|test|value|unit", ["1|Bilirubin (mg/dL)|12|µmol/L", "2|Bilirubin (mg/dL)|10|µmol/L"], []),
    ("id|test|value|unit", ["1|Bilirubin|12 mg/dL|µmol/L", "2|Bilirubin|10|µmol/L"], [0.585]),
    ("id|test|value|unit", ["1|WBC (10^9/L)|12|K/uL"], [12.0]),
])  # fmt: skip
def test_a_value_of_which_the_file_says_two_units_is_asked_about(
    columns: str, rows: list[str], kept: list[float]
) -> None:
    found = imported(table(columns, *rows))
    assert [value for row in stored(found) for value in row.values()] == kept
    assert len(asked(found)) == len(rows) - len(kept)


@pytest.mark.parametrize(
    ("name", "unit"), [("Kreatinin", "Birim"), ("креатинин", "Ед. изм."), ("Kreatynina", "Jednostka")]
)
def test_a_column_of_units_in_another_language_is_the_units_of_the_value_beside_it(name: str, unit: str) -> None:
    found = imported(table(f"id|{name}|{unit}", "1|106|µmol/L", "2|1.1|mg/dL"))
    assert [round(float(values["crea1"]), 1) for values in stored(found)] == [1.2, 1.1]
