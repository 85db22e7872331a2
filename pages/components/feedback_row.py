"""A thumb with its reasons under a run. What is saved is shown from the database; editing adds a newer row."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from creason_core.store.people.feedback import (
    COMMENT_CHARACTERS,
    DOWN_REASONS,
    SEVERITIES,
    UNSAFE,
    UP_REASONS,
    Feedback,
    Thumb,
)
from pages.components.inert import inert
from pages.components.read_only import held, saving


@dataclass(frozen=True, slots=True)
class RatingFields:
    """What stands in the widgets of one feedback row."""

    thumb: Thumb
    reasons: tuple[str, ...]
    severity: str | None
    comment: str
    train_ok: bool


def feedback_row(
    key: str,
    saved: Feedback | None,
    *,
    train_ok: bool,
    on_change: Callable[[], None],
    on_save: Callable[[], None],
    on_edit: Callable[[], None],
    ask: Callable[[], bool],
) -> None:
    """Draws the row. ``saved`` is what the database holds and is being shown; None shows the form.

    ``on_change`` keeps what has been entered so far. ``ask`` asks about what looks like an identifier in the
    comment, below it, and says whether anything is undecided. ``key`` names the form and changes when another
    version of the rating is to be entered.
    """
    if saved is not None:
        _saved(saved, on_edit, key)
        return
    with st.container(key=f"{key}_row", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("**Was this reasoning good?**", width="content")
            thumb = st.feedback(
                "thumbs",
                key=f"{key}_thumb",
                persist_state="session",
                on_change=on_change,
                disabled=held(f"{key}_thumb"),
            )
        if thumb is None:
            st.caption("A thumb up or down, with a reason, is kept with the exact prompt and text.")
            return
        _details(key, thumb == 1, train_ok=train_ok, on_change=on_change, on_save=on_save, ask=ask)


def entered(key: str) -> RatingFields | None:
    """What the reader put into the form called ``key``, None without a thumb; for use in its callbacks."""
    state = st.session_state
    if state.get(f"{key}_thumb") is None:
        return None
    reasons = tuple(state.get(f"{key}_reasons") or ())
    return RatingFields(
        thumb="up" if state[f"{key}_thumb"] == 1 else "down",
        reasons=reasons,
        severity=state.get(f"{key}_severity") if UNSAFE in reasons else None,
        comment=str(state.get(comment_key(key)) or ""),
        train_ok=bool(state.get(f"{key}_train")),
    )


def comment_key(key: str) -> str:
    """The widget key of the comment of the form called ``key``."""
    return f"{key}_comment"


def begun(key: str) -> bool:
    """Whether this session has already drawn the form called ``key``."""
    return f"{key}_thumb" in st.session_state


def prefill(key: str, rating: RatingFields) -> None:
    """Puts a rating into the form called ``key``, before it is drawn."""
    st.session_state[f"{key}_thumb"] = 1 if rating.thumb == "up" else 0
    st.session_state[f"{key}_reasons"] = list(rating.reasons)
    st.session_state[comment_key(key)] = rating.comment
    st.session_state[f"{key}_train"] = rating.train_ok
    if rating.severity:
        st.session_state[f"{key}_severity"] = rating.severity


def _details(
    key: str,
    up: bool,
    *,
    train_ok: bool,
    on_change: Callable[[], None],
    on_save: Callable[[], None],
    ask: Callable[[], bool],
) -> None:
    reasons = st.pills(
        "What was good?" if up else "What was wrong?",
        UP_REASONS if up else DOWN_REASONS,
        selection_mode="multi",
        key=f"{key}_reasons",
        persist_state="session",
        on_change=on_change,
        disabled=held(f"{key}_reasons"),
    )
    severity: str | None = None
    unsafe = UNSAFE in reasons
    if unsafe:
        severity = st.segmented_control(
            "Harm if someone had followed it (required)",
            SEVERITIES,
            key=f"{key}_severity",
            persist_state="session",
            on_change=on_change,
            disabled=held(f"{key}_severity"),
        )
    st.text_area(
        "Comment",
        max_chars=COMMENT_CHARACTERS,
        key=comment_key(key),
        placeholder="Optional. No patient identifiers.",
        height=80,
        persist_state="session",
        on_change=on_change,
        disabled=held(comment_key(key)),
    )
    undecided = ask()
    if f"{key}_train" not in st.session_state:
        st.session_state[f"{key}_train"] = train_ok
    st.checkbox(
        "May be used to train the model",
        key=f"{key}_train",
        persist_state="session",
        on_change=on_change,
        disabled=held(f"{key}_train"),
    )
    waiting = "Say how much harm it could have done." if unsafe and severity is None else ""
    waiting = waiting or ("Decide about what looks like an identifier." if undecided else "")
    st.button(
        "Save feedback",
        key=f"{key}_save",
        type="primary",
        icon=":material/save:",
        on_click=on_save,
        **saving(waiting or None, disabled=bool(waiting)),
    )


def _saved(saved: Feedback, on_edit: Callable[[], None], key: str) -> None:
    icon, word = (":material/thumb_up:", "Good") if saved.thumb == "up" else (":material/thumb_down:", "Not good")
    parts = [f"{icon} **{word}**", *(inert(reason) for reason in saved.reasons)]
    if saved.severity:
        parts.append(f"harm if followed: {saved.severity}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{key}_saved"):
        st.markdown(" · ".join(parts), width="content")
        st.caption(f"Saved {saved.created.astimezone():%H:%M}", width="content")
        st.button("Edit", key=f"{key}_edit", type="tertiary", icon=":material/edit:", on_click=on_edit, **saving())
    if saved.comment:
        st.text(f"“{saved.comment}”")
