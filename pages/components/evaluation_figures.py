"""The figures and tables of finished runs, as the report has them, in the page's colours.

Tables come from ``creason_core.evaluation.report.tables`` as HTML in which everything that is not ours is escaped.
"""

from collections.abc import Callable
from functools import partial

import plotly.graph_objects as go
import streamlit as st

from creason_core.evaluation.report import figures, tables
from creason_core.evaluation.report.contents import Contents
from creason_core.evaluation.report.page import COMPARED, COVERAGE, EXAMPLES, NO_CONFIDENCE, RELIABILITY, SECTIONS
from creason_core.evaluation.saved import SavedRun
from pages.components.inert import inert


def version_of(run: SavedRun) -> str:
    """What tells a run from every other, and from itself once it is measured or scored anew."""
    return f"{run.folder} {run.summary.plan_hash} {run.summary.finished}"


def headline(found: Contents) -> None:
    """The result in sentences, and one row for every model and floor."""
    lines = "".join(f"<li>{line}</li>" for line in tables.in_words(found))
    _table(f"<ul>{lines}</ul>{tables.headline(found)}")
    if not found.floors:
        note = found.shown[0].run.summary.floors_note
        st.caption(f"Without boosting and neighbours: {inert(note or 'this run was made before they were stored.')}")
    st.caption(tables.HEADLINE_NOTE)


def sections(found: Contents) -> None:
    """Accuracy by section of the codebook, and by group of patients where the run has groups."""
    by_section = partial(figures.accuracy_by, found, "sections")
    _drawn(found, by_section, "sections", "Accuracy of each model by section")
    st.caption(SECTIONS)
    _table(tables.parts(found, "sections"))
    if found.shown[0].main.groups:
        st.subheader(f"By {inert(found.shown[0].run.run.plan.group_by)} of the patient")
        _drawn(
            found, lambda: figures.accuracy_by(found, "groups"), "groups", "Accuracy of each model by group of patients"
        )
        _table(tables.parts(found, "groups"))
    if any(one.run.summary.predictions for one in found.shown):
        st.subheader("Predicted outcomes")
        _table(tables.predictions(found))
        st.caption(tables.PREDICTION_NOTE)


def features(found: Contents) -> None:
    """Accuracy by masked feature."""
    _table(tables.parts_table(found, "features"))


def confidence(found: Contents) -> None:
    """Whether confidence means what it says."""
    sure = [one for one in found.shown if one.sure is not None]
    if not sure:
        st.info(NO_CONFIDENCE)
        return
    colours = {one.name: place for place, one in enumerate(found.shown)}
    _table(tables.confidence(found))
    left, right = st.columns(2)
    with left:
        _drawn(found, partial(figures.reliability, sure, colours), "reliability", "Accuracy against confidence")
        st.caption(RELIABILITY)
    with right:
        _drawn(found, partial(figures.risk_coverage, sure, colours), "coverage", "Share wrong against coverage")
        st.caption(COVERAGE)
    _table(tables.reliability(sure))


def replies(found: Contents) -> None:
    """Right, wrong and unanswered, and what the completions are like."""
    _drawn(
        found,
        lambda: figures.outcomes(found),
        "outcomes",
        "Shares of right, wrong and unanswered questions for each model",
    )
    _table(tables.replies(found))
    st.caption(tables.NUMBERS_NOTE)


def compared(found: Contents) -> None:
    """Every pair of models on the same questions."""
    for place, pair in enumerate(found.pairs):
        st.subheader(f"{inert(pair.first)} against {inert(pair.second)}")
        about = f"Difference between {pair.first} and {pair.second} by section"
        _drawn(found, partial(figures.differences, pair), f"pair_{place}", about)
        st.caption(COMPARED)
        _table(tables.pair(pair))


def examples(found: Contents) -> None:
    """Completions as they were written."""
    st.caption(EXAMPLES)
    for one in found.shown:
        st.subheader(inert(one.name))
        for example in one.run.summary.examples:
            word = {"correct": "right", "incorrect": "wrong"}.get(example.outcome, "unanswered")
            with st.expander(f"{word.capitalize()}: {inert(example.label)}"):
                st.text("\n".join(example.options))
                st.text(f"Recorded: {example.truth}. The model's answer: {example.answer or 'none that can be read'}.")
                st.text(example.text.strip() or "(nothing)")


def how_measured(found: Contents) -> None:
    """Methods, versions and hashes."""
    _table(tables.METHODS + tables.provenance(found))


def _table(html: str) -> None:
    st.html(f'<div class="figures">{html}</div>')


def _drawn(found: Contents, make: Callable[[], go.Figure], key: str, alt: str) -> None:
    runs = tuple(version_of(one.run) for one in found.shown)
    st.plotly_chart(_made(key, runs, make), key=f"figure_{key}", config={"displayModeBar": False}, alt=alt)


@st.cache_resource(max_entries=64, show_spinner=False)
def _made(key: str, runs: tuple[str, ...], _make: Callable[[], go.Figure]) -> go.Figure:
    """The figure ``key`` of ``runs``, made once: that takes most of the page's time. Nobody changes it afterwards."""
    assert key
    assert runs
    figure = _make()
    # The report is black on white; here the theme decides.
    figure.update_layout(paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", font={"color": None})
    figure.update_layout(hoverlabel={"bgcolor": None})
    return figure
