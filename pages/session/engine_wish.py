"""Which engine the new runs of this session ask for, kept until the window is closed; where there is one, none."""

import streamlit as st

from creason_core.model.engines.registry import Registered
from pages.components.answered_by import answered_by
from pages.server.services import WISH, Services, services


def engine_choice(s: Services) -> None:
    """Draws who is to answer, where more than one engine can, could since the start, or was named in the settings."""
    offered = offered_engines(s)
    if len(offered) > 1:
        answered_by(offered, s.wish, choose_engine)


def offered_engines(s: Services) -> tuple[Registered, ...]:
    """The engines to choose from: not a server that nobody named and that was never there."""
    return tuple(
        one
        for one in s.models.registry.registered()
        if one.seen or one.answers or one.name == s.wish or (one.name == "vllm" and s.settings.names_server)
    )


def choose_engine(name: str) -> None:
    """Keeps the engine for the new runs of this session; "": whichever answers by default."""
    if name in ("", *services().models.registry.names):
        st.session_state[WISH] = name
