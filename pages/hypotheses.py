"""Hypotheses: if I did not know this value, what would the rest of the picture say, and why?"""

from collections.abc import Callable, Collection, Mapping
from functools import partial

import streamlit as st

from creason_core.question.asked import Kind
from creason_core.question.masked_value import visible_entries
from creason_core.store.people.preferences import preferences
from pages.components.glance import at_a_glance
from pages.components.inert import inert
from pages.components.patient_bar import no_case, patient_bar
from pages.components.scan_chart import ScanLine
from pages.components.strip import STRIPS
from pages.components.value_list import value_list
from pages.guideline.asked import hidden_values
from pages.question.answering import answering
from pages.question.asking import Asking, asking_of, kind_of_run, recorded_rows, value_lines
from pages.question.predicting import as_of_row
from pages.question.scanning import scanning
from pages.record.drafting import begin
from pages.record.glancing import glance_of, shown_names
from pages.server.services import services
from pages.session.address import move
from pages.session.case_opening import choose_feature, reset_to_original
from pages.session.marked_row import mark_row, marked_row
from pages.session.opened import bar_facts, opened

TABS: Mapping[Kind, str] = {"mask": "One value", "missing": "Missing values", "outcome": "Outcome"}
SCAN = "Scan"


def one_value(asking: Asking) -> None:
    """Hide one recorded value."""
    left, right = st.container(key="halves_mask").columns([5, 7], gap="medium")
    with left:
        st.subheader("The patient")
        st.caption(
            "Choose the value to hide." if asking.question is None else "What the model sees, and what is hidden.",
            help=STRIPS,
        )
        folded_glance(asking)
        value_list(value_lines(asking), choose_feature, "mask", marked=marked_row(asking.version.id))
    with right:
        if asking.question is None:
            st.subheader("The question")
            st.info(
                "Choose a value of the patient. The model will not see it, nor what would give it away.",
                icon=":material/touch_app:",
            )
        else:
            answering(asking)


def missing_values(asking: Asking) -> None:
    """Estimate a value that nobody recorded."""
    left, right = st.container(key="halves_missing").columns([5, 7], gap="medium")
    with left:
        st.subheader("Not recorded")
        st.caption("Choose a value to estimate. Nobody measured it, so there is nothing to reveal and no score.")
        none = "Everything that the codebook names is recorded, so there is nothing to estimate."
        value_list(value_lines(asking), choose_feature, "missing", height="content", none=none)
        with st.expander("What is recorded", key="recorded_values"):
            st.dataframe(recorded_rows(asking), hide_index=True, alt="The recorded values of this patient")
        folded_glance(asking)
    with right:
        if asking.question is None:
            st.subheader("The estimate")
            st.info("Choose a value. The estimate is never written into the case.", icon=":material/touch_app:")
        else:
            answering(asking)


def outcome(asking: Asking) -> None:
    """Predict an outcome of the codebook."""
    left, right = st.container(key="halves_outcome").columns([5, 7], gap="medium")
    question = asking.question
    with left:
        st.subheader("The outcome")
        st.caption(
            "Choose what to predict. The answer is no forecast; how good such ones were stands below it, if measured."
        )
        if lines := value_lines(asking):
            value_list(lines, choose_feature, "outcome", height="content")
        else:
            st.info("The codebook names no outcome.", icon=":material/info:")
        if question is not None:
            as_of_row(asking)
            with st.expander("What the model sees", key="shown_values"):
                st.dataframe(recorded_rows(asking), hide_index=True, alt="The values of this patient that are sent")
        folded_glance(asking)
    with right:
        if question is None:
            st.subheader("The prediction")
            st.info("Choose an outcome. Nothing known later is sent.", icon=":material/touch_app:")
        else:
            answering(asking)


def folded_glance(asking: Asking) -> None:
    """The record at a glance without what this question, or another open one, hides; drawn when it is opened."""
    fold = st.expander("At a glance", key=f"glance_fold_{asking.kind}", on_change="rerun")
    if not fold.open:
        return
    version = asking.version
    shown = shown_names(version.case, hidden_values(s, version))
    if asking.question is not None:
        shown &= {entry.name for entry in visible_entries(version.case, asking.question, asking.codebook)}
    with fold:
        key = f"glance_{asking.kind}_{asking.question.id if asking.question else version.id}"
        at_a_glance(glance_of(s, version, shown), key, partial(mark_row, version.id))


def open_in_one_value(line: ScanLine) -> None:
    """Hides the value of a line and shows the question about it, with the model's answers where it gave some."""
    st.session_state["hypothesis"] = TABS["mask"]
    choose_feature(line.feature)
    if line.model:
        move(run=line.model.group)


def facts_to_hide(asking: Asking | None) -> set[str]:
    """The features that the patient bar must not tell while a question is open."""
    if asking is None or asking.question is None:
        return set()
    return {asking.question.masked_feature, *(item.feature for item in asking.question.hidden)}


DRAWN: Mapping[Kind, Callable[[Asking], None]] = {"mask": one_value, "missing": missing_values, "outcome": outcome}

s = services()
version = opened(s)
st.title("Hypotheses")
if version is None:
    no_case(lambda: begin(None))
else:
    prefer = preferences(s.db, s.user)
    bar = st.container()
    if gone := s.why_unaskable(version):
        st.warning(inert(gone), icon=":material/link_off:")
    first = TABS.get(kind_of_run(s) or "mask", TABS["mask"])
    *tabs, scan = st.tabs([*TABS.values(), SCAN], key="hypothesis", on_change="rerun", default=first)
    asking: Asking | None = None
    for (kind, draw), tab in zip(DRAWN.items(), tabs, strict=True):
        if tab.open:
            with tab:
                asking = asking_of(s, prefer, version, kind)
                draw(asking)
    hidden: Collection[str] = facts_to_hide(asking)
    if scan.open:
        hidden = hidden_values(s, version)
        with scan:
            scanning(s, prefer, version, hidden, open_in_one_value)
    with bar:
        patient_bar(
            bar_facts(s, version, hidden),
            version.n,
            public=version.source == "public",
            cohort=version.cohort,
            on_reset=partial(reset_to_original, version.case_id, "hypotheses"),
        )
