"""How many samples Run asks for: what the reader chose, else five where the model gives five in a few seconds."""

from math import ceil

import streamlit as st

from creason_core.model.engines.base import EngineName
from creason_core.store.runs.paces import usual_seconds
from pages.question.asking import Asking

STANDARD = 5  # what confidence is made of
A_FEW_SECONDS = 20.0  # the small model gives five in 5 on two idle cores (docs/bench.md); a busy machine takes longer
_QUICK: EngineName = "embedded"
_SURE = 3  # questions: one slow one would else end the measuring, since five are then asked for no more


def chosen_count(asking: Asking) -> int:
    """The number chosen on the question, else in Settings, else one that the model gives in a few seconds."""
    picked = st.session_state.get("samples")
    if picked is not None:
        return int(picked)
    return _quick_enough(asking) if asking.prefer.samples == "auto" else asking.prefer.samples


def choose_count(samples: int) -> None:
    """Keeps the number for this session, until another is chosen here or in Settings."""
    st.session_state["samples"] = samples


def _quick_enough(asking: Asking) -> int:
    """Five where five took a few seconds before, or should by what one took, or on the small model; else one."""
    identity = asking.s.answering.identity
    if identity.engine == "replay":  # a recording is of one prompt, and further samples have their options reordered
        return 1
    five = usual_seconds(asking.s.db, asking.s.user, identity, STANDARD)
    one = usual_seconds(asking.s.db, asking.s.user, identity, 1)
    if five and (five.of >= _SURE or identity.engine != _QUICK):
        quick = five.seconds <= A_FEW_SECONDS
    elif one and identity.engine != _QUICK:
        quick = one.seconds * ceil(STANDARD / asking.s.engine.capabilities.slots) <= A_FEW_SECONDS
    else:
        quick = identity.engine == _QUICK
    return STANDARD if quick else 1
