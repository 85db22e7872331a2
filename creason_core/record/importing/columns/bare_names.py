"""Names that leave open in what was measured: a bare "pH" is of blood where a blood gas stands beside it, else asked.

A gas is of blood, and wards call the arterial one so; a pH is of urine, ascites or a drain as often. Beside a pCO₂ or a
column that says the specimen, one reading only is possible, and the mapping says by what; alone it is a suggestion.
"""

from collections.abc import Sequence

from creason_core.record.codebook import Codebook
from creason_core.record.importing.columns.headers import folded
from creason_core.record.importing.columns.mapping import ColumnMap, NameMap, TableMapping, target_feature
from creason_core.record.importing.columns.specimens import in_specimen, is_gas, of_vessel, says_specimen, specimen
from creason_core.record.importing.files.protocol import Table

_USED = frozenset({"feature", "patient", "encounter", "name", "value", "unit", "time", "clock", "admission"})
_BLOOD_GAS = frozenset("abg bga blutgas blutgase blutgasanalyse gds gasometria gasometrie emogas emogasanalisi".split())


def known_names(
    names: Sequence[NameMap], table: Table, mapping: TableMapping, codebook: Codebook
) -> tuple[NameMap, ...]:
    """The names of a long table, of which those that leave it open are suggestions where nothing says more."""
    open_ = [item for item in names if _is_open(item.name, item, codebook)]
    if not open_:
        return tuple(names)
    gas = next((item.name for item in names if _is_gas(item, codebook)), "")
    name = mapping.column("name")
    at = table.columns.index(name.column) if name else 0
    of = {item.name: [row.cells for row in table.rows if row.cells[at] == item.name] for item in open_}
    return tuple(
        item
        if item not in open_ or _told(of[item.name], table, mapping.columns)
        else item.model_copy(update=_by(gas, item, codebook) if gas else _suggested(item, codebook))
        for item in names
    )


def known_columns(columns: Sequence[ColumnMap], table: Table, codebook: Codebook) -> tuple[ColumnMap, ...]:
    """The same of the columns of a wide table."""
    open_ = [item for item in columns if _is_open(item.column, item, codebook)]
    if not open_:
        return tuple(columns)
    gas = next((item.column for item in columns if _is_gas(item, codebook)), "")
    if not gas and _told([row.cells for row in table.rows], table, columns):
        return tuple(columns)
    return tuple(
        item
        if item not in open_
        else item.model_copy(
            update=_by(gas, item, codebook) if gas else {**_suggested(item, codebook), "role": "ignored", "sure": False}
        )
        for item in columns
    )


def _told(rows: Sequence[Sequence[str]], table: Table, columns: Sequence[ColumnMap]) -> bool:
    """Whether a column says of these rows in what was measured: one of specimens of some, any other of all."""
    for item in columns:
        if item.role not in _USED:
            place = table.columns.index(item.column)
            said = [_says(cells[place]) for cells in rows if cells[place]]
            if said and (any(said) if item.role == "specimen" else all(said)):
                return True
    return False


def _is_open(name: str, item: ColumnMap | NameMap, codebook: Codebook) -> bool:
    """Whether a name is taken for what is of one vessel, and says of no specimen."""
    if not item.target or item.why != "alias" or says_specimen(name):
        return False
    feature = target_feature(item.target, codebook)
    return in_specimen(feature) and of_vessel(feature) and not is_gas(feature)


def _is_gas(item: ColumnMap | NameMap, codebook: Codebook) -> bool:
    """Whether something is taken for a gas in blood."""
    return bool(item.target) and is_gas(target_feature(item.target, codebook))


def _says(cell: str) -> bool:
    """Whether a cell says in what was measured, or that it is of a blood gas."""
    return bool(specimen(cell)) or not _BLOOD_GAS.isdisjoint(folded(cell).split())


def _by(gas: str, item: ColumnMap | NameMap, codebook: Codebook) -> dict[str, object]:
    label = target_feature(item.target, codebook).label
    return {"note": f"Taken for {label}, since '{gas}' beside it is of a blood gas."}


def _suggested(item: ColumnMap | NameMap, codebook: Codebook) -> dict[str, object]:
    label = target_feature(item.target, codebook).label
    note = (
        f"It does not say of which fluid it is, and no blood gas stands beside it: choose {label} only if it is that."
    )
    return {"target": "", "unit": "", "unit_from": "", "score": 0.7, "why": "similar", "note": note,
            "suggested": item.target}  # fmt: skip
