"""Scans are made beside the page; Stop keeps what is done, a second look is instant, a failure is a sentence."""

import threading
import time

import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.errors import CodebookError
from creason_core.evaluation.second_opinion import Failed, Going, Scan, ScanDesk, ScanState, Surprise, scan_desk
from creason_core.record.case import PatientCase
from tests.evaluation.second_opinion.test_surprise import small

Asked = tuple[PatientCase, Cohort, str]


@pytest.fixture
def asked() -> Asked:
    cohort = load_cohort("rhc-sepsis")
    return small(cohort.split["test"][0]), cohort, "me"


def over(desk: ScanDesk, asked: Asked) -> ScanState:
    deadline = time.monotonic() + 60
    while isinstance(state := desk.ask(*asked), Going) and time.monotonic() < deadline:
        time.sleep(0.01)
    return state


RISING = [Surprise("crea1", 1.0, 0.1, 0.2, bits, "2.0", 0.5) for bits in (1.0, 2.0, 3.0, 4.0)]


class Held:
    """A scan of four values that goes on only when told."""

    def __init__(self) -> None:
        self.times, self.next = 0, threading.Semaphore(0)

    def __call__(self, *_: object, progress: object, tell: object, stop: object, **__: object) -> Scan:
        self.times += 1
        for done in range(4):
            if stop():  # type: ignore[operator]
                return Scan((), (("crea1", "why"),) * done, stopped=True)
            self.next.acquire(timeout=60)
            tell(RISING[done])  # type: ignore[operator]
            progress(done + 1, 4)  # type: ignore[operator]
        return Scan((), (("crea1", "why"),) * 4, stopped=False)


def test_it_tells_how_far_it_is_and_a_second_look_is_what_was_found(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held()
    monkeypatch.setattr(scan_desk, "scan", held)
    desk = ScanDesk(None)
    assert isinstance(desk.ask(*asked), Going)
    other = desk.ask(*asked[:2], "another reader")
    assert isinstance(other, Going)
    assert other.waiting
    held.next.release(2)
    deadline = time.monotonic() + 60
    while desk.ask(*asked) != Going(2, 4, waiting=False, found=(RISING[1], RISING[0])):
        assert time.monotonic() < deadline
    held.next.release(20)
    found = over(desk, asked)
    assert isinstance(found, Scan)
    assert desk.ask(*asked) is found
    over(desk, (*asked[:2], "another reader"))
    assert held.times == 2
    desk.close()


def test_stop_keeps_what_is_done_of_ones_own_scan_and_the_rest_can_be_asked_for(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held()
    monkeypatch.setattr(scan_desk, "scan", held)
    desk = ScanDesk(None)
    desk.ask(*asked)
    desk.stop(*asked[:2], "another reader")
    held.next.release(1)
    desk.stop(*asked)
    held.next.release(1)
    stopped = over(desk, asked)
    assert isinstance(stopped, Scan)
    assert stopped.stopped
    assert 0 < len(stopped.left_out) <= 2
    desk.forget(*asked)
    held.next.release(20)
    whole = over(desk, asked)
    assert isinstance(whole, Scan)
    assert not whole.stopped
    desk.close()
    desk.close()
    assert isinstance(desk.ask(*asked[:2], "too late"), Failed)


@pytest.mark.parametrize(("fault", "said"), [
    (CodebookError("The codebook has no feature 'x'.", remedy="Save it again."), "no feature 'x'. Save it again."),
    (ZeroDivisionError("secret 4.2"), "could not be looked at; the log says where."),
])  # fmt: skip
def test_a_failure_is_a_sentence(asked: Asked, fault: Exception, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> Scan:
        raise fault

    monkeypatch.setattr(scan_desk, "scan", failing)
    desk = ScanDesk(None)
    state = over(desk, asked)
    assert isinstance(state, Failed)
    assert said in state.why
    assert "4.2" not in state.why
    desk.close()
