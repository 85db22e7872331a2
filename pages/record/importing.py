"""The tab Import of the page Patient: upload, map, units, review. Nothing is stored before the last button.

It is not a page of its own: ``pages/patient.py`` draws it.
"""

from typing import TYPE_CHECKING

import streamlit as st

from creason_core.errors import UploadError
from creason_core.record.importing.files.formats import ENDINGS
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.reading import read_pasted, read_table
from pages.components.file_field import file_field
from pages.components.inert import inert
from pages.components.told_apart import told_apart
from pages.record.codebook_choice import codebook_choice
from pages.record.import_mapping import mapping_step, units_step
from pages.record.import_names import offer_names
from pages.record.import_reviewing import review_step
from pages.record.import_state import CHOICE, MAP, REVIEW, STEPS, UNITS, UPLOAD, begin, chosen_cohort, current
from pages.server.services import services

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

_WAITING = "import_waiting"  # Read the table was pressed while there was none
_PARTS = "import_parts"  # an upload and its sheets or events, of which one must be chosen


def importing() -> None:
    """Draws the step that the import is at."""
    now = current()
    step = now.step if now else UPLOAD
    st.progress((step + 1) / len(STEPS), text=f"Step {step + 1} of {len(STEPS)}: {STEPS[step]}")
    if now is None:
        _upload()
        return
    {MAP: mapping_step, UNITS: units_step, REVIEW: review_step}[now.step](now, now.cohort.codebook)


def _upload() -> None:
    st.caption(
        "A patient a row or a value a row. Columns that may identify a person are shown and never stored; better "
        "leave them out of the file."
    )
    codebook_choice(services(), chosen_cohort().name, CHOICE, persist=True)
    file = file_field("A table", ENDINGS, key="import_file")
    pasted = st.text_area(
        "Or paste from a spreadsheet, with its column names", key="import_paste", height=120, persist_state="session"
    )
    workbook = file is not None and file.name.casefold().endswith(".xlsx")
    part, names_part = _parts(_given(file, pasted), workbook=workbook)
    pressed = st.button("Read the table", key="import_read", type="primary")
    waiting = bool(st.session_state.get(_WAITING))
    if (pressed or waiting) and not file and not pasted.strip():
        st.session_state[_WAITING] = True  # whether one is on its way is known to the browser alone
        st.info(
            "There is no table yet. A file is read as soon as its upload has ended; one that the field has refused, in "
            "red, is not taken.",
            icon=":material/upload_file:",
        )
        return
    if not pressed and not (waiting and file):
        return
    st.session_state.pop(_WAITING, None)
    bar = st.progress(0.0, text="Reading")

    def read() -> Table:
        if not file:
            return read_pasted(pasted, sheet=part)
        return read_table(
            file.getvalue(), file.name, sheet=part, progress=lambda share: bar.progress(share, text="Reading")
        )

    try:
        table = read()
        if table.open:
            st.session_state[_PARTS] = (_given(file, pasted), table.open)
        else:
            names = read_table(file.getvalue(), file.name, sheet=names_part) if file and names_part else None
            begin(table, file.name if file else "")
            if names is not None:
                offer_names(names)
    except UploadError as error:
        bar.empty()
        st.error(inert(str(error), 1000), icon=":material/error:")
        return
    st.rerun()


def _given(file: "UploadedFile | None", pasted: str) -> str:
    """What tells one upload from the next."""
    return str(file.file_id) if file else pasted


def _parts(given: str, *, workbook: bool) -> tuple[str, str]:
    """The sheet or event to read, asked where the file was seen to leave it open; "" where it is not.

    Of a workbook also the sheet that holds the names of the tests, "" for none.
    """
    seen, parts = st.session_state.get(_PARTS, ("", ()))
    if seen != given or not parts:
        return "", ""
    asked = "The file holds values under several sheets or events. Which of them?"
    part = str(st.selectbox(asked, parts, key="import_part"))
    if not workbook:
        return part, ""
    others = ["", *(name for name in parts if name != part)]
    said = "Sheet that says what the codes of its tests are called, if there is one"
    names = st.selectbox(
        said, others, key="import_names_part", format_func=told_apart(others, lambda one: one or "None")
    )
    return part, str(names or "")
