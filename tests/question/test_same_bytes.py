"""The same bytes as ever: ids, options, keys, seeds, orders and prompts of 10,000 questions about the packaged cohorts.

Stored runs, ratings, adapters and calibrations stand on them. The digests were made by the release before kinds of
question became objects of their own; a change here parts all of those from their questions.
"""

import hashlib
from collections.abc import Iterator

import numpy as np
import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.cohort.options import Design
from creason_core.question.kinds import Question, task_of
from creason_core.question.masked_value import build_estimate, build_question, estimable, why_never_masked
from creason_core.question.vectorised.questions import QuestionColumns
from creason_core.question.vectorised.table import user_texts

PATIENTS = 40  # of a cohort: the first of its test part, in the order of the split
WAYS: tuple[tuple[Design, int, int], ...] = (("stratified", 2, 0), ("stratified", 2, 11), ("paper", 1, 3))
MANY = {
    "rhc-sepsis": (5_661, "e0982b22c54883cdae0b15d0c75f0e95f769b5a8ea5f355e62a71ddbafbba114"),
    "rhc-other": (5_634, "e1eeb14d5a403937cc61bd7365c35e6794e758d7ce2d7bb1f6d540315bccf76a"),
}
SINGLE = {
    "rhc-sepsis": (248, "083687bc99dcd8e854bd967f22923e1e2f36c8f61a2f8ead56930e9381f138f8"),
    "rhc-other": (249, "4751eaee9220ff8835d35b51f077553602828e12490258437c3bafde13cd244b"),
}


@pytest.mark.parametrize("name", MANY)
def test_ten_thousand_questions_are_what_they_were(name: str) -> None:
    cohort, digest, count = load_cohort(name), hashlib.sha256(), 0
    features = [feature for feature in cohort.codebook.features if not why_never_masked(feature, cohort)]
    frame = cohort.table.loc[list(cohort.split["test"][:PATIENTS])]
    asked = np.column_stack([cohort.measured(feature, frame[feature.name]) for feature in features])
    for sample, (design, version, seed) in enumerate(WAYS):
        columns = QuestionColumns(cohort, features, "test", design=design, version=version, seed=seed)
        table = columns.table(frame, asked)
        texts = user_texts(table, cohort, sample=sample)
        for row, text in zip(table.to_pylist(), texts, strict=True):
            digest.update(repr((sorted(row.items()), text)).encode())
        count += len(texts)
    assert (count, digest.hexdigest()) == MANY[name]


@pytest.mark.parametrize("name", SINGLE)
def test_questions_built_one_by_one_are_what_they_were(name: str) -> None:
    cohort, digest, count = load_cohort(name), hashlib.sha256(), 0
    for patient, question in _single(cohort):
        case = cohort.case(patient)
        digest.update(question.model_dump_json().encode())
        for sample in range(3):
            ready = task_of(question, cohort.codebook).prepare(case, sample=sample, temperature=0.7, max_tokens=64)
            digest.update(repr((ready.order, ready.request.seed, ready.request.messages)).encode())
        count += 1
    assert (count, digest.hexdigest()) == SINGLE[name]


def _single(cohort: Cohort) -> Iterator[tuple[str, Question]]:
    """Every third feature of four patients in each way, two of them past the guard, and every estimate."""
    for place, patient in enumerate(cohort.split["test"][:4]):
        case = cohort.case(patient)
        for feature in [entry.feature for entry in case.entries][place % 3 :: 3]:
            described = cohort.codebook.feature(feature)
            if not case.by_feature[feature].measured or why_never_masked(described, cohort):
                continue
            for design, version, seed in WAYS:
                yield patient, build_question(case, feature, cohort, seed=seed, design=design, version=version)
            hidden = build_question(case, feature, cohort, seed=0).hidden
            if hidden:
                off = frozenset({hidden[0].feature})
                yield patient, build_question(case, feature, cohort, seed=0, guard_off=off)
        for one in estimable(case, cohort):
            if not one.why_not:
                yield patient, build_estimate(case, one.feature, cohort, seed=5)
