"""OMOP's table ``measurement``: what stands there as numbers of concepts, in words beside the value.

An operator ("<") belongs to the value, a unit's concept is the unit of a row that spells none, and the concept of a
measurement names it, by LOINC where it is one of those below. Numbers of other concepts are left as they are: names and
units then go by the columns of the source, or are asked.
"""

from collections.abc import Callable
from dataclasses import replace

from creason_core.record.importing.files.protocol import Row, Table

_VALUE = "value_as_number"
_NAME, _NAME_ID = "measurement_source_value", "measurement_concept_id"
_UNIT, _UNIT_ID = "unit_source_value", "unit_concept_id"
_OPERATOR_ID = "operator_concept_id"
# The OHDSI vocabulary's standard concepts (https://athena.ohdsi.org).
_OPERATORS = {"4171756": "<", "4171754": "<=", "4172704": ">", "4171755": ">=", "4172703": "", "0": "", "": ""}
_UNITS = {"8840": "mg/dL", "8753": "mmol/L", "8713": "g/dL", "8876": "mm[Hg]", "8554": "%", "8645": "U/L"}
_LOINC = {
    "3016723": "2160-0", "3019550": "2951-2", "3023103": "2823-3", "3024561": "1751-7", "3027018": "8867-4",
    "3024171": "9279-1", "3020891": "8310-5", "3004249": "8480-6", "3012888": "8462-4",
}  # fmt: skip


def spelled(table: Table) -> Table:
    """``table`` with the concepts of a measurement table in words, or as it is where it is none."""
    places = {name.casefold(): at for at, name in enumerate(table.columns)}
    if _VALUE not in places or not {_NAME_ID, _UNIT_ID, _OPERATOR_ID} & places.keys():
        return table
    added = [name for name in (_NAME, _UNIT) if name not in places]
    width = len(table.columns)
    places |= {name: width + at for at, name in enumerate(added)}
    rows = tuple(_spelled(row, [*row.cells, *([""] * len(added))], places) for row in table.rows)
    return replace(table, columns=(*table.columns, *added), rows=rows)


def _spelled(row: Row, cells: list[str], places: dict[str, int]) -> Row:
    def cell(name: str) -> str:
        """A cell; concepts are whole numbers, however they were written."""
        return cells[places[name]].removesuffix(".0") if name in places else ""

    def put(name: str, change: Callable[[str], str]) -> None:
        cells[places[name]] = change(cells[places[name]])

    operator, number = cell(_OPERATOR_ID), cell(_VALUE)
    if number and operator:
        put(_VALUE, lambda text: f"{_OPERATORS.get(operator, f'operator {operator} ')}{text}")
    if unit := _UNITS.get(cell(_UNIT_ID)):
        put(_UNIT, lambda text: text or unit)
    concept = cell(_NAME_ID)
    if loinc := _LOINC.get(concept):
        put(_NAME, lambda text: f"{text} ({loinc})" if text else loinc)
    elif concept not in {"", "0"}:
        put(_NAME, lambda text: text or f"concept {concept}")
    return Row(row.number, tuple(cells))
