"""Scan: how surprising each recorded value is to the registry, given what else the reader may see of the record.

A value that an open question hides is neither told nor used: what the others are held to would tell of it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from creason_core.cohort.cohort import Cohort
from creason_core.evaluation.second_opinion import FOLDER, Failed, Going, Scan, ScanDesk, ScanState, Surprise
from creason_core.record.ages import shown_value
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook
from creason_core.record.hours import parted
from creason_core.store.patients.cases import CaseVersion
from creason_core.store.people.preferences import Preferences
from pages.components.inert import inert
from pages.components.scan_chart import ByModel, ScanLine, scan_chart, scan_headline, scan_table
from pages.question.scanning_by_model import ScannedRecord, by_model
from pages.server.services import Services, services

PATIENCE = 0.15  # seconds: what is kept in memory is there in less
POLL_SECONDS = 0.5

OnChoose = Callable[[ScanLine], None]


@st.cache_resource(show_spinner=False, on_release=ScanDesk.close)
def scan_desk() -> ScanDesk:
    """The one that looks at records for this process."""
    return ScanDesk(services().settings.data_dir / FOLDER)


def scanning(
    s: Services, prefer: Preferences, version: CaseVersion, hidden: Collection[str], on_choose: OnChoose
) -> None:
    """Draws the scan of ``version`` without what is ``hidden``; choosing a value calls ``on_choose``."""
    st.caption(
        "How surprising is each value to the registry, given the rest of this record? "
        "Choose a line of the table to open that value under *One value*."
    )
    if s.why_unaskable(version):
        st.info("So there is no registry to hold this record against.", icon=":material/info:")
        return
    cohort, case = s.cohort_of(version), told_of(version.case, hidden)
    _untold(version.case, case, cohort.codebook)
    state = scan_desk().ask(case, cohort, s.user, patience=PATIENCE)
    if isinstance(state, Going):
        st.fragment(_going, run_every=POLL_SECONDS)(case, cohort, s.user)
    elif isinstance(state, Failed):
        st.warning(f"This record could not be looked at: {inert(state.why)}", icon=":material/error:")
        st.button("Try again", key="scan_again", on_click=scan_desk().forget, args=(case, cohort, s.user))
    else:
        features = tuple(one.feature for one in state.found)
        _found(state, case, ScannedRecord(s, prefer, version, cohort, tuple(hidden), features), on_choose)


def told_of(case: PatientCase, hidden: Collection[str]) -> PatientCase:
    """``case`` without the features of which ``hidden`` names any value: which of several counts would tell of it."""
    features = {parted(name)[0] for name in hidden}
    return case.model_copy(update={"entries": tuple(one for one in case.entries if one.feature not in features)})


def lines_of(found: Sequence[Surprise], codebook: Codebook) -> tuple[ScanLine, ...]:
    """What was found, in words."""
    return tuple(
        ScanLine(
            feature=one.feature,
            label=(feature := codebook.feature(one.feature)).label,
            recorded=shown_value(feature, one.recorded),
            expected=f"{one.expected} ({one.expected_probability:.0%})",
            bits=one.bits,
        )
        for one in found
    )


def _untold(whole: PatientCase, told: PatientCase, codebook: Codebook) -> None:
    shown = {entry.feature for entry in told.entries}
    names = dict.fromkeys(codebook.feature(one.feature).label for one in whole.entries if one.feature not in shown)
    if names:
        st.info(
            f"Left out while a question about this patient is open, because it hides them: {inert(', '.join(names))}.",
            icon=":material/visibility_off:",
        )


def _going(case: PatientCase, cohort: Cohort, user: str) -> None:
    state: ScanState = scan_desk().ask(case, cohort, user)
    if not isinstance(state, Going):
        st.rerun()
    if state.waiting:
        st.progress(0.0, "Another record is being looked at first; this one waits for its turn.")
    else:
        told = f"{state.done} of {state.count} values looked at" if state.count else "Looking at the values"
        st.progress(state.done / max(1, state.count), told)
    st.button("Stop", key="stop_scan", icon=":material/stop:", on_click=scan_desk().stop, args=(case, cohort, user),
              help="What is looked at stays.")  # fmt: skip
    if lines := lines_of(state.found, cohort.codebook):
        st.caption("So far, the most surprising first; others may still come above them.")
        scan_table(lines)


def _found(scan: Scan, case: PatientCase, reading: ScannedRecord, on_choose: OnChoose) -> None:
    cohort, user = reading.cohort, reading.s.user
    lines, key = lines_of(scan.found, cohort.codebook), case.content_hash[:12]
    if scan.stopped:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f":material/stop_circle: Stopped by you; {_values(len(lines))} looked at.")
            st.button("Look at the rest", key="scan_rest", on_click=scan_desk().forget, args=(case, cohort, user))
    if lines:
        scan_headline(lines)
        scan_chart(lines, f"scan_chart_{key}")
        # The model is asked about the whole record, in the order of surprise.
        answers: Mapping[str, ByModel] = {} if scan.stopped else by_model(reading, lines)
        lines = tuple(replace(line, model=answers.get(line.feature)) for line in lines)
        scan_table(lines, f"scan_table_{key}_{len(lines)}", on_choose)
    elif not scan.stopped:
        st.info("No value of this record can be held to the rest of it.", icon=":material/info:")
    _left_out(scan, cohort.codebook)


def _left_out(scan: Scan, codebook: Codebook) -> None:
    told = [why for name, why in scan.left_out if codebook.feature(name).role != "audit"]
    if told:
        # Where nothing was found, the reasons are all that there is to read.
        with st.expander(f"{_values(len(told))} not looked at, and why", not scan.found, key="scan_left_out"):
            for why in told:
                st.caption(inert(why))


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"
