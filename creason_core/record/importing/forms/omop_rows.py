"""OMOP's table ``measurement``: what stands there as numbers of concepts, in words beside the value.

An operator ("<") belongs to the value, a unit's concept is the unit of a row that spells none, and the concept of a
measurement names it, by LOINC where it is one of those below. A concept that is none of those joins the name, or is the
unit, as a number that nothing is made of: only a person can say what it is. A unit in words and as a concept must be
one unit.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from creason_core.record.importing.contents.column_units import stated
from creason_core.record.importing.files.protocol import Row, RowProblem, Table
from creason_core.record.units import analyte_with_loinc, scale_between, unit_named

_VALUE = "value_as_number"
_NAME, _NAME_ID = "measurement_source_value", "measurement_concept_id"
_UNIT, _UNIT_ID = "unit_source_value", "unit_concept_id"
_OPERATOR_ID = "operator_concept_id"
# The OHDSI vocabulary's standard concepts (https://athena.ohdsi.org).
_OPERATORS = {"4171756": "<", "4171754": "<=", "4172704": ">", "4171755": ">=", "4172703": "", "0": "", "": ""}
_UNITS = {
    "8840": "mg/dL", "8753": "mmol/L", "8713": "g/dL", "8876": "mm[Hg]", "8554": "%", "8645": "U/L", "8749": "umol/L",
    "8636": "g/L", "8842": "ng/mL", "8848": "10*3/uL", "8647": "/uL", "9444": "10*9/L", "8815": "10*6/uL",
    "9557": "meq/L", "9529": "kg", "586323": "Cel", "9289": "[degF]", "8541": "/min",
}  # fmt: skip
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
    read = [_spelled(row, [*row.cells, *([""] * len(added))], places) for row in table.rows]
    problems = [RowProblem(row.number, problem) for row, problem in read if problem]
    rows = tuple(row for row, problem in read if not problem)
    return replace(table, columns=(*table.columns, *added), rows=rows, problems=(*table.problems, *problems))


def _spelled(row: Row, cells: list[str], places: dict[str, int]) -> tuple[Row, str]:
    """A row in words, and what of it differs."""

    def cell(name: str) -> str:
        """A cell; concepts are whole numbers, however they were written."""
        return cells[places[name]].removesuffix(".0") if name in places else ""

    def put(name: str, change: Callable[[str], str]) -> None:
        cells[places[name]] = change(cells[places[name]])

    operator, number = cell(_OPERATOR_ID), cell(_VALUE)
    if number and operator:
        put(_VALUE, lambda text: f"{_OPERATORS.get(operator, f'operator {operator} ')}{text}")
    concept = cell(_UNIT_ID)
    unit = _UNITS.get(concept, f"concept {concept}" if concept not in {"", "0"} else "")
    words, known, concept = stated(cells[places[_UNIT]]), concept in _UNITS, cell(_NAME_ID)
    cells[places[_UNIT]] = words or unit
    loinc = _LOINC.get(concept, "")
    differ = bool(known and words and number) and _differ(loinc, words, unit)
    problem = f"The unit is '{words[:30]}' in words and '{unit}' as a concept: they differ."
    if loinc:
        put(_NAME, lambda text: f"{text} ({loinc})" if text else loinc)
    elif concept not in {"", "0"}:
        put(_NAME, lambda text: f"{text} (concept {concept})" if text else f"concept {concept}")
    return Row(row.number, tuple(cells)), problem if differ else ""


@lru_cache(maxsize=1024)
def _differ(loinc: str, words: str, unit: str) -> bool:
    """Whether two spellings are of units in which one number is two values of what ``loinc`` names."""
    if (analyte := analyte_with_loinc(loinc)) is None:
        return False
    one, other = (unit_named(text, (*analyte.units, *analyte.also)) for text in (words, unit))
    if one is None or other is None:
        return False
    scale = scale_between(analyte, one.code, other.code)
    return scale is None or scale.offset != 0.0 or abs(scale.factor - 1.0) > 1e-9
