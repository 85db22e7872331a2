"""Where a search has fewer calls than directions: which values move boosting's answer most for their size."""

import streamlit as st

from creason_core.errors import CReasonError
from creason_core.evaluation.second_opinion import Pending
from creason_core.question.what_if.pairing import question_on
from creason_core.question.what_if.smallest import Search, ends
from pages.what_ifs.boosting import POLL_SECONDS, Asked, Probabilities, ask_boosting, coming
from pages.what_ifs.starting import copy_of
from pages.what_ifs.trying import Trying

LEAST = 0.01  # share of the registry's patients: a smaller step counts as one of this size


def favours(now: Trying, search: Search, hidden: tuple[str, ...]) -> tuple[dict[str, float], str]:
    """How far boosting's answer moves with each value, and why the search cannot begin yet ("" where it can).

    Of every direction its end is asked, the distance of the two answers (0 to 1) over the size of the change. Nothing
    where there is a call for each direction. Draws what it is asked for.
    """
    directions = ends(search)
    if len(directions) <= search.most or now.target is None:
        return {}, ""
    case = search.case
    try:
        asked: list[Asked] = [(case, question_on(now.target, case, now.cohort, hidden))]
        for step in directions:
            copy = copy_of(now, now.target, {step.name: step.value}, recompute=True)
            asked.append((copy, question_on(now.target, copy, now.cohort, hidden)))
    except CReasonError:  # the search itself tells of it
        return {}, ""
    st.caption(
        f"{len(directions)} directions and {search.most} changes to try: those are tried of the values with which "
        "boosting's answer moves most for their size."
    )
    found = ask_boosting(now, asked, 0.0)
    if any(isinstance(one, Pending) for one in found):
        st.fragment(coming, run_every=POLL_SECONDS)(now, asked)
        return {}, "Boosting is being asked which values come first."
    base, *others = (None if isinstance(one, Pending) else one for one in found)
    moved: dict[str, float] = {}
    for step, other in zip(directions, others, strict=True):
        moved[step.name] = max(moved.get(step.name, 0.0), _apart(base, other) / max(step.size, LEAST))
    return moved, ""


def _apart(one: Probabilities | None, other: Probabilities | None) -> float:
    """Half the sum of the differences between two answers, 0 to 1; 0 where there are not both."""
    if one is None or other is None:
        return 0.0
    return sum(abs((first or 0.0) - (second or 0.0)) for first, second in zip(one, other, strict=True)) / 2
