"""The figure of *At a glance*: sections as rows, and in each its values from the registry's lowest to its highest."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from html import escape
from itertools import groupby
from typing import Literal

import plotly.graph_objects as go
import streamlit as st

LANE = 22  # pixels: a line of marks
LONG = 24  # characters of a name beside its mark: what half of the axis has room for on a telephone
ALL_NAMED = 40  # values; of more only those outside their reference range have their name beside the mark
LETTER = 1.9  # per cent of the axis that a letter takes on a telephone
APART = 3.2  # per cent between the middles of two marks of one lane, there too
_INSIDE, _OUTSIDE, _GREY = "#2F7DD1", "#D9660B", "rgba(138,148,163,0.18)"
_SYMBOLS = {"": "circle", "low": "triangle-down", "high": "triangle-up"}
_ARROWS = {"": "", "low": "↓", "high": "↑"}


@dataclass(frozen=True, slots=True)
class GlanceLine:
    """One measured value: of which feature and section, in words with its time ("" without), and where it stands.

    ``place`` is its quantile in the registry (0 to 1), None for what has no order or no registry; ``words`` say it.
    ``has_range``: the codebook has a reference range for it.
    """

    feature: str
    section: str
    label: str
    text: str
    at: str
    place: float | None
    direction: Literal["", "low", "high"]
    words: str
    has_range: bool = False

    @property
    def told(self) -> str:
        """The value with its time and, where it is outside the reference range, an arrow."""
        return " ".join(part for part in (self.text, self.at, _ARROWS[self.direction]) if part)


def glance_chart(lines: Sequence[GlanceLine], alt: str, key: str, on_choose: Callable[[int], None]) -> None:
    """Draws ``lines``, which have a place, by section; a point calls ``on_choose`` with its number in ``lines``."""
    st.plotly_chart(glance_figure(tuple(lines)), key=key, config={"displayModeBar": False}, alt=alt,
                    selection_mode="points", on_select=partial(_chosen, key, on_choose))  # fmt: skip


@lru_cache(maxsize=64)
def glance_figure(lines: tuple[GlanceLine, ...]) -> go.Figure:
    """The figure of ``lines``, made once: putting it together takes more than the rest of the page. Nobody changes it.

    Values of one feature over time share a line and are joined, the last of them the largest.
    """
    named = [bool(line.direction) or len(lines) <= ALL_NAMED for line in lines]
    rows, titles, count = laid_out(lines, named)
    last = {line.feature: number for number, line in enumerate(lines)}
    figure = go.Figure([_joined(lines, rows), _marks(lines, rows, last, named)])
    for section, row in titles.items():
        figure.add_annotation(x=0, y=row, xref="paper", xanchor="left", yanchor="middle", showarrow=False,
                              text=f"<b>{escape(section)}</b>")  # fmt: skip
        if row:
            figure.add_hline(y=row - 0.5, line={"color": _GREY, "width": 1})
    figure.add_vrect(x0=5, x1=95, fillcolor=_GREY, line_width=0, layer="below")
    figure.add_vline(x=50, line={"color": "#8A94A3", "width": 1, "dash": "dot"})
    figure.update_layout(
        height=LANE * count + 64,
        margin={"l": 4, "r": 4, "t": 4, "b": 0},
        showlegend=False,
        hovermode="closest",
        clickmode="event+select",
        xaxis={"range": [-2, 102], "fixedrange": True, "zeroline": False, "showgrid": False,
               "tickvals": [5, 25, 50, 75, 95], "ticktext": ["5%", "25%", "middle", "75%", "95%"],
               "title": "Place among the training patients"},
        yaxis={"range": [count - 0.5, -0.5], "visible": False, "fixedrange": True},
    )  # fmt: skip
    return figure


def laid_out(lines: Sequence[GlanceLine], named: Sequence[bool]) -> tuple[list[int], Mapping[str, int], int]:
    """The row of each line, the row of each section's title, and the number of rows.

    A feature stays in one row; a row takes several where neither marks nor names (of those ``named``) meet. Above a
    feature over time its row is free too, for the name, which the joining line would strike out.
    """
    rows, titles, row = [0] * len(lines), {}, 0
    for section, found in groupby(enumerate(lines), key=lambda item: item[1].section):
        titles[section] = row
        taken: list[float] = []  # how far each lane is taken
        for start, end, numbers in sorted(_spans([*found], named)):
            high = 2 if len(numbers) > 1 else 1
            lane = next(at for at in range(len(taken) + 1) if all(used <= start for used in taken[at : at + high]))
            taken[lane : lane + high] = [end] * high
            for number in numbers:
                rows[number] = row + lane + high
        row += 1 + len(taken)
    return rows, titles, row


def _spans(
    found: Sequence[tuple[int, GlanceLine]], named: Sequence[bool]
) -> list[tuple[float, float, tuple[int, ...]]]:
    """What each feature takes of the axis, in per cent, with the numbers of its lines."""
    spans = []
    for _, same in groupby(found, key=lambda item: item[1].feature):
        several = [*same]
        xs = [_x(line) for _, line in several]
        start, end = min(xs) - APART / 2, max(xs) + APART / 2
        number, line = several[-1]
        if named[number]:
            room = LETTER * len(_name(line)) + APART
            start, end = min(start, _x(line) - room * (not _right(line))), max(end, _x(line) + room * _right(line))
        spans.append((start, end, tuple(number for number, _ in several)))
    return spans


def _marks(
    lines: Sequence[GlanceLine], rows: Sequence[int], last: Mapping[str, int], named: Sequence[bool]
) -> go.Scatter:
    often = Counter(line.feature for line in lines)
    names = [_name(line) if named[at] and last[line.feature] == at else "" for at, line in enumerate(lines)]
    return go.Scatter(
        x=[_x(line) for line in lines],
        y=rows,
        mode="markers+text",
        text=[escape(name) for name in names],
        textposition=[f"{'top' if often[line.feature] > 1 else 'middle'} {_side(line)}" for line in lines],
        textfont={"size": 12},
        marker={
            "symbol": [_SYMBOLS[line.direction] for line in lines],
            "color": [_OUTSIDE if line.direction else _INSIDE for line in lines],
            "size": [11 if last[line.feature] == number else 7 for number, line in enumerate(lines)],
            "line": {"color": "#fff", "width": 1},
            "opacity": 1,
        },
        unselected={"marker": {"opacity": 1}},
        customdata=[f"<b>{escape(line.label)}</b><br>{escape(line.told)}<br>{_folded(line.words)}" for line in lines],
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )


def _joined(lines: Sequence[GlanceLine], rows: Sequence[int]) -> go.Scatter:
    """The values of each feature over time, joined in order of time."""
    xs: list[float | None] = []
    ys: list[int | None] = []
    for _, same in groupby(enumerate(lines), key=lambda item: item[1].feature):
        several = [*same]
        if len(several) > 1:
            xs += [*(_x(line) for _, line in several), None]
            ys += [*(rows[number] for number, _ in several), None]
    return go.Scatter(x=xs, y=ys, mode="lines", line={"color": "#8A94A3", "width": 2}, hoverinfo="skip")


def _chosen(key: str, on_choose: Callable[[int], None]) -> None:
    points = st.session_state[key]["selection"]["points"]
    if points and (place := points[0].get("point_index")) is not None:
        on_choose(int(place))


def _x(line: GlanceLine) -> float:
    return round(100 * (line.place or 0.0), 2)


def _right(line: GlanceLine) -> bool:
    return _x(line) <= 50


def _side(line: GlanceLine) -> str:
    return "right" if _right(line) else "left"


def _name(line: GlanceLine) -> str:
    """The label; one that no telephone has room for without its last words, which the hover and the table say."""
    if len(line.label) <= LONG:
        return line.label
    whole = line.label[:LONG].rpartition(" ")[0] or line.label[: LONG - 1]
    return f"{whole.rstrip(' ,')}…"


def _folded(words: str) -> str:
    """``words`` in lines that a telephone has room for."""
    return "<br>".join(escape(part.strip()) for part in words.split(", "))
