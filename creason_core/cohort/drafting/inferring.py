"""A draft of a codebook from a table: what each column seems to be, judged by its name and all of its values."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.drafting.draft import AGE_NOTE, Draft, DraftFeature, DraftTie, with_notes
from creason_core.cohort.drafting.formulas import find_formulas
from creason_core.cohort.drafting.levels import in_order, no_yes
from creason_core.cohort.drafting.naming import (
    GuessedUnit,
    label_of,
    looks_audited,
    looks_like_key,
    looks_like_outcome,
    unit_of,
)
from creason_core.cohort.table_files.cells import (
    Texts,
    as_numbers,
    as_texts,
    decimals_of,
    is_date,
    is_date_number,
    is_number,
)
from creason_core.cohort.table_files.reading import Frame
from creason_core.errors import CodebookError
from creason_core.record.ages import OLDEST_PERSON, TOP_CODED_AGE, named_like_an_age
from creason_core.record.codebook import YEARS, Kind
from creason_core.record.identifiers import is_free_text_column, scan_column, shown_column

if TYPE_CHECKING:
    import pandas as pd

MAX_GUESSED_LEVELS = 50  # more different texts than this are no levels
FEW_WHOLE_NUMBERS = 6  # at most so many different whole numbers are levels with an order
_STRAY_SHARE = 0.05  # of a column of numbers: texts among them up to this share mean "not recorded" or a limit
_FILLED_SHARE = 0.1


@dataclass(frozen=True)
class _Column:
    name: str
    texts: Texts
    numbers: Floats
    different: Counter[str]

    @property
    def rows(self) -> int:
        return sum(self.different.values())


def infer(frame: Frame, name: str) -> Draft:
    """The draft of a codebook called ``name`` for ``frame``.

    Raises:
        CodebookError: No column can be a feature.
    """
    left_out: dict[str, str] = {}
    patient = _key_of(frame.table)
    columns = {name: _read(name, frame.table[name]) for name in frame.table.columns}
    for column, read in columns.items():
        if why := _why_left_out(read, patient):
            left_out[column] = why
    for column, read in columns.items():
        twins = [other for other in left_out if column not in left_out and _one_to_one(read, columns[other])]
        if twins:
            left_out[column] = f"stands one to one for '{twins[0]}', which is left out"
    features = [_feature(read) for column, read in columns.items() if column not in left_out]
    if not features:
        raise CodebookError(
            "No column of the table can be a feature.",
            remedy="; ".join(f"{shown_column(column)}: {why}" for column, why in left_out.items()),
        )
    alone = "no column seems to hold the patients' keys: each row will count as a patient of its own"
    draft = Draft(
        name=name,
        title=label_of(name),
        origin=f"a {frame.kind} of {len(frame.table):,} rows and {len(frame.table.columns)} columns",
        features=tuple(features),
        left_out=left_out,
        patient=patient,
        notes=() if patient else (alone,),
    )
    return _with_formulas(draft, columns)


def _read(name: str, values: "pd.Series[str]") -> _Column:
    texts = as_texts(values)
    return _Column(name, texts, as_numbers(texts), Counter(text for text in texts if text is not None))


def _key_of(table: "pd.DataFrame") -> str:
    """The column of the patients' keys: called like one, and with hardly any key in many rows; "" for none."""
    for column in table.columns:
        if looks_like_key(column) and table[column].nunique() > 0.2 * len(table):
            return str(column)
    return ""


def _why_left_out(column: _Column, patient: str) -> str:
    if column.name == patient:
        return "the key of a row's patient: identifies, and means nothing"
    if len(column.different) < 2:
        return (
            "one value in every row that has any: nothing could be asked" if column.different else "empty in every row"
        )
    return _date_or_key(column) or _text_or_person(column)


def _date_or_key(column: _Column) -> str:
    values = list(column.different)
    if sum(map(is_date, values)) > 0.8 * len(values):
        return "dates: they can identify; a split by time may still name this column"
    whole = [value for value in values if value.isdigit()]
    if len(whole) > 0.95 * len(values) and sum(map(is_date_number, whole)) > 0.95 * len(whole):
        return "dates written as numbers: they can identify, and are no quantity"
    unique = len(values) == column.rows > 20
    if looks_like_key(column.name) or (unique and _numeric(column) and _counts_up(column)):
        return "seems to be a number given to each row: identifies, and means nothing"
    lengths = {len(value) for value in values}
    if len(whole) == len(values) > 0.95 * column.rows and column.rows > 20 and len(lengths) == 1 and min(lengths) > 5:
        return f"another number of {max(lengths)} digits in nearly every row: may be a record's or telephone number"
    return ""


def _text_or_person(column: _Column) -> str:
    numeric = _numeric(column)
    finding = scan_column(column.name, [] if numeric else list(column.different))
    if finding:
        return f"may identify a person ({finding.kind}): {finding.sentence}"
    if not numeric and (len(column.different) > MAX_GUESSED_LEVELS or is_free_text_column(column.name)):
        return f"{len(column.different):,} different texts: free text, names or codes; group them to use them"
    return ""


def _numeric(column: _Column) -> bool:
    known = int(np.isfinite(column.numbers).sum())
    return known >= (1 - _STRAY_SHARE) * column.rows and len(_strays(column)) <= 10


def _strays(column: _Column) -> tuple[str, ...]:
    return tuple(text for text in column.different if not is_number(text))


def _counts_up(column: _Column) -> bool:
    return bool(np.all(np.abs(np.diff(column.numbers)) == 1))


def _feature(column: _Column) -> DraftFeature:
    feature = _quantity(column) if _numeric(column) and not _few_whole(column) else _levels(column)
    if looks_like_outcome(column.name):
        feature = with_notes(
            replace(feature, time="outcome", role="outcome", section="Outcome"),
            "the name is that of an outcome: known only at the end, and never shown with another feature",
        )
    elif looks_audited(column.name):
        feature = with_notes(
            replace(feature, role="audit"), "kept to compare groups by, and never sent to a model (role: audit)"
        )
    share = 1 - column.rows / max(len(column.texts), 1)
    return with_notes(feature, f"not recorded in {share:.0%} of the rows") if share > 0.5 else feature


def _few_whole(column: _Column) -> bool:
    known = np.unique(column.numbers[np.isfinite(column.numbers)])
    return len(known) <= FEW_WHOLE_NUMBERS and bool(np.all(known % 1 == 0))


def _quantity(column: _Column) -> DraftFeature:
    known = column.numbers[np.isfinite(column.numbers)]
    strays = _strays(column)
    whole = bool(np.all(known % 1 == 0))
    written = _decimals(column)
    # Four digits are as many as anybody reasons with.
    decimals = min(written, max(0, 3 - int(np.floor(np.log10(max(np.quantile(np.abs(known), 0.95), 1e-6))))))
    kind: Kind = "integer" if whole else "number"
    low, high = (round(float(np.quantile(known, q)), decimals) for q in (0.005, 0.995))
    unit = unit_of(column.name, known)
    notes = [
        f"confirm holds all but one in a hundred of the values ({known.min():g} to {known.max():g}): what is unusual?"
    ]
    if known.min() >= 0:
        notes.append("impossible: nothing here is below 0; say what cannot be")
    age = _age(column, unit.unit if unit else "", known)
    if age:
        unit = unit or GuessedUnit("a", "years", "", "ages are told in years")
        notes.append(AGE_NOTE)
    elif unit and unit.unit in YEARS and TOP_CODED_AGE <= known.max() <= OLDEST_PERSON:
        notes.append("years over 89: is it a person's age? Write 'age: true' or 'age: false'; no cohort is made before")
    if unit:
        notes.append(f"unit {unit.label or unit.unit}: {unit.why}")
    else:
        notes.append("no unit could be guessed")
    if decimals < written:
        notes.append(f"decimals: the table has up to {written}; values will be rounded to {decimals}")
    if strays:
        notes.append("missing: texts among the numbers; a limit such as <0.1 may deserve a number instead")
    if filled := _filled(known):
        notes.append(
            f"{filled[1]:.0%} of the values are {filled[0]:g}: if that was filled in where nobody measured, "
            f"write 'not_measured: [{filled[0]:g}]'"
        )
    return DraftFeature(
        column=column.name,
        label=label_of(column.name),
        kind=kind,
        unit=unit.unit if unit else "",
        unit_label=unit.label if unit else "",
        loinc=unit.loinc if unit else "",
        age=age,
        decimals=decimals,
        impossible=(0.0, None) if known.min() >= 0 else None,
        confirm=(low, high),
        missing=strays,
        notes=tuple(notes),
    )


def _age(column: _Column, unit: str, known: Floats) -> bool | None:
    """True where name, unit and values are those of ages in years; else nothing is said."""
    of_persons = known.min() >= 0 and known.max() <= OLDEST_PERSON
    return True if of_persons and named_like_an_age(column.name, unit=unit) else None


def _decimals(column: _Column) -> int:
    known = column.numbers[np.isfinite(column.numbers)]
    if np.all(known % 1 == 0):  # "120.0" is written so because a column had gaps once
        return 0
    strays = _strays(column)
    return decimals_of([text for text in column.different if text not in strays])


def _filled(known: Floats) -> tuple[float, float] | None:
    """A value far commoner than its neighbours and inside the range, and its share; None where there is none."""
    values, counts = np.unique(known, return_counts=True)
    if len(values) < 20:
        return None
    order = np.argsort(counts)
    most, second = order[-1], order[-2]
    share = counts[most] / counts.sum()
    inside = 0 < most < len(values) - 1
    return (
        (float(values[most]), float(share))
        if inside and share > _FILLED_SHARE and counts[most] > 3 * counts[second]
        else None
    )


def _levels(column: _Column) -> DraftFeature:
    written = (_whole_as_text(text) for text, _ in column.different.most_common())
    levels = list(
        {text.casefold(): text for text in reversed(list(written))}.values()
    )  # "n" is "N", if that is commoner
    whole = [text for text in levels if text.lstrip("+-").isdigit()]
    notes = ["what do the codes mean? Write it as their labels"] if whole else []
    rare = [text for text, count in column.different.items() if count < 10]
    if rare and len(column.texts) > 200:
        notes.append(f"fewer than 10 rows: {', '.join(rare[:8])}")
    if spoken := no_yes(levels) if len(column.different) == 2 else None:
        return DraftFeature(column.name, label_of(column.name), "binary", levels=spoken, notes=tuple(notes))
    if len(whole) == len(levels):
        ordered, how = tuple(sorted(levels, key=int)), "they are whole numbers"
    else:
        ordered, how = in_order(sorted(levels))
    kind: Kind = "binary" if len(levels) == 2 else "ordinal" if how else "nominal"
    if kind == "ordinal":
        notes.append(f"taken to be in order, because {how}; nominal if not")
    return DraftFeature(
        column.name, label_of(column.name), kind, levels=tuple((text, text) for text in ordered), notes=tuple(notes)
    )


def _one_to_one(one: _Column, other: _Column) -> bool:
    """Whether each of many values of one column always comes with the same value of the other, and back."""
    if not 20 < len(one.different) == len(other.different) < one.rows == other.rows:
        return False
    return len(set(zip(one.texts, other.texts, strict=True)) - {(None, None)}) == len(one.different)


def _whole_as_text(text: str) -> str:
    """A code written "2.0", as in a column that had gaps once, as "2"."""
    return text[:-2] if text.endswith(".0") and text[:-2].lstrip("+-").isdigit() else text


def with_formulas_of(draft: Draft, frame: Frame) -> Draft:
    """``draft`` with the formulas that the numbers of ``frame`` follow and the draft does not tell."""
    named = (feature.column for feature in draft.features)
    return _with_formulas(draft, {name: _read(name, frame.table[name]) for name in named if name in frame.table})


def _with_formulas(draft: Draft, columns: Mapping[str, _Column]) -> Draft:
    known = {feature.column: feature for feature in draft.features}
    numeric = [
        f.column for f in draft.features if f.role in ("predictor", "derived") and f.kind in ("number", "integer")
    ]
    asked = [name for name in numeric if name in columns]
    told = [{f.column, *f.derived_from} for f in draft.features if f.derived_from]
    inputs = {name: columns[name].numbers for name in asked}
    steps = {name: 10.0 ** -_decimals(columns[name]) for name in inputs}
    ties = []
    for formula in find_formulas(inputs, steps):
        if any({formula.result, *formula.inputs} <= members for members in told):
            continue
        if len(formula.inputs) == 1:
            ties.append(
                DraftTie((*formula.inputs, formula.result), f"in this table {formula.result} is {formula.words}")
            )
            continue
        feature = known[formula.result]
        if feature.derived_from:  # it has a formula already: the further one is a tie
            words = f"in this table {formula.result} is {formula.words}"
            ties.append(DraftTie((*formula.inputs, formula.result), words))
            continue
        known[formula.result] = with_notes(
            replace(feature, role="derived", derived_from=formula.inputs),
            f"derived_from: in this table it is {formula.words}, in every row",
        )
    return replace(draft, features=tuple(known.values()), ties=(*draft.ties, *ties))
