"""Values over time on the page Patient: a feature that may have several gets another hour, moved or taken away again.

A field at another time is part of the draft, like what stands in it. What cannot be a time is told where it was typed.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import streamlit as st

from creason_core.errors import CaseError
from creason_core.principal import Principal
from creason_core.record.ages import shown_value
from creason_core.record.case import MAX_VALUES, checked_hours
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.hours import hours_text, name_at, parted, read_hours
from creason_core.store.patients.cases import CaseVersion
from pages.components.inert import inert
from pages.components.read_only import held, saving
from pages.record.case_draft import Draft, codebook_of, field_key, reason_key
from pages.record.drafting import as_typed, current, keep
from pages.server.services import services
from pages.session.acting import acting
from pages.session.typed_text import cleared, decided, forget


@dataclass(frozen=True)
class AtTime:
    """A field at one time of the draft called ``draft``, with what stands in it: one that was taken away, or is put."""

    draft: str
    name: str
    value: float | str | None
    reason: str


def times_below(now: Draft, feature: Feature, codebook: Codebook, *, last: bool) -> None:
    """Draws below a field what can be done about its time; nothing for a feature that has one value.

    ``last`` says that no other field of the feature comes after this one.
    """
    base, hours = parted(feature.name)
    whole = codebook.feature(base)
    if not codebook.over_time(whole):
        return
    bare = hours is None and feature.name in now.values
    if bare or (hours is not None and _by_hand(now, feature.name, codebook)):
        _of_one(now, feature, codebook)
    if last and base not in now.values:
        _another(now, whole, codebook)
    if last:
        _put_back(now, base, codebook)


def typed_time(now: Draft, feature: Feature, text: str, codebook: Codebook, taken: Collection[str]) -> str:
    """The name of ``feature`` at the hours in ``text``; ``taken`` are names that are in use.

    Raises:
        CaseError: The text is no number, no time that a value of it can have, or one that is taken.
    """
    name = name_at(feature.name, checked_hours(read_hours(text), feature, codebook))
    if name in taken:
        raise CaseError(
            f"{codebook.feature(name).label} is there already, and a record holds one value of it at one time.",
            remedy="Type the value there, or give another hour.",
        )
    if len(now.times_with_values(feature.name)) >= MAX_VALUES:
        raise CaseError(
            f"{feature.label} has {MAX_VALUES} values over time, and a record holds no more.",
            remedy="Keep one an hour, or one at each time point that matters.",
        )
    return name


def _by_hand(now: Draft, name: str, codebook: Codebook) -> bool:
    """Whether the field is at an hour that the codebook does not name, and is no empty one of the base."""
    base, hours = parted(name)
    return hours not in codebook.points_of(codebook.feature(base)) and (name in now.values or name in now.added)


def _another(now: Draft, feature: Feature, codebook: Codebook) -> None:
    key = f"more_{feature.name}_{len(now.added)}"  # another one, and so closed, once a time was added
    with st.popover("Add another time", icon=":material/more_time:", type="tertiary", key=key):
        st.markdown(f"**{inert(feature.label)} at another time**")
        _hours_form(field_key(now, f"{feature.name}@more"), "Add", lambda widget: _add(now.base, feature.name, widget))
        st.caption(_rule(feature, codebook))


def _of_one(now: Draft, feature: Feature, codebook: Codebook) -> None:
    """The time of one value: given, changed, or taken away with it."""
    base, hours = parted(feature.name)
    words = "Give it a time" if hours is None else "Change or remove this time"
    with st.popover(words, icon=":material/schedule:", type="tertiary", key=f"time_{feature.name}"):
        st.markdown(f"**{inert(feature.label)}**")
        _hours_form(
            field_key(now, f"{feature.name}@time"),
            "Give it this time" if hours is None else "Change",
            lambda widget: _move(now.base, feature.name, widget),
            hours_text(hours) if hours is not None else "",
        )
        st.caption(_rule(codebook.feature(base), codebook))
        if hours is not None:
            st.button(
                "Remove this time",
                key=f"time_off_{feature.name}",
                icon=":material/delete:",
                on_click=_remove,
                args=(now.base, feature.name),
                **saving(),
            )


def _hours_form(widget: str, word: str, on_submit: Callable[[str], None], given: str = "") -> None:
    """A field for hours with its button; below it why what was submitted last cannot be a time."""
    with st.form(f"{widget}_form", border=False):
        st.session_state.setdefault(widget, given)
        st.text_input(
            "Hours since admission",
            key=widget,
            max_chars=20,
            placeholder="For example: 9",
            disabled=held(widget),
        )
        st.form_submit_button(word, key=f"{widget}_submit", on_click=on_submit, args=(widget,), **saving())
    if why := st.session_state.get(_why(widget)):
        st.error(inert(why), icon=":material/block:")


def _rule(feature: Feature, codebook: Codebook) -> str:
    told = {hours: codebook.at(hours) for hours in codebook.points}
    named = inert(
        ", ".join(at if hours_text(hours) in at else f"{at} ({hours_text(hours)} h)" for hours, at in told.items())
    )
    return f"Of several values the {feature.counts} counts." + (f" The codebook names: {named}." if named else "")


def _put_back(now: Draft, feature: str, codebook: Codebook) -> None:
    """Draws the way back of what was removed last, where it was of this draft and feature and its place is free."""
    gone = st.session_state.get(_REMOVED)
    if not isinstance(gone, AtTime) or (gone.draft, parted(gone.name)[0]) != (now.key, feature):
        return
    if gone.name in now.values:
        return
    at = codebook.feature(gone.name)
    told = at.label if gone.value is None else f"{at.label} ({shown_value(at, gone.value)})"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"Removed: {inert(told)}", width="content")
        st.button(
            "Undo",
            key=f"time_undo_{feature}",
            icon=":material/undo:",
            type="tertiary",
            on_click=_undo,
            args=(now.base, gone),
            **saving(),
        )


@acting("enter")
def _add(me: Principal, base: CaseVersion | None, feature: str, widget: str) -> None:
    """Adds a field at the hours in ``widget``."""
    now = _now(base)
    codebook = codebook_of(services(), now)
    try:
        known = {field.name for field in now.fields(codebook)}
        name = typed_time(now, codebook.feature(feature), str(st.session_state[widget] or ""), codebook, known)
    except CaseError as error:
        st.session_state[_why(widget)] = str(error)
        return
    _forget(now, name, widget)
    keep(me, _with(now, AtTime(now.key, name, None, "")))
    st.session_state[widget] = ""


@acting("enter")
def _move(me: Principal, base: CaseVersion | None, name: str, widget: str) -> None:
    """Gives the value called ``name`` the time in ``widget``, with its reason."""
    now = _now(base)
    codebook = codebook_of(services(), now)
    try:
        feature = codebook.feature(parted(name)[0])
        to = typed_time(now, feature, str(st.session_state[widget] or ""), codebook, now.values)
    except CaseError as error:
        st.session_state[_why(widget)] = str(error)
        return
    value, reason = now.values.get(name), now.reasons.get(name, "")
    decided(reason_key(now, to), cleared(reason_key(now, name)))
    forget(reason_key(now, name))
    _forget(now, name, widget)
    _forget(now, to)
    keep(me, _with(_without(now, name), AtTime(now.key, to, value, reason)))


@acting("enter")
def _remove(me: Principal, base: CaseVersion | None, name: str) -> None:
    """Takes away the field called ``name`` with its value; it can be put back until the next one is taken away."""
    now = _now(base)
    st.session_state[_REMOVED] = AtTime(now.key, name, now.values.get(name), now.reasons.get(name, ""))
    _forget(now, name)
    keep(me, _without(now, name))


@acting("enter")
def _undo(me: Principal, base: CaseVersion | None, gone: AtTime) -> None:
    """Puts back what was removed."""
    now = _now(base)
    _forget(now, gone.name)
    keep(me, _with(now, gone))
    st.session_state.pop(_REMOVED, None)


def _now(base: CaseVersion | None) -> Draft:
    """The draft with what stands in its fields, also what could not be stored yet."""
    now = current(base)
    return as_typed(now, codebook_of(services(), now))


def _with(now: Draft, one: AtTime) -> Draft:
    """``now`` with a field at that time, and what is to stand in it."""
    values = {**now.values, one.name: one.value} if one.value is not None else now.values
    reasons = {**now.reasons, one.name: one.reason} if one.reason else now.reasons
    gone = tuple(name for name in now.gone if name != one.name)
    return replace(now, values=values, reasons=reasons, added=(*now.added, one.name), gone=gone)


def _without(now: Draft, name: str) -> Draft:
    """``now`` without that field and what stands in it."""
    return replace(
        now,
        values={other: value for other, value in now.values.items() if other != name},
        reasons={other: reason for other, reason in now.reasons.items() if other != name},
        added=tuple(other for other in now.added if other != name),
        gone=(*now.gone, name),
    )


def _forget(now: Draft, name: str, widget: str = "") -> None:
    """Empties the widgets of one field, which outlive it, and what was said about a typed time."""
    for key in (field_key(now, name), reason_key(now, name), field_key(now, f"{name}@time"), _why(widget)):
        st.session_state.pop(key, None)


def _why(widget: str) -> str:
    return f"{widget}_why"


_REMOVED = "field_removed"  # forgotten with the fields
