"""What a file says of its codes, marks and units outside the table, and tables that stand below a table."""

import openpyxl
import pytest

from creason_core.errors import UploadError
from creason_core.record.codebook import Codebook
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.review.review import Review
from tests.record.importing.bad_files import workbook
from tests.record.importing.tables import RHC, asked, drafted, read_inside, reviewed, stored


def read(data: str | bytes, codebook: Codebook = RHC) -> Table:
    return read_inside(data, "a.csv" if isinstance(data, str) else "a.xlsx", codebook)


def sheets(**named: list[list[object]]) -> bytes:
    (first, rows), *others = named.items()

    def further(book: openpyxl.Workbook) -> None:
        book.worksheets[0].title = first
        for name, cells in others:
            sheet = book.create_sheet(name)
            for row in cells:
                sheet.append(row)

    return workbook(rows, further)


def review_of(data: str | bytes) -> Review:
    return reviewed(read(data))


@pytest.mark.parametrize("header", [
    "sepsis (0=yes, 1=no)", "sepsis (0: yes; 1: no)", "Sepsis [0 = ja, 1 = nein]", "sepsis (yes=0, no=1)",
    "sepsis (0 = oui et 1 = non)", "sepsis (0：はい、1：いいえ)",
])  # fmt: skip
def test_codes_that_a_column_s_name_explains_are_read_so(header: str) -> None:
    assert stored(review_of(f'id;"{header}"\n1;0\n2;1\n')) == [{"seps": "Yes"}, {"seps": "No"}]


@pytest.mark.parametrize(("header", "female"), [
    ("sex (1=male 2=female)", "2"), ('sex (1 = female, 2 = male)', "1"), ("Geschlecht (0=w, 1=m)", "0"),
    ("sexe (1 = homme ; 2 = femme)", "2"), ("성별 (1=남, 2=여)", "2"),
])  # fmt: skip
def test_sex_in_numbers_that_the_name_explains(header: str, female: str) -> None:
    codes = sorted(set("012") & set(header))
    found = stored(review_of(f'id|"{header}"\n' + "".join(f"p{at}|{code}\n" for at, code in enumerate(codes))))
    assert [row["sex"] for row in found] == ["Female" if code == female else "Male" for code in codes]


@pytest.mark.parametrize("legend", [
    '"Sepsis: 0 = yes, 1 = no",,', '"sepsis (0 = yes; 1 = no)"', '"Sepsis: 0=ja, 1=nein",', "Sepsis: yes=0 no=1",
])  # fmt: skip
def test_a_legend_below_the_table_is_believed(legend: str) -> None:
    found = review_of(f"id,sepsis,sodium\n1,0,140\n2,1,133\n\n{legend}\n")
    assert stored(found) == [{"seps": "Yes", "sod1": 140.0}, {"seps": "No", "sod1": 133.0}]


def test_a_legend_that_names_no_column_makes_its_codes_a_question() -> None:
    found = review_of("id,sepsis,sodium\n1,0,140\n2,1,133\n\nLegend: 0 = yes; 1 = no\n")
    assert asked(found) == ["codes"]
    assert drafted(found) == [{"sod1": 140.0}, {"sod1": 133.0}]


def test_a_legend_beside_the_table_makes_its_codes_a_question() -> None:
    assert asked(review_of("id,sepsis,Legend\n1,0,0 = yes\n2,1,1 = no\n")) == ["codes"]
    assert stored(review_of("id,sepsis\n1,0 = yes\n2,1 = no\n")) == [{"seps": "Yes"}, {"seps": "No"}]


def test_a_code_that_a_legend_calls_something_else_is_asked_about() -> None:
    assert asked(review_of('id,"sepsis (0=none, 1=septic shock, 2=sepsis)"\n1,0\n2,1\n3,2\n')) == ["codes"]


def test_a_mark_that_a_legend_explains_is_no_flag() -> None:
    rows = "id,potassium (mmol/L)\n1,7.1*\n2,4.3\n"
    assert stored(review_of(rows)) == [{"pot1": 7.1}, {"pot1": 4.3}]
    found = review_of(rows + '"* haemolysed, not valid",\n')
    assert asked(found) == ["rejected"]
    assert drafted(found) == [{"pot1": 4.3}]


@pytest.mark.parametrize("legend", [
    [["variable", "code", "meaning"], ["sepsis", 0, "yes"], ["sepsis", 1, "no"], ["creatinine", None, "µmol/L"]],
    [["variable", "code", "meaning"], ["sepsis", 0, "yes"], [None, 1, "no"], ["creatinine", None, "µmol/L"]],
    [["Feld", "Einheit", "Bedeutung"], ["creatinine", "µmol/L", None], ["sepsis", None, "0 = ja; 1 = nein"]],
    [["1", "sepsis", "0=yes, 1=no"], ["2", "creatinine", "µmol/L"]],
    [["code", "meaning", "variable"], [0, "ja", "sepsis"], [1, "nein", "sepsis"], [None, "µmol/L", "creatinine"]],
    [["sepsis"], [0, "yes"], [1, "no"], ["creatinine", "µmol/L"]],
    [["sepsis", "Sepsis at admission", "0, Yes | 1, No"], ["creatinine", "Serum creatinine", "µmol/L"]],
])  # fmt: skip
def test_a_sheet_that_explains_codes_and_units_is_read(legend: list[list[object]]) -> None:
    rows: list[list[object]] = [["id", "sepsis", "creatinine"], [1, 1, 97.5], [2, 0, 120.5], [3, 1, 88.5]]
    found = stored(review_of(sheets(Data=rows, Legend=legend)))
    assert [(row["seps"], round(float(row["crea1"]), 1)) for row in found] == [("No", 1.1), ("Yes", 1.4), ("No", 1.0)]


def test_the_values_of_another_sheet_are_no_legend() -> None:
    rows: list[list[object]] = [["id", "creatinine"], [1, 1.1], [2, 1.2]]
    others: list[list[object]] = [
        ["id", "test", "value", "unit"],
        ["a", "creatinine", 97, "µmol/L"],
        ["b", "creatinine", 1.1, "µmol/L"],
    ]
    found = review_of(sheets(Data=rows, Labs=others))
    assert [row["crea1"] for row in drafted(found)] == [1.1, 1.2]


@pytest.mark.parametrize("below", [
    "id,SBP,sodium\n3,141,136\n",  # the same names in another order
    "\nid,potassium,\n3,4.1,\n", "\nPatNr,Kalium,\n3,4.1,\n", "Center 2\nid,sodium,SBP\n3,140,120\n",
])  # fmt: skip
def test_a_table_below_the_table_is_refused(below: str) -> None:
    with pytest.raises(UploadError, match="begins another table"):
        read("id,sodium,SBP\n1,140,120\n2,138,130\n" + below)


@pytest.mark.parametrize("below", ["id,sodium,SBP\n", "\nid,sodium,SBP\n"])
def test_column_names_that_come_again_are_left_out(below: str) -> None:
    table = read("id,sodium,SBP\n1,140,120\n" + below + "2,138,130\n")
    assert [row.cells[1] for row in table.rows] == ["140", "138"]
    assert any("column names again" in note for note in table.notes)


@pytest.mark.parametrize("row", ["3,not done,refused", "\n3,not done,refused", "\nAnna,not done,refused"])
def test_a_row_of_words_is_a_row(row: str) -> None:
    table = read(f"id,sodium,SBP\n1,140,120\n{row}\n")
    assert len(table.rows) == 2


@pytest.mark.parametrize("unit", ["十/µL", "mg/foo", "10^7/dl"])
def test_a_unit_that_is_not_known_is_not_lost_from_a_row_of_units(unit: str) -> None:
    found = review_of(f"id,creatinine,WBC,sodium\n,mg/dL,{unit},mmol/L\n1,1.1,7.5,140\n2,1.2,8.1,139\n")
    assert drafted(found) == [{"crea1": 1.1, "sod1": 140.0}, {"crea1": 1.2, "sod1": 139.0}]


def test_a_code_that_a_legend_leaves_out_is_asked_about() -> None:
    assert asked(review_of('id,"sepsis (1=no)"\n1,0\n2,1\n3,2\n')) == ["codes"]


def test_a_row_of_units_may_stand_apart() -> None:
    table = read("id,creatinine,sodium\n\n,mg/dL,mmol/L\n1,1.1,140\n")
    assert table.columns == ("id", "creatinine [mg/dL]", "sodium [mmol/L]")


def test_pressures_in_one_cell_are_taken_apart() -> None:
    found = stored(review_of("id,blood pressure (mmHg),sodium\n1,120/60,140\n2,130/70,139\n3,90/45,138\n"))
    assert [round(float(row["meanbp1"])) for row in found] == [80, 90, 60]
    assert drafted(review_of("id,sodium\n1,120/60\n2,140\n")) == [{"sod1": 140.0}]


@pytest.mark.parametrize("cell", ["120", "120 mmHg", "120.0", "(120)"])
def test_a_number_alone_among_pressures_is_neither_of_the_two(cell: str) -> None:
    rows = "".join(f"{n},120/60,140\n" for n in range(1, 8))
    found = drafted(review_of(f"id,blood pressure (mmHg),sodium\n{rows}8,{cell},139\n"))
    assert "meanbp1" in found[0]
    assert "meanbp1" not in found[-1]
