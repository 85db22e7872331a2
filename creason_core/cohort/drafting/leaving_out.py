"""Which columns are no features: keys, dates, free text, what may identify a person, what says nothing."""

from typing import TYPE_CHECKING

import numpy as np

from creason_core.cohort.drafting.columns import Column, is_numeric
from creason_core.cohort.drafting.naming import (
    looks_like_key,
)
from creason_core.cohort.table_files.cells import (
    is_date,
    is_date_number,
)
from creason_core.record.identifiers import is_free_text_column, scan_column

if TYPE_CHECKING:
    import pandas as pd

MAX_GUESSED_LEVELS = 50  # more different texts than this are no levels


def patient_key_of(table: "pd.DataFrame") -> str:
    """The column of the patients' keys: called like one, and with hardly any key in many rows; "" for none."""
    for column in table.columns:
        if looks_like_key(column) and table[column].nunique() > 0.2 * len(table):
            return str(column)
    return ""


def why_left_out(column: Column, patient: str) -> str:
    """Why the column is no feature; empty where it is one. ``patient`` is the column of the patients' keys."""
    if column.name == patient:
        return "the key of a row's patient: identifies, and means nothing"
    if len(column.different) < 2:
        return (
            "one value in every row that has any: nothing could be asked" if column.different else "empty in every row"
        )
    return _date_or_key(column) or _text_or_person(column)


def _date_or_key(column: Column) -> str:
    values = list(column.different)
    if sum(map(is_date, values)) > 0.8 * len(values):
        return "dates: they can identify; a split by time may still name this column"
    whole = [value for value in values if value.isdigit()]
    if len(whole) > 0.95 * len(values) and sum(map(is_date_number, whole)) > 0.95 * len(whole):
        return "dates written as numbers: they can identify, and are no quantity"
    unique = len(values) == column.rows > 20
    if looks_like_key(column.name) or (unique and is_numeric(column) and _counts_up(column)):
        return "seems to be a number given to each row: identifies, and means nothing"
    lengths = {len(value) for value in values}
    if len(whole) == len(values) > 0.95 * column.rows and column.rows > 20 and len(lengths) == 1 and min(lengths) > 5:
        return f"another number of {max(lengths)} digits in nearly every row: may be a record's or telephone number"
    return ""


def _text_or_person(column: Column) -> str:
    numeric = is_numeric(column)
    finding = scan_column(column.name, [] if numeric else list(column.different))
    if finding:
        return f"may identify a person ({finding.kind}): {finding.sentence}"
    if not numeric and (len(column.different) > MAX_GUESSED_LEVELS or is_free_text_column(column.name)):
        return f"{len(column.different):,} different texts: free text, names or codes; group them to use them"
    return ""


def _counts_up(column: Column) -> bool:
    return bool(np.all(np.abs(np.diff(column.numbers)) == 1))


def one_to_one(one: Column, other: Column) -> bool:
    """Whether each of many values of one column always comes with the same value of the other, and back."""
    if not 20 < len(one.different) == len(other.different) < one.rows == other.rows:
        return False
    return len(set(zip(one.texts, other.texts, strict=True)) - {(None, None)}) == len(one.different)
