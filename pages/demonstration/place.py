"""Where the presenter is: a step and a beat, in the address (``?at=4.2``), so that a reload and a step back work.

Several windows may show one demonstration: each has its place, and the audience follows the one that moved last.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.demonstration.show import Step
from pages.server.stage import Stage
from pages.session.messages import redraw

AT = "at"
_HERE, _MOVED, _DRAWN = "demo_at", "demo_moved", "demo_drawn"
FOLLOW_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ShowPlace:
    """Step and beat, both from 0; as text from 1."""

    step: int
    beat: int

    def __str__(self) -> str:
        return f"{self.step + 1}.{self.beat + 1}"

    def after(self, steps: Sequence[Step]) -> "ShowPlace | None":
        """The next place; None at the end."""
        if self.beat + 1 < len(steps[self.step].beats):
            return ShowPlace(self.step, self.beat + 1)
        return ShowPlace(self.step + 1, 0) if self.step + 1 < len(steps) else None

    def before(self, steps: Sequence[Step]) -> "ShowPlace | None":
        """The place before; None at the start."""
        if self.beat:
            return ShowPlace(self.step, self.beat - 1)
        return ShowPlace(self.step - 1, len(steps[self.step - 1].beats) - 1) if self.step else None


def read_place(text: str, steps: Sequence[Step]) -> ShowPlace:
    """The place that an address names; the start for one that there is not."""
    step, _, beat = text.partition(".")
    if not (step.isascii() and step.isdigit() and beat.isascii() and beat.isdigit()):
        return ShowPlace(0, 0)
    place = ShowPlace(int(step) - 1, int(beat) - 1)
    fits = 0 <= place.step < len(steps) and 0 <= place.beat < len(steps[place.step].beats)
    return place if fits else ShowPlace(0, 0)


def find_place(stage: Stage, steps: Sequence[Step]) -> ShowPlace:
    """Where this window is: where a button went, else what the address says, else where it was."""
    moved, said = st.session_state.pop(_MOVED, False), st.query_params.get(AT)
    if said and not moved:
        st.session_state[_HERE] = said
    place = read_place(str(st.session_state.get(_HERE, "")), steps)
    st.session_state[_HERE] = str(place)
    if said != str(place):
        st.query_params[AT] = str(place)
    if not stage.window[0] or not is_open(stage.window[0]):
        stage.window = (window(), str(place))
    return place


def go_to(stage: Stage, place: ShowPlace) -> None:
    """Goes to ``place`` in the next drawing; for use in a callback."""
    st.session_state.update({_HERE: str(place), _MOVED: True})
    stage.window = (window(), str(place))


def entered(place: ShowPlace, take: str) -> bool:
    """Whether ``place`` is drawn for the first time since this window came to it."""
    now, before = f"{take} {place}", st.session_state.get(_DRAWN)
    st.session_state[_DRAWN] = now
    return now != before


def follow(stage: Stage) -> None:
    """Draws this window anew once another one begins the demonstration anew: what it shows is gone then."""
    st.fragment(_follow, run_every=FOLLOW_SECONDS)(stage, stage.take)


def _follow(stage: Stage, take: str) -> None:
    if stage.take != take:
        redraw()


def window() -> str:
    """Which window this is: the id of its session."""
    context = get_script_run_ctx()
    return context.session_id if context else ""


def is_open(other: str) -> bool:
    """Whether the window called ``other`` is still there: one that was closed or reloaded is not."""
    return not runtime.exists() or runtime.get_instance().is_active_session(other)
