"""What surrounds every page: intended use, which model runs where, the first-visit notice, a live run elsewhere."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from creason_core.model.engines.base import EngineHealth, EngineState, ModelIdentity
from pages.components.inert import inert
from pages.components.shortcuts import shortcuts_button

INTENDED_USE = "Research and education. Not for time-critical decisions. Check the basis before you rely on it."
ICON = Path(__file__).with_name("icon.svg")  # a named icon would be fetched from a font service
ABOUT_TAB, LIMITS = "about", "Limits"  # the address says which tab of About is open
NOTICE_VERSION = 1  # raise it when the notice changes: everybody reads it once more
_LARGE_TEXT = "<style>html { font-size: 20px; }</style>"
ENGINES = {"vllm": "vLLM server", "embedded": "Small model on this computer", "replay": "Recorded replies"}
STATE_ICONS: dict[EngineState, str] = {
    "ready": ":material/check_circle:",
    "slow": ":material/hourglass_top:",
    "offline": ":material/cloud_off:",
}
_NAME_LENGTH = 28  # characters of a model's name in the header, beside the notice


def style(large_text: bool) -> None:
    """Applies the style sheet and the reader's text size."""
    st.html(Path(__file__).with_name("style.css"))
    st.logo(Path(__file__).with_name("logo.svg"), size="large")
    if large_text:
        st.html(_LARGE_TEXT)


def header(health: EngineHealth, about: str, *, shortcuts: bool) -> None:
    """Draws the strip on top of every page; ``about`` is the page that tells the limits."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="header"):
        st.caption(INTENDED_USE, width="stretch")
        st.page_link(about, label=LIMITS, width="content", query_params={ABOUT_TAB: LIMITS})
        if health.identity.engine == "replay":
            st.badge("Recorded", icon=":material/history:", color="violet", help="Replies were recorded earlier.")
        _model_chip(health)
        shortcuts_button(shortcuts=shortcuts)


def computes_in(identity: ModelIdentity) -> str:
    """With which numbers a model computes, and what computes; empty where the engine does not say."""
    return f"{identity.precision} ({identity.runtime})" if identity.runtime else identity.precision


def short_name(identity: ModelIdentity) -> str:
    """What tells a model from others in few characters: its adapter, else its name without folder or owner."""
    name = identity.adapter or identity.model.rstrip("/").rsplit("/", 1)[-1] or "No model"
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1]}…"


def _model_chip(health: EngineHealth) -> None:
    label = f"{inert(short_name(health.identity))} · {health.state}"
    with st.popover(label, icon=STATE_ICONS[health.state], type="tertiary"):
        lines = [
            f"Weights: {health.identity.model or 'none'}",
            f"Engine: {ENGINES[health.identity.engine]}",
            f"Where: {health.where}",
            f"State: {health.note}",
        ]
        if computes := computes_in(health.identity):
            lines.append(f"Computes in: {computes}")
        if health.context_tokens:
            lines.append(f"Context length: {health.context_tokens:,} tokens")
        if health.identity.adapter:
            lines.append(
                f"Adapter: {health.identity.adapter}, SHA-256 {health.identity.adapter_hash[:12] or 'unknown'}…"
            )
        if health.identity.model_hash:
            lines.append(f"Base weights: SHA-256 {health.identity.model_hash[:12]}…")
        st.text("\n".join(lines))


@st.dialog("Before you start", dismissible=False)
def first_visit(understood: Callable[[], None]) -> None:
    """Three sentences, once."""
    st.write(
        "C-Reason is for research and education, on public or de-identified cases. "
        "It must not be used for a decision that cannot wait, and it does not replace clinical judgement."
    )
    st.write("The model's reasoning can sound right and be wrong: commit to your own answer first, then compare.")
    st.write("Never enter names, dates of birth, record numbers or anything else that identifies a person.")
    if st.button("I understand", type="primary", on_click=understood, key="understood"):
        st.rerun()


def full_page_problem(title: str, message: str, remedy: str) -> None:
    """A calm page for when the program cannot work: what happened, and what to do."""
    st.title(title)
    st.error(inert(message, 2000), icon=":material/error:")
    if remedy:
        st.write(f"**What to do.** {inert(remedy, 2000)}")
    st.button("Try again", type="primary", icon=":material/refresh:")
