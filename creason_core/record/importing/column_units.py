"""In which unit a column's values are, and how many of them can be read at all."""

from collections import Counter
from collections.abc import Iterable, Sequence

from creason_core.errors import CaseError
from creason_core.record.codebook import Feature
from creason_core.record.importing.decimals import column_decimal
from creason_core.record.importing.headers import ORDINARY, Header
from creason_core.record.importing.level_codes import folded_code, read_levels
from creason_core.record.importing.mapping import UnitFrom
from creason_core.record.importing.missing_codes import missing_codes
from creason_core.record.importing.values import Decimal, is_missing, parse_cell
from creason_core.record.units import (
    alternatives,
    comes_in,
    convert,
    loinc_allows,
    needs_asking,
    plausible_share,
    unit_for,
)

SAMPLE = 200  # cells of a column that are looked at
_CLEAR = 0.9  # of the values, to tell a unit by them


def unit_of_column(
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
    sample = list(cells)[:SAMPLE]
    sign = column_decimal(sample, decimal)  # numbers with two readings tell no unit
    numbers = _numbers(sample, feature, sign) if sign else []
    shares = {code: plausible_share(feature, numbers, code) for code in options}
    best = max(options, key=lambda code: shares[code])
    rivals = [share for code, share in shares.items() if code != best and convert(feature, 1.0, code) != 1.0]
    return best, "values" if shares[best] >= _CLEAR and max(rivals, default=0.0) <= 1 - _CLEAR else "assumed"


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
