"""Step 1: the problem in one sentence."""

import streamlit as st

from pages.demonstration.show import Beat, Show, Step


def draw(show: Show, _: int) -> None:
    """The sentence, and what will be seen."""
    st.markdown("## A model can sound right about a patient and be wrong. How do you know?")
    st.markdown(
        "Hide a value that was really recorded, say what you think it was, let the model reason, and look: at its "
        "text, at its answer, and at what the record says."
    )
    st.caption(
        "A real, de-identified patient of 1989–1994 and the small model that ships with the program. What is replayed "
        f"carries the badge Recorded. {'A model is at hand: Run live asks it.' * show.stage.engine.model_ready}"
    )


STEP = Step(
    "The problem",
    (
        Beat(
            "One sentence",
            "Ask the room who has read a fluent answer that was wrong. This program does not make the model better; it "
            "makes its reasoning checkable on patients whose values we know.",
        ),
    ),
    draw,
)
