"""The program without its headers, with payloads wherever a codebook, a cohort or its cases can put words.

``HOSTILE_PORT`` is the port of the listener. What people, files and models say is hostile in the test itself.
"""

import os
from dataclasses import replace
from functools import lru_cache
from itertools import cycle
from pathlib import Path
from typing import Any

import streamlit as st

from creason_core.cohort import shelf
from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.model.engines.base import EngineHealth
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.reading import read_table
from pages.record import importing
from pages.server import services
from tests.browser.hostile.attack import CHOSEN, bundles, payloads

# Characters. The options of what is run say all payloads, being a third of them each; those of other questions as many
# as a page shows of an option; labels fewer, since a list of long ones makes every page slower to draw.
RUN, OPTION, LABEL, HEADLINE = 2_700, 560, 200, 190


def _port() -> int:
    return int(os.environ["HOSTILE_PORT"])


def hostile_codebook(codebook: Codebook) -> Codebook:
    """``codebook`` with payloads for every word that it gives to people."""
    words, labels, options, run = (cycle(bundles(_port(), most)) for most in (LABEL, LABEL, OPTION, RUN))
    sections = {section: f"{number} {next(words)}" for number, section in enumerate(codebook.sections)}

    def hostile(feature: Feature) -> Feature:
        said = run if feature.name in CHOSEN else options
        levels = tuple(level.model_copy(update={"label": f"{level.code} {next(said)}"}) for level in feature.levels)
        changed = {"label": next(labels), "definition": next(words), "levels": levels}
        changed |= {"section": sections[feature.section], "unit_label": next(words) if feature.numeric else ""}
        return feature.model_copy(update=changed)

    changed = {name: next(words) for name in ("title", "population", "source", "citation")}
    features = tuple(hostile(feature) for feature in codebook.features)
    return codebook.model_copy(update={**changed, "sections": tuple(sections.values()), "features": features})


@lru_cache(maxsize=1)
def hostile_cohort(name: str) -> Cohort:
    """The packaged cohort, speaking in payloads."""
    cohort = load_cohort(name)
    words = bundles(_port(), HEADLINE)
    public = tuple(case.model_copy(update={"headline": text}) for case, text in zip(cohort.public, words, strict=False))
    return replace(cohort, title=words[0], codebook=hostile_codebook(cohort.codebook), public=public)


def hostile_health(watch: services.HealthWatch) -> EngineHealth:
    """What the engine says about itself: every payload."""
    told = " ".join(payloads(_port()))
    found: EngineHealth = watch.__dict__["latest"]
    return replace(found, where=told, note=told)


def hostile_table(data: bytes, file_name: str, **options: Any) -> Table:
    """What the program reads from a file, as if its sheet had every payload as its name in turn."""
    table = read_table(data, file_name, **options)
    told = [note for note in table.notes if table.sheet and table.sheet in note]
    notes = tuple(note.replace(table.sheet, text) for note in told for text in bundles(_port(), HEADLINE))
    return replace(table, notes=(*table.notes, *notes))


services.HealthWatch.latest = property(  # type: ignore[assignment]
    hostile_health, lambda watch, found: watch.__dict__.update(latest=found)
)
shelf.cohort_in = lambda folder, name: hostile_cohort(name)  # type: ignore[attr-defined]
importing.read_table = hostile_table  # type: ignore[attr-defined]
app = st.App(Path(__file__).parents[3] / "app.py")
