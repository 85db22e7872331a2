"""The patient's values as a list to read and to choose from: one line a value."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from pages.components.inert import inert

SEEN_AT_ONCE = 8  # lines; so few need no search
Look = Literal["shown", "masked", "hidden", "missing"]
_ICONS: dict[Look, str] = {
    "masked": ":material/visibility_off:",
    "hidden": ":material/lock:",
    "missing": ":material/help_center:",
}


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One feature of the list. ``text`` is its value, or what stands in its place; ``why_not`` disables it.

    ``strip`` is drawn behind a value that is shown, as ``strip.strip`` makes it: where it stands in the registry.
    """

    feature: str
    section: str
    label: str
    text: str
    look: Look = "shown"
    help: str = ""
    why_not: str = ""
    strip: str = ""


def value_list(
    lines: Sequence[ValueLine],
    on_choose: Callable[[str], None],
    key: str,
    height: int | Literal["content"] = 640,
    *,
    marked: str | None = None,
    none: str = "Nothing is recorded that could be chosen.",
) -> None:
    """Draws ``lines`` by section in a panel; choosing one calls ``on_choose``. A long list scrolls and is searched.

    The line of the feature ``marked`` stands out, and stays in sight while the list scrolls. ``none`` is told where
    there is no line at all.

    A search ends with the choice of a value, wherever it was chosen or marked: the list is then the record to reason
    from.
    """
    if not lines:
        st.caption(none)
        return
    _end_search(lines, key, marked)
    wanted = _search(key) if len(lines) > SEEN_AT_ONCE else ""
    found = [line for line in lines if _matches(line, wanted)]
    if not found:
        st.caption("No value has that in its name. Clear the search to see all of them.")
        return
    with st.container(height=height, border=True, key=f"values_{key}"):
        section = ""
        for line in found:
            if line.section != section:
                section = line.section
                st.caption(f"**{inert(section)}**")
            if line.feature == marked and line.look == "shown":
                with st.container(key=f"marked_{key}"):
                    _line(line, on_choose, key, marked=True)
            else:
                _line(line, on_choose, key)


def _end_search(lines: Sequence[ValueLine], key: str, marked: str | None) -> None:
    masked = next((line.feature for line in lines if line.look == "masked"), None)
    chosen = (masked, marked)
    if masked and chosen != st.session_state.get(f"{key}_chosen"):
        st.session_state[f"{key}_search"] = ""
    st.session_state[f"{key}_chosen"] = chosen


def _search(key: str) -> str:
    wanted = st.text_input(
        "Find a value",
        placeholder="Find a value by a part of its name",
        key=f"{key}_search",
        label_visibility="collapsed",
        icon=":material/search:",
    )
    return wanted or ""


def _matches(line: ValueLine, wanted: str) -> bool:
    return wanted.strip().casefold() in f"{line.label} {line.section}".casefold()


def _line(line: ValueLine, on_choose: Callable[[str], None], key: str, *, marked: bool = False) -> None:
    st.button(
        f"{inert(line.label)} **{inert(line.text, 60)}** {line.strip if line.look == 'shown' else ''}".rstrip(),
        key=f"{key}_{line.feature}",
        icon=":material/arrow_forward:" if marked else _ICONS.get(line.look),
        help=inert(line.why_not or line.help) or None,
        disabled=bool(line.why_not),
        type="primary" if line.look == "masked" else "secondary" if marked else "tertiary",
        width="stretch",
        wrap=True,
        on_click=on_choose,
        args=(line.feature,),
    )
