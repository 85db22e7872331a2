import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from creason_core.errors import EvaluationError, ModelError
from creason_core.evaluation.asking import AskedCompletion, Asker
from creason_core.evaluation.completions import CompletionLog, StoredCompletion
from creason_core.evaluation.plan import Call
from creason_core.model.engines.base import Completion, Engine, EngineHealth, GenerationRequest, Message, ModelIdentity
from creason_core.model.engines.limits import Limits
from creason_core.model.engines.replay import Replay, scripted
from creason_core.model.engines.vllm_server import VllmServer
from creason_core.question.task import Prepared, Presented
from tests.model.engines.fault_server import FaultServer

GREEDY = Call("greedy", 0, 0.0)


class Faulty(Replay):
    """The scripted engine, with faults before its replies: one a request, in turn."""

    def __init__(self, *faults: ModelError | None, ready: bool = True) -> None:
        super().__init__(script=[scripted("think \\boxed{B}")])
        self.faults = list(faults)
        self.asked: list[GenerationRequest] = []
        self.continued: list[str] = []
        self._ready = ready
        self._turn_lock = threading.Lock()

    def health(self) -> EngineHealth:
        return EngineHealth(self._ready, ModelIdentity("replay", "script"), "here", "Not there." * (not self._ready))

    def sample(self, request: GenerationRequest, n: int) -> tuple[Completion, ...]:
        with self._turn_lock:
            self.asked.append(request)
            fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        return super().sample(request, n)

    def option_logprobs(self, messages: Sequence[Message], letters: Sequence[str]) -> tuple[float, ...]:
        self.continued.append(messages[-1].content)
        return tuple(-float(place) for place in range(len(letters)))


def asked(count: int, *, logprobs: bool = False, order: tuple[int, ...] = (0, 1, 2)) -> list[AskedCompletion]:
    messages = (Message("user", "?"), Message("assistant", "Let's think step by step."))
    prepared = Prepared(Presented(order), GenerationRequest(messages, 10, 0.0, 0))
    return [AskedCompletion(f"q{k}", GREEDY, logprobs, lambda: prepared) for k in range(count)]


def run(engine: Engine, work: list[AskedCompletion], path: Path, concurrency: int = 1) -> list[StoredCompletion]:
    with CompletionLog(path) as log:
        Asker(engine, concurrency=concurrency, pauses=(0.0, 0.0)).run(iter(work), log, lambda _: None)
        return log.stored


def test_everything_is_asked_once_and_stored(tmp_path: Path) -> None:
    engine = Faulty()
    stored = run(engine, asked(50), tmp_path / "log", concurrency=8)
    assert sorted(one.question for one in stored) == sorted(f"q{k}" for k in range(50))
    assert len(engine.asked) == 50
    assert {one.text for one in stored} == {"think \\boxed{B}"}


@pytest.mark.quiet
def test_a_server_far_slower_than_one_person_would_wait_for_is_asked_once_and_answers_all(tmp_path: Path) -> None:
    """The last of 32 begins after the time that one alone may take in all."""
    with FaultServer().running() as server:
        limits = Limits(connect=30.0, first_token=2.5, idle=2.5, total=3.0)
        engine = VllmServer(server.url, model="reads slowly", limits=limits)
        stored = run(engine, asked(32), tmp_path / "log", concurrency=32)
        engine.close()
    assert [one.fault for one in stored] == [None] * 32
    assert server.sent_to == ["reads slowly"] * 32


def test_a_fault_that_passes_is_tried_again(tmp_path: Path) -> None:
    engine = Faulty(ModelError("busy", "full"), ModelError("timeout", "late"))
    (stored,) = run(engine, asked(1), tmp_path / "log")
    assert stored.fault is None
    assert len(engine.asked) == 3


def test_a_fault_that_stays_ends_the_run_with_everything_kept(tmp_path: Path) -> None:
    engine = Faulty(None, None, *[ModelError("unreachable", "No model answers.")] * 3)
    with pytest.raises(EvaluationError, match=r"No model answers.*the same command goes on from there"):
        run(engine, asked(9), tmp_path / "log")
    with CompletionLog(tmp_path / "log") as log:
        assert [one.question for one in log.stored] == ["q0", "q1"]


def test_an_empty_reply_is_the_models_own_and_is_stored_as_unanswered(tmp_path: Path) -> None:
    (stored,) = run(Faulty(ModelError("empty", "nothing")), asked(1), tmp_path / "log")
    assert (stored.fault, stored.text) == ("empty", "")


def test_a_refusal_counts_only_while_the_engine_is_well(tmp_path: Path) -> None:
    refusal = ModelError("rejected", "too long", retryable=False)
    (stored,) = run(Faulty(refusal), asked(1), tmp_path / "well")
    assert stored.fault == "rejected"
    with pytest.raises(EvaluationError, match="too long"):
        run(Faulty(refusal, ready=False), asked(1), tmp_path / "ill")


def test_letters_are_read_after_the_last_box_and_mapped_to_canonical_options(tmp_path: Path) -> None:
    engine = Faulty()
    (stored,) = run(engine, asked(1, logprobs=True, order=(2, 0, 1)), tmp_path / "log")
    assert engine.continued == ["Let's think step by step.think \\boxed{"]
    assert stored.logprobs == (-1.0, -2.0, -0.0)
