"""The router: opens the services, draws what surrounds every page, and runs the page asked for.

Run it with ``make app``, or ``streamlit run app.py``.
"""

import logging

import streamlit as st

from creason_core.errors import CReasonError
from creason_core.store.preferences import preferences
from pages.actions import show_told, understood
from pages.components.shell import NOTICE_VERSION, first_visit, full_page_problem, header, style
from pages.live_runs import live_runs_card
from pages.place import follow
from pages.services import services

PAGES = {
    "Work": [
        st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
        st.Page("pages/patient.py", title="Patient", icon=":material/personal_injury:", help="Enter and check a case"),
        st.Page("pages/hypotheses.py", title="Hypotheses", icon=":material/psychology_alt:", help="Hide a value"),
    ],
    "Learn": [st.Page("pages/about.py", title="About the model", icon=":material/info:", url_path="about")],
    " ": [st.Page("pages/settings.py", title="Settings", icon=":material/settings:")],
}


def main() -> None:
    """Draws one page; whatever fails is told in words, and written to the log when it is a bug."""
    st.set_page_config(
        page_title="C-Reason", page_icon=":material/psychology_alt:", layout="wide", initial_sidebar_state="auto"
    )
    page = st.navigation(PAGES)
    try:
        s = services()
        prefer = preferences(s.db, s.user)
    except CReasonError as error:
        style(large_text=False)
        full_page_problem("C-Reason cannot start", error.message, error.remedy)
        return
    follow(page.url_path or "home")
    style(large_text=prefer.text_size == "large")
    header(s.health.latest, "pages/about.py")
    if prefer.ack_version != NOTICE_VERSION:
        first_visit(understood)
    with st.sidebar:
        live_runs_card(page.title)
    show_told()
    try:
        page.run()
    except CReasonError as error:
        full_page_problem(f"{page.title} cannot be shown", error.message, error.remedy)
    except Exception:
        logging.getLogger("creason").exception("The page %s failed", page.title)
        full_page_problem(
            f"{page.title} cannot be shown",
            "Something in this program failed. Nothing that was saved is lost.",
            "Try again; if it fails again, the log of the program says where.",
        )


main()
