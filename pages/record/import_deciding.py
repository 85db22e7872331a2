"""What a person decides in the review of an import: about the whole table, its codes, and single or many values.

Callbacks of ``pages/record/import_reviewing.py``; they change the import that ``import_state`` keeps.
"""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from creason_core.errors import UploadError
from creason_core.record.identifiers import refuse_undecided
from creason_core.record.importing.answering import answered_in
from creason_core.record.importing.contents.coding import code_answered
from creason_core.record.importing.decisions import Action, Decision, Question
from creason_core.record.importing.review.asking import unanswered
from creason_core.record.importing.review.gathering import EACH
from pages.record.import_state import current, keep, remap
from pages.session.messages import told
from pages.session.typed_text import cleared


@told
def answer(asks: str, widget: str) -> None:
    """Takes the answer in ``widget`` to a question about the whole table."""
    now, said = current(), st.session_state.get(widget)
    if now and said:
        remap(now, answered_in(now.table, now.mapping, asks, str(said), now.cohort.codebook))


@told
def ask_again() -> None:
    """Takes back every answer about the whole table, so that it is asked again."""
    if now := current():
        remap(now, unanswered(now.mapping))


@told
def set_tick(part: str, widget: str) -> None:
    """Takes a tick of the decisions."""
    if now := current():
        keep(replace(now, decisions=now.decisions.model_copy(update={part: bool(st.session_state[widget])})))


@told
def say_code(columns: Sequence[str], code: str, widget: str) -> None:
    """Takes what a code means, as chosen in ``widget``, for all cells of the columns; or that it is asked of each."""
    now, means = current(), st.session_state.get(widget)
    if now and isinstance(means, str):
        codes = now.decisions.codes
        for column in [""] if means == EACH else columns:
            codes = code_answered(codes, column, code, means)
        keep(replace(now, decisions=now.decisions.model_copy(update={"codes": codes})))


@told
def ask_codes_again() -> None:
    """Forgets what was said of codes, so that all of them are asked about again."""
    if now := current():
        keep(replace(now, decisions=now.decisions.model_copy(update={"codes": ()})))


@told
def ask_values_again() -> None:
    """Forgets what was decided about values and rows, so that all of them are asked about again."""
    if now := current():
        anew = {"values": (), "apart": (), "leave_out_rejected": False}
        keep(replace(now, decisions=now.decisions.model_copy(update=anew)))


@told
def take_apart(many: str) -> None:
    """Asks about many values in parts instead: of each feature, then of each value."""
    if now := current():
        keep(replace(now, decisions=now.decisions.model_copy(update={"apart": (*now.decisions.apart, many)})))


@told
def decide(question: Question, action: Action, widget: str = "") -> None:
    """Decides about the value of a question, or about each of its values, with the reason that stands in ``widget``.

    Raises:
        UploadError: A value is kept without a reason; it is told.
        IdentifierError: The reason may identify a person, and nobody has decided about that; it is told.
    """
    now = current()
    if now is None:
        return
    reason = str(st.session_state.get(widget) or "").strip() if widget else ""
    if action == "keep" and not reason:
        raise UploadError(
            "The value needs a reason.", remedy="Say why it is right, for example 'repeated and confirmed'."
        )
    refuse_undecided("The reason", reason, cleared(widget))
    places = question.values or ((question.feature, question.row),)
    new = [
        Decision(feature=feature, row=row, action=action, reason=reason, about=question.asks) for feature, row in places
    ]
    said = (*now.decisions.cleared, *cleared(widget))
    values = (*now.decisions.values, *new)
    keep(replace(now, decisions=now.decisions.model_copy(update={"values": values, "cleared": said})))
