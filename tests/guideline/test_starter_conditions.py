"""Every condition of the starter library: at, below and above each limit, in every unit, and with the value missing.

The cases are made from the library itself, so that an entry which is added is tested too.
"""

from dataclasses import dataclass

import pytest

from creason_core.guideline.conditions import Condition, Verdict, parts, verdict
from creason_core.guideline.facts import find
from creason_core.guideline.reading import starter_library
from creason_core.record.case import Entry, PatientCase, make_case
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.units import convert
from tests.guideline.bedside import analyte, codebook, finding, measurement

LIBRARY = starter_library()
FACTS = LIBRARY.vocabulary.by_name
# What a value under, on and over a limit does, by the kind of limit.
EXPECTED: dict[str, tuple[Verdict, Verdict, Verdict]] = {
    "above": ("unmet", "unmet", "met"),
    "at_least": ("unmet", "met", "met"),
    "below": ("met", "unmet", "unmet"),
    "at_most": ("met", "met", "unmet"),
}
ONE_UNIT = {"NIHSS", "pH"}  # nobody writes them in another


@dataclass(frozen=True)
class Case:
    """A limit of a condition, the unit that the record has the value in, and where the value lies."""

    condition: Condition
    kind: str
    unit: str
    place: int


def conditions() -> list[tuple[str, Condition]]:
    return [(one.id, part) for one in LIBRARY.recommendations for rule in (*one.who, *one.when) for part in parts(rule)]


def limits() -> list[object]:
    cases = {}
    for id_, condition in conditions():
        for kind, expected in EXPECTED.items():
            if getattr(condition, kind) is None:
                continue
            for unit in analyte(FACTS[condition.fact].analyte).units:
                for place, verdict_ in enumerate(expected):
                    where = ("under", "on", "over")[place]
                    cases[condition, kind, unit, place] = pytest.param(
                        Case(condition, kind, unit, place), verdict_, id=f"{id_}: {condition} [{where}, in {unit}]"
                    )
    return list(cases.values())


def judged(condition: Condition, book: Codebook, *entries: Entry) -> Verdict:
    case: PatientCase = make_case("p", entries, book)
    return verdict(condition, {condition.fact: find(condition.fact, LIBRARY.vocabulary, case, book)})


def feature_of(condition: Condition, unit: str) -> Feature:
    return measurement(condition.fact, FACTS[condition.fact].analyte, unit)


@pytest.mark.parametrize(("case", "expected"), limits())
def test_a_limit_holds_under_on_and_over_it_in_every_unit(case: Case, expected: Verdict) -> None:
    feature = feature_of(case.condition, case.unit)
    limit = float(getattr(case.condition, case.kind))
    here = convert(feature, limit * (0.99, 1.0, 1.01)[case.place], case.condition.unit)
    assert judged(case.condition, codebook(feature), Entry(feature=feature.name, value=here)) == expected


@pytest.mark.parametrize("condition", {condition: None for _, condition in conditions()}, ids=str)
def test_a_condition_is_unknown_where_the_value_is_missing_or_a_filled_normal(condition: Condition) -> None:
    fact = FACTS[condition.fact]
    if fact.analyte:
        feature = measurement(condition.fact, fact.analyte)
        filled = Entry(feature=feature.name, value=7.0, measured=False)
        assert judged(condition, codebook(feature), filled) == "unknown"
    else:
        feature = finding(condition.fact, fact.recorded_as[0].names[0])
    assert judged(condition, codebook(feature)) == "unknown"
    assert judged(condition, codebook(finding("other", "Something else"))) == "unknown"


@pytest.mark.parametrize("name", sorted({one.fact for _, one in conditions() if one.holds is not None}))
def test_a_finding_is_met_by_yes_and_not_by_no_under_each_of_its_names(name: str) -> None:
    condition = Condition(fact=name, holds=True)
    for recording in FACTS[name].recorded_as:
        if not recording.absent:  # a level of a list, tried in test_facts.py
            continue
        for label in recording.names:
            feature = finding(name, label)
            assert judged(condition, codebook(feature), Entry(feature=feature.name, value="1")) == "met"
            assert judged(condition, codebook(feature), Entry(feature=feature.name, value="0")) == "unmet"


def test_every_measured_condition_is_tried_in_two_units_but_scores_and_ph() -> None:
    measured = {condition.fact for _, condition in conditions() if condition.limits}
    assert len(measured) >= 8
    assert {name for name in measured if len(analyte(FACTS[name].analyte).units) < 2} == ONE_UNIT
