"""A local antibiogram: read as it is meant, or refused in a sentence that names row, value, rule and remedy."""

import io
from collections.abc import Sequence
from datetime import date

import pytest
from openpyxl import Workbook

from creason_core.errors import CReasonError, GuidelineError
from creason_core.guideline.consults.antibiogram_files import ReadAntibiogram, read_antibiogram
from creason_core.guideline.consults.shares import Kind

TODAY = date(2026, 11, 30)
HEAD = "organism,drug,n,% susceptible,period"
GOOD = ("Escherichia coli,Pip/Tazo,412,87.4,2025", "Klebsiella pneumoniae,meropenem,29,100,2025")


def read(
    rows: Sequence[str], head: str = HEAD, *, period: str = "", share: Kind | None = None
) -> ReadAntibiogram:  # fmt: skip
    data = "\n".join([head, *rows]).encode()
    return read_antibiogram(data, "a.csv", today=TODAY, period=period, share=share)


def test_a_table_is_read_with_its_period_and_shares_of_few_isolates_are_marked() -> None:
    found = read(GOOD)
    assert [(row.organism, row.drug, row.tested, row.share, row.few) for row in found.rows] == [
        ("Escherichia coli", "Pip/Tazo", 412, pytest.approx(0.874), False),
        ("Klebsiella pneumoniae", "meropenem", 29, 1.0, True),
    ]
    assert (found.start, found.end) == (date(2025, 1, 1), date(2025, 12, 31))
    assert found.notes == ("1 of 2 rows rest on fewer than 30 isolates and are marked as too few.",)


@pytest.mark.parametrize(("head", "cells", "share", "expected"), [
    ("organism,drug,n,% susceptible,period", ("87", "0"), None, (0.87, 0.0)),
    ("Organism;Antibiotic;Isolates;Fraction susceptible;Year", ("0,87", "1"), None, (0.87, 1.0)),
    ("organism,drug,n,susceptible,period", ("87%", "9 %"), None, (0.87, 0.09)),
    ("organism,drug,n,share susceptible,period", ("87", "42"), None, (0.87, 0.42)),
    ("organism,drug,n,susceptible,period", ("34", "40"), "count", (0.85, 1.0)),
    ("organism,drug,n,susceptible,period", ("0.9", "1"), "percent", (0.009, 0.01)),
    ("organism,drug,n,susceptible,period", ("0.9", "1"), "fraction", (0.9, 1.0)),
])  # fmt: skip
def test_a_share_is_what_its_column_or_a_person_says_it_is(
    head: str, cells: tuple[str, str], share: Kind | None, expected: tuple[float, float]
) -> None:
    sign = ";" if ";" in head else ","
    rows = [sign.join(("E. coli", drug, "40", cell, "2025")) for drug, cell in zip(("a", "b"), cells, strict=True)]
    assert [row.share for row in read(rows, head, share=share).rows] == pytest.approx(expected)


@pytest.mark.parametrize(("row", "told"), [
    ("E. coli,meropenem,40,101,2025", "Row 2: susceptible = 101 is over 100 %. Correct it"),
    ("E. coli,meropenem,40,-3,2025", "Row 2: susceptible = -3 is negative; a share begins at 0. Correct it."),
    ("E. coli,meropenem,40,many,2025", "Row 2: susceptible = 'many' is no number."),
    ("E. coli,meropenem,40,,2025", "Row 2: susceptible = '' is no number."),
    ("E. coli,meropenem,0,90,2025", "Row 2: n = '0' is no number of isolates, which is whole and at least 1."),
    ("E. coli,meropenem,-4,90,2025", "Row 2: n = '-4' is no number of isolates"),
    ("E. coli,meropenem,4.5,90,2025", "Row 2: n = '4.5' is no number of isolates"),
    ("E. coli,meropenem,,90,2025", "Row 2: n = '' is no number of isolates"),
    (",meropenem,40,90,2025", "Row 2 names no organism. Name it, or leave the row out."),
    ("E. coli,,40,90,2025", "Row 2 names no drug."),
    (f"{'E' * 201},meropenem,40,90,2025", "Row 2: its organism has over 200 characters. Shorten it."),
])  # fmt: skip
def test_a_row_that_cannot_be_right_refuses_the_file_and_says_why(row: str, told: str) -> None:
    with pytest.raises(GuidelineError) as raised:
        read([row, *GOOD])
    assert told in str(raised.value)
    assert str(raised.value).endswith("Nothing was added.")


@pytest.mark.parametrize(("first", "second"), [
    ("Escherichia coli,meropenem,40,90,2025", "Escherichia coli,meropenem,50,80,2025"),
    ("Escherichia coli,meropenem,40,90,2025", "E. coli,Meropenem,50,80,2025"),
    ("E. coli,piperacillin-tazobactam,40,90,2025", "escherichia  COLI,TZP,50,80,2025"),
])  # fmt: skip
def test_an_organism_and_a_drug_stand_together_once(first: str, second: str) -> None:
    with pytest.raises(GuidelineError, match=r"Row 3 is .* again, as row 2\. Keep one\."):
        read([first, second])
    assert len(read(["Klebsiella pneumoniae,meropenem,40,90,2025", "S. pneumoniae,meropenem,40,90,2025"]).rows) == 2


@pytest.mark.parametrize(("column", "cells"), [
    ("share susceptible", ("0.87", "0.9")), ("% susceptible", ("0.87", "92")), ("% susceptible", ("0.87", "0.9")),
    ("susceptible", ("34", "40")), ("S", ("0", "1")), ("share", ("1", "87")), ("share", ("0", "0")),
    ("% susceptible", ("87%", "90")),
])  # fmt: skip
def test_a_share_that_may_mean_two_things_is_asked_for(column: str, cells: tuple[str, str]) -> None:
    rows = [f"E. coli,drug{place},40,{cell},2025" for place, cell in enumerate(cells)]
    with pytest.raises(GuidelineError, match=r"row [23].*Say which with --share percent, fraction or count"):
        read(rows, f"organism,drug,n,{column},period")


def test_what_a_person_says_of_a_column_does_not_make_an_impossible_share_right() -> None:
    head = "organism,drug,n,susceptible,period"
    for cell, share, told in (
        ("87", "fraction", "is over 1"), ("41", "count", "is over the 40 that were tested"),
        ("3.5", "count", "is no whole number of isolates"), ("87%", "fraction", "is a percentage in a column told as"),
    ):  # fmt: skip
        with pytest.raises(GuidelineError, match=told):
            read([f"E. coli,meropenem,40,{cell},2025"], head, share=share)  # type: ignore[arg-type]


@pytest.mark.parametrize(("period", "told"), [
    ("", "does not say from which period it is"), ("2027", "ends on 2027-12-31, which lies in the future"),
    ("2026", "ends on 2026-12-31, which lies in the future"), ("2025-13", "'2025-13' is no period"),
    ("2025-06/2025-01", "ends before it begins"), ("last year", "'last year' is no period"),
    ("2025-02-30", "'2025-02-30' is no period"),
])  # fmt: skip
def test_a_period_is_told_and_over(period: str, told: str) -> None:
    with pytest.raises(GuidelineError, match=told):
        read([f"E. coli,meropenem,40,90,{period}"])
    with pytest.raises(GuidelineError, match=told):
        read(["E. coli,meropenem,40,90"], "organism,drug,n,% susceptible", period=period)


def test_two_periods_in_one_table_and_a_row_without_one_are_refused() -> None:
    with pytest.raises(GuidelineError, match="An antibiogram has one period: give a file for each"):
        read(["E. coli,meropenem,40,90,2024", "E. coli,ampicillin,40,50,2025"])
    with pytest.raises(GuidelineError, match="the period '2025' is not that of the rest, '2024'"):
        read(GOOD, period="2024")
    with pytest.raises(GuidelineError, match="row 3: it has no period, as other rows have"):
        read(["E. coli,meropenem,40,90,2025", "E. coli,ampicillin,40,50,"])
    spans = {read(["E. coli,meropenem,40,90"], "organism,drug,n,% susceptible", period=period).end for period in (
        "2025", "2025-01/2025-12", "2025-01-01 to 2025-12-31", "2024-2025")}  # fmt: skip
    assert spans == {date(2025, 12, 31)}


@pytest.mark.parametrize(("head", "told"), [
    ("organism,drug,n,% susceptible,period,mrn", "has the column 'mrn', which an antibiogram does not have"),
    ("organism,drug,n,isolates,% susceptible", "has two columns for n: 'n' and 'isolates'"),
    ("organism,drug,% susceptible,period", "has no column for n"),
    ("organism,drug,n (%),% susceptible,period", "has the column 'n (%)'"),
    ("organism,meropenem,ampicillin", "has the column 'meropenem'"),
])  # fmt: skip
def test_columns_are_those_of_an_antibiogram_each_once(head: str, told: str) -> None:
    with pytest.raises(GuidelineError) as raised:
        read([",".join("1" for _ in head.split(","))], head)
    assert told in str(raised.value)


@pytest.mark.parametrize("column", ["% S", "S (%)", "Percent susceptible (%)", "pct_susceptible", "Susceptibility (%)"])
def test_a_column_of_percentages_is_known_by_its_usual_names(column: str) -> None:
    assert read(["E. coli,meropenem,40,98,2025"], f"Organism,Antibiotic,No. tested,{column},Year").rows[0].share == 0.98


def test_what_is_no_table_is_refused_in_a_sentence() -> None:
    for data, name in ((b"", "a.csv"), (HEAD.encode(), "a.csv"), (b"%PDF-1.7", "a.pdf"), (b"PK\x03\x04junk", "a.xlsx")):
        with pytest.raises(CReasonError):
            read_antibiogram(data, name, today=TODAY)


def test_a_workbook_is_read_and_drugs_that_nobody_knows_are_told() -> None:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in (HEAD.split(","), ["E. coli", "meropenum", 1200, 98.5, 2025], ["E. coli", "SXT", 40, 70, 2025]):
        sheet.append(row)
    book.save(out)
    found = read_antibiogram(out.getvalue(), "a.xlsx", today=TODAY)
    assert [(row.tested, row.share) for row in found.rows] == [(1200, pytest.approx(0.985)), (40, 0.7)]
    assert "Not known as antibiotics by these names, and so shown beside no option: meropenum." in found.notes
