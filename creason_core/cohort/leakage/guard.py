"""The leak guard: which features must be hidden together with a masked one, because they give it away.

Five reasons, each a sentence for the reader: mutual information, a formula in the codebook, a time of
recording after the masked feature's, being needed by a model that recovers the masked value almost always,
and being a value of the masked feature at another time (``over_time``). The guard is fitted on training
patients only (``fitting``) and saved beside the cohort. It decides nothing about what a case shows
otherwise: outcomes and audit features are kept out of prompts by their role.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from pydantic import Field

from creason_core.errors import CodebookError
from creason_core.frozen import Frozen

LeakReason = Literal[
    "mutual information", "formula", "recorded later", "determined by others", "another time", "hidden by you"
]
RULES = 4  # of how it is found: what a fitting by other rules has kept is not taken up
BY_HAND: Literal["hidden by you"] = "hidden by you"  # a reader's choice (``question.hiding_more``), no guard's
LeakMode = Literal["normalised", "paper"]


class HiddenFeature(Frozen):
    """A feature, or a value of one at one time ("lactate@6"), hidden with the masked one: why, and how strongly.

    ``score`` is the share of the masked feature's uncertainty that this one removes (0 to 1) for mutual
    information (nats in ``paper`` mode), the model's score (0 to 1) for ``determined by others``, else None.
    """

    feature: str
    reason: LeakReason
    score: float | None = None
    sentence: str


class HiddenSet(Frozen):
    """What is hidden when ``masked`` is masked, in codebook order."""

    masked: str
    hidden: tuple[HiddenFeature, ...] = ()


class GuardDesign(Frozen):
    """How a guard is fitted; the reasons for the defaults are in ``docs/leak-guard.md``.

    ``cutoff`` is a share of H(Y), or nats in ``paper`` mode, which is the published rule alone: no formulas, times,
    chance level or models. ``determined_above`` is balanced accuracy or R².
    """

    seed: int
    mode: LeakMode = "normalised"
    cutoff: float = Field(default=0.5, gt=0)
    bins: int = Field(default=10, ge=2)
    permutations: int = Field(default=200, ge=1)
    null_quantile: float = Field(default=0.99, gt=0, lt=1)
    determined_above: float = Field(default=0.98, gt=0, lt=1)


class LeakGuard(Frozen):
    """A fitted guard, with what it was fitted on: codebook, split and number of training patients."""

    version: int = Field(ge=1)
    codebook: str
    codebook_hash: str
    split_hash: str
    patients: int
    design: GuardDesign
    entries: tuple[HiddenSet, ...]

    @cached_property
    def by_masked(self) -> Mapping[str, tuple[HiddenFeature, ...]]:
        """Masked feature → everything hidden with it."""
        return {entry.masked: entry.hidden for entry in self.entries}

    def hidden_with(self, masked: str, *, as_of: bool = True) -> tuple[HiddenFeature, ...]:
        """The features hidden with ``masked``, in codebook order; ``as_of=False`` keeps later ones visible.

        Raises:
            CodebookError: The guard was fitted without such a feature.
        """
        try:
            hidden = self.by_masked[masked]
        except KeyError:
            raise CodebookError(
                f"The leak guard of the codebook {self.codebook} does not know '{masked}'.",
                remedy="Fit the guard again with the present codebook.",
            ) from None
        return hidden if as_of else tuple(item for item in hidden if item.reason != "recorded later")
