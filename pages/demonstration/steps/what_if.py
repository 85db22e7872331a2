"""Step 5: one value is changed, the same question asked of both, and the page What-if's own comparison shown."""

import json

import streamlit as st

from creason_core.demonstration.scenes import CHANGES
from creason_core.question.what_if.pairing import target_of
from creason_core.record.ages import shown_value
from creason_core.record.changes import changes
from creason_core.runs import GroupView
from creason_core.store.runs.series import Place, Point
from pages.components.inert import inert
from pages.demonstration.playing import answered, asking_about, ended, version_of
from pages.demonstration.show import Beat, Show, Step, recorded_badge, told_misfit
from pages.runs.history_record import value_changes
from pages.what_ifs.comparing import answers_beside
from pages.what_ifs.trying import Tried, Trying, target_words

BEFORE = "masked"
SHOWN = (("pressure", False), ("pressure", True), ("potassium", False), ("potassium", True))  # scene; asked


def draw(show: Show, beat: int) -> None:
    """What is changed; then both answers as What-if sets them beside each other."""
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
    if views := ended(show, *groups):
        _compared(show, after, views)


def _compared(show: Show, after: str, views: tuple[GroupView, ...]) -> None:
    changed, to = CHANGES[after]
    feature = show.cohort.codebook.feature(changed)
    target = target_of(show.scene(BEFORE).question)
    now = Trying(show.s, show.prefer, version_of(show, BEFORE), show.cohort, (target,), target, None)
    was = shown_value(feature, now.version.case.by_feature[changed].value)
    told = f"{target_words(target, now.codebook)}, with {feature.label} {was} → {shown_value(feature, to)}"
    sides = []
    for position, (name, view) in enumerate(zip((BEFORE, after), views, strict=True)):
        asking = asking_about(show, name, view.group.id)
        assert asking.question is not None
        place = Place("", position, json.dumps({"values": {changed: to} if position else {}}))
        sides.append(Tried(Point(place, view.group), asking.version, asking.question, view))
    answers_beside(now, told, sides, with_boosting=False)


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
