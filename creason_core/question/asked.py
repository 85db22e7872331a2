"""What questions of every kind share as they are stored: everything they were made with.

Nothing reshuffles a question later: the same case, feature, seed and codebook give the same bytes. The kinds are
``masked_value`` and ``outcome``; what can be done with a question is its task's (``task``, ``kinds``).
"""

from typing import ClassVar, Literal, NamedTuple

from pydantic import Field

from creason_core.cohort.leakage.guard import HiddenFeature
from creason_core.cohort.options import Option
from creason_core.frozen import Frozen
from creason_core.question.notes import Notes
from creason_core.record.codebook import Feature, Time
from creason_core.record.feature import unsaid

Order = tuple[int, ...]
Kind = Literal["mask", "missing", "outcome", "guideline"]


class Truth(NamedTuple):
    """The true option (canonical index), and the value that the record has."""

    option: int
    value: float | str


class QuestionBase(Frozen):
    """What questions of every kind share.

    ``id`` is a SHA-256 (hex) over everything that determines the rest: case, codebook, training patients,
    masked feature, kind and design, seed, and what of the guard was switched off. ``masked_feature`` is the one that
    is asked about, ``hidden`` what is not shown because of it. ``notes`` are the registry's, where the prompt has them:
    part of the wording, and so not of the id.
    """

    id: str
    patient: str
    case_hash: str
    codebook: str
    codebook_hash: str
    masked_feature: str
    hidden: tuple[HiddenFeature, ...]
    guard_off: tuple[str, ...]
    seed: int
    options: tuple[Option, ...]
    notes: Notes | None = Field(default=None, exclude_if=unsaid)

    ends_in_none: ClassVar[bool] = False  # whether the last option is "none of these", which stays last

    @property
    def truth(self) -> Truth | None:
        """What is true, None where the record does not say."""
        return None

    @property
    def asked_from(self) -> Time | None:
        """The time from which it looks ahead; None where it does not."""
        return None

    @property
    def bins_shared(self) -> bool:
        """Whether two of its options may lie in one bin of the registry."""
        return False

    @property
    def subject(self) -> str:
        """What a list calls it where no codebook has a label for ``masked_feature``."""
        return self.masked_feature


class Maskable(Frozen):
    """Whether a feature of a case can be asked about; ``why_not`` is a sentence, empty if it can."""

    feature: str
    why_not: str = ""


def option_texts(question: QuestionBase, feature: Feature, *, once: bool = False) -> tuple[str, ...]:
    """The options with their unit, in canonical order; ``feature`` is the masked one.

    ``once``: as a reply would name them, where a stored text says its unit already.
    """
    unit = unit_behind(feature)
    return tuple(
        option.text
        if option.value is None and option.low is None
        else f"{option.text.removesuffix(unit) if once else option.text}{unit}"
        for option in question.options
    )


def unit_behind(feature: Feature) -> str:
    """The unit as it stands behind a number of ``feature``, with a blank before it; empty where there is none."""
    return f" {feature.unit_label}" if feature.numeric and feature.unit_label else ""
