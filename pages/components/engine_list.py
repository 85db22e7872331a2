"""The engines of this program: how each is, what it can do, and which one answers."""

import streamlit as st

from creason_core.model.engines.base import Capabilities
from creason_core.model.engines.registry import EngineRegistry, Registered
from pages.components.inert import inert
from pages.components.shell import ENGINES, STATE_ICONS, computes_in


def engine_list(registry: EngineRegistry) -> None:
    """Draws each engine, as it was when last looked at, and a caption."""
    for one in registry.registered():
        _engine(one)
    st.caption(
        "New runs go to the engine that answers. A server is noticed within 10 seconds of coming up or going down; "
        "a run that has begun stays with its engine."
    )


def _engine(one: Registered) -> None:
    health = one.health
    name = ENGINES.get(health.identity.engine, one.name)
    facts = {
        "Model": health.identity.title or "unknown",
        "Computes in": computes_in(health.identity),
        "Can": can(one.capabilities),
    }
    with st.container(border=True, gap="xsmall", key=f"engine_{one.name}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{inert(name)}**", width="content")
            st.badge(health.state, icon=STATE_ICONS[health.state], color="green" if health.ready else "gray")
            if one.answers:
                st.badge("answers", icon=":material/chat:", color="blue")
        st.caption(" · ".join(f"{word}: {inert(told)}" for word, told in facts.items() if told))
        if health.note:
            st.caption(inert(health.note, 1000))


def can(capabilities: Capabilities) -> str:
    """What an engine can do, in words."""
    known = {
        "probabilities of the options": capabilities.logprobs,
        "reading ahead": capabilities.reads_ahead,
        "the same text for the same seed": capabilities.repeats,
        f"up to {capabilities.slots:,} replies at once": capabilities.interleaves,
    }
    return ", ".join(words for words, able in known.items() if able) or "one reply at a time"
