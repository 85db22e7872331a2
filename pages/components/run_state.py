"""The states of a run as people see them: one vocabulary on every page, an icon, a word and a colour."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import streamlit as st

from creason_core.store.runs.run_rows import Run, RunStatus
from pages.components.inert import inert
from pages.components.provenance import Colour


@dataclass(frozen=True, slots=True)
class Face:
    """How a state looks."""

    icon: str
    word: str
    colour: Colour


FACES: dict[RunStatus, Face] = {
    "queued": Face(":material/hourglass_empty:", "Queued", "gray"),
    "waiting": Face(":material/pending:", "Waiting", "blue"),
    "streaming": Face(":material/sync:", "Reasoning", "blue"),
    "checking": Face(":material/fact_check:", "Checking", "blue"),
    "complete": Face(":material/check_circle:", "Complete", "green"),
    "truncated": Face(":material/content_cut:", "Cut off", "orange"),
    "unparsed": Face(":material/help:", "No clear option", "orange"),
    "stopped": Face(":material/stop_circle:", "Stopped", "gray"),
    "timeout": Face(":material/timer_off:", "No answer in time", "red"),
    "error": Face(":material/error:", "Failed", "red"),
    "interrupted": Face(":material/power_off:", "Interrupted", "gray"),
}


def state_badge(status: RunStatus) -> None:
    """Draws the state as a badge."""
    face = FACES[status]
    st.badge(face.word, icon=face.icon, color=face.colour)


def ended_line(run: Run) -> None:
    """Draws one sentence about how a run ended: what happened, and what was kept. Nothing for a complete one."""
    if run.status == "complete":
        return
    face = FACES[run.status]
    draw = {"red": st.error, "orange": st.warning}.get(face.colour, st.info)
    draw(inert(run.error or face.word, 2000), icon=face.icon)


def about(seconds: float) -> str:
    """How long something is likely to take, as people say it: "about 40 s", "about 12 min"."""
    return f"about {max(1.0, seconds):.0f} s" if seconds < 90 else f"about {ceil(seconds / 60)} min"


def vote_so_far(runs: Sequence[Run], letters: Sequence[str]) -> None:
    """Draws how many of several samples have ended, and their votes."""
    ended = [run for run in runs if not run.live]
    st.progress(len(ended) / len(runs), text=f"{len(ended)} of {len(runs)} samples")
    votes = Counter(letters[run.option] if run.option is not None else "no option" for run in ended)
    if votes:
        st.caption("So far: " + " · ".join(f"{word} {count}" for word, count in sorted(votes.items())))
