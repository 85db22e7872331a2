"""Step 2: a public case is opened."""

import streamlit as st

from pages.components.patient_bar import patient_bar
from pages.components.value_list import value_list
from pages.demonstration.playing import asking_about, version_of
from pages.demonstration.show import Beat, Show, Step
from pages.question.asking import value_lines
from pages.record.public_tiles import tiles
from pages.session.opened import bar_facts


def draw(show: Show, beat: int) -> None:
    """The tiles of Home, then the record behind one of them."""
    if beat == 0:
        tiles(show.s, show.cohort)
        return
    version, question = version_of(show, "masked"), show.scene("masked").question
    hidden = {question.masked_feature, *(one.feature for one in question.hidden)}
    patient_bar(bar_facts(show.s, version, hidden), version.n, public=True, cohort=version.cohort, switch=False)
    st.caption(
        "What the registry has of this patient. The creatinine, which you will be asked for, is covered already, and "
        "with it what would give it away."
    )
    value_list(value_lines(asking_about(show, "masked", None)), lambda _: None, "demo_record", height=430)


STEP = Step(
    "Open a public case",
    (
        Beat("Real patients to choose from", "Six of 5,735 patients of the SUPPORT study, which anybody may use."),
        Beat(
            "A man of 54 in septic shock",
            "MAP 58, heart rate 124, bilirubin 9.6. This registry has no lactate, so we shall ask for the creatinine, "
            "which is hidden from here on.",
        ),
    ),
    draw,
)
