"""What the guard marked in a typed text, with the ways to decide: take it out, or say that it identifies nobody."""

from collections.abc import Callable, Sequence

import streamlit as st

from creason_core.record.identifiers import Hit
from creason_core.record.identifiers.scan import article
from pages.components.inert import inert
from pages.components.read_only import Saving, saving

_SHOWN = 5


def identifier_question(
    text: str,
    hits: Sequence[Hit],
    key: str,
    on_remove: Callable[[str], None],
    on_none: Callable[[str], None],
    *,
    saves: bool,
) -> None:
    """Draws a line for each find in ``text``; ``on_remove`` and ``on_none`` get the text of the find.

    ``saves`` says that a decision is written at once, which takes a database that can be written.
    """
    drawn: Saving = saving() if saves else {"disabled": False, "help": None}
    with st.container(border=True, gap="small", key=f"{key}_guard"):
        for number, hit in enumerate(hits[:_SHOWN]):
            found = text[hit.start : hit.end]
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(
                    f":material/badge: This looks like {article(hit.kind)}: **{inert(found, 80)}**", width="content"
                )
                st.button(
                    "Write 90+ instead" if hit.kind == "age over 89" else "Remove it",
                    key=f"{key}_remove_{number}",
                    type="primary",
                    on_click=on_remove,
                    args=(found,),
                    **drawn,
                )
                st.button("It is none", key=f"{key}_none_{number}", on_click=on_none, args=(found,), **drawn)
        more = f"{len(hits) - _SHOWN} more follow. " if len(hits) > _SHOWN else ""
        st.caption(
            f"{more}Nothing of this is stored until you decide. The guard finds most identifiers, not all: "
            "look for others yourself."
        )
