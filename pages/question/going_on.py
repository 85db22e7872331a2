"""What can be done after a run: go on from its text, read it oneself, ask again, or put it away."""

import streamlit as st

from creason_core.question.confidence import Vote
from creason_core.runs import GroupView
from creason_core.store.people.readings import reading_of
from creason_core.store.runs.run_rows import Run
from pages.components.read_only import saving
from pages.components.reading_choice import reading_choice, reading_line
from pages.components.run_state import ended_line
from pages.question.asking import Asking
from pages.question.run_actions import discard, go_on, picking, read_as, start_run, unread
from pages.session.acting import key_for
from pages.session.address import go
from pages.session.engine_wish import engine_choice

FAILED = ("timeout", "error", "interrupted")
_GO_ON = {
    "truncated": ("Continue", "A new run goes on from the kept text; this one stays as it is."),
    "stopped": ("Resume as new run", "A new run goes on from the kept text; this one stays as it is."),
}


def ending(asking: Asking, view: GroupView, run: Run, vote: Vote, *, alone: bool) -> None:
    """Draws how ``run`` ended and what can be done about it; ``alone``: also the ways to ask the question again."""
    ended_line(run)
    reading = reading_of(asking.s.db, asking.s.user, run.id)
    if alone:
        engine_choice(asking.s)
    with st.container(horizontal=True, gap="small"):
        if run.status in _GO_ON and run.text.strip():
            _go_on(asking, run)
        if run.status == "unparsed" and reading is None:
            st.button(
                "Pick from text",
                key=f"pick_{run.id}",
                icon=":material/person_search:",
                on_click=picking,
                args=(run.id,),
                kwargs={"opened": True},
                **saving("Say which option the text means. It is stored as your reading, never as the model's answer."),
            )
        if alone:
            _ways(asking, view, vote)
    if reading:
        reading_line(asking.bars, reading, lambda: unread(run.id))
    elif st.session_state.get(f"picking:{run.id}"):
        reading_choice(
            asking.bars,
            run.id,
            lambda option: read_as(run, option),
            lambda: picking(run.id, opened=False),
            reordered=tuple(run.order) != tuple(range(len(run.order))),
        )


def again(asking: Asking, view: GroupView, vote: Vote) -> None:
    """Draws the ways to ask the question once more; each is a new run, and this one stays."""
    engine_choice(asking.s)
    with st.container(horizontal=True, gap="small"):
        _ways(asking, view, vote)
        if vote.answered and not asking.unaskable and asking.version.n > 0:
            st.button(
                "Send to What-if",
                key=f"what_if_{view.group.id}",
                icon=":material/alt_route:",
                help="Ask the same of a copy of the record in which a value is another one.",
                on_click=go,
                args=("what_if",),
                kwargs={"run": view.group.id},
            )


def _go_on(asking: Asking, run: Run) -> None:
    label, told = _GO_ON[run.status]
    what = f"resume:{run.id}"
    st.button(
        label,
        key=f"resume_{run.id}",
        icon=":material/resume:",
        type="primary",
        on_click=go_on,
        args=(asking.question, asking.version, run),
        kwargs={"what": what, "idem": key_for(what)},
        **saving(asking.unaskable or told, disabled=bool(asking.unaskable)),
    )


def _ways(asking: Asking, view: GroupView, vote: Vote) -> None:
    question, samples = asking.question, view.group.samples
    assert question is not None
    failed = view.status in FAILED
    ways = [(samples, "Retry", ":material/refresh:") if failed else (samples, "Regenerate", ":material/autorenew:")]
    if 1 < samples < 10 and vote.abstains and not failed:
        ways.append((10, "Run more samples", ":material/stacks:"))
    elif samples < 5 and not failed:
        ways.append((5, "Ask 5 times", ":material/stacks:"))
    for place, (count, label, icon) in enumerate(ways):
        what = f"run:{question.id}:{view.group.id}:{count}"
        st.button(
            label,
            key=f"again_{count}_{view.group.id}",
            icon=icon,
            shortcut="Ctrl+G" if asking.prefer.shortcuts and place == 0 else None,
            type="primary" if failed else "secondary",
            on_click=start_run,
            args=(question, asking.version, count),
            kwargs={"what": what, "idem": key_for(what), "parent": view.group.id},
            **saving(asking.unaskable or None, disabled=bool(asking.unaskable)),
        )
    if view.status == "stopped":
        st.button(
            "Discard",
            key=f"discard_{view.group.id}",
            icon=":material/delete:",
            type="tertiary",
            on_click=discard,
            args=(view.group.id, question),
            **saving(
                "Takes this run off every list and goes back to the question. History can restore it for 30 days."
            ),
        )
