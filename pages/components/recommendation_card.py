"""One recommendation of an answer: what it says, from whom and when, and what of the patient it needs."""

from collections.abc import Iterable

import streamlit as st

from creason_core.guideline.applying import Answer, FactLine, FactState, Item
from creason_core.guideline.library import Conflict, Correction, Guideline
from creason_core.guideline.reviewing import Signatures, Signed
from creason_core.guideline.weighing import Fit
from pages.components.inert import inert
from pages.components.provenance import Colour

_FITS: dict[Fit, tuple[str, str, Colour]] = {
    "applies": (":material/check_circle:", "Fits as far as recorded", "green"),
    "not checked": (":material/person_search:", "Whom it is about is yours to check", "gray"),
    "fact missing": (":material/help:", "A fact is missing", "orange"),
    "out of range": (":material/do_not_disturb_on:", "Out of range", "gray"),
    "other patients": (":material/group_off:", "Other patients", "gray"),
}
_FACTS: dict[FactState, str] = {
    "present": ":material/check:",
    "absent": ":material/help:",
    "out of range": ":material/do_not_disturb_on:",
}
_SEEN = {
    "publisher": "Read on a page of the publisher, a journal or an agency",
    "secondary": "Read in a secondary source only, not in the guideline itself",
}


def recommendation_card(answer: Answer, item: Item, key: str, signatures: Signatures, *, differs: bool = False) -> None:
    """Draws ``item`` of ``answer``; ``differs`` says that another current body says otherwise."""
    one = item.recommendation
    with st.container(border=True, gap="small", key=f"recommendation_{key}_{one.id}"):
        _badges(item, differs=differs)
        st.markdown(f"**{inert(answer.statement(one), 700)}**")
        if item.missing and item.status != "superseded":
            st.markdown(f":material/help: Recommendation exists, but not recorded: {inert(_listed(item.missing))}.")
        for newer in item.replaced_by:
            now = answer.library.guideline(newer)
            st.markdown(
                f":material/update: Replaced by {inert(now.organisation)}, {inert(now.published)}: "
                f"{inert(answer.statement(newer))}"
            )
        if item.status == "superseded" and not item.replaced_by:
            now = answer.library.by_key[item.guideline.superseded_by]
            st.markdown(
                f":material/update: Its guideline was replaced by {inert(now.organisation)}, {inert(now.published)}: "
                f"{inert(now.title)}. No single statement took its place."
            )
        for told in _corrections(answer, item):
            if told.recommendations:
                st.markdown(f":material/edit_notifications: {inert(told.told, 900)}")
        _facts(item.facts)
        if one.reading:
            st.caption(f"Reading of this program: {inert(one.reading)}")
        _source(answer, item, signatures.of(one))


def conflict_card(answer: Answer, conflict: Conflict) -> None:
    """Draws what each of two bodies says."""
    with st.container(border=True, gap="small", key=f"conflict_{'_'.join(conflict.sides)}"):
        st.markdown(f":material/call_split: **Two current sources differ about {inert(conflict.about)}.**")
        for side in conflict.sides:
            one = answer.library.by_id[side]
            guideline = answer.library.guideline(one)
            st.markdown(
                f"{inert(guideline.organisation)}, {inert(guideline.published)}: {inert(answer.statement(one))}"
            )
            _link(guideline.url, f"Open {guideline.organisation}", f"conflict_{conflict.about}_{side}")
        if conflict.other:
            st.markdown(inert(conflict.other))
        if conflict.url:
            _link(conflict.url, "Open the other statement", f"conflict_{conflict.about}_other")


def _badges(item: Item, *, differs: bool) -> None:
    icon, word, colour = _FITS[item.fit]
    with st.container(horizontal=True, gap="small"):
        if item.status == "superseded":
            st.badge("Superseded", icon=":material/history:", color="gray")
        else:
            st.badge(word, icon=icon, color=colour)
        if item.status == "draft":
            st.badge("Draft, not final", icon=":material/edit_note:", color="orange")
        if differs:
            st.badge("Sources differ", icon=":material/call_split:", color="orange")
        st.badge(inert(_grade(item)), icon=":material/grade:", color="blue")
        st.badge(inert(item.guideline.published), icon=":material/event:", color="gray")


def _grade(item: Item) -> str:
    strength, certainty = item.recommendation.strength, item.recommendation.certainty
    if not strength:
        return "Grade not seen"
    return f"{strength}; certainty {certainty or 'not seen'}"


def _facts(lines: Iterable[FactLine]) -> None:
    shown = [line for line in lines if not line.found.judged]
    judged = [line.found.name for line in lines if line.found.judged]
    if shown:
        st.markdown("  \n".join(f"{_FACTS[line.state]} {inert(fact_words(line), 300)}" for line in shown))
    if judged:
        st.caption(f"In no record, yours to judge: {inert(_listed(judged))}.")


def fact_words(line: FactLine) -> str:
    """A fact as words: its value, unit and time, or why there is none; and the limit, where there is one."""
    found = line.found
    needed = f" (applies when: {line.limit})" if line.limit and line.limit != found.name else ""
    said = f"{found.text}, {found.when}" if found.state == "present" else found.why
    misfit = "" if line.state != "out of range" else ", out of range" if found.feature else ", which does not fit"
    return f"{found.name}: {said}{misfit}{needed}"


def _source(answer: Answer, item: Item, signed: Signed) -> None:
    one, guideline, corrections = item.recommendation, item.guideline, _corrections(answer, item)
    of_all = "".join(f" {inert(told.told, 900)}" for told in corrections if not told.recommendations)
    st.caption(
        f"{inert(guideline.organisation)}, {inert(guideline.title)}, {inert(guideline.published)}; "
        f"{inert(one.section)}. For: {inert(one.population)}. {_SEEN[one.seen_in]}.{of_all} "
        f"{inert(signed.told, 2600)} Id: {inert(one.id)}."
    )
    with st.container(horizontal=True, gap="small"):
        _link(guideline.url, f"Open {_host(guideline)}", f"source_{one.id}_{item.status}")
        for place, told in enumerate(corrections):
            _link(told.url, "Open the correction", f"correction_{one.id}_{place}")


def _corrections(answer: Answer, item: Item) -> tuple[Correction, ...]:
    """What the publisher corrected of a statement in force."""
    return () if item.status == "superseded" else answer.library.corrections(item.recommendation)


def _link(url: str, label: str, key: str) -> None:
    """A link to an address of the library, which reading it has checked to be plain https."""
    st.link_button(inert(label), url, type="tertiary", icon=":material/open_in_new:", key=f"link_{key}")


def _host(guideline: Guideline) -> str:
    return guideline.url.split("/")[2]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
