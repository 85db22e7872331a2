"""Columns that could be one part of a row, or hold one feature, with others: which of them counts, a person says.

What they say decides. Where they say the same in every row one is taken, and the others are named; where a name says
that it is of another time ("ordered") or of another column (the unit of a second value) there is nothing to choose.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from creason_core.record.codebook import Codebook, Feature
from creason_core.record.importing.cells.level_codes import folded_code, read_levels
from creason_core.record.importing.columns.copies import COPY
from creason_core.record.importing.columns.headers import folded, parse_header
from creason_core.record.importing.columns.mapping import Rivals, Role, TableMapping, Why, target_feature
from creason_core.record.importing.columns.matching import matches
from creason_core.record.importing.columns.role_cells import same_start
from creason_core.record.importing.columns.roles import Guess, guess
from creason_core.record.importing.columns.specimens import words_of_others
from creason_core.record.importing.columns.times import looks_like_time
from creason_core.record.importing.contents.agreeing import (
    converted_differ,
    is_plain_number,
    specimens_differ,
    times_differ,
    units_differ,
    values_differ,
)
from creason_core.record.importing.contents.column_units import stated
from creason_core.record.importing.files.protocol import Table
from creason_core.record.units import unit_for

_READ = 0.5  # of a column's first values, to be one of its feature at all
_SURE = 0.9
_ROWS, _NAMES = 5_000, 300  # rows of which times are compared; different names of tests
_LONGER = 4  # letters by which the beginning of a name says to which column it belongs
_COUNTS: Mapping[str, frozenset[str]] = {  # words by which a name says what the codebook asks for
    "highest": frozenset("max maximum highest".split()),
    "lowest": frozenset("min minimum lowest".split()),
    "first": frozenset("first initial adm admission aufnahme ingreso opname t0".split()),
    "last": frozenset(["last"]),
}
_LIKE: Mapping[str, tuple[Role, ...]] = {"time": ("clock",)}
_ROLES: Mapping[str, tuple[Role, ...]] = {
    "wide": ("time", "admission"),
    "long": ("name", "value", "unit", "time", "admission", "specimen"),
}
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Claim:
    """A column whose name is a feature's: how well, why, and the share of its first values that can be read as it."""

    column: str
    feature: Feature
    score: float
    why: Why
    share: float


def of_feature(table: Table, claims: Sequence[Claim]) -> tuple[str, Rivals | None]:
    """The column of several that holds a feature, "" where a person must say it, and those of which it is one."""
    filled = [claim for claim in claims if any(table.column(claim.column))] or list(claims)
    good = [claim for claim in filled if claim.share >= _READ] or filled
    good = [claim for claim in good if claim.score >= _SURE] or good  # the others are in a unit of something else
    ranked = sorted(good, key=lambda claim: -claim.score)
    own = [claim for claim in ranked if _is_stated(claim)]
    counted = [claim for claim in ranked if _is_counted(claim)]
    for told in (ranked, own, counted):
        if len(told) == 1:
            return told[0].column, None
    names = tuple(claim.column for claim in ranked)
    filled_most = {name: sum(map(bool, table.column(name))) for name in names}
    for claim in sorted(ranked, key=lambda claim: (-filled_most[claim.column], -_told(table, claim))):
        if not any(_differ(table, claim, other) for other in ranked if other is not claim):
            rest = tuple(name for name in names if name != claim.column)
            return claim.column, Rivals(
                role="feature", target=claim.feature.name, columns=(claim.column, *rest), alike=True
            )
    return "", Rivals(role="feature", target=ranked[0].feature.name, columns=names)


def _is_stated(claim: Claim) -> bool:
    """Whether a column has a code or the registry's own name for the feature, which is no word ("crea1")."""
    return claim.why == "LOINC" or (claim.why == "name" and any(map(str.isdigit, claim.feature.name)))


def _is_counted(claim: Claim) -> bool:
    """Whether a column's name says that it has those of several values that the codebook asks for."""
    return not _COUNTS.get(claim.feature.counts or "", frozenset()).isdisjoint(parse_header(claim.column).key.split())


def _told(table: Table, claim: Claim) -> bool:
    """Whether nothing need be asked of a column: words for levels, or numbers in the codebook's unit."""
    if claim.feature.numeric:
        return _unit(claim) in {"", claim.feature.unit}
    return not read_levels(Counter(table.column(claim.column)), claim.feature, {}).asked


def _unit(claim: Claim) -> str:
    unit = unit_for(claim.feature, parse_header(claim.column).written)
    return unit.code if unit else ""


def _differ(table: Table, taken: Claim, other: Claim) -> bool:
    """Whether a column says something that the one that is taken does not."""
    pairs = list(_pairs(table, taken.column, other.column))
    if any(two and not one for one, two in pairs):
        return True
    both = [(one, two) for one, two in pairs if one and two]
    if not taken.feature.numeric:
        return _levels_differ(both, taken.feature)
    units = _unit(taken), _unit(other)
    if all(units) and units[0] != units[1]:
        return any(converted_differ(one, two, units, taken.feature) for one, two in both)
    return any(values_differ(one, two) for one, two in both)


def _levels_differ(pairs: Sequence[Pair], feature: Feature) -> bool:
    """Whether two columns tell different levels; a code that nobody knows may be any, but one level only."""
    known = [read_levels(Counter(cells), feature, {}).meanings for cells in zip(*pairs, strict=True)]
    same: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for cells in pairs:
        codes = [folded_code(cell) for cell in cells]
        one, two = (known[at].get(code) for at, code in enumerate(codes))
        if one is not None and two is not None:
            if one != two:
                return True
        elif any(same[at].setdefault(codes[at], codes[1 - at]) != codes[1 - at] for at in (0, 1)):
            return True
    return False


def _pairs(table: Table, one: str, other: str, rows: int | None = None) -> Iterable[Pair]:
    """The different pairs of cells that two columns have in a row."""
    return dict.fromkeys(zip(table.column(one, rows), table.column(other, rows), strict=True))


def with_rivals(table: Table, mapping: TableMapping, codebook: Codebook) -> TableMapping:
    """``mapping`` with the columns that could have the role of another."""
    guesses = {name: found for name in table.columns if (found := guess(COPY.sub("", name)))}
    used = _used(table, mapping)
    several = [
        _of_role(table if role == "name" else used, mapping, role, guesses, codebook) for role in _ROLES[mapping.layout]
    ]
    return mapping.model_copy(update={"rivals": (*mapping.rivals, *(one for one in several if one))})


def _used(table: Table, mapping: TableMapping) -> Table:
    """The rows of a long table whose tests are features, or may be: of others it does not matter what they say."""
    name = mapping.column("name")
    if mapping.layout == "wide" or name is None:
        return table
    at = table.columns.index(name.column)
    names = {item.name for item in mapping.names if item.target or item.suggested}
    return replace(table, rows=tuple(row for row in table.rows if row.cells[at] in names))


def _of_role(
    table: Table, mapping: TableMapping, role: Role, guesses: Mapping[str, Guess], codebook: Codebook
) -> Rivals | None:
    item = mapping.column(role)
    if item is None:
        return None
    taken, roles, free = (
        item.column,
        {role, *_LIKE.get(role, ())},
        {one.column for one in mapping.columns if one.role == "ignored"},
    )
    others = [
        name for name in table.columns if name in free and name in guesses and guesses[name].role in roles
        and _holds(table, role, name) and not _said_otherwise(role, taken, name, guesses, mapping)
    ]  # fmt: skip
    differing = [name for name in others if _say_other_things(table, mapping, role, (taken, name), codebook)]
    if not others or (role == "name" and not differing):
        return None
    return Rivals(role=role, columns=(taken, *(differing or others)), alike=not differing)


def _holds(table: Table, role: Role, name: str) -> bool:
    """Whether a column holds what its name says: units are no numbers, and times can be read."""
    cells = [cell for cell in table.column(name, _ROWS) if cell]
    if role == "unit":
        return any(stated(cell) and not is_plain_number(cell) for cell in cells)
    if role in {"time", "admission"}:
        return any(map(looks_like_time, cells))
    return bool(cells)


def _said_otherwise(role: Role, taken: str, other: str, guesses: Mapping[str, Guess], mapping: TableMapping) -> bool:
    """Whether a column's name says that it is of something else than the one that is taken."""
    if role == "time" and taken in guesses:
        return guesses[other].rank < guesses[taken].rank
    value = mapping.column("value")
    if role == "unit" and value:
        return same_start(value.column, taken) >= same_start(value.column, other) + _LONGER
    return False


def _say_other_things(table: Table, mapping: TableMapping, role: Role, names: Pair, codebook: Codebook) -> bool:
    if role == "value":
        return _other_values(table, mapping, names, codebook)
    if role == "name":
        return _other_tests(table, *names, codebook)
    differ: Callable[[str, str], bool] = {"unit": units_differ, "specimen": specimens_differ}.get(role, times_differ)
    rows = _ROWS if differ is times_differ else None
    return any(differ(one, other) for one, other in _pairs(table, *names, rows))


def _other_values(table: Table, mapping: TableMapping, names: Pair, codebook: Codebook) -> bool:
    """Whether two columns hold different results, or one a number where the other has nothing.

    Results whose own columns of units say different units are the same where one is the other converted; of what is
    mapped to nothing, and in a unit that is not known, nobody can tell.
    """
    taken, other = names
    unit, called = mapping.column("unit"), mapping.column("name")
    of_taken = unit.column if unit else ""
    of_other = own_unit(table, other)
    own = of_taken and of_other not in {"", of_taken} and same_start(other, of_other) >= _LONGER
    columns = [taken, other, *([of_taken, of_other, called.column] if own and called else [])]
    places = [table.columns.index(name) for name in columns]
    features = {item.name: target_feature(item.target, codebook) for item in mapping.names if item.target}
    for one, two, *beside in dict.fromkeys(tuple(row.cells[at] for at in places) for row in table.rows):
        if beside and units_differ(beside[0], beside[1]):
            feature = features.get(beside[2])
            codes = [found.code for cell in beside[:2] if feature and (found := unit_for(feature, cell))]
            if feature is None or len(codes) < 2 or not one or not is_plain_number(two):
                continue
            if converted_differ(one, two, (codes[0], codes[1]), feature):
                return True
            continue
        if values_differ(one, two) or (not one and is_plain_number(two)):
            return True
    return False


def own_unit(table: Table, value: str) -> str:
    """The column of units whose name is most like that of a column of values; "" for none."""
    units = [name for name in table.columns if (found := guess(name)) and found.role == "unit"]
    return max(units, key=lambda name: same_start(value, name), default="")


def _other_tests(table: Table, taken: str, other: str, codebook: Codebook) -> bool:
    """Whether two columns name different features in a row, or the other one another specimen than what is taken."""
    pairs = [pair for pair in _pairs(table, taken, other) if all(pair) and folded(pair[0]) != folded(pair[1])]
    pairs = pairs[:_NAMES]
    known: dict[str, Feature | None] = {name: _feature(name, codebook) for pair in pairs for name in pair}
    for one, two in pairs:
        first, second = known[one], known[two]
        if first and second and first.name != second.name:
            return True
        if first and first.numeric and not words_of_others(first).isdisjoint(folded(two).split()):
            return True
    return False


def _feature(name: str, codebook: Codebook) -> Feature | None:
    found = matches(name[:80], codebook)
    return found[0].feature if found and found[0].same and found[0].score >= _SURE else None
