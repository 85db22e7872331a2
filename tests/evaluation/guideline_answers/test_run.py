"""The harness on engines of known quality: every figure is what the script does, and a stopped run goes on."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from creason_core.cli import main
from creason_core.errors import EvaluationError
from creason_core.evaluation.guideline_answers.asking import How
from creason_core.evaluation.guideline_answers.figures import Replies
from creason_core.evaluation.guideline_answers.question_set import QuestionSet, read_question_set
from creason_core.evaluation.guideline_answers.run import ANSWERS, AnswersResult, AnswersWanted, evaluate
from creason_core.evaluation.guideline_answers.told import told
from creason_core.evaluation.run import Progress
from creason_core.guideline.reading import starter_library
from creason_core.model.engines.base import Engine
from tests.evaluation.guideline_answers.scripted import (
    Scripted,
    Writes,
    changing,
    inventing,
    refusing,
    rightly,
    wrongly,
)

SILENT = Progress(lambda _total, _done: None, lambda _: None)
HOW = How(repeats=3, temperature=0.7, max_tokens=400, concurrency=4)
# Of the project's own: seven that come with several passages, and one that the library says nothing of.
ASKED = frozenset({
    "Fluids or vasopressor next?", "Which pressor do I start first?", "When should vasopressin be added?",
    "Best treatment for migraine with aura?", "Does this pneumonia need MRSA cover?", "qSOFA for screening?",
    "How much crystalloid in the first three hours?", "Higher PEEP or lower PEEP?",
})  # fmt: skip


@pytest.fixture(scope="module")
def questions() -> QuestionSet:
    own = read_question_set(None, starter_library())
    return own.model_copy(update={"questions": tuple(one for one in own.questions if one.ask in ASKED)})


def measured(questions: QuestionSet, folder: Path, engine: Engine | None, how: How = HOW) -> AnswersResult:
    return evaluate(AnswersWanted(questions, folder, how), engine, SILENT)


def of(questions: QuestionSet, folder: Path, writes: Writes) -> Replies:
    found = measured(questions, folder, Scripted(writes)).engine
    assert found
    return found


def same(one: AnswersResult, other: AnswersResult) -> bool:
    """Whether all figures are equal, those that are not known among them."""
    return one.model_copy(update={"finished": other.finished}).model_dump_json() == other.model_dump_json()


def given(folder: Path) -> list[dict[str, list[str]]]:
    """The lines of the questions that were sent."""
    lines = [json.loads(line) for line in (folder / ANSWERS).read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line["given"]]


def test_an_engine_that_cites_rightly_has_every_figure_of_citations_at_1(
    questions: QuestionSet, tmp_path: Path
) -> None:
    found = of(questions, tmp_path, rightly)
    passages = sum(len(line["given"]) for line in given(tmp_path))
    assert (found.supported.value, found.precision.value, found.recall.value) == (1.0, 1.0, 1.0)
    assert (found.supported.n, found.precision.n, found.invented, found.empty) == (passages, passages, 0, 0)
    assert found.precision.interval.low < 1.0 == found.precision.interval.high
    assert found.agreement
    assert found.agreement.value == 1.0
    relevant = sum(len(set(line["given"]) & set(line["relevant"])) for line in given(tmp_path))
    assert found.about.value == pytest.approx(relevant / passages)
    assert found.recall.n == relevant


def test_an_engine_that_cites_wrong_marks_has_the_precision_that_it_was_made_with(
    questions: QuestionSet, tmp_path: Path
) -> None:
    """Of the sentences of a reply one stands under the mark of its own passage."""
    found = of(questions, tmp_path, wrongly)
    passages = sum(len(line["given"]) for line in given(tmp_path))
    assert found.precision.value == found.supported.value == pytest.approx(found.replies / passages)
    assert (found.precision.n, found.invented) == (passages, 0)
    first = sum(line["given"][0] in line["relevant"] for line in given(tmp_path))
    assert found.about.value == pytest.approx(first / found.replies)


def test_an_engine_that_invents_is_supported_in_one_sentence_of_four_and_right_with_one_mark_of_three(
    questions: QuestionSet, tmp_path: Path
) -> None:
    found = of(questions, tmp_path, inventing)
    assert found.supported.value == 0.25
    assert found.precision.value == pytest.approx(1 / 3)
    assert (found.invented, found.supported.n) == (2 * found.replies, 4 * found.replies)
    assert found.refused_rightly.by_model == found.refused_wrongly.by_model == 0


def test_an_engine_that_refuses_all_is_right_and_wrong_and_cites_nothing(
    questions: QuestionSet, tmp_path: Path
) -> None:
    result = measured(questions, tmp_path, Scripted(refusing))
    found = result.engine
    assert found
    assert (found.refused_wrongly.by_model, found.refused_wrongly.share.count) == (found.replies, 7)
    assert (found.refused_rightly.by_program, found.refused_rightly.by_model) == (1, 0)
    assert (result.program_wrongly.share.count, result.program_rightly.share.count) == (0, 1)
    assert (found.recall.value, found.supported.n, found.precision.n) == (0.0, 0, 0)
    assert math.isnan(found.supported.value)
    assert found.agreement
    assert found.agreement.value == 1.0


def test_agreement_is_over_the_pairs_of_the_repeats(questions: QuestionSet, tmp_path: Path) -> None:
    """Of three repeats the first two are alike and the third is not, where there is another passage."""
    found = of(questions, tmp_path, changing)
    each = [1.0 if len(line["given"]) == 1 else 1 / 3 for line in given(tmp_path)]
    assert found.agreement
    assert found.agreement.value == pytest.approx(sum(each) / len(each))
    assert found.supported.value == 1.0


def test_without_an_engine_floors_and_retrieval_are_told(questions: QuestionSet, tmp_path: Path) -> None:
    result = measured(questions, tmp_path, None)
    alone, first = result.floors
    assert result.engine is None
    assert (alone.recall.value, alone.precision.value, first.supported.value) == (1.0, 1.0, 1.0)
    assert first.supported.n == first.replies
    assert alone.about.value < first.about.value
    assert result.retrieval.rows[0].kind == "all with an answer"
    text = told(result)
    assert "| passages alone | 7 | 1.00" in text
    assert "Refused by the program alone: rightly 1 of 1" in text
    kept = (tmp_path / "ask-result.json").read_bytes()
    assert AnswersResult.model_validate_json(kept).model_dump_json() == result.model_dump_json()


def test_a_run_that_broke_off_goes_on_and_asks_nothing_twice(questions: QuestionSet, tmp_path: Path) -> None:
    whole = Scripted(changing)
    expected = measured(questions, tmp_path / "whole", whole)
    assert len(whole.asked) == 4 * expected.plan.sent
    assert sorted({one.temperature for one in whole.asked}) == [0.0, 0.7]
    with pytest.raises(EvaluationError, match="goes on from there"):
        measured(questions, tmp_path / "run", Scripted(changing, lasts=5), replace(HOW, concurrency=1))
    last = Scripted(changing)
    found = measured(questions, tmp_path / "run", last)
    assert len(last.asked) == len(whole.asked) - 5
    assert same(found, expected)
    again = Scripted(changing)
    assert same(measured(questions, tmp_path / "run", again), expected)
    assert again.asked == []
    with pytest.raises(EvaluationError, match="different: the model"):
        measured(questions, tmp_path / "run", Scripted(changing, name="another"))
    with pytest.raises(EvaluationError, match="different: --max-tokens, --repeats"):
        measured(questions, tmp_path / "run", again, replace(HOW, repeats=2, max_tokens=9))
    fewer = questions.model_copy(update={"questions": questions.questions[:2]})
    with pytest.raises(EvaluationError, match="different: what is asked"):
        measured(fewer, tmp_path / "run", again)


def test_a_smaller_limit_is_part_of_a_larger_one(questions: QuestionSet, tmp_path: Path) -> None:
    asked = []
    for limit in (2, 4):
        evaluate(AnswersWanted(questions, tmp_path / str(limit), HOW, limit=limit), None, SILENT)
        lines = (tmp_path / str(limit) / ANSWERS).read_text(encoding="utf-8").splitlines()
        asked.append({json.loads(line)["ask"] for line in lines})
    assert len(asked[0]) == 2
    assert asked[0] < asked[1]


def test_the_command_measures_what_it_can_where_no_model_was_made_for_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["ask", "evaluate", "--out", str(tmp_path / "run"), "--limit", "5"]
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert "trained for masked values only and writes no reasoning here. No model was asked" in out
    assert "| passages alone |" in out
    assert main([*arguments, "--json"]) == 0
    assert AnswersResult.model_validate_json(capsys.readouterr().out).plan.asked == 5
    assert main([*arguments, "--consults", str(tmp_path)]) == 1
    assert "takes the place of questions" in capsys.readouterr().err
