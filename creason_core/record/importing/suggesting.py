"""A mapping to start from: every column matched by name, label, LOINC or alias, with a score, a reason and its unit.

A suggestion that is not certain says so; where two columns fit a feature equally well, none is taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from creason_core.errors import CaseError
from creason_core.record.codebook import Codebook
from creason_core.record.importing.column_units import SAMPLE, readable_share, unit_of_column
from creason_core.record.importing.decimals import table_decimal
from creason_core.record.importing.headers import folded, parse_header
from creason_core.record.importing.mapping import (
    ColumnMap,
    NameMap,
    Role,
    TableMapping,
    target_feature,
)
from creason_core.record.importing.matching import Match, matches
from creason_core.record.importing.previews import column_index
from creason_core.record.importing.protocol import Row, Table
from creason_core.record.importing.values import Decimal, parse_cell

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


def suggest(table: Table, codebook: Codebook) -> TableMapping:
    """A mapping of ``table`` to start from: its layout, every column, and the units that the file states or lacks."""
    roles = {name: _ROLE_NAMES.get(parse_header(name).key) for name in table.columns}
    taken = set(roles.values())
    long = {"name", "value"} <= taken
    decimal = table_decimal(table) or "point"
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
            share = readable_share(table.column(name, SAMPLE), options[0].feature, decimal)
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
    cells = table.column(name, SAMPLE)
    share = readable_share(cells, feature, decimal)
    unit, source = unit_of_column(feature, cells, decimal, parse_header(name), unit_column)
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
    name_at, value_at = column_index(table, mapping, "name"), column_index(table, mapping, "value")
    unit_column = mapping.column("unit")
    cells: dict[str, list[str]] = {}
    for row in table.rows:
        sample = cells.setdefault(row.cells[name_at], [])
        if len(sample) < SAMPLE:
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
    unit, source = unit_of_column(found[0].feature, cells, decimal, parse_header(name), units)
    return NameMap(name=name, target=found[0].feature.name, score=found[0].score, why=found[0].why, unit=unit,
                   unit_from=source)  # fmt: skip


def choose_column(table: Table, column: str, target: str, decimal: Decimal, codebook: Codebook) -> ColumnMap:
    """What a column becomes when a person says what it is: a feature's name, "patient", or "" for not used."""
    if target in {"", "patient"}:
        return ColumnMap(column=column, role="patient" if target else "ignored", why="chosen")
    feature = target_feature(target, codebook)
    unit, source = unit_of_column(feature, table.column(column, SAMPLE), decimal, parse_header(column), False)
    return ColumnMap(column=column, role="feature", target=target, score=1.0, why="chosen", unit=unit, unit_from=source)


def choose_name(table: Table, mapping: TableMapping, name: str, target: str, codebook: Codebook) -> NameMap:
    """The same for a name of a long table.

    Raises:
        UploadError: The mapping does not say which columns hold names and values.
    """
    if not target:
        return NameMap(name=name, target="", score=0.0, why="chosen")
    name_at, value_at = column_index(table, mapping, "name"), column_index(table, mapping, "value")
    cells = [row.cells[value_at] for row in table.rows if row.cells[name_at] == name]
    stated = mapping.column("unit") is not None
    unit, source = unit_of_column(target_feature(target, codebook), cells, mapping.decimal, parse_header(name), stated)
    return NameMap(name=name, target=target, score=1.0, why="chosen", unit=unit, unit_from=source)


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
    return replace(table, columns=names, rows=(Row(number, first), *table.rows))
