"""What an import asks before it saves, and what became of every value."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from creason_core.record.identifiers import ColumnFinding, Hit
from creason_core.record.identifiers.scan import article
from creason_core.record.importing.decisions import Decisions, Question
from creason_core.record.importing.report import Item
from pages.components.inert import inert
from pages.components.told_apart import told_apart

_TICKS = {
    "units": ("units_confirmed", "The units are right"),
    "row": ("leave_out_rejected", "Leave out everything that is rejected"),
    "rejected": ("leave_out_rejected", "Leave out everything that is rejected"),
}
_ICONS = {
    "units": ":material/straighten:",
    "rejected": ":material/block:",
    "row": ":material/block:",
    "unit suspected": ":material/swap_horiz:",
    "codes": ":material/tag:",
    "missing codes": ":material/tag:",
    "decimal sign": ":material/decimal_increase:",
}
_SHOWN = 1_000
_ORDER = ("rejected", "to confirm", "left out", "converted", "computed", "unmapped", "mapped")
_TITLES = {"disposition": "Result", "row": "Row", "column": "Column", "feature": "Feature",
           "value": "In the file", "result": "Stored as", "rule": "Why"}  # fmt: skip
_WIDTHS = {"disposition": 84, "row": 44, "column": 126, "feature": 116, "value": 76, "result": 88, "rule": 420}


@dataclass(frozen=True)
class Choices:
    """What happens when a person decides, and what was decided so far."""

    decide: Callable[..., None]  # of a question, an action, and the widget of its reason
    take_apart: Callable[[str], None]
    tick: Callable[[str, str], None]
    mean: Callable[[Sequence[str], str, str], None]
    ask: Callable[[str], bool]
    answer: Callable[[str, str], None]
    decisions: Decisions


def identifiers_card(findings: Sequence[ColumnFinding], file_name: Sequence[Hit], choices: Choices, key: str) -> None:
    """Draws what may name persons; none of it is stored either way."""
    with st.container(border=True, key=key, gap="small"):
        st.markdown(":material/badge: **This may identify persons. None of it is stored.**")
        said = [f"{finding.sentence} For example {finding.example}." for finding in findings]
        said += [f"The file's name seems to hold {article(hit.kind)}: {hit.masked}." for hit in file_name]
        st.markdown("\n".join(f"- {inert(line)}" for line in said))
        st.caption("The guard finds most of what identifies persons, not all: look for others yourself.")
        tick = f"{key}_tick"
        st.checkbox(
            "I have seen this; none of it shall be stored", key=tick, on_change=choices.tick,
            args=("identifiers_seen", tick),
        )  # fmt: skip


def question_card(question: Question, choices: Choices, key: str) -> None:
    """Draws one question with the ways to decide it."""
    with st.container(border=True, key=key, gap="small"):
        st.markdown(f"{_ICONS.get(question.asks, ':material/help:')} {inert(question.message, 1200)}")
        if question.asks != "confirm":
            st.caption(inert(question.remedy, 600))
        if question.asks in _TICKS:
            part, words = _TICKS[question.asks]
            st.checkbox(words, key=f"{key}_tick", on_change=choices.tick, args=(part, f"{key}_tick"))
        if question.options:
            ways = dict(question.options)
            st.radio(
                question.remedy, list(ways), index=None, key=f"{key}_answer",
                format_func=told_apart(ways, lambda one: inert(ways[one], 300)),
                label_visibility="collapsed", on_change=choices.answer, args=(question.asks, f"{key}_answer"),
            )  # fmt: skip
        if question.codes:
            _about_a_column(question, choices, key)
        elif question.feature or (question.values and question.asks != "row"):
            _about_values(question, choices, key)


def _about_a_column(question: Question, choices: Choices, key: str) -> None:
    with st.container(horizontal=True, gap="small"):
        for at, asked in enumerate(question.codes):
            widget, words = f"{key}_{at}_{asked.code[:20]}", dict(asked.options)
            st.selectbox(
                f"{inert(asked.code, 40)} means" if asked.code else "The numbers",
                list(words),
                index=None,
                key=widget,
                format_func=told_apart(words, words.__getitem__),
                placeholder="Choose",
                on_change=choices.mean,
                args=(question.columns or (question.column,), asked.code, widget),
            )


def _about_values(question: Question, choices: Choices, key: str) -> None:
    """Draws the ways to decide about a value, or about all that the question counts."""
    reason, every = f"{key}_reason", " all" if question.values else ""
    if question.may_keep:
        st.text_input(
            f"Why {'they are' if question.values else 'it is'} right",
            key=reason,
            max_chars=300,
            placeholder="No patient identifiers.",
            persist_state="session",
        )
        choices.ask(reason)
    with st.container(horizontal=True, gap="small"):
        if question.suspected:
            st.button(
                f"Convert{every}", key=f"{key}_one", type="primary", on_click=choices.decide, args=(question, "convert")
            )
        if question.may_keep:
            st.button(f"Keep{every}", key=f"{key}_keep", on_click=choices.decide, args=(question, "keep", reason))
        st.button(f"Leave{every} out" if every else "Leave out", key=f"{key}_out", on_click=choices.decide,
                  args=(question, "leave out"))  # fmt: skip
        if question.many:
            st.button(
                "Decide one by one" if question.feature else "Decide by feature",
                key=f"{key}_apart",
                type="tertiary",
                on_click=choices.take_apart,
                args=(question.many,),
            )


def understood_table(lines: Sequence[Item]) -> None:
    """Draws how each column was understood, with three of its values before and after."""
    if not lines:
        return
    titles = {"column": "Column", "feature": "Taken as", "value": "In the file", "result": "Read as", "rule": "Why"}
    columns = {title: [str(getattr(line, name)) for line in lines[:_SHOWN]] for name, title in titles.items()}
    columns["Taken as"] = [line.feature or line.rule.split("; ")[0] for line in lines[:_SHOWN]]
    columns["Why"] = [line.rule if line.feature else "; ".join(line.rule.split("; ")[1:]) for line in lines[:_SHOWN]]
    with st.expander(f"How each column was understood ({len(lines):,})", icon=":material/table_eye:", expanded=True):
        for line in lines:
            if "day 1 is" in line.rule:  # longer than a cell shows
                st.caption(inert(f"{line.column}: {line.rule}.", 300))
        st.dataframe(
            columns, hide_index=True, key="import_understood", height=min(38 + 35 * len(lines), 248), row_height=35,
            alt="How each column was understood, with three of its values before and after",
        )  # fmt: skip


def items_table(items: Sequence[Item]) -> None:
    """Draws what became of every value, what needs a look first."""
    if not items:
        return
    order = {name: at for at, name in enumerate(_ORDER)}
    ranked = sorted(items, key=lambda item: order[item.disposition])[:_SHOWN]
    columns = {title: [str(getattr(item, name) or "") for item in ranked] for name, title in _TITLES.items()}
    st.dataframe(
        columns,
        hide_index=True,
        key="import_items",
        height=min(38 + 35 * len(ranked), 320),
        row_height=35,
        column_config={title: st.column_config.TextColumn(width=_WIDTHS[name]) for name, title in _TITLES.items()},
        alt="What became of every value of the table",
    )
    if len(items) > _SHOWN:
        st.caption(f"The first {_SHOWN:,} of {len(items):,}; the report has all of them.")
