"""Step 7: what dated guidelines say, without a model."""

from datetime import UTC, datetime

import streamlit as st

from creason_core.guideline.applying import Answer, starter_shelf, what_applies
from creason_core.guideline.reviewing import Signatures
from pages.components.inert import inert
from pages.components.recommendation_card import conflict_card, recommendation_card
from pages.demonstration.show import Beat, Show, Step
from pages.server.services import services

QUESTIONS = ("Is anaerobic cover indicated?", "Extended infusion of beta-lactams?")  # a beat each
CURRENT, REPLACED = range(2)


def draw(show: Show, beat: int) -> None:
    """What is in force; then what was, and is no more."""
    question = QUESTIONS[beat]
    st.text(f"“{question}”")
    library = starter_shelf().library
    st.caption(f"No model writes here. Read until {library.as_of:%d %b %Y}. {inert(library.review)}.")
    case = show.scene("masked").case
    answer = what_applies(case, show.cohort.codebook, question, datetime.now(UTC).date())
    if beat == CURRENT:
        _current(answer)
    else:
        _replaced(answer)


def _current(answer: Answer) -> None:
    if answer.nothing:
        st.info(inert(answer.nothing), icon=":material/search_off:")
    for conflict in answer.conflicts:
        conflict_card(answer, conflict)
    differing = {side for conflict in answer.conflicts for side in conflict.sides}
    signed = Signatures(services().db)
    for item in answer.items[:2]:
        recommendation_card(answer, item, "demo", signed, differs=item.recommendation.id in differing)


def _replaced(answer: Answer) -> None:
    if not answer.superseded:
        st.info("Nothing that was found for this question has been replaced.", icon=":material/history:")
    for item in answer.superseded[:2]:
        recommendation_card(answer, item, "demo_old", Signatures(services().db))


STEP = Step(
    "A dated source",
    (
        Beat(
            "What is in force",
            "Each statement with its body, year and grade, and the facts of this patient that it needs.",
        ),
        Beat(
            "What a model may still remember",
            "The 2021 statement was weak, the one of 2026 is strong. A model that was trained before says what was "
            "true then; here what was replaced is named as such.",
        ),
    ),
    draw,
)
