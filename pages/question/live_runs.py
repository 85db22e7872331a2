"""The sidebar's card: a live run of mine while I am on another page."""

import streamlit as st

from creason_core.store.series import places_of
from creason_core.store.what_ifs import WHAT_IFS
from pages.components.inert import inert
from pages.question.run_actions import stop_run
from pages.server.services import services
from pages.session.address import here
from pages.session.case_opening import open_run
from pages.session.messages import redraw

POLL_SECONDS = 1.0


def live_runs_card(page: str) -> None:
    """Draws the card while something is running elsewhere; polls only then."""
    s = services()
    shown = here("run") if page == "Hypotheses" else None
    live = [view.group.id for view in s.runs.live(s.user) if view.group.id != shown]
    places = places_of(s.db, s.user, live)
    waiting, series = [], set[str]()
    for group_id in live:  # of a series the first that is live; on its own page none
        kind, place = places.get(group_id, (None, None))
        if place is None or not (place.series_id in series or (page == "What-if" and kind in WHAT_IFS)):
            waiting.append(group_id)
        series |= {place.series_id} if place else set()
    if waiting:
        st.fragment(_cards, run_every=POLL_SECONDS)(tuple(waiting))


def _cards(group_ids: tuple[str, ...]) -> None:
    s = services()
    for group_id in group_ids:
        view = s.runs.snapshot(s.user, group_id)
        if not view.live:
            st.toast("A run has ended; Home lists it under unread.", icon=":material/notifications:")
            redraw()
        label = s.masked(view.group).label
        tokens = sum(item.run.tokens for item in view.runs)
        with st.container(border=True, key=f"card_{group_id}", gap="small"):
            st.markdown(f":material/sync: **Reasoning about {inert(label)}**")
            st.caption(f"{tokens:,} tokens · {max(item.seconds for item in view.runs):.0f} s")
            with st.container(horizontal=True, gap="small"):
                target = (view.group.case_version_id, group_id)
                if st.button("Go to it", key=f"go_{group_id}", on_click=open_run, args=target):
                    st.rerun()  # a button in a fragment reruns only the fragment
                st.button("Stop", key=f"card_stop_{group_id}", on_click=stop_run, args=(group_id,), type="tertiary")
