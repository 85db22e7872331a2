"""The boxes in which a person says what a column of an import is, and what a browser may make of them."""

import streamlit as st

from creason_core.record.importing.mapping import TableMapping


def map_key(import_id: str, at: int, name: str) -> str:
    """The key of the box of column or name ``at``."""
    return f"import_map_{import_id[:6]}_{at}_{name[:20]}"


def several_at_once(mapping: TableMapping, import_id: str, widget: str) -> bool:
    """Whether more boxes than one differ from ``mapping`` at once: no person does that, who changes one a rerun.

    A browser may show a box with the value of the one that stood in its place before; such boxes are put right. So is
    a ``widget`` that is gone.
    """
    if mapping.layout == "long":
        drawn = {map_key(import_id, at, item.name): item.target for at, item in enumerate(mapping.names)}
    else:
        drawn = {
            map_key(import_id, at, item.column): "patient" if item.role == "patient" else item.target
            for at, item in enumerate(mapping.columns)
        }
    differing = [key for key, target in drawn.items() if str(st.session_state.get(key, target) or "") != target]
    if len(differing) < 2 and widget in st.session_state:
        return False
    for key in differing:
        st.session_state[key] = drawn[key]
    return True
