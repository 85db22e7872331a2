"""Which patient each row of a table is about, and which rows are about none: summaries, and rows without a patient.

What tells patients apart in the file is used for that and forgotten.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from creason_core.record.importing.columns.headers import folded
from creason_core.record.importing.columns.mapping import TableMapping
from creason_core.record.importing.columns.patient_ids import key_of, plain_key, refuse_shortened, unlike_others
from creason_core.record.importing.columns.role_words import words_of
from creason_core.record.importing.columns.roles import guess
from creason_core.record.importing.files.protocol import Row, Table

_SUMMARY = (
    "mean average avg median total totals sum subtotal count minimum maximum quartile percentile stdev "
    "stddev summe gesamt insgesamt mittelwert mittel durchschnitt standardabweichung stdabw anzahl "
    "moyenne mediane somme effectif media promedio mediana suma desviacion recuento 평균 평균값 합계 총계 "
    "중앙값 표준편차 소계 총합 "
    "overall gesamtkollektiv spannweite range percentil perzentil quartil quantile "
    "gemiddelde mediaan totaal som aantal standaarddeviatie totale somma deviazione conteggio srednia razem łacznie "
    "odchylenie odch liczba soma desvio ecart contagem ortalama toplam medyan ortanca итого среднее медиана "
    "平均 平均値 平均值 均值 合計 合计 総計 总计 小計 小计 中央値 中位数 標準偏差 标准差"
).split()
_SHORT = (
    "sd std se sem n min max iqr cv mw stabw q1 q3 et de p all alle uln lln ref norm normal reference referenz σ ø"
).split()
_WORD = re.compile(
    rf"(?:(?:grand|overall|geometric|arithmetic|arithm|group|weighted|column|the|\d+ ?(?:st|nd|rd|th)?) )?"
    rf"({'|'.join(_SUMMARY)})(?:\W.*)?|p[- ]?(?:value|wert)s?|all patients|"
    rf"(?:reference|normal|ref) (?:range|values?|limits?)|(?:referenz|norm)(?:bereich|werte?)|[^=]*\(n ?= ?\d+\)"
)
_SHORT_WORD = re.compile(rf"({'|'.join(_SHORT)})(?: abw| dev)?(?:\s*[=:(±].*)?|(?:\d+ ?% ?)?(?:ci|ki|ic|bi)")
# What tells hospitals of one study apart; a word of numbers may stand beside it ("site id").
_CENTRES = frozenset(
    "site hospital hosp center centre klinik krankenhaus zentrum standort centro hopital ospedale ziekenhuis clinic "
    "facility institution study studie trial cohort kohorte estudio etude 병원 기관 센터".split()
)
_NUMBERS = frozenset("id ids nr no num number nummer code key name identifier".split())
_SHORT_CODE = re.compile(r"[^\W_]{1,4}(?:[-_ ]?\d{1,4})?")
_TEXT = re.compile(r"[^\W\d_]{1,3}")


@dataclass(frozen=True, slots=True)
class Owners:
    """``patient`` by row, from 0 in the order of the file; -1 for a row that is not used. Rows are named by number.

    ``blank`` hold values and no patient, or (``odd``) words where other patients have numbers; ``repeated`` are further
    rows of a patient of a wide table, ``differing`` whether they say other things; ``apart`` are columns of stays that
    a patient has several of, or of patients otherwise told apart, with such a row.
    ``alike`` are two rows, and their cells, of patients that differ in leading zeros, capitals or spaces only;
    ``centres`` are two rows of one id in two hospitals, and the column that tells those.
    """

    patient: tuple[int, ...]
    count: int
    summaries: tuple[tuple[int, str], ...] = ()
    blank: tuple[int, ...] = ()
    filled: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()
    differing: bool = False
    apart: tuple[tuple[str, int], ...] = ()
    alike: tuple[tuple[int, str], ...] = ()
    centres: tuple[int, int, str] | tuple[()] = ()
    odd: bool = False


def owners(table: Table, mapping: TableMapping) -> Owners:
    """Whose each row is, as the mapping says or, until a person has said it, as it would be.

    Raises:
        UploadError: Several rows have an id that a spreadsheet has shortened.
    """
    patient = mapping.column("patient")
    at = table.columns.index(patient.column) if patient else None
    if patient is not None and at is not None:
        refuse_shortened(table, patient.column)
    summaries = dict(summary_rows(table, mapping))
    holding = _holding(table, mapping)
    one = mapping.patients == "one" or (mapping.layout == "long" and at is None)
    centres = _Centres(table, mapping)
    odd = unlike_others(table.column(patient.column)) if patient else frozenset()
    seen: dict[str, int] = {}
    plain: dict[str, tuple[int, str]] = {}
    same: dict[str, str] = {}
    alike: tuple[tuple[int, str], ...] = ()
    who, blank, filled = [], [], []
    before = ""
    for row in table.rows:
        key = key_of(row.cells[at]) if at is not None else "all" if one else f"\0{row.number}"
        if row.number in summaries:
            who.append(-1)
            continue
        if key in odd and mapping.blanks != "own":
            key = ""
        if not key and any(row.cells[column] for column in holding):
            if mapping.blanks == "fill down" and before:
                key = before
                filled.append(row.number)
            elif mapping.blanks == "own" and mapping.layout == "wide":
                key = f"\0{row.number}"
            else:
                blank.append(row.number)
        if key and at is not None and not key.startswith("\0"):
            if key not in same:
                first = plain.setdefault(plain_key(key), (row.number, key))
                alike = alike or ((first, (row.number, key)) if first[1] != key else ())
                same[key] = first[1]
            key = same[key] if mapping.alike == "one" else key
            key = centres.key(key, row) if row.number not in filled[-1:] else key
        before = key or before
        who.append(seen.setdefault(key, len(seen)) if key else -1)
    apart = _apart(table, mapping, who)
    repeated = _repeated(table, who) if mapping.layout == "wide" and at is not None else ()
    differing = bool(repeated) and _differing(table, mapping, who)
    if differing and mapping.repeats != "together" and not mapping.column("time"):
        who = _one_row(who, last=mapping.repeats == "last row")
    return Owners(tuple(who), len(seen), tuple(summaries.items()), tuple(blank), tuple(filled), repeated, differing,
                  apart, alike, centres.several, bool(odd))  # fmt: skip


class _Centres:
    """The columns that say in which hospital or study a row's patient was counted; ``several`` is as in ``Owners``.

    A plain "site" may be one of the body: it counts where its cells are short codes. An empty cell says nothing.
    """

    def __init__(self, table: Table, mapping: TableMapping) -> None:
        self._columns, self._apart = table.columns, mapping.centres == "apart"
        self._places: list[int] = []
        self._first: dict[str, tuple[list[str], int]] = {}
        self.several: tuple[int, int, str] | tuple[()] = ()
        for item in mapping.columns:
            if item.role not in {"ignored", "site", "encounter"} or not tells_centres(item.column):
                continue
            cells = {cell.strip() for cell in table.column(item.column)} - {""}
            if len(cells) > 1 and (folded(item.column) != "site" or all(map(_SHORT_CODE.fullmatch, cells))):
                self._places.append(table.columns.index(item.column))

    def key(self, patient: str, row: Row) -> str:
        """``patient``, with where it was counted if a person said that this tells patients apart."""
        if not self._places:
            return patient
        where = [key_of(row.cells[place]) for place in self._places]
        first, number = self._first.setdefault(patient, (where, row.number))
        where = [cell or known for cell, known in zip(where, first, strict=True)]
        for place, cell, known in zip(self._places, where, first, strict=True):
            if known and cell != known and not self.several:
                self.several = number, row.number, self._columns[place]
        return "\0".join((patient, *where)) if self._apart else patient


def tells_centres(name: str) -> bool:
    """Whether a column's name is one of hospitals or studies."""
    words = set(words_of(name)) - _NUMBERS
    return bool(words) and words <= _CENTRES


def _holding(table: Table, mapping: TableMapping) -> list[int]:
    """The places of the columns that hold values."""
    roles = {"value"} if mapping.layout == "long" else {"feature"}
    return [table.columns.index(item.column) for item in mapping.columns if item.role in roles]


def summary_rows(table: Table, mapping: TableMapping) -> Sequence[tuple[int, str]]:
    """Rows of means, totals and the like by their number, with the word that says so where a patient would stand."""
    patient = mapping.column("patient")
    at = table.columns.index(patient.column) if patient else None
    if mapping.layout == "long" and at is None:
        return ()
    ids = {row.cells[at] for row in table.rows} if at is not None else set()
    initials = sum(bool(_TEXT.fullmatch(cell)) and not _sums_up(cell, short=True) for cell in ids)
    letters = 2 * initials > sum(any(map(str.isdigit, cell)) for cell in ids)  # patients go by their initials
    free = _places_of_words(table, mapping) if mapping.layout == "wide" else []
    found = []
    for row in table.rows:
        places = [at] if at is not None and key_of(row.cells[at]) else free
        for place in places:
            if _sums_up(row.cells[place], short=place == at and not letters):
                found.append((row.number, row.cells[place]))
                break
    return found


def _sums_up(cell: str, *, short: bool) -> bool:
    """Whether a cell says that its row is a mean, a total or the like; ``short`` words may be initials as well."""
    if not cell or len(cell) > 40 or cell.isdigit():
        return False
    plain = folded(cell)
    return bool(_WORD.fullmatch(plain) or (short and _SHORT_WORD.fullmatch(plain)))


def _places_of_words(table: Table, mapping: TableMapping) -> list[int]:
    """Columns that hold such words and little else, by place: "total" among others may be a kind of treatment."""
    used = {item.column for item in mapping.columns if item.role in {"patient", "time", "unit"}}
    found = []
    for place, name in enumerate(table.columns):
        cells = [row.cells[place] for row in table.rows if row.cells[place]] if name not in used else []
        numbers = sum(cell[0].isdigit() for cell in cells)
        if numbers == len(cells):
            continue
        words = sum(_sums_up(cell, short=False) for cell in cells)
        if words and words + numbers == len(cells) and words < 0.5 * len(table.rows):
            found.append(place)
    return found


def _repeated(table: Table, who: Sequence[int]) -> tuple[int, ...]:
    seen: set[int] = set()
    found = []
    for row, patient in zip(table.rows, who, strict=True):
        if patient in seen:
            found.append(row.number)
        elif patient >= 0:
            seen.add(patient)
    return tuple(found)


def _differing(table: Table, mapping: TableMapping, who: Sequence[int]) -> bool:
    """Whether rows of one patient say different things in a column that is mapped.

    So do rows that fill different ones, where a column that is not used tells them apart: a visit, an event, a form.
    """
    unused = [item.column for item in mapping.columns if item.role == "ignored"]
    apart = any(_several(table, place, who, empty=False) for place in map(table.columns.index, unused))
    return any(_several(table, place, who, empty=apart) for place in _holding(table, mapping))


def _several(table: Table, place: int, who: Sequence[int], *, empty: bool) -> bool:
    """Whether a row of a patient says something else than an earlier one, which may be ``empty`` there."""
    said: dict[int, str] = {}
    for row, patient in zip(table.rows, who, strict=True):
        cell = row.cells[place]
        if patient >= 0 and (cell or empty) and said.setdefault(patient, cell) != (cell or said[patient]):
            return True
    return False


def _one_row(who: Sequence[int], *, last: bool) -> list[int]:
    kept: dict[int, int] = {}
    for place, patient in enumerate(who):
        if last or patient not in kept:
            kept[patient] = place
    return [patient if kept[patient] == place else -1 for place, patient in enumerate(who)]


def _apart(table: Table, mapping: TableMapping, who: Sequence[int]) -> tuple[tuple[str, int], ...]:
    """Columns of stays of which one patient has several, each with a row where that shows.

    Of a column whose name says as much of patients as that of the patient does, also one that several patients share.
    """
    patient, found = mapping.column("patient"), []
    least = _says(patient.column) if patient else 0.0
    for item in mapping.columns:
        if item.role != "encounter" or item.column not in table.columns:
            continue
        place = table.columns.index(item.column)
        stays: dict[int, str] = {}
        whose: dict[str, int] = {}
        several = shared = 0
        for row, owner in zip(table.rows, who, strict=True):
            if owner < 0 or not (key := key_of(row.cells[place])):
                continue
            if stays.setdefault(owner, key) != key:
                several = several or row.number
            if whose.setdefault(key, owner) != owner:
                shared = shared or row.number
        if several and not shared:  # what patients share is a count of their stays, and tells none apart
            found.append((item.column, several))
        elif shared and _says(item.column) >= least > 0:
            found.append((item.column, several or shared))
    return tuple(found)


def _says(column: str) -> float:
    """How much a column's name says of patients; 0 for nothing."""
    said = guess(column)
    return said.rank if said and said.role in {"patient", "encounter"} else 0.0


def described(rows: Sequence[int], shown: int = 5) -> str:
    """Rows by number, as many as a sentence holds: "rows 3, 4 and 5", "rows 3, 4, 5 and 120 more"."""
    if len(rows) == 1:
        return f"row {rows[0]}"
    if len(rows) <= shown:
        return f"rows {', '.join(map(str, rows[:-1]))} and {rows[-1]}"
    return f"rows {', '.join(map(str, rows[:shown]))} and {len(rows) - shown:,} more"
