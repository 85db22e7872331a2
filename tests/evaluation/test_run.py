import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from creason_core import calibration
from creason_core.baselines.engine import BaselineEngine
from creason_core.codebook import Codebook
from creason_core.columnar.table import QuestionTable
from creason_core.engines.base import Engine
from creason_core.engines.replay import Replay, scripted
from creason_core.errors import EvaluationError, QuestionError
from creason_core.evaluation import read_run, saved_runs
from creason_core.evaluation.answers import read_answers
from creason_core.evaluation.finishing import Finished
from creason_core.evaluation.run import Progress, Wanted, evaluate
from creason_core.evaluation.saved import save
from creason_core.registry import Cohort

SILENT = Progress(lambda _total, _done: None, lambda _: None)


def wanted(table: QuestionTable, folder: Path) -> Wanted:
    return Wanted(table.path, folder, ("greedy",), 1, 0.7, 50, 2)


def go(what: Wanted, cohort: Cohort, folder: Path, engine: Engine | None = None) -> Finished:
    return evaluate(what, engine or BaselineEngine("prior", cohort), cohort, folder / "data", SILENT)


def test_a_run_keeps_every_completion_and_every_figure(
    cohort: Cohort, questions: QuestionTable, tmp_path: Path
) -> None:
    what = replace(wanted(questions, tmp_path / "run"), scorings=("majority", "mean", "greedy", "logprob"), samples=3)
    finished = go(what, cohort, tmp_path)
    results = pq.read_table(tmp_path / "run" / "results.parquet")
    assert results.num_rows == len(questions) * 4
    assert results["question"].to_pylist()[::4] == questions.table["id"].to_pylist()
    assert [one.scoring for one in finished.summary.scorings] == list(what.scorings)
    assert finished.summary.questions == len(questions)
    assert finished.summary.main.confidence is not None
    assert finished.summary.predictions[0].feature == "dth30"
    answers = read_answers(tmp_path / "run")
    assert answers["greedy_score"].mean() == pytest.approx(finished.summary.scorings[2].accuracy.value)


def test_the_prior_baseline_earns_exactly_the_prior_floor(
    cohort: Cohort, questions: QuestionTable, tmp_path: Path
) -> None:
    """It knows the options only from the prompt's text, so this checks the way there and back."""
    summary = go(wanted(questions, tmp_path / "run"), cohort, tmp_path).summary
    assert summary.main.accuracy.value == pytest.approx(summary.prior.value, abs=0.04)  # ties go to the first


def test_a_finished_run_asks_nothing_again_and_writes_the_same_bytes(
    cohort: Cohort, questions: QuestionTable, tmp_path: Path
) -> None:
    go(wanted(questions, tmp_path / "run"), cohort, tmp_path)
    before = (tmp_path / "run" / "results.parquet").read_bytes()
    asked: list[object] = []
    engine = BaselineEngine("prior", cohort)
    evaluate(wanted(questions, tmp_path / "run"), engine, cohort, tmp_path, Progress(lambda *_: None, asked.append))
    assert asked == []
    assert (tmp_path / "run" / "results.parquet").read_bytes() == before


def test_a_smaller_limit_is_part_of_a_larger_one(cohort: Cohort, questions: QuestionTable, tmp_path: Path) -> None:
    for limit in (10, 25):
        go(replace(wanted(questions, tmp_path / f"run{limit}"), limit=limit), cohort, tmp_path)
    small, large = (set(read_answers(tmp_path / f"run{limit}")["id"]) for limit in (10, 25))
    assert len(small) == 10
    assert small < large


def test_a_folder_of_another_model_is_refused_before_anything_is_asked(
    cohort: Cohort, questions: QuestionTable, tmp_path: Path
) -> None:
    go(wanted(questions, tmp_path / "run"), cohort, tmp_path)
    other = Replay(script=[scripted("\\boxed{A}")])
    with pytest.raises(EvaluationError, match=r"different: the model \(prior on baseline.*now script on replay"):
        go(wanted(questions, tmp_path / "run"), cohort, tmp_path, other)
    with pytest.raises(EvaluationError, match=r"max tokens \(50, now 51\)"):
        go(replace(wanted(questions, tmp_path / "run"), max_tokens=51), cohort, tmp_path)


def test_a_folder_with_other_files_is_not_taken(cohort: Cohort, questions: QuestionTable, tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("mine")
    with pytest.raises(EvaluationError, match="holds other files"):
        go(wanted(questions, tmp_path), cohort, tmp_path)


def test_questions_of_another_codebook_are_refused(cohort: Cohort, questions: QuestionTable, tmp_path: Path) -> None:
    aged = Codebook.model_validate(cohort.codebook.model_dump() | {"version": 99})
    with pytest.raises(QuestionError, match="another codebook"):
        go(wanted(questions, tmp_path / "run"), replace(cohort, codebook=aged), tmp_path)


def test_patients_are_grouped_by_levels_only(cohort: Cohort, questions: QuestionTable, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="Age is a number"):
        go(replace(wanted(questions, tmp_path / "run"), group_by="age"), cohort, tmp_path)
    grouped = go(replace(wanted(questions, tmp_path / "run2"), group_by="sex"), cohort, tmp_path)
    assert {part.name for part in grouped.summary.main.groups} == {"Female", "Male"}


def test_a_run_that_is_not_finished_says_so(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="is not a run folder"):
        read_run(tmp_path)


def test_finished_runs_are_found_again(cohort: Cohort, questions: QuestionTable, tmp_path: Path) -> None:
    go(wanted(questions, tmp_path / "run"), cohort, tmp_path)
    run = read_run(tmp_path / "run")
    save(run, tmp_path / "data")
    save(run, tmp_path / "data")
    (tmp_path / "data" / "evaluations" / "old.json").write_text("{}")
    assert saved_runs(tmp_path / "data") == (run,)


def test_validation_patients_give_a_calibration_that_the_app_finds(
    cohort: Cohort, validation: QuestionTable, tmp_path: Path
) -> None:
    what = replace(wanted(validation, tmp_path / "run"), scorings=("majority",), samples=5)
    finished = go(what, cohort, tmp_path)
    assert "calibrated by" in finished.calibration_note
    identity = BaselineEngine("prior", cohort).identity
    plan = finished.plan
    found = calibration.load(tmp_path / "data", identity, cohort.codebook.content_hash, 5, plan.prompt_version)
    assert found is not None
    assert found.thresholds.keys() == {"dth30"}
    assert found.calibrated(1.0, "crea1").n >= 1
    assert calibration.load(tmp_path / "data", identity, cohort.codebook.content_hash, 10, plan.prompt_version) is None


def test_a_run_killed_in_the_middle_goes_on_to_the_same_result(
    cohort: Cohort, validation: QuestionTable, tmp_path: Path
) -> None:
    line = [sys.executable, "-m", "creason_core.cli", "evaluate", str(validation.path), "--engine", "baseline:prior"]
    line += ["--samples", "5", "--concurrency", "4", "--out"]
    environment = {**os.environ, "CREASON_DATA_DIR": str(tmp_path / "data")}
    subprocess.run([*line, str(tmp_path / "whole")], env=environment, check=True, capture_output=True)

    log = tmp_path / "killed" / "completions.jsonl"
    process = subprocess.Popen([*line, str(tmp_path / "killed")], env=environment, stderr=subprocess.DEVNULL)
    while not log.exists() or log.stat().st_size < 20_000:
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "killed" / "results.parquet").exists()
    stored = log.read_bytes()

    subprocess.run([*line, str(tmp_path / "killed")], env=environment, check=True, capture_output=True)
    lines = log.read_bytes().splitlines()
    assert log.read_bytes().startswith(stored[: stored.rfind(b"\n") + 1])
    assert len(lines) == len(set(lines)) == 5 * len(validation)
    for name in ("results.parquet", "answers.parquet"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "killed" / name).read_bytes()
