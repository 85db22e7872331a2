"""What the buttons around a question do: commit, run, stop, go on, reveal, read. As in ``pages.session.acting``."""

from dataclasses import replace

import streamlit as st

from creason_core.principal import Principal
from creason_core.question.kinds import Question
from creason_core.record.codebook import Codebook
from creason_core.store.patients.cases import CaseVersion, case_version
from creason_core.store.patients.codebooks import keep_codebook
from creason_core.store.people.commitments import Commitment, commit_answer, commitment, drop_commitment
from creason_core.store.people.own_answers import human_answer, keep_answer_of, save_answer
from creason_core.store.people.readings import save_reading, take_back
from creason_core.store.runs import reveals
from creason_core.store.runs.marks import delete
from creason_core.store.runs.run_rows import Run, RunGroup
from pages.server.services import Services, services
from pages.session.acting import acting, used
from pages.session.address import move
from pages.session.case_opening import open_run
from pages.session.messages import tell


def own_answer(question_id: str, group_id: str | None) -> Commitment | None:
    """The reader's own answer: that of a run, or the one committed before a run starts; None before committing."""
    s = services()
    return human_answer(s.db, s.user, group_id) if group_id else commitment(s.db, s.user, question_id)


def is_revealed(group_id: str) -> bool:
    """Whether the reader has seen the recorded value beside this run."""
    s = services()
    return reveals.is_revealed(s.db, s.user, group_id)


@acting("ask")
def commit(me: Principal, question: Question, version: CaseVersion, option: int | None, sure: bool) -> None:
    """Keeps the reader's own answer (None: skipped) until the run that it belongs to starts."""
    s = services()
    commit_answer(s.db, me.user, question, version.case_id, option=option, sure=sure)


@acting("ask")
def start_run(
    me: Principal,
    question: Question,
    version: CaseVersion,
    samples: int,
    *,
    what: str,
    idem: str,
    parent: str | None = None,
) -> None:
    """Starts the samples of a question; the reader's answer becomes part of the record.

    ``idem`` is the key of ``what`` as it was when the button was drawn.
    """
    s = services()
    version, codebook = _asked(s, version)
    group = s.runs.start(
        me.user, version, question, codebook, samples=samples, idem=idem, parent_group=parent, engine=s.wish
    )
    _started(me, group, parent, what=what, idem=idem)


@acting("ask")
def go_on(me: Principal, question: Question, version: CaseVersion, run: Run, *, what: str, idem: str) -> None:
    """Starts a new run that goes on from the text of ``run``, which stays as it ended."""
    s = services()
    version, codebook = _asked(s, version)
    group = s.runs.resume(me.user, version, question, codebook, run.id, idem=idem)
    _started(me, group, run.group_id, what=what, idem=idem)


@acting("ask")
def repeat(me: Principal, group_id: str, *, what: str, idem: str) -> None:
    """Asks what a group asked once more, with its seeds, and goes to the new run."""
    s = services()
    before = s.runs.snapshot(me.user, group_id).group
    _, codebook = _asked(s, case_version(s.db, me.user, before.case_version_id))
    group = s.runs.repeat(me.user, group_id, codebook, idem=idem)
    _started(me, group, group_id, what=what, idem=idem)
    open_run(group.case_version_id, group.id)


@acting("ask")
def stop_run(me: Principal, group_id: str) -> None:
    """Stops the live samples of a run; finished ones and the text so far stay."""
    s = services()
    s.runs.stop(me.user, group_id)


@acting("delete")
def discard(me: Principal, group_id: str, question: Question) -> None:
    """Takes a run off every list and goes back to its question, with the reader's answer as it was given."""
    s = services()
    delete(s.db, me.user, [group_id])
    keep_answer_of(s.db, me.user, group_id)
    move(mask=question.masked_feature, run=None)
    tell("Discarded. History can restore it for 30 days.")


@acting("ask")
def reveal(me: Principal, group_id: str) -> None:
    """Shows the recorded value, and remembers that it was shown."""
    s = services()
    reveals.save_reveal(s.db, me.user, group_id)


def picking(run_id: str, *, opened: bool) -> None:
    """Opens or closes the choice of what a text means."""
    st.session_state[f"picking:{run_id}"] = opened


@acting("ask")
def read_as(me: Principal, run: Run, option: int | None) -> None:
    """Stores the reader's reading of a text without a boxed option (None: the text means no option)."""
    s = services()
    save_reading(s.db, me.user, run.id, option)
    picking(run.id, opened=False)


@acting("ask")
def unread(me: Principal, run_id: str) -> None:
    """Takes the reader's reading of a text back."""
    s = services()
    take_back(s.db, me.user, run_id)


def _asked(s: Services, version: CaseVersion) -> tuple[CaseVersion, Codebook]:
    """``version`` as a run notes it, with its cohort as that is now, and the codebook that words the question.

    Raises:
        CohortError: Nothing can be asked about it; the message says why.
    """
    cohort = s.cohort_of(version)
    keep_codebook(s.db, cohort.codebook)
    return replace(version, cohort=cohort.name, cohort_hash=cohort.content_hash), cohort.codebook


def _started(me: Principal, group: RunGroup, parent: str | None, *, what: str, idem: str) -> None:
    """Gives a new run the reader's answer, committed before it or to the run that it follows, and shows it."""
    s = services()
    if answer := own_answer(group.question_id, parent):
        save_answer(s.db, me.user, group.id, answer.option, answer.sure, idem=f"{idem}:answer")
        drop_commitment(s.db, me.user, group.question_id)
    used(what)
    move(mask=group.masked_feature, run=group.id)
