"""The record's answer beside the copy's: shares, boosting, the two texts, and what each of them cites."""

from collections.abc import Sequence

import streamlit as st

from creason_core.question.confidence import Vote, count_votes
from creason_core.question.masked_value import visible_entries
from creason_core.question.what_if.answers import (
    Shift,
    cited_in,
    compared,
    flipped,
    in_words,
    shifts,
    unexplained,
)
from creason_core.record.ages import shown_value
from creason_core.record.hours import parted
from pages.components.dumbbell_chart import Moved, dumbbell_chart
from pages.components.inert import inert
from pages.components.option_chart import percent
from pages.components.reasoning_panel import finished_text
from pages.components.result_card import confidence_chip, why_abstained
from pages.components.sample_choice import sample_choice
from pages.question.grading import graded
from pages.what_ifs.boosting import Probabilities, boosting_of
from pages.what_ifs.running import lettered, one_model, votes_of
from pages.what_ifs.trying import Shown, Tried, Trying, target_words


def comparing(now: Trying, shown: Shown) -> None:
    """Draws both answers of a stored what-if; where one side has none, the other alone."""
    told = f"{target_words(shown.target, now.codebook)}, with {_changed_words(now, shown)}"
    answers_beside(now, told, (shown.tried.get(0), shown.tried.get(1)))


def answers_beside(now: Trying, told: str, sides: Sequence[Tried | None], *, with_boosting: bool = True) -> None:
    """Draws the answer of the record beside that of its copy, under ``told``, what was asked with which change.

    Boosting beside them takes a fit, some seconds.
    """
    there = [one for one in sides if one is not None and one.judged]
    if not there:
        return
    options = lettered(now, there[0])
    st.caption(inert(told, 1000))
    one_model(there)
    if len(there) == 2:
        _words(now, there[0], there[1], options)
    columns = st.container(key="halves_what_if").columns(2, gap="medium")
    for column, name, one in zip(columns, ("As recorded", "In the copy"), sides, strict=True):
        with column, st.container(border=True, key=f"side_{name[:2]}", gap="small"):
            st.markdown(f"**{name}**")
            if one is None or not one.judged:
                st.caption("No answer yet.")
            else:
                _answer(now, one, options)
    found: list[tuple[float | None, ...] | None] = boosting_of(now, there) if with_boosting else [None for _ in there]
    if len(there) == 2:
        _figure(there[0], there[1], options, found)
        _evidence(now, there[0], there[1])
    columns = st.container(key="halves_what_if_texts").columns(2, gap="medium")
    for column, one in zip(columns, sides, strict=True):
        with column:
            if one is not None:
                text_of(one, options)


def _changed_words(now: Trying, shown: Shown) -> str:
    """The changes of a stored what-if, in words."""
    said = []
    for name, value in shown.plan["places"][1].items():
        feature, entry = now.codebook.feature(name), now.version.case.by_feature.get(name)
        was = shown_value(feature, entry.value) if entry else "not recorded"
        said.append(f"{feature.label} {was} → {shown_value(feature, value)}")
    return "; ".join(said)


def vote_of(one: Tried, options: int) -> Vote:
    """The vote of the samples that said all they would."""
    return count_votes(list(votes_of(one).values()), options)


def answer_words(vote: Vote, options: tuple[tuple[str, str], ...]) -> str:
    """The leading option in words."""
    if vote.winner is None:
        return "no option leads"
    letter, text = options[vote.winner]
    return f"{letter} · {text}"


def _words(now: Trying, first: Tried, second: Tried, options: tuple[tuple[str, str], ...]) -> None:
    """Draws the result in a sentence, and where answer and reasoning part."""
    votes = vote_of(first, len(options)), vote_of(second, len(options))
    moved = flipped(*votes)
    one, other = (answer_words(vote, options) for vote in votes)
    lead = f"The answer moved from {one} to {other}." if moved else f"The answer stays {one}."
    if not moved and one != other:
        lead = f"As recorded: {one}; in the copy: {other}."
    elif votes[0].winner is None:
        lead = "No option leads, neither as recorded nor in the copy."
    told = ""
    if votes[0].samples > 1 and votes[1].samples > 1:
        told = in_words(votes_of(first), votes_of(second), [" · ".join(pair) for pair in options])
    else:
        told = "One sample each; more samples would show how far the shares move."
    st.markdown(f"#### {inert(lead)}")
    st.markdown(inert(told))
    changed = tuple(dict.fromkeys(parted(name)[0] for name in second.values))
    cited = cited_by(now, second)
    labels = {name: now.label(name) for name in changed}
    if said := unexplained(moved=moved, changed=changed, cited=cited, labels=labels):
        st.info(inert(said), icon=":material/unknown_document:")


def _answer(now: Trying, one: Tried, options: tuple[tuple[str, str], ...]) -> None:
    vote = vote_of(one, len(options))
    grade = graded(now.s, one.view.group, [item.run for item in one.view.runs], vote)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"##### {inert(answer_words(vote, options))}", width="content")
        confidence_chip(vote, grade)
    if said := why_abstained(vote, grade):
        st.caption(inert(said))


def _figure(
    first: Tried, second: Tried, options: tuple[tuple[str, str], ...], boosting: list[Probabilities | None]
) -> None:
    one, other = votes_of(first), votes_of(second)
    found = shifts(one, other, len(options)) if len(one.keys() & other.keys()) > 1 else ()
    if not found and not all(boosting):
        return
    moved = [
        Moved(letter, text, *_of_model(found[place] if found else None), _of_boosting(boosting, place))
        for place, (letter, text) in enumerate(options)
    ]
    with st.container(border=True, key="what_if_figure", gap="small"):
        st.markdown("**How the shares moved**: an open mark as recorded, a filled one in the copy")
        dumbbell_chart(moved, len(one.keys() & other.keys()), f"dumbbell_{second.view.group.id}")
        if said := _boosting_words(moved):
            st.caption(inert(said))


def _of_model(shift: Shift | None) -> tuple[tuple[float, float] | None, float | None, float | None]:
    if shift is None:
        return None, None, None
    return (shift.before, shift.after), shift.interval.low, shift.interval.high


def _of_boosting(found: list[Probabilities | None], place: int) -> tuple[float, float] | None:
    pair = [one[place] if one else None for one in found]
    return None if pair[0] is None or pair[1] is None else (pair[0], pair[1])


def _boosting_words(moved: list[Moved]) -> str:
    known_ones = [(one, one.boosting) for one in moved if one.boosting]
    if not known_ones:
        return ""
    best = max(known_ones, key=lambda pair: abs(pair[1][1] - pair[1][0]))
    one, (before, after) = best
    if percent(before) == percent(after):
        return "Boosting, on the registry's patients, does not move with this change."
    return (
        f"Boosting, on the registry's patients, gives {one.letter} {percent(before)} as recorded and {percent(after)} "
        "in the copy."
    )


def _features_shown(now: Trying, one: Tried) -> list[str]:
    return list(dict.fromkeys(e.feature for e in visible_entries(one.version.case, one.question, now.codebook)))


def cited_by(now: Trying, one: Tried) -> frozenset[str]:
    """The features that the replies at a place cite."""
    replies = ((item.run.reply, item.run.shown) for item in one.view.runs)
    return cited_in(replies, one.version.case, one.question, now.codebook)


def _evidence(now: Trying, first: Tried, second: Tried) -> None:
    """Draws what is cited in both, and in one only, in words."""
    names = _features_shown(now, second)
    before, after = (cited_by(now, one) for one in (first, second))
    found = compared(before, after, names)
    told = (
        ("Cited in both", found.both),
        ("Cited only as recorded", found.before),
        ("Cited only in the copy", found.after),
    )
    with st.container(border=True, key="what_if_cited", gap="small"):
        for word, those in told:
            listed = ", ".join(now.label(name) for name in those) or "nothing"
            st.markdown(f"**{word}**: {inert(listed)}")


def text_of(one: Tried, options: tuple[tuple[str, str], ...]) -> None:
    """Draws the text of the first sample that chose the leading option, or another that the reader picks."""
    runs = [item.run for item in one.view.runs if item.run.text.strip()]
    if not runs:
        return
    shown = sample_choice(
        runs,
        vote_of(one, len(options)).winner,
        lambda run: f"{run.sample + 1}: {options[run.option][0] if run.option is not None else '–'}",
        key=f"what_if_sample_{one.view.group.id}",
    )
    finished_text(shown, [text for _, text in options], expanded=True)
