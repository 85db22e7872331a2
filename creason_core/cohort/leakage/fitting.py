"""Fits the leak guard on a table of training patients."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from creason_core.arrays import Floats, Ints
from creason_core.cohort.leakage.determination import numbers_of, recover
from creason_core.cohort.leakage.guard import RULES, GuardDesign, HiddenFeature, HiddenSet, LeakGuard
from creason_core.cohort.leakage.information import all_pairs, equal_frequency_bins, null_quantile
from creason_core.cohort.leakage.kept import Kept
from creason_core.cohort.leakage.over_time import other_times, recorded_later
from creason_core.cohort.leakage.relations import tied
from creason_core.cohort.leakage.time_relations import found_at_each_time, spread
from creason_core.errors import CodebookError
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.hours import parted

if TYPE_CHECKING:
    import pandas as pd  # slow to import, and only named here

VERSION = 1  # of what a guard's file holds


def fit_guard(
    training: "pd.DataFrame",
    codebook: Codebook,
    design: GuardDesign,
    *,
    split_hash: str,
    kept: Path | None = None,
    progress: Callable[[int], object] = lambda _: None,
) -> LeakGuard:
    """Fits the guard on ``training`` (one row a patient, columns as in ``cohort.Cohort``).

    Scores are rounded to four decimals, so that the same input gives the same bytes. All randomness comes from
    ``design.seed``. In the file ``kept`` stands what is finished: a fitting that was stopped goes on from there.
    ``progress`` is told of each feature that is done.

    Raises:
        CodebookError: The table lacks a feature of the codebook.

    """
    wide = spread(codebook)
    if missing := [feature.name for feature in wide.features if feature.name not in training]:
        raise CodebookError(
            f"The training table lacks {', '.join(missing)} of the codebook {codebook.name}.",
            remedy="Add the columns, or take the features out of the codebook.",
        )
    numbers = np.column_stack([numbers_of(training, feature) for feature in wide.features])
    what = (codebook.content_hash, split_hash, design.model_dump_json(), hashlib.sha256(numbers.tobytes()).hexdigest())
    done = Kept(kept, f"leak guard {VERSION} rules {RULES} {' '.join(what)}")
    informative = _informative(numbers, wide, design)
    found = found_at_each_time(numbers, wide) if design.mode != "paper" else ()
    entries = []
    for masked in wide.features:
        entry = done.get(masked.name)
        if entry is None:
            hidden = dict(informative[masked.name])
            if design.mode != "paper":
                hidden = _later(wide, masked) | hidden | tied(wide, masked, found)
            elif wide is not codebook:  # the published rule knows no times: these are ours
                hidden = _later(wide, masked) | hidden
            hidden |= other_times(wide, masked)
            entry = _hidden_with(masked, hidden, numbers, wide, design)
            done.put(entry)
        entries.append(entry)
        progress(1)
    return LeakGuard(
        version=VERSION,
        codebook=codebook.name,
        codebook_hash=codebook.content_hash,
        split_hash=split_hash,
        patients=len(training),
        design=design,
        entries=tuple(entries),
    )


def _hidden_with(
    masked: Feature, hidden: dict[str, HiddenFeature], numbers: Floats, codebook: Codebook, design: GuardDesign
) -> HiddenSet:
    if design.mode != "paper":
        hidden = hidden | _determining(numbers, codebook, masked, hidden=frozenset(hidden), design=design)
    ordered = tuple(
        hidden[feature.name]
        for feature in codebook.features
        if feature.name in hidden and parted(feature.name)[0] != masked.name  # its own values are masked, not hidden
    )
    return HiddenSet(masked=masked.name, hidden=ordered)


def discretise(table: "pd.DataFrame", codebook: Codebook, *, bins: int) -> Ints:
    """Patients × features: equal-frequency bins of numbers, level numbers otherwise, −1 where not measured."""
    return _discrete([numbers_of(table, feature) for feature in codebook.features], codebook, bins)


def _discrete(columns: Iterable[Floats], codebook: Codebook, bins: int) -> Ints:
    return np.column_stack(
        [
            equal_frequency_bins(numbers, bins)
            if feature.numeric
            else np.where(np.isnan(numbers), -1, numbers).astype(np.int64)
            for numbers, feature in zip(columns, codebook.features, strict=True)
        ]
    )


def _informative(numbers: Floats, codebook: Codebook, design: GuardDesign) -> Mapping[str, Mapping[str, HiddenFeature]]:
    """Masked feature → the features whose mutual information with it is above the cutoff and above chance."""
    codes = _discrete(numbers.T, codebook, design.bins)
    information = all_pairs(codes)
    score, told = information.normalised, "removes {:.0%} of the uncertainty about"
    if design.mode == "paper":
        score, told = information.nats, "shares {:.2f} nats of information with"
    above = score > design.cutoff
    np.fill_diagonal(above, val=False)
    above[[feature.role == "audit" or bool(codebook.points_of(feature)) for feature in codebook.features]] = False
    if design.mode != "paper":
        # Chance is worked out only for features about which something is above the cutoff: it can only take away.
        asked = np.flatnonzero(above.any(axis=0))
        floor = null_quantile(
            codes, asked, permutations=design.permutations, quantile=design.null_quantile, seed=design.seed
        )
        above[:, asked] &= score[:, asked] > floor
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
            if above[x, y]
        }
        for y, masked in enumerate(codebook.features)
    }


def _later(codebook: Codebook, masked: Feature) -> dict[str, HiddenFeature]:
    return {
        feature.name: recorded_later(feature, masked, codebook)
        for feature in codebook.features
        if feature.role != "audit" and not codebook.points_of(feature)
        if codebook.known_at(feature) > codebook.known_at(masked)
    }


def _determining(
    numbers: Floats,
    codebook: Codebook,
    masked: Feature,
    *,
    hidden: frozenset[str],
    design: GuardDesign,
) -> dict[str, HiddenFeature]:
    """Features without which a boosting model no longer recovers ``masked`` with a score over the design's.

    The strongest contributor (by the loss of score when it is shuffled in held-out patients) goes first.
    """
    place = {feature.name: column for column, feature in enumerate(codebook.features)}
    visible = [
        feature
        for feature in codebook.features
        if feature.name != masked.name and feature.name not in hidden and feature.role not in ("audit", "outcome")
        if not codebook.points_of(feature)
    ]
    target = numbers[:, place[masked.name]]
    found: dict[str, HiddenFeature] = {}
    while visible:
        others = numbers[:, [place[feature.name] for feature in visible]]
        recovered = recover(masked, target, others, above=design.determined_above, seed=design.seed)
        if recovered is None:
            break
        strongest = visible.pop(recovered.strongest())
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
