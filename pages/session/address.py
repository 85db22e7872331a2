"""Where the reader is: ids of the case, its version, the masked feature, the run and Ask's run, in the address.

Streamlit clears the address when the page changes, so the session remembers it; a reload starts a new session,
which finds it in the address. Ids only: no clinical value ever stands in an address. On the stage of a demonstration
the ids are those of its own database: they are remembered apart, stand in no address, and lead to no other page.
"""

from typing import Literal

import streamlit as st

from pages.server.services import on_stage
from pages.session.messages import tell

Part = Literal["case", "v", "mask", "run", "guide"]
PARTS: tuple[Part, ...] = ("case", "v", "mask", "run", "guide")


def here(part: Part) -> str | None:
    """The id of one part, or None."""
    value = st.session_state.get(_key(part))
    return str(value) if value else None


def move(**parts: str | None) -> None:
    """Sets the given parts, None clearing one; for use in a callback or at the top of a page."""
    for part, value in parts.items():
        st.session_state[_key(part)] = value
    if not on_stage():
        st.session_state["moved"] = True


def go(page: str, **parts: str | None) -> None:
    """Moves and opens ``page`` in the next run; for use in a callback. A stage is not left, which is told."""
    move(**parts)
    if on_stage():
        tell("This leads out of the demo, which goes on with Next. The menu leaves it.")
    else:
        st.session_state["go"] = page


def follow(page: str) -> None:
    """Opens the page that a callback asked for, and brings session and address into agreement.

    ``page`` is the name of the page about to be drawn, such as ``home``.
    """
    target = st.session_state.pop("go", None)
    moved = st.session_state.pop("moved", False)
    if not moved:
        for part in PARTS:
            if part in st.query_params:
                st.session_state[f"at_{part}"] = st.query_params[part]
    wanted: dict[str, str] = {str(part): value for part in PARTS if (value := here(part))}
    if target and target != page:
        st.switch_page(f"pages/{target}.py", query_params=dict(wanted))
    for part in PARTS:  # what else stands there is a page's own, as its tab
        if part in wanted and st.query_params.get(part) != wanted[part]:
            st.query_params[part] = wanted[part]
        elif part not in wanted and part in st.query_params:
            del st.query_params[part]


def _key(part: str) -> str:
    return f"staged_{part}" if on_stage() else f"at_{part}"
