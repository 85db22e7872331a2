"""The import's last step: what would be saved, what is to be decided before, the report, and Save."""

from collections import Counter

import streamlit as st

from creason_core.errors import UploadError
from creason_core.record.codebook import Codebook
from creason_core.record.importing.report import report_csv, report_json
from creason_core.record.importing.review.asking import is_answered
from creason_core.record.importing.review.review import Review, review
from pages.components.inert import inert
from pages.components.read_only import saving
from pages.record.import_deciding import (
    answer,
    ask_again,
    ask_codes_again,
    ask_values_again,
    decide,
    say_code,
    set_tick,
    take_apart,
)
from pages.record.import_mapping import ways
from pages.record.import_review import Choices, identifiers_card, items_table, question_card, understood_table
from pages.record.import_rows import counted
from pages.record.import_state import REVIEW, Importing, idem_of, save
from pages.session.typed_text import ask

_QUESTIONS = 20


def review_step(now: Importing, codebook: Codebook) -> None:
    """Draws the questions that are open, what became of every value, and Save."""
    try:
        found = _reviewed(now, codebook)
    except UploadError as error:  # more patients than an import takes: which column tells them apart can be changed
        st.error(inert(str(error), 1000), icon=":material/error:")
        ways(REVIEW)
        return
    st.markdown(f"**{inert(found.summary)}**")
    choices = Choices(
        decide=decide, take_apart=take_apart, tick=set_tick, mean=say_code, ask=ask, answer=answer,
        decisions=now.decisions,
    )  # fmt: skip
    asked = Counter[str]()
    for question in found.questions[:_QUESTIONS]:
        about = f"import_q_{question.asks}_{question.feature}_{question.row}{question.column[:20]}"
        # Two columns may be taken as one feature: one patient then has two questions about it.
        key = f"{about}_{asked[about]}" if asked[about] else about
        asked[about] += 1
        if question.asks == "identifiers":
            identifiers_card(found.findings, found.file_name_hits, choices, key)
        else:
            question_card(question, choices, key)
    if len(found.questions) > _QUESTIONS:
        st.caption(f"{len(found.questions) - _QUESTIONS:,} further questions follow when these are decided.")
    if now.decisions.values or now.decisions.apart or now.decisions.leave_out_rejected:
        st.button("Ask about values again", key="import_values_again", type="tertiary", on_click=ask_values_again)
    if now.decisions.codes:
        st.button("Ask about codes again", key="import_codes_again", type="tertiary", on_click=ask_codes_again)
    if not found.questions and not found.drafts:
        st.info("Nothing of this table is mapped to a feature.", icon=":material/info:")
    if is_answered(now.mapping):
        st.button("Ask again about the whole table", key="import_again", type="tertiary", on_click=ask_again)
    understood_table(found.understood)
    items_table(found.items)
    with st.container(horizontal=True, gap="small"):
        for kind, mime, made in (("CSV", "text/csv", report_csv), ("JSON", "application/json", report_json)):
            st.download_button(
                f"Download report ({kind})",
                lambda made=made: made(found.reported),  # type: ignore[misc]
                f"import-report.{kind.lower()}",
                mime,
                key=f"import_{kind.lower()}",
                icon=":material/download:",
                on_click="ignore",
            )
    _saving(found)
    ways(REVIEW)


def _saving(found: Review) -> None:
    st.session_state.setdefault("import_label", "Imported")
    st.text_input(
        "Name of these cases",
        key="import_label",
        max_chars=180,
        persist_state="session",
        help="So that you find them again. Nothing that identifies a person.",
    )
    undecided = ask("import_label")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"Save {counted(len(found.drafts), 'case')}",
            key="import_save",
            type="primary",
            icon=":material/save:",
            on_click=save,
            args=(found, "import_label", idem_of(found)),
            **saving(disabled=not found.ready or undecided),
        )
        if found.questions:
            st.markdown(f"{counted(len(found.questions), 'question')} to decide above.", width="content")


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
