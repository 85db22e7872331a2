"""The sidebar's card: a live run of mine while I am on another page."""

import streamlit as st

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
    shown = {"Hypotheses": here("run"), "Ask": here("guide")}.get(page)
    live = s.runs.live(s.user)
    waiting = [view.group.id for view in live if view.group.id != shown and not view.group.batch]
    batch = [view.group.id for view in live if view.group.batch]
    if waiting:
        st.fragment(_cards, run_every=POLL_SECONDS)(tuple(waiting))
    if batch and page != "What-if":  # which tells how far it is itself
        st.fragment(_batch_card, run_every=POLL_SECONDS)(tuple(batch))


def _batch_card(group_ids: tuple[str, ...]) -> None:
    """One card for all that is asked in batches: a test of evidence has eight questions."""
    s = services()
    views = [s.runs.snapshot(s.user, group_id) for group_id in group_ids]
    left = [view for view in views if view.live]
    if not left:
        st.toast("A series of questions has ended; the page where you began it shows it.", icon=":material/done_all:")
        redraw()
    with st.container(border=True, key="card_batch", gap="small"):
        asked = {view.group.masked_feature for view in left}
        label = s.masked(left[0].group).label if len(asked) == 1 else f"{len(asked)} values"
        st.markdown(f":material/sync: **A series of questions about {inert(label)}**")
        st.caption(f"{len(left)} left; what you ask goes first.")
        st.button("Stop all", key="card_stop_batch", on_click=_stop_all, args=(group_ids,), type="tertiary")


def _stop_all(group_ids: tuple[str, ...]) -> None:
    for group_id in group_ids:
        stop_run(group_id)


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
