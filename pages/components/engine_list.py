"""The engines of this program: how each is, what it can do, and which one answers."""

import streamlit as st

from creason_core.model.engines.base import Capabilities
from creason_core.model.engines.registry import Registered, Registry
from pages.components.shell import ENGINES, computes_in


def engine_list(registry: Registry) -> None:
    """Draws one row for each engine, as it was when last looked at, and a caption."""
    st.dataframe([_row(one) for one in registry.registered()], hide_index=True, alt="The engines of this program")
    st.caption(
        "New runs go to the engine that answers. A server is noticed within 10 seconds of coming up or going down; "
        "a run that has begun stays with its engine."
    )


def _row(one: Registered) -> dict[str, str]:
    health = one.health
    return {
        "Engine": ENGINES.get(health.identity.engine, one.name),
        "Answers": "yes" if one.answers else "",
        "State": health.state,
        "Model": health.identity.title or "unknown",
        "Computes in": computes_in(health.identity),
        "Can": can(one.capabilities),
        "What it says": health.note,
    }


def can(capabilities: Capabilities) -> str:
    """What an engine can do, in words."""
    known = {
        "probabilities of the options": capabilities.logprobs,
        "reading ahead": capabilities.reads_ahead,
        "the same text for the same seed": capabilities.repeats,
        f"up to {capabilities.slots:,} replies at once": capabilities.interleaves,
    }
    return ", ".join(words for words, able in known.items() if able) or "one reply at a time"
