"""Columns of one feature, or of results, that complete each other: no row has two of them that say other things."""

from collections.abc import Sequence
from itertools import pairwise

from creason_core.record.codebook import Codebook, Feature
from creason_core.record.importing.columns.headers import parse_header
from creason_core.record.importing.columns.mapping import Rivals, TableMapping, target_feature
from creason_core.record.importing.contents.agreeing import values_differ
from creason_core.record.importing.contents.column_units import unit_of_column
from creason_core.record.importing.contents.rivals import own_unit
from creason_core.record.importing.contents.unit_columns import units_beside, units_by_name
from creason_core.record.importing.files.protocol import Table


def may_merge(table: Table, mapping: TableMapping, rivals: Rivals, codebook: Codebook) -> bool:
    """Whether each of the columns may fill the gaps of the first: they never say two things, nor of two units."""
    if rivals.role not in {"feature", "value"} or not _complete(table, rivals.columns):
        return False
    if rivals.role == "value":
        return len({own_unit(table, name) for name in rivals.columns}) == 1
    beside = {**units_by_name(table.columns), **units_beside(table, rivals.columns)}
    feature = target_feature(rivals.target, codebook)
    return set(beside.values()).isdisjoint(rivals.columns) and _of_one_unit(table, mapping, rivals.columns, feature)


def _complete(table: Table, columns: Sequence[str]) -> bool:
    """Whether no row has two of the columns with different cells, and none of them is full alone."""
    places = [table.columns.index(name) for name in columns]
    for cells in {tuple(row.cells[at] for at in places) for row in table.rows}:
        filled = [cell for cell in cells if cell]
        if any(one.casefold() != other.casefold() and _differ(one, other) for one, other in pairwise(filled)):
            return False
    return True


def _differ(one: str, other: str) -> bool:
    """Whether two cells are no number in two forms."""
    return values_differ(one, other) or not (one[:1].isdigit() and other[:1].isdigit())


def _of_one_unit(table: Table, mapping: TableMapping, columns: Sequence[str], feature: Feature) -> bool:
    """Whether each column's name states its unit, or all columns are in the same by their values."""
    if not feature.numeric or all(parse_header(name).unit for name in columns):
        return True
    units = {unit_of_column(feature, table.column(name), mapping.decimal, parse_header(name), column=False)
             for name in columns}  # fmt: skip
    return len(units) == 1
