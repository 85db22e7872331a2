"""Step 8: the audience's votes. The place of the blinded vote, which comes with the studies."""

import streamlit as st

from creason_core.demonstration.votes import Tally, tallies
from pages.components.inert import inert
from pages.demonstration.audience import invitation
from pages.demonstration.playing import answered, ended_soon, put_before_audience, view_of
from pages.demonstration.show import Beat, Show, Step, recorded_badge, told_misfit

SCENE = "masked"
REFRESH_SECONDS = 5.0


def draw(show: Show, _: int) -> None:
    """What is not there yet, and the votes that are."""
    st.info(
        "A blinded vote between two models, with its reveal, comes with the studies and is not part of the program "
        "yet. What is voted on here is one reply, and everybody knows whose it is.",
        icon=":material/construction:",
    )
    group = None if told_misfit(show, SCENE) else answered(show, SCENE)
    if group:
        put_before_audience(show, ended_soon(show, group))
    left, right = st.container(key="halves_demo_votes").columns([7, 5], gap="medium")
    with left:
        st.subheader("Was this reasoning good?")
        if group:
            recorded_badge(show, SCENE)
        st.fragment(_results, run_every=REFRESH_SECONDS)(show, group)
    with right:
        invitation(show.stage)


def _results(show: Show, group: str | None) -> None:
    """The votes as they are now; a reply that was still on its way goes before the audience once it is there."""
    if group and not show.stage.shown:
        put_before_audience(show, view_of(show, group))
    found = tallies(show.stage.services().db).get(show.stage.shown, Tally(0, 0, 0))
    voters = found.up + found.down
    rows = [
        {"Vote": "Good", "Guests": found.up, "Share": found.up / voters if voters else 0.0},
        {"Vote": "Not good", "Guests": found.down, "Share": found.down / voters if voters else 0.0},
    ]
    st.dataframe(
        rows,
        hide_index=True,
        column_config={"Share": st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0)},
        alt="How many guests find the reply good, and how many do not",
    )
    told = "1 guest has voted" if voters == 1 else f"{voters} guests have voted"
    st.caption(inert(f"{told}; looked at anew every {REFRESH_SECONDS:.0f} s. Of each guest the last thumb counts."))


STEP = Step(
    "Vote",
    (
        Beat(
            "The audience votes",
            "Let them scan the code. Their thumbs stay in the demonstration and train nothing. Then point them to "
            "Home: a case of their own.",
        ),
    ),
    draw,
)
