"""The right-hand side of a question when its run has ended: result, reasoning, rating, and what to do next."""

from contextlib import suppress

import streamlit as st

from creason_core.errors import StoreError
from creason_core.evaluation.second_opinion import Pending, SecondOpinion
from creason_core.question.confidence import Vote, count_votes
from creason_core.question.masked_value import SHOWN_ROLES, visible_entries
from creason_core.question.prompts import letters
from creason_core.record.hours import parted
from creason_core.runs import GroupView
from creason_core.store.people.commitments import Commitment
from creason_core.store.people.readings import reading_of
from creason_core.store.runs.run_rows import JUDGED, Run, mark_seen, one_model
from pages.components.answered_by import asked_of
from pages.components.reasoning_panel import finished_text
from pages.components.result_card import Recorded, figures, result_card
from pages.components.run_state import FACES
from pages.components.sample_choice import sample_choice
from pages.question.asking import Asking
from pages.question.evidence import evidence
from pages.question.going_on import FAILED, again, ending
from pages.question.grading import graded
from pages.question.predicting import anchor_of
from pages.question.registry_notes import what_the_registry_says
from pages.question.run_actions import is_revealed, reveal
from pages.question.second_opinion import boosting_ahead, not_there_yet, opinion_on
from pages.session.rating import rating_row


def judging(asking: Asking, view: GroupView, own: Commitment | None) -> None:
    """Draws an ended run from its answer to its rating."""
    if not view.group.seen and asking.s.db.trouble is None:
        with suppress(StoreError):  # a note that is not worth a page
            mark_seen(asking.s.db, asking.s.user, view.group.id)
    runs = [item.run for item in view.runs]
    vote = count_votes([run.option for run in runs if run.status in JUDGED], len(asking.options))
    if st.session_state.pop(f"watched:{view.group.id}", False):
        st.toast(_announcement(view, asking, vote), icon=":material/notifications:")
    asked_of(view.group.engine)
    failed = all(run.status in FAILED for run in runs)
    alone = failed or (len(runs) == 1 and runs[0].status != "complete")
    if alone:
        ending(asking, view, runs[0], vote, alone=True)
    reading = reading_of(asking.s.db, asking.s.user, runs[0].id) if alone else None
    identity = one_model(runs)
    state = opinion_on(asking)
    opinion = state if isinstance(state, SecondOpinion) else None
    key, recorded = f"result_{view.group.id}", _recorded(asking, view)
    result_card(
        key,
        asking.feature.label,
        asking.bars,
        vote,
        own=own,
        recorded=recorded,
        guard_off=asking.guard_off,
        by_hand=asking.by_hand,
        graded=graded(asking.s, view.group, runs, vote),
        on_reveal=lambda: reveal(view.group.id),
        word=asking.task.answer_word,
        anchor=anchor_of(asking, vote),
        ahead=boosting_ahead(asking.s, identity, asking.feature, view.group.cohort, view.group.prompt_version),
    )
    with st.container(key=f"weighed_{view.group.id}"):  # beside each other where there is room: style.css
        with st.container():
            _reasoning(asking, view, vote, alone=alone)
        with st.container():
            read_as = reading.option if reading else None
            figures(key, asking.bars, vote, own=own, recorded=recorded, read_as=read_as, opinion=opinion)
            not_there_yet(asking, state)
            if not isinstance(state, Pending):  # what they need is loaded by then
                what_the_registry_says(asking)
    if not alone:
        again(asking, view, vote)


def _reasoning(asking: Asking, view: GroupView, vote: Vote, *, alone: bool) -> None:
    """The text of one sample and the rating of it; ``alone``: how it ended has been told."""
    shown = sample_choice(
        [item.run for item in view.runs],
        vote.winner,
        _sample_name,
        key=f"sample_{view.group.id}",
        help_text="Each sample saw the options in an order of its own; letters here are those of the question above.",
    )
    if not alone and shown.status != "complete":
        ending(asking, view, shown, vote, alone=False)
    if shown.text.strip():
        finished_text(shown, asking.options, expanded=asking.prefer.reasoning_open)
        evidence(asking, view, shown, vote)
        st.caption(_inputs(asking))
        rating_row(asking.s, shown, train_ok=asking.prefer.train_ok)


def _announcement(view: GroupView, asking: Asking, vote: Vote) -> str:
    if vote.winner is not None and not vote.abstains:
        return f"The model has answered: option {asking.bars[vote.winner].letter}."
    return f"The run has ended: {FACES[view.status].word.lower()}."


def _sample_name(run: Run) -> str:
    face = FACES[run.status]
    voted = letters(len(run.order))[run.option] if run.option is not None else "–"
    return f"{run.sample + 1}: {voted}" if run.status == "complete" else f"{face.icon} {run.sample + 1}: {voted}"


def _recorded(asking: Asking, view: GroupView) -> Recorded | None:
    found = asking.task.recorded
    return Recorded(found.text, found.option, is_revealed(view.group.id)) if found else None


def _inputs(asking: Asking) -> str:
    question, case, codebook = asking.question, asking.version.case, asking.codebook
    assert question is not None
    sent = [entry for entry in visible_entries(case, question, codebook) if entry.measured]
    hidden = [item.feature for item in question.hidden]
    told = {entry.feature for entry in sent} | {parted(name)[0] for name in (question.masked_feature, *hidden)}
    rest = sum(feature.role in SHOWN_ROLES and feature.name not in told for feature in codebook.features)
    return (
        f"Inputs: {len(sent)} values sent, 1 asked about, {len(hidden)} hidden with it, "
        f"{rest} not recorded or not measured."
    )
