"""On Ask, beside what applies: what the hospital's own documents say, and the page that a passage stands on."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from creason_core.guideline.applying import why_no_dose
from creason_core.guideline.documents.index import DocumentIndex
from creason_core.guideline.here import index_here, shelf_here
from creason_core.guideline.retrieval import Passage, Retrieved, retrieve
from creason_core.guideline.reviewing import Signatures
from creason_core.store.hospital.library import documents_in, page_of, spans_at
from pages.components.inert import inert
from pages.components.passage_card import page_card, passage_card
from pages.guideline.asked import open_passage, passage_opened
from pages.server.services import Services

FIRST = 3  # passages that are shown at once


def library_index(s: Services) -> DocumentIndex:
    """The index of the hospital's documents of this installation."""
    return index_here(s.settings, s.db)


def search(s: Services, question: str, on: date) -> Retrieved:
    """What is found for ``question``; a line says how much of it stands below."""
    with st.spinner("Searching the hospital's documents"):
        found = retrieve(s.db, library_index(s), question, on, shelf=shelf_here(s.settings))
    if number := len(found.of("document")):
        stand = "passage of the hospital's own documents stands" if number == 1 else (
            "passages of the hospital's own documents stand")  # fmt: skip
        st.caption(f":material/description: {number} {stand} below the recommendations.")
    return found


def document_passages(s: Services, found: Retrieved, signatures: Signatures, lacking: Sequence[str]) -> None:
    """Draws what the hospital's documents say, each passage with its source and its page.

    ``lacking`` is what the record lacks of the facts without which no dose is shown.
    """
    st.subheader("In the hospital's own documents")
    if not found.documents:
        st.caption("The hospital has added none. An administrator does that in Settings, under Library.")
        return
    if found.trouble:
        st.warning(inert(found.trouble), icon=":material/sync_problem:")
    if _passages(s, found, signatures, lacking) == 0:
        _opened(s, lacking)


def _passages(s: Services, found: Retrieved, signatures: Signatures, lacking: Sequence[str]) -> int:
    """Draws them, the open page under its passage; how many times that was drawn."""
    by_id = {one.id: one for one in documents_in(s.db)}
    shown = [one for one in found.of("document") if one.document in by_id]
    if not shown:
        st.info("Nothing in force in the hospital's documents shares enough words with the question.",
                icon=":material/search_off:")  # fmt: skip
    near = [one for one in found.nearest if one.document in by_id]

    def card(passage: Passage, key: str) -> int:
        passage_card(
            passage, signatures.of(by_id[passage.document]), key, open_passage, why_no_dose(passage.text, lacking)
        )
        if not passage_opened().startswith(f"{passage.id}/"):
            return 0
        _opened(s, lacking)
        return 1

    opened = sum(card(passage, "open") for passage in shown[:FIRST])
    if near and st.toggle(
        "Show passages that share words with it, most likely about something else", key="ask_near_it"
    ):
        opened += sum(card(passage, "near") for passage in near)
    if rest := shown[FIRST:]:
        with st.expander(f"{len(rest)} more passages", key="ask_more_passages"):
            opened += sum(card(passage, "more") for passage in rest)
    old = [one for one in found.superseded if one.kind == "document" and one.document in by_id]
    if old and st.toggle(f"Show superseded or expired passages ({len(old)})", key="ask_old_passages"):
        opened += sum(card(passage, "old") for passage in old)
    st.caption(f"Passages are {inert(found.how)}. They are quoted as they stand; what they say is theirs.")
    return opened


def _opened(s: Services, lacking: Sequence[str]) -> None:
    """The page that is open, where one is."""
    document_id, _, rest = passage_opened().partition("/")
    n, _, at_page = rest.partition("/")
    if not (n.isdigit() and at_page.isdigit()):
        return
    document = next((one for one in documents_in(s.db) if one.id == document_id), None)
    page = page_of(s.db, document_id, int(at_page)) if document else None
    if document is None or page is None:
        st.info("The page that was open is no longer in the library.", icon=":material/delete:")
        return
    held = spans_at(s.db, [(document_id, int(n))]).get((document_id, int(n)))
    passage = (held[0].start, held[0].stop) if held and held[0].page == page.page else None
    if why := why_no_dose(page.text, lacking):
        st.warning(f"{inert(why)} It stands on this page all the same.", icon=":material/medication:")
    page_card(document, page, passage, f"{document_id}/{n}", open_passage)
