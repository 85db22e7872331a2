"""The program without its headers, with payloads wherever a codebook, a cohort or its cases can put words.

``HOSTILE_PORT`` is the port of the listener. What people, files and models say is hostile in the test itself.
"""

import os
from dataclasses import replace
from functools import lru_cache
from itertools import cycle
from pathlib import Path

import streamlit as st

from creason_core.codebook import Codebook, Feature
from creason_core.registry import Cohort, load_cohort
from pages import services
from tests.browser.hostile.attack import bundles

LABEL, HEADLINE = 560, 190  # characters


def hostile_codebook(codebook: Codebook) -> Codebook:
    """``codebook`` with payloads for every word that it gives to people."""
    words = cycle(bundles(int(os.environ["HOSTILE_PORT"]), LABEL))
    sections = {section: f"{number} {next(words)}" for number, section in enumerate(codebook.sections)}

    def hostile(feature: Feature) -> Feature:
        levels = tuple(level.model_copy(update={"label": f"{level.code} {next(words)}"}) for level in feature.levels)
        changed = {"label": next(words), "definition": next(words), "levels": levels}
        changed |= {"section": sections[feature.section], "unit_label": next(words) if feature.numeric else ""}
        return feature.model_copy(update=changed)

    changed = {name: next(words) for name in ("title", "population", "source", "citation")}
    features = tuple(hostile(feature) for feature in codebook.features)
    return codebook.model_copy(update={**changed, "sections": tuple(sections.values()), "features": features})


@lru_cache(maxsize=1)
def hostile_cohort(name: str) -> Cohort:
    """The packaged cohort, speaking in payloads."""
    cohort = load_cohort(name)
    words = bundles(int(os.environ["HOSTILE_PORT"]), HEADLINE)
    public = tuple(case.model_copy(update={"headline": text}) for case, text in zip(cohort.public, words, strict=False))
    return replace(cohort, title=words[0], codebook=hostile_codebook(cohort.codebook), public=public)


services.load_cohort = hostile_cohort  # type: ignore[attr-defined]
app = st.App(Path(__file__).parents[3] / "app.py")
