"""History: whatever was asked can be found, read as it was, asked again, compared, and taken away."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from math import ceil

import streamlit as st

from creason_core.errors import StoreError
from creason_core.principal import Action
from creason_core.store.differences import case_changes, differences, since_then
from creason_core.store.exporting.contents import case_name, exported
from creason_core.store.exporting.export import MOST, Format
from creason_core.store.history import Filters, HistoryItem, cases_asked, history_page
from creason_core.store.patients.cases import case_version
from creason_core.store.people.open_questions import open_questions
from creason_core.store.people.preferences import preferences
from creason_core.store.records import GroupRecord, group_records
from creason_core.store.runs.given_texts import texts_given
from creason_core.store.runs.marks import RESTORE_DAYS
from creason_core.store.runs.series_words import place_words
from creason_core.store.runs.what_ifs import version_name
from pages.components.answered_by import asked_of
from pages.components.inert import inert
from pages.components.read_only import saving
from pages.components.run_state import state_badge
from pages.question.asking import Asking
from pages.question.grading import graded
from pages.question.run_actions import repeat
from pages.runs.history_actions import (
    choose,
    choose_none,
    chosen,
    delete,
    drawn,
    export_file,
    no_filters,
    open_version,
    restore,
    star,
)
from pages.runs.history_answer import answer_card
from pages.runs.history_compare import FIRST, SECOND, side, what_differs
from pages.runs.history_consults import consult_list
from pages.runs.history_filters import asked_codebooks, history_filters
from pages.runs.history_record import made_with, prompts, texts, value_changes
from pages.runs.history_table import history_table
from pages.server.services import services
from pages.session.acting import key_for
from pages.session.case_names import case_names, named_otherwise, told_items, unasked
from pages.session.case_opening import open_run

PAGE_SIZE = 25
FORMATS: dict[Format, tuple[str, str]] = {
    "md": ("Markdown, to read", "text/markdown"),
    "json": ("JSON, for programs", "application/json"),
    "csv": ("CSV, for spreadsheets", "text/csv"),
}


def listed(filters: Filters) -> None:
    """One page of the table, or what to do where it is empty."""
    if st.session_state.get("history_filters_before") != filters:
        st.session_state.update(history_filters_before=filters, history_page=1)
    page = int(st.session_state["history_page"])
    found = history_page(s.db, s.user, filters, page=page, size=PAGE_SIZE)
    pages = max(ceil(found.total / PAGE_SIZE), 1)
    if page > pages:  # a filter or a deletion made the list shorter
        st.session_state["history_page"] = page = pages
        found = history_page(s.db, s.user, filters, page=page, size=PAGE_SIZE)
    if not found.items:
        nothing(filters)
        return
    ids = [item.id for item in found.items]
    key = _table_key(found.items)
    asked = open_questions(s.db, s.user, {item.case_id for item in found.items})
    lines = told_items(s, found.items, asked)
    untold = {case_id: frozenset[str]().union(*(one.hides for one in those)) for case_id, those in asked.items()}
    history_table(lines, s.codebooks, ticked=chosen(), key=key, on_choose=lambda: choose(key, ids), untold=untold)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
        st.caption(f"{found.total:,} question{'' if found.total == 1 else 's'}, newest first", width="content")
        if pages > 1:
            st.pagination(pages, key="history_page", persist_state="session")
    if not chosen():
        st.caption("Tick a line to read or export it; two, to see them side by side.")


def nothing(filters: Filters) -> None:
    """The empty list: why, and the way on."""
    if filters == Filters():
        st.info(
            "Nothing was asked yet of a model. Open a patient, hide a value and run the question: it stands here then.",
            icon=":material/history:",
        )
        st.page_link("pages/home.py", label="Open a public case", icon=":material/folder_open:")
        return
    deleted = f" A deleted run can be brought back for {RESTORE_DAYS} days." if filters.deleted else ""
    st.info(f"Nothing here fits the search and the filters.{deleted}", icon=":material/filter_list_off:")
    st.button("Show everything", key="history_all", on_click=no_filters, icon=":material/filter_list_off:")


def chosen_bar(records: Sequence[GroupRecord]) -> None:
    """What can be done with the chosen runs."""
    ids = [record.group.id for record in records]
    gone = any(record.deleted for record in records)
    running = any(run.live for record in records for run in record.runs)
    live = "A chosen run is still live: wait until it ends, or stop it." if running else ""
    stays = live or _lacks("delete")
    unfit = live or _lacks("export") or (f"At most {MOST} runs go into one file." if len(ids) > MOST else "")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="history_bar"):
        st.markdown(f"**{len(ids)} chosen**", width="content")
        if gone:
            st.button(
                "Restore",
                key="history_restore",
                icon=":material/restore_from_trash:",
                on_click=restore,
                args=(ids,),
                **saving(),
            )
        else:
            starred = all(record.starred for record in records)
            st.button(
                "Take the star away" if starred else "Star",
                key="history_star",
                icon=":material/star:",
                on_click=star,
                args=(ids, not starred),
                **saving(),
            )
            with st.popover("Export", icon=":material/download:", **saving(unfit or None, disabled=bool(unfit))):
                exports(records)
            with st.popover("Delete", icon=":material/delete:", **saving(stays or None, disabled=bool(stays))):
                st.write(
                    f"Hidden at once, from every list and export; for {RESTORE_DAYS} days the filter Deleted brings "
                    "it back. What was rated on it is no longer exported for training. Nothing is erased."
                )
                st.button("Delete", key="history_delete", type="primary", on_click=delete, args=(ids,), **saving())
        st.button("Clear the choice", key="history_none", type="tertiary", on_click=choose_none)


def _lacks(action: Action) -> str:
    """Why the reader may not do ``action``; empty where they may."""
    return "" if s.principal.may(action) else "Your roles do not allow it."


def exports(records: Sequence[GroupRecord]) -> None:
    """The three files, made when they are asked for."""
    ids = [record.group.id for record in records]
    for form, (label, mime) in FORMATS.items():
        st.download_button(
            label,
            partial(export_file, s.principal, ids, s.codebooks, form),
            file_name=f"c-reason-{datetime.now():%Y%m%d-%H%M}.{form}",
            mime=mime,
            key=f"history_export_{form}",
            on_click="ignore",
            width="stretch",
        )
    kept = sum(not record.revealed for record in records if record.question.truth)
    if kept:
        st.caption(f"The recorded value of {kept} of them stays out: you have not revealed it yet.")
    st.caption("Each file ends with what asking the same again takes. The audit log notes the export.")


def detail(record: GroupRecord) -> None:
    """One run in full."""
    asking = _asking(record)
    group, gone = record.group, s.why_unaskable(record.version)
    cohort = None if gone else s.cohort_of(record.version)
    now = (cohort.codebook, cohort.content_hash) if cohort else (None, "")
    health = s.health_of(group.engine)
    changed = since_then(record, health.identity, *now)
    offline = None if health.ready else "The model is offline."
    what, asked = f"repeat:{group.id}", f"{group.created.astimezone():%d %b %Y, %H:%M}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(inert(asking.feature.label), width="content")
        state_badge(record.status)
        copy = f"{version_name(record.version.n).capitalize()} of " if record.version.n < 0 else ""
        st.caption(f"{asked} · {copy}{inert(record.version.label)}", width="content")
        if record.place is not None:
            kind, place = record.place
            told = place_words(kind, place.what, s.codebooks.of(record.question), record.untold)
            st.badge(inert(told), icon=":material/alt_route:", color="gray")
    asked_of(group.engine)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Open as it was",
            key="history_open",
            type="primary",
            icon=":material/open_in_new:",
            on_click=open_run,
            args=(group.case_version_id, group.id),
        )
        st.button(
            "Repeat with the same seed",
            key="history_repeat",
            icon=":material/replay:",
            on_click=repeat,
            args=(group.id,),
            kwargs={"what": what, "idem": key_for(what)},
            **saving(gone or offline, disabled=bool(gone or offline)),
        )
        if not changed and not gone:
            st.caption("Same model, wording and codebook as then.", width="content")
    for sentence in (*changed, *([gone] if gone else [])):
        st.warning(inert(sentence), icon=":material/change_circle:")
    answer, prompt, made, case = st.tabs(["Answer and text", "Prompt", "To ask the same again", "Case version"])
    with answer:
        answer_card(record, asking)
        texts(record, asking.options, key=f"text_{group.id}")
    with prompt:
        prompts(record, key=f"prompt_{group.id}")
    with made:
        made_with(exported(record, s.codebooks, datetime.now().astimezone()).reproducibility)
    with case:
        _version(record)


def _version(record: GroupRecord) -> None:
    version = record.version
    st.markdown(f"**{inert(version.label)}**, {version_name(version.n)} · {len(version.case.entries)} values")
    st.button("All versions of this case", key="history_versions", on_click=open_version,
              args=(version.parent_id if version.n < 0 and version.parent_id else version.id,))  # fmt: skip
    if version.parent_id is None:
        st.caption("This is the first version of the case.")
        return
    parent = case_version(s.db, s.user, version.parent_id)
    told = "A what-if: a copy that was never saved as the patient's record. " if version.n < 0 else ""
    st.caption(f"{told}Changed since {version_name(parent.n)}")
    found = case_changes(parent.case, version.case, s.codebooks, beside=(record,))
    value_changes(found, version_name(parent.n).capitalize(), version_name(version.n).capitalize())


def compare(first: GroupRecord, second: GroupRecord) -> None:
    """Two runs side by side, the older one left."""
    st.subheader("Side by side")
    what_differs(
        differences(first, second, s.codebooks),
        case_changes(first.version.case, second.version.case, s.codebooks, beside=(first, second)),
    )
    columns = st.container(key="halves_compare").columns(2, gap="medium")
    for column, name, record in zip(columns, (FIRST, SECOND), (first, second), strict=True):
        asking = _asking(record)
        recorded = asking.task.unrecorded
        if found := asking.task.recorded:
            recorded = found.text if record.revealed else "not revealed"
        with column:
            grade = graded(s, record.group, record.runs, record.vote)
            side(name, record, asking.bars, asking.options, question=asking.task.stem, recorded=recorded, graded=grade)


def _asking(record: GroupRecord) -> Asking:
    return Asking(s, preferences(s.db, s.user), record.version, record.group.kind, record.question, None)


def _table_key(items: Sequence[HistoryItem]) -> str:
    """Another table for other lines: a tick belongs to a run, not to a place in the list."""
    lines = "".join(item.id for item in items)
    return f"history_table_{hashlib.sha256(lines.encode()).hexdigest()[:12]}_{drawn()}"


def _records() -> tuple[GroupRecord, ...]:
    """What is chosen; each case is named without what questions about it hide, until that is revealed."""
    try:
        records = group_records(s.db, s.user, chosen())
    except StoreError as error:
        if error.kind != "missing":
            raise
        choose_none()
        return ()
    told = ((record, unasked(s, record.version.case_id, case_name(record, s.codebooks))) for record in records)
    return tuple(replace(record, version=replace(record.version, label=label)) for record, label in told)


s = services()
st.title("History")
filters = history_filters(
    lambda: asked_codebooks(s), case_names(s, cases_asked(s.db, s.user)), texts_given(s.db, s.user)
)
listed(replace(filters, unlike=named_otherwise(s, filters.words)))
if records := _records():
    chosen_bar(records)
    if len(records) == 1:
        detail(records[0])
    elif len(records) == 2:
        compare(*sorted(records, key=lambda record: record.group.created))
    else:
        st.caption("Choose one to read it, or two to see them side by side.")
consult_list(s)
