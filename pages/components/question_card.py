"""The question as sent, its options as choices, and the commitment to an own answer."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from pages.components.inert import inert
from pages.components.read_only import saving


def prompt_popover(prompt: str) -> None:
    """Draws a popover with the exact text that the model gets."""
    with st.popover("Prompt", icon=":material/description:", type="tertiary"):
        st.caption("The exact text that is sent; in further samples the options stand in another order.")
        st.code(prompt, language=None, wrap_lines=True, height=420)


def options_to_choose(
    options: Sequence[str], chosen: int | None, on_choose: Callable[[int], None], key: str, *, shortcuts: bool
) -> None:
    """Draws the options as buttons; Alt+1 … choose them by keyboard."""
    with st.container(key="options", gap="small"):
        for index, text in enumerate(options):
            picked = index == chosen
            st.button(
                f"**{chr(ord('A') + index)}**   {inert(text)}",
                key=f"{key}_{index}",
                icon=":material/radio_button_checked:" if picked else ":material/radio_button_unchecked:",
                type="primary" if picked else "secondary",
                width="stretch",
                wrap=True,
                on_click=on_choose,
                args=(index,),
                shortcut=f"Alt+{index + 1}" if shortcuts and index < 9 else None,
            )


def options_to_read(options: Sequence[str], marks: Sequence[str], *, one_line: bool) -> None:
    """Draws the options below each other or in ``one_line``; ``marks`` holds a word or nothing for each."""
    said = [
        f"**{chr(ord('A') + index)}**\u00a0{inert(text)}" + (f"  :material/person: *{inert(mark)}*" if mark else "")
        for index, (text, mark) in enumerate(zip(options, marks, strict=True))
    ]
    st.markdown(" · ".join(said) if one_line else "\n".join(f"- {line}" for line in said))


def commit_row(
    chosen: int | None, on_commit: Callable[[int, bool], None], on_skip: Callable[[], None], key: str
) -> None:
    """Draws the two ways to commit and the way to skip; an answer once given stays."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for word, sure in (("I am sure", True), ("I am unsure", False)):
            st.button(
                f"Commit {chr(ord('A') + chosen)}: {word}" if chosen is not None else f"Commit: {word}",
                key=f"{key}_{'sure' if sure else 'unsure'}",
                type="primary" if sure else "secondary",
                on_click=on_commit,
                args=(chosen, sure),
                **saving("Choose an option first." if chosen is None else None, disabled=chosen is None),
            )
        st.button(
            "Skip", key=f"{key}_skip", type="tertiary", on_click=on_skip, **saving("Run without an answer of yours")
        )


def samples_row(offered: Mapping[int, str], chosen: int, on_choose: Callable[[int], None]) -> None:
    """Draws how many samples to ask for, as buttons: in a radio group that has the focus, Ctrl+Enter would not run."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="samples_row"):
        st.markdown(
            ":small[Samples]",
            width="content",
            help="More samples show how much the model agrees with itself, and take longer.",
        )
        for samples, label in offered.items():
            picked = samples == chosen
            st.button(
                label,
                key=f"samples_{samples}",
                type="secondary" if picked else "tertiary",
                icon=":material/check:" if picked else None,
                on_click=on_choose,
                args=(samples,),
            )
