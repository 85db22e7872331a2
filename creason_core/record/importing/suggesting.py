"""A mapping to start from: every column matched by name, label, LOINC or alias, with a score, a reason and its unit.

A suggestion that is not certain says so; where two columns fit a feature equally well, none is taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from creason_core.errors import CaseError
from creason_core.record.codebook import Codebook
from creason_core.record.importing.cells.values import Decimal, parse_cell
from creason_core.record.importing.columns.bare_names import known_columns, known_names
from creason_core.record.importing.columns.copies import copies
from creason_core.record.importing.columns.gaps import with_gaps_filled
from creason_core.record.importing.columns.headers import parse_header
from creason_core.record.importing.columns.loinc_columns import agreeing_with_codes
from creason_core.record.importing.columns.mapping import (
    ColumnMap,
    Layout,
    NameMap,
    Rivals,
    Role,
    TableMapping,
    target_feature,
)
from creason_core.record.importing.columns.matching import Match, matches, one_vessel, to_take
from creason_core.record.importing.columns.roles import Roles, guess, roles_of
from creason_core.record.importing.columns.times import TimesAs
from creason_core.record.importing.contents.column_units import (
    SAMPLE,
    readable_share,
    stated,
    unit_of_column,
    without_unit,
)
from creason_core.record.importing.contents.decimals import table_decimal
from creason_core.record.importing.contents.legends import with_legend_beside, with_legend_units
from creason_core.record.importing.contents.previews import column_index
from creason_core.record.importing.contents.rivals import Claim, of_feature, with_rivals
from creason_core.record.importing.contents.unit_columns import units_beside, units_by_name
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.importing.forms.cumulative import with_times_in_rows
from creason_core.record.importing.forms.name_tables import refuse_names
from creason_core.record.importing.forms.pressures import with_pressures_apart
from creason_core.record.importing.forms.unit_rows import with_unit_row


def suggest(table: Table, codebook: Codebook) -> TableMapping:
    """A mapping of ``table`` to start from: its layout, every column, and the units that the file states or lacks."""
    return with_roles(table, roles_of(table, codebook), codebook)


def with_roles(table: Table, roles: Roles, codebook: Codebook) -> TableMapping:
    """The same where it is known what the columns are for."""
    decimal = table_decimal(table) or "point"
    if roles.layout == "long":
        return _suggest_long(table, codebook, decimal, roles.by_column)
    columns, rivals = _suggest_wide(table, codebook, decimal, roles.by_column)
    times: TimesAs = "hours" if roles.by_column.get(codebook.hours) == "time" else ""  # as the codebook says of it
    mapping = TableMapping(
        codebook=codebook.name, layout="wide", columns=columns, decimal=decimal, times=times, rivals=rivals
    )
    return with_rivals(table, mapping, codebook)


def _suggest_wide(
    table: Table, codebook: Codebook, decimal: Decimal, roles: Mapping[str, Role]
) -> tuple[tuple[ColumnMap, ...], tuple[Rivals, ...]]:
    units, again = dict(units_by_name(table.columns)), copies(table)
    found: dict[str, Match] = {}
    alike: dict[str, Match] = {}
    claims: dict[str, list[Claim]] = {}
    for name in table.columns:
        called = again.get(name, name)
        options = () if name in units else matches(called, codebook)
        cells = table.column(name, SAMPLE) if options else []
        if taken := to_take(options, cells, parse_header(called).key):
            found[name] = taken
            share = readable_share(cells, taken.feature, decimal)
            claims.setdefault(taken.feature.name, []).append(Claim(name, taken.feature, taken.score, taken.why, share))
        elif options and name not in roles:
            alike[name] = options[0]
    units |= units_beside(table, found)
    by_value = {value: unit for unit, value in units.items()}
    told = {feature: of_feature(table, claim) for feature, claim in claims.items()}
    winners = {feature: winner for feature, (winner, _) in told.items()}
    columns = []
    for name in table.columns:
        match, role = found.get(name), roles.get(name, "ignored")
        if match and winners[match.feature.name] == name:
            columns.append(_column(table, name, match, decimal, by_value.get(name)))
        elif match:
            rivals = ", ".join(f"'{other.column}'" for other in claims[match.feature.name] if other.column != name)
            columns.append(
                ColumnMap(column=name, role="ignored", score=match.score, why=match.why, sure=False,
                          note=f"This could be {match.feature.label}, as could {rivals}: choose one.")
            )  # fmt: skip
        elif name in units and winners.get(_target(found, units[name])) == units[name]:
            columns.append(ColumnMap(column=name, role="unit", target=found[units[name]].feature.name, score=1.0))
        elif other := alike.get(name):
            columns.append(
                ColumnMap(column=name, role="ignored", score=other.score, why=other.why, sure=False,
                          note=other.caution, suggested=other.feature.name)
            )  # fmt: skip
        else:
            columns.append(ColumnMap(column=name, role=role if role not in {"unit", "name", "value"} else "ignored"))
    return known_columns(columns, table, codebook), tuple(rivals for _, rivals in told.values() if rivals)


def _target(found: Mapping[str, Match], column: str) -> str:
    return found[column].feature.name if column in found else ""


def _column(table: Table, name: str, match: Match, decimal: Decimal, unit_column: str | None) -> ColumnMap:
    feature = match.feature
    cells = table.column(name, SAMPLE)
    share = readable_share(cells, feature, decimal)
    bare = without_unit(table.column(name), table.column(unit_column)) if unit_column else cells
    unit, source = unit_of_column(feature, bare, decimal, parse_header(name), unit_column is not None)
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


def _suggest_long(table: Table, codebook: Codebook, decimal: Decimal, roles: Mapping[str, Role]) -> TableMapping:
    columns = tuple(
        ColumnMap(column=name, role=roles.get(name, "ignored"), score=1.0 if name in roles else 0.0)
        for name in table.columns
    )
    mapping = TableMapping(codebook=codebook.name, layout="long", columns=columns, decimal=decimal)
    if not mapping.column("name") or not mapping.column("value"):
        return mapping
    named = mapping.model_copy(update={"names": suggest_names(table, mapping, codebook)})
    mapping = with_rivals(table, named, codebook)
    if with_gaps_filled(table, mapping) is table:
        return mapping
    return mapping.model_copy(update={"names": suggest_names(table, mapping, codebook)})


def choose_layout(table: Table, layout: Layout, codebook: Codebook) -> TableMapping:
    """The mapping to start from when a person says that a row is a patient's (wide) or a value (long)."""
    return with_roles(table, roles_of(table, codebook, layout), codebook)


def choose_role(table: Table, mapping: TableMapping, role: Role, column: str, codebook: Codebook) -> TableMapping:
    """``mapping`` when a person says that ``column`` ("" for none) has ``role``, and no other column."""
    columns = tuple(
        ColumnMap(column=item.column, role=role, score=1.0, why="chosen")
        if item.column == column
        else ColumnMap(column=item.column, role="ignored", why="chosen")
        if item.role == role
        else item
        for item in mapping.columns
    )
    changed = mapping.model_copy(update={"columns": columns, **({"times": ""} if role == "time" else {})})
    if changed.layout == "wide" or not changed.column("name") or not changed.column("value"):
        return changed
    if role in {"name", "value", "unit"}:
        return changed.model_copy(update={"names": suggest_names(table, changed, codebook)})
    return changed


def suggest_names(table: Table, mapping: TableMapping, codebook: Codebook) -> tuple[NameMap, ...]:
    """What each name in a long table's name column is.

    Raises:
        UploadError: The mapping says neither which column holds names nor which holds values.
    """
    table = with_gaps_filled(table, mapping)
    name_at, value_at = column_index(table, mapping, "name"), column_index(table, mapping, "value")
    unit_column = mapping.column("unit")
    unit_at = table.columns.index(unit_column.column) if unit_column else None
    cells: dict[str, tuple[list[str], list[str]]] = {}  # by name: first values, and those that no unit stands beside
    for row in table.rows:
        sample, bare = cells.setdefault(row.cells[name_at], ([], []))
        if len(sample) < SAMPLE:
            sample.append(row.cells[value_at])
        if len(bare) < SAMPLE and row.cells[value_at] and (unit_at is None or not stated(row.cells[unit_at])):
            bare.append(row.cells[value_at])
    names = (
        _name(name, values, mapping.decimal, codebook, unit_column is not None)
        for name, values in cells.items()
        if name
    )
    checked = agreeing_with_codes(one_vessel(names, codebook), table, mapping, codebook)
    return known_names(checked, table, mapping, codebook)


def _name(
    name: str, values: tuple[Sequence[str], Sequence[str]], decimal: Decimal, codebook: Codebook, units: bool
) -> NameMap:
    found, (cells, bare) = matches(name, codebook), values
    taken = to_take(found, cells, parse_header(name).key)
    if taken is None:
        alike = found[0] if found else None
        return NameMap(name=name, target="", score=alike.score if alike else 0.0, why=alike.why if alike else "",
                       note=alike.caution if alike else "", suggested=alike.feature.name if alike else "")  # fmt: skip
    unit, source = unit_of_column(taken.feature, bare, decimal, parse_header(name), units)
    return NameMap(name=name, target=taken.feature.name, score=taken.score, why=taken.why, unit=unit, unit_from=source)


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
    rows = [row.cells for row in table.rows if row.cells[name_at] == name]
    cells, units = [row[value_at] for row in rows], mapping.column("unit")
    if units:
        at = table.columns.index(units.column)
        cells = without_unit(cells, [row[at] for row in rows])
    feature, header = target_feature(target, codebook), parse_header(name)
    unit, source = unit_of_column(feature, cells, mapping.decimal, header, units is not None)
    return NameMap(name=name, target=target, score=1.0, why="chosen", unit=unit, unit_from=source)


def headed(table: Table, codebook: Codebook) -> Table:
    """A pasted list without column names ("Creatinine  2.1  mg/dL") as a long table; any other table as it is.

    A row of units under the header, and units that a legend states, become parts of the names.

    Raises:
        UploadError: It is a table of names, which holds nobody's values.
    """
    refuse_names(table)
    table = with_legend_beside(with_legend_units(with_unit_row(table)), codebook)
    table = with_times_in_rows(with_pressures_apart(table), codebook)
    first = table.columns
    if not 2 <= len(first) <= 3 or not matches(first[0], codebook) or guess(first[0]):
        return table
    feature = matches(first[0], codebook)[0].feature
    try:
        parse_cell(first[1], feature, "point" if "." in first[1] else "comma")
    except CaseError:
        return table
    names = ("Feature", "Value", "Unit")[: len(first)]
    number = table.rows[0].number - 1 if table.rows else 1
    return replace(table, columns=names, rows=(Row(number, first), *table.rows))
