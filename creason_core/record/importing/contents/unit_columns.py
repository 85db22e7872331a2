"""Columns of a wide table that hold the units of one other column: by its name, or beside it."""

import re
from collections.abc import Collection, Mapping, Sequence

from creason_core.record.importing.columns.headers import folded, parse_header
from creason_core.record.importing.contents.column_units import SAMPLE, stated
from creason_core.record.importing.files.protocol import Table
from creason_core.record.units import unit_named

_UNIT = frozenset([
    "unit", "units", "uom", "einheit", "einheiten", "unite", "unites", "unidad", "unidades", "단위", "birim", "birimi",
    "единица", "единицы", "ед изм", "jednostka", "jednostki", "unidade", "unita", "eenheid", "単位", "单位",
])  # fmt: skip
_NUMBERED = re.compile(r" \(\d+\)$|[._]\d+$")  # as columns of one name are told apart
_OF_UNIT = re.compile(
    rf" (?:{'|'.join(sorted(_UNIT, key=len, reverse=True))})$|^(?:units? of|units?|uom|einheit|unite|unidad) "
)


def units_by_name(columns: Sequence[str]) -> Mapping[str, str]:
    """Columns such as "creatinine_unit", with the column whose unit they give, "Creatinine (mg/dL)" too."""
    by_key = {parse_header(name).key: name for name in columns} | {folded(name): name for name in columns}
    found = {}
    for name in columns:
        key = folded(name)
        base = _OF_UNIT.sub("", key).strip()
        if base != key and base in by_key:
            found[name] = by_key[base]
    return found


def units_beside(table: Table, values: Collection[str]) -> Mapping[str, str]:
    """Columns called "unit" that hold units, each with the one of ``values`` to its left; of one for several none."""
    plain = [at for at, name in enumerate(table.columns) if folded(_NUMBERED.sub("", name)) in _UNIT]
    if len(plain) < 2 and len(values) > 1:
        return {}
    beside = {}
    for at in plain:
        name, left = table.columns[at], table.columns[at - 1]
        cells = {stated(cell) for cell in table.column(name, SAMPLE)} - {""}
        if at and left in values and cells and all(map(unit_named, cells)):
            beside[name] = left
    return beside
