"""Lines along one value: how often the model chose each option at each point, and what boosting makes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

import plotly.graph_objects as go
import streamlit as st
from plotly.subplots import make_subplots

from pages.components.option_chart import option_label, percent

# By option; of any two the marks differ too. After Okabe and Ito, who chose colours that the colour-blind tell apart.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#8A6D00", "#56B4E9", "#7A8797")
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "cross", "star")
_LEGEND = 38  # characters of a line of the legend: what a telephone has room for
_BAND, _RECORDED = "rgba(15,118,110,0.13)", "#B45309"


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """One point: its number (None for a level), its value in words, and the shares of each option (0 to 1) or None.

    ``low`` and ``high`` are the ends of the model's 95 % intervals, by option.
    """

    x: float | None
    text: str
    model: tuple[float, ...] | None
    low: tuple[float, ...]
    high: tuple[float, ...]
    boosting: tuple[float | None, ...] | None
    answer: str


@dataclass(frozen=True, slots=True)
class SweepAxis:
    """What is swept: its name with unit, the recorded value, and the reference range where there is one."""

    title: str
    recorded: float | str | None
    reference: tuple[float | None, float | None]


def sweep_chart(
    points: Sequence[SweepPoint],
    options: Sequence[tuple[str, str]],
    axis: SweepAxis,
    *,
    samples: int,
    key: str,
    on_choose: Callable[[int], None],
) -> None:
    """Draws the model's lines above boosting's; ``options`` are letters with texts. A point calls ``on_choose``."""
    numeric = all(point.x is not None for point in points)
    xs: list[float | str] = [point.x if point.x is not None else escape(point.text) for point in points]
    model, boosting = f"Model, share of {samples} samples" if samples > 1 else "Model, one sample", "Boosting"
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.13, subplot_titles=(model, boosting))
    for place in range(len(options)):
        _lines(figure, points, options, place, xs)
    _marked(figure, axis, numeric=numeric)
    figure.update_yaxes(range=[-0.03, 1.03], tickformat=".0%", dtick=0.25, fixedrange=True, zeroline=False)
    figure.update_xaxes(fixedrange=True, zeroline=False)
    if numeric:
        figure.update_xaxes(tickmode="array", tickvals=xs, ticktext=[f"{x:,.15g}" for x in xs])
    figure.update_xaxes(title=escape(axis.title), row=2, col=1)
    figure.update_layout(
        height=470 + 22 * len(options),
        margin={"l": 0, "r": 8, "t": 40, "b": 0},
        legend={"orientation": "h", "y": -0.2, "x": 0, "xanchor": "left", "yanchor": "top"},
        clickmode="event+select",
    )
    told = described(points, options, axis)
    st.plotly_chart(
        figure,
        key=key,
        config={"displayModeBar": False},
        alt=told,
        on_select=partial(_chosen, key, len(points), on_choose),
        selection_mode="points",
    )
    with st.expander("The same as a table", key=f"{key}_table"):
        st.dataframe([_row(point, options, axis) for point in points], hide_index=True, alt=told)


def _lines(
    figure: go.Figure,
    points: Sequence[SweepPoint],
    options: Sequence[tuple[str, str]],
    place: int,
    xs: Sequence[float | str],
) -> None:
    """Adds the model's and boosting's line of one option; one sample has a share of all or nothing, and no interval."""
    letter, text = options[place]
    line = {"color": _COLOURS[place % len(_COLOURS)], "width": 2.5}
    mark = {"symbol": _SYMBOLS[place % len(_SYMBOLS)], "size": 10, "color": line["color"]}
    shares = [point.model[place] if point.model else None for point in points]
    spans = [(point.high[place], point.low[place]) if point.model else (0.0, 0.0) for point in points]
    figure.add_trace(
        go.Scatter(
            x=xs,
            y=shares,
            name=option_label(letter, text, _LEGEND),
            legendgroup=letter,
            mode="lines+markers",
            line=line,
            marker=mark,
            cliponaxis=False,
            connectgaps=False,
            error_y=_bars(shares, spans),
            hovertemplate=f"{letter}: %{{y:.0%}}<extra>%{{x}}</extra>",
        ),
        row=1,
        col=1,
    )
    figure.add_trace(
        go.Scatter(
            x=xs,
            y=[point.boosting[place] if point.boosting else None for point in points],
            legendgroup=letter,
            showlegend=False,
            mode="lines+markers",
            line={**line, "dash": "dot"},
            marker=mark,
            cliponaxis=False,
            hovertemplate=f"{letter}: %{{y:.0%}}<extra>%{{x}}</extra>",
        ),
        row=2,
        col=1,
    )


def described(points: Sequence[SweepPoint], options: Sequence[tuple[str, str]], axis: SweepAxis) -> str:
    """The chart in words, for readers who do not see it."""
    parts = []
    for point in points:
        shares = [f"{letter} {percent(point.model[place])}" for place, (letter, _) in enumerate(options) if point.model]
        parts.append(f"{point.text}: {', '.join(shares) or 'no answer'}")
    return f"The model's shares along {axis.title}. {'; '.join(parts)}."


def _bars(shares: Sequence[float | None], spans: Sequence[tuple[float, float]]) -> dict[str, object] | None:
    known = [(share or 0.0, span) for share, span in zip(shares, spans, strict=True)]
    if all(low == share == high for share, (high, low) in known):
        return None
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - share for share, (high, _) in known],
        "arrayminus": [share - low for share, (_, low) in known],
        "thickness": 1,
        "width": 3,
    }


def _marked(figure: go.Figure, axis: SweepAxis, *, numeric: bool) -> None:
    """Marks the recorded value, and of a number the reference range."""
    if numeric and axis.reference != (None, None):
        low, high = axis.reference
        xs = [x for trace in figure.data for x in trace.x]
        ends = (min(xs) if low is None else low, max(xs) if high is None else high)
        if ends[0] < ends[1]:
            figure.add_vrect(x0=max(ends[0], min(xs)), x1=min(ends[1], max(xs)), fillcolor=_BAND, line_width=0,
                             layer="below")  # fmt: skip
    if axis.recorded is not None:
        for row in (1, 2):
            figure.add_vline(x=axis.recorded, line={"color": _RECORDED, "width": 2, "dash": "dash"}, row=row, col=1)


def _chosen(key: str, count: int, on_choose: Callable[[int], None]) -> None:
    chosen = st.session_state[key]["selection"]["points"]
    if chosen and (place := chosen[0].get("point_index")) is not None and 0 <= place < count:
        on_choose(int(place))


def _row(point: SweepPoint, options: Sequence[tuple[str, str]], axis: SweepAxis) -> dict[str, str]:
    row = {axis.title: point.text, "Answer": point.answer}
    for place, (letter, _) in enumerate(options):
        boosting = point.boosting[place] if point.boosting else None
        row[f"{letter}, model"] = percent(point.model[place]) if point.model else "–"
        row[f"{letter}, boosting"] = percent(boosting) if boosting is not None else "–"
    return row
