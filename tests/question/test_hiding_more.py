"""Other values hidden by hand are part of the question like the guard's; without any the question stays its bytes."""

import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.errors import QuestionError
from creason_core.evaluation.second_opinion.opinion import hidden_in, second_opinion
from creason_core.question.hiding_more import by_hand, hide_more
from creason_core.question.kinds import read_question, task_of
from creason_core.question.masked_value import MultipleChoiceQuestion, build_question
from creason_core.question.prompts import transcript
from creason_core.record.case import PatientCase
from tests.cohort.longitudinal import made

Asked = tuple[PatientCase, MultipleChoiceQuestion, Cohort]


@pytest.fixture(scope="module")
def asked() -> Asked:
    cohort = load_cohort("rhc-sepsis")
    case = cohort.case(cohort.split["test"][1])
    return case, build_question(case, "meanbp1", cohort, seed=0), cohort


def text(case: PatientCase, question: MultipleChoiceQuestion, cohort: Cohort) -> str:
    task = task_of(question, cohort.codebook)
    return transcript(task.messages(case, task.order(0)))


def test_what_is_hidden_by_hand_is_in_no_prompt_and_in_the_id_and_is_read_back(asked: Asked) -> None:
    case, question, cohort = asked
    more = hide_more(question, ["sex", "crea1"], case, cohort.codebook)
    assert by_hand(more) == ("sex", "crea1")
    assert {item.reason for item in more.hidden if item.feature == "crea1"} == {"hidden by you"}
    assert "Creatinine:" in text(case, question, cohort)
    assert "Creatinine:" not in text(case, more, cohort)
    assert more.id != question.id
    assert (more.options, more.key) == (question.options, question.key)
    assert hide_more(question, ["crea1", "sex"], case, cohort.codebook) == more
    assert hide_more(question, ["crea1"], case, cohort.codebook).id != more.id
    assert read_question(more.model_dump_json()) == more


def test_what_is_hidden_already_changes_no_byte(asked: Asked) -> None:
    case, question, cohort = asked
    for names in ((), tuple(item.feature for item in question.hidden)):
        assert hide_more(question, names, case, cohort.codebook).model_dump_json() == question.model_dump_json()
    more = hide_more(question, ["crea1"], case, cohort.codebook)
    assert hide_more(more, ["crea1"], case, cohort.codebook) is more
    assert question.hidden
    whole = hide_more(question, ["crea1", question.hidden[0].feature], case, cohort.codebook)
    assert whole == more


def test_the_second_opinion_does_not_see_it_either(asked: Asked) -> None:
    case, question, cohort = asked
    more = hide_more(question, ["crea1", "sex"], case, cohort.codebook)
    assert {"crea1", "sex"} <= hidden_in(cohort, more)
    before, after = (second_opinion(case, one, cohort, folder=None) for one in (question, more))
    assert after.shown == before.shown - 2


@pytest.mark.parametrize(("name", "said"), [
    ("meanbp1", "is asked about, so it is hidden already."),
    ("nothing", "'nothing' is not recorded in this case, so it cannot be hidden. Choose a recorded value."),
])  # fmt: skip
def test_what_cannot_be_hidden_is_said(asked: Asked, name: str, said: str) -> None:
    case, question, cohort = asked
    with pytest.raises(QuestionError, match=said):
        hide_more(question, [name], case, cohort.codebook)


@pytest.mark.slow
def test_a_feature_over_time_is_hidden_at_all_its_times_or_at_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    cohort = made(tmp_path_factory.mktemp("made") / "course")
    case = cohort.case(cohort.split["test"][0])
    question = build_question(case, "temp", cohort, seed=0)
    times = [entry.name for entry in case.of("lactate")]
    assert by_hand(hide_more(question, ["lactate"], case, cohort.codebook)) == tuple(times)
    assert by_hand(hide_more(question, times[1:2], case, cohort.codebook)) == tuple(times[1:2])
