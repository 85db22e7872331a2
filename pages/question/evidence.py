"""Under a reply: what it cites, whether its numbers are true, and the test whether the answer hangs on it."""

import streamlit as st

from creason_core.question.citing import Citations, citations
from creason_core.question.confidence import Vote
from creason_core.question.prompts import letters
from creason_core.runs import GroupView
from creason_core.runs.probe import Probe, Probed, Prober
from creason_core.store.runs.run_rows import JUDGED, Run
from pages.components.evidence import evidence_chips, number_legend
from pages.question.asking import Asking
from pages.question.evidence_probe import probing
from pages.session.marked_row import mark_row, marked_row


def evidence(asking: Asking, view: GroupView, run: Run, vote: Vote) -> None:
    """Draws the evidence of the reply ``run`` of an ended group."""
    if run.status not in JUDGED:
        return
    question, version = asking.question, asking.version
    assert question is not None
    probed = Probed(version, question, asking.codebook, view)
    prober = Prober(asking.s.runs, asking.s.db, asking.s.user)
    probe = prober.newest(probed)
    found = cites(asking, run)
    with st.container(key=f"evidence_{run.id}", gap="small"):
        if found.cited:
            listed = asking.kind == "mask"  # elsewhere no list of the patient stands beside the question
            evidence_chips(
                found.cited,
                [_drives(probe, one.feature) for one in found.cited],
                f"cited_{run.id}",
                marked=marked_row(version.id),
                on_mark=(lambda feature: mark_row(version.id, feature)) if listed else None,
            )
        else:
            st.caption("This reply cites no value of the record, by its name or by number and unit.")
        number_legend(found.cited, found.others)
        if stable := _order_stable(view, vote):
            st.caption(stable)
        probing(asking, probed, probe, vote)


def cites(asking: Asking, run: Run) -> Citations:
    """What a reply cites of what it was shown. What it went on from is its own text, and no part of the record."""
    question = asking.question
    assert question is not None
    return citations(run.reply, run.shown, asking.version.case, question, asking.codebook)


def _drives(probe: Probe | None, feature: str) -> bool | None:
    for point in probe.points if probe else ():
        if point.removal.without == feature and point.effect is not None:
            return point.effect.drives
    return None


def _order_stable(view: GroupView, vote: Vote) -> str:
    """How many of the samples, each with an order of its own, chose the winner; empty for one sample or no winner."""
    judged = [one.run for one in view.runs if one.run.status in JUDGED]
    if vote.winner is None or len(judged) < 2:
        return ""
    chose = sum(run.option == vote.winner for run in judged)
    orders = len({run.order for run in judged})
    letter = letters(len(judged[0].order))[vote.winner]
    return (
        f"{chose} of {len(judged)} samples chose {letter}; they saw the options in {orders} different "
        f"order{'s' if orders != 1 else ''}."
    )
