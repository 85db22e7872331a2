"""Many samples of one question → how much they agree, and whether that is enough to suggest an option.

Agreement is not accuracy: until a calibration file from an evaluation says how often such agreement was right,
confidence is reported as uncalibrated.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from creason_core.metrics import Interval, wilson


@dataclass(frozen=True, slots=True)
class OptionShare:
    """How many samples chose an option, of all samples that ended, with the 95 % Wilson interval."""

    chosen: int
    share: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Vote:
    """The vote of the samples over the options in canonical order.

    ``winner`` is None on a tie or when nothing was answered. ``abstains`` says why no option is suggested,
    in words, or is empty.
    """

    shares: tuple[OptionShare, ...]
    winner: int | None
    answered: int
    samples: int
    abstains: str


def letter_weights(logprobs: Sequence[float]) -> tuple[float, ...]:
    """The probabilities of the options among themselves, from the natural-log probabilities of their letters; sum 1."""
    highest = max(logprobs)
    weights = [math.exp(value - highest) for value in logprobs]
    return tuple(weight / sum(weights) for weight in weights)


def count_votes(choices: Sequence[int | None], options: int) -> Vote:
    """Counts ``choices``: for every ended sample the canonical option index, or None where unanswered.

    The model abstains when no option leads, when the leader has at most 2 of 5 samples, or when more than a
    fifth of several samples went unanswered.
    """
    counts = Counter(choice for choice in choices if choice is not None)
    answered = sum(counts.values())
    shares = tuple(
        OptionShare(
            counts[index], counts[index] / len(choices) if choices else 0.0, wilson(counts[index], len(choices))
        )
        for index in range(options)
    )
    leading = counts.most_common(2)
    tie = len(leading) == 2 and leading[0][1] == leading[1][1]
    winner = leading[0][0] if leading and not tie else None
    return Vote(shares, winner, answered, len(choices), _reason(counts, tie, answered, len(choices)))


def _reason(counts: Counter[int], tie: bool, answered: int, samples: int) -> str:
    if samples == 0:
        return ""
    if answered == 0:
        return "No sample gave a clear option." if samples > 1 else "The model gave no clear option."
    if tie:
        split = "–".join(str(count) for _, count in counts.most_common())
        return f"The samples split {split}."
    if samples > 1 and (samples - answered) * 5 > samples:
        return f"{samples - answered} of {samples} samples gave no clear option."
    most = counts.most_common(1)[0][1]
    if samples > 1 and most * 5 <= samples * 2:
        return f"The leading option has only {most} of {samples} samples."
    return ""
