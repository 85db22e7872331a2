"""What a file says of its codes, marks and units outside its table: in a column's name, a legend below, another sheet.

"Sepsis (0 = yes, 1 = no)" states what 0 is, and outranks what 0 usually means. A legend that names no column holds for
each column whose codes it explains; where its words are no levels, the codes are asked about.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from creason_core.record.codebook import Feature
from creason_core.record.importing.headers import folded, parse_header
from creason_core.record.importing.level_codes import folded_code, read_levels
from creason_core.record.importing.protocol import Table
from creason_core.record.units import unit_named

_END = r"(?=\s*(?:[,;|/\n()\[\]\"”.、。]|$)|\s+-?\d{1,4}\s*[=:]|\s+(?:and|or|und|oder|et|ou|y|o|e|en|i)\s)"
_PAIR = re.compile(
    rf"(?<![\w.,])(?P<code>-?\d{{1,4}})\s*[=:]\s*[\"'“„]?(?P<word>[^\W\d][^,;=:|/\n()\[\]\"”、。]*?){_END}|"
    r"(?P<before>[^\W\d][^\W\d]*(?: [^\W\d]+)*)\s*=\s*(?P<after>-?\d{1,4})(?![\w=]|[.,]\d)"
)
_CODE = re.compile(r"-?\d{1,4}")
_MARK = re.compile(r"([*!]+)\s*[=:]?\s*[^\W\d]")
_AFTER_NAME = re.compile(r"\s*[:=,(\-–|]\s*")


@dataclass(frozen=True)
class Explained:
    """What a legend says of a column's codes: the level of each ("" for not recorded), and those to be asked about."""

    meanings: Mapping[str, str] = field(default_factory=dict)
    unclear: frozenset[str] = frozenset()


def read_legend(rows: Iterable[Sequence[str]], columns: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """What rows of a legend say, each with the column that it is said of, "" for none."""
    named = {folded(name): name for name in columns}
    named |= {key: name for name in columns if (key := parse_header(name).key) and key not in named}
    found: list[tuple[str, str]] = []
    firsts: dict[str, set[str]] = {}  # what stands first in the rows of a name: of values these are many
    before = ""
    for row in rows:
        cells = [cell.strip() for cell in row]
        filled = [cell for cell in cells if cell]
        if len(filled) == 1:
            found.append(_of_a_line(filled[0], named))
            continue
        of = next((named[folded(cell)] for cell in filled if folded(cell) in named), "")
        below = not of and cells[:1] == [""]  # the name stands in the first row of its codes
        before = before if below else of
        if before:
            rest = [cell for cell in filled if named.get(folded(cell)) != before]
            coded = [f"{code} = {word}" for code, word in pairwise(rest) if _CODE.fullmatch(code)]
            firsts.setdefault(before, set()).add("" if below or named.get(folded(cells[0])) == before else cells[0])
            found += [(before, said) for said in (*coded, *(() if below else rest)) if not _CODE.fullmatch(said)]
    return tuple(dict.fromkeys((of, said) for of, said in found if len(firsts.get(of, ())) < 2))


def _of_a_line(text: str, named: Mapping[str, str]) -> tuple[str, str]:
    """A line of a legend with the column whose name it begins with."""
    for key, name in sorted(named.items(), key=lambda item: -len(item[0])):
        for start in (name, key):
            rest = text[len(start) :]
            if key and text.casefold().startswith(start.casefold()) and (mark := _AFTER_NAME.match(rest)):
                return name, rest[mark.end() :]
    return "", text


def explained(column: str, texts: Iterable[str], feature: Feature, table: Table) -> Explained:
    """What the name of ``column`` and the table's legend say of its codes ``texts``, as levels of ``feature``."""
    codes = {folded_code(text) for text in texts}
    own = [column, *(said for name, said in table.legend if name == column)]
    general = [said for name, said in table.legend if not name]
    pairs = {code: word for said in own for code, word in _pairs(said) if code in codes}
    if not pairs:
        others = {code: word for said in general for code, word in _pairs(said) if code in codes}
        levels = {code: _level(word, feature) for code, word in others.items()}
        return Explained(unclear=frozenset(levels) if any(levels.values()) else frozenset())
    levels = {code: _level(word, feature) for code, word in pairs.items()}
    known = {code: level for code, level in levels.items() if level is not None}
    numbers = {code for code in codes if _CODE.fullmatch(code)}  # of which the others may be anything then
    return Explained(known, frozenset(numbers - set(known)))


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    for found in _PAIR.finditer(unicodedata.normalize("NFKC", text)):
        code, word = found["code"] or found["after"], found["word"] or found["before"]
        yield folded_code(code), word.strip(" .'")


def _level(word: str, feature: Feature) -> str | None:
    """The level that a word of a legend names, "" for not recorded; None where it names neither."""
    return read_levels({word: 1}, feature, {}).meanings.get(folded_code(word))


def marks(table: Table) -> frozenset[str]:
    """The signs beside numbers that a legend explains ("* haemolysed"): such are no laboratory's flags."""
    return frozenset(found[1][0] for _, said in table.legend if (found := _MARK.match(said)))


def with_legend_units(table: Table) -> Table:
    """``table`` with the units that a legend states in the names of columns that state none."""
    units: dict[str, set[str]] = {}
    for name, said in table.legend:
        if name and (unit := unit_named(said)) and unit.code != "1":
            units.setdefault(name, set()).add(said)
    given = {
        name: said.pop()
        for name, said in units.items()
        if len({unit.code for text in said if (unit := unit_named(text))}) == 1 and parse_header(name).unit is None
    }
    if not given:
        return table
    note = f"The units of {len(given):,} column{'s are' if len(given) > 1 else ' is'} those of a legend."
    names = tuple(f"{name} [{given[name]}]" if name in given else name for name in table.columns)
    legend = tuple((f"{name} [{given[name]}]" if name in given else name, said) for name, said in table.legend)
    return replace(table, columns=names, legend=legend, notes=(*table.notes, note))
