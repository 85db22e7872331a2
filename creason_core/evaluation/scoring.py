"""Completions → scores: what each way of asking makes of the completions of one question.

greedy    the single completion at temperature 0
mean      the mean over the samples: what one sample is worth
majority  the option that most samples chose; leaders that tie share the point
logprob   the options' probabilities after each chain of thought, averaged over samples and orders

Every way counts all questions: an unanswered one scores 0 and is not a wrong one. With ``logprob`` every
question is answered, because the letters' probabilities exist even where the completion gave none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from creason_core.errors import EvaluationError
from creason_core.evaluation.completions import StoredCompletion
from creason_core.evaluation.plan import Call, EvaluationPlan, Scoring, calls
from creason_core.question.confidence import letter_weights
from creason_core.question.grounding import NumberCheck, check_numbers
from creason_core.question.kinds import MaskedValue
from creason_core.question.masked_value import MultipleChoiceQuestion
from creason_core.question.task import CanonicalAnswer, Outcome

SMOOTHING = 0.5  # added to each option's count: no finite number of samples makes a probability of 0 or 1


@dataclass(frozen=True, slots=True)
class Read:
    """A completion, what it answers, and whether the numbers that it quotes are those of the record."""

    call: Call
    completion: StoredCompletion
    answer: CanonicalAnswer
    outcome: Outcome
    order: tuple[int, ...]
    numbers: NumberCheck


@dataclass(frozen=True, slots=True)
class Score:
    """What one scoring makes of one question.

    ``score`` is 1 right, 0 wrong or unanswered, or a share. ``answered`` likewise. ``option`` is the answer
    (canonical index), None where there is none. ``probabilities`` of the options are empty where the scoring
    gives none (one sample says nothing about them). ``share`` is the winner's share of the samples.
    """

    score: float
    answered: float
    option: int | None
    probabilities: tuple[float, ...] = ()
    share: float | None = None


def read_all(
    task: MaskedValue, prompt: str, plan: EvaluationPlan, stored: Mapping[str, StoredCompletion]
) -> tuple[Read, ...]:
    """The completions of one question, by call name, parsed and judged; in the order of the calls.

    ``prompt`` is its user message, with the options in any order.

    Raises:
        EvaluationError: It is a question of a kind that no evaluation counts.
    """
    if not task.evaluated:
        raise EvaluationError(
            f"A question of the kind '{task.title}' asks for no masked value, and is never counted with those that do.",
            remedy="Evaluate a file of 'creason questions build'.",
        )
    found = []
    for call in calls(plan):
        completion = stored[call.name]
        shown = task.presented(task.order(call.sample))
        answer = shown.parse(completion.text)
        numbers = check_numbers(completion.text, prompt)
        found.append(Read(call, completion, answer, task.grade(answer.option), shown.order, numbers))
    return tuple(found)


def score(question: MultipleChoiceQuestion, reads: Sequence[Read], scoring: Scoring) -> Score:
    """The score of one question under ``scoring``."""
    if scoring == "greedy":
        (one,) = [item for item in reads if item.call.name == "greedy"]
        return Score(float(one.outcome == "correct"), float(one.answer.option is not None), one.answer.option)
    if scoring == "logprob":
        return _logprob(question, [item.completion.logprobs for item in reads])
    samples = [item.answer.option for item in reads if item.call.name != "greedy"]
    if scoring == "mean":
        right = sum(option == question.key for option in samples) / len(samples)
        return Score(right, sum(option is not None for option in samples) / len(samples), None)
    return _majority(question, samples)


def _majority(question: MultipleChoiceQuestion, samples: Sequence[int | None]) -> Score:
    options = len(question.options)
    counts = [sum(option == index for option in samples) for index in range(options)]
    silent = len(samples) - sum(counts)
    # A sample without an answer says nothing: its vote is spread evenly.
    weights = [count + silent / options + SMOOTHING for count in counts]
    probabilities = tuple(weight / sum(weights) for weight in weights) if len(samples) > 1 else ()
    most = max(counts)
    leaders = [index for index, count in enumerate(counts) if count == most]
    if most == 0:
        return Score(0.0, 0.0, None, probabilities, None)
    alone = leaders[0] if len(leaders) == 1 else None
    right = 1 / len(leaders) if question.key in leaders else 0.0
    return Score(right, 1.0, alone, probabilities, most / len(samples) if alone is not None else None)


def _logprob(question: MultipleChoiceQuestion, logprobs: Sequence[tuple[float, ...] | None]) -> Score:
    options = len(question.options)
    given = [letter_weights(values) for values in logprobs if values is not None]
    if not given:
        return Score(0.0, 0.0, None, (1 / options,) * options)
    means = tuple(sum(column) / len(given) for column in zip(*given, strict=True))
    option = max(range(options), key=lambda index: means[index])
    return Score(float(option == question.key), 1.0, option, means)
