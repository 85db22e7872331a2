"""Step 3: a value in the wrong unit is caught."""

import streamlit as st

from creason_core.demonstration.scenes import MASKED
from creason_core.record.case import Finding, check_value
from pages.components.inert import inert
from pages.components.value_field import findings_below, value_field
from pages.demonstration.show import Beat, Show, Step
from pages.record.table_entry import read_cells

_NUMBER, _CELL = "demo_number", "demo_cell"
TYPED, WITH_UNIT = 177.0, "177 µmol/L"


def draw(show: Show, beat: int) -> None:
    """The field of the page Patient with a number of another unit; then a cell of its table, with the unit."""
    feature = show.cohort.codebook.feature(MASKED)
    if show.entered:
        st.session_state.update({_NUMBER: TYPED, _CELL: WITH_UNIT})
    if beat == 0:
        st.caption("A European laboratory writes creatinine in µmol/L. Somebody types 177 into a field in mg/dL.")
        typed = st.session_state.get(_NUMBER)
        with st.container(width=420):
            value_field(feature, typed, "entered", assumed=False, disabled=False, key=_NUMBER, on_change=lambda: None)
        findings: tuple[Finding, ...] = check_value(feature, typed) if isinstance(typed, float) else ()
        findings_below(findings, "", needs_reason=True, key="demo_reason", on_reason=lambda: None, ask=lambda: False)
        return
    st.caption("In the table a value may carry its unit. It is converted, and that is said.")
    text = st.text_input(f"{feature.label}, as in a cell of the table", key=_CELL, max_chars=40, width=420)
    read = read_cells({MASKED: text}, show.cohort.codebook)
    for problem in read.problems:
        st.error(inert(problem), icon=":material/block:")
    for note in read.notes:
        st.markdown(f":material/swap_horiz: {inert(note)}")
    value = read.values.get(MASKED)
    if value is not None:
        st.markdown(f"Kept as **{inert(feature.text_with_unit(value))}**.")
        findings_below(
            check_value(feature, value),
            "",
            needs_reason=False,
            key="demo_reason",
            on_reason=lambda: None,
            ask=lambda: False,
        )


STEP = Step(
    "A wrong unit is caught",
    (
        Beat(
            "177 without a unit",
            "177 mg/dL cannot be: the field says so, and nothing is saved. A silent wrong value is worse than none.",
        ),
        Beat("177 µmol/L", "With its unit it is 2.0 mg/dL, and the page says that it converted. Try one of your own."),
    ),
    draw,
)
