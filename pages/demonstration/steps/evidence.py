"""Step 6: what the reply cites is checked: its numbers against the record, and a cited value by hiding it."""

import streamlit as st

from creason_core.demonstration.scenes import WITHOUT
from creason_core.question.grounding import check_numbers
from creason_core.store.records import GroupRecord
from pages.components.inert import inert
from pages.components.provenance import mark
from pages.components.reasoning_panel import finished_text
from pages.demonstration.playing import answered, both_ended
from pages.demonstration.show import Beat, Show, Step, recorded_badge, told_misfit
from pages.demonstration.steps.what_if import beside, moved_or_not
from pages.question.asking import Asking

CITING = "masked"
PROBES = ("", *WITHOUT)  # a beat each


def draw(show: Show, beat: int) -> None:
    """The reply with its numbers looked up; then the same question with a cited value hidden too."""
    names = (CITING, PROBES[beat]) if beat else (CITING,)
    if sum(told_misfit(show, name) for name in names):
        return
    groups = [group for name in names if (group := answered(show, name))]
    if len(groups) < len(names):
        return
    recorded_badge(show, names[-1])
    found = both_ended(show, *groups)
    if not found:
        return
    if beat == 0:
        numbers(show, found[0])
        return
    label = show.cohort.codebook.feature(WITHOUT[names[-1]]).label
    st.markdown(f"The reply cites {inert(label)}. Asked again with {inert(label)} hidden too:")
    moved_or_not(found)
    quoted(show, found[1])
    beside(show, found)


def numbers(show: Show, record: GroupRecord) -> None:
    """How many of the numbers in the reply are in the record that it was shown."""
    asking = Asking(show.s, show.prefer, record.version, record.group.kind, record.question, None)
    quoted(show, record)
    finished_text(record.runs[0], asking.options, expanded=True)


def quoted(show: Show, record: GroupRecord) -> None:
    """The numbers of a reply, what it went on from included, looked up in what it was shown."""
    run = record.runs[0]
    asking = Asking(show.s, show.prefer, record.version, record.group.kind, record.question, None)
    shown = [message.content for message in asking.task.messages(record.version.case, run.order)]
    check = check_numbers(run.kept + run.text, shown[-2])
    if check.true < check.quoted:
        made_up = check.quoted - check.true
        st.warning(
            f"{made_up} of the {check.quoted} numbers that this reply quotes {'is' if made_up == 1 else 'are'} neither "
            "in the record that it was shown nor among the options.",
            icon=":material/report:",
        )
        return
    mark("computed")
    st.markdown(
        f"**{check.true} of {check.quoted} numbers** that the reply quotes are in the record or among the options."
        if check.quoted
        else "The reply quotes no number, so there is none to check."
    )
    st.caption("The check looks at numbers, not at words: “high” beside a low value is yours to find.")


STEP = Step(
    "Test what it cites",
    (
        Beat("Are its numbers those of the record?", "A quoted number that nobody recorded is easy to catch."),
        Beat(
            "Does the cited pH matter?",
            "It is hidden as well and the question asked again. The answer stays: citing it was decoration.",
        ),
        Beat(
            "And the potassium?",
            "Hidden, and the reply still names a potassium, one that it made up; the check finds it. This is why the "
            "numbers are looked up.",
        ),
    ),
    draw,
)
