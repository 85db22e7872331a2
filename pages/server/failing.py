"""What a person is told when a page or a button fails for a reason that the program did not expect."""

import logging
from uuid import uuid4

import streamlit as st

from creason_core.errors import CReasonError
from pages.components.inert import inert

_log = logging.getLogger(__name__)


def tell_failure(error: Exception) -> bool:
    """Draws what happened and what to do, and logs where; True, so that Streamlit shows nothing of its own."""
    if isinstance(error, CReasonError):
        st.error(inert(error, 2000), icon=":material/error:")
        return True
    reference = uuid4().hex[:6].upper()
    _log.error("a page failed", exc_info=error, extra={"reference": reference})
    st.error(
        f"Something in this program failed. Nothing that was saved is lost. Try again; if it fails again, look for "
        f"reference **{reference}** in the log of the program: it says where.",
        icon=":material/error:",
    )
    return True
