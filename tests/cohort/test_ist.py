"""The stroke trial's adapter, on a made-up table in the format of the trial's file: codes, quirks, declared leaks."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from creason_core.cli import main
from creason_core.cohort.conforming import conform
from creason_core.cohort.ist.adapter import prepared
from creason_core.cohort.loading import load_cohort
from creason_core.cohort.table_files.cells import as_texts
from creason_core.cohort.table_files.reading import Frame, read_frame
from creason_core.errors import CohortError
from creason_core.record.codebook import packaged_codebook
from tests.cohort.stroke import made_up


@pytest.fixture
def table() -> pd.DataFrame:
    return made_up()


def prepare(table: pd.DataFrame) -> pd.DataFrame:
    return prepared(Frame(table, "CSV file")).table


def test_outcomes_months_and_doses_are_made_from_their_codes(table: pd.DataFrame) -> None:
    table.loc[:6, "OCCODE"] = ["0", "1", "2", "3", "4", "8", "9"]
    table.loc[:3, "RDATE"] = ["sty-91", "pa?-93", "paź-93", "gru-96"]
    table.loc[:2, "ID14"], table.loc[:2, "SET14D"] = ["1", "0", "0"], ["1", "1", "0"]
    made = prepare(table)
    texts = {name: as_texts(made[name]).tolist() for name in ("DEADDEP6", "OUTCOME6", "DEAD14")}
    assert texts["DEADDEP6"][:7] == [None, "Y", "Y", "N", "N", None, None]
    assert texts["OUTCOME6"][:7] == [None, "1", "2", "3", "4", None, None]
    assert made["RMONTH"].tolist()[:4] == ["1991-01", "1993-10", "1993-10", "1996-12"]
    assert texts["DEAD14"][:3] == ["Y", "N", None]
    assert set(made["RXHEP"]) == {"N", "L", "M"}


def test_the_table_fits_its_codebook_and_older_ages_are_stored_as_90(table: pd.DataFrame) -> None:
    conformed = conform(prepare(table), packaged_codebook("ist"))
    assert conformed.of("structure", "cell") == ()
    assert conformed.table["age"].max() == 90
    assert conformed.table["hourlocal"].max() == 23  # 99 is not recorded
    assert conformed.table["ratrial"].isna().sum() == 20


def test_nothing_recorded_after_randomisation_is_a_feature() -> None:
    codebook = packaged_codebook("ist")
    baseline = {"AGE", "SEX", "STYPE", "HOURLOCAL"}
    for feature in codebook.features:
        assert feature.role == "outcome" or feature.column.startswith("R") or feature.column in baseline, feature.name
    assert {feature.name for feature in codebook.features if feature.role == "audit"} == {"rxasp", "rxhep"}
    leaks = {
        "TD",
        "FDEAD",
        "ONDRUG",
        "EXPDD",
        "EXPD6",
        "EXPD14",
        "DDEAD",
        "HOSPNUM",
        "COUNTRY",
        "CMPLASP",
        "DPLACE",
        "H14",
    }
    assert leaks <= set(codebook.left_out)


def test_every_column_of_the_published_file_is_a_feature_or_left_out(pytestconfig: pytest.Config) -> None:
    published = Path(pytestconfig.rootpath) / "tests" / "cohort" / "ist_columns.csv"
    with published.open(encoding="utf-8") as file:
        names = next(csv.reader(file))
    codebook = packaged_codebook("ist")
    used = {feature.column for feature in codebook.features} | set(codebook.left_out)
    assert len(names) == 112
    assert set(names) - used == set()
    assert used - set(names) == {"RMONTH", "OUTCOME6", "DEADDEP6", "DEAD14"}


@pytest.mark.slow
def test_the_command_makes_ist_stroke_by_time(
    table: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table.to_csv(tmp_path / "IST.csv", index=False)
    folder = tmp_path / "made"
    assert main(["cohort", "make-ist", str(tmp_path / "IST.csv"), "--split", "time:RMONTH", "--out", str(folder)]) == 0
    assert "ist-stroke (International Stroke Trial): 240 patients" in capsys.readouterr().out
    cohort = load_cohort(str(folder))
    hidden = {item.feature for item in cohort.guard.hidden_with("stype")}
    assert hidden >= {f"rdef{n}" for n in range(1, 9)} | {"dead14", "deaddep6", "outcome6"}
    last = [
        row
        for row, month in enumerate(prepare(read_frame(str(tmp_path / "IST.csv")).table)["RMONTH"])
        if month >= "1994-10"
    ]
    assert {f"ist-stroke-{row + 1:03}" for row in last} <= set(cohort.split["test"])


@pytest.mark.parametrize(("change", "told"), [
    ({"RDATE": "Jan-91"}, "RDATE = 'Jan-91' is no month such as sty-91"),
    ({"OCCODE": None}, "not the trial's file: it has no column OCCODE"),
])  # fmt: skip
def test_another_file_is_refused(table: pd.DataFrame, change: dict[str, str | None], told: str) -> None:
    for column, value in change.items():
        table = table.drop(columns=column) if value is None else table.assign(**{column: value})
    with pytest.raises(CohortError, match=told):
        prepare(table)
