"""A draft of a codebook from a table: what each column seems to be, judged by its name and all of its values."""

from collections.abc import Mapping
from dataclasses import replace

from creason_core.cohort.drafting.columns import Column, read_column, written_decimals
from creason_core.cohort.drafting.draft import CodebookDraft, DraftTie, with_notes
from creason_core.cohort.drafting.features import feature_of
from creason_core.cohort.drafting.formulas import find_formulas
from creason_core.cohort.drafting.leaving_out import one_to_one, patient_key_of, why_left_out
from creason_core.cohort.drafting.naming import label_of
from creason_core.cohort.table_files.numbers import sign_of_table
from creason_core.cohort.table_files.reading import Frame
from creason_core.errors import CodebookError
from creason_core.record.identifiers import shown_column
from creason_core.record.importing.understanding import Said


def infer(frame: Frame, name: str) -> CodebookDraft:
    """The draft of a codebook called ``name`` for ``frame``.

    Raises:
        CodebookError: No column can be a feature.
    """
    left_out: dict[str, str] = {}
    rest, said = sign_of_table(frame.table), Said.of(frame.table)
    columns = {name: read_column(name, frame.table[name], rest, said) for name in frame.table.columns}
    patient = patient_key_of(columns) or said.patient
    for column, read in columns.items():
        if of := said.units.get(column):
            left_out[column] = f"the units of '{of}', which are read with it"
        elif why := why_left_out(read, patient):
            left_out[column] = why
    for column, read in columns.items():
        twins = [other for other in left_out if column not in left_out and one_to_one(read, columns[other])]
        if twins:
            left_out[column] = f"stands one to one for '{twins[0]}', which is left out"
    features = [feature_of(read) for column, read in columns.items() if column not in left_out]
    if not features:
        raise CodebookError(
            "No column of the table can be a feature.",
            remedy="; ".join(f"{shown_column(column)}: {why}" for column, why in left_out.items()),
        )
    alone = "no column seems to hold the patients' keys: each row will count as a patient of its own"
    draft = CodebookDraft(
        name=name,
        title=label_of(name),
        origin=f"a {frame.kind} of {len(frame.table):,} rows and {len(frame.table.columns)} columns",
        features=tuple(features),
        left_out=left_out,
        patient=patient,
        notes=(*frame.notes, *(() if patient else (alone,))),
    )
    return _with_formulas(draft, columns)


def with_formulas_of(draft: CodebookDraft, frame: Frame) -> CodebookDraft:
    """``draft`` with the formulas that the numbers of ``frame`` follow and the draft does not tell."""
    named = (feature.column for feature in draft.features)
    rest, said = sign_of_table(frame.table), Said.of(frame.table)
    columns = {name: read_column(name, frame.table[name], rest, said) for name in named if name in frame.table}
    return _with_formulas(draft, columns)


def _with_formulas(draft: CodebookDraft, columns: Mapping[str, Column]) -> CodebookDraft:
    known = {feature.column: feature for feature in draft.features}
    numeric = [
        f.column for f in draft.features if f.role in ("predictor", "derived") and f.kind in ("number", "integer")
    ]
    asked = [name for name in numeric if name in columns]
    told = [{f.column, *f.derived_from} for f in draft.features if f.derived_from]
    inputs = {name: columns[name].numbers for name in asked}
    steps = {name: 10.0 ** -written_decimals(columns[name]) for name in inputs}
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
