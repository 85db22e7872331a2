"""The tab Import of the page Patient: upload, map, units, review. Nothing is stored before the last button.

It is not a page of its own: ``pages/patient.py`` draws it.
"""

import streamlit as st

from creason_core.codebook import Codebook
from creason_core.errors import UploadError
from creason_core.importing.formats import FORMATS
from creason_core.importing.mapping import target_feature, targets
from creason_core.importing.reading import read_pasted, read_table
from creason_core.importing.report import report_csv, report_json
from creason_core.importing.review import Review, review
from creason_core.importing.suggesting import preview
from pages.components.import_review import Choices, items_table, question_card
from pages.components.import_rows import map_row, unit_row
from pages.components.inert import inert
from pages.guarding import ask
from pages.import_state import (
    MAP,
    REVIEW,
    STEPS,
    UNITS,
    UPLOAD,
    Importing,
    begin,
    current,
    decide,
    discard,
    idem_of,
    keep_mapping,
    kept_mappings,
    map_column,
    map_name,
    save,
    set_mapping,
    set_tick,
    set_unit,
    step_to,
    use_mapping,
)

_ROWS = 60  # rows of a step that are drawn at once
_QUESTIONS = 20


def importing(codebook: Codebook) -> None:
    """Draws the step that the import is at."""
    now = current()
    step = now.step if now else UPLOAD
    st.progress((step + 1) / len(STEPS), text=f"Step {step + 1} of {len(STEPS)}: {STEPS[step]}")
    if now is None:
        _upload()
        return
    {MAP: _map, UNITS: _units, REVIEW: _review}[now.step](now, codebook)


def _upload() -> None:
    st.caption(
        "CSV, TSV, XLSX, JSON, JSONL or Parquet; a patient a row or a value a row. Columns that may identify a person "
        "are shown and never stored; better leave them out of the file."
    )
    file = st.file_uploader("A table", type=list(FORMATS), key="import_file")
    pasted = st.text_area("Or paste from a spreadsheet, with its column names", key="import_paste", height=120)
    if not st.button("Read the table", key="import_read", type="primary", disabled=not (file or pasted.strip())):
        return
    bar = st.progress(0.0, text="Reading")
    try:
        if file:
            table = read_table(file.getvalue(), file.name, progress=lambda share: bar.progress(share, text="Reading"))
        else:
            table = read_pasted(pasted)
        begin(table, file.name if file else "")
    except UploadError as error:
        bar.empty()
        st.error(inert(str(error), 1000), icon=":material/error:")
        return
    st.rerun()


def _map(now: Importing, codebook: Codebook) -> None:
    options = {"": "Not used", "patient": "Patient: tells rows apart, is not stored"}
    options |= {feature.name: f"{feature.label} · {feature.section}" for feature in targets(codebook)}
    mapping = now.mapping
    size = f"{_count(len(now.table.rows), 'row')}, {_count(len(now.table.columns), 'column')}"
    st.markdown(f"**{size}.** Mapped to {_count(len(mapping.mapped), 'feature')}.")
    for note in now.table.notes:
        st.caption(f":material/info: {inert(note)}")
    _kept()
    if mapping.layout == "long":
        rows = [(item.name, item.target, item.score, item.why, "") for item in mapping.names]
    else:
        rows = [
            (c.column, "patient" if c.role == "patient" else c.target, c.score, c.why, c.note)
            for c in mapping.columns
            if c.role in {"feature", "patient", "ignored"}
        ]
        rows.sort(key=lambda row: not (row[1] or row[4]))
    change = map_name if mapping.layout == "long" else map_column
    for at, (name, target, score, why, note) in enumerate(rows[:_ROWS]):
        key = f"import_map_{now.import_id[:6]}_{at}_{name[:20]}"
        shown = () if mapping.layout == "long" else preview(now.table, name)
        map_row(
            name,
            shown,
            target,
            options,
            said=_why(why, score),
            note=note,
            key=key,
            on_change=change,
            place=name,
        )
    if len(rows) > _ROWS:
        st.caption(f"{len(rows) - _ROWS:,} further columns are not used: nothing like them is in the codebook.")
    _ways(MAP, ready=bool(mapping.mapped), why="Map at least one column.")


def _why(why: str, score: float) -> str:
    words = {"similar": "Its name is alike: please look", "chosen": "Chosen by you", "LOINC": "By its LOINC code"}
    return f"{words.get(why, f'By its {why}')} ({score:.0%})" if why else ""


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _kept() -> None:
    with st.expander("Use or keep a mapping", icon=":material/bookmark:"), st.container(horizontal=True, gap="small"):
        names = list(kept_mappings())
        st.selectbox("Kept mapping", names, index=None, key="import_kept", placeholder="None chosen")
        st.button("Use it", key="import_use", on_click=use_mapping, args=("import_kept",), disabled=not names)
        st.text_input("Name", key="import_keep_name", placeholder="the system that the file is from", max_chars=80)
        ask("import_keep_name")
        st.button("Keep this mapping", key="import_keep", on_click=keep_mapping, args=("import_keep_name",))


def _units(now: Importing, codebook: Codebook) -> None:
    st.caption("Where the file does not say a unit, it was judged by the values. Correct what is wrong.")
    mapping = now.mapping
    placed = [(c.column, c.target, c.unit, c.unit_from) for c in mapping.columns if c.role == "feature"]
    named = [(n.name, n.target, n.unit, n.unit_from) for n in mapping.names if n.target]
    for at, (place, target, unit, source) in enumerate([*placed, *named][:_ROWS]):
        cells = () if mapping.layout == "long" else preview(now.table, place, 1)
        unit_row(
            target_feature(target, codebook),
            place,
            unit,
            source,
            cells,
            key=f"import_unit_{now.import_id[:6]}_{at}",
            on_change=set_unit,
        )
    st.segmented_control(
        "Decimal sign",
        ["point", "comma"],
        default=mapping.decimal,
        key="import_decimal",
        required=True,
        on_change=set_mapping,
        args=("decimal", "import_decimal"),
    )
    if mapping.layout == "long":
        st.segmented_control(
            "Of several values of a patient",
            ["worst", "first", "last"],
            default=mapping.choice,
            key="import_choice",
            required=True,
            on_change=set_mapping,
            args=("choice", "import_choice"),
        )
    st.checkbox(
        "These are the units of my file",
        value=now.decisions.units_confirmed,
        key="import_units_ok",
        on_change=set_tick,
        args=("units_confirmed", "import_units_ok"),
    )
    _ways(UNITS)


def _reviewed(now: Importing, codebook: Codebook) -> Review:
    """The review of what is decided so far; made once for each state of the import."""
    kept = st.session_state.get("import_review")
    if isinstance(kept, Review):
        return kept
    bar = st.progress(0.0, text="Checking every value")
    found = review(
        now.table,
        now.mapping,
        now.decisions,
        codebook,
        import_id=now.import_id,
        file_name=now.file_name,
        progress=lambda share: bar.progress(share, text="Checking every value"),
    )
    bar.empty()
    st.session_state["import_review"] = found
    return found


def _review(now: Importing, codebook: Codebook) -> None:
    found = _reviewed(now, codebook)
    st.markdown(f"**{inert(found.summary)}**")
    choices = Choices(decide=decide, tick=set_tick, ask=ask, decisions=now.decisions)
    for question in found.questions[:_QUESTIONS]:
        question_card(question, choices, key=f"import_q_{question.asks}_{question.feature}_{question.row}")
    if len(found.questions) > _QUESTIONS:
        st.caption(f"{len(found.questions) - _QUESTIONS:,} further questions follow when these are decided.")
    if not found.questions and not found.drafts:
        st.info("Nothing of this table is mapped to a feature.", icon=":material/info:")
    items_table(found.items)
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Download report (CSV)",
            lambda: report_csv(found.items),
            "import-report.csv",
            "text/csv",
            key="import_csv",
            on_click="ignore",
        )
        st.download_button(
            "Download report (JSON)",
            lambda: report_json(found.items),
            "import-report.json",
            "application/json",
            key="import_json",
            on_click="ignore",
        )
    st.session_state.setdefault("import_label", "Imported")
    st.text_input(
        "Name of these cases",
        key="import_label",
        max_chars=180,
        help="So that you find them again. Nothing that identifies a person.",
    )
    ask("import_label")
    st.button(
        f"Save {_count(len(found.drafts), 'case')}",
        key="import_save",
        type="primary",
        icon=":material/save:",
        disabled=not found.ready,
        on_click=save,
        args=(found, "import_label", idem_of(found)),
    )
    _ways(REVIEW)


def _ways(step: int, *, ready: bool = True, why: str = "") -> None:
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
