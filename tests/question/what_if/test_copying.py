"""The copy: what follows is worked out anew, what cannot be is named, and what makes no sense is refused in words."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.errors import CaseError
from creason_core.question.what_if.copying import suppose
from creason_core.question.what_if.formulas import formulas_of
from creason_core.record.case import Entry, PatientCase, make_case
from creason_core.record.codebook import Codebook, Feature, Range, Tie


def number(name: str, decimals: int = 0, **more: object) -> Feature:
    return Feature(name=name, label=name.title(), section="S", kind="number", time="day1", decimals=decimals, **more)


BOOK = Codebook(
    name="ward",
    version=1,
    title="Ward",
    population="adults",
    source="made for tests",
    citation="none",
    sections=("S",),
    times={0: "on arrival", 6: "at 6 h"},
    features=(
        number("sbp", loinc="8480-6", unit="mm[Hg]", impossible=Range(low=0, high=320), counts="lowest"),
        number("dbp", loinc="8462-4", unit="mm[Hg]", counts="lowest"),
        number("map", loinc="8478-0", unit="kPa", decimals=1, counts="lowest"),
        number("weight", 1),
        number("height", 2),
        number("bmi", 1, derived_from=("weight", "height")),
        number("crea", 1, loinc="2160-0", unit="mg/dL"),
        number("kidney", derived_from=("crea",)),
        number("liver"),
        number("total", derived_from=("kidney", "liver")),
        number("secret", derived_from=("crea", "weight")),
        number("riddle", derived_from=("secret",)),
    ),
    ties=(Tie(features=("liver", "weight"), reason="one of them chose the patients"),),
)


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    """A table whose formulas are in its rows and nowhere else."""
    random = np.random.default_rng(3)
    n = 300
    weight, height = random.uniform(45, 120, n).round(1), random.uniform(1.5, 2.0, n).round(2)
    crea, liver = random.uniform(0.4, 7, n).round(1), random.integers(0, 5, n).astype(float)
    kidney = np.searchsorted([1.2, 2.0, 3.5, 5.0], crea, side="right").astype(float)
    table = pd.DataFrame(
        {
            "weight": weight,
            "height": height,
            "bmi": (weight / height**2).round(1),
            "crea": crea,
            "kidney": kidney,
            "liver": liver,
            "total": kidney + liver,
            "secret": np.abs(np.sin(crea * weight)).round(3),
            "riddle": random.uniform(0, 1, n),
        }
    )
    base = load_cohort("rhc-sepsis")
    return replace(base, name="ward", codebook=BOOK, table=table, training=table)


def case(**values: float) -> PatientCase:
    return make_case("p", [Entry(feature=name, value=value) for name, value in values.items()], BOOK)


FULL = {"weight": 80.0, "height": 1.8, "bmi": 24.7, "crea": 1.0, "kidney": 0.0, "liver": 2.0, "total": 2.0}


def test_products_steps_and_sums_are_learnt_from_the_patients_and_chains_are_followed(cohort: Cohort) -> None:
    copy = suppose(case(**FULL), {"crea": 3.9, "weight": 100.0}, cohort)
    assert {one.feature: (one.before, one.after) for one in copy.follows} == {
        "bmi": ("24.7", "30.9"), "kidney": ("0", "3"), "total": ("2", "5"),
    }  # fmt: skip
    assert (copy.case.value("bmi"), copy.case.value("total")) == (30.9, 5.0)
    assert copy.case.by_feature["total"].provenance == "computed"
    assert [change.feature for change in copy.changed] == ["weight", "crea"]


def test_what_follows_can_be_declined_and_then_is_told_as_what_no_longer_fits(cohort: Cohort) -> None:
    copy = suppose(case(**FULL), {"crea": 3.9}, cohort, recompute=False)
    assert copy.case.value("total") == 2.0
    assert any("Total stays 2, though it would be 5 now" in one for one in copy.conflicts)


def test_what_follows_by_a_formula_that_nobody_knows_is_named_with_all_that_follows_from_it(cohort: Cohort) -> None:
    assert set(formulas_of(cohort).unknown) == {"secret", "riddle"}
    copy = suppose(case(**FULL, secret=0.4, riddle=0.1), {"crea": 3.9}, cohort)
    assert copy.stale == ("secret", "riddle")
    without = {name: value for name, value in FULL.items() if name != "height"}
    assert suppose(case(**without), {"weight": 90.0}, cohort).stale == ("bmi",)  # an input is missing


def test_the_value_that_is_asked_about_stays_as_recorded(cohort: Cohort) -> None:
    copy = suppose(case(**FULL), {"crea": 3.9}, cohort, asked="total")
    assert [one.feature for one in copy.follows] == ["kidney"]
    assert copy.case.value("total") == 2.0


def test_a_pressure_follows_at_its_own_time_and_in_its_own_unit(cohort: Cohort) -> None:
    entries = [Entry(feature=name, value=value, hours=hours) for name, value, hours in (
        ("sbp", 120, 0), ("dbp", 60, 0), ("map", 10.7, 0), ("sbp", 120, 6), ("dbp", 60, 6), ("map", 10.7, 6),
    )]  # fmt: skip
    copy = suppose(make_case("p", entries, BOOK), {"sbp@6": 90.0}, cohort)
    assert [(one.feature, one.after) for one in copy.follows] == [("map@6", "9.3")]  # 70 mmHg
    assert copy.case.value("map@0") == 10.7


def test_values_that_no_longer_fit_and_tied_ones_are_told(cohort: Cohort) -> None:
    copy = suppose(case(sbp=120.0, dbp=60.0, liver=1.0, weight=80.0), {"dbp": 130.0, "weight": 70.0}, cohort)
    told = " ".join(copy.conflicts)
    assert "A diastolic pressure of 130 does not fit a systolic pressure of 120 mmHg." in told
    assert "Weight is tied to Liver, because one of them chose the patients" in told


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"sbp": 400.0}, "Sbp = 400 is impossible: it must lie within 0–320"),
        ({"sbp": 120.0}, "Every value is as recorded"),
        ({"sbp": 120.3}, "Every value is as recorded"),  # to the digit that is sent
        ({"sbp": "high"}, "Sbp = 'high' is not a number"),
    ],
)
def test_a_copy_that_is_impossible_or_equal_is_refused_in_words(
    cohort: Cohort, values: dict[str, float | str], words: str
) -> None:
    with pytest.raises(CaseError, match=words):
        suppose(case(sbp=120.0, dbp=60.0), values, cohort)


def test_sofa_and_the_shock_index_are_told_beside_the_copy_and_an_unknown_score_of_a_registry_is_named() -> None:
    cohort = load_cohort("rhc-sepsis")
    patient = cohort.case(cohort.public[0].patient)
    copy = suppose(patient, {"crea1": 5.5, "meanbp1": 200.0}, cohort)
    told = {one.label: (one.before, one.after) for one in copy.computed}
    assert told["SOFA, kidney"] == ("2–4 points", "4 points")
    assert told["SOFA, cardiovascular"] == ("1–4 points", "0–4 points")
    assert copy.stale == ("aps1",)
    assert copy.unusual == ("Mean arterial pressure = 200 mmHg is unusual: it mostly lies within 35–160 mmHg.",)


def test_nothing_that_is_told_beside_the_copy_counts_what_may_not_be_told(cohort: Cohort) -> None:
    patient = load_cohort("rhc-sepsis").case(load_cohort("rhc-sepsis").public[0].patient)
    copies = []
    for creatinine in (1.0, 6.0):  # nobody can tell the two records apart by what stands beside their copies
        entries = {**patient.by_feature, "crea1": Entry(feature="crea1", value=creatinine)}
        book = load_cohort("rhc-sepsis").codebook
        other = make_case(patient.patient, entries.values(), book)
        copies.append(suppose(other, {"bili1": 13.0}, load_cohort("rhc-sepsis"), asked="crea1").computed)
    assert copies[0] == copies[1]
    assert {one.label for one in copies[0]} >= {"SOFA, liver", "SOFA"}

    told = suppose(case(**FULL), {"weight": 100.0}, cohort, untold=("height",)).follows
    assert [(one.feature, one.before, one.after) for one in told] == [("bmi", "hidden", "hidden")]
    kept = suppose(case(sbp=120.0, dbp=60.0), {"dbp": 130.0}, cohort, untold=("sbp",))
    assert kept.conflicts == ()
