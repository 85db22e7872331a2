"""Which of a question's samples is shown: at first one that chose the leading option."""

from collections.abc import Callable, Sequence

import streamlit as st

from creason_core.store.runs.run_rows import Run
from pages.components.told_apart import told_apart


def sample_choice(
    runs: Sequence[Run], leading: int | None, named: Callable[[Run], str], *, key: str, help_text: str | None = None
) -> Run:
    """Draws a choice among ``runs`` (at least one) where there are several; the one that the reader chose.

    ``leading`` is the option that leads, ``named`` what a sample is called.
    """
    first = next((run for run in runs if run.option is not None and run.option == leading), runs[0])
    if len(runs) == 1:
        return first
    names = {run.sample: named(run) for run in runs}
    sample = st.segmented_control(
        "Sample whose reasoning is shown",
        list(names),
        format_func=told_apart(names, lambda sample: names[sample]),
        default=first.sample,
        required=True,
        key=key,
        label_visibility="collapsed",
        help=help_text,
    )
    return next((run for run in runs if run.sample == sample), first)
