"""The model's text, while it comes and when it is there; always inert, always marked as the model's."""

from collections.abc import Sequence

import streamlit as st

from creason_core.question.prompts import OPENING, letters
from creason_core.runs import RunView
from creason_core.store.runs.run_rows import Run
from pages.components.inert import inert
from pages.components.provenance import mark

BUSY_AFTER = 10.0  # seconds without a token after which the wait is explained


def waiting_panel(view: RunView) -> None:
    """Draws the time before the first token."""
    seconds = view.waiting_seconds
    if view.run.status == "queued":
        who = f"{view.ahead} run{'s' if view.ahead != 1 else ''} ahead of you" if view.ahead else "Next in line"
        st.caption(f":material/hourglass_empty: {who} · {view.queued_seconds:.0f} s")
    elif view.note:
        st.caption(f":material/pending: {inert(view.note)} · {seconds:.0f} s")
    elif seconds > BUSY_AFTER:
        st.caption(f":material/pending: The model is busy; your question is sent and waits · {seconds:.0f} s")
    else:
        st.caption(f":material/pending: The model is reading the case… {seconds:.0f} s")
    st.skeleton(120)


def live_text(view: RunView) -> None:
    """Draws the text so far of a run that is streaming."""
    run, pace = view.run, view.tokens_per_second
    _text(run, " ▌")
    rate = f" · {pace:.0f} tokens/s" if pace else ""
    st.caption(f"{run.tokens:,} tokens · {view.seconds:.0f} s{rate}")


def finished_text(run: Run, options: Sequence[str], *, expanded: bool) -> None:
    """Draws the text of an ended run in a panel that opens and closes."""
    with st.expander(_gist(run), expanded=expanded, icon=":material/psychology:", key=f"reasoning_{run.id}"):
        if tuple(run.order) != tuple(range(len(options))):
            shown = " · ".join(
                f"**{letter}** {inert(options[index])}"
                for letter, index in zip(letters(len(run.order)), run.order, strict=True)
            )
            st.caption(f"This sample saw the options in another order: {shown}")
        _text(run)


def _gist(run: Run) -> str:
    begun, ended = run.started, run.ended
    took = f" for {(ended - begun).total_seconds():.0f} s" if begun and ended else ""
    return f"{'Continued' if run.kept else 'Reasoned'}{took}, {run.tokens:,} tokens"


def _text(run: Run, end: str = "") -> None:
    """The text of a run; where it went on from another one's, that text first and a line where the new one begins."""
    kept, opening = run.kept, OPENING if f"[assistant]\n{OPENING}" in run.prompt else ""
    with st.container(key=f"model_text_{run.id}"):
        mark("model")
        if kept:
            st.text(f"{opening}{_joined(kept)}")
            st.caption(":material/resume: Continued here, in a new run")
            st.text(f"{run.text.lstrip()}{end}")
        else:
            st.text(f"{opening}{_joined(run.text)}{end}")


def _joined(text: str) -> str:
    return text if text[:1].isspace() else f" {text}"
