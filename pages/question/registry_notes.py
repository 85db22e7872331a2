"""What the registry's notes on a question say to the reader, once the reader has answered."""

import streamlit as st

from creason_core.evaluation.registry_notes.making import notes_on
from creason_core.question.notes import Notes
from pages.components.inert import inert
from pages.components.registry_notes import notes_panel
from pages.question.asking import Asking


def what_the_registry_says(asking: Asking) -> None:
    """Draws, folded, the notes on the question: those that the model was given, else those that it would be given."""
    if asking.question is None or asking.unaskable:
        return
    given = asking.question.notes
    title = f"What the registry says about {inert(asking.feature.label)}"
    with st.expander(title, key="registry_notes", on_change="rerun") as panel:
        if panel.open:
            notes_panel(given or _made(asking), asking.options, given=given is not None)


def _made(asking: Asking) -> Notes:
    assert asking.question is not None
    return notes_on(asking.question, asking.version.case, asking.s.cohort_of(asking.version))
