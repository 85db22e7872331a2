"""The search box and the filters above the history."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from textwrap import shorten
from typing import TypeVar

import streamlit as st

from creason_core.question.asked import Kind
from creason_core.question.kinds import TASKS
from creason_core.record.codebook import Codebook
from creason_core.store.history import Filters, StateFilter, ThumbFilter, codebooks_asked
from pages.components.run_state import FACES
from pages.components.told_apart import told_apart
from pages.server.services import Services

KINDS: Mapping[Kind, str] = {kind: task.title for kind, task in TASKS.items()}
THUMBS: Mapping[ThumbFilter, str] = {"up": "Good", "down": "Not good", "none": "Not rated"}
STATES: Mapping[StateFilter, str] = {
    "live": "Running",
    "complete": FACES["complete"].word,
    "truncated": FACES["truncated"].word,
    "unparsed": FACES["unparsed"].word,
    "stopped": FACES["stopped"].word,
    "timeout": FACES["timeout"].word,
    "error": FACES["error"].word,
    "interrupted": FACES["interrupted"].word,
}
_KEY = "history_filter_"
_ONE_BY_ONE = ("state", "thumb", "kind", "case", "given", "since", "until")

T = TypeVar("T")


def history_filters(
    codebooks: Callable[[], Mapping[str, Codebook]], cases: Mapping[str, str], given: Mapping[str, str]
) -> Filters:
    """Draws them, and gives what they say.

    ``cases`` are the cases asked about, by id; ``codebooks`` gives those that questions were worded by, by the hash
    that the questions name; ``given`` are the texts that a model was given beside a record, by hash.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="history_filters"):
        words = st.text_input(
            "Search",
            placeholder="A case, a value, or words of the model",
            key=f"{_KEY}words",
            icon=":material/search:",
            label_visibility="collapsed",
            persist_state="session",
        )
        only = st.pills(
            "Show only",
            ["Starred", "Deleted"],
            selection_mode="multi",
            key=f"{_KEY}only",
            label_visibility="collapsed",
            persist_state="session",
            width="content",
        )
        narrowed = _narrowed()
        with st.popover(f"Filters ({narrowed})" if narrowed else "Filters", icon=":material/filter_list:"):
            chosen = _details(cases, given)
    return replace(
        chosen,
        words=(words or "").strip(),
        features=named_by(words or "", codebooks),
        starred="Starred" in only,
        deleted="Deleted" in only,
    )


def asked_codebooks(s: Services) -> dict[str, Codebook]:
    """The codebooks of the reader's questions, by the hash that the questions name."""
    return {one.codebook_hash: s.codebooks.of(one) for one in codebooks_asked(s.db, s.user)}


def named_by(words: str, codebooks: Callable[[], Mapping[str, Codebook]]) -> frozenset[tuple[str, str]]:
    """The features whose label or another name contains ``words``, each with the hash of its codebook."""
    wanted = words.strip().casefold()
    if not wanted:
        return frozenset()
    return frozenset(
        (content_hash, feature.name)
        for content_hash, codebook in codebooks().items()
        for feature in dict.fromkeys((*codebook.features, *codebook.columns))  # over time also at each time point
        if any(wanted in name.casefold() for name in (feature.label, *feature.words))
    )


def _narrowed() -> int:
    return sum(bool(st.session_state.get(f"{_KEY}{name}")) for name in _ONE_BY_ONE)


def _details(cases: Mapping[str, str], given: Mapping[str, str]) -> Filters:
    state = _choice("State", "state", STATES)
    thumb = _choice("Feedback", "thumb", THUMBS)
    kind = _choice("Kind", "kind", KINDS)
    case_id = _choice("Case", "case", cases)
    begin = {sha256: shorten(text, 90, placeholder="…") for sha256, text in given.items()}
    passage = _choice("Given the passage", "given", begin) if given else None
    with st.container(horizontal=True, gap="small"):
        since = _day("From", "since")
        until = _day("Until, this day included", "until")
    return Filters(
        state=state,
        thumb=thumb,
        kind=kind,
        case_id=case_id,
        given=passage,
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until else None,
    )


def _choice(label: str, name: str, offered: Mapping[T, str]) -> T | None:
    picked: T | None = st.selectbox(
        label,
        list(offered),
        index=None,
        format_func=told_apart(offered, lambda value: offered.get(value, "?")),
        placeholder="All",
        key=f"{_KEY}{name}",
        persist_state="session",
    )
    return picked


def _day(label: str, name: str) -> date | None:
    day: date | None = st.date_input(
        label, value=None, format="YYYY-MM-DD", key=f"{_KEY}{name}", persist_state="session"
    )
    return day


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone()
