"""Which value of a patient's list the reader has marked by a chip beside a reply: of one case version, in a session."""

import streamlit as st


def marked_row(version_id: str) -> str | None:
    """The marked feature, or None."""
    found = st.session_state.get(f"marked_row:{version_id}")
    return str(found) if found else None


def mark_row(version_id: str, feature: str | None) -> None:
    """Marks the row of ``feature``, and no other; None marks none."""
    st.session_state[f"marked_row:{version_id}"] = feature
