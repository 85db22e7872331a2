"""The row-by-row builder is the oracle: every question and prompt made in bulk is its, byte for byte."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from creason_core.cohort.cohort import Cohort, Split
from creason_core.cohort.loading import load_cohort
from creason_core.cohort.options import Design
from creason_core.question.kinds import task_of
from creason_core.question.masked_value import MultipleChoiceQuestion, build_question, maskable, option_order
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.table import QuestionTable, read_questions


def one_by_one(
    cohort: Cohort, split: Split, design: Design, seed: int, version: int = 0
) -> list[MultipleChoiceQuestion]:
    return [
        build_question(case, item.feature, cohort, seed=seed, design=design, version=version)
        for case in map(cohort.case, cohort.split[split])
        for item in maskable(case, cohort)
        if not item.why_not
    ]


def equal(table: QuestionTable, cohort: Cohort, expected: list[MultipleChoiceQuestion]) -> None:
    rows = table.table.to_pylist()
    assert len(rows) == len(expected)
    for row, question in zip(rows, expected, strict=True):
        feature = cohort.codebook.feature(question.masked_feature)
        values = [option.value for option in question.options]
        assert row == {
            "id": question.id,
            "patient": question.patient,
            "case_hash": question.case_hash,
            "masked_feature": feature.name,
            "section": feature.section,
            "kind": feature.kind,
            "hidden": [item.feature for item in question.hidden],
            "seed": question.seed,
            "options": [option.text for option in question.options],
            "values": [value if isinstance(value, str) else repr(value) for value in values],
            "priors": [option.prior for option in question.options],
            "key": question.key,
        }


@pytest.mark.parametrize(("design", "version"), [("stratified", 1), ("stratified", 2), ("paper", 1)])
def test_a_packaged_cohorts_questions_and_prompts_are_those_made_one_by_one(
    tmp_path: Path, design: Design, version: int
) -> None:
    whole = load_cohort("rhc-sepsis")
    whole = replace(whole, split={**whole.split, "validation": whole.split["validation"][:80]})
    build(Plan(whole, "validation", design=design, version=version, seed=3), tmp_path / "q.parquet")
    table = read_questions(tmp_path / "q.parquet")
    expected = one_by_one(whole, "validation", design, 3, version)
    equal(table, whole, expected)
    assert table.question(40, whole) == expected[40]
    for sample in (0, 1, 3):
        messages = list(table.messages(whole, sample=sample))
        for question, sent in list(zip(expected, messages, strict=True))[:: 7 + sample]:
            case = whole.case(question.patient)
            order = option_order(question, whole.codebook.feature(question.masked_feature), sample)
            assert sent == task_of(question, whole.codebook).messages(case, order)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("split", ["test", "train"])
def test_gaps_unseen_levels_and_filled_normals_are_treated_as_one_by_one(
    tmp_path: Path, small: Cohort, split: Split, version: int
) -> None:
    build(Plan(small, split, seed=5, version=version), tmp_path / "q.parquet", chunk=70)
    table = read_questions(tmp_path / "q.parquet")
    expected = one_by_one(small, split, "stratified", 5, version)
    equal(table, small, expected)
    for question, sent in zip(expected, table.messages(small, sample=1), strict=True):
        order = option_order(question, small.codebook.feature(question.masked_feature), 1)
        assert sent == task_of(question, small.codebook).messages(small.case(question.patient), order)


def test_the_published_recipe_for_few_numbers_and_levels_is_the_same_one_by_one(tmp_path: Path, small: Cohort) -> None:
    features = ("few", "source", "filled")
    build(Plan(small, "test", design="paper", features=features), tmp_path / "q.parquet")
    expected = [q for q in one_by_one_of(small, features) if q.masked_feature in features]
    equal(read_questions(tmp_path / "q.parquet"), small, expected)


def one_by_one_of(cohort: Cohort, features: tuple[str, ...]) -> list[MultipleChoiceQuestion]:
    return [
        build_question(case, item.feature, cohort, seed=0, design="paper")
        for case in map(cohort.case, cohort.split["test"])
        for item in maskable(case, cohort)
        if item.feature in features and not item.why_not
    ]


def test_a_level_that_no_training_patient_has_is_offered_beside_others_as_often_as_they(
    tmp_path: Path, small: Cohort
) -> None:
    build(Plan(small, "test", features=("source",)), tmp_path / "q.parquet")
    rows = read_questions(tmp_path / "q.parquet").table.to_pylist()
    assert "c8" not in set(small.training["source"])
    others = Counter(value for row in rows for place, value in enumerate(row["values"]) if place != row["key"])
    true = Counter(row["values"][row["key"]] for row in rows)
    assert true["c8"] > 0
    # Four of the eight others, each alike, for whoever has another level: here within four standard errors.
    expected = (len(rows) - true["c8"]) / 2
    assert others["c8"] == pytest.approx(expected, abs=4 * (expected / 2) ** 0.5)
