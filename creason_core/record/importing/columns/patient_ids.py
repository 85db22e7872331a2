"""What a cell of a column of patients names: a patient, nobody, or an id that a spreadsheet has shortened."""

import re
import unicodedata
from collections.abc import Sequence

from creason_core.errors import UploadError
from creason_core.record.identifiers import shown_column
from creason_core.record.importing.files.protocol import Table

_INITIALS = 4  # letters of a name's initials
WHOLE_IDS = "Export the ids as text, or choose another column of patients."
_NOBODY = frozenset("na n/a n.a. nan null nil none - -- --- . ? unknown unk missing <na> #n/a".split())
_ERROR = re.compile(r"#+|#[A-Z/0]+[?!]?")  # of a spreadsheet: no name of anybody
_SHORTENED = re.compile(r"\d[.,]\d+E\+?\d+|\dE\+\d+", re.IGNORECASE)
_DIGITS = 15  # of a number that a spreadsheet keeps; those after them become 0
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_ZEROS = re.compile(r"(?<![\d.,])0+(?=\d)")


def key_of(cell: str) -> str:
    """What tells a patient apart; "" for a cell that names nobody."""
    plain = cell.strip()
    whole, point, rest = plain.partition(".")
    if point and whole.isdigit() and rest.strip("0") == "":
        return whole  # a spreadsheet's 7.0 is the 7 of the next file
    return "" if plain.casefold() in _NOBODY or (plain[:1] == "#" and _ERROR.fullmatch(plain)) else plain


def plain_key(key: str) -> str:
    """What tells a patient apart, without zeros before a number, spaces and signs of thousands, in small letters."""
    plain = unicodedata.normalize("NFKC", key)
    plain = plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain
    return _ZEROS.sub("", "".join(plain.split())).casefold()


def unlike_others(cells: Sequence[str]) -> frozenset[str]:
    """Ids of words among numbers or initials: in whatever language, they may be called "mean" or "lower limit"."""
    ids = {key for key in map(key_of, cells) if key}
    numbered = {key for key in ids if any(map(str.isdigit, key))}
    initials = {key for key in ids - numbered if len(key) <= _INITIALS and key.isupper()}
    others = ids - numbered - (initials if len(initials) > len(numbered) else frozenset())
    return frozenset(others) if 2 * len(others) <= len(ids) else frozenset()


def shortened(cells: Sequence[str]) -> tuple[int, int] | None:
    """Two places of one id that a spreadsheet has shortened ("1.23E+10", zeros after 15 digits); None for none."""
    first: dict[str, int] = {}
    long = {cell for each in cells if len(cell := each.strip()) > _DIGITS and cell.isdecimal()}
    several = len(long) > 1 or any(len(cell) > _DIGITS + 1 for cell in long)
    cut = long if several and not any(cell[_DIGITS:].strip("0") for cell in long) else set()
    for place, each in enumerate(cells):
        cell = each.strip()
        if (cell in cut or _SHORTENED.fullmatch(cell)) and first.setdefault(cell, place) != place:
            return first[cell], place
    return None


def refuse_shortened(table: Table, column: str) -> None:
    """Refuses a column of patients in which several rows have one shortened id.

    Raises:
        UploadError: It may be of several patients.
    """
    if found := shortened(table.column(column)):
        one, other = (table.rows[place].number for place in found)
        raise UploadError(
            f"Rows {one} and {other} have one id in '{shown_column(column)}', and a spreadsheet has shortened it: it "
            "may be of several patients.",
            remedy=WHOLE_IDS,
        )
