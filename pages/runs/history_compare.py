"""Two stored questions side by side: what differs, how each was answered, and what each text says."""

from collections.abc import Sequence

import streamlit as st

from creason_core.record.changes import Change
from creason_core.store.differences import Difference
from creason_core.store.records import GroupRecord
from creason_core.store.runs.what_ifs import version_name
from pages.components.inert import inert
from pages.components.option_chart import Bar, percent
from pages.components.result_card import Grading, confidence_chip
from pages.components.run_state import state_badge
from pages.runs.history_record import texts, value_changes

FIRST, SECOND = "First", "Second"


def what_differs(found: Sequence[Difference], changes: Sequence[Change]) -> None:
    """Draws in what the two were asked differently."""
    if not found and not changes:
        st.info(
            "The same model was asked the same question of the same case with the same seed.", icon=":material/equal:"
        )
        return
    if found:
        rows = [{"What differs": item.what, FIRST: item.first, SECOND: item.second} for item in found]
        st.dataframe(rows, hide_index=True, alt="What differs between the two")
    if changes:
        st.caption("Values of the two cases that differ")
        value_changes(changes, FIRST, SECOND)


def side(
    name: str,
    record: GroupRecord,
    bars: Sequence[Bar],
    options: Sequence[str],
    *,
    question: str,
    recorded: str,
    graded: Grading,
) -> None:
    """Draws one of the two: question, answer, votes and text; ``graded`` is what a calibration makes of the vote."""
    vote = record.vote
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{name}**", width="content")
        state_badge(record.status)
        confidence_chip(vote, graded)
        st.caption(f"{record.group.created.astimezone():%d %b %y, %H:%M}", width="content")
    st.markdown(f"**{inert(record.version.label)}**, {version_name(record.version.n)}")
    st.markdown(inert(question))
    answered = vote.answered and not vote.abstains
    own = record.own.option if record.own else None
    said = {
        "Model": f"{bars[vote.winner].letter} · {bars[vote.winner].text}"
        if vote.winner is not None and answered
        else "–",
        "You": f"{bars[own].letter} · {bars[own].text}" if own is not None else "–",
        "Recorded": recorded,
    }
    st.markdown(" · ".join(f"{name}: **{inert(text)}**" for name, text in said.items()))
    rows = [
        {
            "Option": f"{bar.letter}  {bar.text}",
            "Votes": f"{share.chosen}/{vote.samples}",
            "Base rate": percent(bar.prior) if bar.prior is not None else "–",
        }
        for bar, share in zip(bars, vote.shares, strict=True)
    ]
    st.dataframe(rows, hide_index=True, alt="Options, votes and base rates")
    texts(record, options, key=f"compare_{record.group.id}")
