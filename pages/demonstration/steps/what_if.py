"""Step 5: one value is changed, and the same question asked of both patients."""

import streamlit as st

from creason_core.demonstration.scenes import CHANGES
from creason_core.record.changes import changes
from creason_core.store.differences import case_changes, differences
from creason_core.store.records import GroupRecord
from pages.components.inert import inert
from pages.demonstration.playing import answered, both_ended
from pages.demonstration.show import Beat, Show, Step, recorded_badge, told_misfit
from pages.question.asking import Asking
from pages.runs.history_compare import FIRST, SECOND, side, what_differs
from pages.runs.history_record import value_changes

BEFORE = "masked"
SHOWN = (("pressure", False), ("pressure", True), ("potassium", False), ("potassium", True))  # scene; asked


def draw(show: Show, beat: int) -> None:
    """What is changed; then both answers as History sets them beside each other."""
    after, ask = SHOWN[beat]
    first, second = show.scene(BEFORE), show.scene(after)
    changed, to = CHANGES[after]
    feature = show.cohort.codebook.feature(changed)
    if not ask:
        st.markdown(f"**What if {inert(feature.label)} were {inert(feature.text_with_unit(to))}?**")
        value_changes(changes(first.case, second.case, show.cohort.codebook), "As recorded", "What if")
        return
    if sum(told_misfit(show, name) for name in (BEFORE, after)):
        return
    groups = [group for name in (BEFORE, after) if (group := answered(show, name))]
    if len(groups) < 2:
        return
    recorded_badge(show, after)
    if found := both_ended(show, *groups):
        moved_or_not(found)
        beside(show, found)


def moved_or_not(found: tuple[GroupRecord, ...]) -> None:
    """Says whether the answer moved."""
    before, after = (record.vote.winner for record in found)
    if before is None or after is None:
        st.info("One of the two gave no clear option, so nothing can be said of a change.", icon=":material/help:")
    elif before == after:
        st.markdown("**The answer did not move.** What was changed did not decide it.")
    else:
        st.markdown("**The answer moved.**")


def beside(show: Show, found: tuple[GroupRecord, ...]) -> None:
    """Two groups as History compares them."""
    first, second = found
    with st.expander("What differs", expanded=True):
        what_differs(
            differences(first, second, show.s.codebooks),
            case_changes(first.version.case, second.version.case, show.s.codebooks, beside=(first, second)),
        )
    columns = st.container(key="halves_demo_compare").columns(2, gap="medium")
    for column, name, record in zip(columns, (FIRST, SECOND), found, strict=True):
        asking = Asking(show.s, show.prefer, record.version, record.group.kind, record.question, None)
        recorded = asking.task.recorded
        shown = recorded.text if recorded and record.revealed else "not revealed"
        with column:
            side(name, record, asking.bars, asking.options, question=asking.task.stem, recorded=shown)


STEP = Step(
    "What if?",
    (
        Beat("Another blood pressure", "Everything else stays. Ask the room: should the creatinine follow?"),
        Beat(
            "Ask both",
            "Same model, one value apart, no chance in it. The answer does not move: this pressure did not decide it.",
        ),
        Beat("Another potassium", "And this one? The reply named the potassium first."),
        Beat("Ask both", "Now it moves, from D to E: the potassium is what it leans on."),
    ),
    draw,
)
