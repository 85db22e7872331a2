"""The program in the browser: opens the services, draws what surrounds every page, and runs the page asked for.

Run it with ``make app``, or ``streamlit run app.py``. The server imports this file for ``app``: how every response
leaves. For each visitor it then runs the same file as a script, which draws a page.
"""

import streamlit as st
from starlette.middleware import Middleware

from creason_core.errors import CReasonError
from creason_core.private import from_now_on
from creason_core.store.people.preferences import preferences
from pages.components.shell import ICON, NOTICE_VERSION, first_visit, full_page_problem, header, style
from pages.demonstration.audience import audience, is_guest
from pages.question.live_runs import live_runs_card
from pages.server.clicks import keep_clicks
from pages.server.closing import closing
from pages.server.content_security_policy import SafeHeaders
from pages.server.failing import tell_failure
from pages.server.journal import keep_journal
from pages.server.origin import OwnOriginOnly
from pages.server.probes import PROBES
from pages.server.services import leave_stage, off_stage, services
from pages.session.address import follow
from pages.session.messages import show_told
from pages.session.own_preferences import understood


def main() -> None:
    """Draws one page; an expected failure is told in words, any other by ``tell_failure``."""
    st.set_page_config(page_title="C-Reason", page_icon=ICON, layout="wide", initial_sidebar_state="auto")
    work = [
        st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
        st.Page("pages/patient.py", title="Patient", icon=":material/personal_injury:", help="Enter and check a case"),
        st.Page("pages/hypotheses.py", title="Hypotheses", icon=":material/psychology_alt:", help="Hide a value"),
        st.Page("pages/what_if.py", title="What-if", icon=":material/alt_route:", help="Change a value of a copy"),
        st.Page("pages/ask.py", title="Ask", icon=":material/menu_book:", help="What guidelines say"),
    ]
    mine = [st.Page("pages/history.py", title="History", icon=":material/history:", help="What you asked")]
    learn = [
        st.Page("pages/demo.py", title="Demo", icon=":material/slideshow:", help="Eight steps, without a model"),
        st.Page("pages/evaluation.py", title="Evaluation", icon=":material/monitoring:", help="Measured"),
        st.Page("pages/about.py", title="About the model", icon=":material/info:", url_path="about"),
    ]
    rest = [st.Page("pages/settings.py", title="Settings", icon=":material/settings:")]
    leave_stage()
    guest = is_guest()
    sections = {"Work": work, "Mine": mine, "Learn": learn, " ": rest}
    page = st.navigation(sections, position="hidden" if guest else "sidebar")
    if guest:  # who gets this page, whatever their address names
        style(large_text=False)
        audience()
        return
    demo = page.url_path == "demo"
    try:
        s = services()
    except CReasonError as error:
        style(large_text=False)
        full_page_problem("C-Reason cannot start", error.message, error.remedy)
        return
    try:
        prefer = preferences(s.db, s.user)
    except CReasonError as error:
        style(large_text=False)
        kept = "What you typed stays in its fields while this window is open."
        full_page_problem("The database cannot be read", f"{error.message} {kept}", error.remedy)
        return
    if not demo:  # whose address is its own
        follow(page.url_path or "home")
    style(large_text=prefer.text_size == "large")
    header(s.answering, "pages/about.py", shortcuts=prefer.shortcuts)
    if prefer.ack_version != NOTICE_VERSION and "understood_now" not in st.session_state:
        first_visit(off_stage(understood))
    if not demo:  # which tells on its stage
        with st.sidebar:
            live_runs_card(page.title)
        show_told()
    try:
        page.run()
    except CReasonError as error:
        full_page_problem(f"{page.title} cannot be shown", error.message, error.remedy)


if __name__ == "__main__":
    main()
else:
    from_now_on()
    keep_journal()
    keep_clicks()
    app = st.App(
        __file__,
        middleware=[Middleware(OwnOriginOnly), Middleware(SafeHeaders)],
        routes=PROBES,
        lifespan=closing,
        on_script_error=tell_failure,
    )
