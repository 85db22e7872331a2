"""An import in progress: what was read, how it is mapped, what was decided. It lives in the session alone.

Callbacks change it; ``pages/record/importing.py`` draws it. Only ``save`` writes, and it writes all patients or none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import uuid4

import streamlit as st

from creason_core.cohort.cohort import Cohort
from creason_core.errors import UploadError
from creason_core.principal import Principal
from creason_core.record.identifiers import ColumnFinding
from creason_core.record.importing.columns.mapping import Layout, Role, TableMapping
from creason_core.record.importing.decisions import Decisions
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.review.review import Review, identifying_columns
from creason_core.record.importing.saved import reuse, to_keep
from creason_core.record.importing.suggesting import (
    choose_column,
    choose_layout,
    choose_name,
    choose_role,
    headed,
    suggest,
)
from creason_core.store.patients.cases import save_import
from creason_core.store.patients.codebooks import keep_codebook
from creason_core.store.people import import_mappings
from creason_core.store.people.import_mappings import kept_mapping, mapping_names
from pages.server.services import services
from pages.session.acting import acting, key_for, used
from pages.session.address import go
from pages.session.messages import tell, told
from pages.session.typed_text import cleared

UPLOAD, MAP, UNITS, REVIEW = range(4)
STEPS = ("Upload", "Map", "Units", "Review")
CHOICE = "import_cohort"  # the widget that chooses a codebook


@dataclass(frozen=True)
class Importing:
    """Where an import stands; ``identifying`` are the columns that may name persons, by their name.

    ``cohort`` is the one that the cases will belong to; its codebook says what the columns can be. ``plain`` is the
    table as it was read, where a table of names has been joined with it.
    """

    cohort: Cohort
    table: Table
    file_name: str
    import_id: str
    mapping: TableMapping
    identifying: Mapping[str, ColumnFinding]
    decisions: Decisions = field(default_factory=Decisions)
    step: int = MAP
    drawn: int = 0
    plain: Table | None = None

    def box(self, kind: str, *parts: object) -> str:
        """The key of a box of a kind that shows a part of the mapping.

        It is another when more of the mapping has changed: a browser keeps what the box showed, and sends it again.
        """
        return "_".join(("import", kind, self.import_id[:6], str(self.drawn), *(str(part)[:20] for part in parts)))


def current() -> Importing | None:
    """The import in progress, if there is one."""
    found = st.session_state.get("importing")
    return found if isinstance(found, Importing) else None


def keep(now: Importing) -> None:
    """Makes ``now`` the import in progress; a review of what it was before no longer counts."""
    st.session_state["importing"] = now
    st.session_state.pop("import_review", None)


def begin(table: Table, file_name: str) -> None:
    """Starts an import from a table that was read, by the codebook that was chosen for it."""
    cohort = chosen_cohort()
    codebook = cohort.codebook
    table = headed(table, codebook)
    mapping = suggest(table, codebook)
    found = {finding.column: finding for finding in identifying_columns(table, mapping)}
    keep(Importing(cohort, table, file_name, uuid4().hex, mapping, found))


def chosen_cohort() -> Cohort:
    """The cohort that the next import is for: as chosen, else the reader's default."""
    s = services()
    return s.shelf.cohorts.get(str(st.session_state.get(CHOICE))) or s.cohort


def discard() -> None:
    """Forgets the import in progress, with everything that was read and typed."""
    for name in [name for name in st.session_state if str(name).startswith("import")]:
        del st.session_state[name]


@told
def step_to(step: int) -> None:
    """Goes to a step."""
    if now := current():
        keep(replace(now, step=step))


@told
def map_column(column: str, widget: str) -> None:
    """Takes the choice in ``widget`` for a column: a feature's name, "patient", or "" for not used."""
    if (now := current()) and widget in st.session_state:
        target, codebook = str(st.session_state[widget] or ""), now.cohort.codebook
        if target == "patient":  # no other column is it then
            remap(now, choose_role(now.table, now.mapping, "patient", column, codebook))
            return
        chosen = choose_column(now.table, column, target, now.mapping.decimal, codebook)
        columns = tuple(chosen if item.column == column else item for item in now.mapping.columns)
        mapping = now.mapping.model_copy(update={"columns": columns})
        shown = any(item.column == column and item.role == "patient" for item in now.mapping.columns)  # in a role's box
        keep(replace(now, mapping=mapping, drawn=now.drawn + shown))


@told
def map_name(name: str, widget: str) -> None:
    """Takes the choice in ``widget`` for a name in a long table."""
    if (now := current()) and widget in st.session_state:
        target = str(st.session_state[widget] or "")
        chosen = choose_name(now.table, now.mapping, name, target, now.cohort.codebook)
        names = tuple(chosen if item.name == name else item for item in now.mapping.names)
        keep(replace(now, mapping=now.mapping.model_copy(update={"names": names})))


@told
def set_unit(place: str, widget: str) -> None:
    """Takes the unit in ``widget`` for a column, or for a name of a long table."""
    if (now := current()) and widget in st.session_state:
        change = {"unit": str(st.session_state[widget]), "unit_from": "chosen"}
        mapping = now.mapping
        columns = tuple(item.model_copy(update=change) if item.column == place else item for item in mapping.columns)
        names = tuple(item.model_copy(update=change) if item.name == place else item for item in mapping.names)
        keep(replace(now, mapping=mapping.model_copy(update={"columns": columns, "names": names})))


@told
def set_mapping(part: str, widget: str) -> None:
    """Takes the decimal sign, or which of several values counts."""
    if now := current():
        keep(replace(now, mapping=now.mapping.model_copy(update={part: st.session_state[widget]})))


def remap(now: Importing, mapping: TableMapping) -> None:
    """Takes a mapping in which more has changed than one box shows: all are drawn anew."""
    keep(replace(now, mapping=mapping, drawn=now.drawn + 1))


@told
def set_layout(widget: str) -> None:
    """Takes whether a row is a patient's or a value, and maps the table anew by it."""
    if (now := current()) and widget in st.session_state:
        layout: Layout = "long" if st.session_state[widget] == "long" else "wide"
        remap(now, choose_layout(now.table, layout, now.cohort.codebook))


@told
def set_role(role: Role, widget: str) -> None:
    """Takes the column in ``widget`` for a role of the table; "" for none."""
    if (now := current()) and widget in st.session_state:
        column = str(st.session_state[widget] or "")
        remap(now, choose_role(now.table, now.mapping, role, column, now.cohort.codebook))


def kept_mappings() -> tuple[str, ...]:
    """The names of the mappings that this user kept."""
    s = services()
    return mapping_names(s.db, s.user)


@acting("enter")
def keep_mapping(me: Principal, widget: str) -> None:
    """Keeps the mapping under the name in ``widget``."""
    s = services()
    if now := current():
        saved = to_keep(str(st.session_state[widget] or ""), now.mapping, cleared(widget))
        import_mappings.keep_mapping(s.db, me.user, saved)
        tell(f"The mapping '{saved.name}' is kept.")


@acting("enter")
def use_mapping(me: Principal, widget: str) -> None:
    """Maps the table as the mapping chosen in ``widget`` does."""
    s, now, name = services(), current(), st.session_state[widget]
    if now and name:
        saved = kept_mapping(s.db, me.user, str(name))
        remap(now, reuse(saved, now.table, now.cohort.codebook))
        tell(f"The mapping '{name}' is used.")


@acting("enter")
def save(me: Principal, reviewed: Review, widget: str, idem: str) -> None:
    """Saves every patient of the import, or none, and opens the first."""
    s = services()
    label = str(st.session_state[widget] or "").strip()
    if not label:
        raise UploadError(
            "The cases have no name.", remedy="Give them one that identifies nobody, such as 'ward 7, May'."
        )
    cases, now = reviewed.cases(), current()
    said = cleared(widget).union(now.decisions.cleared if now else ())
    cohort = now.cohort if now else chosen_cohort()
    keep_codebook(s.db, cohort.codebook)
    version = save_import(
        s.db,
        me.user,
        cases,
        idem=idem,
        label=label,
        cleared=said,
        cohort=cohort.name,
        cohort_hash=cohort.content_hash,
    )
    used(f"import:{reviewed.import_id}")
    discard()
    tell(f"Saved {len(cases):,} case{'s' if len(cases) > 1 else ''}. The first is open.")
    st.session_state["patient_tab"] = "Enter"  # where its values stand
    go("patient", case=version.case_id, v=version.id, mask=None, run=None)


def idem_of(reviewed: Review) -> str:
    """The key under which this import is saved once."""
    return key_for(f"import:{reviewed.import_id}")
