"""The decimal sign of a column, read from all of its numbers: "0,900" can be read in one way only, "1,100" in two.

A group of thousands has three digits and follows one to three that do not begin with 0. Where every number of a
column can be read in two ways, and nothing else in the table tells which is meant, the sign is asked for.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from creason_core.record.importing.cells.values import COMMA_ONLY, POINT_ONLY, Decimal
from creason_core.record.importing.files.protocol import Table

_LOOKED_AT = 500  # rows of a table that tell its sign
_NUMBER = re.compile(r"[<>≤≥~≈=\s]*([+\-−]?[\d.,]*\d[\d.,]*(?:[eE][+-]?\d+)?)")
_PLAIN = re.compile(r"-?(?P<whole>\d+)(?:(?:(?P<point>\.)|(?P<comma>,))(?:\d{1,2}|\d{4,}))?")
_TYPED = re.compile(r"-?\d+\.\d+")
_EITHER = re.compile(r"[+\-−]?[1-9]\d{0,2}(?P<sign>[.,])\d{3}")
_GROUPED = re.compile(r"[+\-−]?[1-9]\d{0,2}(?:(?:,\d{3})+\.\d*|(?:\.\d{3})+,\d*|(?:,\d{3}){2,}|(?:\.\d{3}){2,})")


@dataclass(frozen=True, slots=True)
class TableSign:
    """The decimal sign that a whole table tells, None for none; ``typed``: its format knows numbers from text."""

    decimal: Decimal | None = None
    typed: bool = False


@dataclass(slots=True)
class _Signs:
    """How many different numbers of a column are of each form."""

    comma_only: int = 0
    point_only: int = 0
    commas: int = 0  # "1,100", of either reading
    points: int = 0  # "1.100"
    grouped: bool = False  # thousands are certainly grouped, or values just below a thousand stand beside
    example: str = ""

    @property
    def either(self) -> int:
        return self.commas + self.points


def _signs(cells: Iterable[str]) -> _Signs:
    found = _Signs()
    for cell in set(cells):
        if plain := _PLAIN.fullmatch(cell):  # most cells of most tables
            found.point_only += bool(plain["point"])
            found.comma_only += bool(plain["comma"])
            found.grouped |= len(plain["whole"]) >= 3
            continue
        match = _NUMBER.match(cell)
        if match is None:
            continue
        number = match[1]
        if either := _EITHER.fullmatch(number):
            found.commas += either["sign"] == ","
            found.points += either["sign"] == "."
            found.example = min(found.example or number, number)
            continue
        found.comma_only += bool(COMMA_ONLY.fullmatch(number))
        found.point_only += bool(POINT_ONLY.fullmatch(number))
        found.grouped |= bool(_GROUPED.fullmatch(number)) or len(re.split("[.,]", number.lstrip("+-−"))[0]) >= 3
    return found


def column_decimal(
    cells: Iterable[str], table: Decimal | None, *, typed: bool = False, whole: bool = False
) -> Decimal | None:
    """The decimal sign of a column's ``cells``; None where its numbers can be read in two ways.

    ``table`` is the sign of the rest of the table, None where that tells none; ``typed`` says that numbers come from a
    format that knows numbers (a workbook, JSON, Parquet), and so with a point; ``whole`` that what the column holds is
    told in whole numbers, so that three decimals in each of them are more likely a group of thousands.
    """
    signs = _signs(cells)
    ahead = signs.comma_only - signs.point_only
    own: Decimal | None = "comma" if ahead > 0 else "point" if ahead < 0 else None
    if not signs.either:
        return own or table or "point"
    if signs.comma_only and signs.point_only:
        return None
    decimal = own or table
    if decimal is None:
        if signs.grouped and not (signs.commas and signs.points):
            return "point" if signs.commas else "comma"
        return "point" if typed and not signs.commas else None
    grouping = signs.points if decimal == "comma" else signs.commas
    if own is None and not typed and signs.either > grouping and (whole or signs.grouped):
        return None
    return None if grouping and (typed or not signs.grouped) else decimal


def cell_decimal(text: str, decimal: Decimal, *, typed: bool) -> Decimal:
    """The sign of one cell in a column of ``decimal``: a number of a format that knows numbers always has a point."""
    return "point" if typed and _TYPED.fullmatch(text) else decimal


def table_decimal(table: Table) -> Decimal | None:
    """The sign that a table's numbers tell, by those with one reading or by a ``;`` between cells with commas."""
    return sign_of_columns((table.column(name, _LOOKED_AT) for name in table.columns), table.delimiter)


def sign_of_columns(columns: Iterable[Iterable[str]], delimiter: str) -> Decimal | None:
    """The same of columns of cells, with what stood between cells in a text file ("" for other formats)."""
    each = [_signs(cells) for cells in columns]
    ahead = sum(signs.comma_only - signs.point_only for signs in each)
    if ahead:
        return "comma" if ahead > 0 else "point"
    commas, points = sum(signs.commas for signs in each), sum(signs.points + signs.point_only for signs in each)
    return "comma" if delimiter == ";" and commas and not points else None


def two_readings(cells: Iterable[str]) -> tuple[str, str, str]:
    """A number of ``cells`` with two readings, and both: with a decimal point, and with a comma ("1,100", "1100")."""
    example = _signs(cells).example
    grouped, decimal = re.sub("[.,]", "", example), re.sub("[.,]", ".", example)
    return (example, grouped, decimal) if "," in example else (example, decimal, grouped)
