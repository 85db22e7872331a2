"""A column as a feature of the draft: a quantity with its unit and ranges, or levels."""

import re
from dataclasses import replace

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.drafting.columns import Column, is_numeric, strays_of, written_decimals
from creason_core.cohort.drafting.draft import AGE_NOTE, DraftFeature, with_notes
from creason_core.cohort.drafting.levels import in_order, no_yes
from creason_core.cohort.drafting.naming import (
    GuessedUnit,
    label_of,
    looks_audited,
    looks_like_outcome,
    perhaps_outcome,
    unit_of,
)
from creason_core.errors import CaseError
from creason_core.record.ages import OLDEST_PERSON, TOP_CODED_AGE, named_like_an_age
from creason_core.record.codebook import YEARS, Feature, Kind
from creason_core.record.importing.cells.level_codes import looks_like_code
from creason_core.record.importing.cells.values import parse_cell, plain_number
from creason_core.record.importing.contents.decimals import two_readings

# Words that are a level in one table and "not recorded" in the next.
_UNSAID = frozenset(
    "unknown|unk|missing|not done|not recorded|not measured|not available|not known|none|nd|n.d.|nr|u|미상|-".split("|")
)
_SEX = re.compile(r"(?<![a-z])(?:sex|gender|geschlecht|sexe|sexo|female|male)(?![a-z])|성별")
FEW_WHOLE_NUMBERS = 6  # at most so many different whole numbers are levels with an order
_FILLED_SHARE = 0.1


def feature_of(column: Column) -> DraftFeature:
    """What the column seems to be, with a note on all that a person should look at."""
    feature = _quantity(column) if is_numeric(column) and not _few_whole(column) else _levels(column)
    if looks_like_outcome(column.name):
        feature = with_notes(
            replace(feature, time="outcome", role="outcome", section="Outcome"),
            "the name is that of an outcome: known only at the end, and never shown with another feature",
        )
    elif looks_audited(column.name):
        feature = with_notes(
            replace(feature, role="audit"), "kept to compare groups by, and never sent to a model (role: audit)"
        )
    elif perhaps_outcome(column.name):
        feature = with_notes(feature, "is it known only at the end, or what was studied? Then 'role: outcome'")
    if _random(column):
        feature = with_notes(feature, "another number between 0 and 1 in every row, as random numbers are: is it any?")
    share = 1 - column.rows / max(len(column.texts), 1)
    return with_notes(feature, f"not recorded in {share:.0%} of the rows") if share > 0.5 else feature


def _random(column: Column) -> bool:
    """Whether its numbers look drawn: between 0 and 1, with many digits, another in every row."""
    known = column.numbers[np.isfinite(column.numbers)]
    if not 20 < len(known) == len(column.different):
        return False
    return bool(known.min() >= 0 and known.max() <= 1 and written_decimals(column) >= 5)


def _few_whole(column: Column) -> bool:
    known = np.unique(column.numbers[np.isfinite(column.numbers)])
    return len(known) <= FEW_WHOLE_NUMBERS and bool(np.all(known % 1 == 0))


def _quantity(column: Column) -> DraftFeature:
    known = column.numbers[np.isfinite(column.numbers)]
    whole = bool(np.all(known % 1 == 0))
    written = written_decimals(column)
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
    strays = _strays(column, unit.unit if unit else "", age)
    notes += _undecided(column)
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


def _strays(column: Column, unit: str, age: bool | None) -> tuple[str, ...]:
    """The texts that are no numbers; one with a known unit, or an age that is not told ("> 89"), is a number."""
    feature = Feature(name="x", label="x", section="x", kind="number", time="admission", unit=unit, age=age)

    def stray(text: str) -> bool:
        try:
            parse_cell(text, feature, column.decimal or "point")
        except CaseError:
            return True
        return False

    return tuple(text for text in strays_of(column) if stray(text))


def _undecided(column: Column) -> list[str]:
    """What the codebook must say before a cohort is made: codes for missing, and the decimal sign."""
    notes = []
    if column.codes:
        told = ", ".join(f'"{code:.10g}"' for code in column.codes)
        rows = sum(column.different[text] for text in column.different
                   if plain_number(text, column.decimal or "point") in column.codes)  # fmt: skip
        notes.append(
            f'missing: {told} ({rows:,} rows) far from all other values, as codes for "not recorded" are. Write '
            f"'missing: [{told}]', or 'recorded: [{told}]' where they are values; no cohort is made before"
        )
    if column.decimal is None:
        number, point, comma = two_readings(column.different)
        notes.append(
            f"decimal: {number} can be {point} or {comma}. Write 'decimal: point' for the first, 'decimal: comma' for "
            "the second; no cohort is made before"
        )
    return notes


def _age(column: Column, unit: str, known: Floats) -> bool | None:
    """True where name, unit and values are those of ages in years; else nothing is said."""
    of_persons = known.min() >= 0 and known.max() <= OLDEST_PERSON
    return True if of_persons and named_like_an_age(column.name, unit=unit) else None


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


def _levels(column: Column) -> DraftFeature:
    codes = {f"{code:.10g}" for code in column.codes} or _codes_among_words(column)
    told_as = (_whole_as_text(text) for text, _ in column.different.most_common())
    written = [text for text in told_as if text not in codes]
    levels = list({text.casefold(): text for text in reversed(written)}.values())  # "n" is "N", if that is commoner
    whole = [text for text in levels if text.lstrip("+-").isdecimal()]
    notes = ["what do the codes mean? Write it as their labels"] if whole else []
    rare = [text for text, count in column.different.items() if count < 10]
    if rare and len(column.texts) > 200:
        notes.append(f"fewer than 10 rows: {', '.join(rare[:8])}")
    notes += _undecided(column)
    if codes and not column.codes:
        told = ", ".join(f'"{code}"' for code in sorted(codes))
        notes.append(
            f"missing: {told} among words, as codes for \"not recorded\" are. Write 'missing: [{told}]', or add them "
            "to the levels; no cohort is made before"
        )
    if unsaid := [text for text in levels if text.casefold() in _UNSAID]:
        told = ", ".join(f'"{text}"' for text in unsaid)
        notes.append(f"missing: {told} may stand for \"not recorded\": then move it to 'missing: [{told}]'")
    if spoken := no_yes(levels) if len(levels) == 2 and not _SEX.search(column.name.casefold()) else None:
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


def _codes_among_words(column: Column) -> set[str]:
    """Numbers such as -9 where all other levels are words."""
    codes = {text for text in column.different if looks_like_code(text)}
    words = [text for text in column.different if text not in codes]
    return codes if len(words) > 1 and all(any(map(str.isalpha, text)) for text in words) else set()


def _whole_as_text(text: str) -> str:
    """A code written "2.0", as in a column that had gaps once, as "2"."""
    return re.sub(r"^([+-]?\d+)\.0+$", r"\1", text)
