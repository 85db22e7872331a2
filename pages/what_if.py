"""What-if: change a value of a copy, and see whether the answer, and the reasoning, move."""

from functools import partial

import streamlit as st

from creason_core.store.people.preferences import preferences
from creason_core.store.runs.what_ifs import WHAT_IFS
from pages.components.answered_by import asked_of
from pages.components.inert import inert
from pages.components.patient_bar import no_case, patient_bar
from pages.guideline.asked import hidden_values
from pages.record.drafting import begin
from pages.server.services import services
from pages.session.case_opening import reset_to_original
from pages.session.engine_wish import engine_choice
from pages.session.opened import bar_facts, opened
from pages.what_ifs.changing import changing
from pages.what_ifs.earlier import TABS, earlier
from pages.what_ifs.running import note_seen, target_row
from pages.what_ifs.smallest import smallest_change
from pages.what_ifs.sweeping import sweeping
from pages.what_ifs.trying import trying

s = services()
version = opened(s, original=True)
st.title("What-if")
if version is None:
    no_case(lambda: begin(None))
else:
    bar = st.container()
    st.caption(
        ":material/info: This shows how the model's answer changes, not what would happen to the patient. The copy is "
        "never saved as the patient's record."
    )
    gone = s.why_unaskable(version)
    now = None if gone else trying(s, preferences(s.db, s.user), version)
    hidden = frozenset(hidden_values(s, version))
    if now and now.target:
        hidden |= {now.target.feature, *(item.feature for item in now.question.hidden)}
    with bar:
        patient_bar(
            bar_facts(s, version, hidden),
            version.n,
            public=version.source == "public",
            cohort=version.cohort,
            on_reset=partial(reset_to_original, version.case_id, "what_if"),
        )
    if now is None:
        st.warning(inert(gone), icon=":material/link_off:")
    elif now.target is None:
        st.info("Nothing can be asked about this record: no value of it can be masked, and its codebook names no "
                "outcome that is Yes or No.", icon=":material/info:")  # fmt: skip
    else:
        target_row(now)
        engine_choice(s)
        first = TABS[now.shown.series.kind] if now.shown else TABS[WHAT_IFS[0]]
        tabs = st.tabs(list(TABS.values()), key="what_if_tab", on_change="rerun", default=first)
        for tab, draw in zip(tabs, (changing, sweeping, smallest_change), strict=True):
            if tab.open:
                with tab:
                    draw(now, hidden)
        if now.shown:
            asked_of(next((one.point.group.engine for one in now.shown.tried.values()), ""))
        earlier(now, hidden)
        note_seen(now)
