"""The answer of the model beside the reader's own, the recorded value and what the registry makes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from creason_core.evaluation.calibration import Grade, Graded, Level
from creason_core.evaluation.second_opinion import SecondOpinion
from creason_core.question.confidence import Vote
from creason_core.store.people.commitments import Commitment
from pages.components.inert import inert
from pages.components.leak_panel import by_hand_mark, guard_off_mark
from pages.components.option_chart import Bar, is_distribution, option_chart, options_with_base_rates, percent
from pages.components.provenance import mark
from pages.components.read_only import saving
from pages.components.second_opinion import SOURCES, Ahead, ahead_words, parting, similar_patients

_Own = Commitment | None
_GRADES: dict[Grade, tuple[str, str, Literal["green", "orange", "red", "blue"]]] = {
    "high": ("High confidence", ":material/signal_cellular_alt:", "green"),
    "moderate": ("Moderate confidence", ":material/signal_cellular_alt_2_bar:", "orange"),
    "low": ("Low confidence", ":material/signal_cellular_alt_1_bar:", "red"),
    "abstained": ("Abstained", ":material/pan_tool:", "blue"),
}
_LEVELS: dict[Level, str] = {
    "feature": "about this value",
    "section": "about values of this section",
    "rest": "about the other values",
    "overall": "about all values",
}


@dataclass(frozen=True, slots=True)
class Recorded:
    """The recorded value: its text with unit, its option's index, and whether it is being shown."""

    text: str
    option: int
    revealed: bool


@dataclass(frozen=True, slots=True)
class MeasuredOtherwise:
    """A calibration of the same model that does not fit, because ``differing`` is not as it was there."""

    differing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrainedElsewhere:
    """The model was not trained on this registry: no agreement is graded. ``said`` is a sentence for the anchor."""

    said: str


Grading = Graded | MeasuredOtherwise | TrainedElsewhere | None


def result_card(
    key: str,
    feature: str,
    bars: tuple[Bar, ...],
    vote: Vote,
    *,
    own: _Own,
    recorded: Recorded | None,
    guard_off: Sequence[str],
    graded: Grading,
    on_reveal: Callable[[], None],
    word: str = "Model",
    anchor: Sequence[str] = (),
    ahead: Ahead | None = None,
    by_hand: Sequence[str] = (),
) -> None:
    """Draws the answer with how far it can be leant on. Without ``recorded`` there is nothing to reveal.

    ``word`` stands before the answer, ``anchor`` are the sentences that it is read beside, empty for the usual one.
    ``guard_off`` names what the leak guard let through, ``by_hand`` what the reader hid with the masked value;
    ``graded`` is what a calibration makes of the vote, None where there is none and nothing is known; ``ahead`` says
    that boosting was right more often than this model.
    """
    with st.container(border=True, key=f"{key}_card", gap="small"):
        _answer_line(bars, vote, graded, word)
        guard_off_mark(guard_off)
        by_hand_mark(by_hand)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _own_line(bars, own)
            if recorded:
                _recorded_line(key, bars, vote, own=own, recorded=recorded, on_reveal=on_reveal)
        for sentence in anchor or (_anchor(feature, graded) + ahead_words(feature, ahead),):
            st.caption(sentence)


def figures(
    key: str,
    bars: tuple[Bar, ...],
    vote: Vote,
    *,
    own: _Own,
    recorded: Recorded | None,
    read_as: int | None,
    opinion: SecondOpinion | None = None,
) -> None:
    """Draws the options with the samples' shares and what the registry makes of each, and the similar patients.

    ``read_as`` is the option that a person read from the text; ``opinion`` is the registry's, where it has been
    computed: a sentence says where it parts from the model.
    """
    marked = _marked(bars, vote, own, recorded, read_as)
    with st.container(border=True, key=f"{key}_figures", gap="small"):
        if opinion:
            st.markdown("**Beside the registry**", help=SOURCES)
        if opinion and (words := parting(bars, None if vote.abstains else vote.winner, opinion)):
            st.markdown(f":material/call_split: {inert(words)}")
        if vote.answered:
            option_chart(marked, vote, f"{key}_chart", opinion)
        else:
            options_with_base_rates(marked, opinion)
        if said := _commonest(bars):
            st.caption(said)
        if opinion:
            similar_patients(opinion, f"{key}_similar")


def confidence_chip(vote: Vote, graded: Grading) -> None:
    """Draws how sure the vote makes the model; never the model's own words."""
    if vote.answered == 0:
        return
    if vote.abstains:
        st.badge("Abstained", icon=":material/pan_tool:", color="blue")
    elif isinstance(graded, Graded):
        words, icon, colour = _GRADES[graded.grade]
        found = graded.calibrated
        st.badge(
            words,
            icon=icon,
            color=colour,
            help=f"Such agreement is right in {percent(found.probability)}, by a curve fitted on {found.n:,} answers "
            f"about validation patients ({_LEVELS[found.level]}).",
        )
    elif vote.samples == 1:
        st.badge(
            "One sample; agreement unknown",
            icon=":material/straighten:",
            color="gray",
            help="What several samples agree on is what confidence is made of.",
        )
    else:
        agree = max(share.chosen for share in vote.shares)
        other = ""
        if isinstance(graded, MeasuredOtherwise):
            other = f" It was where these differ: {', '.join(graded.differing)}."
        st.badge(
            f"Uncalibrated: {agree} of {vote.samples} agree",
            icon=":material/straighten:",
            color="gray",
            help=f"How often such agreement is right has not been measured for this model on such questions.{other}",
        )


def why_abstained(vote: Vote, graded: Grading) -> str:
    """Why the chip says *Abstained*: the samples did not agree, or such agreement was worth little; else empty."""
    if vote.answered == 0 or vote.abstains:
        return vote.abstains
    if isinstance(graded, Graded) and graded.grade == "abstained":
        right, prior = percent(graded.calibrated.probability), percent(graded.anchor.prior)
        beside = (
            "as often as" if right == prior
            else "less often than" if graded.calibrated.probability < graded.anchor.prior
            else "hardly more often than"
        )  # fmt: skip
        return (
            f"Such agreement is right in {right}, by a curve fitted on {graded.calibrated.n:,} validation answers: "
            f"{beside} the commonest option ({prior}). Do not lean on this answer."
        )
    return ""


def _answer_line(bars: tuple[Bar, ...], vote: Vote, graded: Grading, word: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        mark("model")
        if vote.winner is None or vote.abstains:
            st.markdown("**No option suggested**", width="content")
        else:
            bar = bars[vote.winner]
            st.markdown(f"#### {word}: {bar.letter} · {inert(bar.text)}", width="content")
        confidence_chip(vote, graded)
    if vote.answered == 0:
        st.caption("Without a clear option there is nothing to compare; judge the reasoning, or ask again.")
    elif vote.abstains:
        advice = " More samples may settle it." if vote.samples < 10 else " The reasoning of each sample is below."
        said = f"Not confident enough to suggest an option. {why_abstained(vote, graded)}{advice}"
        st.info(inert(said), icon=":material/pan_tool:")
    elif said := why_abstained(vote, graded):
        st.info(inert(said), icon=":material/pan_tool:")


def _own_line(bars: tuple[Bar, ...], own: _Own) -> None:
    if own is None:
        return
    if own.option is None:
        st.markdown(":material/person: Your answer: skipped", width="content")
        return
    bar = bars[own.option]
    late = {True: "", False: ", after the recorded value was shown", None: ", perhaps after it was shown"}
    told = f"{'sure' if own.sure else 'unsure'}{late[own.before_reveal]}"
    st.markdown(f":material/person: Your answer: **{bar.letter} · {inert(bar.text)}** ({told})", width="content")


def _recorded_line(
    key: str,
    bars: tuple[Bar, ...],
    vote: Vote,
    *,
    own: _Own,
    recorded: Recorded,
    on_reveal: Callable[[], None],
) -> None:
    if not recorded.revealed:
        st.button(
            "Reveal the recorded value",
            key=f"{key}_reveal",
            icon=":material/visibility:",
            on_click=on_reveal,
            **saving(),
        )
        return
    said = []
    if vote.winner is not None and not vote.abstains:
        said.append(f"the model {'chose it' if vote.winner == recorded.option else 'chose another option'}")
    if own and own.option is not None:
        said.append(f"you {'chose it' if own.option == recorded.option else 'chose another option'}")
    tail = f" · {', '.join(said)}" if said else ""
    st.markdown(
        f":material/database: Recorded: **{inert(recorded.text)}** (option {bars[recorded.option].letter}){tail}",
        width="content",
    )


def _anchor(feature: str, graded: Grading) -> str:
    if isinstance(graded, Graded):
        found = graded.anchor
        return (
            f"On {found.n:,} validation questions ({_LEVELS[found.level]}) this model was right in "
            f"{percent(found.accuracy)}, the commonest option in {percent(found.prior)}."
        )
    if isinstance(graded, TrainedElsewhere):
        return inert(graded.said)
    return f"How often this model is right about masked {inert(feature)}, asked like this, is not yet measured."


def _commonest(bars: tuple[Bar, ...]) -> str:
    best = max(bars, key=lambda bar: bar.prior or 0.0)
    if not best.prior:
        return ""
    return (
        f"The commonest of these options, {best.letter}, holds for {percent(best.prior)} of the registry's training "
        "patients that have one of them."
    )


def _marked(
    bars: tuple[Bar, ...], vote: Vote, own: _Own, recorded: Recorded | None, read_as: int | None
) -> tuple[Bar, ...]:
    def words(index: int) -> tuple[str, ...]:
        one = ("the model's answer",) if not is_distribution(vote) and vote.winner == index else ()
        yours = ("your answer",) if own and own.option == index else ()
        true = ("recorded",) if recorded and recorded.revealed and recorded.option == index else ()
        read = ("your reading",) if read_as == index else ()
        return (*one, *yours, *read, *true)

    return tuple(Bar(bar.letter, bar.text, bar.prior, words(index)) for index, bar in enumerate(bars))
