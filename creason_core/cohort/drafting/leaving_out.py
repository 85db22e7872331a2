"""Which columns are no features: keys, dates, free text, what may identify a person, what says nothing."""

from collections.abc import Mapping

import numpy as np

from creason_core.cohort.drafting.columns import Column, is_numeric
from creason_core.cohort.drafting.naming import (
    ends_like_key,
    looks_like_key,
    names_a_measurement,
    names_patients,
    names_stays,
)
from creason_core.cohort.table_files.cells import (
    is_date,
    is_date_number,
)
from creason_core.record.identifiers import is_free_text_column, scan_column
from creason_core.record.importing.cells.level_codes import folded_code

MAX_FEW = 6  # different numbers: more of them, under the name of a key, are keys
MAX_GUESSED_LEVELS = 50  # more different texts than this are no levels


def patient_key_of(columns: Mapping[str, Column]) -> str:
    """The column of the patients' keys, by its name and by how its values behave; "" for none.

    One that names patients goes before that of a stay, and that before any other; both may have many rows to a key.
    """
    found = [
        (2 - names_stays(name) if names_stays(name) or not names_patients(name) else 0, place, name)
        for place, (name, column) in enumerate(columns.items())
        if (looks_like_key(name) or (ends_like_key(name) and _like_keys(column)))
        and (len(column.different) > 0.2 * len(column.texts) or _may_repeat(name, column))
    ]
    return min(found)[2] if found else ""


def _may_repeat(name: str, column: Column) -> bool:
    """Whether a key with that name may have many rows."""
    return (names_patients(name) or names_stays(name)) and len(column.different) > 1


_WITHIN = 50  # times the lowest twentieth: where the highest one of numbers that are given out stays


def why_left_out(column: Column, patient: str) -> str:
    """Why the column is no feature; empty where it is one. ``patient`` is the column of the patients' keys."""
    if column.name == patient:
        return "the key of a row's patient: identifies, and means nothing"
    if len({folded_code(text) for text in column.different} - {f"{code:.10g}" for code in column.codes}) < 2:
        return (
            "one value in every row that has any: nothing could be asked" if column.different else "empty in every row"
        )
    return _date_or_key(column) or _text_or_person(column)


def _date_or_key(column: Column) -> str:
    values = list(column.different)
    if sum(map(is_date, values)) > 0.8 * len(values):
        return "dates: they can identify; a split by time may still name this column"
    whole = [value for value in values if value.isdecimal()]
    if len(whole) > 0.95 * len(values) and sum(map(is_date_number, whole)) > 0.95 * len(whole):
        return "dates written as numbers: they can identify, and are no quantity"
    if looks_like_key(column.name) or (ends_like_key(column.name) and _like_keys(column)):
        return "seems to be a number given to each row: identifies, and means nothing"
    lengths = {len(value) for value in values}
    if len(whole) == len(values) > 0.95 * column.rows and column.rows > 20 and len(lengths) == 1 and min(lengths) > 5:
        return f"another number of {max(lengths)} digits in nearly every row: may be a record's or telephone number"
    if _numbers_rows(column) and not names_a_measurement(column.called or column.name):
        return "another whole number in every row, as a record's number is: identifies, and means nothing"
    return ""


def _text_or_person(column: Column) -> str:
    numeric = is_numeric(column)
    finding = scan_column(column.name, [] if numeric else list(column.different))
    if finding:
        return f"may identify a person ({finding.kind}): {finding.sentence}"
    if not numeric and (len(column.different) > MAX_GUESSED_LEVELS or is_free_text_column(column.name)):
        return f"{len(column.different):,} different texts: free text, names or codes; group them to use them"
    return ""


def _like_keys(column: Column) -> bool:
    """Whether the values are whole numbers or single words, another in nearly every row or each in many rows."""
    values = list(column.different)
    if column.rows <= 1 or any(" " in value or "." in value or "," in value for value in values):
        return False
    numbers = len(values) > MAX_FEW and all(map(str.isdecimal, values))
    return len(values) >= 0.95 * column.rows or numbers or (len(values) >= 5 and min(map(len, values)) >= 4)


def _numbers_rows(column: Column) -> bool:
    """Whether there is another whole number in every row, always rising, or of many digits and never rounded.

    Numbers that are given out lie within a few powers of two; a quantity, such as a population, spans thousands.
    """
    values = list(column.different)
    if not len(values) == column.rows > 20 or not all(value.isdecimal() for value in values):
        return False
    numbers = np.array([float(text) for text in column.texts if text is not None])
    steps = np.diff(numbers)
    rounded = np.mean(numbers % 10 == 0)
    low, high = np.quantile(numbers, (0.05, 0.95))
    given_out = np.median(numbers) >= 10_000 and rounded < 0.3 and high < _WITHIN * low
    return bool(np.all(steps > 0) or np.all(steps < 0) or given_out)


def one_to_one(one: Column, other: Column) -> bool:
    """Whether each of many values of one column always comes with the same value of the other, and back."""
    if not 20 < len(one.different) == len(other.different) < one.rows == other.rows:
        return False
    return len(set(zip(one.texts, other.texts, strict=True)) - {(None, None)}) == len(one.different)
