"""On History, under the runs: what the reader decided about the options of antibiotic consults, newest first."""

import json

import streamlit as st

from creason_core.store.hospital.consults import decisions_in
from pages.server.services import Services

MOST = 200  # rows that are drawn


def consult_list(s: Services) -> None:
    """Draws the decisions that count, where there are any."""
    found = decisions_in(s.db, users=[s.user])[::-1]
    if not found:
        return
    rows = [
        {
            "When": f"{one.created.astimezone():%Y-%m-%d %H:%M}",
            "Question": one.question,
            "Option": str(json.loads(one.option).get("statement", "")),
            "Decision": one.judged.choice,
            "Why": ", ".join(one.judged.reasons),
            "Comment": one.judged.comment,
        }
        for one in found[:MOST]
    ]
    with st.expander(f"Decisions about options of antibiotic consults ({len(found):,})", key="history_consults"):
        st.dataframe(rows, hide_index=True, alt="Decisions about options of antibiotic consults")
        st.caption("Ask shows each again, for the same version of the case and the same question.")
