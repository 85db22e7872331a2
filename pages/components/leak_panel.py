"""What is hidden together with the masked value, and why."""

from collections.abc import Callable, Sequence

import streamlit as st

from creason_core.cohort.leakage.guard import HiddenFeature
from pages.components.inert import inert


def leak_panel(
    label: str,
    hidden: Sequence[HiddenFeature],
    shown_anyway: Sequence[str],
    guarded: Sequence[HiddenFeature] = (),
    on_switch: Callable[[str], None] | None = None,
) -> None:
    """Draws the hidden features, one sentence each; says so when there are none.

    ``shown_anyway`` are the labels of what the reader let through. With ``on_switch`` each of ``guarded``, what the
    reader may let through, has a switch, which calls it with the feature's name; the others have their sentence.
    """
    if not hidden and not shown_anyway:
        st.caption(
            f":material/lock_open: No other value of this patient gives **{inert(label)}** away, so only it is hidden."
        )
        return
    with st.container(border=True, gap="small", key="leak_panel"):
        st.markdown(_summary(len(hidden)))
        still = {item.feature for item in hidden}
        offered = {item.feature for item in guarded} if on_switch else set()
        for item in hidden:
            if item.feature not in offered:
                st.caption(inert(item.sentence))
        if on_switch:
            for item in guarded:
                _switch(item, item.feature not in still, on_switch)
        guard_off_mark(shown_anyway)


def guard_off_mark(labels: Sequence[str]) -> None:
    """Draws which values the leak guard would have hidden and the reader let through; nothing where there are none."""
    if labels:
        named = ", ".join(inert(label) for label in labels)
        st.badge(f"Leak guard off for {named}", icon=":material/lock_open:", color="orange")


def _summary(count: int) -> str:
    if count == 0:
        return ":material/lock_open: **Nothing is hidden with it**, although other values give the answer away"
    others = "1 other value" if count == 1 else f"{count} other values"
    return (
        f":material/lock: **Hidden with it: {others}**, because {'it' if count == 1 else 'they'} "
        "would give the answer away"
    )


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
