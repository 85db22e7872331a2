"""Where a value comes from: one mark everywhere, an icon and a word, never colour alone."""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from creason_core.record.case import Provenance

Colour = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray"]


@dataclass(frozen=True, slots=True)
class Mark:
    """An icon, a word, a colour and a sentence."""

    icon: str
    word: str
    colour: Colour
    help: str


MARKS: dict[Provenance, Mark] = {
    "registry": Mark(":material/database:", "Registry", "gray", "Recorded in the public, de-identified registry."),
    "entered": Mark(":material/edit:", "Entered", "green", "Entered by a person in this program."),
    "computed": Mark(":material/calculate:", "Computed", "violet", "Calculated by this program from other values."),
    "model": Mark(":material/smart_toy:", "Model", "blue", "Written by the language model. It may be wrong."),
}
NOT_MEASURED = "not measured (normal assumed)"


def mark(provenance: Provenance) -> None:
    """Draws the mark as a badge."""
    shown = MARKS[provenance]
    st.badge(shown.word, icon=shown.icon, color=shown.colour, help=shown.help)
