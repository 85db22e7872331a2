import math
from dataclasses import replace
from types import SimpleNamespace

import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation.completions import StoredCompletion
from creason_core.evaluation.plan import Call, Scoring
from creason_core.evaluation.scoring import Read, Score, read_all, score
from creason_core.question.grounding import NumberCheck
from creason_core.question.kinds import MaskedValue, Prediction
from creason_core.question.masked_value import MultipleChoiceQuestion, build_question
from creason_core.question.outcome import build_outcome
from creason_core.question.task import Presented, grade

ORDER = (0, 1, 2, 3, 4)


@pytest.fixture(scope="module")
def question(cohort: Cohort) -> MultipleChoiceQuestion:
    """Five options; the key is made to be the second."""
    patient = cohort.split["test"][0]
    return build_question(cohort.case(patient), "meanbp1", cohort, seed=0).model_copy(update={"key": 1})


def reads(question: MultipleChoiceQuestion, *letters: str, name: str = "sample") -> list[Read]:
    found = []
    for place, letter in enumerate(letters):
        text = f"so \\boxed{{{letter}}}" if letter else "no idea"
        answer = Presented(ORDER).parse(text)
        call = Call("greedy" if name == "greedy" else f"sample {place}", place, 0.7)
        completion = StoredCompletion(question=question.id, call=call.name, text=text)
        found.append(Read(call, completion, answer, grade(answer.option, question.key), ORDER, NumberCheck(0, 0)))
    return found


def test_a_box_with_an_options_value_is_read_as_in_the_app(question: MultipleChoiceQuestion, cohort: Cohort) -> None:
    plan = SimpleNamespace(scorings=("mean",), samples=3, temperature=0.7, max_tokens=50)
    stored = {
        f"sample {place}": StoredCompletion(question=question.id, call=f"sample {place}", text=rf"\boxed{{{content}}}")
        for place, content in enumerate((question.options[1].text, f"{question.options[1].text} mmHg", "0.001"))
    }
    found = read_all(MaskedValue(question, cohort.codebook), "", plan, stored)  # type: ignore[arg-type]
    assert [read.answer.option for read in found] == [1, 1, None]


def test_a_prediction_of_an_outcome_is_never_counted_with_masked_values(cohort: Cohort) -> None:
    asked = build_outcome(cohort.case(cohort.split["test"][0]), "dth30", cohort, seed=0)
    plan = SimpleNamespace(scorings=("mean",), samples=1, temperature=0.7, max_tokens=50)
    with pytest.raises(EvaluationError, match="'Outcome' asks for no masked value"):
        read_all(Prediction(asked, cohort.codebook), "", plan, {})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("letter", "expected"), [("B", Score(1.0, 1.0, 1)), ("A", Score(0.0, 1.0, 0)), ("", Score(0.0, 0.0, None))]
)
def test_greedy_is_right_wrong_or_unanswered(question: MultipleChoiceQuestion, letter: str, expected: Score) -> None:
    assert score(question, reads(question, letter, name="greedy"), "greedy") == expected


def test_mean_counts_every_sample(question: MultipleChoiceQuestion) -> None:
    found = score(question, reads(question, "B", "A", "", "B"), "mean")
    assert (found.score, found.answered) == (0.5, 0.75)


def test_majority_takes_the_option_with_most_samples(question: MultipleChoiceQuestion) -> None:
    found = score(question, reads(question, "B", "A", "B"), "majority")
    assert (found.score, found.option, found.share) == (1.0, 1, 2 / 3)
    assert found.probabilities == pytest.approx((1.5 / 5.5, 2.5 / 5.5, 0.5 / 5.5, 0.5 / 5.5, 0.5 / 5.5))


def test_options_that_tie_share_the_point_and_win_nothing(question: MultipleChoiceQuestion) -> None:
    found = score(question, reads(question, "B", "A", "", ""), "majority")
    assert (found.score, found.answered, found.option, found.share) == (0.5, 1.0, None, None)


def test_a_silent_sample_spreads_its_vote_evenly(question: MultipleChoiceQuestion) -> None:
    found = score(question, reads(question, "", ""), "majority")
    assert (found.score, found.answered) == (0.0, 0.0)
    assert found.probabilities == pytest.approx((0.2,) * 5)


def test_log_probabilities_are_averaged_over_the_samples(question: MultipleChoiceQuestion) -> None:
    two = reads(question, "A", "")
    shares = [(0.5, 0.25, 1 / 12, 1 / 12, 1 / 12), (0.05, 0.8, 0.05, 0.05, 0.05)]  # of the letters' whole mass
    logprobs = [tuple(math.log(0.9 * share) for share in one) for one in shares]
    given = [
        replace(one, completion=one.completion.model_copy(update={"logprobs": values}))
        for one, values in zip(two, logprobs, strict=True)
    ]
    found = score(question, given, "logprob")
    assert found.probabilities == pytest.approx((0.275, 0.525, *(1 / 15,) * 3))
    assert (found.score, found.answered, found.option) == (1.0, 1.0, 1)


@pytest.mark.parametrize("scoring", ["majority", "logprob"])
def test_probabilities_sum_to_one(question: MultipleChoiceQuestion, scoring: Scoring) -> None:
    assert sum(score(question, reads(question, "C", ""), scoring).probabilities) == pytest.approx(1.0)
