"""Tables are read as they are: cells as text, each column by its name, and every refusal in words."""

import gzip
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from creason_core.cohort.table_files.cells import as_numbers, as_texts, decimals_of, is_date, is_date_number
from creason_core.cohort.table_files.reading import TableRequest, read_frame
from creason_core.errors import CohortError

CSV = "id;Weight (kg);sex\n1;71,5;F\n2;;M\n"


def test_a_csv_keeps_its_cells_as_text_whatever_separates_them(tmp_path: Path) -> None:
    for name, text in (("a.csv", CSV), ("a.tsv", CSV.replace(";", "\t")), ("b.csv", CSV.replace(";", "|"))):
        (tmp_path / name).write_text(text)
        frame = read_frame(str(tmp_path / name))
        assert list(frame.table) == ["id", "Weight (kg)", "sex"]
        assert frame.table["Weight (kg)"].tolist() == ["71,5", ""]
        assert len(frame.sha256) == 64


def test_a_compressed_file_and_one_that_is_not_utf_8_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress("name,µ\nJosé,1\n".encode("cp1252")))
    frame = read_frame(str(tmp_path / "a.csv.gz"))
    assert frame.table["name"].tolist() == ["José"]
    assert frame.kind == "CSV file"


def test_parquet_and_a_database_give_the_same_texts_as_a_csv(tmp_path: Path) -> None:
    table = pd.DataFrame({"a": [1.0, None, 2.5], "b": ["x", None, "y"], "c": [1, 2, 3]})
    table.to_parquet(tmp_path / "t.parquet")
    table.to_csv(tmp_path / "t.csv", index=False)
    engine = sa.create_engine(f"sqlite:///{tmp_path / 't.db'}")
    table.to_sql("t", engine, index=False)
    engine.dispose()
    url = f"sqlite:///{tmp_path / 't.db'}"
    sources = [
        read_frame(str(tmp_path / "t.parquet")), read_frame(str(tmp_path / "t.csv")),
        read_frame(url, TableRequest(query="t")), read_frame(url, TableRequest(query="SELECT a, b, c FROM t")),
    ]  # fmt: skip
    for frame in sources:
        assert as_numbers(as_texts(frame.table["a"]))[[0, 2]].tolist() == [1.0, 2.5]
        assert as_texts(frame.table["b"]).tolist() == ["x", None, "y"]
        assert as_texts(frame.table["c"]).tolist() == ["1", "2", "3"]


LONG = "patient_id,test,operator,value,unit\n1,Sodium,,140,mmol/L\n1,Bilirubin,<,0.2,mg/dL\n2,Sodium,,138,mmol/L\n"
UNITS = "id,creatinine (mg/dL),creatinine unit\n1,12,µmol/L\n2,14,µmol/L\n"


@pytest.mark.parametrize("text", [
    LONG, "id,sodium,potassium\n,mmol/L,mmol/L\n1,140,4.1\n2,138,3.9\nMean,139,4\n",
    "id,weight,weight unit\n1,70,kg\n2,154,lb\n", UNITS, LONG.replace("patient_id", "nobody"),
    "record_id,redcap_event_name,sodium\n1,first_arm_1,140\n1,later_arm_1,120\n2,first_arm_1,139\n",
    "person_id,measurement_concept_id,value_as_number,unit_concept_id\n1,3019550,140,8753\n2,3019550,139,8753\n",
])  # fmt: skip
def test_a_query_is_understood_as_a_file_of_the_same_rows(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    header, *rows = (line.split(",") for line in text.splitlines())
    engine = sa.create_engine(f"sqlite:///{tmp_path / 't.db'}")
    pd.DataFrame(rows, columns=header).replace("", None).to_sql("t", engine, index=False)
    engine.dispose()
    told: list[object] = []
    for source, asked in (
        (f"{tmp_path}/t.csv", TableRequest()),
        (f"sqlite:///{tmp_path}/t.db", TableRequest(query="t")),
    ):
        try:
            frame = read_frame(source, asked)
            told.append((list(frame.table), frame.table.to_numpy().tolist()))
        except CohortError as error:
            told.append((error.message.partition(": ")[2], error.remedy))
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", "x,y,x\n1,2,3\n", "columns of one name: x"),
        ("a.csv", "x,y\n", "has column names but no rows"),
        ("a.csv", "", "The file is empty"),
        ("a.csv", "x,y\n1,2\n1,2,3\n", "cannot be read: 1 row cannot be used, such as row 3"),
        ("a.parquet", "not parquet", "cannot be read"),
        ("a.docx", "x", "Files ending in '.docx' are not read"),
        ("a.csv.gz", "not gzip", "cannot be unpacked"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(tmp_path: Path, name: str, content: str, told: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(CohortError, match=told) as caught:
        read_frame(str(tmp_path / name))
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("source", "query", "told"),
    [
        ("nowhere.csv", "", "There is no file nowhere.csv"),
        ("sqlite:///{}/t.db", "", "A database needs --query"),
        ("sqlite:///{}/t.db", "patients", "has no table 'patients'"),
        ("sqlite:///{}/t.db", "SELECT a FROM nowhere", "could not be read: no such table"),
        ("no dialect://x", "t", "URL cannot be read"),
        ("nonsense://x", "t", "URL cannot be read"),
    ],
)
def test_a_source_that_is_not_there_is_told(tmp_path: Path, source: str, query: str, told: str) -> None:
    with pytest.raises(CohortError, match=told):
        read_frame(source.format(tmp_path), TableRequest(query=query))


def test_a_databases_password_is_in_no_message() -> None:
    with pytest.raises(CohortError) as caught:
        read_frame("postgresql+nodriver://me:secret@127.0.0.1/x", TableRequest(query="t"))
    assert "secret" not in str(caught.value)


def test_cells_that_say_nothing_are_missing_and_words_are_not() -> None:
    cells = [" 1.50 ", "NA", "n/a", "", None, float("nan"), "none", "unknown", 3.0, 99, True]
    assert as_texts(cells, frozenset({"99"})).tolist() == [
        "1.50", None, None, None, None, None, "none", "unknown", "3", None, "True",
    ]  # fmt: skip
    assert decimals_of(["1.50", "2", "3.125"]) == 3
    assert as_numbers(as_texts(["1e3", "1,5", "inf", "-.5"])).tolist()[::3] == [1000.0, -0.5]


def test_dates_are_known_by_their_form() -> None:
    assert all(map(is_date, ("2024-01-31", "31.12.1999", "1/2/24", "2024-01-31 10:00:00", "1991-07")))
    assert not any(map(is_date, ("7.40", "12", "1-2", "20240131")))
    assert is_date_number("20240131")
    assert not is_date_number("20241331")
