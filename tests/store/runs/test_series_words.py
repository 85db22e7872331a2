"""A place of a series in words."""

import json

import pytest

from creason_core.store.runs.series import SeriesKind
from creason_core.store.runs.series_words import place_words
from tests.store.examples import CODEBOOK


def changed(**values: float | str) -> str:
    return json.dumps({"values": values})


@pytest.mark.parametrize(
    ("kind", "what", "said"),
    [
        ("probe", '{"without": "lactate", "role": "cited"}', "without Lactate"),
        ("what-if", changed(), "what-if: as recorded"),
        ("what-if", changed(lactate=2.0, age=50), "what-if: Lactate 2.0 mmol/L, Age 50 years"),
        ("sweep", changed(age=93), "sweep: Age 90+ years"),
        ("smallest change", changed(lactate=4.5), "smallest change: Lactate 4.5 mmol/L"),
        ("scan", '{"feature": "lactate"}', "scan"),
        ("sweep", changed(gone=1.0), "sweep"),  # a feature of another codebook
        ("sweep", '{"of a later version": 1}', "sweep"),
        ("sweep", "no JSON", "sweep"),
    ],
)
def test_every_kind_of_series_has_words(kind: SeriesKind, what: str, said: str) -> None:
    assert place_words(kind, what, CODEBOOK) == said


def test_a_change_of_what_a_question_hides_is_told_without_its_value() -> None:
    what = changed(lactate=4.3, age=50)
    assert place_words("smallest change", what, CODEBOOK, {"lactate@6"}) == (
        "smallest change: Lactate another value, Age 50 years"
    )
