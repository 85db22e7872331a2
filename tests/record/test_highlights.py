"""The values that tell a patient in one line: by the codebook's own ranges, whatever their units."""

import pytest

from creason_core.record.case import Entry, make_case
from creason_core.record.codebook import Codebook, Feature, Level, Range
from creason_core.record.highlights import highlights, outside

PRESSURE = Feature(
    name="map",
    label="Mean arterial pressure",
    section="Vitals",
    kind="number",
    time="day1",
    unit_label="mmHg",
    aliases=("MAP",),
    reference=Range(low=70, high=100),
    confirm=Range(low=30, high=160),
)
BILIRUBIN = Feature(
    name="bili",
    label="Bilirubin",
    section="Vitals",
    kind="number",
    time="day1",
    unit_label="mg/dL",
    reference=Range(low=0, high=1),
    confirm=Range(low=0, high=41),
)
CODEBOOK = Codebook(
    name="tiny",
    version=1,
    title="Tiny",
    population="adults",
    source="made for tests",
    citation="none",
    sections=("Vitals",),
    features=(PRESSURE, BILIRUBIN),
)


@pytest.mark.parametrize(("value", "distance"), [(85, 0), (70, 0), (50, 0.5), (30, 1), (130, 0.5), (10, 1.5)])
def test_the_distance_is_a_share_of_the_way_to_where_the_codebook_asks(value: float, distance: float) -> None:
    assert outside(PRESSURE, value) == distance


def test_the_furthest_comes_first_in_its_short_name_and_nothing_hidden_comes() -> None:
    entries = [Entry(feature="map", value=40.0), Entry(feature="bili", value=11.0)]
    case = make_case("one", entries, CODEBOOK)
    assert highlights(case, CODEBOOK) == ("MAP 40 mmHg ↓", "Bilirubin 11 mg/dL ↑")
    assert highlights(case, CODEBOOK, {"map"}) == ("Bilirubin 11 mg/dL ↑",)


def test_a_filled_in_value_tells_nothing() -> None:
    case = make_case("one", [Entry(feature="map", value=40.0, measured=False)], CODEBOOK)
    assert highlights(case, CODEBOOK) == ()


def test_who_a_patient_is_comes_from_the_codebook_and_not_from_names() -> None:
    soil = Feature(
        name="soil", label="Soil", section="Plot", kind="binary", time="admission",
        levels=(Level(code="l", label="Loam"), Level(code="c", label="Clay")),
    )  # fmt: skip
    wet = soil.model_copy(
        update={"name": "wet", "label": "Wet", "levels": (Level(code="y", label="Yes"), Level(code="n", label="No"))}
    )
    fields = {name: getattr(CODEBOOK, name) for name in Codebook.model_fields}
    fields |= {"sections": ("Plot", "Vitals"), "features": (soil, wet, PRESSURE)}
    plots = Codebook(**fields)
    case = make_case("one", [Entry(feature=name, value=code) for name, code in (("soil", "l"), ("wet", "y"))], plots)
    assert highlights(case, plots) == ("Loam", "Wet: Yes")
    assert highlights(case, plots, {"soil"}) == ("Wet: Yes",)
    named = Codebook(**fields | {"who": ("wet",)})
    assert highlights(case, named) == ("Wet: Yes",)
