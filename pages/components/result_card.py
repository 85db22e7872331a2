"""The answer of the model beside the reader's own, the recorded value and the registry's base rate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from creason_core.confidence import Tally
from pages.components.inert import inert
from pages.components.leak_panel import guard_off_mark
from pages.components.option_chart import Bar, option_chart, options_with_base_rates, percent
from pages.components.provenance import mark


@dataclass(frozen=True, slots=True)
class Recorded:
    """The recorded value: its text with unit, its option's index, and whether it is being shown."""

    text: str
    option: int
    revealed: bool


@dataclass(frozen=True, slots=True)
class Own:
    """The reader's answer: an option's index, or None where skipped."""

    option: int | None
    sure: bool


def result_card(
    key: str,
    feature: str,
    bars: tuple[Bar, ...],
    vote: Tally,
    *,
    own: Own | None,
    recorded: Recorded | None,
    read_as: int | None,
    guard_off: Sequence[str],
    on_reveal: Callable[[], None],
) -> None:
    """Draws answer line, anchor sentence and chart. Without ``recorded`` it is an estimate: nothing to reveal.

    ``read_as`` is the option that a person read from the text; ``guard_off`` names what the leak guard let through.
    """
    with st.container(border=True, key=f"{key}_card", gap="small"):
        _answer_line(bars, vote, estimate=recorded is None)
        guard_off_mark(guard_off)
        _own_line(bars, own)
        if recorded:
            _recorded_line(key, bars, vote, own=own, recorded=recorded, on_reveal=on_reveal)
        st.caption(_anchor(feature, bars))
        if vote.answered:
            option_chart(_marked(bars, own, recorded, read_as), vote, f"{key}_chart")
        else:
            options_with_base_rates(_marked(bars, own, recorded, read_as))


def confidence_chip(vote: Tally) -> None:
    """Draws how sure the vote makes the model; never the model's own words."""
    if vote.answered == 0:
        return
    if vote.abstains:
        st.badge("Abstained", icon=":material/pan_tool:", color="blue")
    elif vote.samples == 1:
        st.badge("Uncalibrated", icon=":material/straighten:", color="gray", help="One sample; agreement unknown.")
    else:
        agree = max(share.chosen for share in vote.shares)
        st.badge(
            f"Uncalibrated: {agree} of {vote.samples} agree",
            icon=":material/straighten:",
            color="gray",
            help="How often such agreement is right has not been measured for this model.",
        )


def _answer_line(bars: tuple[Bar, ...], vote: Tally, *, estimate: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        mark("model")
        if vote.winner is None or vote.abstains:
            st.markdown("**No option suggested**", width="content")
        else:
            bar = bars[vote.winner]
            word = "Estimate" if estimate else "Model"
            st.markdown(f"#### {word}: {bar.letter} · {inert(bar.text)}", width="content")
        confidence_chip(vote)
    if vote.answered == 0:
        st.caption("Without a clear option there is nothing to compare; judge the reasoning, or ask again.")
    elif vote.abstains:
        advice = " More samples may settle it." if vote.samples < 10 else " The reasoning of each sample is below."
        st.info(
            f"Not confident enough to suggest an option. {inert(vote.abstains)}{advice}", icon=":material/pan_tool:"
        )
    elif vote.samples == 1:
        st.caption("One sample; agreement unknown.")


def _own_line(bars: tuple[Bar, ...], own: Own | None) -> None:
    if own is None:
        return
    if own.option is None:
        st.markdown(":material/person: Your answer: skipped")
        return
    bar = bars[own.option]
    st.markdown(
        f":material/person: Your answer: **{bar.letter} · {inert(bar.text)}** ({'sure' if own.sure else 'unsure'})"
    )


def _recorded_line(
    key: str, bars: tuple[Bar, ...], vote: Tally, *, own: Own | None, recorded: Recorded, on_reveal: Callable[[], None]
) -> None:
    if not recorded.revealed:
        st.button("Reveal the recorded value", key=f"{key}_reveal", icon=":material/visibility:", on_click=on_reveal)
        return
    said = []
    if vote.winner is not None and not vote.abstains:
        said.append(f"the model {'chose it' if vote.winner == recorded.option else 'chose another option'}")
    if own and own.option is not None:
        said.append(f"you {'chose it' if own.option == recorded.option else 'chose another option'}")
    tail = f" · {', '.join(said)}" if said else ""
    st.markdown(
        f":material/database: Recorded: **{inert(recorded.text)}** (option {bars[recorded.option].letter}){tail}"
    )


def _anchor(feature: str, bars: tuple[Bar, ...]) -> str:
    best = max((bar for bar in bars if bar.prior is not None), key=lambda bar: bar.prior or 0.0)
    return (
        f"How often this model is right about masked {inert(feature)} is not yet measured. "
        f"The commonest of these options, {best.letter}, holds for {percent(best.prior or 0.0)} of the registry's "
        "training patients that have one of them."
    )


def _marked(bars: tuple[Bar, ...], own: Own | None, recorded: Recorded | None, read_as: int | None) -> tuple[Bar, ...]:
    def words(index: int) -> tuple[str, ...]:
        yours = ("your answer",) if own and own.option == index else ()
        true = ("recorded",) if recorded and recorded.revealed and recorded.option == index else ()
        read = ("your reading",) if read_as == index else ()
        return (*yours, *read, *true)

    return tuple(Bar(bar.letter, bar.text, bar.prior, words(index)) for index, bar in enumerate(bars))
