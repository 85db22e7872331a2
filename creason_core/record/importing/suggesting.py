"""A mapping to start from: every column matched by name, label, LOINC or alias, with a score, a reason and its unit.

A suggestion that is not certain says so; where two columns fit a feature equally well, none is taken.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from creason_core.errors import CaseError, UploadError
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.importing.headers import ORDINARY, Header, folded, parse_header
from creason_core.record.importing.mapping import (
    ColumnMap,
    NameMap,
    Role,
    TableMapping,
    UnitFrom,
    Why,
    target_feature,
    targets,
)
from creason_core.record.importing.protocol import Row, Table
from creason_core.record.importing.values import Decimal, decimal_of, is_missing, parse_cell
from creason_core.record.units import (
    alternatives,
    analyte_with_loinc,
    comes_in,
    convert,
    loinc_allows,
    needs_asking,
    plausible_share,
    unit_for,
)

_NAMES_OF_ROLES: Mapping[Role, str] = {
    "patient": "patient|patient id|patientid|subject|subject id|pid|id|case|case id|stay id|hadm id|encounter|"
    "encounter id|mrn|record|record id|record number|patient number|patient no|study id|person id|환자번호|등록번호",
    "name": "feature|variable|parameter|test|test name|analyte|item|measure|measurement|observation|code|label|lab|"
    "component|loinc|loinc code|itemid|검사명|항목",
    "value": "value|result|reading|valuenum|result value|test value|numeric value|결과|값|수치",
    "unit": "unit|units|uom|valueuom|unit of measure|단위",
    "time": "time|datetime|date time|timestamp|charttime|collected|collection time|hour|hours|offset|measured at|"
    "date|observed at|effective|시간|일시",
}
_ROLE_NAMES: Mapping[str, Role] = {name: role for role, names in _NAMES_OF_ROLES.items() for name in names.split("|")}
_SIMILAR = 0.8  # below this two names are not alike
_PREFIX = 4  # letters from which the beginning of a name counts, as in "crea"
_SAMPLE = 200
_FIRST_ROWS = 5_000  # of a long table, for examples
_CLEAR = 0.9  # of the values, to tell a unit by them


@dataclass(frozen=True, slots=True)
class Match:
    """A feature that a name may stand for, how well (0 to 1) and why."""

    feature: Feature
    score: float
    why: Why


def matches(name: str, codebook: Codebook, loinc: str = "") -> tuple[Match, ...]:
    """The features that ``name`` may stand for, best first; none where nothing is alike."""
    header = parse_header(name)
    found = [_match(header, loinc or header.loinc, feature) for feature in targets(codebook)]
    return tuple(sorted((match for match in found if match), key=lambda match: -match.score))


def _match(header: Header, loinc: str, feature: Feature) -> Match | None:
    coded = _of_code(loinc, feature)
    if coded:
        return Match(feature, 1.0, "LOINC")
    if coded is False or not header.key:
        return None
    if header.key in {feature.name, folded(feature.name)}:
        return Match(feature, 1.0, "name")
    label = folded(feature.label)
    names: list[tuple[str, Why]] = [(label, "label"), *((folded(alias), "alias") for alias in feature.aliases)]
    for score, key in ((0.97, header.key), (0.92, header.bare)):
        for known, why in names:
            if key == known:
                return Match(feature, score if why == "label" else score - 0.02, why)
    if len(header.bare) >= _PREFIX and any(known.startswith(header.bare) for known, _ in names):
        return Match(feature, 0.7, "similar")
    best = max(_alike(header.bare, known) for known, _ in names)
    return Match(feature, round(best * 0.85, 2), "similar") if best >= _SIMILAR else None


def _of_code(loinc: str, feature: Feature) -> bool | None:
    """Whether a LOINC code names what ``feature`` measures; None where that is not known, and the name must tell."""
    if loinc and loinc == feature.loinc:
        return True
    stated, own = analyte_with_loinc(loinc), analyte_with_loinc(feature.loinc)
    return stated == own if stated and own else None


def _alike(one: str, other: str) -> float:
    """How alike two names are; short ones must be equal, since pH is not Ht."""
    shorter, letters = min(len(one), len(other)), len(one) + len(other)
    if shorter < 4:
        return float(one == other)
    # What the ratio can be at most, by length and by letters: most names are told apart without matching them.
    if 2 * shorter / letters < _SIMILAR or 2 * (_letters(one) & _letters(other)).total() / letters < _SIMILAR:
        return 0.0
    return SequenceMatcher(None, one, other).ratio()


@lru_cache(maxsize=8192)
def _letters(name: str) -> Counter[str]:
    return Counter(name)


def suggest(table: Table, codebook: Codebook) -> TableMapping:
    """A mapping of ``table`` to start from: its layout, every column, and the units that the file states or lacks."""
    roles = {name: _ROLE_NAMES.get(parse_header(name).key) for name in table.columns}
    taken = set(roles.values())
    long = {"name", "value"} <= taken
    decimal = decimal_of([cell for row in table.rows[:_SAMPLE] for cell in row.cells])
    if long:
        return _suggest_long(table, codebook, decimal, roles)
    return TableMapping(
        codebook=codebook.name, layout="wide", columns=_suggest_wide(table, codebook, decimal, roles), decimal=decimal
    )


def _suggest_wide(
    table: Table, codebook: Codebook, decimal: Decimal, roles: Mapping[str, Role | None]
) -> tuple[ColumnMap, ...]:
    units = _unit_columns(table.columns)
    found: dict[str, Match] = {}
    claims: dict[str, list[tuple[float, str]]] = {}
    for name in table.columns:
        options = () if name in units else matches(name, codebook)
        if options and not (roles[name] == "patient" and options[0].why == "similar"):
            found[name] = options[0]
            share = _readable(table.column(name, _SAMPLE), options[0].feature, decimal)
            claims.setdefault(options[0].feature.name, []).append((options[0].score * (0.5 + 0.5 * share), name))
    winners = {feature: _winner(claim) for feature, claim in claims.items()}
    columns = []
    for name in table.columns:
        match, role = found.get(name), roles[name]
        if match and winners[match.feature.name] == name:
            columns.append(_column(table, name, match, decimal, name in units.values()))
        elif match:
            rivals = ", ".join(f"'{other}'" for _, other in claims[match.feature.name] if other != name)
            columns.append(
                ColumnMap(column=name, role="ignored", score=match.score, why=match.why, sure=False,
                          note=f"This could be {match.feature.label}, as could {rivals}: choose one.")
            )  # fmt: skip
        elif name in units and units[name] in found:
            columns.append(ColumnMap(column=name, role="unit", target=found[units[name]].feature.name, score=1.0))
        else:
            columns.append(ColumnMap(column=name, role=role if role in {"patient", "time"} else "ignored"))
    return tuple(columns)


def _unit_columns(columns: Sequence[str]) -> Mapping[str, str]:
    """Columns such as "creatinine_unit", with the column whose unit they give."""
    by_key = {folded(name): name for name in columns}
    found = {}
    for key, name in by_key.items():
        base = key.removesuffix("s").removesuffix(" unit").removesuffix(" uom")
        if base != key.removesuffix("s") and base in by_key:
            found[name] = by_key[base]
    return found


def _winner(claim: list[tuple[float, str]]) -> str:
    """The column that fits a feature best; none where two fit equally well."""
    ranked = sorted(claim, reverse=True)
    return "" if len(ranked) > 1 and ranked[0][0] == ranked[1][0] else ranked[0][1]


def _column(table: Table, name: str, match: Match, decimal: Decimal, unit_column: bool) -> ColumnMap:
    feature = match.feature
    cells = table.column(name, _SAMPLE)
    share = _readable(cells, feature, decimal)
    unit, source = _unit(feature, cells, decimal, parse_header(name), unit_column)
    note = "" if share >= 0.5 else f"Only {share:.0%} of its first values can be read as {feature.label}."
    return ColumnMap(
        column=name,
        role="feature",
        target=feature.name,
        score=round(match.score * (0.5 + 0.5 * share), 2),
        why=match.why,
        unit=unit,
        unit_from=source,
        sure=match.score >= 0.9 and share >= 0.5,
        note=note,
    )


def _unit(
    feature: Feature, cells: Iterable[str], decimal: Decimal, header: Header, column: bool
) -> tuple[str, UnitFrom]:
    """The unit of a column's values, and how it is known.

    Without a word in the file it is the unit in which most values are plausible: known by the values where they are
    plausible in no other, else assumed.
    """
    stated = unit_for(feature, header.written)
    if stated and (stated.code not in ORDINARY or comes_in(feature, stated.code)):
        return stated.code, "header"  # one that the feature does not come in is refused cell by cell, never guessed
    if column:
        return feature.unit, "unit column"
    options = [unit.code for unit in alternatives(feature) if loinc_allows(header.loinc, unit)]
    if not options or not needs_asking(feature):
        return feature.unit, ""
    if len(options) == 1 and header.loinc:
        return options[0], "header"
    numbers = _numbers(cells, feature, decimal)
    shares = {code: plausible_share(feature, numbers, code) for code in options}
    best = max(options, key=lambda code: shares[code])
    rivals = [share for code, share in shares.items() if code != best and convert(feature, 1.0, code) != 1.0]
    return best, "values" if shares[best] >= _CLEAR and max(rivals, default=0.0) <= 1 - _CLEAR else "assumed"


def _suggest_long(table: Table, codebook: Codebook, decimal: Decimal, roles: Mapping[str, Role | None]) -> TableMapping:
    used: set[Role] = set()
    columns = []
    for name in table.columns:
        role = roles[name]
        fresh = role is not None and role not in used
        columns.append(ColumnMap(column=name, role=role if fresh and role else "ignored", score=1.0 if fresh else 0.0))
        if role:
            used.add(role)
    mapping = TableMapping(codebook=codebook.name, layout="long", columns=tuple(columns), decimal=decimal)
    return mapping.model_copy(update={"names": suggest_names(table, mapping, codebook)})


def suggest_names(table: Table, mapping: TableMapping, codebook: Codebook) -> tuple[NameMap, ...]:
    """What each name in a long table's name column is.

    Raises:
        UploadError: The mapping says neither which column holds names nor which holds values.
    """
    name_at, value_at = _index(table, mapping, "name"), _index(table, mapping, "value")
    unit_column = mapping.column("unit")
    cells: dict[str, list[str]] = {}
    for row in table.rows:
        sample = cells.setdefault(row.cells[name_at], [])
        if len(sample) < _SAMPLE:
            sample.append(row.cells[value_at])
    return tuple(
        _name(name, sample, mapping.decimal, codebook, unit_column is not None)
        for name, sample in cells.items()
        if name
    )


def _name(name: str, cells: Sequence[str], decimal: Decimal, codebook: Codebook, units: bool) -> NameMap:
    found = matches(name, codebook)
    if not found:
        return NameMap(name=name, target="", score=0.0, why="")
    unit, source = _unit(found[0].feature, cells, decimal, parse_header(name), units)
    return NameMap(name=name, target=found[0].feature.name, score=found[0].score, why=found[0].why, unit=unit,
                   unit_from=source)  # fmt: skip


def _index(table: Table, mapping: TableMapping, role: Role) -> int:
    column = mapping.column(role)
    if column is None or column.column not in table.columns:
        raise UploadError(f"No column is chosen for the {role}.", remedy="Choose it in the mapping.")
    return table.columns.index(column.column)


def _numbers(cells: Iterable[str], feature: Feature, decimal: Decimal) -> list[float]:
    numbers = []
    for cell in list(cells)[:_SAMPLE]:
        if not is_missing(cell, feature):
            try:
                parsed = parse_cell(cell, feature, decimal)
            except CaseError:
                continue
            if not isinstance(parsed.value, str) and not parsed.unit:
                numbers.append(parsed.value)
    return numbers


def _readable(cells: Sequence[str], feature: Feature, decimal: Decimal) -> float:
    """The share of the first recorded cells that can be read as ``feature``; 1 where all are missing."""
    recorded = [cell for cell in cells[:_SAMPLE] if not is_missing(cell, feature)]
    good = 0
    for cell in recorded:
        try:
            parse_cell(cell, feature, decimal)
        except CaseError:
            continue
        good += 1
    return good / len(recorded) if recorded else 1.0


def choose_column(table: Table, column: str, target: str, decimal: Decimal, codebook: Codebook) -> ColumnMap:
    """What a column becomes when a person says what it is: a feature's name, "patient", or "" for not used."""
    if target in {"", "patient"}:
        return ColumnMap(column=column, role="patient" if target else "ignored", why="chosen")
    feature = target_feature(target, codebook)
    unit, source = _unit(feature, table.column(column, _SAMPLE), decimal, parse_header(column), False)
    return ColumnMap(column=column, role="feature", target=target, score=1.0, why="chosen", unit=unit, unit_from=source)


def choose_name(table: Table, mapping: TableMapping, name: str, target: str, codebook: Codebook) -> NameMap:
    """The same for a name of a long table.

    Raises:
        UploadError: The mapping does not say which columns hold names and values.
    """
    if not target:
        return NameMap(name=name, target="", score=0.0, why="chosen")
    name_at, value_at = _index(table, mapping, "name"), _index(table, mapping, "value")
    cells = [row.cells[value_at] for row in table.rows if row.cells[name_at] == name]
    stated = mapping.column("unit") is not None
    unit, source = _unit(target_feature(target, codebook), cells, mapping.decimal, parse_header(name), stated)
    return NameMap(name=name, target=target, score=1.0, why="chosen", unit=unit, unit_from=source)


def preview(table: Table, column: str, count: int = 3) -> tuple[str, ...]:
    """The first different values of a column, to show beside its mapping."""
    at = table.columns.index(column)
    found: dict[str, None] = {}
    for row in table.rows:
        if row.cells[at]:
            found[row.cells[at]] = None
        if len(found) == count:
            break
    return tuple(found)


def name_previews(table: Table, mapping: TableMapping, count: int = 3) -> Mapping[str, tuple[str, ...]]:
    """The first different values of each name of a long table, each with its unit, from its first rows.

    Raises:
        UploadError: The mapping does not say which columns hold names and values.
    """
    name_at, value_at = _index(table, mapping, "name"), _index(table, mapping, "value")
    unit_at = _index(table, mapping, "unit") if mapping.column("unit") else None
    found: dict[str, dict[str, None]] = {}
    for row in table.rows[:_FIRST_ROWS]:
        seen = found.setdefault(row.cells[name_at], {})
        if row.cells[value_at] and len(seen) < count:
            seen[f"{row.cells[value_at]} {row.cells[unit_at] if unit_at is not None else ''}".strip()] = None
    return {name: tuple(seen) for name, seen in found.items()}


def headed(table: Table, codebook: Codebook) -> Table:
    """A pasted list without column names ("Creatinine  2.1  mg/dL") as a long table; any other table as it is."""
    first = table.columns
    if not 2 <= len(first) <= 3 or not matches(first[0], codebook) or _ROLE_NAMES.get(folded(first[0])):
        return table
    feature = matches(first[0], codebook)[0].feature
    try:
        parse_cell(first[1], feature, "point" if "." in first[1] else "comma")
    except CaseError:
        return table
    names = ("Feature", "Value", "Unit")[: len(first)]
    number = table.rows[0].number - 1 if table.rows else 1
    return Table(columns=names, rows=(Row(number, first), *table.rows), problems=table.problems, notes=table.notes)
