"""Questions about cases without times are, byte for byte, what they were before a value could carry a time."""

import hashlib

import pytest

from creason_core.cohort.loading import load_cohort
from creason_core.question.masked_value import build_estimate, build_question, estimable, maskable, option_order
from creason_core.question.prompts import prompt_text, render

PATIENTS, FEATURES = 40, 5  # 200 questions and 40 estimates a cohort

# Of the release before: SHA-256 over the bytes of cases, questions and prompts.
WRITTEN_BEFORE = {
    "rhc-sepsis": "0866f94ee3fa22de4bc4e644a70b0953353232c78c0fb7c8e223d649f3ce0ab1",
    "rhc-other": "b5c995f1040a9b96d702e9e0b4c322abd0284a8d59358abe4c96677fc8e2eec0",
}


@pytest.mark.parametrize("name", list(WRITTEN_BEFORE))
def test_cases_questions_ids_and_prompts_without_times_are_the_same_bytes_as_before(name: str) -> None:
    cohort = load_cohort(name)
    digest = hashlib.sha256(cohort.codebook.content_hash.encode())
    for number, patient in enumerate(cohort.split["test"][:PATIENTS]):
        case = cohort.case(patient)
        digest.update(case.model_dump_json().encode() + case.content_hash.encode())
        masks = [one.feature for one in maskable(case, cohort) if not one.why_not]
        asked = [
            build_question(case, masks[(number * 7 + i * 11) % len(masks)], cohort, seed=i) for i in range(FEATURES)
        ]
        gaps = [one.feature for one in estimable(case, cohort) if not one.why_not]
        asked += [build_estimate(case, one, cohort, seed=number) for one in gaps[:1]]  # type: ignore[misc]
        for sample, question in enumerate(asked):
            order = option_order(question, cohort.codebook.feature(question.masked_feature), sample)
            said = prompt_text(render(case, question, cohort.codebook, order))
            digest.update(question.model_dump_json().encode() + said.encode())
    assert digest.hexdigest() == WRITTEN_BEFORE[name]
