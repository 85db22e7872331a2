"""Values over time in a table: a row a patient with a column for each time, or a row for each time of a patient.

Nothing is guessed: a time is a number of hours since admission that the codebook names, and two values at one time, or
of what has one value a patient, are told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from creason_core.arrays import Floats
from creason_core.cohort.misfits import Misfit, misfit
from creason_core.cohort.table_files.cells import Texts, as_numbers, as_texts, is_date
from creason_core.cohort.table_files.numbers import sign_of_table
from creason_core.record.case import check_value
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.counting import count
from creason_core.record.hours import MAX_HOURS, hours_text, name_at
from creason_core.record.importing.columns.mapping import ColumnMap, Role, TableMapping
from creason_core.record.importing.columns.roles import guess
from creason_core.record.importing.columns.times import SAID, read_times
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.importing.patients.rows import owners, tells_centres

if TYPE_CHECKING:
    import pandas as pd

Column = Floats | Texts
Points = tuple[float | None, ...]
PLACE = "{hours}"  # in a column's name, where the hours of the time stand


def sources(feature: Feature, codebook: Codebook) -> Iterator[tuple[str, str, Points]]:
    """For each column that ``feature`` is read from: what it is called in words, the column, and whose times it has.

    A row for each time: one column for all. Else ``lactate_{hours}h`` or, by default, ``lactate@6``: one a time point.
    """
    column, points = feature.column or feature.name, codebook.points_of(feature)
    if not points or codebook.hours:
        yield feature.name, column, points or (None,)
        return
    for hours in points:
        at = column.replace(PLACE, hours_text(hours)) if PLACE in column else name_at(column, hours)
        yield name_at(feature.name, hours), at, (hours,)


@dataclass(frozen=True)
class TimeRows:
    """Whose each row of a table is, and of which time; ``hours`` is None where each row is a record.

    ``record`` are places in ``first``, the first row of each record; ``told`` says what does not fit.
    """

    first: NDArray[np.int64]
    record: NDArray[np.int64]
    hours: Floats | None
    told: tuple[Misfit, ...] = ()

    @classmethod
    def of(cls, source: "pd.DataFrame", codebook: Codebook) -> "TimeRows":
        """The rows of ``source``."""
        each = np.arange(len(source))
        if not codebook.hours or codebook.patient not in source:
            return cls(each, each, None)
        if codebook.hours not in source:
            rule = f"the table has no column '{codebook.hours}' of hours since admission"
            remedy = "Correct 'hours' in the codebook; a table without times has none."
            return cls(each, each, None, (Misfit(severity="structure", thing="hours", rule=rule, remedy=remedy),))
        keys = as_texts(source[codebook.patient])
        _, first, record = np.unique(np.array([key or "" for key in keys]), return_index=True, return_inverse=True)
        order = np.argsort(first)  # in the order of the table
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        texts = as_texts(source[codebook.hours])
        hours, told = _hours(texts, codebook, comma=sign_of_table(source).decimal == "comma")
        told = (*told, *_one_stay(source, codebook))
        nameless = np.array([key is None for key in keys], dtype=bool)
        if nameless.any():
            said = ("rows without a patient's key", "Fill it in, or remove them.")
            told = (*told, misfit("structure", codebook.patient, said, nameless, keys))
        return cls(first[order], place[record], hours, told)

    def by_record(
        self, values: Column, points: Points, name: str, texts: Texts, misfits: list[Misfit]
    ) -> Mapping[str, Column]:
        """``values``, one a row, as columns of one value a record, by their names; adds to ``misfits``."""
        if self.hours is None:
            return {name_at(name, points[0]): values}
        there = np.array([value is not None and value == value for value in values], dtype=bool)  # noqa: PLR0124 — NaN
        made: dict[str, Column] = {}
        for point in points:
            column = _empty(len(self.first), numeric=values.dtype == float)
            rows = np.flatnonzero(there & (self.hours == point) if point is not None else there)
            _, firsts = np.unique(self.record[rows], return_index=True)
            column[self.record[rows[firsts]]] = values[rows[firsts]]
            again = np.zeros(len(values), dtype=bool)
            again[np.delete(rows, firsts)] = True
            if point is None:
                again &= np.array(values != column[self.record], dtype=bool)
            if again.any():
                rule, remedy = _twice(point)
                misfits.append(misfit("structure", name, (rule, remedy), again, texts))
            made[name_at(name, point)] = column
        return made


def _empty(records: int, *, numeric: bool) -> Column:
    return np.full(records, np.nan) if numeric else np.full(records, None, dtype=object)


def _twice(point: float | None) -> tuple[str, str]:
    if point is None:
        remedy = "It has one value a patient: make them the same, or give it 'counts' in the codebook."
        return "another value than in an earlier row of the patient", remedy
    return f"a second value of a patient at {hours_text(point)} h", "Keep one of them."


def _one_stay(source: "pd.DataFrame", codebook: Codebook) -> Iterator[Misfit]:
    """What would put several stays of a patient, or patients of several hospitals, into one record."""
    named = [str(name) for name in source]
    found = {name: guess(name) for name in named if name not in {codebook.patient, codebook.hours}}
    stays = [name for name, of in found.items() if of and of.role == "encounter" and of.rank > 1]
    columns = [codebook.patient, *stays, *(name for name in found if tells_centres(name) and name not in stays)]
    if len(columns) == 1:
        return
    texts = (["" if text is None else text for text in as_texts(source[name])] for name in columns)
    rows = tuple(Row(number, cells) for number, cells in enumerate(zip(*texts, strict=True), start=1))
    roles: Mapping[str, Role] = {codebook.patient: "patient", **dict.fromkeys(stays, "encounter")}
    maps = tuple(ColumnMap(column=name, role=roles.get(name, "ignored")) for name in columns)
    whose = owners(Table(tuple(columns), rows), TableMapping(codebook="", layout="wide", columns=maps))
    for name, row in whose.apart:
        rule = f"a patient has several stays in '{name}', whose times would be put together"
        remedy = f"Write 'patient: {name}' to take each stay for one, or take that column out of the table."
        yield Misfit(severity="structure", thing="patient", rule=rule, remedy=remedy, count=1, rows=(row,))
    if whose.centres:
        first, second, name = whose.centres
        rule = f"one key stands with two values of '{name}', and may be of two patients"
        remedy = "Make one key of both, or take that column out of the table where it is one patient."
        yield Misfit(severity="structure", thing="patient", rule=rule, remedy=remedy, count=2, rows=(first, second))


def _hours(texts: Texts, codebook: Codebook, *, comma: bool) -> tuple[Floats, tuple[Misfit, ...]]:
    """The hours that ``texts`` tell, NaN where they are none of the codebook's; and what does not fit.

    Bare numbers are hours, as the codebook says, unless the column's name says minutes or seconds. ``comma`` is as of
    ``read_times``.
    """
    read = read_times({text for text in texts if text is not None}, codebook.hours, "hours", comma=comma)
    numbers = as_numbers(texts, "comma" if comma else "point")
    if not (read.absolute or read.whole_days):
        numbers = np.array([read.hours.get(text or "", number) for text, number in zip(texts, numbers, strict=True)])
    hours = np.array(numbers, dtype=np.float64)
    none = np.array([text is None for text in texts], dtype=bool)
    bad = np.isnan(hours) & ~none
    if read.whole_days or (read.options and set(read.options) <= {"days", "day numbers"}):
        rule = "its column is called one of days, and hours are read from it"
        told_days = misfit("structure", "hours", (rule, "Write hours since admission, and call it so."), ~none, texts)
        return np.full(len(texts), np.nan), (told_days,)
    told = []
    if read.hours and not read.absolute and read.said != SAID["hours"]:
        remedy = "Correct the column's name or its cells where that is wrong."
        told.append(misfit("note", "hours", (f"read as {read.said}, as the file says", remedy), ~none, texts))
    if none.any():
        told.append(misfit("cell", "hours", ("rows without a time", "Fill it in, or remove them."), none, texts))
    if any(is_date(text) for text in texts[bad]):
        rule = "dates where hours since admission belong, and the table tells no admission to count from"
        remedy = "Subtract each patient's admission, and write hours: that also keeps dates out."
        told.append(misfit("structure", "hours", (rule, remedy), bad, texts))
    elif bad.any():
        told.append(misfit("cell", "hours", ("text where hours belong", "Write numbers, such as 6."), bad, texts))
    with np.errstate(invalid="ignore"):
        outside = (hours < codebook.earliest) | (hours > MAX_HOURS)
    if outside.any():
        rule = f"times outside {hours_text(codebook.earliest)}–{MAX_HOURS:.0f} hours since admission"
        told.append(misfit("cell", "hours", (rule, "Correct them; 'earliest' allows hours before it."), outside, texts))
    other = ~np.isnan(hours) & ~outside & ~np.isin(hours, codebook.points)
    if other.any():
        rule = f"times that are none of the codebook's ({', '.join(map(hours_text, codebook.points))} h)"
        remedy = "Name them under 'times' in the codebook, or say which time point each belongs to."
        told.append(misfit("cell", "hours", (rule, remedy), other, texts))
    hours[outside | other] = np.nan
    return hours, tuple(told)


def counted_column(
    feature: Feature, codebook: Codebook, columns: dict[str, Column]
) -> tuple[dict[str, Column], tuple[Misfit, ...]]:
    """The value of each record that counts, of ``columns`` at the time points; nothing where it has one value anyway.

    A sum is not known while a portion is missing (``record.over_time.counted`` has the same rules); one that is
    impossible is told, and emptied with its parts.
    """
    names = [name_at(feature.name, hours) for hours in codebook.points_of(feature)]
    if not names or any(name not in columns for name in names):
        return {}, ()
    records = len(columns[names[0]])
    found = _empty(records, numeric=feature.numeric)
    wrong = np.zeros(records, dtype=bool)
    for record, row in enumerate(zip(*(columns[name].tolist() for name in names), strict=True)):
        values = [value for value in row if value is not None and value == value]  # noqa: PLR0124 — NaN
        values = [value for value in values if value not in feature.not_measured] or values
        portion_missing = feature.counts == "sum" and len(values) < len(names)
        if values and not portion_missing:
            found[record] = values[0] if len(values) == 1 else count(feature, values)[1]
            wrong[record] = any(said.tier == "impossible" for said in check_value(feature, found[record]))
    if not wrong.any():
        return {feature.name: found}, ()
    rule = f"the {feature.counts} of a patient's values is outside {feature.impossible}"
    told = misfit("cell", feature.name, (rule, "Correct them, or widen 'impossible'."), wrong, as_texts(found))
    for column in (found, *(columns[name] for name in names)):
        column[wrong] = np.nan if feature.numeric else None
    return {feature.name: found}, (told,)
