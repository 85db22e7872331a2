"""What a reader chose for themselves: the notice they read, and their preferences."""

import streamlit as st

from creason_core.principal import Principal
from creason_core.store.people.preferences import Preferences, preferences, save_preferences
from pages.components.shell import NOTICE_VERSION
from pages.server.services import services
from pages.session.acting import acting


@acting("look")
def understood(me: Principal) -> None:
    """The first-visit notice was read; where that cannot be stored, it counts until the window is closed."""
    st.session_state["understood_now"] = True
    _prefer(me, ack_version=NOTICE_VERSION)


@acting("look")
def set_preference(me: Principal, name: str, widget: str) -> None:
    """Stores the value of the settings widget called ``widget`` as the preference ``name``."""
    _prefer(me, **{name: st.session_state[widget]})
    if name == "samples":
        st.session_state.pop(name, None)  # the number chosen on a question earlier gives way


def _prefer(me: Principal, **changed: object) -> None:
    s = services()
    now = preferences(s.db, me.user)
    save_preferences(s.db, me.user, Preferences.model_validate(now.model_dump() | changed))
