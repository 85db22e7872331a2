"""The registry's opinion in words: where it parts from the model, and who the similar patients are."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from creason_core.evaluation.second_opinion import SecondOpinion
from pages.components.inert import inert
from pages.components.option_chart import Bar, percent

SOURCES = (
    "None of these is a language model. **Registry base rate**: how common an option is among the registry's training "
    "patients. **Similar patients**: how many of those most like this one had it. **Boosting**: a classical "
    "statistical method that has learnt from the same patients what the values shown say about the hidden one."
)


TIED = 2  # options that share the first place and are still named; of more none is favoured


@dataclass(frozen=True, slots=True)
class Ahead:
    """How often the model and boosting were right on the same ``n`` questions about a feature, as shares."""

    model: float
    boosting: float
    n: int


def ahead_words(feature: str, ahead: Ahead | None) -> str:
    """What the anchor sentence adds where boosting was right more often than the model; empty elsewhere."""
    if ahead is None or ahead.boosting <= ahead.model:
        return ""
    return (
        f" It is less often right than boosting about {inert(feature)}: {percent(ahead.model)} against "
        f"{percent(ahead.boosting)} of {ahead.n:,} questions about held-out patients."
    )


def parting(bars: Sequence[Bar], winner: int | None, opinion: SecondOpinion) -> str:
    """One sentence where model, similar patients and boosting do not all point to one option; empty where they do.

    ``winner`` is the model's option, None where it suggests none.
    """
    top = likeliest(opinion.boosting)
    had = [count or 0 for count in opinion.similar.had]
    most = [place for place, count in enumerate(had) if count and count == max(had)]
    if (winner in top or len(top) > TIED) and (not most or most == [winner]):
        return ""
    model = f"The model says {bars[winner].letter}" if winner is not None else "The model suggests no option"
    similar = ""
    if most:
        counts = " and ".join(f"{had[place]} had {bars[place].letter}" for place in most)
        similar = f"of {opinion.similar.patients} similar patients {counts}, and "
    return f"{model}; {similar}{_of_boosting([bars[place].letter for place in top], opinion.boosting[top[0]])}."


def likeliest(probabilities: Sequence[float | None]) -> list[int]:
    """The options with the largest of ``probabilities``; several where they are read as the same per cent."""
    known = [0.0 if p is None else p for p in probabilities]
    return [place for place, p in enumerate(known) if percent(p) == percent(max(known))]


def _of_boosting(letters: Sequence[str], most: float | None) -> str:
    if len(letters) > TIED:
        return "boosting favours no option"
    return f"boosting gives {' and '.join(letters)} {percent(most or 0.0)}{' each' if len(letters) > 1 else ''}"


def similar_patients(opinion: SecondOpinion, key: str) -> None:
    """Draws where the opinion comes from: a line, and what makes the similar patients similar as a table."""
    similar = opinion.similar
    if not similar.patients:
        st.caption("No training patient has a value in common with this record, so nobody is called similar.")
        return
    with st.expander(f"The {similar.patients} most similar patients", key=key, icon=":material/group:"):
        st.caption(
            f"Of {opinion.training:,} training patients in whom it was measured, those nearest to this one on the "
            f"{opinion.shown} values that the model was shown; never this patient. Boosting learnt from the same "
            "patients and values."
        )
        if similar.likenesses:
            rows = [
                {"Value": one.label, "This patient": one.own, "Theirs (middle half)": one.theirs}
                for one in similar.likenesses
            ]
            st.dataframe(
                rows, hide_index=True, alt="What makes the similar patients similar: their values beside this one's"
            )
        else:
            st.caption("No single value makes them more similar than the registry at large.")
