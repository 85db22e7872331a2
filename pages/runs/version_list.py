"""The tab Versions of the page Patient."""

import streamlit as st

from creason_core.record.changes import changes
from creason_core.store.patients.cases import CaseVersion, versions
from pages.components.inert import inert
from pages.runs.history_record import value_changes
from pages.server.services import Services
from pages.session.case_opening import open_case


def version_list(s: Services, version: CaseVersion) -> None:
    """Draws every version of the case, newest first, with what it changed."""
    saved = versions(s.db, s.user, version.case_id)
    by_id = {item.id: item for item in saved}
    for item in reversed(saved):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            here = item.id == version.id
            st.button(
                f"Version {item.n}",
                key=f"version_{item.id}",
                icon=":material/radio_button_checked:" if here else ":material/radio_button_unchecked:",
                disabled=here,
                on_click=open_case,
                args=(item, "patient"),
            )
            st.markdown(inert(item.label), width="content")
            st.caption(
                f"{item.created.astimezone():%d %b %Y, %H:%M} · {len(item.case.entries)} values", width="content"
            )
            if parent := by_id.get(item.parent_id or ""):
                with st.popover("What changed", key=f"changed_{item.id}", icon=":material/difference:"):
                    found = changes(parent.case, item.case, s.codebooks.of(item.case))
                    value_changes(found, f"Version {parent.n}", f"Version {item.n}")
