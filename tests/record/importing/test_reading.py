"""Reading through the parsing process: every format gives the same table, and the process is held to its limits."""

import io
import subprocess
import sys
import threading
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from creason_core.confined import CHILD_ENVIRONMENT
from creason_core.errors import UploadError
from creason_core.record.importing import limits, reading
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
        "from creason_core.record.importing import limits; limits.confine_this_process()\n"
        "try:\n    x = bytearray(520 * limits.MIB)\nexcept MemoryError:\n    print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"


def test_the_parser_can_write_no_file_and_sees_no_variable() -> None:
    program = (
        "from creason_core.record.importing import limits; limits.confine_this_process()\n"
        "import os, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "try:\n    open('/tmp/parser-wrote-this', 'w').write('x' * 10_000)\nexcept OSError:\n    print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"
    assert not any("KEY" in name or "CREASON" in name for name in CHILD_ENVIRONMENT)


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
