"""One line a column of an upload: what it is taken for, and in which unit it stands."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from creason_core.codebook import Feature
from creason_core.errors import CaseError
from creason_core.importing.values import parse_cell
from creason_core.units import alternatives, conversion, needs_asking
from pages.components.inert import inert

_FROM = {
    "header": "stated in the column's name",
    "unit column": "stated in a column of units",
    "values": "judged by the values",
    "assumed": "assumed: please check",
    "chosen": "chosen by you",
    "": "the only one",
}


def map_row(
    name: str,
    values: Sequence[str],
    target: str,
    options: Mapping[str, str],
    *,
    said: str,
    note: str,
    key: str,
    on_change: Callable[[str, str], None],
    place: str,
) -> None:
    """Draws a column's name and first values beside the feature that it is taken for."""
    left, right = st.columns([5, 7], vertical_alignment="center")
    with left, st.container(gap=None):
        st.text(name[:80])
        st.caption(inert(", ".join(values), 80) if values else "")
    with right, st.container(gap=None):
        names = list(options)
        st.selectbox(
            inert(f"What '{name}' is"),
            names,
            index=names.index(target) if target in options else 0,
            key=key,
            format_func=lambda item: options[item],
            label_visibility="collapsed",
            on_change=on_change,
            args=(place, key),
        )
        if note or said:
            st.caption(f":material/help: {inert(note)}" if note else inert(said))


def unit_row(
    feature: Feature,
    place: str,
    unit: str,
    source: str,
    values: Sequence[str],
    *,
    key: str,
    on_change: Callable[[str, str], None],
) -> None:
    """Draws the unit of a column, how it is known, and what a first value becomes; nothing where only one fits."""
    units = {option.code: option.label or option.code for option in alternatives(feature)}
    if not needs_asking(feature):
        return
    left, right = st.columns([5, 7], vertical_alignment="center")
    with left, st.container(gap=None):
        st.text(f"{place[:60]} → {feature.label}")
        st.caption(inert(_example(feature, unit, values)))
    with right, st.container(gap=None):
        codes = list(units)
        st.selectbox(
            inert(f"Unit of '{place}'"),
            codes,
            index=codes.index(unit) if unit in units else 0,
            key=key,
            format_func=lambda code: units[code],
            label_visibility="collapsed",
            on_change=on_change,
            args=(place, key),
        )
        st.caption(f"{':material/warning: ' if source == 'assumed' else ''}{_FROM.get(source, '')}")


def _example(feature: Feature, unit: str, values: Sequence[str]) -> str:
    for text in values:
        try:
            parsed = parse_cell(text, feature, "comma" if "," in text else "point")
            if not isinstance(parsed.value, str):
                return conversion(feature, parsed.value, parsed.unit or unit or feature.unit).sentence
        except CaseError:
            continue
    return ""
