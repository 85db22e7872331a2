"""Results tables as data: models × question files, with floors, paired tests and calibrated confidence.

Runs on the same questions stand in one table. Runs on validation patients stand in none: what they say about a
model's confidence calibrates that model's runs on the same kind of questions about other patients.
"""

from collections.abc import Mapping, Sequence

from creason_core.errors import EvaluationError
from creason_core.evaluation import calibration
from creason_core.evaluation.finishing import conditions_of
from creason_core.evaluation.plan import Scoring
from creason_core.evaluation.report.contents import Contents, ShownRun, contents
from creason_core.evaluation.result_tables import read_answers, votes
from creason_core.evaluation.saved import SavedRun
from creason_core.evaluation.summary import SEED, Numbers, SummaryPart
from creason_core.frozen import Frozen
from creason_core.metrics.comparison import holm
from creason_core.metrics.intervals import Estimate
from creason_core.metrics.scores import ece

SURE: tuple[Scoring, ...] = ("majority", "logprob")  # scorings whose answers come with a probability


class Confident(Frozen):
    """The ECE of the first scoring with probabilities, before and after calibration on validation patients.

    ``calibrated`` counts questions that have a winner; None where nothing calibrates it, and ``note`` says which run
    did, or why none.
    """

    scoring: Scoring
    ece: Estimate
    calibrated: Estimate | None
    note: str


class RunResult(Frozen):
    """One model on one question file, by the first scoring of its run; ``confident`` is None without probabilities."""

    name: str
    run: str
    scoring: Scoring
    samples: int
    accuracy: Estimate
    balanced_accuracy: Estimate
    answered: Estimate
    headroom: Estimate | None
    confident: Confident | None
    numbers: Numbers | None
    groups: tuple[SummaryPart, ...]


class ComparedModels(Frozen):
    """The first model minus the second on all questions; ``adjusted`` by Holm over the pairs of the table.

    ``p`` is from sign flips of whole patients, NaN from one patient; ``mid_p`` McNemar's, None where scores are shares.
    """

    first: str
    second: str
    scorings: tuple[Scoring, Scoring]
    difference: Estimate
    p: float
    adjusted: float
    mid_p: float | None


class Results(Frozen):
    """One table: every model on the same questions, beside what needs no language model."""

    cohort: str
    split: str
    design: str
    balanced: bool
    questions_sha256: str
    questions: int
    patients: int
    floors: Mapping[str, Estimate]
    group_by: str
    boosting_groups: Mapping[str, Estimate]
    models: tuple[RunResult, ...]
    pairs: tuple[ComparedModels, ...]


def results(runs: Sequence[SavedRun]) -> tuple[Results, ...]:
    """One table for every set of questions that ``runs`` answer, in the order of the runs.

    Raises:
        EvaluationError: All runs are on validation patients, or a folder has lost its answers.
    """
    calibrating = [run for run in runs if run.run.plan.questions.split == "validation"]
    together: dict[tuple[str, int], list[SavedRun]] = {}
    for run in runs:
        asked = run.run.plan.questions
        if asked.split != "validation":
            together.setdefault((asked.sha256, asked.asked), []).append(run)
    if not together:
        raise EvaluationError(
            "All of these runs are on validation patients, which only calibrate others.",
            remedy="Give a run on test patients too; `creason report` without --table shows any run.",
        )
    return tuple(_table(contents(same), calibrating) for same in together.values())


def _table(found: Contents, calibrating: Sequence[SavedRun]) -> Results:
    first = found.shown[0].run
    asked, summary = first.run.plan.questions, first.summary
    floors = {name: floor.everything for name, floor in found.floors.items()}
    overall = [(pair, pair.rows[0]) for pair in found.pairs]
    adjusted = holm([row.p for _, row in overall])
    return Results(
        cohort=asked.cohort,
        split=asked.split,
        design=f"{asked.design}-{asked.design_version}",
        balanced=asked.balanced,
        questions_sha256=asked.sha256,
        questions=summary.questions,
        patients=summary.patients,
        floors=floors or {"chance": summary.chance, "prior": summary.prior},
        group_by=first.run.plan.group_by,
        boosting_groups=found.floors["boosting"].groups if found.floors else {},
        models=tuple(_result(one, calibrating) for one in found.shown),
        pairs=tuple(
            ComparedModels(
                first=pair.first,
                second=pair.second,
                scorings=(pair.first_scoring, pair.second_scoring),
                difference=row.difference,
                p=row.p,
                adjusted=q,
                mid_p=row.mid_p,
            )
            for (pair, row), q in zip(overall, adjusted, strict=True)
        ),
    )


def _result(one: ShownRun, calibrating: Sequence[SavedRun]) -> RunResult:
    summary, main = one.run.summary, one.main
    return RunResult(
        name=one.name,
        run=one.run.name,
        scoring=main.scoring,
        samples=one.run.run.plan.samples,
        accuracy=main.accuracy,
        balanced_accuracy=main.balanced_accuracy,
        answered=main.answered,
        headroom=summary.headroom,
        confident=_confident(one, calibrating),
        numbers=summary.replies.numbers,
        groups=main.groups,
    )


def _confident(one: ShownRun, calibrating: Sequence[SavedRun]) -> Confident | None:
    sure = next((s for s in one.run.summary.scorings if s.scoring in SURE and s.confidence), None)
    if sure is None or sure.confidence is None:
        return None
    fit_on = _fitting(one.run, sure.scoring, calibrating)
    if fit_on is None:
        note = "no validation run of this model, asked in the same way on such questions, was given"
        return Confident(scoring=sure.scoring, ece=sure.confidence.ece, calibrated=None, note=note)
    plan = fit_on.run.plan
    conditions = conditions_of(plan, sure.scoring)
    try:
        fitted = calibration.fit(votes(read_answers(fit_on.folder), sure.scoring), conditions, plan.questions.sha256)
    except EvaluationError as error:
        return Confident(scoring=sure.scoring, ece=sure.confidence.ece, calibrated=None, note=error.message)
    answers = read_answers(one.run.folder)
    cast = votes(answers, sure.scoring)
    told = [
        (fitted.calibrated(vote.share, vote.feature).probability, vote.score, patient)
        for vote, patient in zip(cast, answers["patient"], strict=True)
        if vote.share is not None and fitted.speaks_of(vote.feature)
    ]
    note = f"calibrated on {plan.questions.asked:,} questions about validation patients of {plan.questions.cohort}"
    calibrated = ece(*map(list, zip(*told, strict=True)), seed=SEED) if told else None
    return Confident(scoring=sure.scoring, ece=sure.confidence.ece, calibrated=calibrated, note=note)


def _fitting(run: SavedRun, scoring: Scoring, calibrating: Sequence[SavedRun]) -> SavedRun | None:
    """The validation run that calibrates ``run``: under the same conditions, and chosen in the same way.

    Where neither run cut off a reply, their limits may differ.
    """
    mine = run.run.plan
    for other in calibrating:
        plan = other.run.plan
        whole = not (run.summary.replies.cut_off or other.summary.replies.cut_off)
        differing = conditions_of(plan, scoring).differing(conditions_of(mine, scoring), any_length=whole)
        if not differing and plan.questions.balanced == mine.questions.balanced and scoring in plan.scorings:
            return other
    return None
