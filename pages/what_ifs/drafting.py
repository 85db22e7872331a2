"""The changes that the reader is putting together, kept in the session and as a draft, so that a reload loses none."""

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from creason_core.cohort.cohort import Cohort
from creason_core.principal import Principal
from creason_core.question.what_if.sweeping import measured
from creason_core.record.case import check_value
from creason_core.record.codebook import Feature
from creason_core.record.highlights import outside
from creason_core.store.people.drafts import draft, save_draft
from pages.server.services import Services, services
from pages.session.acting import acting
from pages.what_ifs.trying import Values

Chip = Literal["to normal", "−1 SD", "+1 SD", "worst in cohort", "lowest in cohort", "highest in cohort"]


def drafted(s: Services, version_id: str) -> Values:
    """The changes so far, by ``Entry.name``; a value that is still empty is left out by ``complete``."""
    key = _key(version_id)
    if key not in st.session_state:
        kept = draft(s.db, s.user, _draft(version_id)) or {}
        st.session_state[key] = {
            str(name): value for name, value in kept.items() if value is None or isinstance(value, (int, float, str))
        }
    found: Values = st.session_state[key]
    return found


def complete(values: Mapping[str, float | str | None]) -> Values:
    """Those that have a value."""
    return {name: value for name, value in values.items() if value is not None}


@acting("look")
def put(me: Principal, version_id: str, name: str, value: float | str | None) -> None:
    """Sets one change; None: added and still empty."""
    values = {**st.session_state.get(_key(version_id), {}), name: value}
    _keep(me, version_id, values)
    st.session_state[field_key(version_id, name)] = value


@acting("look")
def typed(me: Principal, version_id: str, name: str) -> None:
    """Takes what stands in the field of one change."""
    value = st.session_state.get(field_key(version_id, name))
    _keep(me, version_id, {**st.session_state.get(_key(version_id), {}), name: value})


@acting("look")
def take_away(me: Principal, version_id: str, name: str) -> None:
    """Takes one change back: the copy has what is recorded."""
    values = {other: value for other, value in st.session_state.get(_key(version_id), {}).items() if other != name}
    _keep(me, version_id, values)
    st.session_state.pop(field_key(version_id, name), None)


def field_key(version_id: str, name: str) -> str:
    """The key of the field of one change."""
    return f"what_if:{version_id}:{name}"


def chips(feature: Feature, cohort: Cohort, recorded: float | str | None) -> Mapping[Chip, float]:
    """Values that a button offers for a number.

    A normal one, the recorded one less and more the registry's standard deviation where that needs no confirmation, and
    the ends of the cohort that lie outside reference.
    """
    if not feature.numeric:
        return {}
    places = 0 if feature.kind == "integer" else feature.decimals
    found: dict[Chip, float] = {}
    limits = feature.reference
    if limits is not None:
        ends = [end for end in (limits.low, limits.high) if end is not None]
        found["to normal"] = round(sum(ends) / len(ends), places)
    values = measured(feature, cohort)
    if len(values) and isinstance(recorded, (int, float)):
        apart = float(values.std())
        found |= _usual(feature, {"−1 SD": round(recorded - apart, places), "+1 SD": round(recorded + apart, places)})
    if len(values):
        low, high = round(float(values[0]), places), round(float(values[-1]), places)
        low_out, high_out = outside(feature, low) > 0, outside(feature, high) > 0
        if low_out != high_out:
            found["worst in cohort"] = low if low_out else high
        else:  # of both or neither, which is worse no codebook says
            found["lowest in cohort"], found["highest in cohort"] = low, high
    return found


def _usual(feature: Feature, offered: Mapping[Chip, float]) -> Mapping[Chip, float]:
    """Those of ``offered`` that may stand without a reason."""
    return {
        word: value
        for word, value in offered.items()
        if not any(one.tier in ("impossible", "confirm") for one in check_value(feature, value))
    }


def take(version_id: str, values: Values) -> None:
    """Puts ``values`` into the fields, in place of what stands there."""
    for name in st.session_state.get(_key(version_id), {}):
        st.session_state.pop(field_key(version_id, name), None)
    st.session_state[_key(version_id)] = dict(values)
    st.session_state.update({field_key(version_id, name): value for name, value in values.items()})


def _keep(me: Principal, version_id: str, values: Mapping[str, float | str | None]) -> None:
    st.session_state[_key(version_id)] = dict(values)
    save_draft(services().db, me.user, _draft(version_id), dict(values))


def _key(version_id: str) -> str:
    return f"what_if_changes:{version_id}"


def _draft(version_id: str) -> str:
    return f"what-if:{version_id}"
