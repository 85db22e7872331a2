"""In which unit a column's values are, and how many of them can be read at all."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from creason_core.errors import CaseError
from creason_core.record.codebook import YEARS, Feature
from creason_core.record.importing.cells.level_codes import folded_code, read_levels
from creason_core.record.importing.cells.values import Decimal, is_missing, parse_cell
from creason_core.record.importing.columns.headers import ORDINARY, Header
from creason_core.record.importing.columns.mapping import TableMapping, UnitFrom
from creason_core.record.importing.contents.decimals import column_decimal
from creason_core.record.importing.contents.missing_codes import missing_codes
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.units import (
    alternatives,
    analyte_of,
    comes_in,
    convert,
    loinc_allows,
    needs_asking,
    plausible_share,
    seldom,
    unit_for,
    usual_share,
)

SAMPLE = 200  # cells of a column that are looked at
_CLEAR = 0.9  # of the values, to tell a unit by them
_NONE = frozenset(
    "|-|--|—|none|null|nan|na|n/a|<na>|.|?|unknown|no unit|no units|unitless|without unit|ohne".split("|")
)
_NAMES_ONE = re.compile(r"\d\s*[^\W\d_]|[%°]")  # a cell with a unit in it
_MOST = 0.5  # of the values, for a unit that is seldom met to be another reading, if it makes more of them usual


def stated(unit: str) -> str:
    """A cell of a column of units; "" where it says that there is none, which tells no more than an empty one."""
    return "" if unit.strip().casefold() in _NONE else unit


def with_units_said(table: Table, mapping: TableMapping) -> Table:
    """``table`` with empty cells where a column of units says that there is none."""
    places = [table.columns.index(item.column) for item in mapping.columns if item.role == "unit"]
    if not any(row.cells[at] and not stated(row.cells[at]) for row in table.rows for at in places):
        return table
    rows = (
        Row(row.number, tuple("" if at in places and not stated(cell) else cell for at, cell in enumerate(row.cells)))
        for row in table.rows
    )
    return replace(table, rows=tuple(rows))


def without_unit(cells: Sequence[str], units: Sequence[str]) -> list[str]:
    """The first filled cells that no unit stands beside."""
    return [cell for cell, unit in zip(cells, units, strict=True) if cell and not stated(unit)][:SAMPLE]


def unit_of_column(
    feature: Feature, cells: Iterable[str], decimal: Decimal, header: Header, column: bool
) -> tuple[str, UnitFrom]:
    """The unit of a column's values, and how it is known; with ``column`` of those that no unit stands beside.

    Without a word in the file it is the unit in which most values are plausible: known by the values where they are
    plausible in no other, else assumed.
    """
    named = unit_for(feature, header.written)
    if named and (named.code not in ORDINARY or comes_in(feature, named.code)):
        return named.code, "header"  # one that the feature does not come in is refused cell by cell, never guessed
    said = [_says_unit(cell, feature, decimal) for cell in cells if not is_missing(cell, feature)]
    if all(said) and (column or said):
        return feature.unit, "unit column"
    if feature.unit in YEARS - {""} and feature.numeric and analyte_of(feature) is None:
        return feature.unit, "assumed"  # a number beside "education" may be a code
    options = [unit.code for unit in alternatives(feature) if loinc_allows(header.loinc, unit)]
    if not options or not needs_asking(feature):
        return feature.unit, ""
    if len(options) == 1 and header.loinc:
        return options[0], "header"
    sample = list(cells)[:SAMPLE]
    sign = column_decimal(sample, decimal)  # numbers with two readings tell no unit
    numbers = _numbers(sample, feature, sign) if sign else []
    shares = {code: plausible_share(feature, numbers, code) for code in options}
    best = max(options, key=lambda code: shares[code])
    same = convert(feature, 1.0, best)
    rivals = [share for code, share in shares.items() if convert(feature, 1.0, code) != same]
    usual = usual_share(feature, numbers, best)
    rare = any(
        plausible_share(feature, numbers, unit.code) >= _MOST and usual_share(feature, numbers, unit.code) > usual
        for unit in seldom(feature)
        if loinc_allows(header.loinc, unit)
    )
    clear = shares[best] >= _CLEAR and max(rivals, default=0.0) <= 1 - _CLEAR and not rare
    return best, "values" if clear else "assumed"


def _says_unit(cell: str, feature: Feature, decimal: Decimal) -> bool:
    """Whether a unit stands in a cell; a laboratory's flag is none."""
    try:
        return bool(parse_cell(cell, feature, decimal).unit)
    except CaseError:
        return _NAMES_ONE.search(cell) is not None  # it will be refused


def _numbers(cells: Iterable[str], feature: Feature, decimal: Decimal) -> list[float]:
    numbers = []
    for cell in cells:
        if not is_missing(cell, feature):
            try:
                parsed = parse_cell(cell, feature, decimal)
            except CaseError:
                continue
            if not isinstance(parsed.value, str) and not parsed.unit:
                numbers.append(parsed.value)
    codes = missing_codes(Counter(numbers))
    return [number for number in numbers if number not in codes]


def readable_share(cells: Sequence[str], feature: Feature, decimal: Decimal) -> float:
    """The share of the first recorded cells that can be read as ``feature``; 1 where all are missing."""
    recorded = [cell for cell in cells[:SAMPLE] if not is_missing(cell, feature)]
    if not feature.numeric:
        levels = read_levels(Counter(recorded), feature, {})
        known = levels.meanings.keys() | levels.asked
        return sum(folded_code(cell) in known for cell in recorded) / len(recorded) if recorded else 1.0
    decimal = column_decimal(recorded, decimal) or decimal
    good = 0
    for cell in recorded:
        try:
            parse_cell(cell, feature, decimal)
        except CaseError:
            continue
        good += 1
    return good / len(recorded) if recorded else 1.0
