"""A passage of a hospital's document, and the page that it stands on: drawn as text and nothing else."""

from collections.abc import Callable

import streamlit as st

from creason_core.guideline.retrieval import Passage
from creason_core.guideline.reviewing import Signed
from creason_core.store.hospital.library import LibraryDocument, Page
from pages.components.inert import inert
from pages.components.provenance import Colour

_STATUS: dict[str, tuple[str, str, Colour]] = {
    "current": (":material/verified:", "Holds, as told when added", "green"),
    "superseded": (":material/history:", "Superseded", "gray"),
    "expired": (":material/event_busy:", "Expired", "orange"),
}


def passage_card(passage: Passage, signed: Signed, key: str, on_open: Callable[[str], None], withheld: str) -> None:
    """Draws a passage with its source, or why it is ``withheld``.

    ``on_open`` is called with where it is to be opened: "document/number/page".
    """
    icon, word, colour = _STATUS[passage.status]
    name = passage.id.replace("/", "_")
    with st.container(border=True, gap="small", key=f"passage_{key}_{name}"):
        with st.container(horizontal=True, gap="small"):
            st.badge(word, icon=icon, color=colour)
            st.badge(inert(passage.date), icon=":material/event:", color="gray")
            st.badge(inert(passage.label), icon=":material/description:", color="blue")
        if withheld:
            st.markdown(f":material/medication: {inert(withheld)}")
        else:
            st.text(passage.text)
        st.caption(
            f"{inert(passage.organisation)}, {inert(passage.title)}, {inert(passage.date)}; {inert(passage.label)}. "
            f"For: {inert(passage.population)}. {inert(passage.validity)} {inert(signed.told, 2600)}"
        )
        st.button(
            "Open the passage",
            key=f"open_{key}_{name}",
            type="tertiary",
            icon=":material/menu_book:",
            on_click=on_open,
            args=(f"{passage.id}/{passage.page}",),
        )


def page_card(
    document: LibraryDocument, page: Page, passage: tuple[int, int] | None, at: str, on_open: Callable[[str], None]
) -> None:
    """Draws a page of a document with the characters of ``passage`` set apart, and the way to the pages beside it.

    ``at`` is the id of the passage; ``on_open`` is called with it and another page, or with nothing to close.
    """
    unit = "Page" if document.format == "pdf" else "Part"
    with st.container(border=True, gap="small", key="opened_page"):
        st.markdown(f"**{inert(document.title)}: {unit.lower()} {page.page} of {document.pages}**")
        st.caption(
            f"{inert(document.organisation)}, {inert(document.published)}. File {inert(document.file_name)}, "
            f"SHA-256 {document.sha256[:12]}…"
        )
        start, stop = passage or (0, 0)
        for text, cited in ((page.text[:start], False), (page.text[start:stop], True), (page.text[stop:], False)):
            if not text.strip():
                continue
            if cited:
                with st.container(border=True, gap="small", key="opened_passage"):
                    st.badge("The passage", icon=":material/format_quote:", color="blue")
                    st.text(text.strip("\n"))
            else:
                st.text(text.strip("\n"))
        if not page.text.strip():
            st.caption("This page holds no text.")
        with st.container(horizontal=True, gap="small"):
            for word, number in (("Page before", page.page - 1), ("Next page", page.page + 1)):
                if 1 <= number <= document.pages:
                    st.button(word, key=f"page_{word}", on_click=on_open, args=(f"{at}/{number}",))
            st.button("Close", key="page_close", icon=":material/close:", on_click=on_open, args=("",))
