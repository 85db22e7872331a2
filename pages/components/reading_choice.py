"""What a person takes a text without a boxed option to mean; marked as theirs, never as the model's."""

from collections.abc import Callable, Sequence

import streamlit as st

from creason_core.store.people.readings import Reading
from pages.components.inert import inert
from pages.components.option_chart import Bar
from pages.components.read_only import saving


def reading_choice(
    bars: Sequence[Bar],
    key: str,
    on_choose: Callable[[int | None], None],
    on_cancel: Callable[[], None],
    *,
    reordered: bool,
) -> None:
    """Draws the options to choose from, "none of them", and the way back."""
    with st.container(border=True, gap="small", key=f"reading_{key}"):
        st.markdown("**Which option does the text below mean?**")
        other = " Go by the value, not the letter: this sample saw the options in another order." if reordered else ""
        st.caption(
            f"Your choice is stored as your reading. It is not the model's answer and never counts as one.{other}"
        )
        with st.container(horizontal=True, gap="small"):
            for index, bar in enumerate(bars):
                st.button(
                    f"**{bar.letter}** {inert(bar.text)}",
                    key=f"read_{index}_{key}",
                    on_click=on_choose,
                    args=(index,),
                    **saving(),
                )
            st.button("It means none of them", key=f"read_none_{key}", on_click=on_choose, args=(None,), **saving())
            st.button("Cancel", key=f"read_cancel_{key}", type="tertiary", on_click=on_cancel)


def reading_line(bars: Sequence[Bar], reading: Reading, on_take_back: Callable[[], None]) -> None:
    """Draws a stored reading, and the way to take it back."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        kept = "Kept as your reading; never counted as the model's answer."
        st.badge("Read by a person", icon=":material/person_search:", color="gray", help=kept)
        bar = bars[reading.option] if reading.option is not None else None
        meant = f"**{bar.letter} · {inert(bar.text)}**" if bar else "**no option**"
        late = ", after the recorded value was shown" if reading.after_reveal else ""
        st.markdown(f"You read it as {meant}{late}", width="content")
        st.button("Take back", key=f"unread_{reading.run_id}", type="tertiary", on_click=on_take_back, **saving())
