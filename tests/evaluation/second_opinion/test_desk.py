"""Second opinions are computed beside the page, once, and fail in a sentence."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation.second_opinion import desk as desks
from creason_core.evaluation.second_opinion import scan_desk
from creason_core.evaluation.second_opinion.desk import Desk, Failed, Pending, State
from creason_core.evaluation.second_opinion.opinion import SecondOpinion, second_opinion
from creason_core.question.masked_value import MultipleChoiceQuestion, build_question
from creason_core.record.case import PatientCase

Asked = tuple[PatientCase, MultipleChoiceQuestion, Cohort]


@pytest.fixture
def asked() -> Asked:
    cohort = load_cohort("rhc-sepsis")
    case = cohort.case(cohort.split["test"][1])
    return case, build_question(case, "sex", cohort, seed=0), cohort


def waited_for(desk: Desk, asked: Asked) -> State:
    deadline = time.monotonic() + 60
    while isinstance(state := desk.ask(*asked), Pending) and time.monotonic() < deadline:
        time.sleep(0.01)
    return state


def test_it_is_pending_until_it_is_there_and_the_page_never_waits(
    asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, where = threading.Event(), []

    def slow(*given: object, **kept: object) -> SecondOpinion:
        where.append(threading.current_thread())
        goes_on.wait(60)
        return second_opinion(*given, **kept)  # type: ignore[arg-type]

    monkeypatch.setattr(desks, "second_opinion", slow)
    desk = Desk(tmp_path)
    assert isinstance(desk.ask(*asked), Pending)
    assert isinstance(desk.ask(*asked), Pending)
    goes_on.set()
    assert waited_for(desk, asked) == second_opinion(*asked, folder=None)
    assert len(where) == 1
    assert where[0] is not threading.main_thread()
    desk.close()


@pytest.mark.parametrize(("fault", "said"), [
    (EvaluationError("No training patient has it.", remedy="Ask another."), "No training patient has it. Ask another."),
    (ZeroDivisionError("secret 4.2"), "The second opinion could not be computed; the log says where."),
])  # fmt: skip
def test_a_failure_is_a_sentence_and_is_tried_again_only_when_told(
    asked: Asked, fault: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = []

    def failing(*_: object, **__: object) -> SecondOpinion:
        times.append(1)
        raise fault

    monkeypatch.setattr(desks, "second_opinion", failing)
    desk = Desk(None)
    state = waited_for(desk, asked)
    assert isinstance(state, Failed)
    assert state.why.startswith(said)
    assert waited_for(desk, asked) == state
    assert len(times) == 1
    assert "4.2" not in state.why  # the log formats kinds and places alone
    desk.forget(*asked)
    waited_for(desk, asked)
    assert len(times) == 2
    desk.close()


def test_a_page_that_looks_at_more_than_are_kept_gets_them_all_and_they_go_once_nobody_looks(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, question, cohort = asked
    many = [question.model_copy(update={"id": str(number)}) for number in range(4)]
    monkeypatch.setattr(desks, "MOST", 2)
    monkeypatch.setattr(desks, "second_opinion", lambda _, about, *__, **___: about.id)
    desk = Desk(None)
    for _ in range(3):  # as a page that looks again until all are there
        told = [desk.ask(case, one, cohort, patience=10.0) for one in many]
    assert [desk.ask(case, one, cohort) for one in many] == told
    assert list(map(str, told)) == ["0", "1", "2", "3"]
    monkeypatch.setattr(desks, "LOOKED_AT", -1.0)
    desk.ask(case, question, cohort, patience=10.0)
    assert len(desk._asked) == 2
    desk.close()


def test_of_a_cohort_that_was_made_anew_with_other_values_nothing_older_is_told(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, question, cohort = asked
    monkeypatch.setattr(desks, "second_opinion", lambda _case, _question, of, **_: of.content_hash)
    monkeypatch.setattr(scan_desk, "scan", lambda _case, of, **_: of.content_hash)
    desk, scans = Desk(None), scan_desk.ScanDesk(None)
    for one in (cohort, replace(cohort, content_hash="other values, the same split")):
        assert desk.ask(case, question, one, patience=10.0) == one.content_hash  # type: ignore[comparison-overlap]
        assert scans.ask(case, one, "ann", patience=10.0) == one.content_hash  # type: ignore[comparison-overlap]
    desk.close()
    scans.close()


def test_without_training_patients_it_says_so(asked: Asked) -> None:
    case, question, cohort = asked
    nobody = replace(cohort, training=cohort.training.iloc[:0])
    desk = Desk(None)
    state = waited_for(desk, (case, question, nobody))
    assert isinstance(state, Failed)
    assert "No training patient" in state.why
    desk.close()
    desk.close()
    assert isinstance(desk.ask(case, question.model_copy(update={"id": "another"}), cohort), Failed)
