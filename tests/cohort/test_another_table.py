"""A table without patients goes from file to baselines by commands alone, as docs/cohorts.md says."""

import json
from pathlib import Path

import plotly.data
import pytest

from creason_core.cli import main
from creason_core.commands.questions import UNJUDGED


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands run, with countries by year as ``countries.csv``."""
    monkeypatch.chdir(tmp_path)
    plotly.data.gapminder().to_csv("countries.csv", index=False)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    """The JSON that a command prints; it must succeed."""
    assert main([*arguments, "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.slow
def test_from_file_to_baselines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drafted = said(capsys, "codebook", "infer", "countries.csv", "--out", "countries.yaml")
    assert drafted["features"] == {
        "continent": "nominal", "year": "integer", "lifeExp": "number", "pop": "integer", "gdpPercap": "number",
    }  # fmt: skip
    left_out = drafted["left_out"]
    assert isinstance(left_out, dict)
    assert set(left_out) == {"country", "iso_alpha", "iso_num"}
    assert said(capsys, "codebook", "check", "countries.yaml", "--table", "countries.csv")["fits"] is True
    made = said(
        capsys, "cohort", "make", "--codebook", "countries.yaml", "--table", "countries.csv", "--split", "site:country",
        "--out", "countries",
    )  # fmt: skip
    assert (made["patients"], made["features"]) == (1704, 5)
    built = said(capsys, "questions", "build", "--cohort", "countries", "--balanced", "--out", "q.parquet")
    questions = built["questions"]
    assert isinstance(questions, int)
    assert questions > 1000
    nothing = ["questions", "build", "--cohort", "countries", "--about", "outcomes", "--out", "none.parquet"]
    assert main(nothing) == 1
    assert "countries has no outcomes that can be masked." in capsys.readouterr().err
    assert main(["questions", "audit", "q.parquet", "--cohort", "countries"]) == UNJUDGED
    assert "Too few questions to judge" in capsys.readouterr().out
    said(
        capsys, "questions", "build", "--cohort", "countries", "--split", "train", "--balanced", "--out", "more.parquet"
    )
    audit = said(capsys, "questions", "audit", "more.parquet", "--cohort", "countries")
    assert audit["design"] == "stratified"
    baselines = said(capsys, "baselines", "q.parquet", "--cohort", "countries")
    scores = baselines["scores"]
    assert isinstance(scores, list)
    accuracy = {score["baseline"]: score["accuracy"]["value"] for score in scores if score["group"] == "all"}
    assert accuracy["chance"] < 0.22 < 0.3 < accuracy["boosting"]


@pytest.mark.slow
def test_a_file_of_another_cohorts_questions_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codebook", "infer", "countries.csv", "--out", "countries.yaml"]) == 0
    make = ["cohort", "make", "--codebook", "countries.yaml", "--table", "countries.csv"]
    assert main([*make, "--out", "one"]) == 0
    assert main([*make, "--split", "site:country", "--out", "two"]) == 0
    assert main(["questions", "build", "--cohort", "one", "--limit", "50", "--out", "q.parquet"]) == 0
    assert main(["baselines", "q.parquet", "--cohort", "two"]) == 1
    assert "was built with another split" in capsys.readouterr().err
    assert main(["baselines", "q.parquet"]) == 1
    assert "One of your own is named by its folder" in capsys.readouterr().err


def test_a_draft_is_never_written_over_edits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "countries.yaml").write_text("edited")
    assert main(["codebook", "infer", "countries.csv", "--out", "countries.yaml"]) == 1
    assert "countries.yaml exists." in capsys.readouterr().err
    assert (folder / "countries.yaml").read_text() == "edited"
