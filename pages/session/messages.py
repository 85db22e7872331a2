"""What the last callback had to say, told once at the top of the next drawing; and that nothing can be saved."""

from collections.abc import Callable
from functools import wraps
from typing import Literal, NoReturn, ParamSpec

import streamlit as st

from creason_core.errors import CReasonError, StoreError
from creason_core.store.people.drafts import drop_draft, save_draft
from pages.components.inert import inert
from pages.components.read_only import freeze, read_only_notice
from pages.server.services import services

P = ParamSpec("P")
POLL_SECONDS = 2.0
Tone = Literal["error", "success"]


def told(action: Callable[P, None]) -> Callable[P, None]:
    """``action`` with its expected failures told on the next drawing instead of raised."""

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            action(*args, **kwargs)
        except CReasonError as error:
            tell(str(error), "error")

    return run


def tell(text: str, tone: Tone = "success") -> None:
    """Says ``text`` at the top of the next drawing."""
    st.session_state["told"] = (text, tone)


def show_told() -> None:
    """Draws what the last callback had to say, once; and, while nothing can be saved, that it cannot."""
    trouble = services().db.trouble
    freeze(trouble is not None)
    if trouble is not None:
        read_only_notice(trouble, try_saving)
        st.fragment(_until_saving_works, run_every=POLL_SECONDS)()
    st.session_state["error_on_page"] = ""
    show_said()


def show_said() -> None:
    """Draws what there is to say, once; for a page that acts while it is drawn, also behind what it did."""
    if said := st.session_state.pop("told", None):
        if said[1] == "error":
            st.session_state["error_on_page"] = said[0]
        text, tone = said
        if tone == "error":
            st.error(inert(text, 2000), icon=":material/error:")
        else:
            st.toast(inert(text), icon=":material/check_circle:")


def redraw() -> NoReturn:
    """Draws the page anew by the program's own wish, as when a reply has come: an error that stands there stays."""
    if error := st.session_state.get("error_on_page"):
        tell(error, "error")
    st.rerun()


def _until_saving_works() -> None:
    """Draws the page anew once the program has saved something; it tries every few seconds by itself."""
    if services().db.trouble is None:
        redraw()


def try_saving() -> None:
    """Writes a trifle and takes it away again: where that works, so does saving."""
    s = services()
    try:
        save_draft(s.db, s.user, "trifle", {})
        drop_draft(s.db, s.user, "trifle")
    except StoreError:
        tell("Saving still fails.", "error")
    else:
        tell("Saving works again.")
