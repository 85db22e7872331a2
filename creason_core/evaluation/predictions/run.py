"""One evaluation of predictions: an outcome and an engine → how far its probabilities are from what came about.

Each patient in whom the outcome is recorded is one question, as the page *Outcome* asks it: from what is known before,
with several drawn replies. The folder holds ``predictions-plan.json``, ``completions.jsonl`` as they arrive,
``predictions.jsonl`` (a line a patient) and ``predictions-result.json``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal

from creason_core import __version__
from creason_core.cohort.cohort import Cohort, split_hash
from creason_core.errors import EvaluationError
from creason_core.evaluation.baselines.outcome import outcome_baseline
from creason_core.evaluation.plan import Call, Model
from creason_core.evaluation.plan_folder import FolderPlan, Stored, ToAsk, ask_all, prompts_hash
from creason_core.evaluation.predictions.figures import BrierDifference, Figures, ProbabilityRow, differences, row
from creason_core.evaluation.run import Progress, held_folder
from creason_core.evaluation.summary import MIN_OF_EACH
from creason_core.files import write_whole
from creason_core.frozen import Frozen
from creason_core.model.engines.base import Engine
from creason_core.question.confidence import count_votes
from creason_core.question.kinds import Prediction
from creason_core.question.outcome import build_outcome, weighed_probability
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Time

PLAN = "predictions-plan.json"
PREDICTIONS = "predictions.jsonl"
RESULT = "predictions-result.json"
RATE, BOOSTING, LOGPROBS = "rate of the training patients", "gradient boosting", "log-probabilities"


class PredictionPlan(FolderPlan):
    """Everything that determines the replies: ``samples`` drawn ones to each of ``patients``.

    ``as_of`` is when that is known from which the outcome is predicted, ``logprobs`` whether the engine is asked how
    likely it finds each letter.
    """

    predictions: Literal[1] = 1
    outcome: str
    label: str
    as_of: Time
    known: str
    cohort: str
    cohort_hash: str
    codebook_hash: str
    split: Literal["train", "validation", "test"]
    split_hash: str
    seed: int
    patients: int
    samples: int
    logprobs: bool

    @property
    def calls(self) -> tuple[Call, ...]:
        """The replies to every question."""
        return tuple(Call(f"sample {k}", k, self.temperature) for k in range(self.samples))


@dataclass(frozen=True, slots=True)
class PredictionsWanted:
    """What to evaluate. ``limit`` takes so many of the patients, the same for every run.

    ``as_of`` None: the last time before the outcome.
    """

    outcome: str
    folder: Path
    split: Literal["train", "validation", "test"]
    as_of: Time | None
    samples: int
    temperature: float
    max_tokens: int
    concurrency: int
    seed: int
    limit: int | None


class Predicted(Frozen):
    """A patient's line: what came about, and each probability of it, None where there is none."""

    patient: str
    came: bool
    answered: int
    probabilities: Mapping[str, float | None]


class PredictionsResult(Figures):
    """The figures of the engine and of the floors; ``came`` counts the patients in whom the outcome came about.

    ``short`` counts those to whom fewer than two replies gave an answer, so that the vote is no probability.
    """

    plan: PredictionPlan
    finished: str
    program: str
    came: int
    short: int
    note: str
    rows: tuple[ProbabilityRow, ...]
    differences: tuple[BrierDifference, ...]


@dataclass(frozen=True)
class _Posed:
    task: Prediction
    case: PatientCase

    @property
    def came(self) -> bool:
        return self.task.question.key == self.task.question.event


def evaluate(wanted: PredictionsWanted, engine: Engine, cohort: Cohort, progress: Progress) -> PredictionsResult:
    """Asks what is not yet stored in the folder, then writes and returns the figures.

    Raises:
        EvaluationError: The engine cannot answer, the folder belongs to something else or to another process, or too
            few patients have or lack the outcome.
        QuestionError: It is no yes/no outcome, or nothing is known before it.
    """
    posed = _posed(wanted, cohort)
    plan = _plan(wanted, cohort, posed, engine)
    asked = _to_ask(posed, logprobs=plan.logprobs)
    with held_folder(wanted.folder) as folder:
        plan, stored = ask_all(folder / PLAN, plan, asked, engine, concurrency=wanted.concurrency, progress=progress)
        lines, notes = [], set[str]()
        for one in posed:
            line, note = _predicted(one, plan, stored, cohort)
            lines.append(line)
            notes.add(note)
        result = _result(plan, lines, " ".join(sorted(notes - {""})))
        write_whole(folder / PREDICTIONS, "".join(f"{line.model_dump_json()}\n" for line in lines))
        write_whole(folder / RESULT, result.model_dump_json(indent=1) + "\n")
    return result


def _posed(wanted: PredictionsWanted, cohort: Cohort) -> tuple[_Posed, ...]:
    """The patients in whom the outcome is recorded, those of the lowest SHA-256 where there is a limit."""
    feature = cohort.codebook.feature(wanted.outcome)
    part = list(cohort.split[wanted.split])
    values = cohort.table.loc[part, feature.name]
    recorded = [name for name, known in zip(part, cohort.measured(feature, values), strict=True) if known]
    chosen = sorted(recorded, key=lambda patient: sha256(patient.encode()).hexdigest())[: wanted.limit]
    posed = []
    for patient in chosen:
        case = cohort.case(patient)
        question = build_outcome(case, feature.name, cohort, seed=wanted.seed, as_of=wanted.as_of)
        posed.append(_Posed(Prediction(question, cohort.codebook), case))
    came = sum(one.came for one in posed)
    if min(came, len(posed) - came) < MIN_OF_EACH:
        raise EvaluationError(
            f"{feature.label} came about in {came} of {len(posed)} {wanted.split} patients; it takes {MIN_OF_EACH} "
            "with it and as many without.",
            remedy="Take more patients. Nothing was asked.",
        )
    return tuple(posed)


def _plan(wanted: PredictionsWanted, cohort: Cohort, posed: Sequence[_Posed], engine: Engine) -> PredictionPlan:
    task = posed[0].task
    return PredictionPlan(
        outcome=wanted.outcome,
        label=task.feature.label,
        as_of=task.question.as_of,
        known=task.known,
        cohort=cohort.name,
        cohort_hash=cohort.content_hash,
        codebook_hash=cohort.codebook.content_hash,
        split=wanted.split,
        split_hash=split_hash(cohort.split),
        seed=wanted.seed,
        patients=len(posed),
        prompts=prompts_hash(_to_ask(posed, logprobs=False)),
        model=Model(**asdict(engine.identity)),
        samples=wanted.samples,
        temperature=wanted.temperature,
        max_tokens=wanted.max_tokens,
        logprobs=engine.capabilities.logprobs,
    )


def _to_ask(posed: Sequence[_Posed], *, logprobs: bool) -> list[ToAsk]:
    return [ToAsk(one.task.question.id, one.task, one.case, logprobs) for one in posed]


def _predicted(one: _Posed, plan: PredictionPlan, stored: Stored, cohort: Cohort) -> tuple[Predicted, str]:
    """The probabilities of one patient's outcome, as the page tells them, and why boosting gives none."""
    task, question = one.task, one.task.question
    replies = [stored[question.id, call.name] for call in plan.calls]
    orders = [task.order(call.sample) for call in plan.calls]
    options = [task.presented(order).parse(reply.text).option for reply, order in zip(replies, orders, strict=True)]
    vote = count_votes(options, len(question.options))
    voted = task.probability(vote)
    whole = [
        reply.logprobs or ()
        for reply, option in zip(replies, options, strict=True)
        if option is not None and reply.finish_reason != "length"
    ]
    weighed = weighed_probability(whole, question.event)
    floor = outcome_baseline(cohort, question, one.case)
    probabilities = {
        _vote(plan): voted.value if voted else None,
        LOGPROBS: weighed.value if weighed else None,
        RATE: floor.rate.value,
        BOOSTING: floor.boosting,
    }
    line = Predicted(patient=one.case.patient, came=one.came, answered=vote.answered, probabilities=probabilities)
    return line, floor.note


def _vote(plan: PredictionPlan) -> str:
    return f"vote of {plan.samples} samples"


def _result(plan: PredictionPlan, lines: Sequence[Predicted], note: str) -> PredictionsResult:
    came = [line.came for line in lines]
    by_name = {name: [line.probabilities[name] for line in lines] for name in lines[0].probabilities}
    known = {name: values for name, values in by_name.items() if any(value is not None for value in values)}
    floors = [name for name in (RATE, BOOSTING) if name in known]
    return PredictionsResult(
        plan=plan,
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        program=__version__,
        came=sum(came),
        short=sum(line.answered < 2 for line in lines),
        note=note,
        rows=tuple(row(name, came, values) for name, values in known.items()),
        differences=differences(came, known, floors),
    )
