"""What is hidden together with the masked value, and why."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import streamlit as st

from creason_core.cohort.leakage.guard import HiddenFeature, LeakReason
from pages.components.inert import inert

# Shortest words for each reason, the surest give-away first.
_REASONS: Mapping[LeakReason, str] = {
    "another time": "its own at another time",
    "formula": "tied by a rule",
    "determined by others": "recover it with the rest",
    "mutual information": "tell much about it",
    "recorded later": "known later",
    "hidden by you": "hidden by you",
}


def leak_panel(
    label: str,
    hidden: Sequence[HiddenFeature],
    shown_anyway: Sequence[str],
    guarded: Sequence[HiddenFeature] = (),
    on_switch: Callable[[str], None] | None = None,
    *,
    by_hand: Sequence[str] = (),
) -> None:
    """Draws what is hidden with the masked value in one line, folded where it is more than one; says so if nothing is.

    ``shown_anyway`` are the labels of what the reader let through. With ``on_switch`` each feature that the guard
    hides (``guarded``) has a switch, which calls it with the feature's name. ``by_hand`` are the labels of what the
    reader hid besides (not among ``hidden``).
    """
    listed = _surest_first({item.feature: item for item in (*hidden, *(guarded if on_switch else ()))}.values())
    if not listed and not shown_anyway:
        so = "nothing more has to be hidden" if by_hand else "only it is hidden"
        st.caption(f":material/lock_open: No other value of this patient gives **{inert(label)}** away, so {so}.")
        by_hand_mark(by_hand)
        return
    with st.container(gap="small", key="leak_panel"):
        if len(listed) > 1:
            with st.expander(_summary(hidden), key="leak_panel_all"):
                _list(listed, hidden, guarded, on_switch)
        else:
            if not listed:
                st.markdown(_summary(hidden))
            _list(listed, hidden, guarded, on_switch)
        guard_off_mark(shown_anyway)
    by_hand_mark(by_hand)


def _surest_first(items: Iterable[HiddenFeature]) -> list[HiddenFeature]:
    order = list(_REASONS)
    return sorted(items, key=lambda item: (order.index(item.reason), -(item.score or 0.0)))


def _list(
    listed: Sequence[HiddenFeature],
    hidden: Sequence[HiddenFeature],
    guarded: Sequence[HiddenFeature],
    on_switch: Callable[[str], None] | None,
) -> None:
    still, switched = {item.feature for item in hidden}, {item.feature for item in guarded}
    fixed: dict[LeakReason, list[str]] = {}
    for item in listed:
        if on_switch and item.feature in switched:
            _switch(item, item.feature not in still, on_switch)
        else:
            fixed.setdefault(item.reason, []).append(item.sentence)
    for reason, sentences in fixed.items():
        if len(listed) == 1:
            st.caption(f":material/lock: {inert(sentences[0])}")
            continue
        st.markdown(f"**{len(sentences)} {_REASONS[reason]}**")
        st.caption("\n".join(f"- {inert(said)}" for said in sentences))


def guard_off_mark(labels: Sequence[str]) -> None:
    """Draws which values the leak guard would have hidden and the reader let through; nothing where there are none."""
    if labels:
        named = ", ".join(inert(label) for label in labels)
        st.badge(f"Leak guard off for {named}", icon=":material/lock_open:", color="orange")


def by_hand_mark(labels: Sequence[str]) -> None:
    """Draws which values the reader hid with the masked one; nothing where there are none."""
    if labels:
        st.badge(f"Hidden by you: {', '.join(map(inert, labels))}", icon=":material/visibility_off:", color="blue")


def _summary(hidden: Sequence[HiddenFeature]) -> str:
    """How many are hidden, and why: each reason with its number, the commonest first."""
    if not hidden:
        return ":material/lock_open: **Nothing is hidden with it**, although other values give the answer away"
    counts = Counter(item.reason for item in _surest_first(hidden)).most_common()
    why = ", ".join(_REASONS[reason] if len(counts) == 1 else f"{n} {_REASONS[reason]}" for reason, n in counts)
    others = "1 other value" if len(hidden) == 1 else f"{len(hidden)} other values"
    return f":material/lock: **Hidden with it: {others}** · {why}"


def _switch(item: HiddenFeature, shown: bool, on_switch: Callable[[str], None]) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
        told = item.sentence.replace(" is hidden:", " is shown, though the guard would hide it:", 1 if shown else 0)
        st.caption(inert(told), width="stretch")
        st.button(
            "Hide it again" if shown else "Show it anyway",
            key=f"guard_{item.feature}",
            icon=":material/lock:" if shown else ":material/lock_open:",
            type="secondary" if shown else "tertiary",
            help="The question then asks with this value in sight, and its result is marked." if not shown else None,
            on_click=on_switch,
            args=(item.feature,),
        )
