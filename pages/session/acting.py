"""What makes a function the action of a button: it is passed who acts, and done only where their roles allow it.

An action reads the widgets, calls the core once and remembers what to say. It runs before the page is drawn and holds
no ``st`` call between the start and the end of a write. Every write carries a key made when the button was drawn, so a
double click writes once.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import uuid4

import streamlit as st

from creason_core.principal import Action, Principal
from pages.server.services import services
from pages.session.messages import told

P = ParamSpec("P")


def acting(action: Action) -> Callable[[Callable[Concatenate[Principal, P], None]], Callable[P, None]]:
    """Makes a function the callback of what ``action`` names: it gets the session's principal as its first argument.

    Where their roles do not allow ``action``, that is told and the function is not called.
    """

    def callback(do: Callable[Concatenate[Principal, P], None]) -> Callable[P, None]:
        @told
        @wraps(do)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            me = services().principal
            me.require(action)
            do(me, *args, **kwargs)

        return run

    return callback


def key_for(what: str) -> str:
    """The idempotency key of the write that ``what`` names, made when first drawn and kept until ``used``."""
    return str(st.session_state.setdefault(f"idem:{what}", uuid4().hex))


def used(what: str) -> None:
    """The next drawing of ``what`` is another write."""
    st.session_state.pop(f"idem:{what}", None)
