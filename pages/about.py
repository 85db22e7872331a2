"""About the model: what it is, how well it does where that is known, what it must not be used for."""

import streamlit as st

from creason_core.engines.base import EngineHealth
from creason_core.prompts import PROMPT_VERSION
from creason_core.registry import Cohort
from pages.components.inert import inert
from pages.services import services

NOT_YET = "Not yet measured."
LIMITS = (
    "It can be fluent and wrong. A convincing explanation is not evidence that the answer is right.",
    "What it writes is not always why it answers. Read it as an argument to check, not as a trace.",
    "It has seen one record, not the patient: nothing that is not in the record reaches it.",
    "An answer about a hidden value is an estimate from the others. It does not say what treatment would do.",
    "The packaged patients were treated between 1989 and 1994 in five US hospitals. Care has changed since.",
    "Confidence is the agreement of several samples. Until an evaluation has calibrated it, it is called uncalibrated.",
    "It is not a medical device and must not be used where a decision cannot wait.",
)


def plain_words(health: EngineHealth) -> None:
    """What it is, in a few sentences."""
    st.markdown(
        "**C-Reason** is a partner to reason with over a structured patient record. You hide a value; a language "
        "model reads the rest and argues for one of several options; you judge the argument. It was built after "
        "Kim et al. (arXiv 2505.02722), who trained a model on such questions from a sepsis registry."
    )
    st.markdown(
        f"**Here**, {inert(health.identity.model or 'no model')} answers ({inert(health.where)}). "
        "Records and questions are sent there and nowhere else."
    )
    if health.identity.engine == "embedded" and not health.identity.adapter:
        st.info(
            "This small model shows that everything works. It has not been trained for these questions: "
            "it usually writes no clear option, and the page then says so.",
            icon=":material/info:",
        )
    st.markdown(
        "**How to read confidence.** One sample says nothing about agreement. With five or ten, the chart shows how "
        "many chose each option, how far that share could be off (95 % interval), and how common each option is in "
        "the registry. An answer that only repeats the commonest option has learned nothing from the patient."
    )


def model_card(health: EngineHealth) -> None:
    """What is known about the weights that answer."""
    identity = health.identity
    facts = {
        "Model": identity.model or "none",
        "Runs on": health.where,
        "State": health.note,
        "Adapter": identity.adapter or "none: the weights as published",
        "Weights, SHA-256": identity.model_hash or "not reported by the engine",
        "Adapter, SHA-256": identity.adapter_hash or "–",
        "Context": f"{health.context_tokens:,} tokens" if health.context_tokens else "not reported by the engine",
        "Prompt version": str(PROMPT_VERSION),
        "Intended use": "Research and education on public or de-identified cases.",
        "Not intended for": "Time-critical decisions; choosing treatment; patients outside adult critical care.",
    }
    st.dataframe(
        [{"What": name, "Value": value} for name, value in facts.items()],
        hide_index=True,
        alt="The model card as a table",
    )


def data(cohort: Cohort) -> None:
    """Where the patients come from."""
    codebook = cohort.codebook
    counts = ", ".join(f"{len(patients):,} {part}" for part, patients in cohort.split.items())
    st.markdown(f"**{inert(cohort.title)}**: {len(cohort.table):,} patients ({counts}).")
    st.markdown(f"**Population.** {inert(codebook.population)}.")
    st.markdown(f"**Source.** {inert(codebook.source)}.")
    st.markdown(f"**Please cite.** {inert(codebook.citation)}")
    st.markdown(
        "**Privacy.** The table is public and de-identified; ages of 90 and over are stored as 90. Race, income and "
        "insurance are kept to compare groups and are never sent to a model. What you enter stays in this "
        "installation's database; nothing is sent elsewhere."
    )
    st.caption(f"Codebook {inert(codebook.name)} version {codebook.version}, SHA-256 {codebook.content_hash[:12]}…")


s = services()
st.title("About the model")
words, card, performance, limits, origin = st.tabs(
    ["In plain words", "Model card", "Measured performance", "Limits", "Data and citation"]
)
with words:
    plain_words(s.health.latest)
with card:
    model_card(s.health.latest)
with performance:
    st.markdown(f"**{NOT_YET}** No evaluation of this model has been run in this installation, so no number is shown.")
    st.caption("Every number that appears here will carry its date and how many questions it rests on.")
with limits:
    st.markdown("\n".join(f"- {line}" for line in LIMITS))
with origin:
    data(s.cohort)
