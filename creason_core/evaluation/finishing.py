"""Completions → the files of a finished run, and the copy of its figures that the app shows."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from creason_core.cohort.cohort import Cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation import calibration
from creason_core.evaluation.calibration import Conditions
from creason_core.evaluation.floors import Earned, covered, floors
from creason_core.evaluation.plan import EvaluationPlan, Scoring
from creason_core.evaluation.result_tables import (
    ANSWERS,
    RESULTS,
    Answered,
    answers_table,
    read_answers,
    results_table,
    sampled,
    votes,
    write,
)
from creason_core.evaluation.summary import (
    MIN_OF_EACH,
    SUMMARY,
    CompletionFigures,
    Example,
    Numbers,
    Summary,
    predictions,
    probabilities,
    scoring_figures,
)
from creason_core.files import sha256, write_whole
from creason_core.metrics.intervals import cluster_sums, mean, ratio
from creason_core.metrics.prediction import best_threshold
from creason_core.model.engines.base import ModelIdentity
from creason_core.question.confidence import count_votes
from creason_core.question.kinds import MaskedValue
from creason_core.question.vectorised.sampling import Sampling
from creason_core.record.codebook import Codebook

if TYPE_CHECKING:
    import pandas as pd

_Thresholds = dict[str, dict[str, float]]  # by scoring and feature
CALIBRATION = "calibration.json"
EXAMPLES_EACH = 3


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished run; ``calibration_note`` says what became of the calibration, empty where none was due."""

    folder: Path
    plan: EvaluationPlan
    summary: Summary
    calibration_note: str


def finish(
    folder: Path,
    plan: EvaluationPlan,
    found: Sequence[Answered],
    cohort: Cohort,
    data_dir: Path,
    *,
    sampling: Sampling,
    beside: Earned,
) -> Finished:
    """Writes tables, summary and calibration of a run whose completions are all there.

    ``sampling`` is how the questions were chosen; ``beside`` is what the baselines earned on the same ones, in the
    order of ``found``.
    """
    codebook, made_of = cohort.codebook, cohort.content_hash
    write(results_table(found), folder / RESULTS)
    write(answers_table(found, codebook, plan), folder / ANSWERS)
    answers = read_answers(folder)
    note, thresholds = "", _Thresholds()
    if plan.questions.split == "validation":
        about = _About(made_of, sampling, _longest(found))
        note = _calibrate(folder, plan, answers, data_dir, about)
    elif not plan.questions.balanced and (
        known := calibration.load(data_dir, conditions_of(plan, "majority"), made_of)
    ):
        thresholds = known.thresholds
    summary = Summary(
        plan_hash=plan.hash,
        results_sha256=sha256(folder / RESULTS),
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        questions=len(answers),
        patients=answers["patient"].nunique(),
        chance=mean(answers["chance"], answers["patient"]),
        prior=mean(answers["prior"], answers["patient"]),
        floors=floors(answers, beside),
        floors_note=beside.note,
        headroom=covered(answers, plan.scorings[0], beside),
        scorings=tuple(scoring_figures(answers, scoring) for scoring in plan.scorings),
        predictions=predictions(answers, plan, thresholds),
        replies=_replies(found, plan),
        examples=_examples(found, codebook),
    )
    write_whole(folder / SUMMARY, summary.model_dump_json(indent=1) + "\n")
    return Finished(folder, plan, summary, note)


def identity_of(plan: EvaluationPlan) -> ModelIdentity:
    """The model of a plan as engines name it."""
    return ModelIdentity(**{field.name: getattr(plan.model, field.name) for field in fields(ModelIdentity)})


def conditions_of(plan: EvaluationPlan, scoring: Scoring) -> Conditions:
    """Under which the answers of a plan by ``scoring`` were given."""
    asked = plan.questions
    return Conditions(
        identity=identity_of(plan),
        cohort=asked.cohort,
        codebook_hash=asked.codebook_hash,
        split_hash=asked.split_hash,
        design=asked.design,
        design_version=asked.design_version,
        prompt_version=plan.prompt_version,
        scoring=scoring,
        samples=plan.samples,
        temperature=plan.temperature,
        max_tokens=plan.max_tokens,
    )


@dataclass(frozen=True, slots=True)
class _About:
    """Of what a calibration is: the cohort as it then was, the sampling of its questions, the longest reply."""

    cohort_hash: str
    sampling: Sampling
    longest: int | None


def _calibrate(folder: Path, plan: EvaluationPlan, answers: "pd.DataFrame", data_dir: Path, about: _About) -> str:
    """Fits a calibration on validation patients and installs it; in words what came of it."""
    if about.sampling.balanced:
        return "No calibration: the app asks about values as they come, so it needs a file built without --balanced."
    if about.sampling.pass_rates:
        return "No calibration: these questions were chosen by how often they were answered right; the app asks any."
    if not sampled(plan) or "majority" not in plan.scorings:
        return "No calibration: it needs --samples of at least 2 and the scoring majority."
    try:
        fitted = calibration.fit(
            votes(answers, "majority"),
            conditions_of(plan, "majority"),
            plan.questions.sha256,
            cohort_hash=about.cohort_hash,
            longest=about.longest,
            thresholds=_thresholds(answers, plan),
        )
        calibration.write(fitted, folder / CALIBRATION)
        path = calibration.install(fitted, data_dir)
    except EvaluationError as error:
        return str(error)
    return f"The confidence of this model is now calibrated by {path}."


def _longest(found: Sequence[Answered]) -> int | None:
    """The tokens of the longest sampled reply, None where one was cut off."""
    replies = [read.completion for item in found for read in item.reads if read.call.name != "greedy"]
    if any(reply.finish_reason == "length" for reply in replies):
        return None
    return max((reply.tokens for reply in replies), default=None)


def _thresholds(answers: "pd.DataFrame", plan: EvaluationPlan) -> _Thresholds:
    """By scoring, for every yes/no outcome, the probability from which calling it "yes" gives the best F1."""
    outcomes = answers[answers["outcome"] & (answers["kind"] == "binary")]
    return {
        scoring: {
            str(feature): best_threshold(rows["key"], _given(rows, scoring))
            for feature, rows in outcomes.groupby("masked_feature")
            if min((rows["key"] == 0).sum(), (rows["key"] == 1).sum()) >= MIN_OF_EACH
        }
        for scoring in plan.scorings
        if probabilities(answers, scoring) is not None
    }


def _given(rows: "pd.DataFrame", scoring: str) -> list[float]:
    return [float(one[1]) for one in rows[f"{scoring}_probabilities"]]


def _replies(found: Sequence[Answered], plan: EvaluationPlan) -> CompletionFigures:
    reads = [read for item in found for read in item.reads]
    stable = [
        count_votes(
            [read.answer.option for read in item.reads if read.call.name != "greedy"], len(item.question.options)
        )
        for item in found
        if sum(read.call.name != "greedy" for read in item.reads) > 1
    ]
    agreeing = [max(share.share for share in one.shares) for one in stable]
    return CompletionFigures(
        completions=len(reads),
        mean_tokens=sum(read.completion.tokens for read in reads) / len(reads),
        cut_off=sum(read.completion.finish_reason == "length" for read in reads) / len(reads),
        no_box=sum(read.answer.parsed.reading == "no box" for read in reads) / len(reads),
        faults=sum(read.completion.fault is not None for read in reads),
        order_stability=sum(agreeing) / len(agreeing) if agreeing else None,
        numbers=_numbers(found) if plan.model.engine != "baseline" else None,
    )


def _numbers(found: Sequence[Answered]) -> Numbers:
    told = [(read.numbers, item.question.patient) for item in found for read in item.reads]
    counts = [(float(check.true), float(check.quoted)) for check, _ in told]
    quoting = sum(quoted > 0 for _, quoted in counts)
    sums = cluster_sums(counts, [patient for _, patient in told])
    return Numbers(
        true=ratio(sums, 0, 1) if quoting else None,
        quoting=quoting / len(told),
        of_patients=sum(check.of_patients for check, _ in told),
    )


def _examples(found: Sequence[Answered], codebook: Codebook) -> tuple[Example, ...]:
    """Three completions of each outcome, chosen by the questions' ids alone; features differ where they can."""
    chosen: list[Example] = []
    for outcome in ("correct", "incorrect", "unanswered"):
        seen: set[str] = set()
        of_outcome = sorted((item for item in found if item.reads[0].outcome == outcome), key=lambda i: i.question.id)
        fresh: list[Answered] = []
        repeated: list[Answered] = []
        for item in of_outcome:
            (repeated if item.question.masked_feature in seen else fresh).append(item)
            seen.add(item.question.masked_feature)
        chosen += [_example(item, codebook) for item in (fresh + repeated)[:EXAMPLES_EACH]]
    return tuple(chosen)


def _example(item: Answered, codebook: Codebook) -> Example:
    read, question = item.reads[0], item.question
    feature = codebook.feature(question.masked_feature)
    shown = MaskedValue(question, codebook).presented(read.order).letters
    texts = [question.options[index].text for index in read.order]
    truth = read.order.index(question.key)
    return Example(
        outcome=read.outcome,
        label=feature.label,
        section=feature.section,
        options=tuple(f"{letter}) {text}" for letter, text in zip(shown, texts, strict=True)),
        truth=shown[truth],
        answer=read.answer.parsed.letter or "",
        text=read.completion.text,
        finish_reason=read.completion.finish_reason or str(read.completion.fault),
        question=question.id,
    )
