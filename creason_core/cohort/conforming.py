"""A table held against its codebook: what does not fit is told with rows, values, rule and remedy, never dropped.

``conform`` changes nothing silently: what it leaves out, rounds or reads otherwise is in ``misfits``.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.drafting.naming import looks_like_outcome
from creason_core.cohort.leakage.time_relations import undeclared
from creason_core.cohort.measuring import measured
from creason_core.cohort.misfits import SHOWN, Misfit, Severity, misfit
from creason_core.cohort.table_files.cells import Texts, as_texts, is_date, is_date_number
from creason_core.cohort.table_files.levels import levels_of
from creason_core.cohort.table_files.numbers import read_numbers, sign_of_table, units_suspected
from creason_core.cohort.time_rows import TimeRows, counted_column, sources
from creason_core.record.ages import OLDEST_PERSON, TOP_CODED_AGE, is_age, is_undecided
from creason_core.record.ages_told_otherwise import told_otherwise
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.hours import parted
from creason_core.record.importing.cells.level_codes import is_yes_no
from creason_core.record.importing.contents.decimals import TableSign
from creason_core.record.importing.contents.legends import marks
from creason_core.record.importing.understanding import Said

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Conformed:
    """The table as the codebook has it, cells that do not fit empty, and what did not fit.

    Its rows are the source's; where that has a row for each time, a patient's, and ``rows`` are the first of each.
    """

    table: "pd.DataFrame"
    misfits: tuple[Misfit, ...]
    rows: "NDArray[np.int64]"

    def of(self, *severities: Severity) -> tuple[Misfit, ...]:
        """The misfits of these severities."""
        return tuple(misfit for misfit in self.misfits if misfit.severity in severities)


def conform(source: "pd.DataFrame", codebook: Codebook) -> Conformed:
    """``source`` (one row a record, or one for each time of it, as ``table_files`` reads it) as ``codebook`` has it.

    A feature over time becomes a column for each time point, and one for the value that counts.
    """
    import pandas as pd

    misfits = _columns(source, codebook)
    misfits += [Misfit.model_validate(remark._asdict()) for remark in measured(codebook)]
    rows = TimeRows.of(source, codebook)
    misfits += rows.told
    columns: dict[str, Floats | Texts] = {}
    rest, said = sign_of_table(source), Said.of(source)
    for feature in codebook.features:
        made: dict[str, Floats | Texts] = {}
        for told_as, column, points in sources(feature, codebook):
            if column not in source:
                continue
            told = codebook.feature(told_as)
            texts = as_texts(source[column], frozenset(feature.missing), _no_gaps(told))
            values, found = (
                _numbers(told, texts, column, rest, said) if feature.numeric else _levels(told, texts, column, said)
            )
            misfits += found or _one_sided(told, values)
            made |= rows.by_record(values, points, feature.name, texts, misfits)
        counts, wrong = counted_column(feature, codebook, made)
        misfits += wrong
        columns |= counts | made
    table = {name: of if of.dtype == float else pd.Series(of, dtype=object) for name, of in columns.items()}
    return Conformed(pd.DataFrame(table), tuple(misfits), rows.first)


def _columns(source: "pd.DataFrame", codebook: Codebook) -> list[Misfit]:
    found = []
    used = {codebook.patient, codebook.hours, *codebook.left_out, *Said.of(source).units}
    first: dict[str, str] = {}
    for told, column in ((told, column) for each in codebook.features for told, column, _ in sources(each, codebook)):
        used.add(column)
        if (other := first.setdefault(column, told)) != told:
            rule = f"it is read from column '{column}', and so is {other}: each would give the other away"
            remedy = "Correct 'column', or take one of the two out of the codebook."
            found.append(Misfit(severity="structure", thing=told, rule=rule, remedy=remedy))
        if column not in source:
            near = [name for name in source if str(name).casefold() == column.casefold()]
            hint = f"'{near[0]}' differs only in capitals: write 'column: {near[0]}'." if near else (
                "Write the column's name under 'column', or take the feature out of the codebook."
            )  # fmt: skip
            found.append(
                Misfit(severity="structure", thing=told, rule=f"the table has no column '{column}'", remedy=hint)
            )
    for feature in codebook.features:
        column = feature.column or feature.name
        if feature.time == "outcome" and feature.role == "predictor":
            rule = "it is known only at the end (time: outcome) and yet a predictor"
            found.append(Misfit(severity="structure", thing=feature.name, rule=rule, remedy="Write 'role: outcome'."))
        elif feature.role == "predictor" and looks_like_outcome(column):
            rule = "a predictor with the name of an outcome"
            remedy = "If it is known only at the end, write 'role: outcome' and 'time: outcome'."
            found.append(Misfit(severity="note", thing=feature.name, rule=rule, remedy=remedy))
    if codebook.patient and codebook.patient not in source:
        rule = f"the table has no column '{codebook.patient}' of patients' keys"
        found.append(
            Misfit(severity="structure", thing="patient", rule=rule, remedy="Correct 'patient' in the codebook.")
        )
    if extra := [str(name) for name in source if name not in used]:
        rule = f"columns that the codebook does not name: {', '.join(extra[:10])}{', …' if len(extra) > 10 else ''}"
        remedy = "They will not be used. Describe them, or say under 'left_out' why not."
        found.append(Misfit(severity="note", thing="table", rule=rule, remedy=remedy))
    return found


def _numbers(feature: Feature, texts: Texts, column: str, rest: TableSign, said: Said) -> tuple[Floats, list[Misfit]]:
    """The numbers of a column in the feature's unit; ``rest`` is the decimal sign of the table's other columns."""
    read = read_numbers(feature, texts, said.name(column), rest, marks(said.table))
    values, bad = read.values, [*read.misfits, *units_suspected(feature, read.values, texts)]
    written = np.array([text is not None for text in texts])
    no_number = read.unread
    dates = [text for text in texts[no_number] if is_date(text)]
    if written.any() and len(dates) > 0.5 * written.sum():
        rule, remedy = "dates where numbers belong", "Leave the column out: dates identify, and are no quantity."
        bad.append(misfit("structure", feature.name, (rule, remedy), no_number, texts))
        return values, bad
    if no_number.any():
        remedy = "Correct them, or name them under 'missing' of this feature."
        bad.append(misfit("cell", feature.name, ("text where a number belongs", remedy), no_number, texts))
    known = texts[~np.isnan(values)]
    if len(known) and sum(map(is_date_number, known)) > 0.95 * len(known):
        rule, remedy = "dates written as numbers", "Leave the column out: dates identify, and are no quantity."
        bad.append(misfit("structure", feature.name, (rule, remedy), ~np.isnan(values), texts))
        return values, bad
    if feature.kind == "integer":
        broken = ~np.isnan(values) & (values % 1 != 0)
        if broken.any():
            remedy = "Write 'kind: number' with decimals, or correct them."
            bad.append(
                misfit("cell", feature.name, ("not whole, and the codebook says integer", remedy), broken, texts)
            )
            values[broken] = np.nan
    if feature.impossible is not None:
        low, high = feature.impossible.low, feature.impossible.high
        with np.errstate(invalid="ignore"):
            outside = (values < (-np.inf if low is None else low)) | (values > (np.inf if high is None else high))
        if outside.any():
            rule = f"outside {feature.impossible}, which the codebook calls impossible"
            remedy = "Correct them, name codes for \"not recorded\" under 'missing', or widen 'impossible'."
            bad.append(misfit("cell", feature.name, (rule, remedy), outside, texts))
            values[outside] = np.nan
    values = _rounded(feature, values, bad)
    if is_age(feature) and (beyond := values > OLDEST_PERSON).any():
        rule, remedy = f"ages over {OLDEST_PERSON}", "Nobody is so old: correct them, or name them under 'missing'."
        bad.append(misfit("cell", feature.name, (rule, remedy), beyond, texts))
        values[beyond] = np.nan
    if (older := told_otherwise(feature)) and (told := (values >= older[0]) & (values <= older[1])).any():
        rule = "values that make patients older than 89, as an age in another unit or a year of birth"
        remedy = "Give the age in years ('age: true'), leave the column out, or write 'age: false' where it is neither."
        bad.append(misfit("structure", feature.name, (rule, remedy), told, np.full(len(texts), "over 89", object)))
        return values, bad
    old = values > TOP_CODED_AGE - 1
    if is_undecided(feature) and old.any() and not (values > OLDEST_PERSON).any():
        rule = "values over 89, of what may be an age; the codebook does not say whether it is one"
        remedy = f"Write 'age: true' (ages over 89 are then stored as {TOP_CODED_AGE}) or 'age: false'."
        bad.append(misfit("structure", feature.name, (rule, remedy), old, np.full(len(texts), "over 89", object)))
        return values, bad
    if is_age(feature) and (old := values > TOP_CODED_AGE).any():
        rule = f"ages over {TOP_CODED_AGE}"
        remedy = f"They are stored as {TOP_CODED_AGE}, so that no older age is kept."
        bad.append(
            misfit("note", feature.name, (rule, remedy), old, np.full(len(texts), f"over {TOP_CODED_AGE}", object))
        )
        values[old] = TOP_CODED_AGE
    return values, bad


def _rounded(feature: Feature, values: Floats, bad: list[Misfit]) -> Floats:
    rounded = np.round(values, feature.decimals) + 0.0  # no negative zero
    fills = np.zeros(len(values), dtype=bool)
    for fill in feature.not_measured:
        same = np.isclose(values, fill, rtol=0, atol=1e-6)
        rounded[same] = fill
        fills |= same
    finer = ~np.isnan(values) & ~fills & ~np.isclose(rounded, values, rtol=0, atol=1e-9)
    if finer.any():
        rule = f"more than {feature.decimals} decimals"
        remedy = "They will be rounded; write more 'decimals' to keep them."
        bad.append(misfit("note", feature.name, (rule, remedy), finer, as_texts(values)))
    return rounded


def _no_gaps(feature: Feature) -> frozenset[str]:
    """What looks like a gap and is a level of ``feature``, or may be: a column of "-" alone may be all negative."""
    levels = {text.casefold() for level in feature.levels for text in (level.code, level.label)}
    return frozenset(levels | ({"-"} if is_yes_no(feature) else set()))


def _levels(feature: Feature, texts: Texts, column: str, said: Said) -> tuple[Texts, list[Misfit]]:
    read = levels_of(feature, texts, said.name(column), said.table)
    values = np.empty(len(texts), dtype=object)
    values[:] = [None if text is None else read.known[text] or None for text in texts]
    strange = np.array([text is not None and read.known[text] is None for text in texts], dtype=bool)
    bad = list(read.misfits)
    if strange.any():
        remedy = "Add them to its levels, correct them, or name them under 'missing' of this feature."
        bad.append(misfit("cell", feature.name, ("no level of the codebook", remedy), strange, texts))
    elif unseen := [level.code for level in feature.levels if level.code not in set(values)]:
        rule = f"levels that no row has: {', '.join(unseen[:SHOWN])}"
        bad.append(Misfit(severity="note", thing=feature.name, rule=rule, remedy="They will never be an option."))
    return values, bad


def _one_sided(feature: Feature, values: "Floats | Texts") -> list[Misfit]:
    """A feature without two different values has nothing to ask about; of one time alone that is worth a note."""
    import pandas as pd

    different = pd.Series(values).dropna().nunique()
    if different > 1:
        return []
    rule = "one value in every row that has any" if different else "empty in every row"
    if parted(feature.name)[1] is not None:
        return [Misfit(severity="note", thing=feature.name, rule=rule, remedy="It is never asked about at this time.")]
    remedy = "Take it out of the codebook, and name its column under 'left_out'."
    return [Misfit(severity="structure", thing=feature.name, rule=rule, remedy=remedy)]


def undeclared_formulas(table: "pd.DataFrame", codebook: Codebook) -> tuple[Misfit, ...]:
    """A note for each formula in ``table`` (columns of ``codebook``) that the codebook does not tell."""
    notes = []
    for relation in undeclared(table, codebook):
        inputs = ", ".join(relation.inputs)
        rule = f"follows from {inputs} in this table, and the codebook does not say so"
        remedy = (
            "The leak guard hides each of them with the others all the same. Say so in the codebook where it is meant: "
            f"derived_from: [{inputs}] of {relation.result}, or of another of them that is worked out from the rest."
        )
        notes.append(Misfit(severity="note", thing=relation.result, rule=rule, remedy=remedy))
    return tuple(notes)
