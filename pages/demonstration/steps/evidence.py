"""Step 6: what the reply cites is checked: its numbers against the record, and a cited value by hiding it."""

import streamlit as st

from creason_core.demonstration.scenes import WITHOUT
from creason_core.question.probing import Removal
from creason_core.runs import GroupView
from creason_core.runs.probe import Probed
from pages.components.evidence import Removed, evidence_chips, number_legend
from pages.components.inert import inert
from pages.components.reasoning_panel import finished_text
from pages.demonstration.playing import answered, asking_about, ended
from pages.demonstration.show import Beat, Show, Step, recorded_badge, told_misfit
from pages.question.evidence import cites
from pages.question.evidence_probe import probe_result, removed

CITING = "masked"
PROBES = tuple(WITHOUT)  # a beat each, after that of the reply


def draw(show: Show, beat: int) -> None:
    """The reply with its numbers looked up; then the test of what it cites, as far as it is, as under a reply."""
    names = (CITING, *PROBES[:beat])
    if sum(told_misfit(show, name) for name in names):
        return
    groups = [group for name in names if (group := answered(show, name))]
    if len(groups) < len(names):
        return
    recorded_badge(show, names[-1])
    views = ended(show, *groups)
    if not views:
        return
    lines = _lines(show, views)
    _reply(show, CITING, views[0], {WITHOUT[name]: line.drives for name, line in zip(PROBES, lines, strict=False)})
    if not beat:
        return
    if lines:
        probe_result(lines, "demo_probe_table")
    label = show.cohort.codebook.feature(WITHOUT[names[-1]]).label
    st.markdown(f"**The reply with {inert(label)} hidden**")
    _reply(show, names[-1], views[-1], {})


def _lines(show: Show, views: tuple[GroupView, ...]) -> list[Removed]:
    """What hiding each value did; nothing where the first reply gave no option."""
    asking = asking_about(show, CITING, views[0].group.id)
    assert asking.question is not None
    probed = Probed(asking.version, asking.question, asking.codebook, views[0])
    if probed.vote(views[0]).winner is None:
        return []
    cited = {one.feature for one in cites(asking, views[0].runs[0].run).cited}
    return [
        removed(
            probed,
            Removal(without=WITHOUT[name], role="cited" if WITHOUT[name] in cited else "control"),
            probed.vote(view),
        )
        for name, view in zip(PROBES, views[1:], strict=False)
    ]


def _reply(show: Show, name: str, view: GroupView, drives: dict[str, bool | None]) -> None:
    """A reply as it ended, what it cites and whether its numbers are those that it was shown."""
    asking, run = asking_about(show, name, view.group.id), view.runs[0].run
    found = cites(asking, run)
    finished_text(run, asking.options, expanded=True)
    if found.cited:
        told = [drives.get(one.feature) for one in found.cited]
        evidence_chips(found.cited, told, f"demo_cited_{run.id}", marked=None, on_mark=None)
    number_legend(found.cited, found.others)


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
