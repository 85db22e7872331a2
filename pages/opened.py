"""The open case, from the id in the address."""

from collections.abc import Container

import streamlit as st

from creason_core.ages import shown_value
from creason_core.errors import StoreError
from creason_core.store.cases import CaseVersion, case_version
from pages.components.inert import inert
from pages.place import here, move
from pages.services import Services

BAR = ("age", "sex", "cat1", "seps")  # codebook features that tell a patient in one line; unknown names are left out


def opened(s: Services) -> CaseVersion | None:
    """The open case version; None where none is open or the address is old, which is told."""
    version_id = here("v")
    if version_id is None:
        return None
    try:
        return case_version(s.db, s.user, version_id)
    except StoreError as error:
        if error.kind != "missing":
            raise
        move(case=None, v=None, mask=None, run=None)
        st.warning(inert(str(error)), icon=":material/link_off:")
        return None


def bar_facts(s: Services, version: CaseVersion, hidden: Container[str] = ()) -> tuple[str, ...]:
    """What the patient bar shows; nothing that is ``hidden``."""
    codebook = s.cohort.codebook
    shown = []
    for name in BAR:
        entry, feature = version.case.by_feature.get(name), codebook.by_name.get(name)
        if entry is None or feature is None or name in hidden:
            continue
        value = shown_value(feature, entry.value)
        shown.append(f"{feature.label}: {value}" if feature.kind == "binary" and value in ("Yes", "No") else value)
    return tuple(shown)
