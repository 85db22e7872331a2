"""One line a column of an upload: what it is taken for, and in which unit it stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from creason_core.errors import CaseError
from creason_core.record.codebook import Feature
from creason_core.record.importing.cells.values import parse_cell
from creason_core.record.units import alternatives, comes_in, conversion, needs_asking, suspect_unit
from pages.components.inert import inert
from pages.components.told_apart import told_apart

_FROM = {
    "header": "Stated in the column's name.",
    "unit column": "Stated in a column of units.",
    "values": "Judged by the values.",
    "assumed": "Assumed: please check.",
    "chosen": "Chosen by you.",
    "": "The only one.",
}


@dataclass(frozen=True)
class MapLine:
    """The ``at``-th column of a wide table, or test of a long one; ``person`` says why it may identify somebody."""

    at: int
    name: str
    target: str = ""
    said: str = ""
    values: Sequence[str] = ()
    note: str = ""
    person: str = ""


def counted(number: int, word: str) -> str:
    """A number with its word: "1 row", "2 rows"."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _spoken(name: str) -> str:
    """The letters and digits of a name: a label is read out with every escape that would make it harmless to draw."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in name[:80]).split())


def map_row(line: MapLine, options: Mapping[str, str], *, key: str, on_change: Callable[[str, str], None]) -> None:
    """Draws a column's name and first values beside the feature that it is taken for."""
    left, right = st.columns([5, 7], vertical_alignment="center")
    with left, st.container(gap=None):
        st.text(line.name[:80])
        if line.values:
            st.caption(inert(", ".join(line.values), 80))
    with right, st.container(gap=None):
        names = list(options)
        st.selectbox(
            f"What {_spoken(line.name)} is",
            names,
            index=names.index(line.target) if line.target in options else 0,
            key=key,
            format_func=told_apart(options, lambda item: options[item]),
            label_visibility="collapsed",
            on_change=on_change,
            args=(line.name, key),
        )
        if line.person:
            st.caption(f":material/badge: {inert(line.person)}")
        elif line.note or line.said:
            st.caption(f":material/help: {inert(line.note)}" if line.note else inert(line.said))


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
    """Draws the unit of a column, how it is known, and what a first value becomes; nothing where only one fits.

    A stated unit that the feature does not come in is shown as it is, so that it can be corrected.
    """
    units = {option.code: option.label or option.code for option in alternatives(feature)}
    stranger = unit not in {"", feature.unit} and not comes_in(feature, unit)
    if stranger:
        units[unit] = f"{unit}: {feature.label} does not come in it"
    elif not needs_asking(feature):
        return
    left, right = st.columns([5, 7], vertical_alignment="center")
    with left, st.container(gap=None):
        st.text(f"{place[:60]} → {feature.label}")
        example, suspected = _example(feature, unit, values)
        st.caption(inert(example))
        if suspected:
            st.caption(f":material/swap_horiz: {inert(suspected)}")
    with right, st.container(gap=None):
        codes = list(units)
        st.selectbox(
            f"Unit of {_spoken(place)}",
            codes,
            index=codes.index(unit) if unit in units else 0,
            key=key,
            format_func=told_apart(units, lambda code: units[code]),
            label_visibility="collapsed",
            on_change=on_change,
            args=(place, key),
        )
        st.caption(f"{':material/warning: ' if source == 'assumed' else ''}{_FROM.get(source, '')}")


def _example(feature: Feature, unit: str, values: Sequence[str]) -> tuple[str, str]:
    """What a first value becomes, and the question about the first that looks like another unit.

    For example "Creatinine 177 µmol/L → 2.0 mg/dL", or "90 mmHg, as it is".
    """
    example = suspected = ""
    for text in values:
        try:
            parsed = parse_cell(text, feature, "comma" if "," in text else "point")
            if isinstance(parsed.value, str):
                continue
            code = parsed.unit or unit or feature.unit
            changed = conversion(feature, parsed.value, code)
            same = f"{parsed.value:g} {feature.unit_label}, as it is"
            example = example or (same if code == feature.unit else changed.sentence)
            if found := suspect_unit(feature, changed.result):
                suspected = f"{found[0].sentence} Here if all of them are, else value by value in the review."
                break
        except CaseError:
            continue
    return example, suspected
