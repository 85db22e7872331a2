"""What is hidden together with the masked value, and why."""

from collections.abc import Sequence

import streamlit as st

from creason_core.leakage.guard import HiddenFeature
from pages.components.inert import inert


def leak_panel(label: str, hidden: Sequence[HiddenFeature]) -> None:
    """Draws the hidden features, one sentence each; says so when there are none."""
    if not hidden:
        st.caption(
            f":material/lock_open: No other value of this patient gives **{inert(label)}** away, so only it is hidden."
        )
        return
    one = len(hidden) == 1
    count = "1 other value" if one else f"{len(hidden)} other values"
    with st.container(border=True, gap="small"):
        st.markdown(
            f":material/lock: **Hidden with it: {count}**, because {'it' if one else 'they'} would give the answer away"
        )
        for item in hidden:
            st.caption(inert(item.sentence))
