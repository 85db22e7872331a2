"""Engines see messages only: no hidden value, no leak-guarded feature, no key."""

import re
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.question.asked import option_texts
from creason_core.question.kinds import Question, task_of
from creason_core.question.masked_value import (
    build_estimate,
    build_question,
    estimable,
    maskable,
    option_order,
)
from creason_core.question.prompts import MASK, OPENING, letters, said, transcript
from creason_core.record.case import Entry, PatientCase, make_case


@cache
def cohort() -> Cohort:
    return load_cohort("rhc-sepsis")


def some_case(number: int) -> PatientCase:
    patients = cohort().split["test"]
    return cohort().case(patients[number % len(patients)])


def items(text: str) -> dict[str, str]:
    """What a reader takes from the record: feature label → what is said of it."""
    said: dict[str, str] = {}
    for line in text.splitlines():
        match = re.fullmatch(r"(Yes|No|Not measured): (.+)", line)
        if match:
            said |= dict.fromkeys(match.group(2).split("; "), match.group(1))
        elif ": " in line:
            label, value = line.split(": ", 1)
            said[label] = value
    return said


def questions_of(case: PatientCase, pick: int, seed: int) -> Question:
    possible = [item.feature for item in maskable(case, cohort()) if not item.why_not]
    missing = [item.feature for item in estimable(case, cohort()) if not item.why_not]
    chosen = (possible + missing)[pick % (len(possible) + len(missing))]
    if chosen in possible:
        return build_question(case, chosen, cohort(), seed=seed)
    return build_estimate(case, chosen, cohort(), seed=seed)


@settings(deadline=None, max_examples=50)
@given(number=st.integers(0, 10_000), pick=st.integers(0, 10_000), seed=st.integers(0, 2**31), sample=st.integers(0, 9))
def test_a_reply_is_read_by_the_options_that_its_prompt_shows(number: int, pick: int, seed: int, sample: int) -> None:
    question = questions_of(some_case(number), pick, seed)
    codebook = cohort().codebook
    prepared = task_of(question, codebook).prepare(some_case(number), sample=sample, temperature=0.7, max_tokens=10)
    shown, texts = prepared.shown, option_texts(question, codebook.feature(question.masked_feature))
    lines = prepared.request.messages[1].content.split("\n")[-len(texts) :]
    assert shown.texts == tuple(texts[index] for index in shown.order)
    assert lines == [
        f"{letter}) {question.options[index].text}" for letter, index in zip(shown.letters, shown.order, strict=True)
    ]
    assert [shown.parse(f"\\boxed{{{letter}}}").option for letter in shown.letters] == list(shown.order)


@settings(deadline=None, max_examples=200)
@given(number=st.integers(0, 10_000), pick=st.integers(0, 10_000), seed=st.integers(0, 2**31), sample=st.integers(0, 9))
def test_no_prompt_says_anything_of_the_masked_value_or_of_what_is_hidden_with_it(
    number: int, pick: int, seed: int, sample: int
) -> None:
    case = some_case(number)
    question = questions_of(case, pick, seed)
    codebook = cohort().codebook
    prepared = task_of(question, codebook).prepare(case, sample=sample, temperature=0.7, max_tokens=10)
    record = prepared.request.messages[1].content.split("\n\n")[0]
    said = items(record)
    label = codebook.feature(question.masked_feature).label
    assert said[label] == MASK
    for item in question.hidden:
        assert codebook.feature(item.feature).label not in said
    for guarded in cohort().guard.hidden_with(question.masked_feature):
        assert codebook.feature(guarded.feature).label not in said
    for feature in codebook.features:
        if feature.role in ("outcome", "audit") and feature.name != question.masked_feature:
            assert feature.label not in said


@settings(deadline=None, max_examples=60)
@given(number=st.integers(0, 10_000), pick=st.integers(0, 10_000), seed=st.integers(0, 2**31))
def test_changing_only_the_masked_value_changes_only_the_options(number: int, pick: int, seed: int) -> None:
    case = some_case(number)
    question = questions_of(case, pick, seed)
    if question.kind == "missing" or question.kind == "guideline":
        return
    entries = tuple(entry for entry in case.entries if entry.feature != question.masked_feature)
    other = next(option.value for option in question.options if option.value != question.recorded)
    changed = case.by_feature[question.masked_feature].model_copy(update={"value": other})
    swapped = cohort().codebook.features
    order = [feature.name for feature in swapped]
    changed_case = case.model_copy(
        update={"entries": tuple(sorted((*entries, changed), key=lambda e: order.index(e.feature)))}
    )
    again = build_question(changed_case, question.masked_feature, cohort(), seed=seed)
    presented = option_order(question, cohort().codebook.feature(question.masked_feature), 0)
    before = task_of(question, cohort().codebook).messages(case, presented)
    after = task_of(again, cohort().codebook).messages(changed_case, presented)
    assert before[0] == after[0]
    assert before[2] == after[2]
    assert before[1].content.split("\n\n")[0] == after[1].content.split("\n\n")[0]


def test_every_visible_value_is_told_once_and_nothing_else() -> None:
    case = some_case(0)
    question = build_question(case, "meanbp1", cohort(), seed=0)
    said = items(task_of(question, cohort().codebook).messages(case, (0, 1, 2, 3, 4))[1].content.split("\n\n")[0])
    codebook = cohort().codebook
    hidden = {item.feature for item in question.hidden}
    told = {
        codebook.feature(entry.feature).label
        for entry in case.entries
        if entry.feature not in hidden and codebook.feature(entry.feature).role in ("predictor", "derived")
    }
    assert set(said) == told


def test_a_values_line_carries_the_codebooks_decimals_and_unit() -> None:
    case = some_case(0)
    question = build_question(case, "meanbp1", cohort(), seed=0)
    record = task_of(question, cohort().codebook).messages(case, (0, 1, 2, 3, 4))[1].content
    feature = cohort().codebook.feature("temp1")
    value = case.value("temp1")
    assert value is not None
    assert f"{feature.label}: {feature.text_with_unit(value)}\n" in record


def test_options_stand_in_the_order_given_under_running_letters() -> None:
    case = some_case(0)
    question = build_question(case, "meanbp1", cohort(), seed=0)
    messages = task_of(question, cohort().codebook).messages(case, (4, 3, 2, 1, 0))
    last = messages[1].content.splitlines()[-5:]
    texts = [option.text for option in question.options]
    assert last == [f"{letter}) {text}" for letter, text in zip("ABCDE", reversed(texts), strict=True)]


def test_the_reply_is_prefilled_and_the_system_line_states_the_answer_grammar() -> None:
    case = some_case(0)
    question = build_question(case, "meanbp1", cohort(), seed=0)
    messages = task_of(question, cohort().codebook).messages(case, (0, 1, 2, 3, 4))
    assert [message.role for message in messages] == ["system", "user", "assistant"]
    assert messages[2].content == OPENING
    assert "\\boxed{letter}" in messages[0].content
    assert task_of(question, cohort().codebook).stem in transcript(messages)
    assert letters(3) == ("A", "B", "C")


def test_an_age_of_90_is_said_as_90_plus_of_an_entered_case_and_as_in_training_of_a_registry_s() -> None:
    age = cohort().codebook.feature("age")
    assert said(age, 90.0, measured=True).text == "Age: 90 years"
    assert said(age, 90.0, measured=True, registry=False).text == "Age: 90+ years"
    assert said(age, 89.0, measured=True, registry=False).text == "Age: 89 years"
    entered = make_case("p", [Entry(feature="age", value=97.0), Entry(feature="crea1", value=2.0)], cohort().codebook)
    assert entered.value("age") == 90.0
    question = build_question(entered, "crea1", cohort(), seed=1)
    prepared = task_of(question, cohort().codebook).prepare(entered, sample=0, temperature=0.0, max_tokens=10)
    assert "Age: 90+ years" in prepared.request.messages[1].content
