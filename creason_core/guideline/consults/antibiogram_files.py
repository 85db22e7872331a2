"""A file with a local antibiogram becomes checked rows: organism × drug, how many were tested, the susceptible share.

The file is read like every upload of a table, in a process held to its limits. One row that cannot be right refuses the
whole file: an antibiogram with a hole in it misleads.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from creason_core.errors import GuidelineError, UploadError
from creason_core.guideline.consults.drugs import antibiotics
from creason_core.guideline.consults.periods import one_period
from creason_core.guideline.consults.shares import PERCENT, Kind, kind_of, number_column, share_of
from creason_core.guideline.words import plain
from creason_core.record.importing.columns.headers import folded
from creason_core.record.importing.files import limits
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.importing.reading import read_table
from creason_core.store.hospital.antibiograms import MAX_NAME, AntibiogramRow

MOST_ROWS = 20_000
MOST_TESTED = 10_000_000
MOST_TOLD = 8  # faults that one refusal tells
NOTHING = "Nothing was added."

_NAMES: Mapping[str, frozenset[str]] = {
    "organism": frozenset({"organism", "organisms", "pathogen", "species", "bacterium", "microorganism"}),
    "drug": frozenset({"drug", "antibiotic", "antimicrobial", "agent", "antibiotic name", "drug name"}),
    "n": frozenset({"n", "tested", "isolates", "n tested", "number tested", "isolates tested", "no of isolates",
                    "number of isolates", "n isolates", "no tested", "no isolates", "number of isolates tested"}),
    "susceptible": frozenset({"susceptible", "s", "share", "share susceptible", "susceptible share", "susceptibility",
                              "proportion susceptible", "susceptible proportion", "fraction susceptible",
                              "susceptible fraction", "rate susceptible", "susceptibility rate"}),
    "period": frozenset({"period", "year", "time period", "date range"}),
}  # fmt: skip
_WANTED = "organism, drug, n, % susceptible, period"


@dataclass(frozen=True)
class ReadAntibiogram:
    """What a file holds, checked: ``start`` and ``end`` are days of its period; ``notes`` are what to know of it."""

    file_name: str
    sha256: str
    rows: tuple[AntibiogramRow, ...]
    start: date
    end: date
    notes: tuple[str, ...]


def read_antibiogram(
    data: bytes, file_name: str, *, today: date, period: str = "", share: Kind | None = None, sheet: str = ""
) -> ReadAntibiogram:
    """The antibiogram in a file. ``period`` and ``share`` are what a person says where the file does not.

    Raises:
        UploadError: The file is no table that can be read.
        GuidelineError: It is no antibiogram, or something in it cannot be right or could mean two things.
    """
    table = read_table(data, file_name, sheet=sheet)
    _refuse_table(table, file_name)
    columns = _columns(table, file_name)
    start, end = one_period(_cells(table, columns.get("period", "")), period, today, file_name)
    rows = _rows(table, columns, share, file_name)
    unknown = sorted({row.drug for row in rows if not antibiotics().called(row.drug)})
    few = sum(row.few for row in rows)
    notes = [f"{few} of {len(rows)} rows rest on fewer than 30 isolates and are marked as too few."] * bool(few)
    if unknown:
        notes.append(f"Not known as antibiotics by these names, and so shown beside no option: {', '.join(unknown)}.")
    return ReadAntibiogram(file_name, hashlib.sha256(data).hexdigest(), rows, start, end, (*table.notes, *notes))


def read_file(
    file: Path, *, today: date, period: str = "", share: Kind | None = None, sheet: str = ""
) -> ReadAntibiogram:
    """``read_antibiogram`` of a file of this computer.

    Raises:
        UploadError, GuidelineError: As ``read_antibiogram``, or the file cannot be opened.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(limits.FILE_BYTES + 1)
    except OSError as error:
        raise UploadError(f"{file} cannot be read: {error.strerror}.") from error
    return read_antibiogram(data, file.name, today=today, period=period, share=share, sheet=sheet)


def _refuse_table(table: Table, name: str) -> None:
    if table.open:
        raise GuidelineError(
            f"{name} has several sheets ({', '.join(table.open)}), and nobody has said which one to read.",
            remedy=f"Say it with --sheet, or save that sheet alone. {NOTHING}",
        )
    if table.problems:
        first = table.problems[0]
        raise GuidelineError(f"{name}, row {first.number}: {first.message}", remedy=f"Mend the row. {NOTHING}")
    if not table.rows:
        raise GuidelineError(f"{name} has no rows.", remedy=f"It needs the columns {_WANTED}. {NOTHING}")
    if len(table.rows) > MOST_ROWS:
        raise GuidelineError(
            f"{name} has {len(table.rows):,} rows; an antibiogram has at most {MOST_ROWS:,}.",
            remedy=f"Give the shares, a row for each organism and drug, not the isolates. {NOTHING}",
        )


def _columns(table: Table, name: str) -> dict[str, str]:
    """Which column holds what, by its name."""
    found: dict[str, str] = {}
    for column in table.columns:
        words = folded(re.sub(r"[%()]", " ", column)).split()
        bare = " ".join(word for word in words if word not in PERCENT)
        what = next((what for what, names in _NAMES.items() if bare in names), None)
        if what != "susceptible" and ("%" in column or PERCENT & set(words)):
            what = None  # a percentage of isolates is no number of them
        if what is None:
            raise GuidelineError(
                f"{name} has the column '{column}', which an antibiogram does not have.",
                remedy=f"Leave it out or name it as one of: {_WANTED}. Rows for each organism and drug. {NOTHING}",
            )
        if what in found:
            raise GuidelineError(
                f"{name} has two columns for {what}: '{found[what]}' and '{column}'.",
                remedy=f"Leave one of them out. {NOTHING}",
            )
        found[what] = column
    if missing := [what for what in _NAMES if what not in found and what != "period"]:
        raise GuidelineError(
            f"{name} has no column for {' and '.join(missing)}.", remedy=f"It needs: {_WANTED}. {NOTHING}"
        )
    return found


def _cells(table: Table, column: str) -> list[tuple[int, str]]:
    """The cells of a column with the numbers of their rows; none where there is no such column."""
    if not column:
        return []
    at = table.columns.index(column)
    return [(row.number, row.cells[at].strip()) for row in table.rows]


def _rows(table: Table, columns: Mapping[str, str], told: Kind | None, name: str) -> tuple[AntibiogramRow, ...]:
    shares, tested = _cells(table, columns["susceptible"]), _cells(table, columns["n"])
    kind = kind_of(columns["susceptible"], shares, told, name)
    share_sign = number_column(table, columns["susceptible"], [text for _, text in shares], name)
    n_sign = number_column(table, columns["n"], [text for _, text in tested], name, whole=True)
    faults: list[str] = []
    rows = []
    for place, row in enumerate(table.rows):
        cells = {what: row.cells[table.columns.index(column)].strip() for what, column in columns.items()}
        try:
            _refuse_names(row, cells)
            n = _count(row, n_sign(cells["n"]), cells["n"])
            share = share_of(row.number, cells["susceptible"], share_sign(cells["susceptible"]), kind, n)
        except GuidelineError as error:
            faults.append(str(error))
        else:
            rows.append(AntibiogramRow(place + 1, " ".join(cells["organism"].split()), cells["drug"], n, share))
    faults += _doubled(table.rows, rows) if not faults else []
    if faults:
        more = f" And {len(faults) - MOST_TOLD} more." if len(faults) > MOST_TOLD else ""
        raise GuidelineError(f"{name}: {' '.join(faults[:MOST_TOLD])}{more}", remedy=NOTHING)
    return tuple(rows)


def _refuse_names(row: Row, cells: Mapping[str, str]) -> None:
    for what in ("organism", "drug"):
        if not cells[what]:
            raise GuidelineError(f"Row {row.number} names no {what}. Name it, or leave the row out.")
        if len(cells[what]) > MAX_NAME:
            raise GuidelineError(f"Row {row.number}: its {what} has over {MAX_NAME} characters. Shorten it.")


def _count(row: Row, number: float | None, text: str) -> int:
    if number is None or not number.is_integer() or not 1 <= number <= MOST_TESTED:
        raise GuidelineError(
            f"Row {row.number}: n = '{text}' is no number of isolates, which is whole and at least 1. "
            "Correct it, or leave out what was not tested."
        )
    return int(number)


def _doubled(read: Iterable[Row], rows: Iterable[AntibiogramRow]) -> list[str]:
    """A sentence for each organism and drug that has two rows; "E. coli" and "Escherichia coli" are one."""
    seen: dict[tuple[str, str, str], list[tuple[str, int]]] = {}
    faults = []
    for source, row in zip(read, rows, strict=True):
        genus, _, rest = plain(row.organism).partition(" ")
        drug = antibiotics().called(row.drug) or plain(row.drug)
        others = seen.setdefault((genus[:1], rest, drug), [])
        for other, number in others:
            if other == genus or (rest and (other.startswith(genus) or genus.startswith(other))):
                faults.append(f"Row {source.number} is {row.organism} and {row.drug} again, as row {number}. Keep one.")
                break
        others.append((genus, source.number))
    return faults
