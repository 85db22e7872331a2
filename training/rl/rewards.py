r"""What a completion is worth: pure functions of its text, and the form in which TRL calls them.

The answer is read by ``creason_core.question.task``, as in the app and in the evaluation; a reward adds that there is
one box only, so that nobody gains by boxing several letters. Ranges:

    correct      1 with one box, which holds the true option's letter, else 0
    expected     0 to 1: what one box would earn by ``correct`` on average, over patients who look like this one
    calibration  −1 to 0: minus the squared difference of the stated confidence and ``correct`` (Damani et al.,
                 arXiv 2507.16806)
    grounding    0 to 1: the share of the numbers quoted that the record shows (``creason_core.question.grounding``)
    length       −1 to 0: falls over the last tokens before the longest completion (Yu et al., arXiv 2503.14476)
    form         control: 1 with one box that holds a letter of this question, right or wrong
    random       control: 0 or 1 by a coin that depends on the seed, the step, the question and the text alone
                 (Shao et al., arXiv 2506.10947)
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from creason_core.cohort.stateless_random import key_of
from creason_core.question.answer import ParsedAnswer
from creason_core.question.grounding import check_numbers
from creason_core.question.task import Presented
from training.data.questions import COLUMNS
from training.trainer.settings import Rewards

_CONFIDENCE = re.compile(r"\bconfidence\s*(?:is|of|:|=)?\s*(\d{1,3}(?:\.\d+)?)\s*%", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RewardedQuestion:
    """What a reward knows of a question: its id, its user message, its options as shown, and the true letter.

    ``chances`` is how likely each letter is, out of fold; empty where no reward asks for it.
    """

    question: str
    user: str
    shown: Presented
    key: str
    chances: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A completion, its length in tokens (its end included), and the step that sampled it."""

    text: str
    tokens: int
    step: int = 0


def read(text: str, asked: RewardedQuestion) -> ParsedAnswer:
    """The answer in a completion."""
    return asked.shown.parse(text).parsed


def correct(text: str, asked: RewardedQuestion) -> float:
    """1.0 for one box that holds the letter of the true option, else 0.0."""
    found = read(text, asked)
    return float(found.boxes == 1 and found.letter == asked.key)


def form(text: str, asked: RewardedQuestion) -> float:
    """1.0 for one box that holds a letter of this question, else 0.0."""
    found = read(text, asked)
    return float(found.boxes == 1 and found.letter is not None)


def expected(text: str, asked: RewardedQuestion) -> float:
    """How likely the option is whose letter one box holds, else 0.0.

    Whether a patient's value was the likely one is luck that no reasoning can earn, and most of what makes ``correct``
    vary; this leaves it out. It knows no more than a regression on other training patients
    (``training.teacher.cross_fitting``).
    """
    found = read(text, asked)
    if found.boxes != 1 or found.letter is None:
        return 0.0
    return asked.chances[asked.shown.letters.index(found.letter)]


def confidence(text: str) -> float | None:
    """The confidence that a completion states last ("Confidence: 70 %"), 0 to 1; None where it states none."""
    stated = [float(number) / 100 for number in _CONFIDENCE.findall(text)]
    return stated[-1] if stated and stated[-1] <= 1 else None


def calibration(text: str, asked: RewardedQuestion) -> float:
    """Minus the Brier score of the stated confidence; where none is stated, of certainty.

    With ``correct`` at the same weight, an answer that is right with probability p earns p² on average by saying so
    and 2p − 1 by saying nothing, which is never more.
    """
    stated = confidence(text)
    return -(((1.0 if stated is None else stated) - correct(text, asked)) ** 2)


def grounding(text: str, asked: RewardedQuestion) -> float:
    """The share of the quoted numbers that the record or its options show; 0.0 where none is quoted."""
    return check_numbers(text, asked.user).share or 0.0


def length(tokens: int, most: int, soft: int) -> float:
    """0.0 up to ``most`` − ``soft`` tokens, then evenly down to −1.0 at ``most``."""
    return max(-1.0, min(0.0, (most - soft - tokens) / soft))


def coin(text: str, asked: RewardedQuestion, seed: int, step: int) -> float:
    """0.0 or 1.0, each half of the time; equal texts for one question at one step get the same."""
    return float(key_of(f"{seed}\0{step}\0{asked.question}\0{text}") & 1)


Reward = Callable[[Written, RewardedQuestion], float]


def rewards_of(chosen: Rewards, *, most_tokens: int, seed: int) -> Mapping[str, tuple[Reward, float]]:
    """The rewards with a weight, and ``correct`` with any: name → function and weight."""
    known: dict[str, Reward] = {
        "correct": lambda written, asked: correct(written.text, asked),
        "expected": lambda written, asked: expected(written.text, asked),
        "calibration": lambda written, asked: calibration(written.text, asked),
        "grounding": lambda written, asked: grounding(written.text, asked),
        "length": lambda written, _: length(written.tokens, most_tokens, chosen.soft_tokens),
        "form": lambda written, asked: form(written.text, asked),
        "random": lambda written, asked: coin(written.text, asked, seed, written.step),
    }
    weights = {name: float(getattr(chosen, name)) for name in known}
    return {name: (known[name], weights[name]) for name in known if weights[name] > 0 or name == "correct"}


class TrlReward:
    """A reward as TRL calls it, with the columns of ``training.data.questions`` in keyword arguments.

    ``correct``, which is always among the rewards, also logs the share of completions with a readable answer, and
    beside each completion its question, its letter and the true one.
    """

    def __init__(self, name: str, reward: Reward) -> None:
        self.__name__ = name
        self._reward = reward

    def __call__(
        self, *, completions: Sequence[str], completion_ids: Sequence[Sequence[int]], trainer_state: Any, **columns: Any
    ) -> list[float]:
        """One reward a completion."""
        asked = [
            RewardedQuestion(question, user, Presented(tuple(order), tuple(texts)), key, tuple(chances))
            for question, user, order, texts, key, chances in zip(*(columns[name] for name in COLUMNS), strict=True)
        ]
        if self.__name__ == "correct":
            read_letters = [read(text, one).letter for text, one in zip(completions, asked, strict=True)]
            columns["log_extra"]("question", [one.question for one in asked])
            columns["log_extra"]("letter", read_letters)
            columns["log_extra"]("key", [one.key for one in asked])
            columns["log_metric"]("answered", sum(letter is not None for letter in read_letters) / len(read_letters))
        return [
            self._reward(Written(text, len(ids), trainer_state.global_step), one)
            for text, ids, one in zip(completions, completion_ids, asked, strict=True)
        ]
