"""The texts of each mapped column, or of each name of a long table, and the units that stand beside them."""

from collections import Counter
from collections.abc import Mapping

from creason_core.record.codebook import Codebook, Feature
from creason_core.record.importing.columns.mapping import ColumnMap, NameMap, TableMapping, target_feature
from creason_core.record.importing.files.protocol import Table


def places_of(mapping: TableMapping, codebook: Codebook) -> dict[str, tuple[Feature, str]]:
    """The feature of each mapped column, or name of a long table, and its unit ("" where nothing states it)."""
    if mapping.layout == "long":
        return {
            item.name: (target_feature(item.target, codebook), _told(item)) for item in mapping.names if item.target
        }
    return {
        item.column: (target_feature(item.target, codebook), _told(item))
        for item in mapping.columns
        if item.role == "feature" and item.target
    }


def _told(item: ColumnMap | NameMap) -> str:
    """The unit of a column, where it was not told by its values; else a code for missing could tell one."""
    return item.unit if item.unit_from in {"header", "chosen"} else ""


def texts_of(table: Table, mapping: TableMapping, places: set[str]) -> Mapping[str, Counter[str]]:
    """How many cells of each place have each text."""
    found: dict[str, Counter[str]] = {place: Counter() for place in places}
    if mapping.layout == "wide":
        for at, name in enumerate(table.columns):
            if name in found:
                found[name].update(row.cells[at] for row in table.rows)
    else:
        names, values = mapping.column("name"), mapping.column("value")
        if names and values:
            name_at, value_at = table.columns.index(names.column), table.columns.index(values.column)
            pairs = Counter((row.cells[name_at], row.cells[value_at]) for row in table.rows)
            for (place, text), count in pairs.items():
                if place in found:
                    found[place][text] += count
    for counter in found.values():
        del counter[""]
    return found


def units_beside(table: Table, mapping: TableMapping) -> Mapping[str, tuple[str, ...]]:
    """The different texts of a long table's unit column, by the name that they stand beside; "" for none beside."""
    name, unit = mapping.column("name"), mapping.column("unit")
    if mapping.layout != "long" or not name or not unit:
        return {}
    name_at, unit_at = table.columns.index(name.column), table.columns.index(unit.column)
    found: dict[str, set[str]] = {}
    for row in table.rows:
        found.setdefault(row.cells[name_at], set()).add(row.cells[unit_at])
    return {place: tuple(sorted(units)) for place, units in found.items() if units != {""}}
