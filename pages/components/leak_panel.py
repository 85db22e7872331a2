"""What is hidden together with the masked value, and why."""

from collections.abc import Sequence

import streamlit as st

from creason_core.leakage import HiddenFeature
from pages.components.inert import inert


def leak_panel(label: str, hidden: Sequence[HiddenFeature]) -> None:
    """Draws the hidden features, one sentence each; says so when there are none."""
    if not hidden:
        st.caption(
            f":material/lock_open: No other value of this patient gives **{inert(label)}** away, so only it is hidden."
        )
        return
    count = f"{len(hidden)} other value{'s' if len(hidden) > 1 else ''}"
    with st.container(border=True, gap="small"):
        st.markdown(f":material/lock: **Hidden with it: {count}**, because they would give the answer away")
        for item in hidden:
            st.caption(inert(item.sentence))
