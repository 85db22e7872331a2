"""Which patient and which version of the record this is; or the two ways to open one."""

from collections.abc import Callable, Sequence

import streamlit as st

from creason_core.store.runs.what_ifs import version_name
from pages.components.inert import inert
from pages.components.read_only import saving


def patient_bar(
    facts: Sequence[str],
    n: int,
    *,
    public: bool,
    cohort: str = "",
    on_reset: Callable[[], None] | None = None,
    switch: bool = True,
) -> None:
    """Draws who the patient is, which version of the record this is, and the ways to another case or version.

    ``n`` counts versions from 1, the original, and what-ifs from −1 down; ``on_reset`` opens the original. ``public``
    is a patient as the table of ``cohort`` has it. ``switch`` draws the way to another case.
    """
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small", key="patient_bar"
    ):
        told = " · ".join(inert(fact).replace(" ", "\u00a0") for fact in facts)
        st.markdown(f":material/person: {told or 'Nothing recorded that may be shown'}", width="content")
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            first = "The record as it first was. A change makes another version." if n == 1 else None
            st.badge("Original" if n == 1 else version_name(n).capitalize(), color="gray", help=first)
            if public:
                whose = f"A patient of {inert(cohort)}, as its table has it." if cohort else None
                st.badge("Cohort", icon=":material/groups:", color="gray", help=whose)  # public or one's own
            if on_reset and n != 1:
                st.button(
                    "Reset to original",
                    key="reset_to_original",
                    icon=":material/undo:",
                    type="tertiary",
                    help="Opens the record as it first was; this version stays under Versions.",
                    on_click=on_reset,
                )
            if switch:
                st.page_link("pages/home.py", label="Switch case", icon=":material/swap_horiz:")


def no_case(on_new: Callable[[], None]) -> None:
    """Draws the empty state."""
    st.info("No case is open.", icon=":material/person_off:")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link("pages/home.py", label="Open a public case", icon=":material/folder_open:")
        st.button(
            "Enter a patient", key="enter_new", icon=":material/add:", type="tertiary", on_click=on_new, **saving()
        )
