"""Which engine answers new runs, where there are several: a choice with the state of each in words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import streamlit as st

from creason_core.model.engines.base import EngineState
from creason_core.model.engines.registry import Registered, Since
from pages.components.inert import inert
from pages.components.shell import ENGINES

STATES: Mapping[EngineState, str] = {"ready": "ready", "slow": "slow", "offline": "down"}


def engine_title(name: str) -> str:
    """What people call the engine of that name."""
    return ENGINES.get(name, name)


def state_words(since: Since) -> str:
    """A state with since when, in this computer's time: "down since 09:14"."""
    at, today = since.at.astimezone(), datetime.now().astimezone()
    told = f"{at:%H:%M}" if at.date() == today.date() else f"{at:%d %b, %H:%M}"
    return f"{STATES[since.state]} since {told}{' or longer' if since.longer else ''}"


def answered_by(offered: Sequence[Registered], wish: str, on_choose: Callable[[str], None]) -> None:
    """Draws the choice as buttons, since in a radio group that has the focus Ctrl+Enter would not run.

    ``wish`` is the name of the engine that was chosen, empty where whichever answers by default is to.
    """
    default = next((one.name for one in offered if one.answers), "")
    names = {"": "Automatic", **{one.name: engine_title(one.name) for one in offered}}
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="answered_by"):
        st.markdown(
            ":small[Answered by]",
            width="content",
            help="Automatic: whichever answers by default when your turn comes. One that is chosen answers alone.",
        )
        for name, label in names.items():
            picked = name == wish
            st.button(
                label,
                key=f"answered_by_{name or 'any'}",
                type="secondary" if picked else "tertiary",
                icon=":material/check:" if picked else None,
                on_click=on_choose,
                args=(name,),
            )
    told = [f"{engine_title(one.name)}: {state_words(one.since)}" for one in offered]
    now = f" Automatic is {engine_title(default)} now." if default and not wish else ""
    st.caption(inert(f"{' · '.join(told)}.{now}", 400))
    chosen = next((one for one in offered if one.name == wish), None)
    if chosen is not None and not chosen.health.ready:
        st.warning(
            f"{inert(engine_title(wish))} has been {state_words(chosen.since)}, and nothing is sent to another engine "
            "while it is chosen. Choose Automatic, or wait until it is back: the question and your answer stay.",
            icon=":material/cloud_off:",
        )


def asked_of(wish: str) -> None:
    """Draws which engine a run was asked of, where it was asked of one; nothing else where it was not."""
    if wish:
        st.caption(f":material/dns: Asked of {inert(engine_title(wish))} and no other, as chosen.")
