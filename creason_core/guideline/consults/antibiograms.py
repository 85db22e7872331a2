"""The hospital's antibiograms: added, which are in force, and what they say of the drugs that a text names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from creason_core.errors import GuidelineError
from creason_core.guideline.consults.antibiogram_files import NOTHING, ReadAntibiogram
from creason_core.guideline.consults.drugs import antibiotics
from creason_core.store.hospital.antibiograms import (
    MAX_NAME,
    Antibiogram,
    AntibiogramRow,
    add_antibiogram,
    antibiograms_in,
    rows_of,
)
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now


@dataclass(frozen=True, slots=True)
class ShelvedAntibiogram:
    """What was added, and the antibiogram that it superseded or is superseded by, where there is one."""

    antibiogram: Antibiogram
    superseded: Antibiogram | None
    newer: Antibiogram | None


@dataclass(frozen=True, slots=True)
class InForce:
    """An antibiogram that holds, with its rows."""

    antibiogram: Antibiogram
    rows: tuple[AntibiogramRow, ...]

    def of(self, drugs: Sequence[str]) -> tuple[AntibiogramRow, ...]:
        """The rows of these drugs, by the names of ``antibiotics``, in the order of the drugs and then of the file."""
        called: Mapping[AntibiogramRow, str] = {row: antibiotics().called(row.drug) for row in self.rows}
        return tuple(row for drug in dict.fromkeys(drugs) for row in self.rows if called[row] == drug)


def add(db: Database, user: str, read: ReadAntibiogram, title: str) -> ShelvedAntibiogram:
    """Adds an antibiogram of the hospital or ward called ``title``: the one with the latest period there is in force.

    Raises:
        GuidelineError: Nobody has said of where it is, or the same file is there under that name.
        StoreError: Nothing was written.
    """
    title = " ".join(title.split())
    if not 3 <= len(title) <= MAX_NAME:
        raise GuidelineError(
            f"{read.file_name}: nobody has said of which hospital or ward it is, in 3 to {MAX_NAME} characters.",
            remedy=f"Say it, for example 'St Elsewhere, intensive care'. {NOTHING}",
        )
    made = Antibiogram(
        uuid4().hex[:12], read.sha256, read.file_name, title, read.start, read.end, user, now()
    )  # fmt: skip
    before: list[Antibiogram | None] = [None]

    def refuse(every: Sequence[Antibiogram]) -> None:
        for one in every:
            if one.sha256 == made.sha256 and _same(one, made) and (one.start, one.end) == (made.start, made.end):
                raise GuidelineError(
                    f"{read.file_name} was added already for {one.title}, as {one.id}.", remedy=NOTHING
                )  # fmt: skip
        before[0] = newest([one for one in every if _same(one, made)])

    add_antibiogram(db, made, read.rows, refuse)
    last = before[0]
    if last is not None and newest([last, made]) is last:
        return ShelvedAntibiogram(made, None, last)
    return ShelvedAntibiogram(made, last, None)


def newest(those: Sequence[Antibiogram]) -> Antibiogram | None:
    """The one of the latest period, of two the one that was added later; None of none."""
    return max(those, key=lambda one: (one.end, one.start, one.created), default=None)


def in_force(
    db: Database, read: Callable[[Database, str], tuple[AntibiogramRow, ...]] = rows_of
) -> tuple[InForce, ...]:
    """The antibiogram that holds for each hospital or ward, in the order in which they were first named.

    ``read`` gives the rows of an antibiogram by its id, under which they never change: it may keep them.

    Raises:
        StoreError: The database cannot be read.
    """
    return tuple(InForce(one, read(db, one.id)) for one in holding(antibiograms_in(db)))


def holding(every: Sequence[Antibiogram]) -> tuple[Antibiogram, ...]:
    """Those of ``every`` that are superseded by none."""
    places: dict[str, list[Antibiogram]] = {}
    for one in every:
        places.setdefault(one.title.casefold(), []).append(one)
    return tuple(found for those in places.values() if (found := newest(those)))


def period(one: Antibiogram) -> str:
    """The period in words: one day, or from when until when."""
    return f"{one.start}" if one.start == one.end else f"{one.start} to {one.end}"


def told(row: AntibiogramRow) -> str:
    """A row as a sentence; a share of too few isolates is said to be one."""
    said = f"{row.organism}, {row.drug}: {percent(row.share)} of {row.tested:,} susceptible"
    return f"{said} (too few isolates: fewer than 30 say little)" if row.few else said


def percent(share: float) -> str:
    """A share (0 to 1) in percent, without decimals that it does not have."""
    return f"{round(share * 100, 1):g} %"


def _same(one: Antibiogram, other: Antibiogram) -> bool:
    return one.title.casefold() == other.title.casefold()


def age_told(one: Antibiogram, today: date) -> str:
    """How long ago the period ended, where that is over two years; empty else."""
    years = (today - one.end).days / 365.25
    return f"Its period ended {years:.0f} years ago." if years > 2 else ""
