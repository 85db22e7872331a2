"""Home: be useful in one click. Open a public case, continue, or see what is running or unread."""

import streamlit as st

from creason_core.store.patients.cases import CaseVersion, case_version, recent_cases, versions
from creason_core.store.runs.run_rows import RunGroup, recent_groups, unread_groups
from pages.components.inert import inert
from pages.components.read_only import saving
from pages.components.run_state import state_badge
from pages.components.told_apart import told_apart
from pages.record.drafting import begin
from pages.record.public_tiles import tiles
from pages.server.services import Services, services
from pages.session.address import go, here
from pages.session.case_names import case_names
from pages.session.case_opening import open_case, open_public_case, open_run

HOW = (
    "**Open or enter** a patient. Values are checked as you type.",
    "**Hide** one value. The model sees the rest, without what would give it away.",
    "**Commit** your own answer, read the model's reasoning as it comes, and **judge** it.",
)
OTHERS = 200


def public_cases(s: Services) -> None:
    """Patients of every cohort at hand, the reader's default first; each told by its own data."""
    st.subheader("Open a public case")
    first = s.cohort
    tiles(s, first)
    for cohort in s.shelf.cohorts.values():
        if cohort.name != first.name:
            drawer = st.expander(f"**{inert(cohort.title)}**", key=f"cohort_{cohort.name}", on_change="rerun")
            if drawer.open:
                with drawer:
                    tiles(s, cohort)
    if s.shelf.broken:
        count = len(s.shelf.broken)
        st.caption(f":material/warning: {count} cohort{'s' if count > 1 else ''} cannot be used: see Settings.")


def doors(s: Services) -> None:
    """The three ways in, for who has no case yet."""
    first = s.cohort.public[0]
    with st.grid(min_column_width=240, gap="small"):
        with st.container(border=True, key="door_case"):
            st.markdown("**Try a case**")
            st.caption("A real patient: hide a value, guess, and read the model.")
            st.button(
                "Open a case",
                key="door_try",
                type="primary",
                icon=":material/person:",
                on_click=open_public_case,
                args=(s.cohort.name, first.patient, first.headline),
                **saving(),
            )
        with st.container(border=True, key="door_demo"):
            st.markdown("**See the demo**")
            st.caption("Eight steps in six minutes, without a model or a network.")
            st.button("Start the demo", key="door_show", icon=":material/slideshow:", on_click=go, args=("demo",))
        with st.container(border=True, key="door_data"):
            st.markdown("**Bring my data**")
            st.caption("De-identified records: a spreadsheet, a CSV file, SPSS or Stata.")
            import_button(prominent=True)


def import_button(*, prominent: bool) -> None:
    """The way to a table of one's own: a door at first, and later a line beside the form."""
    st.button(
        "Import records",
        key="door_import",
        icon=":material/upload_file:",
        type="secondary" if prominent else "tertiary",
        on_click=bring_data,
        **saving(),
    )


def bring_data() -> None:
    """Goes to Patient, at the tab Import."""
    st.session_state["patient_tab"] = "Import"
    go("patient", case=None, v=None, mask=None, run=None)


def in_hand(s: Services, newest: CaseVersion) -> tuple[CaseVersion, RunGroup | None]:
    """The case to go on with, as it is now, and the reader's last run, where it is about that case.

    It is the open one; else that of the last run, or ``newest`` where it was saved after that.
    """
    groups = recent_groups(s.db, s.user, 1, batch=False)
    asked = case_version(s.db, s.user, groups[0].case_version_id) if groups else newest
    last = asked.case_id if groups and groups[0].created >= newest.created else newest.case_id
    found = versions(s.db, s.user, here("case") or last) or (newest,)
    return found[-1], groups[0] if groups and asked.case_id == found[-1].case_id else None


def continue_card(version: CaseVersion, group: RunGroup | None) -> None:
    """The case in hand and the last run on it."""
    with st.container(border=True, key="continue"):
        st.caption("Continue")
        st.markdown(f"**{inert(case_names(s, {version.case_id: version.label})[version.case_id])}**")
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Open the case",
                key="continue_case",
                icon=":material/arrow_forward:",
                on_click=open_case,
                args=(version,),
            )
            if group:
                st.button(
                    "Last run",
                    key="continue_run",
                    on_click=open_run,
                    args=(group.case_version_id, group.id),
                    type="tertiary",
                )


def other_cases(s: Services, shown: CaseVersion) -> None:
    """The reader's cases but ``shown``, read when they are asked for: every patient of a table is a case."""
    drawer = st.expander("**My other cases**", key="others", on_change="rerun")
    if not drawer.open:
        return
    found = [version for version in recent_cases(s.db, s.user, OTHERS + 1) if version.case_id != shown.case_id]
    others = {version.case_id: version for version in found[:OTHERS]}
    names = case_names(s, {case_id: version.label for case_id, version in others.items()})

    def chosen() -> None:
        if case_id := st.session_state.get("other_case"):
            open_case(others[case_id])

    with drawer:
        st.selectbox(
            "Open another case",
            list(others),
            index=None,
            key="other_case",
            format_func=told_apart(others, lambda case_id: names[case_id]),
            placeholder="Choose one, or type a part of its name",
            on_change=chosen,
        )
        if len(found) > OTHERS:
            st.caption(f"These are the {OTHERS} newest; History has whatever was asked.")


def running_or_unread(s: Services) -> None:
    """Live runs, and finished ones that nobody has looked at."""
    st.subheader("Running or unread")
    live = [view.group for view in s.runs.live(s.user)]
    unread = [group for group in unread_groups(s.db, s.user) if group.id not in {item.id for item in live}]
    if not live and not unread:
        st.caption("Nothing is running, and nothing waits to be read.")
    batch = [group for group in live if group.batch]  # one line: a scan has a question for each value
    alone = [group for group in live if not group.batch]
    for group, word in [*((item, "live") for item in (*alone, *batch[:1])), *((item, "unread") for item in unread[:5])]:
        label = s.masked(group).label
        more = f" · and {len(batch) - 1} more of a series" if batch[1:] and group is batch[0] else ""
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if word == "live":
                state_badge("streaming")
            else:
                st.badge("Unread", icon=":material/mark_email_unread:", color="blue")
            st.button(
                f"{inert(label)} · {group.created.astimezone():%d %b %H:%M}{more}",
                key=f"open_{group.id}",
                type="tertiary",
                on_click=open_run,
                args=(group.case_version_id, group.id),
            )


s = services()
st.title("Home")
if not s.answering.ready:
    st.warning(
        f"The model is offline: {inert(s.answering.note)} You can open and enter cases and read earlier runs.",
        icon=":material/cloud_off:",
    )
cases = recent_cases(s.db, s.user, 2)
if cases:
    case, run = in_hand(s, cases[0])
    continue_card(case, run)
    if len(cases) > 1:
        other_cases(s, case)
else:
    st.write("Hide a value of a real patient, say what you think it was, and see how the model reasons about it.")
    doors(s)
public_cases(s)
left, right = st.columns(2, gap="medium")
with left:
    running_or_unread(s)
with right:
    st.subheader("How to use")
    st.markdown("\n".join(f"{number}. {line}" for number, line in enumerate(HOW, 1)))
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Enter a patient of your own",
            key="new_case",
            icon=":material/add:",
            type="tertiary",
            on_click=begin,
            args=(None,),
            **saving(),
        )
        if cases:
            import_button(prominent=False)
