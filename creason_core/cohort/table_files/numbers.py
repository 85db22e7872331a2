"""A column of numbers as the codebook has them: decimal sign, units, flags, codes for missing, by the import's rules.

What the import asks a person about is refused here, until the codebook says it: ``decimal``, ``missing``, ``recorded``.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from creason_core.arrays import Floats
from creason_core.cohort.misfits import Misfit, misfit
from creason_core.cohort.table_files.cells import Texts, as_numbers, as_texts
from creason_core.cohort.table_files.reading import DELIMITER
from creason_core.errors import CaseError
from creason_core.record.codebook import Feature
from creason_core.record.importing.cells.checking import in_unit
from creason_core.record.importing.cells.values import Decimal, is_missing, parse_cell, plain_number
from creason_core.record.importing.columns.headers import ORDINARY, parse_header
from creason_core.record.importing.contents.decimals import TableSign, cell_decimal, column_decimal, sign_of_columns
from creason_core.record.importing.contents.missing_codes import missing_codes
from creason_core.record.units import suspect_unit, unit_for

if TYPE_CHECKING:
    import pandas as pd

TWO_READINGS = "numbers that can be read in two ways"
UNDECIDED = 'may stand for "not recorded"'
_MANY = 0.05  # of a column's values, that another unit would fit: a draft's range leaves out fewer


@dataclass(frozen=True)
class NumberColumn:
    """A column's ``values`` in the feature's unit, NaN where there is none; ``unread`` are texts that are no number."""

    values: Floats
    unread: NDArray[np.bool_]
    misfits: tuple[Misfit, ...] = ()


def sign_of_table(source: "pd.DataFrame") -> TableSign:
    """The decimal sign that a table's columns of text tell."""
    delimiter = str(source.attrs.get(DELIMITER, ""))
    texts = (source[name].head(500) for name in source.columns if source[name].dtype == object)
    cells = ([text for text in column if isinstance(text, str)] for column in texts)
    return TableSign(sign_of_columns(cells, delimiter), typed=not delimiter)


def read_numbers(
    feature: Feature, texts: Texts, column: str, rest: TableSign, marked: frozenset[str] = frozenset()
) -> NumberColumn:
    """The numbers that ``texts`` of the column called ``column`` tell; ``rest`` is the sign of the other columns.

    ``marked`` are signs that a legend of the file explains ("* haemolysed"): a value with one is no number.
    """
    different = Counter(text for text in texts if text is not None and not is_missing(text, feature))
    decimal = feature.decimal or column_decimal(different, rest.decimal, typed=rest.typed)
    nothing = np.zeros(len(texts), dtype=bool)
    if decimal is None:
        rule, remedy = TWO_READINGS, "Write 'decimal: comma' or 'decimal: point' for this feature."
        shown = np.array([text is not None and ("," in text or "." in text) for text in texts], dtype=bool)
        told = misfit("structure", feature.name, (rule, remedy), shown, texts)
        return NumberColumn(np.full(len(texts), np.nan), nothing, (told,))
    stated = _stated_unit(feature, column)
    read: dict[str | None, float | None] = {None: np.nan}
    converted: dict[str, str] = {}
    gone = {number for code in feature.missing if (number := plain_number(code, "point")) is not None}
    for text in {text for text in texts if text is not None} - set(different):
        read[text] = np.nan
    for text in different:
        sign = cell_decimal(text, decimal, typed=rest.typed)
        number, how = plain_number(text, sign), ""
        if any(mark in text for mark in marked):
            number = None
        elif number in gone:
            number = np.nan
        elif number is None or stated or any(map(str.isalpha, text)):
            number, how = _read(text, feature, sign, stated)
        read[text] = number
        if how:
            converted[text] = how
    values = np.array([np.nan if read[text] is None else read[text] for text in texts], dtype=np.float64)
    values[np.abs(values) >= 1e300] = np.nan
    unread = np.array([read[text] is None for text in texts], dtype=bool)
    misfits = []
    if converted:
        which = np.array([text in converted for text in texts], dtype=bool)
        rule = f"converted to {feature.unit_label or feature.unit}, as in {next(iter(converted.values()))}"
        misfits.append(misfit("note", feature.name, (rule, "Correct the unit where it is wrong."), which, texts))
    misfits += _undecided(feature, values, texts)
    return NumberColumn(values, unread, tuple(misfits))


def _stated_unit(feature: Feature, column: str) -> str:
    """The unit that the column's name states, where it is another than the feature's."""
    unit = unit_for(feature, parse_header(column).written)
    return unit.code if unit and unit.code not in ORDINARY and unit.code != feature.unit and feature.unit else ""


def _read(text: str, feature: Feature, decimal: Decimal, stated: str) -> tuple[float | None, str]:
    """A cell as a number in the feature's unit and what was converted; None where it is no number."""
    try:
        cell = parse_cell(text, feature, decimal)
        if isinstance(cell.value, str):
            return None, ""
        unit = cell.unit or stated
        return in_unit(feature, cell.value, unit) if unit else (cell.value, "")
    except CaseError:
        return None, ""


def _undecided(feature: Feature, values: Floats, texts: Texts) -> list[Misfit]:
    """Numbers that may stand for "not recorded" and of which the codebook says nothing; they are emptied."""
    codes = suspected(values, feature)
    if not codes:
        return []
    which = np.isin(values, codes)
    told = ", ".join(f'"{code:.10g}"' for code in codes)
    rule = f"far from all other values, so that it {UNDECIDED}: {told}"
    remedy = f"Write 'missing: [{told}]' for this feature, or 'recorded: [{told}]' where they are values."
    values[which] = np.nan
    return [misfit("structure", feature.name, (rule, remedy), which, texts)]


def units_suspected(feature: Feature, values: Floats, texts: Texts) -> list[Misfit]:
    """Values outside ``confirm`` that would lie in it in another unit; where they are many, nothing is made of them."""
    if feature.confirm is None:
        return []
    low, high = feature.confirm.low, feature.confirm.high
    with np.errstate(invalid="ignore"):
        outside = (values < (-np.inf if low is None else low)) | (values > (np.inf if high is None else high))
    found = {value: told[0] for value in np.unique(values[outside]) if (told := suspect_unit(feature, float(value)))}
    if not found:
        return []
    which = np.isin(values, list(found))
    many = which.sum() > _MANY * np.isfinite(values).sum()
    first = next(iter(found.values()))
    rule = f"outside {feature.confirm}, and usual in another unit, as in {first.sentence.removesuffix(' Convert?')}"
    remedy = "Convert them, write their unit beside them, or widen 'confirm' where they are values."
    return [misfit("structure" if many else "note", feature.name, (rule, remedy), which, texts)]


def suspected(values: Floats, feature: Feature | None = None) -> tuple[float, ...]:
    """Numbers that behave like codes for missing; of a ``feature`` only those that its codebook does not tell."""
    known = values[np.isfinite(values)]
    different, counts = np.unique(known, return_counts=True)
    found: Mapping[float, int] = dict(zip(different.tolist(), counts.tolist(), strict=True))
    told = set() if feature is None else {float(number) for number in as_numbers(as_texts(feature.recorded))}
    if feature is not None:
        told |= set(feature.not_measured)
        if feature.impossible is not None:
            told |= {value for value in found if not feature.impossible.contains(value)}
    return tuple(code for code in missing_codes(found) if code not in told)
