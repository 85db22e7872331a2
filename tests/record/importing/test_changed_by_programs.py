"""Ids, names and times that a spreadsheet or a program has changed: asked about or refused, never joined."""

from datetime import datetime

import pytest

from creason_core.errors import UploadError
from creason_core.record.importing.cells.moments import moment
from creason_core.record.importing.columns.patient_ids import key_of, plain_key, shortened
from creason_core.record.importing.suggesting import suggest
from tests.record.importing.bad_files import workbook
from tests.record.importing.tables import RHC, asked, drafted, read_inside, reviewed, stored, table


@pytest.mark.parametrize(("cells", "found"), [
    (("1.23E+10", "1.24E+10", "1.23E+10"), (0, 2)), (("1,23E+10", "1,23E+10"), (0, 1)),
    (("1E+10", "1E+10"), (0, 1)), (("1.23E+10", "1.24E+10"), None), (("1E10", "1E10"), None),
    (("12345678901234500000",) * 2, (0, 1)), (("12345678901234567",) * 2, None), (("12E3", "12E3"), None),
    (("1234567890123450", "1234567890123460", "1234567890123450"), (0, 2)), (("1234567890123450",) * 2, None),
])  # fmt: skip
def test_ids_that_a_spreadsheet_shortened(cells: tuple[str, ...], found: tuple[int, int] | None) -> None:
    assert shortened(cells) == found


def test_values_of_two_patients_are_not_joined_by_a_shortened_id() -> None:
    rows = ("1.23E+10|Sodium|140|mmol/L", "1.23E+10|Creatinine|2|mg/dL")
    with pytest.raises(UploadError, match="shortened"):
        reviewed(table("patient_id|test|value|unit", *rows))


@pytest.mark.parametrize("cell", ["#REF!", "########", "#N/A", "#DIV/0!"])
def test_an_error_of_a_spreadsheet_names_nobody(cell: str) -> None:
    assert key_of(cell) == ""


@pytest.mark.parametrize(("one", "other"), [("1,234", "1234"), ("A 7", "a7"), ("１２", "12"), ("007", "7")])
def test_ids_that_differ_in_writing_only_are_alike(one: str, other: str) -> None:
    assert plain_key(one) == plain_key(other)


@pytest.mark.parametrize("word", ["Keskiarvo", "Átlag", "ค่าเฉลี่ย", "Gjennomsnitt", "Anna"])
def test_a_word_among_numbers_of_patients_is_asked_about(word: str) -> None:
    given = table("id|sodium", "1|140", "2|133", f"{word}|136.5")
    assert asked(reviewed(given)) == ["blanks"]
    assert stored(reviewed(given, ("blanks", "own"))) == [{"sod1": 140.0}, {"sod1": 133.0}, {"sod1": 136.5}]
    assert stored(reviewed(given, ("blanks", "leave out"))) == [{"sod1": 140.0}, {"sod1": 133.0}]


def test_limits_above_the_patients_are_no_patients() -> None:
    given = table("id|sodium", "low|135", "high|145", "1|140", "2|133")
    assert asked(reviewed(given)) == ["blanks"]
    assert asked(reviewed(table("id|sodium", "AB|140", "CD|133", "EF|130", "Mittlerer Wert|134"))) == ["blanks"]


def test_a_word_among_words_is_a_patient() -> None:
    assert stored(reviewed(table("id|sodium", "Anna|140", "Bo|133"))) == [{"sod1": 140.0}, {"sod1": 133.0}]


def test_a_value_without_the_name_of_its_test_is_a_question() -> None:
    rows = ("1|Sodium|140|mmol/L", "1||125|mmol/L", "2|Sodium|133|mmol/L")
    found = reviewed(table("pid|test|value|unit", *rows))
    assert asked(found) == ["row"]
    assert "name of its test" in found.questions[0].message


@pytest.mark.parametrize("column", ["sodium", "sodium (mmol/L)"])
def test_of_two_columns_of_one_name_none_is_taken(column: str) -> None:
    data = f"id,{column},{column},SBP\n1,140,120,90\n2,133,150,99\n"
    assert drafted(reviewed(read_inside(data, "a.csv"))) == []
    same = f"id,{column},{column}\n1,140,140\n2,133,133\n"
    assert stored(reviewed(read_inside(same, "a.csv"))) == [{"sod1": 140.0}, {"sod1": 133.0}]


def test_which_of_two_columns_of_patients_counts_is_asked() -> None:
    data = "patient,patient,sodium\nA,1,140\nA,2,133\nB,3,130\n"
    assert asked(reviewed(read_inside(data, "a.csv"))) == ["patients"]


@pytest.mark.parametrize("empty", ["1900-01-01 00:00", "1970-01-01", "1899-12-30", "01.01.1900"])
def test_a_date_that_programs_write_for_none_is_no_first_time(empty: str) -> None:
    rows = (f"1|{empty}|140", "1|2024-01-01 08:00|130", "1|2024-01-01 20:00|125")
    found = reviewed(table("pid|time|sodium", *rows))
    assert asked(found) == ["untimed"]
    assert drafted(found) == [{"sod1": 125.0}]


def test_a_birth_in_1970_among_such_is_a_date() -> None:
    rows = ("1|1970-01-01 00:00|140", "1|1970-01-01 08:00|130", "2|1969-12-31 08:00|125")
    assert asked(reviewed(table("pid|time|sodium", *rows))) == []


def test_hours_between_a_time_with_a_zone_and_one_without_are_asked_about() -> None:
    rows = (
        "1|2024-01-01T08:00:00+09:00|2024-01-01 09:30:00|140",
        "1|2024-01-01T08:00:00+09:00|2024-01-01 22:00:00|120",
    )
    assert asked(reviewed(table("pid|admittime|charttime|sodium", *rows))) == ["untimed"]


@pytest.mark.parametrize("cell", [
    "1 stycznia 2020 08:30", "1 sty 2020 08:30", "1 januari 2020 08:30", "1 gen 2020 08:30", "2020年1月1日 8時30分",
    "2020年1月1日 午前8:30", "2020-01-01 上午8:30", "2020年1月1日 8点30分", "1 de janeiro de 2020 08:30",
    "01.01.2020\u00a08:30", "1\u202fenero\u202f2020 08:30",
])  # fmt: skip
def test_times_in_further_languages(cell: str) -> None:
    found = moment(cell)
    assert found is not None
    assert (found.kind, found.hours % 24) == ("date", 8.5)
    assert moment("2020年1月1日 午後8:30").hours % 24 == 20.5  # type: ignore[union-attr]


@pytest.mark.parametrize(("unit", "value", "stored_as"), [
    ("10²/µL", "56", 5.6), ("×10²/μL", "56", 5.6), ("百/µL", "56", 5.6), ("万/µL", "0.56", 5.6),
    ("10⁴/µL", "0.56", 5.6), ("만/µL", "0.56", 5.6), ("tys/µl", "5.6", 5.6), ("千/µL", "5.6", 5.6),
])  # fmt: skip
def test_counts_in_powers_of_east_and_west(unit: str, value: str, stored_as: float) -> None:
    wide = reviewed(table(f"id|WBC ({unit})", f"1|{value}", f"2|{value}"))
    long = reviewed(table("pid|test|value|unit", f"1|WBC|{value}|{unit}", f"2|WBC|{value}|{unit}"))
    assert [round(float(row["wblc1"]), 3) for row in (*stored(wide), *stored(long))] == [stored_as] * 4


@pytest.mark.parametrize("head", [
    "pid,Test,Unit,2024-03-01,2024-03-02", "pid,Test,Unit,Day 1,Day 2", "患者ID,検査項目,単位,2024/03/01,2024/03/02",
    "paziente,esame,unità,01.03.2024,02.03.2024",
])  # fmt: skip
def test_a_cumulative_report_has_a_value_for_each_time(head: str) -> None:
    data = f"{head}\n1,Creatinine,mg/dL,1.1,1.9\n1,Sodium,mmol/L,140,120\n2,Sodium,mmol/L,133,\n"
    assert stored(reviewed(read_inside(data, "a.csv"))) == [{"crea1": 1.1, "sod1": 140.0}, {"sod1": 133.0}]


def test_dates_that_a_workbook_holds_are_whole_days() -> None:
    rows: list[list[object]] = [
        ["pid", "date", "sodium"],
        [1, datetime(2024, 3, 1), 140],
        [1, datetime(2024, 3, 2), 120],
    ]
    assert stored(reviewed(read_inside(workbook(rows), "a.xlsx"))) == [{"sod1": 140.0}]


@pytest.mark.parametrize("head", [
    "pacjent;badanie;wynik;jednostka;data", "paciente;exame;resultado;unidade;data", "病人;项目;结果;单位;采集时间",
    "患者;検査名;検査結果;単位;採取日時", "patiënt;bepaling;uitslag;eenheid;tijdstip",
    "paziente;esame;risultato;unità;data",
])  # fmt: skip
@pytest.mark.parametrize("names", ["Sód Kreatynina", "Sódio Creatinina", "钠 肌酐", "ナトリウム クレアチニン"])
def test_roles_and_names_in_further_languages(head: str, names: str) -> None:
    sodium, creatinine = names.split()
    rows = f"1;{sodium};140;mmol/l;2024-01-01 08:00\n2;{creatinine};97,0;µmol/l;2024-01-01 08:00\n"
    found = stored(reviewed(read_inside(f"{head}\n{rows}", "a.csv")))
    assert [{name: round(float(value), 1) for name, value in row.items()} for row in found] == [
        {"sod1": 140.0}, {"crea1": 1.1}
    ]  # fmt: skip


def test_counts_that_may_be_hundreds_are_asked_about() -> None:
    *_, column = suggest(table("id|WBC", "1|56", "2|43", "3|81"), RHC).columns
    assert (column.unit, column.unit_from) == ("10*9/L", "assumed")


def test_a_number_that_a_sheet_shows_in_percent_is_one() -> None:
    def percent(book: object) -> None:
        for row in ("2", "3"):
            book.active[f"B{row}"].number_format = "0.0%"  # type: ignore[attr-defined]

    data = workbook([["id", "hematocrit (%)"], [1, 0.455], [2, 0.38]], percent)
    assert stored(reviewed(read_inside(data, "a.xlsx"))) == [{"hema1": 45.5}, {"hema1": 38.0}]


@pytest.mark.parametrize(("column", "number", "shown", "kept"), [
    ("Hkt", 33, '0"%"', {"hema1": 33.0}), ("Kreatinin", 106, '0" µmol/l"', {"crea1": 1.199}),
    ("Kreatinin", 106, 'General" µmol/l"', {"crea1": 1.199}),
    ("Bilirubin (mg/dl)", 0.2, '"<"0.0', {}), ("Bilirubin (mg/dl)", 0.2, "\\<0.0", {}),
    ("Natrium", 139, '0.0;-0.0;"-"', {"sod1": 139.0}), ("Natrium", 139, '#,##0\\ ', {"sod1": 139.0}),
])  # fmt: skip
def test_what_a_format_shows_beside_a_number_belongs_to_it(
    column: str, number: float, shown: str, kept: dict[str, float]
) -> None:
    def formatted(book: object) -> None:
        book.active["B2"].number_format = shown  # type: ignore[attr-defined]

    data = workbook([["id", column], [1, number]], formatted)
    found = reviewed(read_inside(data, "a.xlsx"))
    assert drafted(found) == ([kept] if kept else [])
    assert asked(found) == ([] if kept else ["rejected"])


def test_hidden_rows_are_told() -> None:
    def hide(book: object) -> None:
        book.active.row_dimensions[3].hidden = True  # type: ignore[attr-defined]

    found = read_inside(workbook([["id", "sodium"], [1, 140], [2, 133]], hide), "a.xlsx")
    assert any("hidden rows" in note for note in found.notes)
