"""Ask: which dated recommendations are about a question and the patient on the screen; what a model makes of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from creason_core.errors import GuidelineError
from creason_core.guideline.applying import FIRST, Answer, starter_shelf, what_applies
from creason_core.guideline.here import dense_here, shelf_here
from creason_core.guideline.reviewing import Signatures
from creason_core.record.identifiers import undecided
from pages.components.inert import inert
from pages.components.patient_bar import no_case, patient_bar
from pages.components.recommendation_card import conflict_card, recommendation_card
from pages.guideline.asked import (
    QUESTION,
    ask_example,
    ask_it,
    asked,
    begin,
    hidden_values,
    keep,
)
from pages.guideline.consult import consult
from pages.guideline.documents import document_passages, search
from pages.guideline.examples import examples
from pages.guideline.reasoning import ask_of, offer, shown, why_not
from pages.record.drafting import begin as begin_case
from pages.record.glancing import add_value
from pages.server.services import services
from pages.session.case_opening import reset_to_original
from pages.session.opened import bar_facts, opened
from pages.session.typed_text import ask, cleared

FOUND = "What is listed was found by the words of the question and by the values of the record, by no model."
FOUND_TOO = (
    "What is listed was found by the words of the question, by how near an embedding model puts it to them, and by the "
    "values of the record; no model wrote or judged any of it."
)


def scope(signatures: Signatures) -> None:
    """From which library the answer comes, and how far it can be trusted."""
    library = starter_shelf().library
    today = datetime.now(UTC).date()
    reviewed = signatures.reviewed(library)
    review = f"{reviewed} of them are signed by a person of the hospital" if reviewed else library.review
    current = sum(library.status(one, today) == "current" for one in library.recommendations)
    st.caption(
        f"Adults with sepsis or stroke, and what goes with it: {current} recommendations in force, of "
        f"{len(library.guidelines)} guidelines, read until {library.as_of:%d %b %Y}. {inert(review)}. "
        f"{FOUND_TOO if dense_here(s.settings).encoder else FOUND} {inert(why_not(s))}"
    )


def question_box(examples: Sequence[str]) -> None:
    """The field, with questions to start from."""
    text = st.text_area(
        "Question",
        key=QUESTION,
        placeholder="For example: Fluids or vasopressor next? No patient identifiers.",
        height=80,
        persist_state="session",
        on_change=keep,
    )
    waiting = ask(QUESTION, on_change=keep)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="ask_buttons"):
        st.button(
            "Ask",
            key="ask",
            type="primary",
            icon=":material/search:",
            on_click=ask_it,
            disabled=waiting,
            help="Decide about what looks like an identifier." if waiting else None,
        )
        if not (text or "").strip():
            for number, example in enumerate(examples):
                st.button(example, key=f"ask_example_{number}", type="tertiary", on_click=ask_example, args=(example,))


def answered(answer: Answer, signatures: Signatures) -> None:
    """What applies, or why nothing is shown."""
    if answer.refused:
        st.error(inert(answer.refused), icon=":material/block:")
        return
    for notice in answer.notices:
        st.warning(inert(notice), icon=":material/medication:")
    if answer.nothing:
        st.info(inert(answer.nothing), icon=":material/search_off:")
        if answer.nearest and st.toggle(
            "Show what shares words with it, most likely about something else", key="ask_near"
        ):
            for item in answer.nearest[:FIRST]:
                recommendation_card(answer, item, "near", signatures)
    for conflict in answer.conflicts:
        conflict_card(answer, conflict)
    if answer.items:
        st.markdown("**Recommendations**")
    differing = {side for conflict in answer.conflicts for side in conflict.sides}
    for item in answer.items[:FIRST]:
        recommendation_card(answer, item, "open", signatures, differs=item.recommendation.id in differing)
    if rest := answer.items[FIRST:]:
        with st.expander(f"{len(rest)} more, less near the question", key="ask_more"):
            for item in rest:
                recommendation_card(answer, item, "more", signatures, differs=item.recommendation.id in differing)
    superseded(answer, signatures)


def superseded(answer: Answer, signatures: Signatures) -> None:
    """What has been replaced, on request only."""
    if not answer.superseded:
        return
    number = len(answer.superseded)
    words = "statement was found that has" if number == 1 else "statements were found that have"
    if st.toggle(f"Show superseded ({number})", key="ask_superseded", help=f"{number} {words} been replaced."):
        for item in answer.superseded:
            recommendation_card(answer, item, "old", signatures)


s = services()
version = opened(s)
hidden = hidden_values(s, version) if version else frozenset()
codebook = s.codebooks.of(version.case) if version else s.cohort.codebook
st.title("Ask")
if version is None:
    no_case(lambda: begin_case(None))
    st.caption("Without a case every fact of the patient is missing.")
else:
    patient_bar(
        bar_facts(s, version, hidden),
        version.n,
        public=version.source == "public",
        cohort=version.cohort,
        on_reset=partial(reset_to_original, version.case_id, "ask"),
    )
try:
    signatures = Signatures(s.db)
    scope(signatures)
    begin(s)
    question_box(examples(version.case if version else None, codebook, hidden))
    answer = None
    if (question := asked()) and not undecided(question, cleared(QUESTION)):
        st.subheader("What applies")
        st.text(f"“{question}”")
        if told := [codebook.feature(name).label for name in sorted(hidden) if version and version.case.of(name)]:
            st.caption(f"Hidden here too while a question about it is open: {inert(', '.join(told))}.")
        today = datetime.now(UTC).date()
        case = version.case if version else None
        answer = what_applies(case, codebook, question, today, hidden=hidden, shelf=shelf_here(s.settings))
        found = None if answer.refused else search(s, question, today)
        consult(s, version, hidden, question=question, answer=answer, on_add=add_value)
        answered(answer, signatures)
        if found:
            document_passages(s, found, signatures, answer.lacking)
        offer(s, version, ask_of(s, version, question, answer, found=found, hidden=hidden), answer)
    else:
        consult(s, version, hidden, on_add=add_value)
    shown(s, version, answer)
except GuidelineError as error:
    st.error(inert(str(error), 2000), icon=":material/error:")
