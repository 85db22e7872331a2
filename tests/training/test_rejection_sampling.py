"""A run's own right and true completions become rows that the warm start reads."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.errors import EvaluationError, SettingsError
from creason_core.evaluation.run import Progress, Wanted, evaluate
from creason_core.model.engines.replay import Replay, scripted
from creason_core.question.masked_value import order_of
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.question.vectorised.table import read_questions
from training.data.provenance import about_data
from training.data.rejection_sampling import write

SILENT = Progress(lambda *_: None, lambda _: None)


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return load_cohort("rhc-sepsis")


def run(cohort: Cohort, folder: Path, split: str, text: str) -> Path:
    build(Plan(cohort, split, features=("sex",), sampling=Sampling(limit=12)), folder / "q.parquet")  # type: ignore[arg-type]
    what = Wanted(folder / "q.parquet", folder / "run", ("mean",), 2, 0.7, 50, 2)
    evaluate(what, Replay(script=[scripted(text)]), cohort, folder / "data", SILENT)
    return folder / "run"


def test_right_completions_become_warm_start_rows(cohort: Cohort, tmp_path: Path) -> None:
    said = r" Nothing speaks. \boxed{A}"
    folder = run(cohort, tmp_path, "train", said)
    kept, looked_at = write(folder, tmp_path / "samples.parquet")
    rows = pq.read_table(tmp_path / "samples.parquet").to_pylist()
    assert (kept, looked_at) == (len(rows), 24)
    asked = {one["id"]: one for one in read_questions(tmp_path / "q.parquet").table.to_pylist()}
    feature = cohort.codebook.feature("sex")
    for row in rows:
        question = asked[row["id"].partition(":")[0]]
        assert row["completion"] == said
        assert order_of(2, feature, row["sample"])[0] == question["key"] == row["key"] == row["chosen"]
        assert f"\nA) {question['options'][question['key']]}" in row["user"]
    assert 0 < len(rows) <= 12  # the same text twice is one row
    assert about_data([tmp_path / "samples.parquet"]).rows == len(rows)


@pytest.mark.parametrize("text", [r"Urea of 987 mmol/L. \boxed{A}", r"\boxed{A} \boxed{A}", "nothing"])
def test_numbers_that_no_record_shows_and_other_forms_are_no_rows(cohort: Cohort, tmp_path: Path, text: str) -> None:
    folder = run(cohort, tmp_path, "train", text)
    with pytest.raises(EvaluationError, match="is right, whole and true in its numbers"):
        write(folder, tmp_path / "samples.parquet")


def test_a_run_on_test_patients_gives_no_rows(cohort: Cohort, tmp_path: Path) -> None:
    folder = run(cohort, tmp_path, "test", r"\boxed{A}")
    assert json.loads((folder / "run.json").read_text())["plan"]["questions"]["split"] == "test"
    with pytest.raises(SettingsError, match="never trained on"):
        write(folder, tmp_path / "samples.parquet")
