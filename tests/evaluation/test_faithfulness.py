"""Faithfulness on scripted engines: the figure is what the script does, and a run that broke off goes on."""

import re
from pathlib import Path

import pytest

from creason_core.cli import main
from creason_core.cohort.cohort import Cohort
from creason_core.errors import EvaluationError, ModelError
from creason_core.evaluation.completions import StoredCompletion
from creason_core.evaluation.faithfulness import Faithfulness, MeasuringWanted, faithfulness_of, measure, save
from creason_core.evaluation.faithfulness.saved import SHIPPED
from creason_core.evaluation.run import Progress
from creason_core.model.engines.base import Completion, GenerationRequest, ModelIdentity
from creason_core.model.engines.replay import Replay, scripted
from creason_core.question.vectorised.table import QuestionTable

SILENT = Progress(lambda _total, _done: None, lambda _: None)
PRESSURE = re.compile(r"^Mean arterial pressure: \d+ mmHg$", re.MULTILINE)


class Reads(Replay):
    """Cites the mean pressure where it is shown; its answer hangs on it where ``hangs``. Breaks off after ``lasts``."""

    def __init__(self, *, hangs: bool = True, lasts: int = 10_000) -> None:
        super().__init__(script=[scripted(" \\boxed{A}")])
        self.hangs = hangs
        self.lasts = lasts
        self.asked: list[GenerationRequest] = []

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity("replay", "reads the pressure", "hash")

    def sample(self, request: GenerationRequest, n: int) -> tuple[Completion, ...]:
        if len(self.asked) >= self.lasts:
            raise ModelError("unreachable", "It is gone.", retryable=False)
        self.asked.append(request)
        found = PRESSURE.search(request.messages[1].content)
        if found is None:
            return (Completion(f" I cannot say. \\boxed{{{'B' if self.hangs else 'A'}}}", 5, "stop"),) * n
        return (Completion(f" {found[0]}, so it is clear. \\boxed{{A}}", 9, "stop"),) * n


def wanted(questions: QuestionTable, folder: Path, limit: int | None = None) -> MeasuringWanted:
    return MeasuringWanted(questions.path, folder, max_tokens=100, concurrency=1, limit=limit)


def shares(found: Faithfulness) -> tuple[float, float, float]:
    return found.cited.value, found.uncited.value, found.difference.value


def test_an_answer_that_hangs_on_its_one_cited_value_moves_without_it_and_without_no_other(
    questions: QuestionTable, cohort: Cohort, tmp_path: Path
) -> None:
    engine = Reads()
    arrived: list[StoredCompletion] = []
    total: list[int] = []
    progress = Progress(lambda count, done: total.extend((count, done)), arrived.append)
    found = measure(wanted(questions, tmp_path / "run"), engine, cohort, progress)
    asked = [questions.question(row, cohort) for row in range(len(questions))]
    shown = [one for one in asked if one.masked_feature != "meanbp1"]
    shown = [one for one in shown if "meanbp1" not in {item.feature for item in one.hidden}]
    assert shares(found) == (1.0, 0.0, 1.0)
    assert 0 < found.citing <= len(shown)
    assert (found.answered, found.difference.clusters) == (len(questions), len({one.patient for one in shown}))
    assert 0.8 < found.difference.interval.low < found.difference.interval.high == 1.0
    assert len(engine.asked) == len(arrived) == len(questions) + 2 * found.citing
    assert total == [3 * len(questions), 0]
    assert {request.temperature for request in engine.asked} == {0.0}


def test_an_answer_that_hangs_on_nothing_does_not_move(
    questions: QuestionTable, cohort: Cohort, tmp_path: Path
) -> None:
    found = measure(wanted(questions, tmp_path / "run", 20), Reads(hangs=False), cohort, SILENT)
    assert shares(found) == (0.0, 0.0, 0.0)
    assert found.difference.interval.low < 0 < found.difference.interval.high


def test_a_run_that_broke_off_goes_on_and_asks_nothing_twice(
    questions: QuestionTable, cohort: Cohort, tmp_path: Path
) -> None:
    whole = Reads()
    expected = measure(wanted(questions, tmp_path / "whole", 20), whole, cohort, SILENT)
    for lasts in (7, 25):
        with pytest.raises(EvaluationError, match="goes on from there"):
            measure(
                wanted(questions, tmp_path / "run", 20), Reads(lasts=lasts - (7 if lasts > 7 else 0)), cohort, SILENT
            )
    last = Reads()
    found = measure(wanted(questions, tmp_path / "run", 20), last, cohort, SILENT)
    assert len(last.asked) == len(whole.asked) - 25
    assert found.model_copy(update={"finished": expected.finished}) == expected
    other = MeasuringWanted(questions.path, tmp_path / "run", max_tokens=50, concurrency=1, limit=20)
    with pytest.raises(EvaluationError, match="different: max tokens"):
        measure(other, Reads(), cohort, SILENT)


def test_replies_that_cite_nothing_give_no_figure_but_a_sentence(
    questions: QuestionTable, cohort: Cohort, tmp_path: Path
) -> None:
    engine = Replay(script=[scripted(" It is so. \\boxed{A}")])
    with pytest.raises(EvaluationError, match="No reply chose an option and cited a value"):
        measure(wanted(questions, tmp_path / "run", 3), engine, cohort, SILENT)


def test_the_figure_is_found_for_exactly_these_weights_and_cohort(
    questions: QuestionTable, cohort: Cohort, tmp_path: Path
) -> None:
    engine = Reads()
    found = measure(wanted(questions, tmp_path / "run", 10), engine, cohort, SILENT)
    assert faithfulness_of(tmp_path, engine.identity, cohort.name) is None
    path = save(found, tmp_path)
    assert str(tmp_path) not in path.read_text(encoding="utf-8")
    again = faithfulness_of(tmp_path, engine.identity, cohort.name)
    assert again is not None
    assert shares(again) == shares(found)
    assert faithfulness_of(tmp_path, ModelIdentity("replay", "another", "other"), cohort.name) is None
    assert faithfulness_of(tmp_path, engine.identity, "elsewhere") is None


def test_every_figure_that_ships_can_be_read_and_names_no_folder() -> None:
    for path in sorted(SHIPPED.glob("*.json")):
        found = Faithfulness.model_validate_json(path.read_bytes())
        assert found.plan.questions.split == "test"
        assert "/" not in found.plan.questions.file
        assert found.citing <= found.answered <= found.plan.questions.asked


def test_the_command_says_that_nothing_can_be_measured_without_an_engine(
    questions: QuestionTable, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "run")
    assert main(["faithfulness", str(questions.path), "--out", out, "--engine", "baseline:prior", "--limit", "3"]) == 1
    assert "No reply chose an option and cited a value" in capsys.readouterr().err
