"""A file of questions to the guidelines, read strictly: what a figure counts as right must be right itself.

``docs/guidelines.md`` has the form. A recommendation that the library lacks, or that was not in force on the day of the
questions, could never be found, and would only make every engine worse; so it is refused.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Literal, get_args

import yaml
from pydantic import Field, ValidationError

from creason_core.errors import EvaluationError
from creason_core.evaluation.guideline_answers.records import Value, record
from creason_core.frozen import Frozen
from creason_core.guideline.library import Library
from creason_core.guideline.reading import OnceLoader, in_sentences
from creason_core.guideline.refusals import MAX_QUESTION

Kind = Literal["answerable", "superseded", "conflict", "missing", "unanswerable", "refused"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ANSWERED: frozenset[Kind] = frozenset({"answerable", "superseded", "conflict", "missing"})
OWN = "questions.yaml"
_MOST_BYTES = 10_000_000
_REMEDY = "Correct the file and ask again; docs/guidelines.md has its form."


class AskedQuestion(Frozen):
    """One question. ``relevant`` are ids of recommendations that should be found, best first.

    ``old`` are superseded ones that may not be listed as current, ``lacks`` is the fact that an answer needs and the
    record does not have. ``held_out``: kept for the end.
    """

    kind: Kind
    patient: str
    ask: str = Field(min_length=1, max_length=MAX_QUESTION)
    relevant: tuple[str, ...] = ()
    old: tuple[str, ...] = ()
    lacks: str = ""
    held_out: bool = False


class QuestionSet(Frozen):
    """Questions about patients, and the ``day`` on which they are asked, by which is known what is in force."""

    title: str = Field(min_length=1)
    day: date
    patients: Mapping[str, Mapping[str, Value]]
    questions: tuple[AskedQuestion, ...] = Field(min_length=1)

    @cached_property
    def hash(self) -> str:
        """SHA-256 (hex) of all that it says, however the file writes it."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def part(self, *, held_out: bool) -> tuple[AskedQuestion, ...]:
        """The questions for tuning, or those kept for the end.

        Raises:
            EvaluationError: There are none.
        """
        found = tuple(one for one in self.questions if one.held_out == held_out)
        if not found:
            told = "is kept for the end (held_out: true)" if held_out else "is for tuning: all are kept for the end"
            remedy = "Ask without --held-out." if held_out else "Ask with --held-out."
            raise EvaluationError(f"None of the {len(self.questions)} questions {told}.", remedy=remedy)
        return found


def read_question_set(path: Path | None, library: Library) -> QuestionSet:
    """The questions in the YAML file ``path``, or this project's own; they fit ``library``.

    Raises:
        EvaluationError: The file cannot be read or breaks a rule; the message says where.
    """
    origin = str(path) if path else OWN
    try:
        if path and path.stat().st_size > _MOST_BYTES:
            raise _broken(origin, [f"it has more than {_MOST_BYTES // 1_000_000} MB"])
        own = files("creason_core.evaluation.guideline_answers") / OWN
        text = path.read_text(encoding="utf-8") if path else own.read_text(encoding="utf-8")
        content = yaml.load(text, Loader=OnceLoader)  # noqa: S506 — a safe loader, and stricter
        found = QuestionSet.model_validate(content)
    except OSError as error:
        raise EvaluationError(f"The question file {origin} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        told = [f"{_place(one['loc'])}: {one['msg'].removeprefix('Value error, ')}" for one in error.errors()]
        raise _broken(origin, told) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:  # the last: no UTF-8, or a day that there is not
        raise _broken(origin, [" ".join(str(error).split())]) from error
    if wrong := tuple(_problems(found, library)):
        raise _broken(origin, list(wrong))
    return found


def _problems(found: QuestionSet, library: Library) -> Iterator[str]:
    for name, values in found.patients.items():
        try:
            record(name, values, library.vocabulary)
        except EvaluationError as error:
            yield f"patient {name}: {error}"
    seen: dict[tuple[str, str], int] = {}
    for number, one in enumerate(found.questions, 1):
        where = f"question {number} ('{one.ask[:60]}')"
        yield from (f"{where}: {told}" for told in _wrong(one, found, library))
        first = seen.setdefault((one.patient, one.ask), number)
        if first != number:
            yield f"{where}: it is asked of the same patient as question {first}"


def _wrong(one: AskedQuestion, found: QuestionSet, library: Library) -> Iterator[str]:
    if one.patient not in found.patients:
        yield f"there is no patient '{one.patient}'"
    if not one.ask.strip():
        yield "it is empty"
    if bool(one.relevant) != (one.kind in ANSWERED):
        yield f"one that is {one.kind} {'needs' if one.kind in ANSWERED else 'has no'} relevant recommendations"
    if bool(one.lacks) != (one.kind == "missing"):
        yield f"one that is {one.kind} {'needs a' if one.kind == 'missing' else 'has no'} fact that it lacks"
    if one.kind == "superseded" and not one.old:
        yield "one that is superseded needs the old recommendations"
    if one.lacks and not library.vocabulary.knows(one.lacks):
        yield f"the library has no patient fact '{one.lacks}'"
    for names, allowed, rule in (
        (one.relevant, {"current", "draft"}, "in force"),
        (one.old, {"superseded"}, "superseded"),
    ):
        if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
            yield f"{twice[0]} stands there twice"
        for name in names:
            if name not in library.by_id:
                yield f"the library has no recommendation '{name}'"
            elif (status := library.status(library.by_id[name], found.day)) not in allowed:
                yield f"{name} is {status} on {found.day}, and it must be {rule}"


def _place(where: tuple[int | str, ...]) -> str:
    """Where something is wrong, counted from one."""
    return " → ".join(str(part + 1 if isinstance(part, int) else part) for part in where) or "the file"


def _broken(origin: str, told: list[str]) -> EvaluationError:
    return EvaluationError(f"The question file {origin} is not valid: {in_sentences(told)}", remedy=_REMEDY)
