"""One measurement, from a question file and an engine to a figure; a run that was stopped goes on.

Every question is asked as it is; where the reply chooses an option and cites a value, twice more: without one cited
value and without one that it does not cite. All replies are greedy with the same order of the options, so that what
moves an answer is what was hidden. The folder holds ``faithfulness-plan.json``, ``completions.jsonl`` as they arrive,
and at the end ``faithfulness.json``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from creason_core import __version__
from creason_core.cohort.cohort import Cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation.asking import AskedCompletion, Asker
from creason_core.evaluation.completions import CompletionLog, StoredCompletion
from creason_core.evaluation.faithfulness.pairs import CallName, HiddenPair, pair_of
from creason_core.evaluation.faithfulness.saved import Faithfulness, FaithfulnessPlan
from creason_core.evaluation.plan import Call, Model
from creason_core.evaluation.run import COMPLETIONS, Progress, chosen_rows, described, held_folder
from creason_core.files import is_partial, write_whole
from creason_core.metrics.intervals import mean
from creason_core.model.engines.base import Engine
from creason_core.question.hiding_more import hide_more
from creason_core.question.kinds import MaskedValue
from creason_core.question.masked_value import MultipleChoiceQuestion
from creason_core.question.prompts import PROMPT_VERSION
from creason_core.question.task import Prepared
from creason_core.question.vectorised.table import read_questions

PLAN = "faithfulness-plan.json"
RESULT = "faithfulness.json"


@dataclass(frozen=True, slots=True)
class MeasuringWanted:
    """What to measure. ``limit`` takes so many questions, the same for every run, whatever the file's order."""

    question_file: Path
    folder: Path
    max_tokens: int
    concurrency: int
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class MeasuredQuestion:
    """One question: the option of each reply (canonical index, None where it gave none)."""

    patient: str
    base: int
    cited: int | None
    uncited: int | None


def measure(wanted: MeasuringWanted, engine: Engine, cohort: Cohort, progress: Progress) -> Faithfulness:
    """Asks what is not yet stored in the folder, then writes and returns the figure.

    Raises:
        EvaluationError: The engine cannot answer, the folder belongs to something else or to another process, or no
            reply cited a value.
        QuestionError: The question file does not fit the cohort.
    """
    table = read_questions(wanted.question_file)
    table.require(cohort)
    rows = chosen_rows(table, wanted.limit)
    health = engine.health()
    if not health.ready:
        raise EvaluationError(
            f"The engine cannot answer: {health.note}", remedy="Every completion so far is kept; try again later."
        )
    plan = FaithfulnessPlan(
        questions=described(table, len(rows)),
        model=Model(**asdict(engine.identity)),
        max_tokens=wanted.max_tokens,
        prompt_version=PROMPT_VERSION,
    )
    with held_folder(wanted.folder) as folder:
        _claim(folder, plan)
        asking = _Asking(tuple(table.question(row, cohort) for row in rows), cohort, plan.max_tokens)
        with CompletionLog(folder / COMPLETIONS) as log:
            asker = Asker(engine, concurrency=wanted.concurrency)
            progress.begun(3 * len(rows), len(log.stored))
            asker.run(asking.first(_stored(log.stored)), log, progress.arrived)
            pairs = asking.pairs(_stored(log.stored))
            asker.run(asking.second(pairs, _stored(log.stored)), log, progress.arrived)
            found = _figure(plan, asking.measured(pairs, _stored(log.stored)), asking.answered(_stored(log.stored)))
        write_whole(folder / RESULT, found.model_dump_json(indent=1) + "\n")
    return found


_Stored = Mapping[tuple[str, str], StoredCompletion]


def _stored(completions: Sequence[StoredCompletion]) -> _Stored:
    return {(one.question, one.call): one for one in completions}


@dataclass(frozen=True)
class _Asking:
    """The questions of a run, and what is asked of each."""

    questions: tuple[MultipleChoiceQuestion, ...]
    cohort: Cohort
    max_tokens: int

    def first(self, stored: _Stored) -> Iterator[AskedCompletion]:
        """Every question as it is."""
        for question in self.questions:
            yield from self._asked(question, "base", None, stored)

    def pairs(self, stored: _Stored) -> Mapping[str, HiddenPair]:
        """What is hidden of each question whose reply chooses an option and cites a value, by the question's id."""
        found = {}
        for question in self.questions:
            reply = stored[question.id, "base"]
            if self._option(question, reply) is not None:
                case, order = self.cohort.case(question.patient), self._task(question).order(0)
                if pair := pair_of(reply.text, question, case, self.cohort.codebook, order):
                    found[question.id] = pair
        return found

    def second(self, pairs: Mapping[str, HiddenPair], stored: _Stored) -> Iterator[AskedCompletion]:
        """Each of them without the one value, and without the other."""
        for question in self.questions:
            if pair := pairs.get(question.id):
                yield from self._asked(question, "cited", pair.cited, stored)
                yield from self._asked(question, "uncited", pair.uncited, stored)

    def measured(self, pairs: Mapping[str, HiddenPair], stored: _Stored) -> list[MeasuredQuestion]:
        """What came of them."""
        found = []
        for question in self.questions:
            if question.id in pairs:
                base, cited, uncited = (
                    self._option(question, stored[question.id, call]) for call in ("base", "cited", "uncited")
                )
                assert base is not None
                found.append(MeasuredQuestion(question.patient, base, cited, uncited))
        return found

    def answered(self, stored: _Stored) -> int:
        """How many of the questions were answered as they are."""
        return sum(self._option(one, stored[one.id, "base"]) is not None for one in self.questions)

    def _asked(
        self, question: MultipleChoiceQuestion, call: CallName, hidden: str | None, stored: _Stored
    ) -> Iterator[AskedCompletion]:
        if (question.id, call) not in stored:
            yield AskedCompletion(question.id, Call(call, 0, 0.0), False, partial(self._prepared, question, hidden))

    def _prepared(self, question: MultipleChoiceQuestion, hidden: str | None) -> Prepared:
        case = self.cohort.case(question.patient)
        shown = question if hidden is None else hide_more(question, [hidden], case, self.cohort.codebook)
        return self._task(shown).prepare(case, sample=0, temperature=0.0, max_tokens=self.max_tokens)

    def _task(self, question: MultipleChoiceQuestion) -> MaskedValue:
        return MaskedValue(question, self.cohort.codebook)

    def _option(self, question: MultipleChoiceQuestion, reply: StoredCompletion) -> int | None:
        task = self._task(question)
        return task.presented(task.order(0)).parse(reply.text).option


def _figure(plan: FaithfulnessPlan, measured: Sequence[MeasuredQuestion], answered: int) -> Faithfulness:
    if not measured:
        raise EvaluationError(
            "No reply chose an option and cited a value of its record, so there is nothing to hide.",
            remedy="Ask a model that was trained for these questions.",
        )
    patients = [one.patient for one in measured]
    cited = [float(one.cited != one.base) for one in measured]
    uncited = [float(one.uncited != one.base) for one in measured]
    apart = [moved - other for moved, other in zip(cited, uncited, strict=True)]
    return Faithfulness(
        plan=plan,
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        program=__version__,
        answered=answered,
        citing=len(measured),
        cited=mean(cited, patients),
        uncited=mean(uncited, patients),
        difference=mean(apart, patients, least=-1.0),
    )


def _claim(folder: Path, plan: FaithfulnessPlan) -> None:
    """Writes the plan into an empty folder, or checks it against the one that is there."""
    path = folder / PLAN
    if not path.exists():
        if any(one.name != ".lock" and not is_partial(one) for one in folder.iterdir()):
            raise EvaluationError(f"{folder} holds other files.", remedy="Choose another --out.")
        write_whole(path, plan.model_dump_json(indent=1) + "\n")
        return
    try:
        kept = FaithfulnessPlan.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise EvaluationError(
            f"{path} cannot be read: {type(error).__name__}.", remedy="Choose another --out."
        ) from error
    if kept.hash != plan.hash:
        differ = [name.replace("_", " ") for name, value in plan if getattr(kept, name) != value]
        raise EvaluationError(
            f"The folder {folder} belongs to another measurement; different: {', '.join(differ)}.",
            remedy="Nothing was asked. Choose another --out, or give the options that the folder was started with.",
        )
