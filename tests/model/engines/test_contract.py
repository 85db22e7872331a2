"""One contract for every engine: what ``creason_core.model.engines.base`` promises, held to real models."""

import math
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from creason_core.errors import ModelError
from creason_core.model.engines.base import Engine, Message, Piece
from creason_core.model.engines.embedded import Embedded
from creason_core.model.engines.vllm_server import VllmServer
from creason_core.model.engines.weights import check
from tests.model.engines.requests import CASE, COUNTING, LETTERS, LONG, SAMPLES, SHORT, STEPS, TO_LETTERS, UNICODE

# The first test of an engine loads it; the start of vLLM compiles.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]


def read(engine: Engine, request: object = SHORT) -> tuple[list[Piece], str]:
    pieces = list(engine.stream(request))  # type: ignore[arg-type]
    return pieces, "".join(piece.text for piece in pieces)


def test_it_says_which_weights_answer_and_where(engine: Engine, model: Path) -> None:
    health = engine.health()
    assert health.ready, health.note
    assert health.identity == engine.identity
    assert (health.identity.model, health.identity.model_hash) == ("SmolLM2-135M-Instruct", check(model).manifest.hash)
    assert health.where
    assert health.note


def test_a_reply_streams_and_only_its_last_piece_says_that_it_is_complete(engine: Engine) -> None:
    pieces, text = read(engine)
    assert text.strip()
    assert len(pieces) > 5
    assert [piece.finish_reason for piece in pieces[:-1]] == [None] * (len(pieces) - 1)
    assert (pieces[-1].finish_reason, pieces[-1].tokens) == ("length", SHORT.max_tokens)
    counts = [piece.tokens for piece in pieces]
    assert counts == sorted(counts)


def test_a_reply_goes_on_where_the_prefill_ends(engine: Engine) -> None:
    _, text = read(engine, COUNTING)
    assert text.startswith(" 8, 9,")


def test_the_same_seed_gives_the_same_text_and_other_seeds_others(engine: Engine) -> None:
    read(engine)  # vLLM rounds differently while it has not yet cached the prompt
    assert read(engine)[1] == read(engine)[1]
    assert len({read(engine, request)[1] for request in SAMPLES}) > 1


def test_samples_come_in_order_with_a_seed_each(engine: Engine) -> None:
    first, again = engine.sample(SHORT, 4), engine.sample(SHORT, 4)
    assert len({completion.text for completion in first}) > 1
    assert all((completion.tokens, completion.finish_reason) == (24, "length") for completion in first)
    if engine.identity.engine != "vllm":  # its rounding depends on how requests happen to be batched
        assert first == again


def test_no_piece_breaks_a_character(engine: Engine) -> None:
    pieces, text = read(engine, UNICODE)
    assert text.startswith("🙂🙂🙂")  # two tokens each
    assert not any("\ufffd" in piece.text for piece in pieces)


def test_letters_have_probabilities_of_the_whole_vocabulary(engine: Engine) -> None:
    values = engine.option_logprobs(TO_LETTERS, LETTERS)
    assert len(values) == 3
    assert all(value < 0 for value in values)
    assert 0.01 < sum(math.exp(value) for value in values) <= 1.0


@pytest.mark.alone
def test_stop_ends_the_reply_within_a_second_and_the_engine_goes_on(engine: Engine) -> None:
    stream = engine.stream(LONG)
    pieces = []
    stopped = 0.0
    stopper = threading.Thread(target=stream.close)
    for piece in stream:
        pieces.append(piece)
        if piece.tokens >= 5 and not stopped:
            stopped = time.monotonic()
            stopper.start()
    assert time.monotonic() - stopped < 1.0
    assert all(piece.finish_reason is None for piece in pieces)
    assert pieces[-1].tokens < LONG.max_tokens
    stopper.join()
    stream.close()
    with engine.stream(SHORT) as following:
        next(piece for piece in following if piece.text)


def test_several_callers_are_all_served(engine: Engine) -> None:
    with ThreadPoolExecutor(5) as callers:
        texts = list(callers.map(lambda request: read(engine, request)[1], [*SAMPLES, COUNTING]))
    assert all(text.strip() for text in texts)
    assert texts[-1].startswith(" 8, 9,")


def test_a_prompt_that_is_too_long_is_refused_in_words(engine: Engine) -> None:
    with pytest.raises(ModelError) as refused:
        read(engine, replace(SHORT, messages=(Message("user", "MAP 43 mmHg. " * 2000), STEPS)))
    assert (refused.value.kind, refused.value.retryable) == ("rejected", False)
    assert str(refused.value)


def test_two_engines_on_the_same_weights_agree(embedded: Embedded, unrounded: Embedded, vllm: VllmServer) -> None:
    there = vllm.option_logprobs(TO_LETTERS, LETTERS)
    for engine in (embedded, unrounded):
        assert engine.option_logprobs(TO_LETTERS, LETTERS) == pytest.approx(there, abs=0.25)
    greedy = replace(SHORT, messages=(CASE,), temperature=0.0, max_tokens=8)
    assert read(unrounded, greedy)[1][:10] == read(vllm, greedy)[1][:10]
