"""What boosting makes of the record and its copies, from exactly the values that the model was shown in each."""

from collections.abc import Sequence

import streamlit as st

from creason_core.errors import CReasonError
from creason_core.evaluation.second_opinion import Pending, SecondOpinion
from creason_core.question.kinds import Question
from creason_core.record.case import PatientCase
from pages.question.second_opinion import desk
from pages.session.messages import redraw
from pages.what_ifs.trying import Tried, Trying

PATIENCE = 0.15  # seconds, once: the fit is made once for all copies, which hide the same
POLL_SECONDS = 0.5

Probabilities = tuple[float | None, ...]
Asked = tuple[PatientCase, Question]


def boosting_of(now: Trying, tried: Sequence[Tried]) -> list[Probabilities | None]:
    """Boosting's probability of each option at each place, None where there is none, or not yet.

    Draws that it is coming, and the page anew when it is there.
    """
    asked = [(one.version.case, one.question) for one in tried]
    found = ask_boosting(now, asked, PATIENCE)
    if any(isinstance(one, Pending) for one in found):
        st.fragment(coming, run_every=POLL_SECONDS)(now, asked)
    return [None if isinstance(one, Pending) else one for one in found]


def ask_boosting(now: Trying, asked: Sequence[Asked], patience: float) -> list[Probabilities | Pending | None]:
    """Boosting's probabilities for each, in order; the first that is not there is waited for up to ``patience`` s."""
    found: list[Probabilities | Pending | None] = []
    for case, question in asked:
        try:
            state = desk().ask(case, question, now.cohort, patience=patience)
        except CReasonError:
            found.append(None)
            continue
        if isinstance(state, Pending):
            patience = 0.0  # the others wait behind it
            found.append(state)
        else:
            found.append(state.boosting if isinstance(state, SecondOpinion) else None)
    return found


def coming(now: Trying, asked: Sequence[Asked]) -> None:
    """Draws that they are coming, and the page anew when all are there; for a fragment that runs again."""
    if not any(isinstance(one, Pending) for one in ask_boosting(now, asked, 0.0)):
        redraw()
    st.caption(":material/hourglass_top: The registry is being asked what boosting makes of it: a few seconds.")
