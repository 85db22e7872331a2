"""Columns that complete each other are one on the command line where a person says so, by the rules of the pages."""

import json
from pathlib import Path

import pytest

from creason_core.cli import main
from creason_core.cohort.table_files.reading import Frame, TableRequest, read_frame
from creason_core.errors import CohortError
from creason_core.record.codebook import parse_codebook
from creason_core.record.importing import reading
from tests.record.importing.tables import parsed_inside

LONG = "pid,test,value,result,unit\n1,Sodium,141,,mmol/L\n2,Sodium,,139,mmol/L\n3,Sodium,140,140.0,mmol/L\n"
WIDE = "pid,age,sodium,serum sodium\n1,60,141,\n2,70,,139\n3,50,140,140.0\n"
UNITS = "pid,Creatinine (mg/dL),Kreatinin (µmol/L)\n1,1.2,\n2,,88\n"


@pytest.fixture(autouse=True)
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "read_measured", parsed_inside)


def read(folder: Path, text: str, *merge: str) -> Frame:
    path = folder / "t.csv"
    path.write_text(text, encoding="utf-8")
    return read_frame(str(path), TableRequest(merge=merge))


@pytest.mark.parametrize(("text", "merge", "column", "cells"), [
    (LONG, "value=result", "Sodium (mmol/L)", ["141", "139", "140"]),
    (WIDE, "sodium=serum sodium", "sodium", ["141", "139", "140"]),
    (UNITS, "Creatinine (mg/dL)=Kreatinin (µmol/L)", "Creatinine (mg/dL)", ["1.2", "88 µmol/L"]),
])  # fmt: skip
def test_the_others_fill_the_gaps_of_the_first(
    tmp_path: Path, text: str, merge: str, column: str, cells: list[str]
) -> None:
    found = read(tmp_path, text, merge)
    assert list(found.table[column]) == cells
    assert not set(merge.split("=")[1:]) & set(found.table)
    assert any("has its gaps filled by" in note for note in found.notes)


@pytest.mark.parametrize(("text", "merge", "said"), [
    (WIDE.replace("140.0", "130"), "sodium=serum sodium", "says two things"),
    ("pid,Creatinine,Kreatinin\n1,1.2,\n2,,88\n3,0.9,\n", "Creatinine=Kreatinin", "in one unit"),
    ("pid,a (mmol/L),b\n1,1.2,\n2,,88\n", "b=a (mmol/L)", "in one unit"),
    (WIDE, "sodium=Natrium", "does not name different columns"), (WIDE, "sodium", "does not name different columns"),
    (WIDE, "sodium=sodium", "does not name different columns"),
])  # fmt: skip
def test_what_the_pages_would_not_merge_is_refused(tmp_path: Path, text: str, merge: str, said: str) -> None:
    with pytest.raises(CohortError, match=said):
        read(tmp_path, text, merge)


def test_the_refusal_of_rivals_names_the_option_where_it_helps(tmp_path: Path) -> None:
    with pytest.raises(CohortError) as refused:
        read(tmp_path, LONG)
    assert "--merge 'value=result'" in refused.value.remedy
    with pytest.raises(CohortError) as refused:
        read(tmp_path, LONG.replace("140.0", "130"))
    assert "--merge" not in refused.value.remedy


def test_a_cohort_is_drafted_from_merged_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"{n},{40 + n},{130 + n},\n" if n % 2 else f"{n},{40 + n},,{130 + n}\n" for n in range(1, 21))
    (tmp_path / "t.csv").write_text(f"pid,age,sodium,serum sodium\n{rows}", encoding="utf-8")
    out = tmp_path / "book.yaml"
    asked = [
        "codebook",
        "infer",
        str(tmp_path / "t.csv"),
        "--out",
        str(out),
        "--merge",
        "sodium=serum sodium",
        "--json",
    ]
    assert main(asked) == 0
    assert json.loads(capsys.readouterr().out)
    names = [feature.name for feature in parse_codebook(out.read_text(encoding="utf-8"), "book.yaml").features]
    assert names == ["age", "sodium"]
