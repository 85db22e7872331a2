"""Which model answers new runs: the choice on the Settings page, and its callback."""

import streamlit as st

from creason_core.model.adapters.choosing import chosen
from creason_core.model.adapters.versions import BASE, Versions
from creason_core.principal import Principal
from pages.components.inert import inert
from pages.components.read_only import saving
from pages.components.told_apart import told_apart
from pages.server.services import Services, services
from pages.session.acting import acting
from pages.session.messages import tell

KEY = "model_choice"
WHY = {
    "CREASON_MODEL": "set by CREASON_MODEL",
    "chosen": "chosen here",
    "promoted": "promoted",
    "shipped": "the one that ships",
    "default": "no adapter is promoted or ships",
}


def model_choice(s: Services) -> None:
    """Draws the choice, or why there is none to make."""
    choice = s.models.choice
    if choice is None:
        st.caption("Recorded replies answer (CREASON_ENGINE=replay); no model is asked.")
        return
    versions = Versions(s.settings.data_dir, s.user)
    found = [one.title for one in versions.all()]
    now = versions.history().chosen
    offered = ["", BASE, *found, *([now] if now not in {"", BASE, *found} else [])]
    names = {"": "Default: the promoted version, else the one that ships", BASE: f"{choice.base}, without an adapter"}
    fixed, may = s.settings.model != "", s.principal.may("promote")
    st.selectbox(
        "Model for new runs",
        offered,
        index=offered.index(now),
        format_func=told_apart(offered, lambda version: names.get(version, version)),
        key=KEY,
        on_change=_choose,
        **saving(
            "CREASON_MODEL decides; unset it to choose here."
            if fixed
            else "A run in progress is not touched."
            if may
            else "Your roles do not allow you to choose it.",
            disabled=fixed or not may,
        ),
    )
    st.caption(f"New runs are answered by {inert(choice.served)} ({WHY[choice.because]}). {inert(choice.aside)}")


@acting("promote")
def _choose(me: Principal) -> None:
    """Stores the choice; new runs follow it, a run in progress ends with the model that it began with."""
    s = services()
    version: str = st.session_state[KEY]
    Versions(s.settings.data_dir, me.user).choose(version, "Settings page")
    s.models.refresh()
    s.health.look()
    answers = chosen(s.settings).served
    tell(f"New runs are answered by {answers}. A run in progress ends with the model that it began with.")
