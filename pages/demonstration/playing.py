"""How a scene is played on the stage: its case opened, its question asked once a take, its run waited for."""

import time

import streamlit as st

from creason_core.demonstration.scenes import CHANGES, COHORT
from creason_core.question.kinds import read_question
from creason_core.runs import GroupView
from creason_core.store.patients.cases import CaseVersion, open_public, save_version
from creason_core.store.patients.codebooks import keep_codebook
from creason_core.store.runs.run_rows import JUDGED
from pages.demonstration.show import Show
from pages.question.asking import Asking
from pages.question.run_actions import go_on, start_run
from pages.session.address import here, move
from pages.session.messages import redraw

POLL_SECONDS = 0.4
GONE_ON = ", gone on"  # behind the name of a scene: what went on from its stopped run
STOPS_WITHIN = 1.5  # seconds that a stopped run is waited for


def version_of(show: Show, name: str) -> CaseVersion:
    """The case of a scene as one of the demonstration's own; stored when first asked for. Raises ``StoreError``."""
    scene, cohort, user = show.scene(name), show.cohort, show.s.presenter.user
    keep_codebook(show.s.db, cohort.codebook)
    if name not in CHANGES:
        headline = next((one.headline for one in cohort.public if one.patient == scene.case.patient), "A patient")
        return open_public(
            show.s.db, user, COHORT, cohort.case(scene.case.patient), headline, cohort_hash=cohort.content_hash
        )
    return save_version(
        show.s.db,
        user,
        scene.case,
        idem=f"{COHORT}/{scene.case.content_hash}",
        case_id=None,
        parent_id=None,
        label="The same patient, one value changed",
        cohort=COHORT,
        cohort_hash=cohort.content_hash,
    )


def asked(show: Show, name: str) -> str | None:
    """The id of the group that plays a scene in this take, which is asked now where it was not; None where refused."""
    if name not in show.stage.groups:
        before, scene = here("run"), show.scene(name)
        move(run=None)
        idem = f"{show.stage.take}:{name}:{'live' if show.stage.engine.live else 'recorded'}"
        start_run(scene.question, version_of(show, name), 1, what=f"run:{scene.question.id}", idem=idem)
        if made := here("run"):
            show.stage.groups[name] = made
        move(run=before)
    return show.stage.groups.get(name)


def gone_on(show: Show, name: str, group: str) -> str:
    """The group that went on from a stopped one; ``group`` itself where it was not stopped, or had no text yet."""
    later = f"{name}{GONE_ON}"
    if later not in show.stage.groups:
        run = view_of(show, group).runs[0].run
        if run.status != "stopped" or not run.text.strip():
            return group
        before, idem = here("run"), f"{show.stage.take}:{later}"
        go_on(show.scene(name).question, version_of(show, name), run, what=f"resume:{run.id}", idem=idem)
        made = here("run")
        if made and made not in (group, before):
            show.stage.groups[later] = made
        move(run=before)
    return show.stage.groups.get(later, group)


def answered(show: Show, name: str) -> str | None:
    """As ``asked``, but the group that has the answer: one that was stopped goes on first."""
    group = asked(show, name)
    return gone_on(show, name, group) if group else None


def view_of(show: Show, group_id: str) -> GroupView:
    """A group of the presenter's as it is now. Raises ``StoreError``."""
    return show.s.runs.snapshot(show.s.presenter.user, group_id)


def ended_soon(show: Show, group_id: str) -> GroupView:
    """The group once it has ended, or as it is after ``STOPS_WITHIN``: a run that was just stopped has a last word."""
    until = time.monotonic() + STOPS_WITHIN
    view = view_of(show, group_id)
    while view.live and time.monotonic() < until:
        time.sleep(0.05)
        view = view_of(show, group_id)
    return view


def asking_about(show: Show, name: str, group_id: str | None) -> Asking:
    """A scene as the pages' components draw it, with its run where ``group_id`` names one."""
    view = view_of(show, group_id) if group_id else None
    question = read_question(view.group.question_json) if view else show.scene(name).question
    return Asking(show.s, show.prefer, version_of(show, name), "mask", question, view)


def put_before_audience(show: Show, view: GroupView) -> None:
    """The audience is asked about the reply of ``view``, once it is there."""
    run = view.runs[0].run
    if run.status in JUDGED:
        show.stage.shown = run.id


def ended(show: Show, *group_ids: str) -> tuple[GroupView, ...]:
    """The groups once all have ended; before that none: draws that they are on their way, and looks again."""
    views = tuple(ended_soon(show, one) for one in group_ids)
    if any(view.live for view in views):
        st.fragment(_coming, run_every=POLL_SECONDS)(show, group_ids)
        return ()
    return views


def _coming(show: Show, group_ids: tuple[str, ...]) -> None:
    views = [view_of(show, one) for one in group_ids]
    if not any(view.live for view in views):
        redraw()
    tokens = sum(item.run.tokens for view in views for item in view.runs)
    st.caption(f":material/pending: The replies are on their way: {tokens:,} tokens.")
