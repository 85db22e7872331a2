"""From votes and whether they were right to a curve: by isotonic regression, where there are enough of them."""

import bisect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from creason_core.frozen import Frozen

ENOUGH = 100  # answers that a feature or a section needs for a curve of its own
PATIENTS = 20  # whom these must be about: a few patients who are easy would promise that all are


@dataclass(frozen=True, slots=True)
class CalibrationPoint:
    """One validation question: whom it is about, the winner's share of the samples (None: no winner), if it was right.

    ``score`` is 1 or 0, 0 without a winner; ``prior`` is the score of always taking the commonest option.
    """

    patient: str
    feature: str
    section: str
    share: float | None
    score: float
    prior: float


class Curve(Frozen):
    """A rising step-free curve: ``probability[k]`` at ``share[k]``, straight lines between, flat outside.

    ``answers`` had a winner, of ``questions``; ``accuracy`` and ``prior`` are over all ``questions``.
    """

    share: tuple[float, ...]
    probability: tuple[float, ...]
    answers: int
    questions: int
    accuracy: float
    prior: float

    def at(self, share: float) -> float:
        """The probability that an answer with this share is right."""
        right = bisect.bisect_left(self.share, share)
        if right == 0 or right == len(self.share):
            return self.probability[min(right, len(self.share) - 1)]
        low, high = self.share[right - 1], self.share[right]
        part = (share - low) / (high - low)
        return self.probability[right - 1] + part * (self.probability[right] - self.probability[right - 1])


def winners(votes: Sequence[CalibrationPoint]) -> int:
    """How many of ``votes`` have a winner."""
    return sum(vote.share is not None for vote in votes)


def patients(votes: Iterable[CalibrationPoint]) -> int:
    """How many patients the winners of ``votes`` are about."""
    return len({vote.patient for vote in votes if vote.share is not None})


def enough(votes: Sequence[CalibrationPoint], answers: int = ENOUGH) -> bool:
    """Whether ``votes`` have ``answers`` winners, about patients enough, for a curve."""
    return winners(votes) >= answers and patients(votes) >= PATIENTS


def curves(votes: Sequence[CalibrationPoint], name: Callable[[CalibrationPoint], str]) -> dict[str, Curve]:
    """A curve for every group of ``votes``, by ``name``, in which there are enough winners."""
    grouped: dict[str, list[CalibrationPoint]] = {}
    for vote in votes:
        grouped.setdefault(name(vote), []).append(vote)
    return {key: fit_curve(group) for key, group in grouped.items() if enough(group)}


def fit_curve(votes: Sequence[CalibrationPoint]) -> Curve:
    """Isotonic regression of the score on the share, by pooling adjacent violators."""
    tallied: dict[float, list[float]] = {}
    for vote in votes:
        if vote.share is not None:
            tallied.setdefault(vote.share, []).append(vote.score)
    blocks: list[_Block] = []
    for share in sorted(tallied):
        scores = tallied[share]
        blocks.append(_Block([share], sum(scores), len(scores)))
        while len(blocks) > 1 and blocks[-2].mean >= blocks[-1].mean:
            last = blocks.pop()
            blocks[-1] = blocks[-1].joined(last)
    return Curve(
        share=tuple(share for block in blocks for share in block.shares),
        probability=tuple(block.mean for block in blocks for _ in block.shares),
        answers=sum(block.count for block in blocks),
        questions=len(votes),
        accuracy=sum(vote.score for vote in votes) / len(votes),
        prior=sum(vote.prior for vote in votes) / len(votes),
    )


@dataclass(frozen=True, slots=True)
class _Block:
    shares: list[float]
    total: float
    count: int

    @property
    def mean(self) -> float:
        return self.total / self.count

    def joined(self, other: "_Block") -> "_Block":
        return _Block(self.shares + other.shares, self.total + other.total, self.count + other.count)
