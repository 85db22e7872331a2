"""Evaluation: the finished runs of this installation, their figures, and models beside one another."""

import streamlit as st

from creason_core.errors import EvaluationError
from creason_core.evaluation import SavedRun, saved_runs
from creason_core.evaluation.report.contents import Contents, contents
from creason_core.evaluation.report.page import page
from pages.components.evaluation_figures import (
    compared,
    confidence,
    examples,
    features,
    headline,
    how_measured,
    replies,
    sections,
    version_of,
)
from pages.components.inert import inert
from pages.server.services import services

COMMANDS = """\
creason questions build --cohort {cohort} --split test --balanced --limit 300 --out test.parquet
creason evaluate test.parquet --samples 5 --scoring majority,mean,logprob --out runs/first"""


def how_to_make_one() -> None:
    """How one's own first run is made."""
    st.markdown(
        "An evaluation puts many masked questions about held-out patients to the model and counts what it gets "
        "right, beside what chance, the commonest option and gradient boosting earn on the same questions. In a "
        "terminal, in the folder of the program (where `creason` is not found, type `. .venv/bin/activate` first):"
    )
    st.code(COMMANDS.format(cohort=services().cohort.name), language=None, wrap_lines=True)
    st.caption(
        "A run that is stopped goes on with the same command. On a processor without a GPU the small model answers "
        "one to two questions a second. The finished run appears here."
    )


def chosen(runs: tuple[SavedRun, ...]) -> tuple[SavedRun, ...]:
    """The table of runs, and those selected in it; the newest where none is."""
    rows = [
        {
            "Model": run.run.plan.model.adapter or run.run.plan.model.title,
            "Patients": _patients(run),
            "Questions": run.summary.questions,
            "Classes": "equally often" if run.run.plan.questions.balanced else "as they come",
            "Right, %": f"{100 * right.value:.1f} ({right.ends(lambda end: f'{100 * end:.1f}')})",
            "Chance": 100 * run.summary.chance.value,
            "Boosting": next((100 * f.everything.value for f in run.summary.floors if f.name == "boosting"), None),
            "Finished": run.summary.finished[:10],
            "From": "the program" if run.shipped else f"here: {run.name}",
        }
        for run in runs
        for right in (run.summary.main.accuracy,)
    ]
    share = st.column_config.NumberColumn(format="%.1f %%")
    st.caption(
        "Select one run, or several on the same questions to compare them. Runs from the program were made with the "
        "models that come with it."
    )
    picked = st.dataframe(
        rows,
        hide_index=True,
        column_config={
            "Chance": share,
            "Boosting": share,
            "Patients": st.column_config.TextColumn(help="Test patients where no other part of the cohort is named"),
            "Classes": st.column_config.TextColumn(help="How often each value of a feature is the recorded one"),
            "Right, %": st.column_config.TextColumn(help="Of all questions, with the 95 % interval over patients"),
        },
        on_select="rerun",
        selection_mode="multi-row",
        key="runs",
        alt="Finished runs with accuracy, interval, chance and boosting",
    )
    return tuple(runs[row] for row in picked["selection"]["rows"]) or runs[:1]


def _patients(run: SavedRun) -> str:
    asked = run.run.plan.questions
    return asked.cohort if asked.split == "test" else f"{asked.cohort}, {asked.split}"


@st.cache_resource(max_entries=8, show_spinner="Comparing the runs…")
def compared_once(_runs: tuple[SavedRun, ...], versions: tuple[str, ...]) -> Contents:
    """``contents``, whose paired tests are not repeated at every click; ``versions`` tell the runs apart."""
    assert len(_runs) == len(versions)
    return contents(_runs)


def shown(runs: tuple[SavedRun, ...]) -> Contents:
    """What there is to show of ``runs``: all of them where they can be compared, else the first with the reason."""
    versions = tuple(version_of(run) for run in runs)
    try:
        return compared_once(runs, versions)
    except EvaluationError as error:
        st.warning(f"These runs cannot be put side by side, so only the first is shown. {inert(error)}")
        return contents(runs[:1])


def draw(found: Contents) -> None:
    """The figures, a tab each."""
    headline(found)
    titles = ["By section", "By feature", "Confidence", "Replies", "Examples", "How it was measured"]
    if found.pairs:
        titles.insert(0, "Compared")
    tabs = dict(zip(titles, st.tabs(titles), strict=True))
    if found.pairs:
        with tabs["Compared"]:
            compared(found)
    for title, part in (
        ("By section", sections),
        ("By feature", features),
        ("Confidence", confidence),
        ("Replies", replies),
        ("Examples", examples),
        ("How it was measured", how_measured),
    ):
        with tabs[title]:
            part(found)
    st.download_button(
        "Download as one page",
        data=lambda: page(found),
        file_name="evaluation.html",
        mime="text/html",
        icon=":material/download:",
        help="The same figures, with everything needed to check them, in a file that needs nothing else.",
    )


st.title("Evaluation")
found = saved_runs(services().settings.data_dir)
if found:
    draw(shown(chosen(found)))
if all(run.shipped for run in found):
    with st.expander("Measure a model here", icon=":material/terminal:", expanded=not found):
        how_to_make_one()
