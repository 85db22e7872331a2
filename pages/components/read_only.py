"""While nothing can be saved: the notice, and how a page draws what would save, with what was typed into it."""

from collections.abc import Callable
from typing import TypedDict

import streamlit as st

from creason_core.errors import StoreError
from pages.components.inert import inert

WHY = "Nothing can be saved at present; the notice at the top says why."
_FROZEN = "frozen"


class Saving(TypedDict):
    """What every button that saves is drawn with."""

    disabled: bool
    help: str | None


def freeze(frozen: bool) -> None:
    """Says before a page is drawn whether what would save is disabled on it."""
    st.session_state[_FROZEN] = frozen


def saving(told: str | None = None, *, disabled: bool = False) -> Saving:
    """How a button that saves is drawn: as it would be, or disabled with the reason while nothing can be saved."""
    frozen = bool(st.session_state.get(_FROZEN))
    return {"disabled": disabled or frozen, "help": WHY if frozen else told}


def held(key: str) -> bool:
    """Whether the field called ``key`` is disabled since nothing can be saved; what stands in it stays.

    Streamlit drops what a browser sends for a disabled field, and with it what was typed just before.
    """
    frozen = bool(st.session_state.get(_FROZEN))
    if frozen and key in st.session_state:
        st.session_state[key] = st.session_state[key]
    return frozen


def read_only_notice(trouble: StoreError, on_try: Callable[[], None]) -> None:
    """Draws why nothing can be saved and what still works, with the way to try again."""
    with st.container(key="read_only", gap="small"):
        st.error(
            f"**Read only.** {inert(str(trouble), 2000)} This notice goes once saving works.", icon=":material/save:"
        )
        st.button("Try saving again", key="try_saving", icon=":material/refresh:", on_click=on_try)
