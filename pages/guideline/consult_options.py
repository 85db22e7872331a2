"""The options of an antibiotic consult on Ask: each accepted, modified, deferred or rejected with reasons, and kept."""

from collections.abc import Sequence
from functools import partial
from typing import Any, cast

import streamlit as st
from pydantic import JsonValue

from creason_core.guideline.consults.options import ConsultOption, card_id
from creason_core.principal import Principal
from creason_core.record.identifiers import decided_in
from creason_core.store.exporting.consults import ConsultFormat, export_own
from creason_core.store.hospital.consults import (
    CHOICES,
    COMMENT_CHARACTERS,
    REASONS,
    Choice,
    ConsultDecision,
    Judged,
    decide,
    decisions_in,
)
from creason_core.store.patients.cases import CaseVersion
from creason_core.store.people.drafts import draft, drop_draft, save_draft
from creason_core.store.people.preferences import preferences
from pages.components.inert import inert
from pages.components.read_only import held, saving
from pages.components.told_apart import told_apart
from pages.guideline.asked import QUESTION
from pages.server.services import Services, services
from pages.session.acting import acting
from pages.session.messages import tell
from pages.session.typed_text import ask, cleared, decided, forget, restored, storable

_DONE: dict[Choice, str] = {
    "accept": "Accepted", "modify": "Modified", "defer": "Deferred", "reject": "Rejected"
}  # fmt: skip
_FORMATS: dict[ConsultFormat, tuple[str, str]] = {
    "csv": ("CSV, for spreadsheets", "text/csv"),
    "cds-hooks": ("JSON, as CDS Hooks feedback", "application/json"),
}


def consult_options(
    s: Services, version: CaseVersion | None, question: str, options: Sequence[ConsultOption]
) -> None:  # fmt: skip
    """Draws the options with what was decided about each, and the form for those that wait."""
    st.markdown("**Options to consider**")
    if not options:
        st.info("Nothing in force in the library that fits this patient is about antibiotics here: no options.")
        return
    st.caption(
        "Recommendations in force, in the words of the library, with the drugs that they name for or against. They are "
        "no prescriptions: a dose is not given here."
    )
    if version is None:
        st.caption("Open a case to decide about them.")
    decided_already = decisions_in(s.db, users=[s.user], case_version_ids=[version.id]) if version else ()
    by_card = {one.card: one for one in decided_already}
    for option in options:
        with st.container(border=True, gap="small", key=f"option_{option.recommendation}"):
            _shown(option)
            if version is None:
                continue
            card = card_id(version.id, question, option)
            if card in by_card and not st.session_state.get(_key(card, "editing")):
                _saved(by_card[card])
            else:
                _form(s, card, version.id, question, option)
    if version is not None and by_card and s.principal.may("export"):
        _exports(s, version)


def _shown(option: ConsultOption) -> None:
    st.markdown(f"**{inert(option.statement, 700)}**")
    about = f"{option.organisation}, {option.published}. {option.strength or 'Grade not seen'}. Fit: {option.fit}."
    st.caption(inert(f"{about} Id: {option.recommendation}."))
    if option.missing:
        st.markdown(f":material/help: Not recorded: {inert(', '.join(option.missing))}.")
    if not option.drugs:
        return
    st.markdown(f"Antibiotics that it names: {inert(', '.join(option.drugs))}.")
    if option.antibiogram:
        st.markdown("  \n".join(f":material/grid_on: {inert(line, 700)}" for line in option.antibiogram[:12]))
        if more := len(option.antibiogram) - 12:
            st.caption(f"And {more} more rows in the antibiogram above." if more > 0 else "")
    else:
        st.caption("The local antibiogram has no row on them.")


def _form(s: Services, card: str, version_id: str, question: str, option: ConsultOption) -> None:
    _restore(s, card)
    keys = {name: _key(card, name) for name in ("choice", "reasons", "comment", "train")}
    kept: dict[str, Any] = {"persist_state": "session", "on_change": _keep, "args": (card,)}
    choice = st.segmented_control(
        "Your decision",
        CHOICES,
        format_func=told_apart(CHOICES, str.capitalize),
        key=keys["choice"],
        disabled=held(keys["choice"]),
        **kept,
    )
    if choice is None:
        return
    reasons: list[str] = []
    if choice != "accept":
        reasons = st.pills(
            "Why", REASONS, selection_mode="multi", key=keys["reasons"], disabled=held(keys["reasons"]), **kept
        )
    placeholder = "What is done instead. No patient identifiers." if choice == "modify" else "No patient identifiers."
    st.text_area("Comment", max_chars=COMMENT_CHARACTERS, key=keys["comment"], placeholder=placeholder, height=80,
                 disabled=held(keys["comment"]), **kept)  # fmt: skip
    undecided = ask(keys["comment"], lambda: _keep(card))
    if keys["train"] not in st.session_state:
        st.session_state[keys["train"]] = preferences(s.db, s.user).train_ok
    st.checkbox("May be used to train the model", key=keys["train"], disabled=held(keys["train"]), **kept)
    waiting = "Choose a reason." if choice != "accept" and not reasons else ""
    waiting = waiting or ("Decide about what looks like an identifier." if undecided else "")
    st.button(
        "Save decision",
        key=_key(card, "save"),
        type="primary",
        icon=":material/save:",
        on_click=_save,
        args=(card, version_id, question, option),
        **saving(waiting or None, disabled=bool(waiting)),
    )


def _saved(one: ConsultDecision) -> None:
    judged = one.judged
    parts = [f"**{_DONE[judged.choice]}**", *(inert(reason) for reason in judged.reasons)]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(" · ".join(parts), width="content")
        st.caption(f"Saved {one.created.astimezone():%d %b %Y, %H:%M}", width="content")
        st.button("Edit", key=_key(one.card, "edit"), type="tertiary", icon=":material/edit:", on_click=_edit,
                  args=(one,), **saving())  # fmt: skip
    if judged.comment:
        st.text(f"“{judged.comment}”")


@acting("rate")
def _save(me: Principal, card: str, version_id: str, question: str, option: ConsultOption) -> None:
    """Stores what stands in the form; it is emptied only once it is stored."""
    judged = _entered(card)
    if judged is None:  # the choice was taken back while Save was on its way
        return
    comment = _key(card, "comment")
    decide(
        services().db,
        me.user,
        card,
        judged,
        case_version_id=version_id,
        question=question,
        option=option.model_dump_json(),
        cleared=cleared(comment) | cleared(QUESTION),
    )
    forget(comment)
    drop_draft(services().db, me.user, f"consult:{card}")
    st.session_state.pop(_key(card, "editing"), None)
    tell("Decision saved.")


@acting("rate")
def _keep(me: Principal, card: str) -> None:
    """Keeps what was entered so far, so that a reload loses none of it."""
    judged = _entered(card)
    if judged is None:
        drop_draft(services().db, me.user, f"consult:{card}")
        return
    content: dict[str, JsonValue] = {
        "choice": judged.choice,
        "reasons": list(judged.reasons),
        "comment": storable(_key(card, "comment"), judged.comment),
        "train_ok": judged.train_ok,
    }
    save_draft(services().db, me.user, f"consult:{card}", content)


def _restore(s: Services, card: str) -> None:
    """Fills the form with what was begun in it before a reload, where this session has not drawn it yet."""
    if _key(card, "choice") in st.session_state or (kept := draft(s.db, s.user, f"consult:{card}")) is None:
        return
    comment = restored(_key(card, "comment"), str(kept["comment"]))
    reasons = tuple(reason for reason in REASONS if reason in cast("list[str]", kept["reasons"]))
    _fill(card, Judged(cast("Choice", kept["choice"]), reasons, comment, bool(kept["train_ok"])))


def _edit(one: ConsultDecision) -> None:
    decided(_key(one.card, "comment"), decided_in(one.judged.comment))
    _fill(one.card, one.judged)
    st.session_state[_key(one.card, "editing")] = True


def _fill(card: str, judged: Judged) -> None:
    values = {"choice": judged.choice, "reasons": list(judged.reasons), "comment": judged.comment}
    for name, value in {**values, "train": judged.train_ok}.items():
        st.session_state[_key(card, name)] = value


def _entered(card: str) -> Judged | None:
    state = st.session_state
    choice = state.get(_key(card, "choice"))
    if choice is None:
        return None
    reasons = () if choice == "accept" else tuple(state.get(_key(card, "reasons")) or ())
    return Judged(choice, reasons, str(state.get(_key(card, "comment")) or ""), bool(state.get(_key(card, "train"))))


def _exports(s: Services, version: CaseVersion) -> None:
    with st.popover("Export the decisions", icon=":material/download:"):
        for form, (label, mime) in _FORMATS.items():
            ending = "json" if form == "cds-hooks" else "csv"
            st.download_button(
                label,
                partial(_file, s.principal, version.id, form),
                file_name=f"c-reason-consult.{ending}",
                mime=mime,
                key=f"consult_export_{form}",
                on_click="ignore",
            )
        st.caption("What you decided about this version of the case. The audit log notes the export.")


def _file(me: Principal, version_id: str, form: ConsultFormat) -> bytes:
    me.require("export")
    return export_own(services().db, me.user, form, [version_id])


def _key(card: str, name: str) -> str:
    return f"consult_{card}_{name}"
