"""On Ask, for an antibiotic question: the pre-check, what the local antibiogram holds, and the options to decide on."""

from collections.abc import Callable, Container, Sequence
from datetime import UTC, datetime

import streamlit as st

from creason_core.guideline.applying import Answer
from creason_core.guideline.consults.antibiograms import InForce, age_told, in_force, period
from creason_core.guideline.consults.options import is_about_antibiotics, options_of
from creason_core.guideline.consults.prechecks import PrecheckedFacts, State, precheck
from creason_core.store.hospital.antibiograms import AntibiogramRow, rows_of
from creason_core.store.patients.cases import CaseVersion
from creason_core.store.sql.transactions import Database
from pages.components.inert import inert
from pages.guideline.consult_options import consult_options
from pages.server.services import Services

ON = "ask_consult"
_FOR = "ask_consult_for"  # the question that the switch was set for
_ICONS: dict[State, str] = {
    "recorded": ":material/check:",
    "missing": ":material/help:",
    "hidden": ":material/visibility_off:",
    "unclear": ":material/error:",
    "not in the codebook": ":material/block:",
}
Add = Callable[[str], None]


def consult(
    s: Services,
    version: CaseVersion | None,
    hidden: Container[str],
    *,
    question: str = "",
    answer: Answer | None = None,
    on_add: Add,
) -> None:
    """Draws the consult, where the question is about antibiotics or the switch is on; ``answer`` is what applies.

    ``on_add`` is called with the name of the feature that is to be entered. Of ``hidden`` features nothing is told.
    """
    if answer is not None and answer.refused:
        return
    if st.session_state.get(_FOR) != question:
        st.session_state[_FOR] = question
        st.session_state[ON] = bool(question) and is_about_antibiotics(question, answer)
    if not st.toggle("Antibiotic consult: what to look at first, and options", key=ON, persist_state="session"):
        return
    codebook = s.codebooks.of(version.case) if version else s.cohort.codebook
    held = in_force(s.db, rows_kept)
    checks = precheck(version.case if version else None, codebook, hidden)
    with st.container(border=True, gap="small", key="consult"):
        st.markdown("**Before an antibiotic is chosen**")
        if absent := [check.name for check in checks if check.state == "not in the codebook"]:
            names = ", ".join(absent)
            st.markdown(
                f"{_ICONS['not in the codebook']} **Not in the codebook, to be asked elsewhere:** {inert(names)}"
            )
        for number, check in enumerate(checks):
            if check.state != "not in the codebook":
                _check(check, number, on_add)
        _antibiograms(held)
    if answer is not None:
        consult_options(s, version, question, options_of(answer, checks, held))


@st.cache_resource(max_entries=8, show_spinner=False)
def rows_kept(_db: Database, antibiogram_id: str) -> tuple[AntibiogramRow, ...]:
    """``rows_of``, read once: a newer antibiogram has another id."""
    return rows_of(_db, antibiogram_id)


def _check(check: PrecheckedFacts, number: int, on_add: Add) -> None:
    absent = [fact for fact in check.facts if fact.state == "not in the codebook"]
    told = [fact for fact in check.facts if fact not in absent]
    lines = [f"{_ICONS[check.state]} **{check.name}: {check.state}**"]
    lines += [f"{_ICONS[fact.state]} {inert(fact.told, 400)}" for fact in told]
    if absent and told:
        names = ", ".join(fact.found.name for fact in absent)
        lines.append(f"{_ICONS['not in the codebook']} Not in the codebook of this case: {inert(names)}")
    st.markdown("  \n".join(lines))
    fields = {one.name: one.label for fact in check.facts for one in fact.fields}
    if not fields:
        return
    with st.container(horizontal=True, gap="small"):
        for name, label in fields.items():
            st.button(
                f"Add {inert(label)}",
                key=f"consult_add_{number}_{name}",
                type="tertiary",
                icon=":material/add:",
                on_click=on_add,
                args=(name,),
            )


def _antibiograms(held: Sequence[InForce]) -> None:
    """Which antibiograms hold, with their rows."""
    if not held:
        st.markdown(f"{_ICONS['missing']} **Local antibiogram: missing**")
        st.caption("An administrator adds one in Settings, under Library, or by `creason library antibiogram FILE`.")
        return
    today = datetime.now(UTC).date()
    for table in held:
        one = table.antibiogram
        told = f"{one.title}, {period(one)}. {age_told(one, today)}"
        st.markdown(f"{_ICONS['recorded']} **Local antibiogram:** {inert(told)}")
        with st.expander(f"{len(table.rows):,} rows", key=f"antibiogram_{one.id}"):
            antibiogram_table(table)


def antibiogram_table(table: InForce) -> None:
    """Draws the rows of an antibiogram; a share of too few isolates is marked in its own column."""
    rows = [
        {
            "Organism": row.organism,
            "Drug": row.drug,
            "Susceptible, %": round(row.share * 100, 1),
            "Isolates": row.tested,
            "Note": "too few: fewer than 30 isolates" if row.few else "",
        }
        for row in table.rows
    ]
    st.dataframe(rows, hide_index=True, alt="Local antibiogram")
