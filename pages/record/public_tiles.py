"""Tiles of the patients that a cohort offers; each opens its case."""

import streamlit as st

from creason_core.cohort.cohort import Cohort
from pages.components.inert import inert
from pages.components.read_only import saving
from pages.server.services import Services
from pages.session.case_names import tile_names
from pages.session.case_opening import open_public_case

TILES = 6


def tiles(s: Services, cohort: Cohort) -> None:
    """One tile for each patient that ``cohort`` offers."""
    book = cohort.codebook
    whose = "Real, de-identified patients" if cohort.packaged else "From your own cohort"
    from_where = " ".join(f"{text.rstrip('.')}." for text in (book.population, book.citation) if text)
    st.caption(
        f"{whose} ({inert(cohort.title)}). Test patients: nothing was trained or fitted on them.",
        help=inert(from_where, 600) or None,
    )
    offered = cohort.public[:TILES]
    names = tile_names(s, cohort.name, {tile.patient: tile.headline for tile in offered})
    with st.grid(min_column_width=240, gap="small"):
        for tile in offered:
            st.button(
                inert(names[tile.patient]),
                key=f"public_{cohort.name}_{tile.patient}",
                icon=":material/person:",
                width="stretch",
                wrap=True,
                on_click=open_public_case,
                args=(cohort.name, tile.patient, tile.headline),
                **saving(),
            )
