"""How often the scan finds one wrong entry, beside a z-score and range checks: the figures of docs/second-opinion.md.

Run: ``python -m tests.evaluation.second_opinion.planted_errors [--split validation] [--patients 300] [--seed 0]``.
In each patient one measured value is replaced: its decimal point slips by one place, it is read in another unit that
the program knows for it, or it is another patient's value of the same feature. Only what the entry form lets through
is planted: an impossible value is refused there. Every way ranks the same values of the same records.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.evaluation.baselines.compute import matrix
from creason_core.evaluation.second_opinion.kept import FOLDER
from creason_core.evaluation.second_opinion.learnt import Learnt
from creason_core.evaluation.second_opinion.surprise import bits, class_of, known_for_scan
from creason_core.metrics.comparison import paired_difference
from creason_core.metrics.intervals import mean
from creason_core.question.masked_value import SHOWN_ROLES, why_never_masked
from creason_core.record.case import PatientCase, check_value, make_case
from creason_core.record.codebook import Feature
from creason_core.record.units.converting import alternatives, in_unit
from creason_core.settings import settings

Floats = NDArray[np.float64]
Kind = str
KINDS: tuple[Kind, ...] = ("decimal slip", "swapped unit", "another patient's value")
TIERS = {"reference": 1.0, "confirm": 2.0, "impossible": 3.0}
TOPS = (3, 5)


@dataclass(frozen=True, slots=True)
class Planted:
    """One wrong entry: whose, of what, how, and what stands there now."""

    patient: str
    feature: str
    kind: Kind
    value: float | str


def looked_at(cohort: Cohort) -> list[Feature]:
    """What a scan looks at: everything that can be masked but outcomes, in codebook order."""
    return [f for f in cohort.codebook.features if f.role in SHOWN_ROLES and not why_never_masked(f, cohort)]


def altered(cohort: Cohort, one: Planted) -> PatientCase:
    """The record of ``one.patient`` with the wrong entry in it."""
    case = cohort.case(one.patient)
    entries = (
        entry.model_copy(update={"value": one.value}) if entry.feature == one.feature else entry
        for entry in case.entries
    )
    return make_case(case.patient, entries, cohort.codebook)


def plant(cohort: Cohort, patients: list[str], *, seed: int) -> tuple[list[Planted], Counter[str]]:
    """One wrong entry for each of ``patients``, and how many drawn ones were impossible, by kind."""
    rng = np.random.default_rng(seed)
    features = looked_at(cohort)
    cases = {patient: cohort.case(patient) for patient in patients}
    refused: Counter[str] = Counter()
    found = []
    for place, patient in enumerate(patients):
        kind = KINDS[place % len(KINDS)]
        while True:
            feature = features[rng.integers(len(features))]
            entry = cases[patient].by_feature.get(feature.name)
            if entry is None or not entry.measured:
                continue
            value = entry.value
            wrong = _wrong(cohort, feature, value, kind, rng)
            if wrong is None or wrong == value:
                continue
            if any(finding.tier == "impossible" for finding in check_value(feature, wrong)):
                refused[kind] += 1
                continue
            found.append(Planted(patient, feature.name, kind, wrong))
            break
    return found, refused


def _wrong(
    cohort: Cohort, feature: Feature, value: float | str, kind: Kind, rng: np.random.Generator
) -> float | str | None:
    if kind == "another patient's value":
        others = cohort.table.loc[list(cohort.split["test"]) + list(cohort.split["validation"]), feature.name]
        measured = others[cohort.measured(feature, others)]
        return measured.iloc[int(rng.integers(len(measured)))]  # type: ignore[no-any-return]
    if isinstance(value, str):
        return None
    if kind == "decimal slip":
        slipped: float | None = value * (10.0 if rng.random() < 0.5 else 0.1)
    else:
        units = alternatives(feature)[1:]
        slipped = in_unit(feature, value, units[rng.integers(len(units))].code) if units else None
    if slipped is None:
        return None
    return float(round(slipped, 0 if feature.kind == "integer" else feature.decimals))


def ranked(cohort: Cohort, planted: list[Planted]) -> Mapping[str, Floats]:
    """What each way makes of every value (patients × features, the higher the odder), −inf where there is none."""
    frame = cohort.table.loc[[one.patient for one in planted]].copy()
    for one in planted:
        frame.at[one.patient, one.feature] = one.value
    columns: dict[str, list[Floats]] = {}
    for feature in looked_at(cohort):
        recorded = matrix(frame, (feature,))[:, 0]
        known = known_for_scan(cohort, feature.name, folder=settings().data_dir / FOLDER)
        for name, way in WAYS.items():
            there = ~np.isnan(recorded)
            column = np.full(len(frame), -np.inf)
            column[there] = way(known, matrix(frame[there], known.columns), recorded[there])
            columns.setdefault(name, []).append(column)
    return {name: np.column_stack(found) for name, found in columns.items()}


def _scan(known: Learnt, rows: Floats, recorded: Floats) -> Floats:
    return bits(known, known.trees.probabilities(rows), recorded)


def _log_ratio(known: Learnt, rows: Floats, recorded: Floats) -> Floats:
    place = class_of(known, recorded)
    own = known.trees.probabilities(rows)[np.arange(len(rows)), place]
    seen = np.maximum(known.shares, 0.5 / len(known.classes))[place]
    return np.asarray(np.log2(seen / np.maximum(own, 1e-12)))


def _marginal(known: Learnt, rows: Floats, recorded: Floats) -> Floats:
    return bits(known, np.broadcast_to(known.shares, (len(rows), len(known.shares))), recorded)


def _z_of_numbers(known: Learnt, rows: Floats, recorded: Floats) -> Floats:
    if not known.feature.numeric:
        return np.zeros(len(rows))
    return _z_of_all(known, rows, recorded)


def _z_of_all(known: Learnt, rows: Floats, recorded: Floats) -> Floats:
    """Numbers by their standard deviation, a level by that of having it."""
    if known.feature.numeric:
        numbers = np.asarray(known.model.numbers)
        return np.asarray(np.abs(recorded - numbers.mean()) / (numbers.std() or 1.0))
    share = np.maximum(known.shares, 0.5 / len(known.classes))[recorded.astype(int)]
    return np.asarray(np.sqrt((1 - share) / share))


def _ranges(known: Learnt, rows: Floats, recorded: Floats) -> Floats:
    if not known.feature.numeric:
        return np.zeros(len(rows))
    found = [check_value(known.feature, float(value)) for value in recorded]
    return np.array([TIERS[each[0].tier] if each else 0.0 for each in found])


WAYS: Mapping[str, Callable[[Learnt, Floats, Floats], Floats]] = {
    "scan": _scan,
    "boosting against base rate alone": _log_ratio,
    "tail without the rest of the record": _marginal,
    "z-score of numbers": _z_of_numbers,
    "z-score of numbers and levels": _z_of_all,
    "range checks": _ranges,
}


def in_top(odd: Floats, place: NDArray[np.int64], top: int) -> Floats:
    """The chance that the value at ``place`` of each row is among the ``top`` oddest; equals share the places."""
    own = odd[np.arange(len(odd)), place][:, None]
    above, alike = (odd > own).sum(axis=1), (odd == own).sum(axis=1)
    return np.asarray(np.clip((top - above) / alike, 0, 1))


def lines(cohort: Cohort, planted: list[Planted], refused: Counter[str]) -> Iterator[str]:
    """The figures in words."""
    names = [feature.name for feature in looked_at(cohort)]
    place = np.array([names.index(one.feature) for one in planted])
    who, kinds = np.array([one.patient for one in planted]), np.array([one.kind for one in planted])
    odd = ranked(cohort, planted)
    values = np.isfinite(next(iter(odd.values()))).sum(axis=1).mean()
    yield f"{len(planted)} patients, one wrong entry each among {values:.1f} values on average"
    yield f"drawn anew, because the entry form refuses them: {dict(refused)}"
    for top in TOPS:
        hits = {name: in_top(found, place, top) for name, found in odd.items()}
        yield f"\namong the top {top}:"
        for name, hit in hits.items():
            each = ", ".join(f"{kind} {hit[kinds == kind].mean():.1%}" for kind in KINDS)
            share = mean(hit, who)
            yield f"  {name:<38}{share.value:.1%} ({share.ends('{:.1%}'.format)})  {each}"
        for name in list(hits)[1:]:
            apart = paired_difference(hits["scan"], hits[name], who, seed=0)
            gap = apart.estimate
            yield f"  scan − {name}: {gap.value:+.1%} ({gap.ends('{:+.1%}'.format)}), p {apart.p:.4f}"


def arguments(description: str | None) -> argparse.ArgumentParser:
    """Which patients, and which errors are planted in them."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--cohort", default="rhc-sepsis")
    parser.add_argument("--split", default="test", choices=["test", "validation"])
    parser.add_argument("--patients", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    return parser


def planted_in(cohort: Cohort, asked: argparse.Namespace) -> tuple[list[Planted], Counter[str]]:
    """The wrong entries of the patients that are ``asked`` for: of fewer patients the first of them."""
    patients = list(cohort.split[asked.split])
    np.random.default_rng(asked.seed).shuffle(patients)
    return plant(cohort, patients[: asked.patients], seed=asked.seed)


def main() -> None:
    asked = arguments(__doc__).parse_args()
    cohort = load_cohort(asked.cohort)
    planted, refused = planted_in(cohort, asked)
    print("\n".join(lines(cohort, planted, refused)))  # noqa: T201


if __name__ == "__main__":
    main()
