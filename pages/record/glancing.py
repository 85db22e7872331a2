"""What *At a glance* shows of a record: the values that may be shown, each held to the registry of its cohort."""

from collections.abc import Callable, Collection

import streamlit as st

from creason_core.cohort.standing import Registry, registry, standing_words
from creason_core.question.masked_value import SHOWN_ROLES
from creason_core.record.ages import shown_value
from creason_core.record.case import Entry, PatientCase, check_value
from creason_core.record.codebook import Codebook
from creason_core.record.hours import parted
from creason_core.store.patients.cases import CaseVersion
from pages.components.glance import Glance, at_a_glance
from pages.components.glance_chart import GlanceLine
from pages.record.case_draft import draft_of
from pages.record.drafting import begin
from pages.server.services import Services, services
from pages.session.address import go
from pages.session.opened import opened


def glance_tab(s: Services, version: CaseVersion, hidden: Collection[str], *, unsaved: bool) -> None:
    """Draws the record as it is saved, without the features of which ``hidden`` names a value; a point opens its field.

    ``unsaved``: there are changes that it does not show.
    """
    if unsaved:
        st.caption("As it is saved: unsaved changes are not in it.")
    found = glance_of(s, version, shown_names(version.case, hidden))
    at_a_glance(found, f"glance_{version.id}", lambda name: show_fields(lambda: _find(s, version, name)))


def show_fields(act: Callable[[], None]) -> None:
    """Opens the tab with the fields of Patient, and does ``act``."""
    st.session_state["patient_tab"] = "Enter"
    act()


def _find(s: Services, version: CaseVersion, name: str) -> None:
    st.session_state["enter_search"] = s.codebooks.of(version.case).feature(name).label
    st.session_state["enter_only"] = []


def add_value(name: str) -> None:
    """Goes to the field of the feature ``name`` on Patient, in a copy where the open case is one that never changes."""
    s = services()
    version = opened(s, original=True)
    if version is None:
        return
    if s.codebooks.whole(version.case) and draft_of(s, version) is None:
        begin(version)
    show_fields(lambda: _find(s, version, name))
    go("patient")


def glance_of(s: Services, version: CaseVersion, shown: Collection[str]) -> Glance:
    """The glance at ``version`` of the values named in ``shown`` (``Entry.name``), and of no other.

    Outcomes and what is kept for audits are never among them, nor among what is missing.
    """
    case, codebook = version.case, s.codebooks.of(version.case)
    entries = [one for one in case.entries if one.measured and codebook.feature(one.feature).role in SHOWN_ROLES]
    order = {section: place for place, section in enumerate(codebook.sections)}
    known = None if s.why_unaskable(version) else registry(s.cohort_of(version))
    lines = [_line(entry, case.patient, codebook, known) for entry in entries if entry.name in shown]
    recorded = {entry.feature for entry in entries}
    return Glance(
        lines=tuple(sorted(lines, key=lambda line: order[line.section])),
        missing=tuple(one.label for one in codebook.features if one.role in SHOWN_ROLES and one.name not in recorded),
        left_out=tuple(
            dict.fromkeys(codebook.feature(entry.feature).label for entry in entries if entry.name not in shown)
        ),
    )


def shown_names(case: PatientCase, hidden: Collection[str] = ()) -> frozenset[str]:
    """The names of all entries of ``case`` but those of a feature of which ``hidden`` names any value."""
    features = {parted(name)[0] for name in hidden}
    return frozenset(entry.name for entry in case.entries if entry.feature not in features)


def _line(entry: Entry, patient: str, codebook: Codebook, known: Registry | None) -> GlanceLine:
    feature = codebook.feature(entry.feature)
    standing = known.standing(entry.name, entry.value, patient) if known else None
    found = check_value(feature, entry.value)
    return GlanceLine(
        feature=entry.feature,
        section=feature.section,
        label=feature.label,
        text=shown_value(feature, entry.value),
        at="" if entry.hours is None else codebook.at(entry.hours),
        place=standing.place if standing else None,
        direction=found[0].direction if found else "",
        words=standing_words(feature, entry.value, standing),
        has_range=feature.reference is not None,
    )
