"""The notice that nothing can be saved at present."""

import streamlit as st

from creason_core.errors import StoreError
from pages.components.inert import inert


def read_only_notice(trouble: StoreError | None) -> None:
    """Draws why nothing can be saved and what still works; nothing where all is well."""
    if trouble is not None:
        st.error(
            f"**Read only.** {inert(str(trouble), 2000)} This notice goes once saving works.", icon=":material/save:"
        )
