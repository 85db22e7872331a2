"""On Ask, below what applies: a model's reasoning over the passages that were found, where a model was made for it.

It runs like any question: streamed, kept, stopped, continued, rated. What is drawn of it is what the program made of
the reply, sentence by sentence, also while it comes.
"""

from contextlib import suppress
from dataclasses import replace

import streamlit as st

from creason_core.errors import StoreError
from creason_core.guideline.applying import Answer
from creason_core.guideline.reasoned.asking import ask_about, card_of, outdated, safety_checks
from creason_core.guideline.retrieval import Retrieved
from creason_core.model.tasks import why_no_reasoning
from creason_core.principal import Principal
from creason_core.question.guideline import GuidelineQuestion
from creason_core.runs import GroupView
from creason_core.runs.views import RunView
from creason_core.store.patients.cases import CaseVersion
from creason_core.store.patients.codebooks import keep_codebook
from creason_core.store.people.preferences import preferences
from creason_core.store.runs.run_rows import Run, mark_seen
from pages.components.answered_by import asked_of
from pages.components.guideline_answer import guideline_answer
from pages.components.inert import inert
from pages.components.read_only import saving
from pages.components.reasoning_panel import waiting_panel
from pages.components.run_state import ended_line, state_badge
from pages.guideline.asked import asked
from pages.server.services import Services, services
from pages.session.acting import acting, key_for, used
from pages.session.address import here, move
from pages.session.engine_wish import engine_choice
from pages.session.messages import redraw
from pages.session.rating import rating_row

POLL_SECONDS = 0.5
_GO_ON = {"truncated": "Continue", "stopped": "Resume as new run"}


def why_not(s: Services) -> str:
    """Why no model reasons here, in a sentence; empty where one does."""
    return why_no_reasoning(s.settings, s.models.choice)


def ask_of(
    s: Services,
    version: CaseVersion | None,
    text: str,
    answer: Answer,
    *,
    found: Retrieved | None,
    hidden: frozenset[str],
) -> GuidelineQuestion | None:
    """What a model would be asked; None where no record is open or the question is refused."""
    if version is None:
        return None
    codebook = s.codebooks.of(version.case)
    return ask_about(version.case, codebook, text, answer, found, hidden=hidden, unsourced=True)


def offer(s: Services, version: CaseVersion | None, question: GuidelineQuestion | None, answer: Answer) -> None:
    """Draws the way to a model's reasoning over what was found, or why there is none."""
    if answer.refused:
        return
    st.subheader("A model's reasoning")
    if why := why_not(s):
        st.caption(f":material/block: {inert(why)}")
        return
    if version is None or question is None:
        st.caption("Open a patient first: the reasoning is about a record.")
        return
    passages = question.passages
    stopped = s.why_unaskable(version) or ("" if s.answering.ready else "The model is offline.")
    what = f"guideline:{question.id}"
    if not passages:
        st.info("Nothing that may be sent covers this, so the model is not asked.", icon=":material/search_off:")
    engine_choice(s)
    st.button(
        f"Reason over {len(passages)} passage{'' if len(passages) == 1 else 's'}"
        if passages
        else "Show reasoning without sources",
        key="ask_reason",
        icon=":material/psychology:",
        type="primary" if passages else "secondary",
        on_click=_start,
        args=(question, version),
        kwargs={"what": what, "idem": key_for(what)},
        **saving(stopped or None, disabled=bool(stopped)),
    )
    told = f" without {len(question.hidden)} that are hidden" if question.hidden else ""
    st.caption(f"Sent are the recorded values{told}, the passages and the question; History shows the exact text.")


def shown(s: Services, version: CaseVersion | None, answer: Answer | None) -> None:
    """Draws the run of the address, where it is a guideline question about the open record."""
    view = _view(s, version)
    if view is None or version is None:
        return
    question = GuidelineQuestion.model_validate_json(view.group.question_json)
    st.text(f"“{question.asked}”")
    asked_of(view.group.engine)
    if view.live:
        st.session_state[f"watched:{view.group.id}"] = True
        st.fragment(_live, run_every=POLL_SECONDS)(view.group.id, question)
        return
    if not view.group.seen and s.db.trouble is None:
        with suppress(StoreError):  # a note that is not worth a page
            mark_seen(s.db, s.user, view.group.id)
    run = view.runs[0].run
    if run.status != "complete":
        ended_line(run)
    if run.status in _GO_ON and run.text.strip():
        what = f"resume:{run.id}"
        st.button(
            _GO_ON[run.status], key=f"resume_{run.id}", icon=":material/resume:", on_click=_go_on,
            args=(question, version, run), kwargs={"what": what, "idem": key_for(what)}, **saving(),
        )  # fmt: skip
    if run.reply.strip():
        card = card_of(question, run.reply)
        same = answer if answer and not answer.refused and asked() == question.asked else None
        for line in outdated(card, same) if same else ():
            st.warning(inert(line), icon=":material/history:")
        guideline_answer(question, card, run.id, safety_checks(same) if same else ())
        rating_row(s, run, train_ok=preferences(s.db, s.user).train_ok)


def _view(s: Services, version: CaseVersion | None) -> GroupView | None:
    group_id = here("guide")
    if version is None or group_id is None:
        return None
    try:
        view = s.runs.snapshot(s.user, group_id)
    except StoreError as error:
        if error.kind != "missing":
            raise
        move(guide=None)
        return None
    return view if view.group.kind == "guideline" and view.group.case_version_id == version.id else None


def _live(group_id: str, question: GuidelineQuestion) -> None:
    """The run while it comes; polls until it has ended."""
    s = services()
    view = s.runs.snapshot(s.user, group_id)
    if not view.live:
        redraw()
    _coming(view.runs[0], question)
    st.button("Stop", key=f"stop_{group_id}", icon=":material/stop_circle:", on_click=_stop, args=(group_id,))


def _coming(at: RunView, question: GuidelineQuestion) -> None:
    state_badge(at.run.status)
    card = card_of(question, at.run.reply)
    if card.sentences:
        guideline_answer(question, card, f"live_{at.run.id}")
        st.caption(f"{at.run.tokens:,} tokens · {at.seconds:.0f} s")
    else:
        waiting_panel(at)


@acting("ask")
def _start(me: Principal, question: GuidelineQuestion, version: CaseVersion, *, what: str, idem: str) -> None:
    s = services()
    cohort = s.cohort_of(version)
    keep_codebook(s.db, cohort.codebook)
    version = replace(version, cohort=cohort.name, cohort_hash=cohort.content_hash)
    group = s.runs.start(me.user, version, question, cohort.codebook, samples=1, idem=idem, engine=s.wish)
    used(what)
    move(guide=group.id)


@acting("ask")
def _go_on(me: Principal, question: GuidelineQuestion, version: CaseVersion, run: Run, *, what: str, idem: str) -> None:
    s = services()
    group = s.runs.resume(me.user, version, question, s.codebooks.of(version.case), run.id, idem=idem)
    used(what)
    move(guide=group.id)


@acting("ask")
def _stop(me: Principal, group_id: str) -> None:
    services().runs.stop(me.user, group_id)
