"""What a step of the demonstration is, and what it is drawn with.

A step is a module of ``steps`` with one ``STEP``. It brings its stage to where the beat needs it, whatever was done
before: so Back, a reload and a second window show the same. It draws with the pages' own components.
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from creason_core.cohort.cohort import Cohort
from creason_core.demonstration.scenes import COHORT, Scene, fits, scenes
from creason_core.store.people.preferences import Preferences
from pages.components.inert import inert
from pages.server.stage import Stage, StageServices


@dataclass(frozen=True)
class Beat:
    """One press of Next: what happens, in a few words, and what the presenter may say to it."""

    line: str
    notes: str


@dataclass(frozen=True)
class Show:
    """What a step is drawn with. ``entered``: this is the first drawing at this beat in this window."""

    stage: Stage
    s: StageServices
    prefer: Preferences
    entered: bool

    @property
    def cohort(self) -> Cohort:
        """Where the patient of the demonstration is from. Raises ``CohortError``."""
        return self.s.shelf.named(COHORT)

    def scene(self, name: str) -> Scene:
        """A scene by name. Raises ``CReasonError`` where the question cannot be asked."""
        return scenes(self.cohort)[name]

    def misfit(self, name: str) -> str:
        """Why the recording of a scene is not shown, in a sentence; empty where it is, or where a model answers."""
        if self.stage.engine.live:
            return ""
        recorded = self.stage.engine.recorded
        health = recorded.health()
        return fits(self.scene(name), self.cohort.codebook, recorded.made_of(name)) if health.ready else health.note


@dataclass(frozen=True)
class Step:
    """One of the eight."""

    title: str
    beats: tuple[Beat, ...]
    draw: Callable[[Show, int], None]


def told_misfit(show: Show, name: str) -> bool:
    """Says where the recording of a scene is of another version; whether it is."""
    if why := show.misfit(name):
        way = "Run live asks the model now." if show.stage.engine.model_ready else "The demo goes on with Next."
        st.warning(f"{inert(why, 400)} {way}", icon=":material/history:")
    return bool(why)


def recorded_badge(show: Show, name: str) -> None:
    """Says of a replayed reply that it is one, of which model and from when."""
    found = show.stage.engine.recorded.made_of(name)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if show.stage.engine.live:
            st.badge("Live", icon=":material/bolt:", color="green")
            st.caption(inert(show.stage.engine.identity.title), width="content")
        elif found:
            st.badge("Recorded", icon=":material/history:", color="violet")
            when = f", {found.made:%d %b %Y}" if found.made else ""
            st.caption(
                f"{inert(found.identity.title)}{when}; SHA-256 {found.seal[:12]}…",
                width="content",
            )
