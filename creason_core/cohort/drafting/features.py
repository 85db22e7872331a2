"""A column as a feature of the draft: a quantity with its unit and ranges, or levels."""

from dataclasses import replace

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.drafting.columns import Column, is_numeric, strays_of, unread, written_decimals
from creason_core.cohort.drafting.draft import AGE_NOTE, DraftFeature, with_notes
from creason_core.cohort.drafting.level_columns import levels_of_column
from creason_core.cohort.drafting.naming import (
    GuessedUnit,
    label_of,
    looks_audited,
    looks_like_outcome,
    perhaps_outcome,
    unit_of,
)
from creason_core.cohort.drafting.undecided import undecided, unread_said
from creason_core.errors import CaseError
from creason_core.record.ages import OLDEST_PERSON, TOP_CODED_AGE, named_like_an_age
from creason_core.record.codebook import YEARS, Feature, Kind
from creason_core.record.importing.cells.level_codes import folded_code
from creason_core.record.importing.cells.values import parse_cell
from creason_core.record.units import unit_named

FEW_WHOLE_NUMBERS = 6  # at most so many different whole numbers are levels with an order
_FILLED_SHARE = 0.1


def feature_of(column: Column) -> DraftFeature:
    """What the column seems to be, with a note on all that a person should look at."""
    worded = len(column.words) > 1 and len(column.words) >= len(_without_codes(column))
    of_levels = worded or _few_whole(column) or not is_numeric(column)
    feature = levels_of_column(column) if of_levels else _quantity(column)
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


def _without_codes(column: Column) -> set[str]:
    return {folded_code(text) for text in column.different} - {f"{code:.10g}" for code in column.codes}


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
    unit = _unit(column, known)
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
    notes += [*undecided(column), *unread_said(column)]
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

    held = unread(column)
    return tuple(text for text in strays_of(column) if stray(text) and text not in held)


def _unit(column: Column, known: Floats) -> GuessedUnit | None:
    """The unit in its cells, else the one in its name, else that of a known measurement of this name."""
    named = unit_of(column.called or column.name, known)
    if column.unit and (unit := unit_named(column.unit)):
        if named and named.unit == unit.code:
            return named
        return GuessedUnit(unit.code, unit.label or unit.code, "", "as it stands beside the values")
    return named


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
