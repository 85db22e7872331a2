"""The registry's notes as a clinician reads them: what goes with the asked value in other patients."""

from collections.abc import Sequence

import streamlit as st

from creason_core.question.notes import Notes
from pages.components.inert import inert


def notes_panel(notes: Notes, options: Sequence[str], *, given: bool) -> None:
    """Draws ``notes``; ``options`` are the texts in canonical order, ``given`` whether they were in the prompt."""
    sent = "They were part of the prompt." if given else "They were not part of the prompt (Settings)."
    st.caption(f"From {notes.patients:,} other patients of the registry, never this one. {sent}")
    if notes.why_none:
        st.markdown(inert(notes.why_none))
    if notes.told:
        st.dataframe(
            [
                {"Value": one.label, "This patient": one.value, "In the registry": one.standing, "Speaks for": one.says}
                for one in notes.told
            ],
            hide_index=True,
            alt="What other patients' values speak for",
        )
    if notes.also:
        said = "; ".join(f"{inert(', '.join(labels))} ({standing})" for standing, labels in notes.also)
        st.caption(f"Other values of this patient that stand out: {said}.")
    if any(notes.options):
        known = [f"{inert(text)} ({inert(said)})" for text, said in zip(options, notes.options, strict=True) if said]
        st.caption(f"Where the options stand: {'; '.join(known)}.")
