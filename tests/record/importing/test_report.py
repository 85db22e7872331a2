"""Cells of a report in a spreadsheet: never a formula, numbers still numbers."""

import csv
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creason_core.record.importing.report import Item, report_csv, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "＝1+1",
        " =1",
        "'=1",
        '"=1',
        "=cmd|' /C calc'!A0",
        "\u200b=1",
        "\x0b=1",
        "\u2003-1+1",
    ],
)
def test_what_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-1.5", "+3", "1e-3", "creatinine", "", "177 µmol/L", "a=b"])
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


@given(st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    safe = safe_cell(text)
    if safe.lstrip(" '\"\u00a0").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")):
        assert safe.startswith("'") or float(safe) is not None


def test_a_report_reopened_in_a_workbook_holds_no_formula() -> None:
    items = [Item("rejected", 2, "=HYPERLINK(1)", "Sodium", "=1+1", "", "@x", "-y")]
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in csv.reader(io.StringIO(report_csv(items).decode("utf-8-sig"))):
        book.active.append(row)
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
