"""What the buttons of History do. As in ``pages.session.acting``; what is chosen is remembered by group id."""

from collections.abc import Sequence

import streamlit as st

from creason_core.cohort.standing import registry
from creason_core.principal import Principal
from creason_core.store.exporting.export import Format, export
from creason_core.store.patients.cases import case_version
from creason_core.store.patients.codebooks import Codebooks
from creason_core.store.runs import marks
from pages.server.services import services
from pages.session.acting import acting
from pages.session.case_opening import open_case
from pages.session.messages import tell

_CHOSEN, _DRAWN = "history_chosen", "history_drawn"


def chosen() -> tuple[str, ...]:
    """The ids of the chosen groups, in the order of choosing, on whichever page of the list they stand."""
    return tuple(st.session_state.get(_CHOSEN, ()))


def drawn() -> int:
    """Counts how often the choice was changed from outside the table, which then must be drawn anew."""
    return int(st.session_state.get(_DRAWN, 0))


def choose(table: str, listed: Sequence[str]) -> None:
    """Takes over the rows ticked in the table called ``table``, which lists the groups ``listed``."""
    ticked = [listed[row] for row in st.session_state[table]["selection"]["rows"] if row < len(listed)]
    kept = [group_id for group_id in chosen() if group_id not in listed or group_id in ticked]
    st.session_state[_CHOSEN] = (*kept, *(group_id for group_id in ticked if group_id not in kept))


def choose_none() -> None:
    """Takes every tick away."""
    st.session_state[_CHOSEN] = ()
    st.session_state[_DRAWN] = drawn() + 1


def no_filters() -> None:
    """Shows everything again."""
    empty = {"history_filter_words": "", "history_filter_only": []}
    for key in [str(key) for key in st.session_state if str(key).startswith("history_filter_")]:
        st.session_state[key] = empty.get(key)  # a browser keeps what it shows where a key is only deleted


@acting("look")
def star(me: Principal, group_ids: Sequence[str], starred: bool) -> None:
    """Gives the chosen runs a star, or takes it away."""
    s = services()
    marks.star(s.db, me.user, group_ids, starred=starred)


@acting("delete")
def delete(me: Principal, group_ids: Sequence[str]) -> None:
    """Hides the chosen runs."""
    s = services()
    marks.delete(s.db, me.user, group_ids)
    choose_none()
    tell(f"{_runs(group_ids)} deleted. Filters, Deleted brings {'it' if len(group_ids) == 1 else 'them'} back.")


@acting("delete")
def restore(me: Principal, group_ids: Sequence[str]) -> None:
    """Shows the chosen runs again."""
    s = services()
    marks.restore(s.db, me.user, group_ids)
    choose_none()
    tell(f"{_runs(group_ids)} restored.")


def export_file(me: Principal, group_ids: Sequence[str], codebooks: Codebooks, form: Format) -> bytes:
    """The chosen runs as a file, made when it is asked for.

    Raises:
        AccessError: The roles of ``me`` do not allow it; nothing was exported.
        StoreError: As ``export``.
    """
    me.require("export")
    s = services()
    return export(
        s.db,
        me.user,
        group_ids,
        codebooks,
        form,
        registries=lambda version: None if s.why_unaskable(version) else registry(s.cohort_of(version)),
    )


@acting("look")
def open_version(me: Principal, version_id: str) -> None:
    """Goes to a case version among the versions of its case."""
    s = services()
    st.session_state["patient_tab"] = "Versions"
    open_case(case_version(s.db, me.user, version_id), "patient")


def _runs(group_ids: Sequence[str]) -> str:
    return "1 run" if len(group_ids) == 1 else f"{len(group_ids)} runs"
