"""Which patient and which version of the record this is; or the two ways to open one."""

from collections.abc import Callable, Sequence

import streamlit as st

from pages.components.inert import inert


def patient_bar(facts: Sequence[str], badge: str, *, public: bool) -> None:
    """Draws one line: who, which version, from where, and the way to another case."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small", key="patient_bar"
    ):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            st.markdown(":material/person: " + " · ".join(f"**{inert(fact)}**" for fact in facts), width="content")
            st.badge(inert(badge), color="gray")
            if public:
                st.badge("Public", icon=":material/public:", color="gray", help="A packaged, de-identified patient.")
        st.page_link("pages/home.py", label="Switch case", icon=":material/swap_horiz:")


def no_case(on_new: Callable[[], None]) -> None:
    """Draws the empty state."""
    st.info("No case is open.", icon=":material/person_off:")
    with st.container(horizontal=True, gap="small"):
        st.page_link("pages/home.py", label="Open a public case", icon=":material/folder_open:")
        st.button("Enter a patient", key="enter_new", icon=":material/add:", type="tertiary", on_click=on_new)
