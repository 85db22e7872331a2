"""The figures of a report. Colour is never the only mark: every model has its own symbol and its own row.

Everything that is not ours is escaped, because Plotly reads some HTML in labels.
"""

from collections.abc import Mapping, Sequence
from html import escape

import plotly.graph_objects as go

from creason_core.evaluation.report.contents import ALL, Contents, ModelPair, ShownRun
from creason_core.evaluation.summary import SummaryPart
from creason_core.metrics.intervals import Estimate

# Okabe and Ito's palette, which colour-blind readers can tell apart.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#7A5C00")
SYMBOLS = ("circle", "square", "triangle-up", "pentagon", "hexagon", "star-square")
GREY, DARK, PALE = "#8A8F98", "#2B2F36", "#C9CDD3"
OUTCOMES = (("right", "#0072B2"), ("wrong", "#D55E00"), ("unanswered", "#C9CDD3"))
ROW = 26  # pixels
FEWEST = 20  # answers: the risk of fewer is noise, and is not drawn


def accuracy_by(contents: Contents, column: str) -> go.Figure:
    """Accuracy of every model in each part ("sections", "features" or "groups"), beside the floors and boosting."""
    parts: tuple[SummaryPart, ...] = getattr(contents.shown[0].main, column)
    names = [part.name for part in parts]
    figure = go.Figure()
    _floor(figure, "chance", [part.chance for part in parts], "line-ns-open", GREY)
    _floor(figure, "commonest option", [part.prior for part in parts], "diamond-open", GREY)
    if contents.floors:
        best: Mapping[str, Estimate] = getattr(contents.floors["boosting"], column)
        _floor(figure, "boosting on the values shown", [best[name].value for name in names], "diamond", DARK)
    for place, one in enumerate(contents.shown):
        found = {part.name: part for part in getattr(one.main, column)}
        offset = (place - (len(contents.shown) - 1) / 2) * 0.22
        figure.add_scatter(
            name=escape(one.name),
            x=[100 * found[name].accuracy.value for name in names],
            y=[row + offset for row in range(len(names))],
            error_x=_whiskers(
                [found[name].accuracy.interval for name in names], [found[name].accuracy.value for name in names]
            ),
            mode="markers",
            marker={"color": COLOURS[place % 6], "symbol": SYMBOLS[place % 6], "size": 10},
            customdata=[[found[n].accuracy.n, found[n].accuracy.clusters, 100 * found[n].answered] for n in names],
            hovertemplate="%{x:.1f} % right<br>%{customdata[0]} questions, %{customdata[1]} patients"
            "<br>%{customdata[2]:.0f} % answered<extra>%{fullData.name}</extra>",
        )
    labels = [f"{escape(part.name)}  <span style='color:{GREY}'>n={part.accuracy.n}</span>" for part in parts]
    _rows(figure, labels, max(2, len(contents.shown) + 1))
    figure.update_xaxes(title="right, % of all questions", range=[0, 100], ticksuffix=" %")
    return figure


def outcomes(contents: Contents) -> go.Figure:
    """Right, wrong and unanswered, as shares of all questions, one bar a model."""
    names = [escape(one.name) for one in contents.shown]
    rights = [one.main.accuracy.value for one in contents.shown]
    silent = [1 - one.main.answered.value for one in contents.shown]
    wrong = [max(0.0, 1 - right - none) for right, none in zip(rights, silent, strict=True)]
    figure = go.Figure()
    for (outcome, colour), shares in zip(OUTCOMES, (rights, wrong, silent), strict=True):
        figure.add_bar(
            name=outcome,
            y=list(range(len(names))),
            x=[100 * share for share in shares],
            orientation="h",
            marker={"color": colour, "line": {"color": "white", "width": 1.5}},
            text=[f"{100 * share:.0f} %" if share >= 0.04 else "" for share in shares],
            textposition="inside",
            insidetextanchor="middle",
            textfont={"color": DARK if outcome == "unanswered" else "white"},
            hovertemplate="%{x:.1f} % " + outcome + "<extra></extra>",
        )
    _rows(figure, names, 2)
    figure.update_layout(barmode="stack", bargap=0.35, legend_traceorder="normal")
    figure.update_xaxes(title="% of all questions", range=[0, 100], ticksuffix=" %")
    return figure


def reliability(shown: Sequence[ShownRun], colour_of: dict[str, int]) -> go.Figure:
    """Accuracy against confidence in 15 equal-mass bins; on the line where confidence is right."""
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 100], y=[0, 100], mode="lines", line={"color": PALE, "dash": "dash"}, name="calibrated", hoverinfo="skip"
    )
    for one in shown:
        assert one.sure is not None
        assert one.sure.confidence is not None
        bins, place = one.sure.confidence.reliability, colour_of[one.name]
        figure.add_scatter(
            name=f"{escape(one.name)} ({one.sure.scoring})",
            x=[100 * item.confidence for item in bins],
            y=[100 * item.accuracy.value for item in bins],
            error_y=_whiskers([item.accuracy.interval for item in bins], [item.accuracy.value for item in bins]),
            mode="lines+markers",
            line={"color": COLOURS[place % 6], "width": 1},
            marker={"symbol": SYMBOLS[place % 6], "size": 8},
            customdata=[item.accuracy.n for item in bins],
            hovertemplate="confidence %{x:.0f} %<br>right %{y:.0f} %<br>%{customdata} questions<extra></extra>",
        )
    _frame(figure, 460)
    figure.update_xaxes(title="confidence", range=[0, 100], ticksuffix=" %", constrain="domain")
    figure.update_yaxes(title="right", range=[0, 100], ticksuffix=" %", showgrid=True, gridcolor="#EEF0F2")
    return figure


def risk_coverage(shown: Sequence[ShownRun], colour_of: dict[str, int]) -> go.Figure:
    """The share wrong when only the most confident questions are answered."""
    figure = go.Figure()
    for one in shown:
        assert one.sure is not None
        assert one.sure.confidence is not None
        found, place = one.sure.confidence, colour_of[one.name]
        least = FEWEST / one.run.summary.questions
        points = [(c, r) for c, r in zip(found.coverage, found.risk, strict=True) if c >= least]
        figure.add_scatter(
            name=f"{escape(one.name)} ({one.sure.scoring}, AURC {found.aurc:.3f})",
            x=[100 * c for c, _ in points],
            y=[100 * r for _, r in points],
            mode="lines+markers" if len(points) < 40 else "lines",
            line={"color": COLOURS[place % 6], "dash": ("solid", "dash", "dot", "dashdot")[place % 4]},
            marker={"symbol": SYMBOLS[place % 6], "size": 7},
            hovertemplate="%{x:.0f} % answered: %{y:.1f} % wrong<extra></extra>",
        )
    _frame(figure, 400)
    figure.update_xaxes(title="coverage: most confident share of the questions", range=[0, 100], ticksuffix=" %")
    figure.update_yaxes(title="wrong", range=[0, 100], ticksuffix=" %", showgrid=True, gridcolor="#EEF0F2")
    return figure


def differences(pair: ModelPair) -> go.Figure:
    """The first model minus the second, on all questions and by section, with 95 % intervals."""
    figure = go.Figure()
    values = [row.difference.value for row in pair.rows]
    clear = [(row.p if row.adjusted is None else row.adjusted) < 0.05 for row in pair.rows]
    figure.add_scatter(
        x=[100 * value for value in values],
        y=list(range(len(values))),
        error_x=_whiskers([row.difference.interval for row in pair.rows], values),
        mode="markers",
        marker={"color": DARK, "size": 10, "symbol": ["circle" if sure else "circle-open" for sure in clear]},
        customdata=[row.p if row.adjusted is None else row.adjusted for row in pair.rows],
        hovertemplate="%{x:+.1f} points, p = %{customdata:.3g}<extra></extra>",
        showlegend=False,
    )
    figure.add_vline(x=0, line={"color": GREY, "width": 1})
    _rows(figure, [f"<b>{ALL}</b>", *(escape(row.part) for row in pair.rows[1:])], 1.4)
    title = f"← {escape(pair.second)} better      points      {escape(pair.first)} better →"
    figure.update_xaxes(title=title, zeroline=False)
    return figure


def _floor(figure: go.Figure, name: str, values: Sequence[float], symbol: str, colour: str) -> None:
    figure.add_scatter(
        name=name,
        x=[100 * value for value in values],
        y=list(range(len(values))),
        mode="markers",
        marker={
            "symbol": symbol,
            "color": colour,
            "size": 16 if symbol.startswith("line") else 9,
            "line": {"width": 2},
        },
        hovertemplate="%{x:.1f} %<extra>" + name + "</extra>",
    )


def _whiskers(intervals: Sequence[object], values: Sequence[float]) -> dict[str, object]:
    highs = [100 * (getattr(one, "high", 0.0) - value) for one, value in zip(intervals, values, strict=True)]
    lows = [100 * (value - getattr(one, "low", 0.0)) for one, value in zip(intervals, values, strict=True)]
    return {"type": "data", "symmetric": False, "array": highs, "arrayminus": lows, "thickness": 1.4, "width": 0}


def _rows(figure: go.Figure, labels: Sequence[str], height: float) -> None:
    """One row a label, the first on top."""
    _frame(figure, int(120 + ROW * height * 0.75 * len(labels)))
    figure.update_yaxes(
        tickvals=list(range(len(labels))), ticktext=list(labels), range=[len(labels) - 0.4, -0.6], zeroline=False
    )
    figure.update_xaxes(showgrid=True, gridcolor="#EEF0F2", zeroline=False)


def _frame(figure: go.Figure, height: int) -> None:
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 16, "t": 40, "b": 48},
        paper_bgcolor="white",
        plot_bgcolor="white",
        font={"family": "system-ui, Segoe UI, Helvetica, Arial, sans-serif", "size": 13, "color": DARK},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        hoverlabel={"bgcolor": "white"},
    )
    figure.update_yaxes(automargin=True)
    figure.update_xaxes(automargin=True)
