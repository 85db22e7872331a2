"""Patient: a record that is right, complete with where each value comes from, and never overwritten."""

from functools import partial

import streamlit as st

from creason_core.record.case import PatientCase
from creason_core.record.codebook import Feature
from creason_core.record.computed import computed_values, readings, readings_at
from creason_core.record.hours import parted
from creason_core.record.sofa import sofa
from creason_core.store.people.preferences import preferences
from pages.components.computed_list import computed_list
from pages.components.inert import inert
from pages.components.patient_bar import no_case, patient_bar
from pages.components.read_only import held, saving
from pages.components.value_field import findings_below, value_field
from pages.guideline.asked import hidden_values
from pages.record.case_draft import Draft, codebook_of, draft_of, field_key, label_key, reason_key, values_of
from pages.record.codebook_choice import codebook_choice
from pages.record.drafting import as_typed, begin, change, choose_cohort, discard, give_reason, rename, save
from pages.record.glancing import glance_tab, show_fields
from pages.record.importing import importing
from pages.record.more_times import times_below
from pages.record.table_entry import forget_table, table_entry
from pages.runs.version_list import version_list
from pages.server.services import services
from pages.session.acting import key_for
from pages.session.case_opening import reset_to_original
from pages.session.opened import bar_facts, opened
from pages.session.typed_text import ask

GLANCE = "At a glance"
FILLED, FLAGGED = "Only filled", "Only flagged"


def enter(now: Draft, *, editable: bool) -> None:
    """The fields by section, with search and filters; a section that is closed is not drawn."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        wanted = st.text_input(
            "Search",
            placeholder="Find a value by a part of its name",
            key="enter_search",
            icon=":material/search:",
            label_visibility="collapsed",
        )
        only = st.pills(
            "Show", [FILLED, FLAGGED], selection_mode="multi", key="enter_only", label_visibility="collapsed"
        )
    narrowed, fields = bool(wanted or only), now.fields(codebook)
    sections = {section: [feature for feature in fields if feature.section == section] for section in codebook.sections}
    counts = [f"{inert(section)} {sum(_filled(now, one) for one in of)}/{len(of)}" for section, of in sections.items()]
    st.caption(f"Recorded: {' · '.join(counts)}")
    for number, (section, features) in enumerate(sections.items()):
        chosen = [feature for feature in features if _wanted(now, feature, wanted or "", only)]
        if not chosen:
            continue
        drawer = st.expander(
            f"**{inert(section)}**",  # no count: with another label it is another drawer, closed, and the focus is lost
            expanded=narrowed or number == 0,
            key=f"section_{number}_{narrowed}",
            on_change="rerun",
        )
        if drawer.open:
            with drawer, st.grid(min_column_width=250, gap="small"):
                for feature, after in zip(chosen, [*chosen[1:], None], strict=True):
                    last = after is None or parted(after.name)[0] != parted(feature.name)[0]
                    field(now, feature, editable=editable, last=last)
    if not narrowed:
        computed(now)


def computed(now: Draft) -> None:
    """What follows from the possible values by a formula: of those that count, and of those at each time."""
    entries = [entry for feature in now.fields(codebook)
               if (entry := now.entry(feature)) and entry.measured and not _impossible(now, feature)]  # fmt: skip
    case = PatientCase(
        patient=now.patient, codebook=codebook.name, codebook_hash=codebook.content_hash, entries=tuple(entries)
    )
    given = readings(case, codebook)
    at_times = {codebook.at(hours): computed_values(found) for hours, found in readings_at(case, codebook).items()
                if hours is not None}  # fmt: skip
    computed_list(computed_values(given), sofa(given), at_times)


def field(now: Draft, feature: Feature, *, editable: bool, last: bool) -> None:
    """One value, what the checks say about it, and its time; ``last``: no other of its feature comes after it."""
    entry = now.entry(feature)
    measured = entry is not None and entry.measured
    key = field_key(now, feature.name)
    with st.container(gap="small"):
        value_field(
            feature,
            now.values.get(feature.name),
            entry.provenance if entry and measured else None,
            assumed=entry is not None and not entry.measured,
            disabled=not editable,
            key=key,
            on_change=lambda: change(now.base, feature.name, key),
        )
        findings(now, feature)
        if editable:
            times_below(now, feature, codebook, last=last)


def findings(now: Draft, feature: Feature) -> None:
    """What the checks say about one value, with the field for a reason where one is needed."""
    entry, reason = now.entry(feature), reason_key(now, feature.name)
    findings_below(
        now.findings(feature),
        now.reasons.get(feature.name, entry.reason if entry else ""),
        needs_reason=entry is not None and entry.provenance == "entered",
        key=reason,
        on_reason=lambda: give_reason(now.base, feature.name, reason),
        ask=lambda: ask(reason, lambda: give_reason(now.base, feature.name, reason)),
    )


def table(now: Draft) -> None:
    """The record as a table; above it, in sight of Save, what is to be decided about its values."""
    for feature in now.fields(codebook):
        entry, tiers = now.entry(feature), {finding.tier for finding in now.findings(feature)}
        if "impossible" in tiers or ("confirm" in tiers and entry is not None and entry.provenance == "entered"):
            findings(now, feature)
    table_entry(now, codebook)


def save_bar(now: Draft) -> None:
    """What would be saved, which values stand in the way (their fields say why), and the two ways out."""
    blocked, undecided = now.blocked(codebook), now.undecided()
    words = [f"{now.changes} unsaved change{'s' if now.changes != 1 else ''}"]
    words += ["an identifier to decide about"] * undecided
    for tier, word in (("impossible", "impossible"), ("confirm", "to confirm")):
        if those := [codebook.feature(finding.feature).label for finding in blocked if finding.tier == tier]:
            words.append(f"{len(those)} {word}: {inert(', '.join(dict.fromkeys(those)), 400)}")
    with st.container(border=True, key="save_bar", gap="small"):
        name = label_key(now)
        st.session_state.setdefault(name, now.label)
        st.text_input(
            "Name of this case",
            key=name,
            help="So that you find it again. Nothing that identifies a person.",
            max_chars=200,
            on_change=lambda: rename(now.base, name),
            disabled=held(name),
            persist_state="session",
        )
        ask(name, lambda: rename(now.base, name))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                "Save version",
                key="save_version",
                type="primary",
                icon=":material/save:",
                shortcut="Ctrl+S" if preferences(s.db, s.user).shortcuts else None,
                on_click=save,
                args=(now, key_for(f"save:{now.key}")),
                **saving(disabled=bool(blocked) or undecided or not (now.changes or now.stored)),
            )
            st.button(
                "Discard",
                key="discard",
                type="tertiary",
                on_click=discard,
                args=(now,),
                **saving(disabled=not now.stored),
            )
            st.markdown(f"{' · '.join(words)}", width="content")
        if now.stored:
            st.caption("What you type is kept as a draft at once; a reload loses nothing.")


def which_codebook(now: Draft) -> None:
    """The choice of a codebook for a new patient, until a value is there."""
    key = "entry_cohort"
    fixed = "Discard what is entered to choose another codebook." if now.values else ""
    codebook_choice(s, now.cohort, key, on_change=lambda: choose_cohort(now, key), fixed=fixed)


def first_tab(names: list[str], now: Draft | None) -> str | None:
    """The tab that opens first: the one that was open before a tab was added (a first Save adds one), or None.

    Who has a draft comes back to its fields.

    It stays what it was as long as ``names`` do: with another the tabs are new ones, and a click on the old is lost.
    """
    typed = "Enter" if now is not None and now.stored else None
    open_now, kept = st.session_state.get("patient_tab"), st.session_state.get("patient_tabs")
    if open_now is None or kept is None or kept[0] != names:
        kept = st.session_state["patient_tabs"] = (names, open_now if open_now in names else typed)
    first: str | None = kept[1]
    return first


def _impossible(now: Draft, feature: Feature) -> bool:
    return any(finding.tier == "impossible" for finding in now.findings(feature))


def _filled(now: Draft, feature: Feature) -> bool:
    return feature.name in now.values


def _wanted(now: Draft, feature: Feature, wanted: str, only: list[str]) -> bool:
    named = wanted.strip().casefold() in " ".join((feature.label, feature.section, *feature.words)).casefold()
    filled = _filled(now, feature) or feature.name in now.added
    return named and (FILLED not in only or filled) and (FLAGGED not in only or bool(now.findings(feature)))


s = services()
version = opened(s, original=True)
st.title("Patient")
whole = version is None or s.codebooks.whole(version.case)
now = draft_of(s, version) if whole else None
book_of_new = codebook_of(s, now) if now else s.cohort.codebook
codebook = s.codebooks.of(version.case) if version else book_of_new
if now is not None:
    now = as_typed(now, codebook)
unfit = s.shelf.why_not(now.cohort) if now else ""
if gone := s.why_unaskable(version) if version else unfit:
    st.warning(inert(gone), icon=":material/link_off:")
if version is not None:
    patient_bar(
        bar_facts(s, version),
        version.n,
        public=version.source == "public",
        cohort=version.cohort,
        on_reset=partial(reset_to_original, version.case_id, "patient"),
    )
if version is not None and whole and now is None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("A case of a cohort is never changed.", width="content")
        st.button(
            "Copy to edit",
            key="copy",
            icon=":material/content_copy:",
            on_click=show_fields,
            args=(lambda: begin(version),),
            **saving(),
        )
names = [*([GLANCE] if version else []), "Enter", *(["Table"] if now else []), "Import",
         *(["Versions"] if version else [])]  # fmt: skip
first = first_tab(names, now)
tabs = dict(zip(names, st.tabs(names, key="patient_tab", default=first, on_change="rerun"), strict=True))
if version is not None and tabs[GLANCE].open:
    with tabs[GLANCE]:
        glance_tab(s, version, hidden_values(s, version), unsaved=now is not None and bool(now.changes))
if tabs["Enter"].open:
    with tabs["Enter"]:
        if now is not None:
            if version is None:
                which_codebook(now)
            save_bar(now)
            enter(now, editable=True)
        elif version is None:
            no_case(lambda: begin(None))
        elif not whole:
            st.caption("The codebook of this case is not at hand: it can be read, not changed.")
            enter(Draft("", version, version.case.patient, version.label, values_of(version.case)), editable=False)
        else:
            enter(Draft("", version, version.case.patient, version.label, values_of(version.case)), editable=False)
if now is not None and tabs["Table"].open:
    with tabs["Table"]:
        save_bar(now)
        table(now)
else:
    forget_table()
if tabs["Import"].open:
    with tabs["Import"]:
        importing()
if version is not None and tabs["Versions"].open:
    with tabs["Versions"]:
        version_list(s, version)
