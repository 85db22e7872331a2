"""What the buttons around a question do: commit, run, stop, go on, reveal, read. As in ``pages.session.actions``."""

import streamlit as st

from creason_core.question.kinds import Question
from creason_core.store import own_answers
from creason_core.store.cases import CaseVersion
from creason_core.store.marks import delete
from creason_core.store.own_answers import (
    Commitment,
    commit_answer,
    commitment,
    drop_commitment,
    human_answer,
    keep_commitment,
    save_answer,
    save_reveal,
    value_known,
)
from creason_core.store.readings import save_reading, take_back
from creason_core.store.run_rows import Run, RunGroup
from pages.server.services import services
from pages.session.actions import open_run, tell, told, used
from pages.session.address import move


def own_answer(question_id: str, group_id: str | None) -> Commitment | None:
    """The reader's own answer: that of a run, or the one committed before a run starts; None before committing."""
    s = services()
    return human_answer(s.db, s.user, group_id) if group_id else commitment(s.db, s.user, question_id)


def is_revealed(group_id: str) -> bool:
    """Whether the reader has seen the recorded value beside this run."""
    s = services()
    return own_answers.is_revealed(s.db, s.user, group_id)


@told
def commit(question: Question, version: CaseVersion, option: int | None, sure: bool) -> None:
    """Keeps the reader's own answer (None: skipped) until the run that it belongs to starts."""
    s = services()
    commit_answer(s.db, s.user, question, version.case_id, option=option, sure=sure)


@told
def start_run(
    question: Question, version: CaseVersion, samples: int, *, what: str, idem: str, parent: str | None = None
) -> None:
    """Starts the samples of a question; the reader's answer becomes part of the record.

    ``idem`` is the key of ``what`` as it was when the button was drawn.
    """
    s = services()
    group = s.runs.start(s.user, version, question, s.cohort.codebook, samples=samples, idem=idem, parent_group=parent)
    _started(group, parent, what=what, idem=idem)


@told
def go_on(question: Question, version: CaseVersion, run: Run, *, what: str, idem: str) -> None:
    """Starts a new run that goes on from the text of ``run``, which stays as it ended."""
    s = services()
    group = s.runs.resume(s.user, version, question, s.cohort.codebook, run.id, idem=idem)
    _started(group, run.group_id, what=what, idem=idem)


@told
def repeat(group_id: str, *, what: str, idem: str) -> None:
    """Asks what a group asked once more, with its seeds, and goes to the new run."""
    s = services()
    group = s.runs.repeat(s.user, group_id, s.cohort.codebook, idem=idem)
    _started(group, group_id, what=what, idem=idem)
    open_run(group.case_version_id, group.id)


@told
def stop_run(group_id: str) -> None:
    """Stops the live samples of a run; finished ones and the text so far stay."""
    s = services()
    s.runs.stop(s.user, group_id)


@told
def discard(group_id: str, question: Question) -> None:
    """Takes a run off every list and goes back to its question, with the reader's answer as it was given."""
    s = services()
    delete(s.db, s.user, [group_id])
    if own := own_answer(question.id, group_id):
        keep_commitment(s.db, s.user, question.id, own)
    move(mask=question.masked_feature, run=None)
    tell("Discarded. History can restore it for 30 days.")


@told
def reveal(group_id: str) -> None:
    """Shows the recorded value, and remembers that it was shown."""
    s = services()
    save_reveal(s.db, s.user, group_id)


def picking(run_id: str, *, opened: bool) -> None:
    """Opens or closes the choice of what a text means."""
    st.session_state[f"picking:{run_id}"] = opened


@told
def read_as(run: Run, option: int | None) -> None:
    """Stores the reader's reading of a text without a boxed option (None: the text means no option)."""
    s = services()
    save_reading(s.db, s.user, run.id, option, after_reveal=value_known(s.db, s.user, run.group_id))
    picking(run.id, opened=False)


@told
def unread(run_id: str) -> None:
    """Takes the reader's reading of a text back."""
    s = services()
    take_back(s.db, s.user, run_id)


def _started(group: RunGroup, parent: str | None, *, what: str, idem: str) -> None:
    """Gives a new run the reader's answer, committed before it or to the run that it follows, and shows it."""
    s = services()
    if answer := own_answer(group.question_id, parent):
        save_answer(s.db, s.user, group.id, answer.option, answer.sure, idem=f"{idem}:answer")
        drop_commitment(s.db, s.user, group.question_id)
    used(what)
    move(mask=group.masked_feature, run=group.id)
