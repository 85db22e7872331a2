"""What a file says of its codes, marks and units outside its table: in a column's name, a legend below, another sheet.

"Sepsis (0 = yes, 1 = no)" states what 0 is, and outranks what 0 usually means. A legend that names no column holds for
each column whose codes it explains; where its words are no levels, the codes are asked about.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from creason_core.record.codebook import Codebook, Feature
from creason_core.record.importing.cells.level_codes import folded_code, read_levels
from creason_core.record.importing.columns.headers import folded, parse_header
from creason_core.record.importing.columns.matching import is_feature
from creason_core.record.importing.files.protocol import Table
from creason_core.record.units import unit_named

_END = r"(?=\s*(?:[,;|/\n()\[\]\"”.、。]|$)|\s+-?\d{1,4}\s*[=:]|\s+(?:and|or|und|oder|et|ou|y|o|e|en|i)\s)"
_PAIR = re.compile(
    rf"(?<![\w.,])(?P<code>-?\d{{1,4}})\s*[=:]\s*[\"'“„]?(?P<word>[^\W\d][^,;=:|/\n()\[\]\"”、。]*?){_END}|"
    r"(?P<before>[^\W\d][^\W\d]*(?: [^\W\d]+)*)\s*=\s*(?P<after>-?\d{1,4})(?![\w=]|[.,]\d)"
)
_LISTED = re.compile(r"(-?\d{1,4})\s*[,.)–-]\s*([^\W\d].*)")
_BESIDE = re.compile(r"\W*-?\d{1,4}\s*[=:]\s*[^\W\d]")
_FEW = 20  # cells of a legend beside a table
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
    before, alone = "", False
    for row in rows:
        cells = [cell.strip() for cell in row]
        filled = [cell for cell in cells if cell]
        if len(filled) == 1:
            found.append(_of_a_line(filled[0], named))
            before, alone = named.get(folded(filled[0]), ""), True
            continue
        of = next((named[folded(cell)] for cell in filled if folded(cell) in named), "")
        first = cells[0] if cells else ""
        below = not of and (not first or (alone and _CODE.fullmatch(first) is not None))  # its name stands above
        before, alone = (before, alone) if below else (of, False)
        if before:
            rest = [cell for cell in filled if named.get(folded(cell)) != before]
            plain = not first or named.get(folded(first)) == before or _CODE.fullmatch(first)
            firsts.setdefault(before, set()).add("" if plain else first)
            found += [(before, said) for said in (*_coded(rest), *(() if below else rest)) if not _CODE.fullmatch(said)]
    return tuple(dict.fromkeys((of, said) for of, said in found if len(firsts.get(of, ())) < 2))


def _coded(cells: Sequence[str]) -> list[str]:
    """Codes and words that stand in cells of their own, as "1 = male"."""
    codes = [cell for cell in cells if _CODE.fullmatch(cell)]
    words = [cell for cell in cells if not _CODE.fullmatch(cell)]
    if len(codes) == 1 and len(words) == 1:
        return [f"{codes[0]} = {words[0]}"]
    return [f"{code} = {word}" for code, word in pairwise(cells) if _CODE.fullmatch(code)]


def with_legend_beside(table: Table, codebook: Codebook) -> Table:
    """``table`` with the legend that stands in a column of its own, of few cells such as "0 = yes"."""
    said: list[tuple[str, str]] = []
    for at, name in enumerate(table.columns):
        first = next((row.cells[at] for row in table.rows if row.cells[at]), "")
        if _BESIDE.match(first) and not is_feature(name, codebook):
            cells = dict.fromkeys(row.cells[at] for row in table.rows if row.cells[at])
            said += [("", cell) for cell in cells if len(cells) <= _FEW and list(_pairs(cell))]
    return replace(table, legend=(*table.legend, *said)) if said else table


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
    pairs, others = words_for(column, codes, table)
    if not pairs:
        levels = {code: level_called(word, feature) for code, word in others.items()}
        return Explained(unclear=frozenset(levels) if any(levels.values()) else frozenset())
    levels = {code: level_called(word, feature) for code, word in pairs.items()}
    known = {code: level for code, level in levels.items() if level is not None}
    numbers = {code for code in codes if _CODE.fullmatch(code)}  # of which the others may be anything then
    return Explained(known, frozenset(numbers - set(known)))


def words_for(column: str, codes: Collection[str], table: Table) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The file's words for ``codes`` (folded) of ``column``, and those of a legend that names no column."""
    own = [column, *(said for name, said in table.legend if name == column)]
    general = [said for name, said in table.legend if not name]
    pairs, others = (
        {code: word for said in texts for code, word in _pairs(said) if code in codes} for texts in (own, general)
    )
    return pairs, others


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    plain = unicodedata.normalize("NFKC", text)
    listed = [_LISTED.fullmatch(part.strip()) for part in re.split(r"[|;\n]", plain)]
    if len(listed) > 1 and all(listed):  # as a dictionary of REDCap has them: "0, No | 1, Yes"
        yield from ((folded_code(found[1]), found[2].strip()) for found in listed if found)
        return
    for found in _PAIR.finditer(plain):
        code, word = found["code"] or found["after"], found["word"] or found["before"]
        yield folded_code(code), word.strip(" .'")


def level_called(word: str, feature: Feature) -> str | None:
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
