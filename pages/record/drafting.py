"""What the fields of the page Patient do: what is typed is kept at every change and becomes a version on Save."""

from dataclasses import replace
from uuid import uuid4

import streamlit as st

from creason_core.cohort.cohort import Cohort
from creason_core.errors import CaseError
from creason_core.principal import Principal
from creason_core.record.ages import shown_age, top_coded_age
from creason_core.record.case import make_case
from creason_core.record.codebook import Codebook
from creason_core.store.patients.cases import CaseVersion, save_version
from creason_core.store.patients.codebooks import keep_codebook
from creason_core.store.people.drafts import draft, drop_draft, save_draft
from pages.record.case_draft import (
    NEW,
    Draft,
    codebook_of,
    draft_of,
    field_key,
    key_of,
    label_key,
    reason_key,
    values_of,
)
from pages.server.services import services
from pages.session.acting import acting, used
from pages.session.address import go, move
from pages.session.case_names import case_names
from pages.session.messages import tell
from pages.session.typed_text import forget


@acting("enter")
def begin(me: Principal, base: CaseVersion | None) -> None:
    """Starts a draft: of a new patient of the reader's default cohort, or as a copy of a public one.

    A draft that is there already stays.
    """
    s = services()
    if draft(s.db, me.user, key_of(base)) is None:
        if base:
            name = case_names(s, {base.case_id: base.label})[base.case_id]
            fresh = Draft(key_of(base), base, base.case.patient, f"Copy of {name}"[:200], values_of(base.case))
        else:
            fresh = _of_cohort(Draft(NEW, None, f"entered-{uuid4().hex[:12]}", "New patient"), s.cohort)
        save_draft(s.db, me.user, fresh.key, fresh.content())
        _forget_fields(fresh)  # fields outlive their page: none of an earlier patient may be left in them
    if base is None:
        go("patient", case=None, v=None, mask=None, run=None)


@acting("enter")
def change(me: Principal, base: CaseVersion | None, feature: str, widget: str) -> None:
    """Keeps the value of the field called ``widget``; an emptied field is not recorded, an age over 89 is 90."""
    value = st.session_state[widget]
    now = current(base)
    if value is not None:
        kept = top_coded_age(codebook_of(services(), now).feature(feature), value)
        if kept != value and not isinstance(kept, str):
            st.session_state[widget] = value = kept
            tell(f"Ages over 89 may identify a person: it is kept as {shown_age(kept)}.")
    others = {name: old for name, old in now.values.items() if name != feature}
    keep(me, replace(now, values=others if value is None else {**others, feature: value}))


@acting("enter")
def give_reason(me: Principal, base: CaseVersion | None, feature: str, widget: str) -> None:
    """Keeps why an unusual value is right."""
    now = current(base)
    keep(me, replace(now, reasons={**now.reasons, feature: str(st.session_state[widget] or "")}))


@acting("enter")
def rename(me: Principal, base: CaseVersion | None, widget: str) -> None:
    """Keeps the case's name."""
    keep(me, replace(current(base), label=str(st.session_state[widget] or "")))


@acting("enter")
def keep_typed(me: Principal, base: CaseVersion | None) -> None:
    """Keeps what stands in the fields, whatever put it there."""
    now = current(base)
    keep(me, as_typed(now, codebook_of(services(), now)))


@acting("enter")
def choose_cohort(me: Principal, now: Draft, widget: str) -> None:
    """Makes the new patient ``now``, of whom nothing is entered yet, one of the cohort in ``widget``."""
    if not current(None).values:
        keep(me, _of_cohort(now, services().shelf.named(str(st.session_state[widget]))))
        _forget_fields(now)


@acting("enter")
def discard(me: Principal, now: Draft) -> None:
    """Forgets what was typed since the last version."""
    s = services()
    drop_draft(s.db, me.user, now.key)
    _forget_fields(now)


@acting("enter")
def save(me: Principal, now: Draft, idem: str) -> None:
    """Makes the draft the next version of its case, or the first of a new one; public cases are never changed.

    ``now`` is the draft as it was drawn; what was typed since stands in the fields. What is refused is told, and
    the draft stays.
    """
    if st.session_state.get("saved") == idem:  # the second half of a double click
        return
    s = services()
    codebook = codebook_of(s, now)
    now = as_typed(now, codebook)
    if not now.label.strip():
        raise CaseError("The case has no name.", remedy="Give it one that identifies nobody, such as 'bed 4, day 2'.")
    entries = [entry for feature in now.fields(codebook) if (entry := now.entry(feature))]
    if not entries:
        raise CaseError("The case has no value yet.", remedy="Enter at least one.")
    belongs = now.base.cohort if now.base else now.cohort
    cohort = s.shelf.cohorts.get(belongs)
    keep_codebook(s.db, codebook)
    own = now.base if now.base and now.base.source != "public" else None
    version = save_version(
        s.db,
        me.user,
        make_case(now.patient, entries, codebook),
        idem=idem,
        case_id=own.case_id if own else None,
        parent_id=own.id if own else None,
        label=now.label.strip(),
        cleared=now.cleared(),
        cohort=belongs,
        cohort_hash=cohort.content_hash if cohort else "",
    )
    st.session_state["saved"] = idem
    drop_draft(s.db, me.user, now.key)
    _forget_fields(now)
    used(f"save:{now.key}")
    move(case=version.case_id, v=version.id, mask=None, run=None)
    tell(f"Saved as version {version.n}.")


def _of_cohort(now: Draft, cohort: Cohort) -> Draft:
    """The draft of a new patient of ``cohort``, whose codebook is kept: the draft may outlive it."""
    keep_codebook(services().db, cohort.codebook)
    book = cohort.codebook
    return replace(now, cohort=cohort.name, codebook=book.name, codebook_hash=book.content_hash, added=(), gone=())


def current(base: CaseVersion | None) -> Draft:
    """The draft as it is kept now: another field may have changed since the page was drawn."""
    found = draft_of(services(), base)
    if found is None:
        raise CaseError("This draft was discarded or saved elsewhere.", remedy="Start again from the case.")
    return found


def as_typed(now: Draft, codebook: Codebook) -> Draft:
    """``now`` with what stands in its fields; the kept draft lacks what was typed while nothing could be saved."""
    state, values, reasons = st.session_state, dict(now.values), dict(now.reasons)
    for feature in now.fields(codebook):
        widget, why = field_key(now, feature.name), reason_key(now, feature.name)
        if widget in state:
            values.pop(feature.name, None)
            if state[widget] is not None:
                values[feature.name] = state[widget]
        if why in state:
            reasons[feature.name] = str(state[why] or "")
    return replace(now, values=values, reasons=reasons, label=str(state.get(label_key(now), now.label) or ""))


def keep(me: Principal, now: Draft) -> None:
    """Stores the draft as it stands."""
    s = services()
    save_draft(s.db, me.user, now.key, now.content())


def _forget_fields(now: Draft) -> None:
    for widget in now.texts():
        forget(widget)
    for name in [name for name in st.session_state if str(name).startswith("field_")]:
        del st.session_state[name]
