"""One calibration: its curves, what they rest on, and the grade that they give a vote."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final, Literal

from pydantic import Field

from creason_core.errors import EvaluationError
from creason_core.evaluation.calibration.conditions import Conditions
from creason_core.evaluation.calibration.curves import (
    ENOUGH,
    PATIENTS,
    CalibrationPoint,
    Curve,
    curves,
    enough,
    fit_curve,
    patients,
    winners,
)
from creason_core.frozen import Frozen
from creason_core.record.feature import empty

Level = Literal["feature", "section", "rest", "overall"]
REST = 25  # answers that the rest needs: sections differ by more than so few answers err
FORM: Final = 3  # of the file, and in its name: one of an earlier form hides none that ships


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
    """One calibration file."""

    calibration: Literal[3] = FORM
    """Version of this form."""
    made: datetime
    """When, with the offset from UTC."""
    conditions: Conditions
    """All that makes questions and answers alike: a calibration is used for these alone."""
    longest: int | None
    """Tokens of the longest reply; None where one was cut off."""
    questions_sha256: str
    """SHA-256 (hex) of the question file."""
    cohort_hash: str = Field(default="", exclude_if=empty)
    """``Cohort.content_hash`` (hex) of whose values options and notes were made; empty: not noted."""
    sections: dict[str, str]
    """Feature → section, of the features that questions were about; it speaks of no other."""
    features: dict[str, Curve]
    """Curves of features with answers enough for one of their own."""
    by_section: dict[str, Curve]
    """Curves of sections, without the features above."""
    rest: Curve | None
    """The curve of the features that neither speaks of; None where they have too few answers."""
    overall: Curve
    """The curve of all questions; speaks of a feature where ``rest`` is None."""
    thresholds: dict[str, dict[str, float]]
    """By scoring and outcome: the probability from which yes is called, best by F1 on these patients."""
    hash: str = ""
    """SHA-256 (hex) of everything else in the file."""

    def fits_length(self, max_tokens: int) -> bool:
        """Whether replies of at most ``max_tokens`` would have been the same: a model does not know its limit."""
        if self.longest is None:
            return max_tokens == self.conditions.max_tokens
        return max_tokens >= self.longest

    def fits_cohort(self, content_hash: str) -> bool:
        """Whether it was measured on the cohort as it is: made again with other values, it asks other questions."""
        return not self.cohort_hash or not content_hash or self.cohort_hash == content_hash

    def speaks_of(self, feature: str) -> bool:
        """Whether any question was about ``feature``; the methods below are for such features alone."""
        return feature in self.sections

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
        """What ``hash`` must be. Empty fields of the identity do not count: a later program may have more of them."""
        told = self.model_dump(mode="json", exclude={"hash"})
        identity = told["conditions"]["identity"]
        told["conditions"]["identity"] = {name: value for name, value in identity.items() if value not in ("", None)}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def _curve(self, feature: str) -> tuple[Level, Curve]:
        if feature in self.features:
            return "feature", self.features[feature]
        section = self.sections[feature]
        if section in self.by_section:
            return "section", self.by_section[section]
        if self.rest:
            return "rest", self.rest
        return "overall", self.overall


def fit(
    votes: Iterable[CalibrationPoint],
    conditions: Conditions,
    questions_sha256: str,
    *,
    cohort_hash: str = "",
    longest: int | None = None,
    thresholds: Mapping[str, dict[str, float]] | None = None,
    made: datetime | None = None,
) -> Calibration:
    """The calibration of ``votes``, hashed.

    Raises:
        EvaluationError: Fewer than 100 of the questions have a winner, or those are about fewer than 20 patients.
    """
    cast = list(votes)
    if not enough(cast):
        raise EvaluationError(
            f"A calibration needs at least {ENOUGH} answers on which the samples agree, about {PATIENTS} patients; "
            f"this run has {winners(cast)} of {len(cast)} questions, about {patients(cast)} patients.",
            remedy="Evaluate more validation questions, or a model that answers more of them.",
        )
    features = curves(cast, lambda vote: vote.feature)
    others = [vote for vote in cast if vote.feature not in features]
    by_section = curves(others, lambda vote: vote.section)
    rest = [vote for vote in others if vote.section not in by_section]
    unhashed = Calibration(
        made=made or datetime.now(UTC),
        conditions=conditions,
        longest=longest,
        questions_sha256=questions_sha256,
        cohort_hash=cohort_hash,
        sections={vote.feature: vote.section for vote in cast},
        features=features,
        by_section=by_section,
        rest=fit_curve(rest) if enough(rest, REST) else None,
        overall=fit_curve(cast),
        thresholds=dict(thresholds or {}),
    )
    return unhashed.model_copy(update={"hash": unhashed.content_hash})
