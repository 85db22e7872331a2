"""Reading through the parsing process: every format gives the same table, and the process is held to its limits."""

import io
import subprocess
import sys
import threading
import tomllib
from datetime import date
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from creason_core.confined import CHILD_ENVIRONMENT, listened
from creason_core.errors import UploadError
from creason_core.record.importing import reading
from creason_core.record.importing.files import limits
from creason_core.record.importing.files.protocol import Row
from creason_core.record.importing.reading import read_measured, read_pasted, read_table
from tests.record.importing.bad_files import workbook

COLUMNS = ("age", "creatinine", "note")
CELLS = [("63", "1.4", "a, b"), ("64", "", "한글")]
RECORDS = '{"age": 63, "creatinine": 1.4, "note": "a, b"}', '{"age": 64, "creatinine": null, "note": "한글"}'


def in_parquet() -> bytes:
    out = io.BytesIO()
    pd.DataFrame({"age": [63, 64], "creatinine": [1.4, None], "note": ["a, b", "한글"]}).to_parquet(out)
    return out.getvalue()


FILES = {
    "a.csv": 'age,creatinine,note\n63,1.4,"a, b"\n64,,한글\n'.encode(),
    "b.csv": "age;creatinine;note\r\n63;1.4;a, b\r\n64;;한글\r\n".encode("utf-16"),
    "a.tsv": "age\tcreatinine\tnote\n63\t1.4\ta, b\n64\t\t한글\n".encode(),
    "a.json": f"[{','.join(RECORDS)}]".encode(),
    "b.json": f'{{"data": [{",".join(RECORDS)}]}}'.encode(),
    "c.json": '{"age":{"0":63,"1":64},"creatinine":{"0":1.4},"note":{"0":"a, b","1":"한글"}}'.encode(),
    "a.jsonl": "\n".join((RECORDS[0], "", RECORDS[1])).encode(),
    "a.xlsx": workbook([["age", "creatinine", "note"], [63, 1.4, "a, b"], [64, None, "한글"]]),
    "a.parquet": in_parquet(),
}


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_the_same_table(name: str) -> None:
    table = read_table(FILES[name], name)
    assert table.columns == COLUMNS
    assert [row.cells for row in table.rows] == CELLS
    assert (table.notes, table.problems) == ((), ())


def test_rows_keep_the_numbers_that_a_spreadsheet_shows() -> None:
    table = read_table(b"age,x\n63,1\n\n64,2\n", "a.csv")
    assert [row.number for row in table.rows] == [2, 4]


def test_numbers_keep_the_digits_of_the_file() -> None:
    assert read_table(b'[{"x": 1.50, "y": 12345678901234567890}]', "a.json").rows[0].cells == (
        "1.50",
        "12345678901234567890",
    )


def test_pasted_text_is_a_table() -> None:
    assert read_pasted("age\tcreatinine\n63\t1.4\n").columns == ("age", "creatinine")
    assert read_pasted("age;creatinine\n63;1,4").rows[0].cells == ("63", "1,4")
    with pytest.raises(UploadError, match="Nothing was pasted"):
        read_pasted("  \n")


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("Creatinine 2.1 mg/dL", ("Creatinine", "2.1", "mg/dL")),
        ("Creatinine  2.1  mg/dL", ("Creatinine", "2.1", "mg/dL")),
        ("Kreatinin: 2,1 mg/dl", ("Kreatinin", "2,1", "mg/dl")),
        ("Platelets 90 x10^9/L", ("Platelets", "90", "x10^9/L")),
        ("eGFR 45 mL/min/1.73 m2", ("eGFR", "45", "mL/min/1.73 m2")),
        ("Bilirubin < 0.5 mg/dL", ("Bilirubin", "<0.5", "mg/dL")),
        ("Potassium 5.1 mmol/L H", ("Potassium", "5.1 H", "mmol/L")),
        ("Urine 2 L", ("Urine", "2", "L")),  # litres are no flag
        ("Temp 38.5°C", ("Temp", "38.5", "°C")),
        ("Sex: female", ("Sex", "female", "")),
        ("30-day mortality  -", ("30-day mortality", "-", "")),
        ("PaCO2: 41 mmHg", ("PaCO2", "41", "mmHg")),
        ("Apgar 1 min 9", None),
        ("Time 08:30", None),
    ],
)
def test_a_pasted_list_is_read_line_by_line(line: str, cells: tuple[str, str, str] | None) -> None:
    """A line that can be read in two ways is a problem, never a value."""
    table = read_pasted(f"Sodium 128 mmol/L\nChloride 99 mmol/L\nCRP 12 mg/l\npH 7.31\n{line}")
    assert table.columns == ("Feature", "Value", "Unit")
    assert table.rows[4:] == ((Row(5, cells),) if cells else ())
    assert [problem.number for problem in table.problems] == [5] * (cells is None)


@pytest.mark.parametrize("text", ["id crea na\np1 1.2 140\np2 1.3 141\n", "age,x\n63,1.4\n"])
def test_a_table_is_not_taken_for_a_list(text: str) -> None:
    assert read_pasted(text).columns != ("Feature", "Value", "Unit")


@pytest.mark.parametrize("ending", ["sav", "zsav", "dta"])
def test_statistics_files_are_read_with_their_labels(ending: str, tmp_path: Path) -> None:
    """Codes as words, columns by their labels, what SPSS declares as missing as nothing."""
    marks = {"sex": dict[int | float, str]({1: "Male", 2: "Female"}), "krea": dict[int | float, str]({0: "none"})}
    path, labels = tmp_path / f"a.{ending}", marks
    frame = pd.DataFrame({"sex": [1.0, 2.0], "krea": [0.0, 999.0], "day": [date(2020, 1, 2)] * 2})
    names: list[str | None] = ["Sex", "Creatinine (mg/dL)", ""]
    if ending == "dta":
        pyreadstat.write_dta(frame, str(path), column_labels=names, variable_value_labels=labels)
    else:
        pyreadstat.write_sav(frame, str(path), column_labels=names, variable_value_labels=labels,
                             missing_ranges={"krea": [999.0]}, compress=ending == "zsav")  # fmt: skip
    table = read_table(path.read_bytes(), path.name)
    assert table.columns == ("Sex", "Creatinine (mg/dL)", "day")
    kept = "999" if ending == "dta" else ""
    assert [row.cells for row in table.rows] == [("Male", "0", "2020-01-02"), ("Female", kept, "2020-01-02")]
    assert table.notes == ("The codes in 2 columns were read as the labels that the file gives them.",)


def test_the_sheet_can_be_chosen() -> None:
    data = workbook([["age", "x"], [63, 1]], lambda book: book.create_sheet("Labs").append(["sodium", "y"]))
    with pytest.raises(UploadError, match="column names but no rows"):
        read_table(data, "a.xlsx", sheet="Labs")
    with pytest.raises(UploadError, match="no visible sheet 'None'"):
        read_table(data, "a.xlsx", sheet="None")
    assert read_table(data, "a.xlsx").sheets == ("Sheet", "Labs")


def test_progress_is_heard() -> None:
    heard: list[float] = []
    read_table(b"a,b\n" + b"1,2\n" * 5_000, "a.csv", progress=heard.append)
    assert len(heard) == 10
    assert heard == sorted(heard)


def test_a_parser_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 1)
    monkeypatch.setattr(reading, "_command", lambda *_: [sys.executable, "-c", "import time; time.sleep(60)"])
    found = read_measured(b"a,b\n1,2\n", "csv")
    assert found.table is None
    assert "was ended" in str(found.fault)
    assert found.seconds < 50  # of the minute that it would have taken


def test_a_parser_that_dies_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_command", lambda *_: [sys.executable, "-c", "import os; os.abort()"])
    assert "needs more memory" in str(read_measured(b"a,b\n1,2\n", "csv").fault)


@pytest.mark.parametrize("said", ['"nonsense"', '{"kind":"rows","rows":[[1,["x"]]]}', '{"kind":"end"}', "\\xff"])
def test_a_parser_that_speaks_nonsense_is_not_believed(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    program = f"import sys; sys.stdout.buffer.write({said.encode()!r} + b'\\n')"
    monkeypatch.setattr(reading, "_command", lambda *_: [sys.executable, "-c", program])
    assert "Reading the file failed" in str(read_measured(b"a,b\n1,2\n", "csv").fault)


def test_memory_is_limited_for_real() -> None:
    program = (
        "from creason_core.record.importing.files import limits; limits.confine_this_process()\n"
        "try:\n    x = bytearray(520 * limits.MIB)\nexcept MemoryError:\n    print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"


def test_the_parser_can_write_no_file_and_sees_no_variable() -> None:
    program = (
        "from creason_core.record.importing.files import limits; limits.confine_this_process()\n"
        "import os, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "try:\n    open('/tmp/parser-wrote-this', 'w').write('x' * 10_000)\nexcept OSError:\n    print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"
    assert not any("KEY" in name or "CREASON" in name for name in CHILD_ENVIRONMENT)


def test_a_line_that_was_cut_off_with_its_process_is_not_heard() -> None:
    """Else a file that takes too long would be told as one that cannot be read."""
    heard: list[bytes] = []
    program = "import sys; sys.stdout.write('whole' + chr(10) + 'hal')"

    def hear(line: bytes) -> bool:
        heard.append(line)
        return False

    listened([sys.executable, "-c", program], b"", 60, hear)
    assert heard == [b"whole\n"]


def test_readings_do_not_disturb_one_another() -> None:
    found: list[str] = []
    work = [
        threading.Thread(target=lambda i=i: found.append(read_pasted(f"a,b\n{i},2").rows[0].cells[0])) for i in range(4)
    ]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert sorted(found) == ["0", "1", "2", "3"]


def test_the_page_lets_every_file_pass_that_the_program_reads() -> None:
    """Streamlit counts megabytes of a million bytes; a file that it refuses gets no sentence of ours."""
    config = tomllib.loads((Path(__file__).parents[3] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] * 1_000_000 > limits.FILE_BYTES
    assert limits.FILE_BYTES % limits.MB == 0, "a field takes whole megabytes of a million bytes: no more and no less"


@pytest.mark.parametrize(("text", "encoding", "told"), [
    ("번호,나이\n1,63\n", "euc_kr", "번호"), ("번호,나이,똠방\n1,63,2\n", "cp949", "번호"),
    ("Größe,Übelkeit,naïve,crème,brûlée,µg,°C\n1,2,3,4,5,6,7\n", "cp1252", "Größe"),
    ("Пациент,возраст\n1,63\n", "cp1251", ""), ("病人,年龄,性别,肌酐\n1,63,男,1\n", "gb18030", ""),
    ("患者,年齢,クレアチニン\n1,63,2\n", "cp932", ""),
])  # fmt: skip
def test_older_encodings_are_read_with_a_note_or_refused(text: str, encoding: str, told: str) -> None:
    if told:
        table = read_table(text.encode(encoding), "a.csv")
        assert table.columns[0] == told
        assert "is not UTF-8" in table.notes[0]
    else:
        with pytest.raises(UploadError, match="encoding that is not known"):
            read_table(text.encode(encoding), "a.csv")
