"""What the reader hides with a masked value by hand: of one feature of one case version, in this session."""

from collections.abc import Collection

import streamlit as st


def hidden_by_hand(version_id: str, masked: str) -> frozenset[str]:
    """The names of what the reader hides with ``masked``."""
    return frozenset(st.session_state.get(f"by_hand:{version_id}:{masked}", ()))


def hide_by_hand(version_id: str, masked: str, names: Collection[str]) -> None:
    """Hides ``names`` with ``masked``, and nothing else by hand; the question becomes another one."""
    st.session_state[f"by_hand:{version_id}:{masked}"] = frozenset(names)
