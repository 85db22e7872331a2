"""What a model wrote about passages, sentence by sentence, each with its source or with word that it has none.

Everything is drawn inert. What stands beside a sentence is the program's, never the model's.
"""

from collections.abc import Sequence

import streamlit as st

from creason_core.guideline.reasoned.resolving import HEADINGS, NO_SOURCE, Card, Section, Sentence
from creason_core.question.guideline import GuidelineQuestion
from creason_core.question.passages import Given
from pages.components.inert import inert
from pages.components.provenance import mark

UNSOURCED = "Reasoning without sources: no passage was sent. No sentence below rests on a guideline."
_SHOWN: tuple[Section, ...] = ("gist", "options", "because", "change")


def guideline_answer(question: GuidelineQuestion, card: Card, key: str, safety: Sequence[str] = ()) -> None:
    """Draws the card: gist, options, because, what would change it, safety checks, sources."""
    with st.container(border=True, gap="small", key=f"guideline_answer_{key}"):
        mark("model")
        if question.unsourced:
            st.warning(UNSOURCED, icon=":material/link_off:")
        for section in _SHOWN:
            for n, paragraph in enumerate(card.sections.get(section, ())):
                if n == 0:
                    st.markdown(f"**{HEADINGS[section]}**")
                bullet = "- " if section == "options" else ""
                st.markdown(bullet + " ".join(_sentence(one) for one in paragraph))
        if safety:
            st.markdown("**Safety checks**")
            st.markdown("\n".join(f"- {inert(line)}" for line in safety))
            st.caption("From the record alone, not from the model.")
        if question.passages:
            st.markdown("**Sources**")
            cited = card.cited
            for place, one in enumerate(question.passages, 1):
                _source(place, one, cited=place in cited)
        unsupported = [why for one in card.sentences for why in one.unsupported]
        if unsupported:
            st.caption("Not supported: " + " ".join(f"\\[{place}\\] {inert(why)}" for place, why in unsupported[:8]))
        if card.dropped:
            st.caption(
                "1 mark, reference or address of the model was taken out: no passage was given under it."
                if card.dropped == 1
                else f"{card.dropped} marks, references or addresses of the model were taken out: no passage was given "
                "under them."
            )


def _sentence(one: Sentence) -> str:
    if one.withheld:
        return f":material/medication: {inert(one.withheld)}"
    label = inert(one.label)
    if one.unsupported:
        return f"{inert(one.text, 2000)} :orange-badge[{label}]"
    return f"{inert(one.text, 2000)} :{'gray' if one.label == NO_SOURCE else 'green'}-badge[{label}]"


def _source(place: int, one: Given, *, cited: bool) -> None:
    used = "" if cited else " Not cited."
    grade = f" {inert(one.grade)}." if one.grade else ""
    st.caption(
        f"\\[{place}\\] {inert(one.source)}, {inert(one.date)}; {inert(one.label)}. For: {inert(one.population)}."
        f"{grade}{used}"
    )
    st.text(one.text)
