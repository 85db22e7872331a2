"""The second opinion of the question on the screen: asked for beside the page, and told when it is not there yet."""

from functools import lru_cache
from pathlib import Path

import streamlit as st

from creason_core.evaluation import SavedRun, newest_of, saved_runs
from creason_core.evaluation.saved import FOLDER as EVALUATIONS
from creason_core.evaluation.second_opinion import FOLDER, Desk, Failed, Pending, State
from creason_core.model.engines.base import ModelIdentity
from creason_core.question.prompts import PROMPT_VERSION
from creason_core.record.codebook import Feature
from pages.components.inert import inert
from pages.components.second_opinion import Ahead
from pages.question.asking import Asking
from pages.server.services import Services, services
from pages.session.messages import redraw

PATIENCE = 0.15  # seconds: a fitted feature is answered in less
POLL_SECONDS = 0.5
FEWEST = 20  # questions about a feature before two accuracies on them are set beside each other


@st.cache_resource(show_spinner=False, on_release=Desk.close)
def desk() -> Desk:
    """The one that computes second opinions for this process."""
    return Desk(services().settings.data_dir / FOLDER)


def opinion_on(asking: Asking) -> State | None:
    """The registry's opinion on the question, or how far it is; the first look begins it.

    None where there is none to ask for: an outcome has its own baseline, and a cohort may be gone.
    """
    if asking.question is None or asking.kind == "outcome" or asking.unaskable:
        return None
    cohort = asking.s.cohort_of(asking.version)
    return desk().ask(asking.version.case, asking.question, cohort, patience=PATIENCE)


def not_there_yet(asking: Asking, state: State | None) -> None:
    """Draws nothing where the opinion is there; else that it is coming, or why not and how to try again."""
    if isinstance(state, Pending):
        st.fragment(_coming, run_every=POLL_SECONDS)(asking)
    elif isinstance(state, Failed):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"No second opinion from the registry: {inert(state.why)}")
            st.button("Try again", key="opinion_again", type="tertiary", on_click=_again, args=(asking,))


def _coming(asking: Asking) -> None:
    if not isinstance(opinion_on(asking), Pending):
        redraw()
    st.caption(":material/hourglass_top: The registry is being asked for a second opinion: a few seconds.")


def _again(asking: Asking) -> None:
    assert asking.question is not None
    desk().forget(asking.version.case, asking.question, asking.s.cohort_of(asking.version))


def boosting_ahead(
    s: Services, identity: ModelIdentity | None, feature: Feature, cohort: str, prompt_version: int = PROMPT_VERSION
) -> Ahead | None:
    """Model and boosting on ``feature`` in the newest evaluation of these weights, so worded, on the cohort's tests.

    None where boosting was not ahead, or where no such evaluation asked at least ``FEWEST`` questions about it.
    """
    if identity is None:
        return None
    folder = s.settings.data_dir / EVALUATIONS
    saved = _runs(s.settings.data_dir, folder.stat().st_mtime_ns if folder.is_dir() else 0)
    runs = tuple(run for run in saved if run.run.plan.questions.cohort == cohort)
    found = newest_of(runs, identity, prompt_version)
    boosting = next((floor for floor in found.summary.floors if floor.name == "boosting"), None) if found else None
    if found is None or boosting is None:
        return None
    own = next((part for part in found.summary.main.features if part.name == feature.label), None)
    theirs = boosting.features.get(feature.label)
    if own is None or theirs is None or theirs.n < FEWEST or theirs.value <= own.accuracy.value:
        return None
    return Ahead(own.accuracy.value, theirs.value, theirs.n)


@lru_cache(maxsize=2)
def _runs(data_dir: Path, _changed: int) -> tuple[SavedRun, ...]:
    """The finished evaluations, read again only when their folder has changed."""
    return saved_runs(data_dir)
