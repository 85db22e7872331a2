"""A record at a glance: every value at its place among the registry's, what is outside reference, what is missing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby, pairwise

import streamlit as st

from pages.components.glance_chart import GlanceLine, glance_chart
from pages.components.inert import inert

FEW = 12  # names that stand in a line; more are opened on request


@dataclass(frozen=True, slots=True)
class Glance:
    """What is drawn: the values by section in the codebook's order, and the names of what is missing and left out."""

    lines: tuple[GlanceLine, ...]
    missing: tuple[str, ...]
    left_out: tuple[str, ...]


def outside_by_section(lines: Sequence[GlanceLine]) -> tuple[tuple[str, str], ...]:
    """Each section with the values outside their reference range, in words; sections without one are left out."""
    far = [line for line in lines if line.direction]
    return tuple(
        (section, "; ".join(f"{label} {', '.join(line.told for line in same)}" for label, same in _by_label(found)))
        for section, found in groupby(far, key=lambda line: line.section)
    )


def described(glance: Glance) -> str:
    """The figure in words, for readers who do not see it."""
    drawn = sum(line.place is not None for line in glance.lines)
    told = "; ".join(f"{section}: {words}" for section, words in outside_by_section(glance.lines))
    return (
        f"{drawn} values by section, each at its place among the registry's training patients, from 0% (lowest) to "
        f"100% (highest). Outside the reference range: {told or 'none'}."
    )


def at_a_glance(glance: Glance, key: str, on_choose: Callable[[str], None]) -> None:
    """Draws ``glance``: words, figure, what is missing, and a table; a point calls ``on_choose`` with its feature."""
    if glance.left_out:
        st.info(
            f"Left out while a question about this patient is open, because it hides them: {_listed(glance.left_out)}.",
            icon=":material/visibility_off:",
        )
    if not glance.lines:
        st.info("Nothing is recorded that could be shown.", icon=":material/info:")
    else:
        _outside(glance.lines)
        drawn = [line for line in glance.lines if line.place is not None]
        if drawn:
            glance_chart(drawn, described(glance), key, partial(_chosen, drawn, on_choose))
            st.caption(_legend(glance.lines))
        else:
            st.caption("No value can be placed among the registry's: it has none of them with an order.")
    if glance.missing:
        _missing(glance.missing, key)
    if glance.lines:
        with st.expander("The same as a table", key=f"{key}_table"):
            st.dataframe([_row(line) for line in glance.lines], hide_index=True, alt=described(glance))


def _outside(lines: Sequence[GlanceLine]) -> None:
    found = outside_by_section(lines)
    if not found:
        held = sum(line.has_range for line in lines)
        if held:
            st.markdown(f"**Nothing is outside its reference range**, of {held} that have one.")
        else:
            st.caption("The codebook has a reference range for none of these values.")
        return
    st.markdown("**Outside the reference range**")
    st.markdown("\n".join(f"- {inert(section)}: {inert(words, 6000)}" for section, words in found))


def _legend(lines: Sequence[GlanceLine]) -> str:
    """How the figure is read, and what it cannot hold."""
    told = "Shaded: the middle 90% of the training patients."
    if any(line.direction for line in lines):
        told = f"Triangles: below or above the reference range. {told}"
    if any(one.feature == next_one.feature for one, next_one in pairwise(lines)):
        told += " Joined: one value over time, the latest largest and named."
    absent = sum(line.place is None for line in lines)
    values = "1 value" if absent == 1 else f"{absent} values"
    return f"{told} In the table only: {values} without an order or without a registry." if absent else told


def _missing(names: Sequence[str], key: str) -> None:
    if len(names) <= FEW:
        st.caption(f"**Not recorded:** {_listed(names)}.")
        return
    with st.expander(f"{len(names)} values not recorded", key=f"{key}_missing"):
        st.caption(f"{_listed(names)}.")


def _listed(names: Iterable[str]) -> str:
    return inert(", ".join(names), 20_000)


def _by_label(lines: Iterable[GlanceLine]) -> Iterable[tuple[str, Iterable[GlanceLine]]]:
    return groupby(lines, key=lambda line: line.label)


def _chosen(drawn: Sequence[GlanceLine], on_choose: Callable[[str], None], place: int) -> None:
    if 0 <= place < len(drawn):
        on_choose(drawn[place].feature)


def _row(line: GlanceLine) -> dict[str, str]:
    return {
        "Section": line.section,
        "Value": line.label,
        "Recorded": line.told,
        "Place in the registry": "–" if line.place is None else f"{line.place:.0%}",
        "In words": line.words,
    }
