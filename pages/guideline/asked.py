"""The question to the guidelines: as it is typed, kept and asked; and the record that it is asked of.

What is typed goes the way of every typed text: nothing that looks like an identifier is stored or asked before a person
has decided about it.
"""

import streamlit as st

from creason_core.errors import GuidelineError
from creason_core.guideline.refusals import refuse_unreadable
from creason_core.principal import Principal
from creason_core.record.identifiers import decided_in, undecided
from creason_core.store.patients.cases import CaseVersion
from creason_core.store.people.drafts import draft, save_draft
from creason_core.store.people.open_questions import open_questions
from pages.server.services import Services, services
from pages.session.acting import acting
from pages.session.case_names import hidden_here
from pages.session.messages import tell
from pages.session.typed_text import cleared, decided, restored, storable

QUESTION = "ask_question"  # the key of the field
_ASKED = "ask_asked"
_OPEN = "ask_open"
_DRAFT = "ask"


def begin(s: Services) -> None:
    """Puts what was typed and asked before a reload back, where this session has not drawn the field yet."""
    if QUESTION in st.session_state:
        return
    kept = draft(s.db, s.user, _DRAFT) or {}
    st.session_state[QUESTION] = restored(QUESTION, str(kept.get("typed", "")))
    st.session_state[_ASKED] = str(kept.get("asked", ""))
    st.session_state[_OPEN] = str(kept.get("open", ""))
    decided(QUESTION, decided_in(asked()))  # nothing is asked before it is decided about


def asked() -> str:
    """The question that is answered on the page; empty where none was asked."""
    return str(st.session_state.get(_ASKED, ""))


@acting("look")
def keep(me: Principal) -> None:
    """Keeps what stands in the field, so that a reload loses none of it."""
    text = str(st.session_state.get(QUESTION) or "")
    kept = {"typed": storable(QUESTION, text), "asked": asked(), "open": passage_opened()}
    save_draft(services().db, me.user, _DRAFT, kept)


def passage_opened() -> str:
    """The id of the passage whose page is open, with the page that is shown: "document/number/page"; or empty."""
    return str(st.session_state.get(_OPEN, ""))


def open_passage(at: str) -> None:
    """Opens a passage at a page, or closes it where ``at`` is empty; a reload finds it open."""
    st.session_state[_OPEN] = at
    keep()


def ask_it() -> None:
    """Asks what stands in the field, once nothing in it waits for a decision."""
    text = str(st.session_state.get(QUESTION) or "").strip()
    try:
        refuse_unreadable(text)
    except GuidelineError as error:
        st.session_state[_ASKED] = ""
        tell(str(error), "error")
    else:
        if undecided(text, cleared(QUESTION)):
            return
        st.session_state[_ASKED] = text
        st.session_state[_OPEN] = ""
    keep()


def ask_example(text: str) -> None:
    """Asks one of the page's own questions."""
    st.session_state[QUESTION] = text
    ask_it()


def hidden_values(s: Services, version: CaseVersion) -> frozenset[str]:
    """The features that an open question about the case hides: Ask tells no more of them than the question does."""
    asked = open_questions(s.db, s.user, [version.case_id])[version.case_id]
    return frozenset(hidden_here(s, version)).union(*(one.hides for one in asked))
