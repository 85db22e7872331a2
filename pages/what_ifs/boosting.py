"""What boosting makes of the record and its copies, from exactly the values that the model was shown in each."""

from collections.abc import Iterable

import streamlit as st

from creason_core.errors import CReasonError
from creason_core.evaluation.second_opinion import Pending, SecondOpinion
from creason_core.question.kinds import Question
from creason_core.record.case import PatientCase
from pages.question.second_opinion import desk
from pages.session.messages import redraw
from pages.what_ifs.trying import Trying

PATIENCE = 0.15  # seconds; the fit is made once for all copies, which hide the same
POLL_SECONDS = 0.5

Probabilities = tuple[float | None, ...]


def boosting_on(now: Trying, case: PatientCase, question: Question) -> Probabilities | Pending | None:
    """Boosting's probability of each option; that it is coming; or None where there is none to have."""
    try:
        state = desk().ask(case, question, now.cohort, patience=PATIENCE)
    except CReasonError:
        return None
    if isinstance(state, Pending):
        return state
    return state.boosting if isinstance(state, SecondOpinion) else None


def known(found: Iterable[Probabilities | Pending | None]) -> list[Probabilities | None]:
    """What is known by now; draws that the rest is coming, and the page anew when it is there."""
    every = list(found)
    if any(isinstance(one, Pending) for one in every):
        st.session_state["what_if_boosting"] = st.session_state.get("what_if_boosting", 0) + 1
        st.fragment(_coming, run_every=POLL_SECONDS)(st.session_state["what_if_boosting"])
    return [None if isinstance(one, Pending) else one for one in every]


def _coming(drawn: int) -> None:
    """The first drawing says so; the next ones, by the clock, draw the page."""
    key = f"what_if_boosting:{drawn}"
    if st.session_state.pop(key, False):
        redraw()
    st.session_state[key] = True
    st.caption(":material/hourglass_top: The registry is being asked what boosting makes of it: a few seconds.")
