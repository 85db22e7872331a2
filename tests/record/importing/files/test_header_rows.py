"""Two rows of column names are read together, since a group is part of a name; sheets without a table are passed."""

import openpyxl
import pytest

from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.reading import read_table
from tests.record.importing.bad_files import workbook

BODY: list[list[object]] = [["A", 63, 1.2, 140], ["B", 64, 1.4, 138]]


def read(*head: list[object]) -> Table:
    return read_table(workbook([*head, *BODY]), "a.xlsx")


@pytest.mark.parametrize(
    ("above", "names", "columns"),
    [
        (["Patient", None, "Urine", None], ["id", "age", "crea", "Na"], ("id", "age", "Urine crea", "Urine Na")),
        ([None, None, "Urine"], ["id", "age", "crea", "Na"], ("id", "age", "Urine crea", "Urine Na")),
        (["Patient", "Age", "Labs", None], [None, None, "crea", "Na"], ("Patient", "Age", "crea", "Na")),
        (["Fall", "Alter", "Kreatinin", None], [None, None, "Wert", "Einheit"],
         ("Fall", "Alter", "Kreatinin", "Kreatinin unit")),
        (["", "Urine", "Urine", "Blood"], ["id", "crea", "Na", "crea"], ("id", "Urine crea", "Urine Na", "Blood crea")),
        (["ID", "Labs", None, "Lab"], [None, "crea", "Na", "crea"], ("ID", "Labs crea", "Na", "Lab crea")),
    ],
)  # fmt: skip
def test_a_group_above_its_columns_is_part_of_their_names(
    above: list[object], names: list[object], columns: tuple[str, ...]
) -> None:
    table = read(["Export of the ward"], above, names)
    assert table.columns == columns
    assert table.rows[0].cells == ("A", "63", "1.2", "140")
    assert any("two rows" in note for note in table.notes)


@pytest.mark.parametrize(
    ("above", "names"),
    [
        (["id", "age", "crea", "Na"], [None, "years", "mg/dL", "mmol/L"]),  # units
        (["id", "age", "crea", "Na"], ["A", 63, "pending", 140]),  # values
        (["id", "age", None, "Na"], ["A", 63, 1.2, 140]),  # a column without a name
        (["id", "age", None, "Na"], ["A", "unknown", "NA", "n/a"]),
    ],
)
def test_a_row_of_units_or_values_is_no_row_of_names(above: list[object], names: list[object]) -> None:
    table = read(above, names)
    assert table.columns == tuple(str(name or "Column 3") for name in above)
    assert len(table.rows) == 3


def test_words_above_the_table_are_skipped_in_two_cells_too() -> None:
    table = read(["Ward 7"], ["Exported", "5 March"], [], ["id", "age", "crea", "Na"])
    assert table.columns == ("id", "age", "crea", "Na")
    assert table.notes == ("3 rows above the column names were skipped.",)
    assert [row.number for row in table.rows] == [5, 6]


def test_a_sheet_of_explanations_before_the_table_is_passed_over() -> None:
    def readme(book: openpyxl.Workbook) -> None:
        sheet = book.create_sheet("README", 0)
        for row in (["About this export"], ["Field", "Meaning"], ["crea", "Creatinine in mg/dL"], ["id", "Patient"]):
            sheet.append(row)
        book.create_sheet("Vitals").append(["id", "hr"])
        book["Vitals"].append(["A", 90])

    table = read_table(workbook([["id", "age", "crea", "Na"], *BODY], readme), "a.xlsx")
    assert table.sheet == "Sheet"
    assert "The workbook has 3 sheets; 'Sheet' was read. Not read: 'Vitals'." in table.notes
