import math

import numpy as np
import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.errors import EvaluationError, ModelError
from creason_core.evaluation.baselines.engine import BaselineEngine, read_prompt
from creason_core.model.engines.base import GenerationRequest, Message
from creason_core.model.engines.limits import completion_of
from creason_core.question.kinds import task_of
from creason_core.question.masked_value import (
    MultipleChoiceQuestion,
    build_question,
    maskable,
    option_order,
    visible_entries,
)
from creason_core.question.task import Presented


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return load_cohort("rhc-sepsis")


def questions(cohort: Cohort, patients: int) -> list[MultipleChoiceQuestion]:
    return [
        build_question(case, item.feature, cohort, seed=0)
        for case in map(cohort.case, cohort.split["test"][:patients])
        for item in maskable(case, cohort)
        if not item.why_not
    ]


def test_a_prompt_is_read_back_whole(cohort: Cohort) -> None:
    """Every measured value that the prompt shows, nothing else, and the options in the order presented."""
    for question in questions(cohort, 4):
        case = cohort.case(question.patient)
        order = option_order(question, cohort.codebook.feature(question.masked_feature), 1)
        found = read_prompt(task_of(question, cohort.codebook).messages(case, order), cohort.codebook)
        shown = {e.feature: e.value for e in visible_entries(case, question, cohort.codebook) if e.measured}
        described = {name: cohort.codebook.feature(name) for name in shown}
        assert found.masked.name == question.masked_feature
        assert {n: described[n].text(v) for n, v in found.values.items()} == {
            n: described[n].text(v) for n, v in shown.items()
        }
        assert found.options == tuple(question.options[place].value for place in order)


@pytest.mark.parametrize(
    "text",
    ["Hello", "## Nowhere\nAge: 50 years\n\nWhat?\nA) 1\nB) 2", "## Demographics\nAge: [MASK]\n\nWhat?\nA) old\nB) 2"],
)
def test_what_is_not_such_a_prompt_is_refused(cohort: Cohort, text: str) -> None:
    with pytest.raises(ModelError, match="cannot read"):
        read_prompt((Message("user", text),), cohort.codebook)


def test_the_prior_baseline_knows_the_training_shares(cohort: Cohort) -> None:
    engine = BaselineEngine("prior", cohort)
    for question in questions(cohort, 2):
        order = tuple(range(len(question.options)))
        messages = task_of(question, cohort.codebook).messages(cohort.case(question.patient), order)
        shares = [math.exp(p) for p in engine.option_logprobs(messages, "ABCDE"[: len(order)])]
        assert shares == pytest.approx([option.prior for option in question.options], abs=1e-9)


def test_boosting_answers_from_the_record_and_always_in_the_box(cohort: Cohort) -> None:
    engine = BaselineEngine("boosting", cohort)
    right, asked = 0, 0
    for patient in cohort.split["test"][:40]:
        case = cohort.case(patient)
        if "crea1" not in case.by_feature:
            continue
        question = build_question(case, "crea1", cohort, seed=0)
        prepared = task_of(question, cohort.codebook).prepare(case, sample=0, temperature=0.0, max_tokens=9)
        (reply,) = engine.sample(prepared.request, 1)
        assert completion_of(engine.stream(prepared.request)) == reply
        option = prepared.shown.parse(reply.text).option
        assert option is not None
        right, asked = right + (option == question.key), asked + 1
    assert right / asked > 0.3  # five bins: chance is 0.2


def test_at_a_temperature_replies_are_drawn_by_the_seed(cohort: Cohort) -> None:
    engine = BaselineEngine("prior", cohort)
    question = questions(cohort, 1)[5]
    case = cohort.case(question.patient)
    request = task_of(question, cohort.codebook).prepare(case, sample=0, temperature=1.0, max_tokens=9).request
    assert engine.sample(request, 3) == engine.sample(request, 3)
    order = tuple(range(len(question.options)))
    drawn = [Presented(order).parse(one.text).option for one in engine.sample(request, 400)]
    shares = np.bincount([d for d in drawn if d is not None], minlength=len(order)) / 400
    assert shares.tolist() == pytest.approx([option.prior for option in question.options], abs=0.09)


def test_an_unknown_baseline_is_refused(cohort: Cohort) -> None:
    with pytest.raises(EvaluationError, match=r"no baseline 'magic'\. There is: prior, boosting, boosting-balanced"):
        BaselineEngine("magic", cohort)


def test_letters_of_another_question_are_refused(cohort: Cohort) -> None:
    question = questions(cohort, 1)[0]
    order = tuple(range(len(question.options)))
    messages = task_of(question, cohort.codebook).messages(cohort.case(question.patient), order)
    with pytest.raises(ModelError, match="not those of the options"):
        BaselineEngine("prior", cohort).option_logprobs(messages, "ABCDEFG")


def test_a_request_is_all_that_the_engine_gets() -> None:
    assert set(GenerationRequest.__slots__) == {"messages", "max_tokens", "temperature", "seed"}
