"""How surprising the values of a record are to the registry: a headline, a chart of ten, and all of them in a table."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

import plotly.graph_objects as go
import streamlit as st

from pages.components.inert import inert
from pages.components.told_apart import told_apart

MOST = 10  # bars
SHORT = 26  # characters of a name beside its bar: more would push the bars off a telephone
NAMED = 3  # values in the headline
RARE = 20  # one in so many is called surprising: 4.3 bits
_WORDS = ((100, "very surprising"), (RARE, "surprising"), (5, "a little surprising"))
_FAR_OUT = "How many such patients would have a value at least so far out, given the rest of the record"
_COLUMNS = {
    "Value": st.column_config.TextColumn(width=180),
    "Recorded": st.column_config.TextColumn(width=140),
    "Surprise": st.column_config.TextColumn(width=125),
    "As far out": st.column_config.TextColumn(width=140, help=_FAR_OUT),
    "Likeliest by the registry": st.column_config.TextColumn(width=200, help="And how likely, by gradient boosting"),
}
_WITH_MODEL = {  # the room of the model's columns
    "Value": st.column_config.TextColumn(width=172),
    "Recorded": st.column_config.TextColumn(width=128),
    "Recorded by the model": st.column_config.TextColumn(
        "Model: as recorded", width=125, help="How many of the model's samples chose what is recorded"
    ),
    "Likeliest by the model": st.column_config.TextColumn(
        width=165, help="The option that most of its samples chose, and how many did"
    ),
    "As far out": st.column_config.TextColumn("Surprise", width=128, help=_FAR_OUT),
    "Likeliest by the registry": st.column_config.TextColumn(width=165, help="And how likely, by gradient boosting"),
}
_BAR, _LINE = "#3A7BC8", "#B45309"


@dataclass(frozen=True, slots=True)
class ByModel:
    """What a model's samples made of one value: ``chose`` of ``samples`` chose what is recorded.

    ``expected`` is what most of them chose, in words; ``other`` says whether that is another option than the recorded
    one, None where no option leads. ``group`` is the id of their group.
    """

    chose: int
    samples: int
    expected: str
    other: bool | None
    group: str


@dataclass(frozen=True, slots=True)
class ScanLine:
    """One value: what it is called, recorded and likeliest by the registry, in words, and how surprising it is.

    ``model`` is what a model made of it, None where none was asked, or has not answered.
    """

    feature: str
    label: str
    recorded: str
    expected: str
    bits: float
    model: ByModel | None = None

    @property
    def one_in(self) -> float:
        """One in how many values like it lies at least so far out; whole from 2 on, as it is read."""
        often = 2**self.bits
        return float(round(often)) if often >= 1.5 else float(often)


def surprise_word(line: ScanLine) -> str:
    """How surprising the value is, in words."""
    return next((word for least, word in _WORDS if line.one_in >= least), "as expected")


def surprise_number(line: ScanLine) -> str:
    """How surprising the value is, in numbers: one in so many lies at least so far out."""
    often = f"1 in {line.one_in:,.0f}" if line.one_in >= 1.5 else "nearly all"
    return f"{often} ({line.bits:.1f} bits)"


def headline(lines: Sequence[ScanLine]) -> str:
    """What is most surprising, in a sentence; ``lines``, at least one, by falling surprise."""
    first = [line for line in lines[:NAMED] if line.one_in >= RARE]
    if not first:
        top = lines[0]
        return f"Nothing stands out. Least expected: {top.label} {top.recorded}, {surprise_number(top)}."
    return f"The most surprising: {'; '.join(f'{line.label} {line.recorded}' for line in first)}."


def described(lines: Sequence[ScanLine]) -> str:
    """The chart in words, for readers who do not see it."""
    told = [
        f"{line.label} {line.recorded}, {surprise_word(line)}, {surprise_number(line)}, likeliest {line.expected}"
        for line in lines[:MOST]
    ]
    return f"The {len(told)} most surprising values. {'; '.join(told)}."


def scan_chart(lines: Sequence[ScanLine], key: str) -> None:
    """Draws the ten most surprising of ``lines`` (by falling surprise) as bars of bits, with a line at 1 in 20."""
    first = {line.feature: line for line in lines[:MOST]}
    called = told_apart(first, lambda feature: _bar_label(first[feature]))  # two of one name would be one bar
    figure = go.Figure(
        go.Bar(
            y=[called(feature) for feature in first],
            x=[line.bits for line in first.values()],
            orientation="h",
            marker={"color": _BAR},
            customdata=[escape(f"{surprise_word(line)}, {surprise_number(line)}") for line in first.values()],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    figure.add_vline(x=math.log2(RARE), line={"color": _LINE, "width": 2, "dash": "dash"})
    figure.add_annotation(
        x=math.log2(RARE),
        y=1,
        yref="paper",
        yanchor="bottom",
        text=f"1 in {RARE}",
        showarrow=False,
    )
    figure.update_layout(
        height=70 + 40 * len(first),
        margin={"l": 0, "r": 8, "t": 24, "b": 0},
        xaxis={"rangemode": "tozero", "title": "Surprise (bits)", "fixedrange": True},
        yaxis={"autorange": "reversed", "automargin": True, "fixedrange": True, "tickfont": {"size": 13}},
        bargap=0.35,
    )
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=described(lines))


def model_headline(lines: Sequence[ScanLine]) -> str:
    """What a model made of the values that it was asked about, in words; empty where it answered about none."""
    asked = [line for line in lines if line.model]
    if not asked:
        return ""
    same = sum(line.model is not None and line.model.other is False for line in asked)
    count = f"{len(asked)} value{'s' if len(asked) != 1 else ''}"
    said = f"Of {count} the model expects what is recorded for {same}."
    none = [line for line in asked if line.model and not line.model.chose]
    both = [line for line in none if line.model and line.model.other and line.one_in >= RARE]
    if both:
        return f"{said} Hard to reconcile with the rest for model and registry: {_named(both)}."
    if none:
        return f"{said} No sample chose what is recorded for: {_named(none)}."
    return said


def _named(lines: Sequence[ScanLine]) -> str:
    named = "; ".join(f"{line.label} {line.recorded}" for line in lines[:NAMED])
    return f"{named} and {len(lines) - NAMED} more" if len(lines) > NAMED else named


def scan_table(lines: Sequence[ScanLine], key: str = "", on_choose: Callable[[ScanLine], None] | None = None) -> None:
    """Draws every line, with the model's columns where it answered about one; choosing a line calls ``on_choose``.

    Without ``on_choose`` no line can be chosen.
    """
    asked = any(line.model for line in lines)
    draw = partial(
        st.dataframe,
        [_row(line, asked=asked) for line in lines],
        hide_index=True,
        column_config=_WITH_MODEL if asked else _COLUMNS,
        alt=f"{len(lines)} values by falling surprise, each with what is likeliest by the registry"
        + (" and by the model" if asked else ""),
    )
    if on_choose is None:
        draw()
    else:
        draw(key=key, on_select=partial(_chosen, lines, key, on_choose), selection_mode="single-row")


def _row(line: ScanLine, *, asked: bool) -> dict[str, str]:
    of_model = {
        "Recorded by the model": f"{line.model.chose} of {line.model.samples}" if line.model else "–",
        "Likeliest by the model": line.model.expected if line.model else "–",
    }
    return {
        "Value": line.label,
        "Recorded": line.recorded,
        **(of_model if asked else {}),
        **({} if asked else {"Surprise": surprise_word(line)}),
        "As far out": surprise_number(line),
        "Likeliest by the registry": line.expected,
    }


def _chosen(lines: Sequence[ScanLine], key: str, on_choose: Callable[[ScanLine], None]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    if rows and rows[0] < len(lines):
        on_choose(lines[rows[0]])


def _bar_label(line: ScanLine) -> str:
    name = line.label if len(line.label) <= SHORT else f"{line.label[: SHORT - 1].rstrip()}…"
    recorded = line.recorded if len(line.recorded) <= SHORT else f"{line.recorded[: SHORT - 1].rstrip()}…"
    return f"{escape(name)}<br><b>{escape(recorded)}</b>"


def scan_headline(lines: Sequence[ScanLine]) -> None:
    """Draws the headline, and how it is to be read."""
    st.markdown(f"**{inert(headline(lines))}**")
    by_chance = round(len(lines) / RARE)
    told = (
        f" Of {len(lines)} values about {by_chance} would be beyond 1 in {RARE} by chance alone." if by_chance else ""
    )
    st.caption(
        f"A surprise is a prompt to look, not an error.{told} A record without surprises is not proven to be right."
    )
