"""*Test the cited evidence*: begun, watched, stopped, gone on with and read, under the reply that it is about."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from creason_core.evaluation.second_opinion import Pending, SecondOpinion
from creason_core.principal import Principal
from creason_core.question.confidence import Vote
from creason_core.question.probing import ProbePlan, Removal, effect
from creason_core.question.prompts import letters
from creason_core.runs.probe import Probe, Probed, ProbePoint, Prober
from creason_core.store.runs.paces import usual_seconds
from pages.components.evidence import NO_PROOF, Removed, probe_headline, probe_table
from pages.components.inert import inert
from pages.components.option_chart import percent
from pages.components.read_only import saving
from pages.components.run_state import about
from pages.components.second_opinion import TIED, likeliest
from pages.question.asking import Asking
from pages.question.second_opinion import desk
from pages.server.services import services
from pages.session.acting import acting
from pages.session.messages import redraw

POLL_SECONDS = 1.0


def probing(asking: Asking, probed: Probed, probe: Probe | None, vote: Vote) -> None:
    """Draws the test of an answer: the button with what it takes, how far it is, or what it found."""
    if probe is None:
        _offer(asking, probed, vote)
        return
    with st.container(key=f"probe_{probed.base.group.id}", gap="small"):
        if probe.live:
            st.fragment(_live, run_every=POLL_SECONDS)(probed)
        _found(asking, probed, probe)
        if not probe.live and probe.left:
            _go_on(asking, probed, probe)


def _offer(asking: Asking, probed: Probed, vote: Vote) -> None:
    plan = probed.plan
    if vote.winner is None:
        st.caption("No option was suggested, so there is no answer whose evidence could be tested.")
        return
    if not plan.removals:
        st.caption("No reply for this answer cites a value, so there is nothing to hide in turn.")
        return
    cited, others = len(plan.cited), len(plan.removals) - len(plan.cited)
    beside = f" and {others} that it does not cite" if others else ""
    told = f"{_values(cited)} that the answer cites{beside}, each hidden in turn with the same seeds and orders."
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _start_button(asking, probed, plan, "Test the cited evidence", told)
        st.caption(_estimate(asking, probed, len(plan.removals)))


def _go_on(asking: Asking, probed: Probed, probe: Probe) -> None:
    other = sum(point.state == "another model" for point in probe.left)
    why = f" Of these {other} {'was' if other == 1 else 'were'} answered by another model." if other else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        told = f"What is done stays.{why}"
        _start_button(asking, probed, probe.plan, "Go on with the test", told)
        left = f"{len(probe.left)} of {len(probe.points)} not finished.{why}"
        st.caption(f"{left} {_estimate(asking, probed, len(probe.left))}")


def _start_button(asking: Asking, probed: Probed, plan: ProbePlan, label: str, told: str) -> None:
    why_not = asking.unaskable or _other_model(asking, probed)
    st.button(
        label,
        key=f"probe_start_{probed.base.group.id}",
        icon=":material/science:",
        on_click=test_evidence,
        args=(probed, plan),
        **saving(why_not or told, disabled=bool(why_not)),
    )
    if why_not:
        st.caption(f"Not possible now: {inert(why_not)}")


def _other_model(asking: Asking, probed: Probed) -> str:
    """Why the model that answered cannot be asked now, where it is another one that would answer; else empty."""
    gave = next((one.run.identity for one in probed.base.runs if one.run.identity), None)
    health = asking.s.models.registry.health(probed.base.group.engine)
    if gave is None or health is None or health.identity == gave:
        return ""
    return (
        f"{gave.title or 'Another model'} gave this answer, and {health.identity.title or 'another one'} answers now."
    )


def _estimate(asking: Asking, probed: Probed, points: int) -> str:
    calls = points * probed.samples
    identity = asking.s.health_of(probed.base.group.engine).identity
    pace = usual_seconds(asking.s.db, asking.s.user, identity, probed.samples)
    taking = f" · {about(pace.seconds * points)}" if pace else ""
    return f"{calls} call{'s' if calls != 1 else ''}{taking}; questions asked meanwhile go first."


@acting("ask")
def test_evidence(me: Principal, probed: Probed, plan: ProbePlan) -> None:
    """Begins or goes on with a probe of an answer, as the case stood when the answer was asked for."""
    s = services()
    group = probed.base.group
    version = replace(probed.version, cohort=group.cohort, cohort_hash=group.cohort_hash)
    Prober(s.runs, s.db, me.user).start(replace(probed, version=version), plan)


@acting("ask")
def stop_testing(me: Principal, probed: Probed) -> None:
    """Stops what is still being asked; what is done stays."""
    s = services()
    prober = Prober(s.runs, s.db, me.user)
    if probe := prober.newest(probed):
        prober.stop(probe)


def _live(probed: Probed) -> None:
    """One look at a probe that is under way; asks for the whole page when a point has ended."""
    s = services()
    probe = Prober(s.runs, s.db, s.user).newest(probed)
    if probe is None or not probe.live:
        redraw()
    ended = f"probe_ended:{probe.series.id}"
    if st.session_state.get(ended) != len(probe.done):
        st.session_state[ended] = len(probe.done)
        redraw()
    told = f"{len(probe.done)} of {len(probe.points)} values tested{_waits(probe)}"
    st.progress(len(probe.done) / len(probe.points), told)
    st.button(
        "Stop the test",
        key=f"stop_probe_{probed.base.group.id}",
        icon=":material/stop_circle:",
        on_click=stop_testing,
        args=(probed,),
        help="What is done stays, and the test can be gone on with.",
    )


def _waits(probe: Probe) -> str:
    """How many replies go first, where none of this test is being written; else empty."""
    live = [run for point in probe.points if point.group for run in point.group.runs if run.run.live]
    if not live or any(run.run.status != "queued" for run in live):
        return ""
    ahead = min(run.ahead for run in live)
    return f"; {ahead} repl{'y goes' if ahead == 1 else 'ies go'} first" if ahead else ""


def _found(asking: Asking, probed: Probed, probe: Probe) -> None:
    lines, waiting = _lines(asking, probed, probe.done)
    if not lines:
        return
    probe_result(lines, f"probe_table_{probe.series.id}")
    if waiting and not probe.live:
        st.fragment(_boosting_comes, run_every=POLL_SECONDS)(asking, probed, probe)


def _lines(asking: Asking, probed: Probed, points: Sequence[ProbePoint]) -> tuple[list[Removed], bool]:
    """What the points that are done found, and whether boosting is still at work on one of them."""
    names = letters(len(asking.options))
    lines, waiting = [], False
    first = _boosting(asking, probed, "")
    for point in points:
        assert point.vote is not None
        boosted = _boosting(asking, probed, point.removal.without)
        waiting = waiting or boosted is None or first is None
        lines.append(removed(probed, point.removal, point.vote, _boosted(first, boosted, names)))
    return lines, waiting


def removed(probed: Probed, removal: Removal, vote: Vote, boosting: str = "") -> Removed:
    """The line of a value that was hidden: what ``vote``, of the samples without it, says beside the first answer."""
    before = probed.vote(probed.base)
    found, names = effect(before, vote), letters(len(probed.question.options))
    after = names[found.after] if found.after is not None else "none"
    return Removed(
        label=probed.codebook.feature(removal.without).label,
        cited=removal.role == "cited",
        model=f"{names[found.before]} → {after}",
        share=f"{before.shares[found.before].chosen}/{before.samples} → "
        f"{vote.shares[found.before].chosen}/{vote.samples}",
        drives=found.drives,
        boosting=boosting,
    )


def probe_result(lines: Sequence[Removed], key: str) -> None:
    """Draws what a test found, in words and as a table."""
    if said := probe_headline(lines):
        st.markdown(f"**{inert(said)}**")
    probe_table(lines, key)
    st.caption(NO_PROOF)


def _boosting(asking: Asking, probed: Probed, feature: str) -> tuple[float | None, ...] | None:
    """Boosting's probability of each option without ``feature``; None while it is at work, empty where it has none."""
    if asking.kind == "outcome" or asking.unaskable:
        return ()
    question = probed.without(feature) if feature else probed.question
    state = desk().ask(asking.version.case, question, asking.s.cohort_of(asking.version))
    if isinstance(state, SecondOpinion):
        return state.boosting
    return None if isinstance(state, Pending) else ()


def _boosted(
    before: tuple[float | None, ...] | None, after: tuple[float | None, ...] | None, names: Sequence[str]
) -> str:
    if before is None or after is None:
        return "…"
    if not before or not after:
        return ""
    return f"{_top(before, names)} → {_top(after, names)}"


def _top(probabilities: tuple[float | None, ...], names: Sequence[str]) -> str:
    places = likeliest(probabilities)
    told = "/".join(names[place] for place in places) if len(places) <= TIED else "none"
    return f"{told} {percent(probabilities[places[0]] or 0.0)}"


def _boosting_comes(asking: Asking, probed: Probed, probe: Probe) -> None:
    if not _lines(asking, probed, probe.done)[1]:
        redraw()
    st.caption(":material/hourglass_top: Boosting is asked without each of these values too: some seconds.")


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"
