"""The vote of the samples over the options, beside the registry's base rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import plotly.graph_objects as go
import streamlit as st

from creason_core.question.confidence import Vote

_BAR, _BASE = "#3A7BC8", "#B45309"


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


def described(bars: Sequence[Bar], vote: Vote) -> str:
    """The chart in words, for readers who do not see it."""
    parts = [
        f"{share.chosen} of {vote.samples} chose {bar.letter} ({bar.text}"
        + (f", registry base rate {percent(bar.prior)})" if bar.prior is not None else ")")
        + (f", {' and '.join(bar.marks)}" if bar.marks else "")
        for bar, share in zip(bars, vote.shares, strict=True)
    ]
    return "Samples by option. " + "; ".join(parts) + "."


def option_chart(bars: Sequence[Bar], vote: Vote, key: str) -> None:
    """Draws bars of sample shares with 95 % Wilson intervals, base-rate ticks, and the same data as a table."""
    labels = [_label(bar) for bar in bars]
    shares = [share.share for share in vote.shares]
    figure = go.Figure(
        [
            go.Bar(
                y=labels,
                x=shares,
                orientation="h",
                name=f"Share of {vote.samples} sample{'s' if vote.samples != 1 else ''}, 95% interval",
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
            ),
            go.Scatter(
                y=[label for label, bar in zip(labels, bars, strict=True) if bar.prior is not None],
                x=[bar.prior for bar in bars if bar.prior is not None],
                mode="markers",
                name="Registry base rate",
                marker={"symbol": "line-ns-open", "size": 22, "line": {"width": 3, "color": _BASE}, "color": _BASE},
                hovertemplate="base rate %{x:.0%}<extra></extra>",
            ),
        ]
    )
    figure.update_layout(
        height=90 + 46 * len(bars),
        margin={"l": 0, "r": 8, "t": 8, "b": 0},
        legend={"orientation": "h", "y": -0.16, "x": 0, "xanchor": "left"},
        xaxis={"range": [0, 1.02], "tickformat": ".0%", "dtick": 0.25, "fixedrange": True},
        yaxis={"autorange": "reversed", "automargin": True, "fixedrange": True, "tickfont": {"size": 14}},
        bargap=0.3,
    )
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=described(bars, vote))
    with st.expander("The same as a table", key=f"{key}_table"):
        st.dataframe(_rows(bars, vote), hide_index=True, alt=described(bars, vote))


def options_with_base_rates(bars: Sequence[Bar]) -> None:
    """Draws the options as a table, for when there is no vote to chart."""
    rows = [
        {
            "Option": f"{bar.letter}  {bar.text}",
            "Registry base rate": percent(bar.prior) if bar.prior is not None else "–",
            "Marks": ", ".join(bar.marks),
        }
        for bar in bars
    ]
    st.dataframe(rows, hide_index=True, alt="Options with the registry's base rates and your marks")


def _label(bar: Bar) -> str:
    marks = f"<br><i>{' · '.join(bar.marks)}</i>" if bar.marks else ""
    return f"<b>{bar.letter}</b>  {escape(bar.text)}{marks}"


def _rows(bars: Sequence[Bar], vote: Vote) -> list[dict[str, str]]:
    return [
        {
            "Option": f"{bar.letter}  {bar.text}",
            "Samples": f"{share.chosen} of {vote.samples}",
            "Share, 95% interval": f"{percent(share.share)} "
            f"({percent(share.interval.low)}–{percent(share.interval.high)})",
            "Registry base rate": percent(bar.prior) if bar.prior is not None else "–",
            "Marks": ", ".join(bar.marks),
        }
        for bar, share in zip(bars, vote.shares, strict=True)
    ]
