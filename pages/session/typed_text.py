"""Typed text on its way to the database: what looks like an identifier waits for a person's word, in memory alone.

A draft holds every typed text with its undecided finds replaced by their kind. What was typed stays in its field, and
in this process's memory, so that a page change or a reload loses none of it; a restart of the program loses the finds
and nothing else. So whatever a database holds was decided about, and is not asked about again.
"""

from collections.abc import Callable, Collection

import streamlit as st

from creason_core.record.identifiers import decided_in, undecided, without, without_undecided
from pages.components.identifier_question import identifier_question
from pages.server.services import services

_MAX_HELD = 1_000  # texts; the oldest go first


def cleared(widget: str) -> frozenset[str]:
    """The finds in the field ``widget`` of which the person said that they identify nobody."""
    return frozenset(st.session_state.get(_key(widget), ()))


def decided(widget: str, finds: Collection[str]) -> None:
    """Remembers that ``finds`` identify nobody, for the field ``widget``."""
    st.session_state[_key(widget)] = cleared(widget) | frozenset(finds)


def storable(widget: str, text: str) -> str:
    """What a draft may hold of the text in the field ``widget``; the whole of it waits in memory."""
    safe, held = without_undecided(text, cleared(widget)), _held()
    held.pop((services().user, widget), None)
    if safe != text:
        held[services().user, widget] = text
        while len(held) > _MAX_HELD:
            held.pop(next(iter(held)), None)
    return safe


def restored(widget: str, stored: str) -> str:
    """The text of the field ``widget`` as it was typed, where it is still held; else as it is stored."""
    decided(widget, decided_in(stored))
    typed = _held().get((services().user, widget))
    return typed if typed is not None and without_undecided(typed, cleared(widget)) == stored else stored


def forget(widget: str) -> None:
    """The text of the field was stored or discarded."""
    _held().pop((services().user, widget), None)
    st.session_state.pop(_key(widget), None)


def ask(widget: str, on_change: Callable[[], None] | None = None) -> bool:
    """Asks about every undecided find in the field ``widget``, which is drawn already; whether there is one.

    ``on_change`` keeps the text when something was decided.
    """
    text = str(st.session_state.get(widget) or "")
    hits = undecided(text, cleared(widget))
    if not hits:
        return False

    def remove(found: str) -> None:
        now = str(st.session_state.get(widget) or "")
        hit = next((hit for hit in undecided(now, cleared(widget)) if now[hit.start : hit.end] == found), None)
        if hit:
            st.session_state[widget] = without(now, hit)
        if on_change:
            on_change()

    def none(found: str) -> None:
        decided(widget, {found})
        if on_change:
            on_change()

    identifier_question(text, hits, widget, remove, none, saves=on_change is not None)
    return True


@st.cache_resource(show_spinner=False)
def _held() -> dict[tuple[str, str], str]:
    return {}


def _key(widget: str) -> str:
    return f"cleared:{widget}"
