"""How the shares of the options moved from the record to its copy: two marks an option, with a line between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

from pages.components.option_chart import option_label, percent

_MODEL, _BOOSTING = "#3A7BC8", "#0F766E"


@dataclass(frozen=True, slots=True)
class Moved:
    """One option: its letter and text, and the model's shares and boosting's probabilities before and after.

    ``low`` and ``high`` are the ends of the 95 % interval of the model's difference. None: there is no such figure.
    """

    letter: str
    text: str
    model: tuple[float, float] | None
    low: float | None
    high: float | None
    boosting: tuple[float, float] | None


def dumbbell_chart(options: Sequence[Moved], samples: int, key: str) -> None:
    """Draws the model's and boosting's marks of each option before (open) and after (filled), and a table of them."""
    figure = go.Figure()
    for name, symbol, colour, offset, pairs in (
        (f"Model, {samples} samples", "circle", _MODEL, -0.16, [one.model for one in options]),
        ("Boosting", "diamond", _BOOSTING, 0.16, [one.boosting for one in options]),
    ):
        known = [(place + offset, pair) for place, pair in enumerate(pairs) if pair is not None]
        if not known:
            continue
        for place, (before, after) in known:
            figure.add_shape(type="line", x0=before, x1=after, y0=place, y1=place,
                             line={"color": colour, "width": 3}, opacity=0.55)  # fmt: skip
        for word, side in (("as recorded", 0), ("in the copy", 1)):
            figure.add_trace(
                go.Scatter(
                    x=[pair[side] for _, pair in known],
                    y=[place for place, _ in known],
                    mode="markers",
                    name=f"{name}, {word}",
                    cliponaxis=False,
                    marker={
                        "symbol": symbol,
                        "size": 13,
                        "color": colour if side else "#FFFFFF",
                        "line": {"width": 2.5, "color": colour},
                    },
                    hovertemplate=f"{name}, {word}: %{{x:.0%}}<extra></extra>",
                )
            )
    figure.update_layout(
        height=80 + 62 * len(options) + 22 * len(figure.data),
        margin={"l": 0, "r": 22, "t": 8, "b": 0},
        legend={"orientation": "h", "y": -0.6 / len(options), "x": 0, "xanchor": "left"},
        xaxis={"range": [-0.02, 1.02], "tickformat": ".0%", "dtick": 0.25, "fixedrange": True, "zeroline": False},
        yaxis={
            "tickmode": "array",
            "tickvals": list(range(len(options))),
            "ticktext": [option_label(one.letter, one.text) for one in options],
            "range": [len(options) - 0.5, -0.5],
            "automargin": True,
            "fixedrange": True,
            "tickfont": {"size": 14},
            "zeroline": False,
        },
    )
    told = described(options, samples)
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=told)
    with st.expander("The same as a table", key=f"{key}_table"):
        st.dataframe([_row(one) for one in options], hide_index=True, alt=told)


def described(options: Sequence[Moved], samples: int) -> str:
    """The chart in words, for readers who do not see it."""
    parts = []
    for one in options:
        said = []
        if one.model:
            said.append(f"model {percent(one.model[0])} as recorded, {percent(one.model[1])} in the copy")
        if one.boosting:
            said.append(f"boosting {percent(one.boosting[0])} as recorded, {percent(one.boosting[1])} in the copy")
        parts.append(f"{one.letter} ({one.text}): {'; '.join(said) or 'no figure'}")
    return f"Shares of {samples} samples by option, before and after the change. {'. '.join(parts)}."


def points_between(low: float | None, high: float | None) -> str:
    """An interval of a difference, in points of a hundred."""
    if low is None or high is None:
        return "–"
    return f"{100 * low:+.0f} to {100 * high:+.0f}".replace("-", "−").replace("+0 ", "0 ")


def _row(one: Moved) -> dict[str, str]:
    model, boosting = one.model, one.boosting
    return {
        "Option": f"{one.letter}  {one.text}",
        "Model, as recorded": percent(model[0]) if model else "–",
        "Model, in the copy": percent(model[1]) if model else "–",
        "Difference, 95% interval (points)": points_between(one.low, one.high),
        "Boosting, as recorded": percent(boosting[0]) if boosting else "–",
        "Boosting, in the copy": percent(boosting[1]) if boosting else "–",
    }
