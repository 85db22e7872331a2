"""What an import asks before it saves, and what became of every value."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from creason_core.importing.report import Item
from creason_core.importing.review import Action, Decisions, Question
from pages.components.inert import inert

_TICKS = {
    "identifiers": ("identifiers_seen", "I have seen this; none of it shall be stored"),
    "units": ("units_confirmed", "The units are right"),
    "row": ("leave_out_rejected", "Leave out everything that is rejected"),
    "rejected": ("leave_out_rejected", "Leave out everything that is rejected"),
}
_ICONS = {
    "identifiers": ":material/badge:",
    "units": ":material/straighten:",
    "rejected": ":material/block:",
    "row": ":material/block:",
    "unit suspected": ":material/swap_horiz:",
}
_SHOWN = 1_000


@dataclass(frozen=True)
class Choices:
    """What happens when a person decides, and what was decided so far."""

    decide: Callable[[str, int, Action, str], None]
    tick: Callable[[str, str], None]
    ask: Callable[[str], bool]
    decisions: Decisions


def question_card(question: Question, choices: Choices, key: str) -> None:
    """Draws one question with the ways to decide it."""
    with st.container(border=True, key=key, gap="small"):
        st.markdown(f"{_ICONS.get(question.asks, ':material/help:')} {inert(question.message, 1200)}")
        st.caption(inert(question.remedy, 600))
        if question.asks in _TICKS:
            part, words = _TICKS[question.asks]
            st.checkbox(words, key=f"{key}_tick", on_change=choices.tick, args=(part, f"{key}_tick"))
        if question.feature:
            _about_a_value(question, choices, key)


def _about_a_value(question: Question, choices: Choices, key: str) -> None:
    feature, row, reason = question.feature, question.row, f"{key}_reason"
    if question.may_keep:
        st.text_input("Why it is right", key=reason, max_chars=300, placeholder="No patient identifiers.")
        choices.ask(reason)
    with st.container(horizontal=True, gap="small"):
        if question.suspected:
            st.button(
                "Convert", key=f"{key}_one", type="primary", on_click=choices.decide, args=(feature, row, "convert", "")
            )
            st.button(
                "Convert all of this feature",
                key=f"{key}_all",
                on_click=choices.decide,
                args=(feature, 0, "convert", ""),
            )
        if question.may_keep:
            st.button("Keep", key=f"{key}_keep", on_click=choices.decide, args=(feature, row, "keep", reason))
        st.button("Leave out", key=f"{key}_out", on_click=choices.decide, args=(feature, row, "leave out", ""))


def items_table(items: Sequence[Item]) -> None:
    """Draws what became of every value, what needs a look first."""
    if not items:
        return
    order = {"rejected": 0, "to confirm": 1, "left out": 2, "converted": 3, "unmapped": 4, "mapped": 5}
    ranked = sorted(items, key=lambda item: order[item.disposition])[:_SHOWN]
    names = ("disposition", "row", "column", "feature", "value", "result", "rule")
    columns = {name: [str(getattr(item, name) or "") for item in ranked] for name in names}
    st.dataframe(
        columns, hide_index=True, key="import_items", height=320, alt="What became of every value of the table"
    )
    if len(items) > _SHOWN:
        st.caption(f"The first {_SHOWN:,} of {len(items):,}; the report has all of them.")
