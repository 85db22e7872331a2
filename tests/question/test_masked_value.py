import subprocess
import sys
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.cohort.option_making import NONE_OF_THESE
from creason_core.cohort.options import Design
from creason_core.errors import CodebookError, QuestionError
from creason_core.question.kinds import MaskedValue, task_of
from creason_core.question.masked_value import (
    build_estimate,
    build_question,
    estimable,
    maskable,
    option_order,
)
from creason_core.question.task import Presented, temperature_for
from creason_core.record.case import Entry, PatientCase, make_case


@cache
def cohort() -> Cohort:
    return load_cohort("rhc-sepsis")


def some_case(number: int = 0) -> PatientCase:
    patients = cohort().split["test"]
    return cohort().case(patients[number % len(patients)])


@settings(deadline=None, max_examples=150)
@given(
    number=st.integers(0, 10_000),
    pick=st.integers(0, 10_000),
    seed=st.integers(0, 2**31),
    design=st.sampled_from(["stratified", "paper"]),
)
def test_the_options_of_any_question_are_distinct_and_hold_the_recorded_value_once(
    number: int, pick: int, seed: int, design: Design
) -> None:
    case = some_case(number)
    possible = [item.feature for item in maskable(case, cohort()) if not item.why_not]
    feature = cohort().codebook.feature(possible[pick % len(possible)])
    question = build_question(case, feature.name, cohort(), seed=seed, design=design)
    recorded = case.value(feature.name)
    assert recorded is not None
    texts = [option.text for option in question.options]
    assert 2 <= len(texts) <= 5
    assert len(set(texts)) == len(texts)
    assert texts.count(feature.text(recorded)) == 1
    assert question.options[question.key].text == feature.text(recorded)
    again = build_question(case, feature.name, cohort(), seed=seed, design=design)
    assert again.model_dump_json() == question.model_dump_json()


def test_the_same_question_has_the_same_bytes_in_another_process() -> None:
    program = (
        "from creason_core.cohort.loading import load_cohort\n"
        "from creason_core.question.masked_value import build_question\n"
        "cohort = load_cohort('rhc-sepsis')\n"
        "case = cohort.case(cohort.split['test'][0])\n"
        "print(build_question(case, 'meanbp1', cohort, seed=7).model_dump_json(), end='')\n"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, env={"PYTHONHASHSEED": "123"}
    ).stdout
    assert other == build_question(some_case(), "meanbp1", cohort(), seed=7).model_dump_json()


def test_another_seed_draws_other_distractors_but_asks_the_same() -> None:
    first = build_question(some_case(), "meanbp1", cohort(), seed=0)
    second = build_question(some_case(), "meanbp1", cohort(), seed=1)
    assert first.recorded == second.recorded
    assert first.options != second.options
    assert first.id != second.id


def test_a_value_that_was_not_measured_cannot_be_masked_but_can_be_estimated() -> None:
    case = next(
        case
        for case in (some_case(n) for n in range(100))
        if (entry := case.by_feature.get("alb1")) and not entry.measured
    )
    with pytest.raises(QuestionError, match="was not measured: the registry filled in a normal value"):
        build_question(case, "alb1", cohort(), seed=0)
    estimate = build_estimate(case, "alb1", cohort(), seed=0)
    assert estimate.options[-1].text == NONE_OF_THESE
    assert not hasattr(estimate, "key")


def test_a_recorded_value_cannot_be_estimated() -> None:
    with pytest.raises(QuestionError, match="is recorded in this case, so there is nothing to estimate"):
        build_estimate(some_case(), "age", cohort(), seed=0)


def test_a_feature_that_is_not_recorded_cannot_be_masked() -> None:
    codebook = cohort().codebook
    case = make_case("p", [Entry(feature="age", value=70.0)], codebook)
    with pytest.raises(QuestionError, match="is not recorded in this case"):
        build_question(case, "meanbp1", cohort(), seed=0)


def test_a_feature_kept_for_audits_is_never_asked_about() -> None:
    for item in maskable(some_case(), cohort()):
        if cohort().codebook.feature(item.feature).role == "audit":
            assert "kept for audits" in item.why_not
            return
    pytest.fail("the packaged cohort has audit features")


def test_a_case_of_another_codebook_version_is_refused_in_words() -> None:
    old = some_case().model_copy(update={"codebook_hash": "0" * 64})
    with pytest.raises(CodebookError, match="another version of the codebook"):
        build_question(old, "meanbp1", cohort(), seed=0)


def test_a_guard_override_is_visible_in_the_question() -> None:
    case = some_case()
    guarded = next(
        feature.name
        for feature in cohort().codebook.features
        if feature.name in case.by_feature
        and not maskable_reason(case, feature.name)
        and build_question(case, feature.name, cohort(), seed=0).hidden
    )
    question = build_question(case, guarded, cohort(), seed=0)
    shown = question.hidden[0].feature
    off = build_question(case, guarded, cohort(), seed=0, guard_off=frozenset({shown}))
    assert off.guard_off == (shown,)
    assert shown not in [item.feature for item in off.hidden]


def maskable_reason(case: PatientCase, feature: str) -> str:
    return next(item.why_not for item in maskable(case, cohort()) if item.feature == feature)


def test_every_unmeasured_feature_is_offered_for_an_estimate_and_no_measured_one() -> None:
    case = some_case()
    offered = {item.feature for item in estimable(case, cohort())}
    for feature in cohort().codebook.features:
        entry = case.by_feature.get(feature.name)
        measured = entry is not None and entry.measured
        assert (feature.name in offered) == (not measured and feature.role != "audit")


def test_samples_of_an_ordered_feature_alternate_and_map_back() -> None:
    question = build_question(some_case(), "meanbp1", cohort(), seed=0)
    feature = cohort().codebook.feature("meanbp1")
    assert [option_order(question, feature, k) for k in range(3)] == [
        (0, 1, 2, 3, 4),
        (4, 3, 2, 1, 0),
        (0, 1, 2, 3, 4),
    ]
    assert Presented((4, 3, 2, 1, 0)).parse(r"\boxed{A}").option == 4
    assert Presented((4, 3, 2, 1, 0)).parse("no box").option is None


def test_none_of_these_stays_last_in_every_order() -> None:
    case = make_case("p", [Entry(feature="age", value=70.0)], cohort().codebook)
    for feature in ("meanbp1", "cat1"):
        estimate = build_estimate(case, feature, cohort(), seed=0)
        last = len(estimate.options) - 1
        for sample in range(6):
            order = option_order(estimate, cohort().codebook.feature(feature), sample)
            assert order[-1] == last
            assert sorted(order) == list(range(last + 1))


def test_samples_have_running_seeds_and_only_several_are_sampled() -> None:
    question = build_question(some_case(), "meanbp1", cohort(), seed=40)
    task = task_of(question, cohort().codebook)
    seeds = [task.prepare(some_case(), sample=k, temperature=0.7, max_tokens=9).request.seed for k in range(3)]
    assert seeds == [40, 41, 42]
    assert (temperature_for(1), temperature_for(5)) == (0.0, 0.7)


def test_outcomes_are_three_never_two() -> None:
    question = build_question(some_case(), "meanbp1", cohort(), seed=0)
    task = MaskedValue(question, cohort().codebook)
    assert task.grade(question.key) == "correct"
    assert task.grade((question.key + 1) % 5) == "incorrect"
    assert task.grade(None) == "unanswered"
