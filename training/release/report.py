"""A GRPO run as it went, on a page that needs nothing else: reward, answers, length, what could be won."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from training.trainer.settings import Grpo

# What is drawn: title, the log's keys with their names, and the unit.
PANELS: tuple[tuple[str, Mapping[str, str], str], ...] = (
    ("Reward: the weighted sum (line), correct (dotted)", {"reward": "sum", "rewards/correct/mean": "correct"}, ""),
    ("Answered", {"answered": "answered"}, "share"),
    (
        "Length of completions: mean (line), longest (dotted)",
        {"completions/mean_length": "mean", "completions/max_length": "longest"},
        "tokens",
    ),
    ("Groups whose completions all earn the same: nothing to learn", {"frac_reward_zero_std": "groups"}, "share"),
)
COLOURS = ("#0072B2", "#D55E00")
Entry = Mapping[str, Any]


def write_report(config: Grpo, history: Sequence[Entry], path: Path) -> None:
    """Writes one HTML file that needs nothing else: every panel over the steps, and the settings."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    logged = [entry for entry in history if "reward" in entry]
    figure = make_subplots(rows=len(PANELS), cols=1, shared_xaxes=True, vertical_spacing=0.06,
                           subplot_titles=[title for title, _, _ in PANELS])  # fmt: skip
    for row, (_, keys, unit) in enumerate(PANELS, start=1):
        for place, (key, name) in enumerate(keys.items()):
            points = [(entry["step"], entry[key]) for entry in logged if entry.get(key) is not None]
            figure.add_trace(
                go.Scatter(
                    x=[step for step, _ in points],
                    y=[value for _, value in points],
                    name=name,
                    mode="lines+markers" if len(points) < 60 else "lines",
                    line={"color": COLOURS[place], "dash": ("solid", "dot")[place], "width": 1.6},
                    showlegend=False,
                ),
                row=row,
                col=1,
            )
        figure.update_yaxes(title_text=unit, row=row, col=1, gridcolor="#EEF0F2", zeroline=False)
    figure.update_xaxes(title_text="step", row=len(PANELS), col=1)
    figure.update_xaxes(gridcolor="#EEF0F2", zeroline=False)
    figure.update_layout(
        height=1100, plot_bgcolor="white", font={"family": "system-ui, sans-serif", "size": 13},
        margin={"l": 60, "r": 20, "t": 60, "b": 50},
    )  # fmt: skip
    drawn = figure.to_html(full_html=False, include_plotlyjs=True)
    title = f"GRPO: {escape(config.out.name)}"
    settings = escape(config.model_dump_json(indent=1))
    path.write_text(
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>\n'
        f'<body style="font-family: system-ui, sans-serif; max-width: 60rem; margin: 2rem auto">\n<h1>{title}</h1>\n'
        f"<p>{len(logged)} logged steps.</p>\n{drawn}\n<h2>Settings</h2>\n<pre>{settings}</pre>\n</body></html>\n",
        encoding="utf-8",
    )
