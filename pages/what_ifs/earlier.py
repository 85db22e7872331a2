"""The what-ifs that were made of this record: each opens again as it was."""

import json

import streamlit as st

from creason_core.errors import CReasonError
from creason_core.record.ages import shown_value
from creason_core.record.hours import parted
from creason_core.store.runs.what_ifs import WhatIf, what_ifs_of
from pages.components.inert import inert
from pages.session.address import move
from pages.what_ifs.drafting import take
from pages.what_ifs.trying import Trying, Values, read_target, target_words

TABS = {"what-if": "Change", "sweep": "Sweep", "smallest change": "Smallest change"}
MOST_TOLD = 3  # changes of one line


def earlier(now: Trying, hidden: frozenset[str]) -> None:
    """Draws them, newest first; nothing of what is ``hidden`` is told."""
    found = what_ifs_of(now.s.db, now.s.user, now.version.id)
    if not found:
        return
    with st.expander(f"What-ifs of this record ({len(found)})", key="what_ifs_made", icon=":material/history:"):
        for one in found:
            here = now.shown is not None and now.shown.series.id == one.series.id
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.button(
                    f"{one.series.created.astimezone():%d %b, %H:%M}",
                    key=f"what_if_open_{one.series.id}",
                    icon=":material/radio_button_checked:" if here else ":material/radio_button_unchecked:",
                    type="tertiary",
                    disabled=here,
                    on_click=_open,
                    args=(now.version.id, one),
                )
                st.markdown(inert(_words(now, one, hidden)), width="content")


def _open(version_id: str, one: WhatIf) -> None:
    """Shows a stored what-if, in its tab and with its changes in the fields."""
    st.session_state.pop(f"what_if_target:{version_id}", None)
    st.session_state["what_if_tab"] = TABS[one.series.kind]  # a key that is taken away leaves a browser as it is
    if one.series.kind == "what-if":
        take(version_id, json.loads(one.series.plan)["places"][1])
    move(run=one.group_id)


def _words(now: Trying, one: WhatIf, hidden: frozenset[str]) -> str:
    plan = json.loads(one.series.plan)
    try:
        asked = target_words(read_target(plan["target"]), now.codebook)
        told = _what(now, one.series.kind, plan, hidden)
    except CReasonError:  # of a codebook that has changed since
        return "of an earlier codebook"
    return f"{told} · {asked}"


def _what(now: Trying, kind: str, plan: dict[str, object], hidden: frozenset[str]) -> str:
    if kind == "sweep":
        return f"Sweep of {now.label(str(plan['name']))}"
    if kind == "smallest change":
        return "Smallest change"
    places = plan["places"]
    values: Values = places[1] if isinstance(places, list) else {}
    away = {parted(name)[0] for name in hidden}
    said = [
        now.label(name) + ("" if parted(name)[0] in away else f" {shown_value(now.codebook.feature(name), value)}")
        for name, value in values.items()
    ]
    more = f" and {len(said) - MOST_TOLD} more" if len(said) > MOST_TOLD else ""
    return f"{', '.join(said[:MOST_TOLD])}{more}"
