"""What the parsing process says, line by line, and what becomes of it: a table of text.

The parsing process handles strangers' files, so that its lines are checked like a stranger's.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from creason_core.frozen import Frozen


class Columns(Frozen):
    """The columns' names; comes once, before rows."""

    kind: Literal["columns"]
    columns: tuple[str, ...]


class Rows(Frozen):
    """Rows with their numbers in the file, each as wide as the columns; ``done`` is the share of the file read."""

    kind: Literal["rows"]
    rows: list[tuple[int, list[str]]]
    done: float = 0.0


class Note(Frozen):
    """Something about the whole file."""

    kind: Literal["note"]
    message: str


class Problem(Frozen):
    """A row that cannot be used."""

    kind: Literal["problem"]
    row: int
    message: str


class Legend(Frozen):
    """A row, below the table or on another sheet, that may say what codes, marks or columns stand for."""

    kind: Literal["legend"]
    cells: tuple[str, ...]


class Delimiter(Frozen):
    """What stands between the cells of a text file."""

    kind: Literal["delimiter"]
    delimiter: str


class Sheets(Frozen):
    """The visible sheets of a workbook and the one that is read; ``open`` are those to choose from, where none was."""

    kind: Literal["sheets"]
    names: tuple[str, ...]
    chosen: str
    open: tuple[str, ...] = ()


class End(Frozen):
    """The last line when all went well; ``peak`` is the most memory held, in bytes."""

    kind: Literal["end"]
    peak: int


class Fault(Frozen):
    """The last line when the file cannot be read."""

    kind: Literal["fault"]
    message: str
    remedy: str
    peak: int


class Memory(Frozen):
    """The last line when the file needs more memory than there is."""

    kind: Literal["memory"]
    peak: int


Line = Columns | Rows | Note | Problem | Legend | Delimiter | Sheets | End | Fault | Memory
LINES: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="kind")])


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file (as a spreadsheet counts, or of the record) and its cells, as text."""

    number: int
    cells: tuple[str, ...]


NOT_NAMED = "name not known"  # of a row whose code stands in no table of names


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that cannot be used, and why; ``rule`` is what a report calls the reason."""

    number: int
    message: str
    rule: str = "row shape"


@dataclass(frozen=True)
class Table:
    """What was read: names, rows, and what its owner should know. Every row has a cell for every column.

    ``delimiter`` stood between the cells of a text file; "" for formats that know numbers from text. ``sheets`` are a
    workbook's sheets, or the events of a REDCap export, and ``sheet`` the one that was read. ``open`` are those of
    which a person should choose one, where the file leaves it open. ``legend`` has what a legend says: of a column by
    its name, or of "".
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    delimiter: str = ""
    open: tuple[str, ...] = ()
    legend: tuple[tuple[str, str], ...] = ()

    def column(self, name: str, first: int | None = None) -> list[str]:
        """The cells of a column, row by row; of the ``first`` rows only where given."""
        at = self.columns.index(name)
        return [row.cells[at] for row in self.rows[:first]]
