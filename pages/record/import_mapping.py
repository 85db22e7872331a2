"""The import's steps Map and Units: what each column is, and in which unit it stands."""

from collections.abc import Mapping, Sequence

import streamlit as st

from creason_core.record.codebook import Codebook
from creason_core.record.importing.columns.mapping import Layout, Role, target_feature, targets
from creason_core.record.importing.contents.previews import name_previews, preview
from pages.components.inert import inert
from pages.components.read_only import saving
from pages.components.told_apart import told_apart
from pages.record.import_deciding import set_tick
from pages.record.import_names import names_from_another_table
from pages.record.import_rows import MapLine, counted, map_row, unit_row
from pages.record.import_state import (
    MAP,
    REVIEW,
    UNITS,
    Importing,
    discard,
    keep_mapping,
    kept_mappings,
    map_column,
    map_name,
    set_layout,
    set_mapping,
    set_role,
    set_unit,
    step_to,
    use_mapping,
)
from pages.session.typed_text import ask

_ROWS = 60  # rows of a step that are drawn at once
_EXAMPLES = 20  # values of a column that are looked at for one in another unit
_ROLES: Mapping[Layout, Mapping[Role, str]] = {
    "wide": {"patient": "Patient", "encounter": "Stay", "time": "Time", "admission": "Admission"},
    "long": {"patient": "Patient", "encounter": "Stay", "name": "Name of the test", "value": "Value", "unit": "Unit",
             "time": "Time", "admission": "Admission", "specimen": "Specimen"},
}  # fmt: skip
_LAYOUTS: Mapping[Layout, str] = {"wide": "A patient, or a time of one", "long": "A value"}
# No score: it only orders what is alike, and a per cent beside a name would be read as a chance that nobody measured.
_WHY = {
    "chosen": "Chosen by you",
    "LOINC": "By its LOINC code",
    "alias": "By another name for it",
    "similar": "Its name is alike",
    "search": "By a word that one searches it by",
}


def mapping_step(now: Importing, codebook: Codebook) -> None:
    """Draws every column with what it is taken for: what is used, what may identify a person, and the rest."""
    mapping = now.mapping
    size = f"{counted(len(now.table.rows), 'row')}, {counted(len(now.table.columns), 'column')}"
    st.markdown(f"**{size}.** Mapped to {counted(len(mapping.mapped), 'feature')}.")
    for note in now.table.notes:
        st.caption(f":material/info: {inert(note)}")
    names_from_another_table(now)
    _kept()
    _roles(now)
    lines = _names(now) if mapping.layout == "long" else _columns(now)
    used = [line for line in lines if line.target]
    asked = [line for line in lines if line.note and line not in used]
    named = [line for line in lines if line.person and line not in used and line not in asked]
    rest = [line for line in lines if line not in used and line not in asked and line not in named]
    left = _ROWS
    for title, about, group in (
        ("Used", "", used),
        ("Not used unless you choose", "Their names do not say enough.", asked),
        ("May identify a person", "Their text is never stored.", named),
        ("Not used", "The registry has nothing like them. Choose a feature where one of them is one.", rest),
    ):
        shown, left = group[:left], max(left - len(group), 0)
        if shown:
            _group(f"{title} ({len(group):,})", about, shown, now, codebook)
    if len(lines) > _ROWS:
        st.caption(f"{len(lines) - _ROWS:,} further columns are not used: nothing like them is in the codebook.")
    ways(MAP, ready=bool(mapping.mapped or mapping.rivals), why="Map at least one column.")


def _roles(now: Importing) -> None:
    """Draws what a row is, and which column is the patient, the time and the other parts of a row."""
    mapping = now.mapping
    layout = now.box("layout")
    st.segmented_control(
        "A row is", list(_LAYOUTS), default=mapping.layout, key=layout, required=True,
        format_func=lambda one: _LAYOUTS[one], on_change=set_layout, args=(layout,),
    )  # fmt: skip
    roles = _ROLES[mapping.layout]
    for start in range(0, len(roles), 4):
        for place, role in zip(st.columns(4), list(roles)[start : start + 4], strict=False):
            column = mapping.column(role)
            key = now.box("role", role)
            options = ["", *now.table.columns]
            place.selectbox(
                roles[role], options, index=options.index(column.column) if column else 0, key=key,
                format_func=told_apart(options, lambda one: one[:60] or "None"), on_change=set_role, args=(role, key),
            )  # fmt: skip


def _group(title: str, about: str, lines: Sequence[MapLine], now: Importing, codebook: Codebook) -> None:
    options = {"": "Not used", "patient": "Patient: tells rows apart, is not stored"}
    options |= {feature.name: f"{feature.label} · {feature.section}" for feature in targets(codebook)}
    change = map_name if now.mapping.layout == "long" else map_column
    st.markdown(f"**{title}**")
    if about:
        st.caption(about)
    for line in lines:
        map_row(line, options, key=now.box("map", line.at, line.name), on_change=change)


def _columns(now: Importing) -> list[MapLine]:
    lines = []
    for at, item in enumerate(now.mapping.columns):
        if item.role not in {"feature", "patient", "ignored"}:
            continue
        finding = now.identifying.get(item.column)
        target = "patient" if item.role == "patient" else item.target
        lines.append(
            MapLine(
                at,
                item.column,
                values=(finding.example,) if finding else preview(now.table, item.column),
                target=target,
                said=_why(item.why) if target else "",
                note=item.note,
                person=finding.sentence if finding else "",
            )
        )
    return lines


def _names(now: Importing) -> list[MapLine]:
    if not now.mapping.column("name") or not now.mapping.column("value"):
        return []
    examples = name_previews(now.table, now.mapping)
    return [
        MapLine(
            at,
            item.name,
            item.target,
            "" if item.note else _why(item.why),
            examples.get(item.name, ()),
            item.note,
        )
        for at, item in enumerate(now.mapping.names)
    ]


def _why(why: str) -> str:
    return _WHY.get(why, f"By its {why}") if why else ""


def _kept() -> None:
    with st.expander("Use or keep a mapping", icon=":material/bookmark:"):
        names = list(kept_mappings())
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.selectbox("Kept mapping", names, index=None, key="import_kept", placeholder="None chosen")
            st.button("Use it", key="import_use", on_click=use_mapping, args=("import_kept",), disabled=not names)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            place = "the system that the file is from"
            st.text_input("Name", key="import_keep_name", placeholder=place, max_chars=80, persist_state="session")
            st.button(
                "Keep this mapping", key="import_keep", on_click=keep_mapping, args=("import_keep_name",), **saving()
            )
        ask("import_keep_name")


def units_step(now: Importing, codebook: Codebook) -> None:
    """Draws every value that could stand in more than one unit, with how its unit is known and an example."""
    st.caption("Where the file does not say a unit, it was judged by the values. Correct what is wrong.")
    mapping = now.mapping
    placed = [(c.column, c.target, c.unit, c.unit_from) for c in mapping.columns if c.role == "feature"]
    named = [(n.name, n.target, n.unit, n.unit_from) for n in mapping.names if n.target]
    examples = name_previews(now.table, mapping, _EXAMPLES) if mapping.names else {}
    for at, (place, target, unit, source) in enumerate([*placed, *named][:_ROWS]):
        cells = examples.get(place, ()) if mapping.layout == "long" else preview(now.table, place, _EXAMPLES)
        key = now.box("unit", at, target, place)
        unit_row(target_feature(target, codebook), place, unit, source, cells, key=key, on_change=set_unit)
    with st.container(horizontal=True, gap="large"):
        _choice("Decimal sign", "decimal", ["point", "comma"], mapping.decimal)
        if mapping.layout == "long" or mapping.column("time"):
            _choice("Of several values of a patient", "choice", ["worst", "first", "last"], mapping.choice)
    if mapping.with_unit("assumed"):
        st.checkbox(
            "These are the units of my file",
            value=now.decisions.units_confirmed,
            key="import_units_ok",
            on_change=set_tick,
            args=("units_confirmed", "import_units_ok"),
        )
    ways(UNITS)


def _choice(label: str, part: str, options: Sequence[str], chosen: str) -> None:
    key = f"import_{part}"
    st.segmented_control(
        label, options, default=chosen, key=key, required=True, on_change=set_mapping, args=(part, key)
    )


def ways(step: int, *, ready: bool = True, why: str = "") -> None:
    """Draws the ways out of a step: back, on, and to leave the import."""
    with st.container(horizontal=True, gap="small"):
        if step > MAP:
            st.button("Back", key="import_back", on_click=step_to, args=(step - 1,))
        if step < REVIEW:
            st.button(
                "Continue",
                key="import_next",
                type="primary",
                on_click=step_to,
                args=(step + 1,),
                disabled=not ready,
                help=why if not ready else None,
            )
        st.button("Discard this import", key="import_discard", type="tertiary", on_click=discard)
