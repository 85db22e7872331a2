"""Where the step Map takes a table of names: what the codes of a long table are called, and by which column they meet.

It is joined where the column is evident; else a person says which it is.
"""

from dataclasses import replace

import streamlit as st

from creason_core.errors import UploadError
from creason_core.record.importing.contents.previews import preview
from creason_core.record.importing.decisions import Decisions
from creason_core.record.importing.files.formats import ENDINGS
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.forms.name_keys import Key, evident, keys
from creason_core.record.importing.forms.name_tables import codes_alone, with_names
from creason_core.record.importing.reading import read_table
from creason_core.record.importing.review.review import identifying_columns
from creason_core.record.importing.suggesting import suggest
from pages.components.file_field import file_field
from pages.components.inert import inert
from pages.components.told_apart import told_apart
from pages.record.import_state import Importing, current, keep
from pages.session.messages import told

_READ = "import_names_read"  # the table of names that was read
_SHEETS = "import_names_sheets"  # the file's id and the sheets of which one must be chosen


def names_from_another_table(now: Importing) -> None:
    """Draws where a table of names is given, or that one has been joined."""
    if now.plain is not None:
        st.button("Read it without the names", key="import_names_off", type="tertiary", on_click=without_names)
        return
    alone = _stand_as_codes(now)
    with st.expander("Names from another table", expanded=bool(alone) or _READ in st.session_state,
                     icon=":material/join_inner:"):  # fmt: skip
        if alone:
            st.info(f"The tests stand as codes here: {inert(alone, 100)}. Add the table that says what they are "
                    "called.", icon=":material/pin:")  # fmt: skip
        st.caption(
            "A table with the codes and what they are called, such as D_LABITEMS, OMOP's concept or a laboratory's "
            "list. A column of specimens or units in it is read as well."
        )
        file = file_field("The table of names", ENDINGS, key=f"import_names_{now.import_id[:6]}")
        seen, sheets = st.session_state.get(_SHEETS, ("", ()))
        sheet = ""
        if file and seen == file.file_id:
            sheet = str(st.selectbox("Which sheet holds the names?", sheets, key="import_names_sheet"))
        pressed = st.button("Read the names", key="import_names_go", disabled=file is None)
        if file and pressed:
            st.session_state.pop(_READ, None)  # where this one cannot be read, no earlier one stands for it
            try:
                names = read_table(file.getvalue(), file.name, sheet=sheet)
            except UploadError as error:
                st.error(inert(str(error), 1000), icon=":material/error:")
                return
            if names.open:
                st.session_state[_SHEETS] = (file.file_id, names.open)
                st.rerun()
            st.session_state[_READ] = names
        read = st.session_state.get(_READ)
        if isinstance(read, Table):
            _by_a_key(now, read)


def offer_names(names: Table) -> None:
    """Holds a table of names, read with the table that was begun, for the step Map to join."""
    st.session_state[_READ] = names


def _stand_as_codes(now: Importing) -> str:
    """First codes where the names of the tests are nothing else, and none is mapped; "" elsewhere."""
    column, names = now.mapping.column("name"), now.mapping.names
    if column is None or now.mapping.mapped or not codes_alone([item.name for item in names]):
        return ""
    return ", ".join(preview(now.table, column.column))


def _by_a_key(now: Importing, names: Table) -> None:
    """Joins by the key that is evident, else asks for it."""
    found = keys(now.table, names)
    if not found:
        st.error(
            "No column of this table has codes that a column of the table of names has too. Check that it is the right "
            "table, and that codes are written alike in both.", icon=":material/error:",
        )  # fmt: skip
        return
    key = evident(found)
    if key is None:
        key = st.radio(
            "Which column has the codes?", found, index=None, key="import_names_key",
            format_func=told_apart(found, lambda one: inert(one.said)),
        )  # fmt: skip
        if not st.button("Join the names", key="import_names_join", disabled=key is None) or key is None:
            return
    try:
        _join(names, key)
    except UploadError as error:
        st.error(inert(str(error), 1000), icon=":material/error:")
        return
    st.rerun()


def _join(names: Table, key: Key) -> None:
    if now := current():
        table = with_names(now.table, names, key)
        st.session_state.pop(_READ, None)
        _begin_anew(now, table, now.table)


@told
def without_names() -> None:
    """Reads the table as it was before names were joined with it."""
    now = current()
    if now and now.plain is not None:
        _begin_anew(now, now.plain, None)


def _begin_anew(now: Importing, table: Table, plain: Table | None) -> None:
    """Maps ``table`` anew: what was mapped and decided was about another."""
    mapping = suggest(table, now.cohort.codebook)
    found = {finding.column: finding for finding in identifying_columns(table, mapping)}
    keep(
        replace(
            now,
            table=table,
            plain=plain,
            mapping=mapping,
            identifying=found,
            decisions=Decisions(),
            drawn=now.drawn + 1,
        )
    )
