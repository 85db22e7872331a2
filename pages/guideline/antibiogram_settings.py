"""In the tab Library of Settings: the local antibiograms, which of them hold, and the way to add one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from creason_core.errors import CReasonError
from creason_core.guideline.consults.antibiogram_files import ReadAntibiogram, read_antibiogram
from creason_core.guideline.consults.antibiograms import add, holding, period
from creason_core.guideline.consults.shares import KINDS, Kind
from creason_core.principal import Principal
from creason_core.store.hospital.antibiograms import Antibiogram, antibiograms_in
from pages.components.file_field import file_field
from pages.components.inert import inert
from pages.components.read_only import saving
from pages.components.told_apart import told_apart
from pages.server.services import Services, services
from pages.session.acting import acting
from pages.session.messages import tell

_FILE = "antibiogram_files"  # how many fields for a file there have been
_READ = "antibiogram_read"  # what was read, and of which file and answers
_TITLE, _PERIOD, _SHARE, _SHEET = (f"antibiogram_{name}" for name in ("title", "period", "share", "sheet"))
ENDINGS = ("csv", "tsv", "xlsx")


def antibiograms_part(s: Services) -> None:
    """Draws the antibiograms, and for who may change the library the way to add one."""
    st.subheader("Local antibiograms")
    st.caption(
        "How often which organism was susceptible here. The one of the latest period holds for its hospital or ward, "
        "and stands beside the options of a consult on Ask; older ones stay. Numbers of isolates, no patients."
    )
    _listed(antibiograms_in(s.db))
    if s.principal.may("curate"):
        _upload()


def _listed(every: Sequence[Antibiogram]) -> None:
    if not every:
        st.info("There is no antibiogram yet.", icon=":material/grid_on:")
        return
    holds = holding(every)
    rows = [
        {"Of": one.title, "Period": period(one), "State": "in force" if one in holds else "superseded",
         "File": one.file_name, "Added": f"{one.created:%Y-%m-%d}", "Id": one.id}
        for one in every
    ]  # fmt: skip
    st.dataframe(rows, hide_index=True, alt="Local antibiograms")


def _upload() -> None:
    file = file_field(
        "A table with the columns organism, drug, n, % susceptible, period",
        ENDINGS,
        key=f"antibiogram_file_{st.session_state.get(_FILE, 0)}",
    )
    if file is None:
        st.session_state.pop(_READ, None)
        return
    st.text_input("Of which hospital or ward", key=_TITLE, max_chars=200, persist_state="session",
                  placeholder="For example: St Elsewhere, intensive care")  # fmt: skip
    told = st.text_input("Period, where the file does not say it", key=_PERIOD, max_chars=60, persist_state="session",
                         placeholder="2025, or 2025-01/2025-06")  # fmt: skip
    share = st.selectbox(
        "What the susceptible column holds",
        ["", *KINDS],
        format_func=told_apart(["", *KINDS], lambda kind: kind.capitalize() or "As its name says"),
        key=_SHARE,
        help="A name such as '% susceptible' or 'fraction susceptible' says it.",
    )
    sheet = st.text_input("Sheet, of a workbook with several", key=_SHEET, max_chars=60, persist_state="session")
    asked = (file.file_id, told, share, sheet)
    if st.session_state.get(_READ, (None,))[0] != asked:
        st.session_state.pop(_READ, None)
        kind: Kind | None = next((one for one in KINDS if one == share), None)
        read = partial(read_antibiogram, file.getvalue(), file.name, today=datetime.now(UTC).date())
        try:
            with st.spinner("Reading the table"):
                st.session_state[_READ] = (asked, read(period=told or "", share=kind, sheet=sheet or ""))
        except CReasonError as error:
            st.error(inert(str(error), 2000), icon=":material/error:")
            return
    _read_part(st.session_state[_READ][1])


def _read_part(read: ReadAntibiogram) -> None:
    told = f"{read.file_name}: {len(read.rows):,} rows, {read.start} to {read.end}."
    st.markdown(f"Read: {inert(told)}")
    for note in read.notes:
        st.warning(inert(note, 1000), icon=":material/info:")
    st.button("Add the antibiogram", key="antibiogram_add", type="primary", on_click=_add, **saving())


@acting("curate")
def _add(me: Principal) -> None:
    kept = st.session_state.get(_READ)
    if kept is None:
        return
    done = add(services().db, me.user, kept[1], str(st.session_state.get(_TITLE) or ""))
    for name in (_TITLE, _PERIOD, _SHEET, _SHARE):
        st.session_state[name] = ""
    st.session_state.pop(_READ, None)
    st.session_state[_FILE] = int(st.session_state.get(_FILE, 0)) + 1  # another field, which is empty
    made = done.antibiogram
    old = f" It supersedes that of {period(done.superseded)}, which stays." if done.superseded else ""
    newer = f" It is older than that of {period(done.newer)}, which stays in force." if done.newer else ""
    tell(f"Added: {made.title}, {period(made)}.{old}{newer}")
