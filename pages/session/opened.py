"""The open case, from the id in the address."""

from collections.abc import Container

import streamlit as st

from creason_core.errors import StoreError
from creason_core.record.highlights import highlights
from creason_core.store.patients.cases import CaseVersion, case_version
from pages.components.inert import inert
from pages.server.fitting import begin_fits
from pages.server.services import Services
from pages.session.address import here, move


def opened(s: Services, *, original: bool = False) -> CaseVersion | None:
    """The open case version; None where none is open or the address is old, which is told.

    ``original``: of a what-if the record that it was made from.
    """
    version_id = here("v")
    if version_id is None:
        return None
    try:
        found = case_version(s.db, s.user, version_id)
        begin_fits(s, found)
        return case_version(s.db, s.user, found.parent_id) if original and found.n < 0 and found.parent_id else found
    except StoreError as error:
        if error.kind != "missing":
            raise
        move(case=None, v=None, mask=None, run=None)
        st.warning(inert(str(error)), icon=":material/link_off:")
        return None


def bar_facts(s: Services, version: CaseVersion, hidden: Container[str] = ()) -> tuple[str, ...]:
    """What the patient bar shows; nothing that is ``hidden``."""
    return highlights(version.case, s.codebooks.of(version.case), hidden)
