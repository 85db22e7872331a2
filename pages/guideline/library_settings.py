"""The tab Library of the page Settings: the hospital's own documents, for who may change them.

It is not a page of its own: ``pages/settings.py`` draws it.
"""

from datetime import UTC, datetime

import streamlit as st

from creason_core.errors import CReasonError
from creason_core.guideline.documents.about import OPEN, about
from creason_core.guideline.documents.checking import idle_vectors
from creason_core.guideline.documents.formats import ENDINGS
from creason_core.guideline.documents.reading import ReadDocument, read_document
from creason_core.guideline.documents.shelving import add, remove
from creason_core.guideline.documents.succession import Validity, validity
from creason_core.guideline.here import dense_here
from creason_core.principal import Principal
from creason_core.store.hospital.library import LibraryDocument, documents_in
from pages.components.file_field import file_field
from pages.components.inert import inert
from pages.components.read_only import saving
from pages.components.told_apart import told_apart
from pages.guideline.antibiogram_settings import antibiograms_part
from pages.guideline.documents import library_index
from pages.server.services import Services, services
from pages.session.acting import acting
from pages.session.messages import tell

_READ = "library_read"  # what was read of the file in the field
_FILE = "library_files"  # how many fields for a file there have been
_FIELDS = ("title", "organisation", "published", "valid_until", "population")
_LABELS = {
    "title": ("Title", "As it stands on the document"),
    "organisation": ("Issued by", "For example: Infection control, St Elsewhere"),
    "published": ("Date", "2025, 2025-03 or 2025-03-01"),
    "valid_until": ("Holds until", f"A date, or '{OPEN}' where it has no end"),
    "population": ("Whom it is about", "For example: adults in intensive care"),
}
# Pixels: together they fit a window of 1280; a cell that is longer is read by choosing it.
_WIDTHS = {
    "Document": 180,
    "Issued by": 120,
    "Date": 80,
    "State": 140,
    "For": 110,
    "Passages": 74,
    "File": 90,
    "Id": 104,
}
ABOUT = (
    "Documents of the hospital are searched on Ask, beside the recommendations that ship, and quoted "
    "with their page. Nothing of them is run or fetched; what is found may be given to a model that was made for "
    "guidelines. Everybody who uses this installation can read them: no patient's documents."
)


def library_tab(s: Services) -> None:
    """Draws the documents, their state, and the ways to add and to take out."""
    st.caption(f"{ABOUT} {inert(dense_here(s.settings).told)}")
    every = documents_in(s.db, removed=True)
    present = tuple(one for one in every if one.removed is None)
    _listed(s, present, every)
    if not s.principal.may("curate"):
        st.caption("Adding and taking out needs the role admin.")
        antibiograms_part(s)
        return
    st.subheader("Add a document")
    _upload()
    if isinstance(read := st.session_state.get(_READ), ReadDocument):
        _form(read, present)
    if present:
        st.subheader("Take a document out")
        _removing(present)
    antibiograms_part(s)


def _listed(s: Services, present: tuple[LibraryDocument, ...], every: tuple[LibraryDocument, ...]) -> None:
    if not present:
        st.info("The library holds no document of the hospital yet.", icon=":material/library_books:")
        return
    today = datetime.now(UTC).date()
    rows = [
        {
            "Document": one.title,
            "Issued by": one.organisation,
            "Date": one.published,
            "State": _state(one, validity(one, every, today)),
            "For": one.population,
            "Passages": one.passages,
            "File": one.file_name,
            "Id": one.id,
        }
        for one in present
    ]
    widths = {name: st.column_config.Column(width=pixels) for name, pixels in _WIDTHS.items()}
    st.dataframe(rows, hide_index=True, column_config=widths, alt="Documents of the hospital")
    fitting = library_index(s).fitting(present)
    if fitting.fits:
        st.caption(" ".join(["The index fits: all of it is searched.", *idle_vectors(fitting)]))
    else:
        st.warning(
            "The index does not fit the library yet; the next question on Ask brings it up to date.",
            icon=":material/sync_problem:",
        )


def _state(one: LibraryDocument, held: Validity) -> str:
    """Whether a document holds, in a word that a narrow cell has room for, and until when, or why not."""
    if held.status != "current":
        return f"{held.status}: {held.told}"
    return f"current until {one.valid_until}" if one.valid_until else "current"


def _upload() -> None:
    """The field for a file, and what was read of it."""
    file = file_field("A PDF, DOCX, HTML, Markdown or text file", ENDINGS, key=_file_key())
    st.caption("Larger ones, and folders, by `creason library add`.")
    if file is None:
        st.session_state.pop(_READ, None)
        return
    if st.session_state.get("library_file_read") == file.file_id:
        return
    st.session_state.pop(_READ, None)
    try:
        with st.spinner("Reading the document"):
            st.session_state[_READ] = read_document(file.getvalue(), file.name)
        st.session_state["library_file_read"] = file.file_id
    except CReasonError as error:
        st.error(inert(str(error), 1000), icon=":material/error:")


def _form(read: ReadDocument, present: tuple[LibraryDocument, ...]) -> None:
    """What is asked about the document that was read; what it says of itself is offered beside, never filled in."""
    unit = "pages" if read.format == "pdf" else "parts"
    st.markdown(f"Read: **{inert(read.file_name)}**, {len(read.pages):,} {unit}.")
    for note in read.notes:
        st.warning(inert(note), icon=":material/info:")
    said = {name: getattr(read.said, name) for name in ("title", "organisation", "published")}
    for name in _FIELDS:
        label, place = _LABELS[name]
        st.text_input(label, key=_key(name), placeholder=place, max_chars=300, persist_state="session")
        if said.get(name):
            st.caption(f"The file itself says: {inert(said[name])}. It can be wrong.")
    names = {one.id: f"{one.title}, {one.published} ({one.id})" for one in present}
    st.selectbox(
        "New edition of",
        ["", *names],
        format_func=told_apart(["", *names], lambda one: names.get(one, "None: it supersedes nothing")),
        key=_key("supersedes"),
        help="The older edition stays, and is offered as superseded only.",
    )
    st.button("Add to the library", key="library_add", type="primary", on_click=_add, **saving())


@acting("curate")
def _add(me: Principal) -> None:
    read = st.session_state.get(_READ)
    if not isinstance(read, ReadDocument):
        return
    told = {name: str(st.session_state.get(_key(name)) or "") for name in (*_FIELDS, "supersedes")}
    said = about(told, read.said, read.file_name)
    s = services()
    done = add(s.db, library_index(s), me.user, read, told=said, today=datetime.now(UTC).date())
    for name in (*_FIELDS, "supersedes"):
        st.session_state[_key(name)] = ""
    st.session_state.pop(_READ, None)
    st.session_state[_FILE] = int(st.session_state.get(_FILE, 0)) + 1  # another field, which is empty
    tell(f"Added: {done.document.title}, {done.document.passages:,} passages. {done.trouble}")


def _removing(present: tuple[LibraryDocument, ...]) -> None:
    names = {one.id: f"{one.title}, {one.published} ({one.id})" for one in present}
    st.selectbox(
        "Document", list(names), format_func=told_apart(names, lambda one: names.get(one, one)), key="library_out"
    )
    sure = st.checkbox("Its text is deleted; its name stays in the record.", key="library_out_sure")
    st.button("Take it out", key="library_remove", on_click=_remove, **saving(disabled=not sure))


@acting("curate")
def _remove(me: Principal) -> None:
    s = services()
    done = remove(s.db, library_index(s), me.user, str(st.session_state.get("library_out") or ""))
    st.session_state["library_out_sure"] = False
    again = f" {done.concerned.title}, {done.concerned.published}, is in force again." if done.concerned else ""
    tell(f"Taken out: {done.document.title}.{again} {done.trouble}")


def _file_key() -> str:
    return f"library_file_{st.session_state.get(_FILE, 0)}"


def _key(name: str) -> str:
    return f"library_{name}"
