"""The tab Table of the page Patient: the whole record as a table to type or paste into, with the checks of the fields.

Its cells are text, read as an import reads them, so that a value may carry its unit. The table itself is fixed when
the tab is opened: an editor that got its own output back would lose what is typed meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import streamlit as st

from creason_core.errors import CaseError
from creason_core.principal import Principal
from creason_core.record.ages import shown_age, top_coded_age
from creason_core.record.case import parse_value
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.importing.cells.values import decimal_of, is_missing, parse_cell
from creason_core.record.units import conversion
from creason_core.store.patients.cases import CaseVersion
from pages.components.inert import inert
from pages.components.read_only import saving
from pages.record.case_draft import Draft, field_key
from pages.record.drafting import keep_typed
from pages.session.acting import acting

_SHEET = "field_sheet"  # forgotten with the fields
_VALUE = "Value"


@dataclass(frozen=True)
class Cells:
    """What was read from cells: values by feature (None: emptied), and sentences to show."""

    values: Mapping[str, float | str | None]
    notes: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """The table as it was when the tab was opened. ``key`` is the editor's, and new each time."""

    draft: str
    key: str
    names: tuple[str, ...]
    columns: Mapping[str, list[str]]
    codebook: Codebook


def read_cells(texts: Mapping[str, str | None], codebook: Codebook) -> Cells:
    """Feature → text of its cell, as values in the codebook's units; a text that is no value changes nothing."""
    values: dict[str, float | str | None] = {}
    notes, problems = [], []
    for name, text in texts.items():
        feature = codebook.feature(name)
        try:
            values[name], note = _read(feature, (text or "").strip())
        except CaseError as error:
            problems.append(str(error))
        else:
            notes += [note] * bool(note)
    return Cells(values, tuple(notes), tuple(problems))


def _read(feature: Feature, text: str) -> tuple[float | str | None, str]:
    if is_missing(text, feature):
        return None, ""
    parsed = parse_cell(text, feature, decimal_of([text]))
    value, note = parsed.value, parsed.how
    if parsed.unit and not isinstance(value, str):
        changed = conversion(feature, value, parsed.unit)
        if changed.result != value:
            value, note = changed.result, changed.sentence
            value = float(round(value)) if feature.kind == "integer" else value  # as an import does: 16 kPa is 120 mmHg
    kept = top_coded_age(feature, parse_value(feature, value))
    if kept != value and not isinstance(kept, str):
        note = f"Ages over 89 may identify a person: it is kept as {shown_age(kept)}."
    return kept, note


def table_entry(now: Draft, codebook: Codebook) -> None:
    """Draws the table, and below it what was read otherwise than it stands there."""
    sheet = st.session_state.get(_SHEET)
    if not isinstance(sheet, Sheet) or sheet.draft != now.key:
        sheet = st.session_state[_SHEET] = _sheet(now, codebook)
    st.caption("Type or paste into the column Value. A value may carry its unit: 177 µmol/L. An empty cell removes it.")
    st.data_editor(
        sheet.columns,
        key=sheet.key,
        hide_index=True,
        height=560,
        disabled=True if saving()["disabled"] else [name for name in sheet.columns if name != _VALUE],
        column_config={_VALUE: st.column_config.TextColumn(width="medium")},
        on_change=take_over,
        args=(now.base, sheet),
        alt="Every value of the record, to type or paste into",
    )
    read = read_cells(_texts(sheet), codebook)
    if read.problems:
        lines = "\n".join(f"- {inert(problem)}" for problem in read.problems)
        st.error(f"Not taken over; the cells stay as they are until the tab is left.\n{lines}", icon=":material/block:")
    for note in read.notes:
        st.caption(f":material/swap_horiz: {inert(note)}")


def forget_table() -> None:
    """The table is drawn anew when the tab is opened again."""
    st.session_state.pop(_SHEET, None)


@acting("enter")
def take_over(_: Principal, base: CaseVersion | None, sheet: Sheet) -> None:
    """Puts what was typed or pasted into the fields, and keeps it as they do."""
    read = read_cells(_texts(sheet), sheet.codebook)
    for name, value in read.values.items():
        st.session_state[field_key_of(sheet.draft, name)] = value
    keep_typed(base)


def field_key_of(draft: str, feature: str) -> str:
    """The widget key of a feature's field in the draft called ``draft``."""
    return field_key(Draft(draft, None, "", ""), feature)


def _sheet(now: Draft, codebook: Codebook) -> Sheet:
    fields = now.fields(codebook)
    asked = [feature for section in codebook.sections for feature in fields if feature.section == section]
    columns = {
        "Section": [feature.section for feature in asked],
        "Name": [feature.label for feature in asked],
        _VALUE: [_text(now, feature) for feature in asked],
        "Unit": [feature.unit_label if feature.numeric else "" for feature in asked],
    }
    return Sheet(now.key, f"field_table_{uuid4().hex[:8]}", tuple(feature.name for feature in asked), columns, codebook)


def _text(now: Draft, feature: Feature) -> str:
    value = now.values.get(feature.name)
    if value is None or (feature.numeric and isinstance(value, str)):
        return str(value or "")
    return feature.told(value) if isinstance(value, float) else feature.text(value)


def _texts(sheet: Sheet) -> dict[str, str | None]:
    """Feature → what was typed into its cell."""
    state: Any = st.session_state.get(sheet.key) or {}
    edited: Mapping[int, Mapping[str, str | None]] = state.get("edited_rows", {})
    return {sheet.names[int(row)]: cells[_VALUE] for row, cells in edited.items() if _VALUE in cells}
