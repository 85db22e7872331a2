"""The leak guard: which features must be hidden together with a masked one, because they give it away.

Four reasons, each a sentence for the reader: mutual information, a formula in the codebook, a time of
recording after the masked feature's, and being needed by a model that recovers the masked value almost
always. The guard is fitted on training patients only and saved beside the cohort. It decides nothing about
what a case shows otherwise: outcomes and audit features are kept out of prompts by their role.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from creason_core.codebook import TIMES, Codebook, Feature, Frozen, Time
from creason_core.determination import numbers_of, recover
from creason_core.errors import CodebookError
from creason_core.information import all_pairs, equal_frequency_bins, null_quantile

if TYPE_CHECKING:
    import pandas as pd  # slow to import, and only named here

LeakReason = Literal["mutual information", "formula", "recorded later", "determined by others"]
LeakMode = Literal["normalised", "paper"]

VERSION = 1
WHEN: Mapping[Time, str] = {"admission": "at admission", "day1": "on day 1", "outcome": "at the end"}


class HiddenFeature(Frozen):
    """A feature hidden with the masked one: why, how strongly, and a sentence that says so.

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


def fit_guard(training: "pd.DataFrame", codebook: Codebook, design: GuardDesign, *, split_hash: str) -> LeakGuard:
    """Fits the guard on ``training`` (one row a patient, one column a feature, as in ``registry.Cohort``).

    Scores are rounded to four decimals, so that the same input gives the same bytes. All randomness comes from
    ``design.seed``.

    Raises:
        CodebookError: The table lacks a feature of the codebook.

    """
    if missing := [feature.name for feature in codebook.features if feature.name not in training]:
        raise CodebookError(
            f"The training table lacks {', '.join(missing)} of the codebook {codebook.name}.",
            remedy="Add the columns, or take the features out of the codebook.",
        )
    informative = _informative(training, codebook, design)
    entries = []
    for masked in codebook.features:
        hidden = dict(informative[masked.name])
        if design.mode != "paper":
            hidden = _later(codebook, masked) | hidden | _tied(codebook, masked)
            hidden |= _determining(training, codebook, masked, hidden=frozenset(hidden), design=design)
        ordered = tuple(hidden[feature.name] for feature in codebook.features if feature.name in hidden)
        entries.append(HiddenSet(masked=masked.name, hidden=ordered))
    return LeakGuard(
        version=VERSION,
        codebook=codebook.name,
        codebook_hash=codebook.content_hash,
        split_hash=split_hash,
        patients=len(training),
        design=design,
        entries=tuple(entries),
    )


def discretise(table: "pd.DataFrame", codebook: Codebook, *, bins: int) -> NDArray[np.int64]:
    """Patients × features: equal-frequency bins of numbers, level numbers otherwise, −1 where not measured."""
    columns = []
    for feature in codebook.features:
        numbers = numbers_of(table, feature)
        columns.append(
            equal_frequency_bins(numbers, bins)
            if feature.numeric
            else np.where(np.isnan(numbers), -1, numbers).astype(np.int64)
        )
    return np.column_stack(columns)


def _informative(
    training: "pd.DataFrame", codebook: Codebook, design: GuardDesign
) -> Mapping[str, Mapping[str, HiddenFeature]]:
    """Masked feature → the features whose mutual information with it is above the cutoff and above chance."""
    codes = discretise(training, codebook, bins=design.bins)
    information = all_pairs(codes)
    if design.mode == "paper":
        score, floor, told = information.nats, np.zeros(codes.shape[1]), "shares {:.2f} nats of information with"
    else:
        score, told = information.normalised, "removes {:.0%} of the uncertainty about"
        floor = null_quantile(codes, permutations=design.permutations, quantile=design.null_quantile, seed=design.seed)
    return {
        masked.name: {
            feature.name: HiddenFeature(
                feature=feature.name,
                reason="mutual information",
                score=round(float(score[x, y]), 4),
                sentence=(
                    f"{feature.label} is hidden: among the training patients it {told.format(score[x, y])} "
                    f"{masked.label}."
                ),
            )
            for x, feature in enumerate(codebook.features)
            if x != y and feature.role != "audit" and score[x, y] > max(design.cutoff, floor[y])
        }
        for y, masked in enumerate(codebook.features)
    }


def _later(codebook: Codebook, masked: Feature) -> dict[str, HiddenFeature]:
    return {
        feature.name: HiddenFeature(
            feature=feature.name,
            reason="recorded later",
            sentence=(
                f"{feature.label} is hidden: it is known {WHEN[feature.time]}, {masked.label} {WHEN[masked.time]}."
            ),
        )
        for feature in codebook.features
        if feature.role != "audit" and TIMES.index(feature.time) > TIMES.index(masked.time)
    }


def _tied(codebook: Codebook, masked: Feature) -> dict[str, HiddenFeature]:
    """Formula ties in both directions, and the codebook's other ties."""
    sentences = {
        name: f"{codebook.feature(name).label} is hidden: it can give {masked.label} away, because {tie.reason}."
        for tie in codebook.ties
        if masked.name in tie.features
        for name in tie.features
    }
    for feature in codebook.features:
        if masked.name in feature.derived_from:
            sentences[feature.name] = f"{feature.label} is hidden: it is worked out from {masked.label}."
        if feature.name in masked.derived_from:
            sentences[feature.name] = f"{feature.label} is hidden: {masked.label} is worked out from it."
    return {
        name: HiddenFeature(feature=name, reason="formula", sentence=sentence)
        for name, sentence in sentences.items()
        if name != masked.name
    }


def _determining(
    training: "pd.DataFrame",
    codebook: Codebook,
    masked: Feature,
    *,
    hidden: frozenset[str],
    design: GuardDesign,
) -> dict[str, HiddenFeature]:
    """Features without which a boosting model no longer recovers ``masked`` with a score over the design's.

    The strongest contributor (by the loss of score when it is shuffled in held-out patients) goes first.
    """
    visible = [
        feature
        for feature in codebook.features
        if feature.name != masked.name and feature.name not in hidden and feature.role not in ("audit", "outcome")
    ]
    found: dict[str, HiddenFeature] = {}
    while visible:
        recovered = recover(training, masked, visible, seed=design.seed)
        if recovered is None or recovered.score <= design.determined_above:
            break
        strongest = recovered.strongest()
        visible.remove(strongest)
        found[strongest.name] = HiddenFeature(
            feature=strongest.name,
            reason="determined by others",
            score=round(recovered.score, 4),
            sentence=(
                f"{strongest.label} is hidden: a model that saw it with the other values recovered {masked.label} "
                f"in held-out patients with a score of {recovered.score:.2f} out of 1."
            ),
        )
    return found
