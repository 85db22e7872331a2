"""The score of the demos' consult cases on engines of known quality: the data themselves are not in the repository."""

from collections import Counter
from typing import Any

import pytest

from tests.guideline.consults.demo_consults import card, score, verdict


def case(*isolates: dict[str, Any]) -> dict[str, Any]:
    known = {
        "age": 72, "weight_kg": 80.0, "vitals_first_6h": {"map": {"min": 55.0}},
        "labs_last_before_6h": {"lactate_mmol_l": {"value": 4.0, "hour": 1.0}},
    }  # fmt: skip
    cultures = [{"isolates": [{"role": "target", "by_drug": {}, **one} for one in isolates]}]
    return {"known": known, "microbiology": {"cultures": cultures}, "hindsight": {"x": "secret"}}


COLI = {"susceptibility": {"meropenem": "S", "ampicillin": "R"}}
AUREUS = {"susceptibility": {"vancomycin": "S", "oxacillin": "R"}, "by_drug": {"meropenem": "R", "linezolid": "yes"}}


@pytest.mark.parametrize(("regimen", "expected"), [
    (("meropenem", "vancomycin"), "covered"), (("meropenem", "linezolid"), "covered"),
    (("meropenem",), "partly covered"), (("ampicillin", "oxacillin"), "not decided"), (("colistin",), "not decided"),
    ((), "no drug named"),
])  # fmt: skip
def test_a_regimen_is_scored_by_every_isolate_that_was_aimed_at(regimen: tuple[str, ...], expected: str) -> None:
    assert verdict(case(COLI, AUREUS, {"role": "contaminant", "susceptibility": {}}), regimen) == expected
    assert verdict(case(COLI), ("ampicillin",)) == "not covered"


def test_an_engine_is_given_what_was_known_and_nothing_else() -> None:
    given = []

    def engine(known: Any) -> tuple[str, ...]:
        given.append(set(known))
        known.clear()
        return ("meropenem",)

    cases = [case(COLI), case(AUREUS)]
    assert score(cases, engine) == Counter({"covered": 1, "not covered": 1})
    assert given == [{"age", "weight_kg", "vitals_first_6h", "labs_last_before_6h"}] * 2
    assert cases[0]["known"]["age"] == 72


def test_the_card_of_a_patient_without_a_source_of_infection_names_no_drug() -> None:
    assert list(card(case(COLI)["known"])) == []
