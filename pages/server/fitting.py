"""What of a cohort is fitted ahead for this process: all that scans of its records look up, once one is opened."""

from contextlib import suppress

import streamlit as st

from creason_core.errors import CohortError
from creason_core.evaluation.second_opinion import FOLDER, AheadDesk
from creason_core.store.patients.cases import CaseVersion
from pages.server.services import Services, on_stage, services


@st.cache_resource(show_spinner=False, on_release=AheadDesk.close)
def ahead_desk() -> AheadDesk:
    """The one that has it fitted."""
    return AheadDesk(services().settings.data_dir / FOLDER)


def begin_fits(s: Services, version: CaseVersion) -> None:
    """Begins what a scan of ``version`` needs, if nobody has; not on a stage, where nothing is scanned."""
    if not on_stage():
        with suppress(CohortError):  # it is gone: its record is read, and not held to anything
            ahead_desk().begin(s.cohort_of(version))
