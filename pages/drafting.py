"""A case being entered: what is typed is kept in the database at every change and becomes a version on Save."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import uuid4

import streamlit as st
from pydantic import JsonValue

from creason_core.case import Entry, Finding, PatientCase, check_value, make_case, parse_value
from creason_core.codebook import Codebook, Feature
from creason_core.errors import CaseError
from creason_core.store.cases import CaseVersion, draft, drop_draft, save_draft, save_version
from pages.actions import tell, told, used
from pages.place import go, move
from pages.services import Services, services

Values = Mapping[str, float | str]
NEW = "case:new"


@dataclass(frozen=True)
class Draft:
    """What stands in the fields. ``base`` is the version it started from, None for a new patient."""

    key: str
    base: CaseVersion | None
    patient: str
    label: str
    values: Values = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    stored: bool = False

    @property
    def changes(self) -> int:
        """How many features differ from the base."""
        before = values_of(self.base.case) if self.base else {}
        names = before.keys() | self.values.keys()
        return sum(before.get(name) != self.values.get(name) for name in names)

    def entry(self, feature: Feature) -> Entry | None:
        """The entry that Save would write; an untouched one keeps where it came from."""
        old = self.base.case.by_feature.get(feature.name) if self.base else None
        value = self.values.get(feature.name)
        if value is None:
            return old if old and not old.measured else None
        if old and old.measured and old.value == value:
            return old.model_copy(update={"reason": self.reasons[feature.name]}) if self._said(feature) else old
        return Entry(feature=feature.name, value=value, reason=self.reasons.get(feature.name, ""))

    def findings(self, feature: Feature) -> tuple[Finding, ...]:
        """What the checks say about the value in the field; text in a number counts as impossible."""
        entry = self.entry(feature)
        if entry is None or not entry.measured:
            return ()
        try:
            return check_value(feature, parse_value(feature, entry.value))
        except CaseError as error:
            return (Finding(feature=feature.name, tier="impossible", message=str(error), direction="high"),)

    def blocked(self, codebook: Codebook) -> tuple[Finding, ...]:
        """The findings that keep Save from working: impossible values, and unusual ones without a reason."""
        return tuple(
            finding
            for feature in codebook.features
            for finding in self.findings(feature)
            if finding.tier == "impossible" or (finding.tier == "confirm" and self._needs_reason(feature))
        )

    def _needs_reason(self, feature: Feature) -> bool:
        entry = self.entry(feature)
        return entry is not None and entry.provenance == "entered" and not entry.reason.strip()

    def _said(self, feature: Feature) -> bool:
        return bool(self.reasons.get(feature.name, "").strip())

    def content(self) -> dict[str, JsonValue]:
        """The draft as the database keeps it."""
        return {
            "patient": self.patient,
            "label": self.label,
            "values": dict(self.values),
            "reasons": dict(self.reasons),
        }


def key_of(base: CaseVersion | None) -> str:
    """Under which key the draft of a version is kept."""
    return f"case:{base.id}" if base else NEW


def draft_of(s: Services, base: CaseVersion | None) -> Draft | None:
    """The kept draft; else the base itself where it may be edited; else None (nothing is being entered)."""
    key = key_of(base)
    kept = draft(s.db, s.user, key)
    if kept is None:
        if base is None or base.source == "public":
            return None
        return Draft(key, base, base.case.patient, base.label, values_of(base.case))
    values, reasons = kept.get("values"), kept.get("reasons")
    return Draft(
        key=key,
        base=base,
        patient=str(kept.get("patient")),
        label=str(kept.get("label")),
        values={name: value for name, value in values.items() if isinstance(value, (float, int, str))}
        if isinstance(values, Mapping)
        else {},
        reasons={name: str(value) for name, value in reasons.items()} if isinstance(reasons, Mapping) else {},
        stored=True,
    )


@told
def begin(base: CaseVersion | None) -> None:
    """Starts a draft: of a new patient, or as a copy of a public one. A draft that is there already stays."""
    s = services()
    if draft(s.db, s.user, key_of(base)) is None:
        fresh = (
            Draft(key_of(base), base, base.case.patient, f"Copy of {base.label}"[:200], values_of(base.case))
            if base
            else Draft(NEW, None, f"entered-{uuid4().hex[:12]}", "New patient")
        )
        save_draft(s.db, s.user, fresh.key, fresh.content())
    if base is None:
        go("patient", case=None, v=None, mask=None, run=None)


@told
def change(base: CaseVersion | None, feature: str, widget: str) -> None:
    """Keeps the value of the field called ``widget``; an emptied field is not recorded."""
    value = st.session_state[widget]
    now = _current(base)
    others = {name: old for name, old in now.values.items() if name != feature}
    _keep(replace(now, values=others if value is None else {**others, feature: value}))


@told
def give_reason(base: CaseVersion | None, feature: str, widget: str) -> None:
    """Keeps why an unusual value is right."""
    now = _current(base)
    _keep(replace(now, reasons={**now.reasons, feature: str(st.session_state[widget] or "")}))


@told
def rename(base: CaseVersion | None, widget: str) -> None:
    """Keeps the case's name."""
    _keep(replace(_current(base), label=str(st.session_state[widget] or "")))


@told
def discard(now: Draft) -> None:
    """Forgets what was typed since the last version."""
    s = services()
    drop_draft(s.db, s.user, now.key)
    _forget_fields()


@told
def save(now: Draft, idem: str) -> None:
    """Makes the draft the next version of its case, or the first of a new one; public cases are never changed.

    ``now`` is the draft as it was drawn; what was typed since stands in the fields. What is refused is told, and
    the draft stays.
    """
    if st.session_state.get("saved") == idem:  # the second half of a double click
        return
    s = services()
    now = _with_fields(now, s.cohort.codebook)
    if not now.label.strip():
        raise CaseError("The case has no name.", remedy="Give it one that identifies nobody, such as 'bed 4, day 2'.")
    entries = [entry for feature in s.cohort.codebook.features if (entry := now.entry(feature))]
    if not entries:
        raise CaseError("The case has no value yet.", remedy="Enter at least one.")
    own = now.base if now.base and now.base.source != "public" else None
    version = save_version(
        s.db,
        s.user,
        make_case(now.patient, entries, s.cohort.codebook),
        idem=idem,
        case_id=own.case_id if own else None,
        parent_id=own.id if own else None,
        label=now.label.strip(),
    )
    st.session_state["saved"] = idem
    drop_draft(s.db, s.user, now.key)
    _forget_fields()
    used(f"save:{now.key}")
    move(case=version.case_id, v=version.id, mask=None, run=None)
    tell(f"Saved as version {version.n}.")


def field_key(now: Draft, feature: str) -> str:
    """The widget key of a feature's field."""
    return f"field_{now.key}_{feature}"


def _current(base: CaseVersion | None) -> Draft:
    """The draft as it is kept now: another field may have changed since the page was drawn."""
    found = draft_of(services(), base)
    if found is None:
        raise CaseError("This draft was discarded or saved elsewhere.", remedy="Start again from the case.")
    return found


def _with_fields(now: Draft, codebook: Codebook) -> Draft:
    values = dict(now.values)
    for feature in codebook.features:
        widget = field_key(now, feature.name)
        if widget in st.session_state:
            typed = st.session_state[widget]
            values.pop(feature.name, None)
            if typed is not None:
                values[feature.name] = typed
    return replace(now, values=values)


def _keep(now: Draft) -> None:
    s = services()
    save_draft(s.db, s.user, now.key, now.content())


def values_of(case: PatientCase) -> Values:
    """The measured values of a case."""
    return {entry.feature: entry.value for entry in case.entries if entry.measured}


def _forget_fields() -> None:
    for name in [name for name in st.session_state if str(name).startswith("field_")]:
        del st.session_state[name]
