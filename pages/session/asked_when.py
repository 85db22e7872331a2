"""From what is known the reader wants an outcome predicted: of one feature of one case version, in this session."""

import streamlit as st

from creason_core.record.codebook import Time


def as_of_chosen(version_id: str, feature: str) -> Time | None:
    """What the reader chose; None before they did."""
    found: Time | None = st.session_state.get(f"as_of:{version_id}:{feature}")
    return found


def choose_as_of(version_id: str, feature: str, time: Time) -> None:
    """Asks from what is known at ``time``; the question becomes another one."""
    st.session_state[f"as_of:{version_id}:{feature}"] = time
