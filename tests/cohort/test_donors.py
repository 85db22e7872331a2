"""Nothing that can be known of a value tells the true option from the others."""

import hashlib
import json
from collections import Counter

import numpy as np
import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.donor_bins import DonorBin, fit_donors
from creason_core.cohort.donors import part_asked
from creason_core.cohort.loading import load_cohort
from creason_core.cohort.option_making import make_choice
from creason_core.cohort.options import fit_options
from creason_core.question.masked_value import MultipleChoiceQuestion, build_question, maskable
from creason_core.record.case import Entry, PatientCase, make_case
from creason_core.record.codebook import Feature

WEIGHT = "wtkilo1"  # one decimal, so that few held-out weights are exactly one of a training patient
OLD = "62c3e18127ac9b1b631eb0feac98d9d19db6580792806d3241140306c93666d7"  # of what version 1 had made


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return load_cohort("rhc-sepsis")


def distractors(question: MultipleChoiceQuestion) -> list[float | str | None]:
    return [option.value for place, option in enumerate(question.options) if place != question.key]


def with_value(case: PatientCase, feature: str, value: float | str, cohort: Cohort, patient: str) -> PatientCase:
    kept = [entry for entry in case.entries if entry.feature != feature]
    return make_case(patient, [*kept, Entry(feature=feature, value=value, reason="a what-if")], cohort.codebook)


def test_the_values_beside_a_held_out_patients_are_those_of_patients_of_the_same_part(cohort: Cohort) -> None:
    feature = cohort.codebook.feature(WEIGHT)
    for part in ("train", "validation", "test"):
        patients = cohort.split[part][:60]
        theirs = {feature.text(value) for value in cohort.table.loc[list(cohort.split[part]), WEIGHT].dropna()}
        for patient in patients:
            case = cohort.case(patient)
            if WEIGHT in case.by_feature:
                question = build_question(case, WEIGHT, cohort, seed=0)
                assert {feature.text(value) for value in distractors(question)} <= theirs  # type: ignore[arg-type]


def test_a_value_never_seen_in_training_is_no_more_often_true_than_another(cohort: Cohort) -> None:
    feature = cohort.codebook.feature(WEIGHT)
    known = {feature.text(float(value)) for value in cohort.measured_training(feature)}
    hits, bins = [], Counter[int]()
    for patient in cohort.split["test"]:
        case = cohort.case(patient)
        if WEIGHT not in case.by_feature:
            continue
        for seed in range(5):
            question = build_question(case, WEIGHT, cohort, seed=seed)
            unseen = [option.text not in known for option in question.options]
            unseen = unseen if any(unseen) else [True] * len(unseen)
            hits.append(unseen[question.key] / sum(unseen))
            bins[question.key] += 1
    assert len(bins) == 5
    # 20 % by guessing; by drawing training patients it was 34 %. Two points are four standard errors.
    assert np.mean(hits) == pytest.approx(0.2, abs=0.02)


def test_each_patient_of_a_bin_is_drawn_alike_so_that_heaps_stay_as_high_as_they_are() -> None:
    feature = Feature(name="x", label="X", section="A", kind="number", time="day1", decimals=0)
    model = fit_options(feature, [float(n) for n in range(100)])
    heaped = [5.0] * 30 + [6.0] * 10 + [float(n) for n in range(20, 100)]
    donors = fit_donors(model, [heaped])
    drawn = Counter(
        make_choice(model, 90.0, "stratified", seed=seed, patient="p", donors=donors).options[0].value
        for seed in range(4000)
    )
    assert set(drawn) == {5.0, 6.0}
    assert drawn[5.0] / 4000 == pytest.approx(0.75, abs=0.03)  # four standard errors


def test_a_bin_without_anybody_takes_the_next_groups_patients_and_at_last_those_of_training() -> None:
    feature = Feature(name="x", label="X", section="A", kind="number", time="day1", decimals=0)
    model = fit_options(feature, [float(n) for n in range(100)])
    donors = fit_donors(model, [[7.0, 7.0, 400.0], [3.0, 25.0]])
    assert donors.bins[0] == DonorBin((7.0,), (2,))  # not the 3 of the second group
    assert donors.bins[1] == DonorBin((25.0,), (1,))
    assert donors.bins[2].values == tuple(float(n) for n in range(40, 60))
    assert donors.bins[4] == DonorBin((400.0,), (1,))  # beyond every training patient, and offered to others


def test_a_changed_value_stands_beside_values_of_patients_outside_training(cohort: Cohort) -> None:
    patient = cohort.split["train"][0]
    case = cohort.case(patient)
    assert part_asked(case, "age", cohort) == "train"
    assert part_asked(with_value(case, "age", 41.0, cohort, patient), "age", cohort) == "outside"
    assert part_asked(with_value(case, "age", 41.0, cohort, "entered-1"), "age", cohort) == "outside"
    held_out = [*cohort.split["validation"], *cohort.split["test"]]
    theirs = set(cohort.table.loc[held_out, WEIGHT].dropna())
    question = build_question(with_value(case, WEIGHT, 71.3, cohort, "entered-1"), WEIGHT, cohort, seed=4)
    assert set(distractors(question)) <= theirs


def test_questions_of_version_1_are_still_made_to_the_byte(cohort: Cohort) -> None:
    digest = hashlib.sha256()
    for patient in cohort.split["test"][:12]:
        case = cohort.case(patient)
        for item in maskable(case, cohort):
            if not item.why_not:
                made = build_question(case, item.feature, cohort, seed=0, version=1)
                digest.update(made.model_dump_json().encode())
    assert digest.hexdigest() == OLD


def test_the_same_question_is_made_alone_and_after_others(cohort: Cohort) -> None:
    case = cohort.case(cohort.split["test"][3])
    alone = build_question(case, WEIGHT, cohort, seed=1)
    for patient in cohort.split["test"][4:8]:
        build_question(cohort.case(patient), WEIGHT, cohort, seed=1)
    assert json.loads(build_question(case, WEIGHT, cohort, seed=1).model_dump_json()) == json.loads(
        alone.model_dump_json()
    )
    assert alone.design_version == 2
