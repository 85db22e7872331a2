"""What follows from the entered values by a formula, marked as computed; what is missing for it is named."""

from collections.abc import Mapping, Sequence

import streamlit as st

from creason_core.record.computed import Computed
from creason_core.record.sofa import Sofa
from pages.components.inert import inert


def computed_list(values: Sequence[Computed], sofa: Sofa, at_times: Mapping[str, Sequence[Computed]]) -> None:
    """Draws the computed values and the six parts of SOFA, in one drawer; ``at_times`` are those of each time."""
    with st.expander("**Computed**", icon=":material/calculate:", key="computed"):
        for value in values:
            _line(value.label, value.text, value.formula)
        for time, computed in at_times.items():
            for value in computed:
                if value.value is not None:
                    _line(f"{value.label} {time}", value.text, value.formula)
        _line("SOFA", sofa.text.removeprefix("SOFA "), "the sum of six parts, each from the worst value of the day")
        for part in sofa.parts:
            points = f"{part.score} points" if part.score is not None else f"{part.low}–{part.high} points"
            _line(f"SOFA, {part.organ}", points, part.because)
        st.caption("Computed by this program, never stored as if measured. A missing part is not counted as normal.")


def _line(label: str, text: str, why: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{inert(label)}: **{inert(text)}**", width="content")
        st.caption(inert(why), width="content")
