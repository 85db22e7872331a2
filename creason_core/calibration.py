"""How often an agreement of this size was right: measured on validation patients, read by the confidence chip.

The winner's share of the samples is turned into a probability by isotonic regression: per feature where at
least 100 answers were seen, else per section, else over the rest. Each curve is fitted on the questions that it
speaks of and no others: one over all questions would promise the hard features what the easy ones earned. A
calibration belongs to one model, one codebook and one number of samples, and says when and on what it was made;
without one, confidence is uncalibrated.
"""

import bisect
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

from pydantic import ValidationError

from creason_core.adapters.shipped import SHIPPED
from creason_core.codebook import Frozen
from creason_core.engines.base import EngineName, ModelIdentity
from creason_core.errors import EvaluationError
from creason_core.private import made_private, private_folder

Level = Literal["feature", "section", "rest", "overall"]
ENOUGH = 100  # answers that a feature or a section needs for a curve of its own
REST = 25  # answers that the rest needs: sections differ by more than so few answers err
FOLDER = "calibration"
FORM: Final = 2  # of the file, and in its name: one of an earlier form hides none that ships


@dataclass(frozen=True, slots=True)
class Vote:
    """One validation question: the winner's share of the samples (None: no winner), and whether it was right.

    ``score`` is 1 or 0, 0 without a winner; ``prior`` is the score of always taking the commonest option.
    """

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


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The probability that the leading option is right, what it was estimated from, and from how many answers."""

    probability: float
    level: Level
    n: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the model and the commonest option were worth on ``n`` validation questions of this kind."""

    accuracy: float
    prior: float
    level: Level
    n: int


Grade = Literal["high", "moderate", "low", "abstained"]
HIGH, MODERATE, AGREED = 0.80, 0.55, 0.80
OVER_PRIOR = 0.05  # a model that beats the commonest option by less suggests nothing


@dataclass(frozen=True, slots=True)
class Graded:
    """How sure a vote makes the model, by a calibration, and what that rests on."""

    grade: Grade
    calibrated: Calibrated
    anchor: Anchor


class Calibration(Frozen):
    """One calibration file.

    ``hash`` is the SHA-256 (hex) of everything else in it. ``by_section`` leaves out features with a curve of their
    own; ``rest`` has the features that neither speaks of, None where they have too few answers; ``overall`` has all
    questions, and speaks of a feature where ``rest`` is None or no question was about it. ``thresholds`` are the
    probabilities from which a yes/no outcome is called, best by F1 on the validation patients.
    """

    calibration: Literal[2] = FORM
    made: datetime
    engine: EngineName
    model: str
    model_hash: str
    adapter: str
    adapter_hash: str
    codebook_hash: str
    prompt_version: int
    questions_sha256: str
    samples: int
    sections: dict[str, str]
    features: dict[str, Curve]
    by_section: dict[str, Curve]
    rest: Curve | None
    overall: Curve
    thresholds: dict[str, float]
    hash: str = ""

    def calibrated(self, share: float, feature: str) -> Calibrated:
        """What a winner's share of the samples (0–1) means for a question about ``feature``."""
        level, curve = self._curve(feature)
        return Calibrated(curve.at(share), level, curve.answers)

    def anchor(self, feature: str) -> Anchor:
        """How often the model was right on this kind of question, beside the commonest option."""
        level, curve = self._curve(feature)
        return Anchor(curve.accuracy, curve.prior, level, curve.questions)

    def graded(self, share: float, feature: str) -> Graded:
        """The grade of a winner with ``share`` of the samples (0–1); one sample alone never gets here.

        High needs a calibrated probability of 0.8 and four samples in five; moderate 0.55. Where the probability
        is not 5 points above what the commonest option earned on such questions, nothing is suggested.
        """
        found, anchor = self.calibrated(share, feature), self.anchor(feature)
        if found.probability < anchor.prior + OVER_PRIOR:
            return Graded("abstained", found, anchor)
        if found.probability >= HIGH and share >= AGREED:
            return Graded("high", found, anchor)
        return Graded("moderate" if found.probability >= MODERATE else "low", found, anchor)

    @cached_property
    def content_hash(self) -> str:
        """What ``hash`` must be."""
        return hashlib.sha256(self.model_copy(update={"hash": ""}).model_dump_json().encode()).hexdigest()

    def _curve(self, feature: str) -> tuple[Level, Curve]:
        if feature in self.features:
            return "feature", self.features[feature]
        section = self.sections.get(feature)
        if section in self.by_section:
            return "section", self.by_section[section]
        if section is not None and self.rest:
            return "rest", self.rest
        return "overall", self.overall


@dataclass(frozen=True, slots=True)
class FittedOn:
    """What a calibration belongs to."""

    identity: ModelIdentity
    codebook_hash: str
    prompt_version: int
    questions_sha256: str
    samples: int


def fit(
    votes: Iterable[Vote], about: FittedOn, *, made: datetime | None = None, thresholds: dict[str, float] | None = None
) -> Calibration:
    """The calibration of ``votes``, hashed.

    Raises:
        EvaluationError: Fewer than 100 of the questions have a winner.
    """
    cast = list(votes)
    winners = _winners(cast)
    if winners < ENOUGH:
        raise EvaluationError(
            f"A calibration needs at least {ENOUGH} answers on which the samples agree; this run has {winners} of "
            f"{len(cast)} questions.",
            remedy="Evaluate more validation questions, or a model that answers more of them.",
        )
    identity = about.identity
    features = _curves(cast, lambda vote: vote.feature)
    others = [vote for vote in cast if vote.feature not in features]
    by_section = _curves(others, lambda vote: vote.section)
    rest = [vote for vote in others if vote.section not in by_section]
    unhashed = Calibration(
        made=made or datetime.now(UTC),
        engine=identity.engine,
        model=identity.model,
        model_hash=identity.model_hash,
        adapter=identity.adapter,
        adapter_hash=identity.adapter_hash,
        codebook_hash=about.codebook_hash,
        prompt_version=about.prompt_version,
        questions_sha256=about.questions_sha256,
        samples=about.samples,
        sections={vote.feature: vote.section for vote in cast},
        features=features,
        by_section=by_section,
        rest=_fit_curve(rest) if _winners(rest) >= REST else None,
        overall=_fit_curve(cast),
        thresholds=thresholds or {},
    )
    return unhashed.model_copy(update={"hash": unhashed.content_hash})


def read(path: Path) -> Calibration:
    """The calibration in a file.

    Raises:
        EvaluationError: The file is missing, of another version, or was altered.
    """
    try:
        found = Calibration.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise EvaluationError(
            f"The calibration {path} cannot be read: {type(error).__name__}.", remedy=_AGAIN
        ) from error
    if found.hash != found.content_hash:
        raise EvaluationError(f"The calibration {path} was altered: its hash does not fit its content.", remedy=_AGAIN)
    return found


def load(
    data_dir: Path, identity: ModelIdentity, codebook_hash: str, samples: int, prompt_version: int
) -> Calibration | None:
    """The calibration for exactly this model, codebook, number of samples and prompt wording; None without one.

    One in the data folder counts before one that ships with the program's adapter.

    Raises:
        EvaluationError: There is one, and it cannot be read or was altered.
    """
    name = _name(FittedOn(identity, codebook_hash, prompt_version, "", samples))
    places = (root / FOLDER / name for root in (data_dir, SHIPPED))
    path = next((path for path in places if path.exists()), None)
    return read(path) if path else None


def install(found: Calibration, data_dir: Path) -> Path:
    """Puts a calibration where ``load`` finds it, in place of an older one; the path."""
    identity = ModelIdentity(found.engine, found.model, found.model_hash, found.adapter, found.adapter_hash)
    name = _name(FittedOn(identity, found.codebook_hash, found.prompt_version, "", found.samples))
    path = data_dir / FOLDER / name
    private_folder(path.parent)
    write(found, path)
    return path


def write(found: Calibration, path: Path) -> None:
    """Writes a calibration file whole or not at all."""
    partial = path.with_suffix(".partial")
    partial.write_text(found.model_dump_json(indent=1) + "\n", encoding="utf-8")
    made_private(partial).replace(path)


_AGAIN = "Run `creason evaluate` on the validation questions again to make a new one."


def _name(about: FittedOn) -> str:
    """The file name. The engine does not count where the weights are known: the same weights answer alike."""
    identity = about.identity
    model = identity.model_hash or f"{identity.engine}|{identity.model}"
    adapter = identity.adapter_hash or identity.adapter
    made_of = (str(FORM), model, adapter, about.codebook_hash, str(about.prompt_version), str(about.samples))
    return hashlib.sha256("|".join(made_of).encode()).hexdigest()[:32] + ".json"


def _winners(votes: Sequence[Vote]) -> int:
    return sum(vote.share is not None for vote in votes)


def _curves(votes: Sequence[Vote], name: Callable[[Vote], str]) -> dict[str, Curve]:
    grouped: dict[str, list[Vote]] = {}
    for vote in votes:
        grouped.setdefault(name(vote), []).append(vote)
    return {key: _fit_curve(group) for key, group in grouped.items() if _winners(group) >= ENOUGH}


def _fit_curve(votes: Sequence[Vote]) -> Curve:
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
