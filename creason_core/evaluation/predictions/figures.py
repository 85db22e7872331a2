"""The figures of predicted probabilities, one patient each, and in words: Markdown tables, as they are printed."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from pydantic import ConfigDict

from creason_core.arrays import Floats
from creason_core.frozen import Frozen
from creason_core.metrics.comparison import holm, paired_difference
from creason_core.metrics.intervals import Estimate
from creason_core.metrics.prediction import prediction_scores
from creason_core.metrics.scores import ece

if TYPE_CHECKING:
    from creason_core.evaluation.predictions.run import PredictionsResult

SEED = 0  # of what is drawn
Probabilities = Sequence[float | None]


class Figures(Frozen):
    """What is written down of figures."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")  # an interval may not be known


class ProbabilityRow(Figures):
    """One way to a probability, on the patients for whom it gives one: Brier (0 best, 1 worst), ECE and AUROC."""

    name: str
    brier: Estimate
    ece: Estimate
    auroc: Estimate


class BrierDifference(Figures):
    """The Brier score of ``first`` less that of ``floor`` on the patients for whom both give a probability.

    Below 0 ``first`` is nearer to what came about. ``p`` is of the paired test, ``adjusted`` by Holm over all that
    were compared.
    """

    first: str
    floor: str
    brier: Estimate
    p: float
    adjusted: float


def row(name: str, came: Sequence[bool], given: Probabilities) -> ProbabilityRow:
    """The figures of one way; at least one patient has a probability."""
    place, chance = _known(given)
    truth = np.asarray(came, dtype=np.float64)[place]
    scores = prediction_scores(truth, chance, 0.5, seed=SEED)
    return ProbabilityRow(name=name, brier=scores.brier, auroc=scores.auroc, ece=ece(chance, truth, place, seed=SEED))


def differences(
    came: Sequence[bool], known: Mapping[str, Probabilities], floors: Sequence[str]
) -> tuple[BrierDifference, ...]:
    """Every way that is no floor against every floor."""
    truth = np.asarray(came, dtype=np.float64)
    found = []
    for first in known:
        for floor in floors if first not in floors else ():
            place, chance = _known(known[first])
            other = np.asarray([known[floor][at] for at in place], dtype=np.float64)
            both = ~np.isnan(other)
            at, mine, its = place[both], chance[both], other[both]
            paired = paired_difference((mine - truth[at]) ** 2, (its - truth[at]) ** 2, at, seed=SEED)
            found.append((first, floor, paired))
    adjusted = holm([paired.p for _, _, paired in found])
    return tuple(
        BrierDifference(first=first, floor=floor, brier=paired.estimate, p=paired.p, adjusted=p)
        for (first, floor, paired), p in zip(found, adjusted, strict=True)
    )


def _known(given: Probabilities) -> tuple["np.typing.NDArray[np.intp]", Floats]:
    """Which patients have a probability, and those."""
    values = np.asarray(given, dtype=np.float64)  # None is NaN
    place = np.flatnonzero(~np.isnan(values))
    return place, values[place]


def told(result: "PredictionsResult") -> str:
    """All of it."""
    plan = result.plan
    model = f" {plan.model.title}, {plan.samples} samples at {plan.temperature:g}." if plan.model else ""
    lines = [
        f"{plan.label} of {plan.patients} {plan.split} patients of {plan.cohort} ({result.came} with it), predicted "
        f"from what is known {plan.known}.{model}",
        "",
        "| Probability by | n | Brier | ECE | AUROC |",
        "|---|---|---|---|---|",
        *(
            f"| {one.name} | {one.brier.n} | {_figure(one.brier)} | {_figure(one.ece)} | {_figure(one.auroc)} |"
            for one in result.rows
        ),
        "",
        "| Brier score of | less that of | difference | p, Holm |",
        "|---|---|---|---|",
        *(f"| {one.first} | {one.floor} | {_figure(one.brier, '+')} | {_p(one.adjusted)} |"
          for one in result.differences),
        "",
        f"A difference above 0 is worse than the floor. To {result.short} patients fewer than two replies gave an "
        "answer, so that the vote is no probability.",
    ]  # fmt: skip
    return "\n".join([*lines, *([result.note] if result.note else [])])


def _figure(found: Estimate, sign: str = "") -> str:
    ends = found.ends(lambda end: f"{end:{sign}.3f}")
    return f"{found.value:{sign}.3f} ({ends})"


def _p(value: float) -> str:
    return "–" if np.isnan(value) else "< 0.001" if value < 0.001 else f"{value:.3f}"
