"""Replies written together are those written alone; none is waited for behind the time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from creason_core.errors import ModelError
from creason_core.model.engines.base import GenerationRequest, Message
from creason_core.model.engines.weights import model_folder
from creason_core.settings import settings
from tests.training.boxing import make_boxing
from training.gpu.batched import Batched
from training.trainer.weights import in_bfloat16, load_tokenizer

pytestmark = pytest.mark.slow
LATE = 100.0


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_boxing(tmp_path_factory.mktemp("boxing") / "boxing", load_tokenizer(str(model_folder(settings()))))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(model: Path, clock: Clock) -> Iterator[Batched]:
    made = Batched(str(model), None, at_once=4, until=LATE, clock=clock)
    yield made
    made.close()


def asked(words: int, *, max_tokens: int = 12, temperature: float = 0.0) -> GenerationRequest:
    """A request whose prompt is so many words longer than others."""
    messages = (Message("user", "so " * words + "which?"), Message("assistant", "Think step by step."))
    return GenerationRequest(messages, max_tokens=max_tokens, temperature=temperature, seed=words)


def test_prompts_of_all_lengths_get_the_reply_that_each_gets_alone(engine: Batched) -> None:
    requests = [asked(words) for words in (1, 30, 5, 200, 12, 77)]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda request: engine.sample(request, 1)[0], requests))
    alone = [engine.sample(request, 1)[0] for request in requests]
    assert together == alone
    assert {reply.text[:-2] for reply in alone} == {" \\boxed{"}
    assert {reply.finish_reason for reply in alone} == {"stop"}
    assert all(reply.tokens > len(" \\boxed") / 3 for reply in alone)  # its end counts, padding behind it does not


def test_a_reply_that_was_cut_off_says_so(engine: Batched) -> None:
    reply = engine.sample(asked(3, max_tokens=2), 1)[0]
    assert (reply.finish_reason, reply.tokens) == ("length", 2)


def test_samples_differ_and_are_as_many_as_asked_for(engine: Batched) -> None:
    replies = engine.sample(asked(3, temperature=1.0), 12)
    assert len(replies) == 12
    assert len({reply.text for reply in replies}) > 1


def test_nothing_is_written_behind_the_time_and_nobody_is_left_waiting(engine: Batched, clock: Clock) -> None:
    clock.now = LATE
    with pytest.raises(ModelError, match="time was used up"):
        engine.sample(asked(1), 1)
    engine.close()
    with pytest.raises(ModelError, match="time was used up"):
        engine.sample(asked(1), 1)


def test_it_says_whose_weights_answer(engine: Batched) -> None:
    identity = engine.identity
    assert (identity.engine, identity.model, identity.adapter, identity.precision) == (
        "transformers", "boxing", "", "bfloat16" if in_bfloat16() else "float32"
    )  # fmt: skip
    assert len(identity.model_hash) == 64
