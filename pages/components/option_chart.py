"""The vote of the samples over the options, beside the registry's base rate, similar patients and boosting."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

import plotly.graph_objects as go
import streamlit as st

from creason_core.evaluation.second_opinion import SecondOpinion
from creason_core.question.confidence import OptionShare, Vote
from pages.components.inert import inert

_LABEL = 20  # characters of a line beside a bar: on a telephone more of them leave no room for the bars
_BAR, _BASE, _SIMILAR, _BOOSTING = "#3A7BC8", "#B45309", "#8A4FA3", "#0F766E"


@dataclass(frozen=True, slots=True)
class Bar:
    """One option: its letter, its text with unit, the registry's base rate, and whose mark it carries."""

    letter: str
    text: str
    prior: float | None
    marks: tuple[str, ...] = ()


def percent(share: float) -> str:
    """A share as people read it; no decimals."""
    return f"{share * 100:.0f}%"


def described(bars: Sequence[Bar], vote: Vote, opinion: SecondOpinion | None = None) -> str:
    """The chart in words, for readers who do not see it."""
    parts = []
    for place, (bar, share) in enumerate(zip(bars, vote.shares, strict=True)):
        beside = [f"registry base rate {percent(bar.prior)}"] if bar.prior is not None else []
        if opinion and (had := opinion.similar.had[place]) is not None and opinion.similar.patients:
            beside.append(f"had by {had} of {opinion.similar.patients} similar patients")
        if opinion and (boosting := opinion.boosting[place]) is not None:
            beside.append(f"boosting {percent(boosting)}")
        told = ", ".join([bar.text, *beside])
        marked = f", {' and '.join(bar.marks)}" if bar.marks else ""
        votes = f"{share.chosen} of {vote.samples} chose " if is_distribution(vote) else ""
        parts.append(f"{votes}{bar.letter} ({told}){marked}")
    return f"{'Samples by option' if is_distribution(vote) else 'The options'}. {'; '.join(parts)}."


def is_distribution(vote: Vote) -> bool:
    """Whether the samples have shares: one sample is one answer, which has none."""
    return vote.samples > 1


def option_chart(bars: Sequence[Bar], vote: Vote, key: str, opinion: SecondOpinion | None = None) -> None:
    """Draws bars of sample shares with 95 % Wilson intervals, a mark for each other source, and the same as a table.

    One sample has neither shares nor an interval: its option is among the marks of ``bars``.
    """
    labels = [_label(bar) for bar in bars]
    row = max(46, *(10 + 18 * (1 + label.count("<br>")) for label in labels))
    figure = go.Figure([_votes(labels, vote)] if is_distribution(vote) else [])
    priors = [bar.prior for bar in bars]
    figure.add_trace(_marks("Registry base rate", labels, priors, symbol="line-ns-open", colour=_BASE))
    if opinion:
        similar = f"Share of {opinion.similar.patients} similar patients"
        if opinion.similar.patients:
            figure.add_trace(_marks(similar, labels, similar_shares(opinion), symbol="diamond", colour=_SIMILAR))
        figure.add_trace(_marks("Boosting", labels, opinion.boosting, symbol="circle", colour=_BOOSTING))
    figure.update_layout(
        height=90 + row * len(bars) + 20 * len(figure.data),  # room for the bars, and for a line of legend each
        margin={"l": 0, "r": 22, "t": 8, "b": 0},
        showlegend=True,  # also of one mark alone, which nobody could read else
        legend={"orientation": "h", "y": -0.8 / len(bars), "x": 0, "xanchor": "left"},
        xaxis={"range": [-0.035, 1.02], "tickformat": ".0%", "dtick": 0.25, "fixedrange": True, "automargin": True},
        yaxis={
            "categoryorder": "array",
            "categoryarray": labels,
            "automargin": True,
            "fixedrange": True,
            "tickfont": {"size": 14},
            "range": [len(labels) - 0.5, -0.5],
        },
        bargap=0.3,
    )
    told = described(bars, vote, opinion)
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=told)
    with st.expander("The same as a table", key=f"{key}_table"):
        st.dataframe(_rows(bars, vote, opinion), hide_index=True, alt=told)


def options_with_base_rates(bars: Sequence[Bar], opinion: SecondOpinion | None = None) -> None:
    """Draws the options as a table, for when there is no vote to chart."""
    rows = [
        {"Option": " · ".join([f"{bar.letter}  {inert(bar.text)}", *bar.marks]), **_registry(bar, place, opinion)}
        for place, bar in enumerate(bars)
    ]
    st.table(rows, hide_index=True)  # its cells wrap: of a data frame's, a narrow card shows a part


def similar_shares(opinion: SecondOpinion) -> tuple[float | None, ...]:
    """The share of the similar patients that had each option; None where that cannot be said."""
    count = opinion.similar.patients
    return tuple(None if had is None or not count else had / count for had in opinion.similar.had)


def _votes(labels: list[str], vote: Vote) -> go.Bar:
    return go.Bar(
        y=labels,
        x=[share.share for share in vote.shares],
        orientation="h",
        name=f"Share of {vote.samples} samples, 95% interval",
        marker_color=_BAR,
        width=0.55,
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [share.interval.high - share.share for share in vote.shares],
            "arrayminus": [share.share - share.interval.low for share in vote.shares],
            "thickness": 1.5,
            "color": "#7A8797",
        },
        hovertemplate="%{x:.0%}<extra></extra>",
    )


def _marks(name: str, labels: list[str], shares: Sequence[float | None], *, symbol: str, colour: str) -> go.Scatter:
    known = [(label, share) for label, share in zip(labels, shares, strict=True) if share is not None]
    line = symbol.startswith("line")  # it has no inside: Plotly draws it in ``color``
    return go.Scatter(
        y=[label for label, _ in known],
        x=[share for _, share in known],
        mode="markers",
        name=name,
        cliponaxis=False,  # a share of 0% is seen whole
        marker={
            "symbol": symbol,
            "size": 22 if line else 13,
            "line": {"width": 3, "color": colour},
            "color": colour if line else "#FFFFFF",  # seen on the bar and beside it
        },
        hovertemplate=f"{name}: %{{x:.0%}}<extra></extra>",
    )


def option_label(letter: str, text: str, room: int = _LABEL) -> str:
    """An option as a chart names it, in lines of up to ``room`` characters."""
    first, *more = wrap(text, room) or [""]
    return "<br>".join([f"<b>{letter}</b>  {escape(first)}", *map(escape, more)])


def _label(bar: Bar) -> str:
    return "<br>".join([option_label(bar.letter, bar.text), *(f"<i>{escape(mark)}</i>" for mark in bar.marks)])


def _rows(bars: Sequence[Bar], vote: Vote, opinion: SecondOpinion | None) -> list[dict[str, str]]:
    return [
        {
            "Option": f"{bar.letter}  {bar.text}",
            **(_sampled(share, vote) if is_distribution(vote) else {}),
            **_registry(bar, place, opinion),
            "Marks": ", ".join(bar.marks),
        }
        for place, (bar, share) in enumerate(zip(bars, vote.shares, strict=True))
    ]


def _sampled(share: OptionShare, vote: Vote) -> dict[str, str]:
    interval = f"{percent(share.interval.low)}–{percent(share.interval.high)}"
    return {
        "Samples": f"{share.chosen} of {vote.samples}",
        "Share, 95% interval": f"{percent(share.share)} ({interval})",
    }


def _registry(bar: Bar, place: int, opinion: SecondOpinion | None) -> dict[str, str]:
    """The columns of a row that say what the registry makes of an option."""
    columns = {"Registry base rate": percent(bar.prior) if bar.prior is not None else "–"}
    if opinion:
        had, boosting = opinion.similar.had[place], opinion.boosting[place]
        count = opinion.similar.patients
        columns["Similar patients"] = "–" if had is None or not count else f"{had} of {count}"
        columns["Boosting"] = "–" if boosting is None else percent(boosting)
    return columns
