"""By which columns a table and a table of names are joined: the codes that both have, and what makes them codes.

Which columns that are may be evident; where it is not a person says it. Codes may be such only with a second column:
what ICD calls E8881 depends on its version.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from creason_core.record.importing.columns.role_words import words_of
from creason_core.record.importing.columns.roles import guess
from creason_core.record.importing.files.protocol import Table

_SAME, _OTHER = 0.5, 0.9  # of the codes, that stand in a column called the same, or called otherwise
_ONCE = 0.9  # of the cells of a key that differ
# Words of columns that say of which list a code is: the same code of another list is another thing.
_LIST_WORDS = frozenset(
    "version vocabulary terminology codesystem codesystems catalog catalogue katalog revision edition dbsource "
    "hospital site laboratory labor standort klinik".split()
)
_KINDS = 50  # different cells of such a column
_FLOAT = re.compile(r"\d+\.0")  # as a spreadsheet may write a whole number
OF_ROWS = frozenset({"patient", "encounter", "time", "clock", "admission", "value"})  # roles that tell no codes


@dataclass(frozen=True, slots=True)
class Key:
    """A column of codes, the column of the table of names that has them too, and how many codes of how many it has.

    ``alike`` says that the two are called the same, ``once`` that no code, or hardly one, stands there twice. ``also``
    are pairs of columns that must agree besides: a code is one only with what stands there. ``whole`` is false where
    the tables have such columns that do not agree, so that the codes alone say less than both tables do.
    """

    column: str
    names: str
    found: int
    codes: int
    alike: bool
    once: bool = True
    also: tuple[tuple[str, str], ...] = ()
    whole: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table of values."""
        return (self.column, *(column for column, _ in self.also))

    @property
    def of_names(self) -> tuple[str, ...]:
        """Those of the table of names, in the same order."""
        return (self.names, *(column for _, column in self.also))

    @property
    def said(self) -> str:
        """In words: "'ITEMID' (430 of 442 codes found)", "'lab' with its 'concept_id' (2 of 2 codes found)"."""
        own, its = (" and ".join(f"'{name}'" for name in names) for names in (self.columns, self.of_names))
        with_its = "" if self.alike and self.columns == self.of_names else f" with its {its}"
        return f"{own}{with_its} ({self.found:,} of {self.codes:,} codes found)"


def keys(table: Table, names: Table) -> tuple[Key, ...]:
    """The columns by which ``table`` can be joined with a table of names, the likeliest first."""
    here = {name: set(_filled(table, name)) for name in table.columns if "row" not in words_of(name)[:1]}
    there = {name: Counter(_filled(names, name)) for name in names.columns}
    found = []
    for its, known in there.items():
        for column, codes in here.items():
            alike = _alike((column, its))
            if not alike and role_of(column) in OF_ROWS:
                continue
            plain = _spelling(codes, known)
            hits = len({plain(code) for code in codes} & {plain(code) for code in known})
            once = len(known) >= _ONCE * known.total()
            if hits and hits >= (_SAME if alike else _OTHER) * len(codes):
                key = _with_lists(table, names, Key(column, its, hits, len(codes), alike, once), here, there)
                found += [key] if alike or key.once else []
    most = {key: len(here[key.column]) for key in found}
    found.sort(key=lambda key: (not key.alike, not key.once, -key.found / key.codes, -most[key]))
    kept: list[Key] = []  # of a code and its list the code says more
    for key in sorted(found, key=lambda key: -most[key]):
        beside = {pair for one in kept for pair in one.also}
        kept += [] if (key.column, key.names) in beside else [key]
    return tuple(key for key in found if key in kept)


def evident(found: Sequence[Key]) -> Key | None:
    """The key of which there is no other reading: the only one of columns that are called the same."""
    alike = [key for key in found if key.alike and key.once] or [key for key in found if key.alike]
    return alike[0] if len(alike) == 1 and alike[0].whole else None


def _with_lists(
    table: Table, names: Table, key: Key, here: Mapping[str, Collection[str]], there: Mapping[str, Collection[str]]
) -> Key:
    """``key`` with the columns that say of which list a code is.

    They are called so in both tables, or codes that stand twice in the table of names differ by them.
    """
    pairs = [
        (column, its)
        for its, known in there.items()
        for column, cells in here.items()
        if column != key.column and its != key.names and 0 < len(cells) <= _KINDS and len(known) <= _KINDS
        and role_of(column) not in OF_ROWS
    ]  # fmt: skip
    stated = tuple(pair for pair in pairs if _alike(pair) and _LIST_WORDS & set(words_of(pair[0])))
    also = stated or _telling_apart(table, names, key, [pair for pair in pairs if _known(here, there, pair)])
    if not also:
        return key
    both = replace(key, also=also, alike=key.alike and all(map(_alike, also)))
    spelled = spellings(table, names, both)
    known = Counter(codes_of(names, both.of_names, spelled))
    codes = set(codes_of(table, both.columns, spelled))
    found = len(codes & known.keys())
    if not found:
        return replace(key, whole=False)
    whole = found >= _SAME * len(codes)
    return replace(both, found=found, codes=len(codes), once=len(known) >= _ONCE * known.total(), whole=whole)


def _telling_apart(
    table: Table, names: Table, key: Key, pairs: Sequence[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """Of ``pairs`` one by which codes of the table that stand twice in the table of names differ, if there is one."""
    spelled = spellings(table, names, key)
    used = set(codes_of(table, key.columns, spelled))
    told = [code if code in used else None for code in codes_of(names, key.of_names, spelled)]
    twice = {code for code, count in Counter(told).items() if code and count > 1}
    for pair in sorted(pairs, key=_alike, reverse=True) if twice else ():
        cells = zip(told, names.column(pair[1]), strict=True)
        several = Counter(code_and_list for code_and_list in cells if code_and_list[0] in twice)
        if max(several.values()) == 1:
            return (pair,)
    return ()


def _known(here: Mapping[str, Collection[str]], there: Mapping[str, Collection[str]], pair: tuple[str, str]) -> bool:
    """Whether what stands in the first column of a pair stands in the second too."""
    cells, known = here[pair[0]], there[pair[1]]
    return sum(cell in known for cell in cells) >= (_SAME if _alike(pair) else _OTHER) * len(cells)


def _alike(pair: tuple[str, str]) -> bool:
    """Whether two columns are called the same."""
    return words_of(pair[0]) == words_of(pair[1]) or "".join(words_of(pair[0])) == "".join(words_of(pair[1]))


def _filled(table: Table, column: str) -> list[str]:
    return [code for cell in table.column(column) if (code := cell.strip())]


def _spelling(here: Collection[str], there: Collection[str]) -> Callable[[str], str]:
    """How codes of two columns are written alike: a spreadsheet's 7.0 is 7, and ICD's 401.0 is not 401."""
    if not set(here).isdisjoint(there) or not any(all(map(_FLOAT.fullmatch, codes)) for codes in (here, there)):
        return str.strip
    return lambda cell: cell.strip().removesuffix(".0") if _FLOAT.fullmatch(cell.strip()) else cell.strip()


def spellings(table: Table, names: Table, key: Key) -> list[Callable[[str], str]]:
    """The same for each of a key's columns."""
    pairs = zip(key.columns, key.of_names, strict=True)
    return [_spelling(set(_filled(table, column)), set(_filled(names, its))) for column, its in pairs]


def codes_of(
    table: Table, columns: Sequence[str], spelled: Sequence[Callable[[str], str]]
) -> Iterator[tuple[str, ...] | None]:
    """The code of each row, with what makes it one; None where it is empty."""
    places = [table.columns.index(column) for column in columns]
    for row in table.rows:
        code = tuple(plain(row.cells[place]) for place, plain in zip(places, spelled, strict=True))
        yield code if code[0] else None


def role_of(column: str) -> str:
    """The role that a column's name speaks for; "" where there is none."""
    found = guess(column)
    return found.role if found else ""
