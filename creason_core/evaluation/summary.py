"""What a run comes to: every figure with its interval, the questions and the patients behind it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from pydantic import ConfigDict

from creason_core.arrays import Floats
from creason_core.evaluation.plan import EvaluationPlan, Scoring
from creason_core.frozen import Frozen
from creason_core.metrics.comparison import by_family
from creason_core.metrics.intervals import Estimate, mean, mean_loss
from creason_core.metrics.prediction import PredictionScores, prediction_scores
from creason_core.metrics.scores import (
    MAX_BRIER,
    MAX_NLL,
    ReliabilityBin,
    balanced_accuracy,
    brier,
    ece,
    nll,
    reliability,
    risk_coverage,
)

if TYPE_CHECKING:
    import pandas as pd

SUMMARY = "summary.json"
SEED = 0  # of what is drawn
COVERAGE = 0.8
MIN_OF_EACH = 5  # patients with and without the outcome: fewer say nothing about a prediction


class _Figures(Frozen):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")  # JSON has no NaN


class SummaryPart(_Figures):
    """One section, feature or group of patients: its accuracy and answered rate, beside chance and prior."""

    name: str
    accuracy: Estimate
    answered: float
    chance: float
    prior: float


class Confidence(_Figures):
    """How well the probabilities say how often the answers are right."""

    brier: Estimate
    nll: Estimate
    ece: Estimate
    aurc: float
    accuracy_at_80: float
    reliability: tuple[ReliabilityBin, ...]
    coverage: tuple[float, ...]
    risk: tuple[float, ...]


class Floor(_Figures):
    """A baseline's accuracy on the same questions: all, and by section, feature and group, as ``SummaryPart``."""

    name: str
    everything: Estimate
    sections: Mapping[str, Estimate]
    features: Mapping[str, Estimate]
    groups: Mapping[str, Estimate]


class ScoringFigures(_Figures):
    """One scoring. ``confidence`` is None where the scoring gives no probabilities."""

    scoring: Scoring
    accuracy: Estimate
    balanced_accuracy: Estimate
    answered: Estimate
    confidence: Confidence | None
    sections: tuple[SummaryPart, ...]
    features: tuple[SummaryPart, ...]
    groups: tuple[SummaryPart, ...]


class PredictionSummary(_Figures):
    """A yes/no outcome predicted through a question.

    ``validated``: the threshold was chosen on validation patients, by the same model asked in the same way, and none of
    these patients is among them. Else it is 0.5.
    """

    feature: str
    positive: str
    scoring: Scoring
    scores: PredictionScores
    validated: bool


class Example(_Figures):
    """One completion as it was: the options as presented, the true one's letter and the model's words."""

    question: str
    outcome: str
    label: str
    section: str
    options: tuple[str, ...]
    truth: str
    answer: str
    text: str
    finish_reason: str


class Numbers(_Figures):
    """The numbers that completions quote (see ``grounding``).

    ``true`` is the share that the record shows: its n are numbers, None where none is quoted. ``quoting`` is the share
    of completions that quote any; ``of_patients`` counts statistics about other patients, which are not among them.
    """

    true: Estimate | None
    quoting: float
    of_patients: int


class CompletionFigures(_Figures):
    """What the completions are like: shares of all completions, and tokens.

    ``numbers`` is None for baselines, whose replies give probabilities and no reasons, and in runs that were finished
    before numbers were looked up.
    """

    completions: int
    mean_tokens: float
    cut_off: float
    no_box: float
    faults: int
    order_stability: float | None
    numbers: Numbers | None = None


class Summary(_Figures):
    """``summary.json`` of a finished run.

    ``floors`` are the baselines of ``baselines.compute``, or empty with the reason in ``floors_note``; ``headroom`` is
    the share of the way from "prior" to "boosting" that the first scoring covers, None where there is no such way.
    """

    summary: int = 1
    plan_hash: str
    results_sha256: str
    finished: str
    questions: int
    patients: int
    chance: Estimate
    prior: Estimate
    floors: tuple[Floor, ...] = ()
    floors_note: str = ""
    headroom: Estimate | None = None
    scorings: tuple[ScoringFigures, ...]
    predictions: tuple[PredictionSummary, ...]
    replies: CompletionFigures
    examples: tuple[Example, ...]

    @property
    def main(self) -> ScoringFigures:
        """The first scoring that was asked for: the one that headlines show."""
        return self.scorings[0]


def scoring_figures(answers: "pd.DataFrame", scoring: Scoring) -> ScoringFigures:
    """Every figure of one scoring."""
    scores, patients = answers[f"{scoring}_score"].to_numpy(float), answers["patient"]
    given = answers[f"{scoring}_answered"].to_numpy(float)
    return ScoringFigures(
        scoring=scoring,
        accuracy=mean(scores, patients),
        balanced_accuracy=balanced_accuracy(
            scores, answers["masked_feature"], answers["true_class"], patients, seed=SEED
        ),
        answered=mean(given, patients),
        confidence=_confidence(answers, scoring),
        sections=_parts(answers, "section", scoring),
        features=_parts(answers, "label", scoring),
        groups=_parts(answers[answers["group"] != ""], "group", scoring),
    )


def probabilities(answers: "pd.DataFrame", scoring: Scoring) -> Floats | None:
    """The options' probabilities (n × most options, 0 beyond a question's own); None where there are none."""
    lists = answers[f"{scoring}_probabilities"]
    if not len(lists) or any(len(one) == 0 for one in lists):
        return None
    table = np.zeros((len(lists), max(len(one) for one in lists)))
    for row, one in enumerate(lists):
        table[row, : len(one)] = one
    return table


def predictions(
    answers: "pd.DataFrame", plan: EvaluationPlan, thresholds: Mapping[str, Mapping[str, float]]
) -> tuple[PredictionSummary, ...]:
    """The yes/no outcomes among the masked features, by the first scoring with probabilities.

    The positive level is the second in the codebook. ``thresholds`` are those of a validation run on other
    patients, by scoring and feature; 0.5 stands in for a feature without one.
    """
    found = []
    scoring = next((name for name in plan.scorings if probabilities(answers, name) is not None), None)
    for feature, rows in answers[answers["outcome"] & (answers["kind"] == "binary")].groupby("masked_feature"):
        given = probabilities(rows, scoring) if scoring else None
        truth = rows["key"].to_numpy(int)
        if scoring is None or given is None or min(np.bincount(truth, minlength=2)) < MIN_OF_EACH:
            continue
        name, chosen = str(feature), thresholds.get(scoring, {})
        scores = prediction_scores(truth, given[:, 1], chosen.get(name, 0.5), seed=SEED)
        positive = str(rows["options"].iloc[0][1])
        found.append(
            PredictionSummary(feature=name, positive=positive, scoring=scoring, scores=scores, validated=name in chosen)
        )
    return tuple(found)


def _confidence(answers: "pd.DataFrame", scoring: Scoring) -> Confidence | None:
    given = probabilities(answers, scoring)
    if given is None:
        return None
    patients, key = answers["patient"], answers["key"]
    scores, best = answers[f"{scoring}_score"].to_numpy(float), given.max(axis=1)
    curve = risk_coverage(best, scores)
    return Confidence(
        brier=mean_loss(brier(given, key), patients, most=MAX_BRIER),
        nll=mean_loss(nll(given, key), patients, most=MAX_NLL),
        ece=ece(best, scores, patients, seed=SEED),
        aurc=curve.area,
        accuracy_at_80=curve.accuracy_at(COVERAGE),
        reliability=reliability(best, scores, patients),
        coverage=tuple(curve.coverage.tolist()),
        risk=tuple(curve.risk.tolist()),
    )


def _parts(answers: "pd.DataFrame", column: str, scoring: Scoring) -> tuple[SummaryPart, ...]:
    if answers.empty:
        return ()
    found = by_family(answers[f"{scoring}_score"], answers[column], answers["patient"])
    means = answers.groupby(column)[[f"{scoring}_answered", "chance", "prior"]].mean()
    order = answers.sort_values("place", kind="stable")[column].drop_duplicates()  # as in the codebook
    return tuple(
        SummaryPart(
            name=str(name),
            accuracy=found[str(name)],
            answered=float(means.loc[name, f"{scoring}_answered"]),
            chance=float(means.loc[name, "chance"]),
            prior=float(means.loc[name, "prior"]),
        )
        for name in order
    )
