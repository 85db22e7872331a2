"""What a person must decide before an import is saved, and what was decided."""

from dataclasses import dataclass
from typing import Literal

from creason_core.frozen import Frozen
from creason_core.record.units import Conversion

Action = Literal["convert", "keep", "leave out"]
Asks = Literal[
    "identifiers", "units", "row", "rejected", "unit suspected", "confirm", "contradiction", "reason",
    "codes", "missing codes", "decimal sign",
    "patients", "stays", "alike", "centres", "blanks", "repeats", "times", "untimed", "origin", "which", "portions",
    "columns", "replaced",
]  # fmt: skip


class Decision(Frozen):
    """What a person decided about one value, or with ``row`` 0 about all open ones of a feature.

    ``convert`` takes the suspected unit, ``keep`` needs a reason, ``leave out`` drops the value. ``about`` is the
    question that it answers ("" for any): an unusual value that is kept may still contradict another.
    """

    feature: str
    action: Action
    row: int = 0
    reason: str = ""
    about: Asks | Literal[""] = ""


class CodeMeaning(Frozen):
    """What a person said that one code of a column means, in all of its cells (``coding`` has the meanings)."""

    column: str
    code: str
    means: str


class Decisions(Frozen):
    """Everything decided so far; a new review takes them all into account.

    ``cleared`` are texts in reasons that look like identifiers and are none, as the person said. ``apart`` are the
    questions about many values that are asked in parts instead, by their ``Question.many``.
    """

    values: tuple[Decision, ...] = ()
    leave_out_rejected: bool = False
    units_confirmed: bool = False
    identifiers_seen: bool = False
    cleared: tuple[str, ...] = ()
    codes: tuple[CodeMeaning, ...] = ()
    apart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedCode:
    """A code of a column, how many cells have it, and what it may mean: each meaning with its words."""

    code: str
    count: int
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a person must decide before anything is saved; ``row`` 0 is about the whole table.

    ``codes`` are those of ``column``, of which each needs a meaning; where ``columns`` has any, of all of those alike.
    Where it has ``options``, the answer is one of them (what is meant, and in words), and goes into the mapping.
    ``shown`` is the value in question, as a report may show it. A question about many values has all of them as
    ``values`` (feature and row) and a name, ``many``; the answer is one about each of them.
    """

    asks: Asks
    row: int
    feature: str
    message: str
    remedy: str
    suspected: tuple[Conversion, ...] = ()
    may_keep: bool = False  # with a reason
    column: str = ""
    codes: tuple[AskedCode, ...] = ()
    columns: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    shown: str = ""
    values: tuple[tuple[str, int], ...] = ()
    many: str = ""
