"""What a run of the history answered."""

import streamlit as st

from creason_core.evaluation.second_opinion import SecondOpinion
from creason_core.guideline.reasoned.asking import card_of
from creason_core.store.records import GroupRecord
from creason_core.store.runs.run_rows import one_model
from creason_core.store.runs.series_words import place_words
from pages.components.guideline_answer import guideline_answer
from pages.components.inert import inert
from pages.components.result_card import Recorded, figures, result_card
from pages.question.asking import Asking
from pages.question.grading import graded
from pages.question.predicting import anchor_of
from pages.question.run_actions import reveal
from pages.question.second_opinion import boosting_ahead, not_there_yet, opinion_on


def _by_hand(record: GroupRecord, asking: Asking) -> tuple[str, ...]:
    """What the reader hid by hand; what a test of the evidence hid in turn is told beside the run's name."""
    if record.place is None or record.place[0] != "probe":
        return asking.by_hand
    kind, place = record.place
    turn = place_words(kind, place.what, asking.codebook)
    return tuple(label for label in asking.by_hand if turn != f"without {label}")


def answer_card(record: GroupRecord, asking: Asking) -> None:
    """The answer of one run, as its result card shows it."""
    if record.question.kind == "guideline":
        run = record.runs[-1]
        guideline_answer(record.question, card_of(record.question, run.reply), run.id)
        return
    found = asking.task.recorded
    recorded = Recorded(found.text, found.option, record.revealed) if found else None
    st.markdown(f"**{inert(asking.task.stem)}**")
    state = opinion_on(asking)
    opinion = state if isinstance(state, SecondOpinion) else None
    key = f"history_{record.group.id}"
    result_card(
        key,
        asking.feature.label,
        asking.bars,
        record.vote,
        own=record.own,
        recorded=recorded,
        guard_off=asking.guard_off,
        by_hand=_by_hand(record, asking),
        graded=graded(asking.s, record.group, record.runs, record.vote),
        on_reveal=lambda: reveal(record.group.id),
        word=asking.task.answer_word,
        anchor=anchor_of(asking, record.vote),
        ahead=boosting_ahead(
            asking.s, one_model(record.runs), asking.feature, record.group.cohort, record.group.prompt_version
        ),
    )
    figures(key, asking.bars, record.vote, own=record.own, recorded=recorded, read_as=None, opinion=opinion)
    not_there_yet(asking, state)
