import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from creason_core.cli import main
from creason_core.cohort.cohort import Cohort
from creason_core.errors import EvaluationError, ModelError, QuestionError
from creason_core.evaluation import calibration, read_run, saved_runs
from creason_core.evaluation.baselines.engine import BaselineEngine
from creason_core.evaluation.baselines.report import report
from creason_core.evaluation.finishing import Finished, conditions_of
from creason_core.evaluation.report import tables
from creason_core.evaluation.report.contents import contents
from creason_core.evaluation.result_tables import read_answers
from creason_core.evaluation.run import Progress, Wanted, evaluate
from creason_core.evaluation.saved import save
from creason_core.model.engines.base import Completion, Engine, EngineHealth, GenerationRequest
from creason_core.model.engines.replay import Replay, scripted
from creason_core.private import private_lock
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.question.vectorised.table import QuestionTable, read_questions
from creason_core.record.codebook import Codebook

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


def test_balanced_accuracy_is_over_true_levels_and_bins_not_over_places_among_the_options(
    cohort: Cohort, tmp_path: Path
) -> None:
    """Of nine levels a question offers five, so the same level stands at different places."""
    file = tmp_path / "many.parquet"
    build(Plan(cohort, "test", features=("cat1", "meanbp1"), sampling=Sampling(limit=80)), file)
    table = read_questions(file)
    found = go(wanted(table, tmp_path / "run"), cohort, tmp_path).summary.main.balanced_accuracy
    frame = read_answers(tmp_path / "run").set_index("id").join(table.frame.set_index("id")["values"])
    levels = frame[frame["masked_feature"] == "cat1"]
    assert len(levels[["key", "true_class"]].drop_duplicates()) > levels["true_class"].nunique()
    told = zip(frame["masked_feature"], frame["values"].tolist(), frame["key"], strict=True)
    truth = [values[key] if name == "cat1" else str(key) for name, values, key in told]  # a number: its bin's place
    recalls = frame.assign(truth=truth).groupby(["masked_feature", "truth"])["greedy_score"].mean()
    assert found.value == pytest.approx(recalls.groupby("masked_feature").mean().mean())
    played = report(table, cohort).scores
    (prior,) = [one.balanced_accuracy for one in played if (one.group, one.baseline) == ("all", "prior")]
    assert found.value == pytest.approx(prior.value, abs=0.02)  # ties go to the first


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


def test_a_folder_in_which_another_evaluation_is_at_work_is_not_taken(
    cohort: Cohort, questions: QuestionTable, tmp_path: Path
) -> None:
    with private_lock(tmp_path / ".lock"), pytest.raises(EvaluationError, match="Another evaluation is at work"):
        go(wanted(questions, tmp_path), cohort, tmp_path)


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
    assert [found for found in saved_runs(tmp_path / "data") if not found.shipped] == [run]


@pytest.mark.slow
def test_validation_patients_give_a_calibration_that_the_app_finds(
    cohort: Cohort, validation: QuestionTable, tmp_path: Path
) -> None:
    what = replace(wanted(validation, tmp_path / "run"), scorings=("majority",), samples=5)
    finished = go(what, cohort, tmp_path)
    assert "calibrated by" in finished.calibration_note
    (mine,) = finished.summary.predictions
    assert (mine.feature, mine.scores.threshold, mine.validated) == ("dth30", 0.5, False)  # not on its own patients
    conditions = conditions_of(finished.plan, "majority")
    found = calibration.load(tmp_path / "data", conditions)
    assert found is not None
    assert found.longest is not None
    assert found.thresholds["majority"].keys() == {"dth30"}
    assert found.calibrated(1.0, "crea1").n >= 1
    assert calibration.load(tmp_path / "data", conditions.model_copy(update={"samples": 10})) is None

    file = tmp_path / "test.parquet"
    build(Plan(cohort, "test", features=("dth30",), sampling=Sampling(limit=60)), file)
    others = replace(what, question_file=file, folder=tmp_path / "others")
    (theirs,) = go(others, cohort, tmp_path).summary.predictions
    assert (theirs.scores.threshold, theirs.validated) == (found.thresholds["majority"]["dth30"], True)
    by_letter = replace(others, folder=tmp_path / "letters", scorings=("logprob", "mean"))
    (theirs,) = go(by_letter, cohort, tmp_path).summary.predictions
    assert not theirs.validated  # its probabilities are others than those that the threshold was chosen on


class Gone(Replay):
    """The scripted engine, of which nothing answers any more."""

    def health(self) -> EngineHealth:
        return EngineHealth(False, self.identity, "here", "No model answers.")

    def sample(self, request: GenerationRequest, n: int) -> tuple[Completion, ...]:
        raise ModelError("unreachable", "No model answers.")


def test_a_run_whose_completions_are_all_stored_needs_no_engine(
    cohort: Cohort, questions: QuestionTable, tmp_path: Path
) -> None:
    script = [scripted("so \\boxed{A}")]
    go(wanted(questions, tmp_path / "run"), cohort, tmp_path, Replay(script=script))
    for name in ("results.parquet", "answers.parquet", "summary.json"):
        (tmp_path / "run" / name).unlink()
    finished = go(wanted(questions, tmp_path / "run"), cohort, tmp_path, Gone(script=script))
    assert finished.summary.replies.completions == len(questions)

    log = tmp_path / "run" / "completions.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(
        EvaluationError, match=rf"No model answers.* {len(questions) - 1} of {len(questions)} completions are kept"
    ):
        go(wanted(questions, tmp_path / "run"), cohort, tmp_path, Gone(script=script))
    with pytest.raises(EvaluationError, match=r"No model answers.* Nothing was asked"):
        go(wanted(questions, tmp_path / "new"), cohort, tmp_path, Gone(script=script))
    assert not (tmp_path / "new").exists()


def test_the_numbers_of_every_reply_are_looked_up_in_its_record(
    cohort: Cohort, questions: QuestionTable, tmp_path: Path
) -> None:
    """The reply quotes a patient's own age and a number that is in no record, and a share of other patients."""
    row = 7
    age = cohort.codebook.feature("age").text(cohort.table.loc[questions.table["patient"][row].as_py(), "age"])
    script = [scripted(f"Age: {age} years, pulse 98765, as in 66 % of similar patients. \\boxed{{A}}")]
    numbers = go(wanted(questions, tmp_path / "run"), cohort, tmp_path, Replay(script=script)).summary.replies.numbers
    results = pq.read_table(tmp_path / "run" / "results.parquet").to_pylist()
    told = [(one["numbers_quoted"], one["numbers_true"], one["numbers_of_patients"]) for one in results]
    same = [cohort.table.loc[one["patient"], "age"] == float(age) for one in results]
    assert told == [(2, int(true), 1) for true in same]
    assert told[row] == (2, 1, 1)
    assert numbers is not None
    assert numbers.true is not None
    assert (numbers.true.n, numbers.true.value) == (2 * len(questions), sum(same) / (2 * len(questions)))
    assert (numbers.quoting, numbers.of_patients) == (1.0, len(questions))


def test_a_run_from_before_numbers_were_looked_up_still_opens(
    cohort: Cohort, questions: QuestionTable, tmp_path: Path
) -> None:
    go(wanted(questions, tmp_path / "run"), cohort, tmp_path, Replay(script=[scripted("Age: 7 \\boxed{A}")]))
    assert "Numbers of the record" in tables.replies(contents([read_run(tmp_path / "run")]))
    path = tmp_path / "run" / "summary.json"
    old = json.loads(path.read_text())
    del old["replies"]["numbers"]
    path.write_text(json.dumps(old))
    found = read_run(tmp_path / "run")
    assert found.summary.replies.numbers is None
    assert "Numbers of the record" not in tables.replies(contents([found]))


def test_the_same_command_goes_on_with_the_engine_that_the_run_began_with(
    cohort: Cohort, questions: QuestionTable, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    go(wanted(questions, tmp_path / "run"), cohort, tmp_path)
    assert main(["evaluate", str(questions.path), "--out", str(tmp_path / "run"), "--max-tokens", "50"]) == 0
    assert capsys.readouterr().out.startswith(f"prior (baseline) on {len(questions)} questions")
