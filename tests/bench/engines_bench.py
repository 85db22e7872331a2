"""Tokens a second of vLLM through our code and read bare, and how soon Stop is felt by either engine.

Both ways of a pair run in turns within one measurement, on the same weights, prompt and number of tokens, so the
ratio is a property of our code and hardly of the machine's mood. Bare means plain ``httpx`` reading vLLM's event
stream with the same number of requests in flight. The embedded engine's speed is ``runtimes_bench``'s to measure.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import httpx

from creason_core.model.engines.base import Engine, GenerationRequest
from creason_core.model.engines.embedded import Embedded
from creason_core.model.engines.embedded_protocol import ROWS_AT_ONCE
from creason_core.model.engines.limits import Limits, completion_of
from creason_core.model.engines.vllm_server import VllmServer
from creason_core.model.engines.weights import model_folder
from creason_core.settings import settings
from tests.bench.engine_request import MESSAGES, REQUEST, TEMPERATURE, TOKENS
from tests.bench.figures import Figure, figure
from tests.model.engines.vllm_process import running_vllm

ROUNDS = 10
STOPS = 5
GOAL_RATIO = 0.95
GOAL_STOP_SECONDS = 1.0
Speed = Callable[[int], float]  # seed → tokens a second


def measure() -> Iterator[Figure]:
    """Every figure of the engines; the vLLM server is started for it where vLLM is installed."""
    folder = model_folder(settings())
    yield from _embedded(folder)
    if find_spec("vllm") is not None:
        with tempfile.TemporaryDirectory() as scratch, running_vllm(folder, Path(scratch) / "vllm.log") as url:
            yield from _vllm(url)


def _pair(name: str, ours: Speed, bare: Speed) -> Figure:
    """Runs both ways in turns after a round that does not count.

    The order changes from pair to pair, so that a machine that slows down or speeds up favours neither.
    """
    ours(0), bare(0)
    pairs = []
    for seed in range(1, ROUNDS + 1):
        if seed % 2:
            first = ours(seed)
            pairs.append((first, bare(seed)))
        else:
            second = bare(seed)
            pairs.append((ours(seed), second))
    note = (
        f"{median(one for one, _ in pairs):.1f} tokens/s through our code, {median(two for _, two in pairs):.1f} bare"
    )
    ratios = [one / two for one, two in pairs]
    return figure(name, ratios, unit="ratio", goal=GOAL_RATIO, sense="at least", note=note)


def _embedded(folder: Path) -> Iterator[Figure]:
    engine = Embedded(folder, Limits(total=600.0))
    try:
        yield figure("Stop to the model's next job, embedded", _stops_embedded(engine), goal=GOAL_STOP_SECONDS)
    finally:
        engine.close()


def _stops_embedded(engine: Embedded) -> list[float]:
    """All places of the child are taken and a job waits: stopping one lets the waiting one begin."""
    seconds = []
    for _ in range(STOPS):
        busy = [engine.stream(replace(REQUEST, max_tokens=1000)) for _ in range(ROWS_AT_ONCE)]
        reading = [iter(stream) for stream in busy]
        for pieces in reading:
            next(pieces)
        waiting = engine.stream(REQUEST)
        time.sleep(0.5)
        assert engine.health().note != "Ready.", "nobody waits, so there is nothing to clock"
        began = time.perf_counter()
        busy[0].close()
        while engine.health().note != "Ready.":
            time.sleep(0.001)
        seconds.append(time.perf_counter() - began)
        for stream in (*busy, waiting):
            stream.close()
    return seconds


def _vllm(url: str) -> Iterator[Figure]:
    engine = VllmServer(url)
    model = engine.identity.model
    try:
        for n in (1, 16):
            yield _pair(
                f"vLLM, {n} stream{'s' * (n > 1)} / bare httpx",
                lambda seed, n=n: _streams(engine, seed, n),  # type: ignore[misc]
                lambda seed, n=n: asyncio.run(_bare_streams(url, model, seed, n)),  # type: ignore[misc]
            )
        yield figure("Stop to vLLM idle", _stops_vllm(engine, url), goal=GOAL_STOP_SECONDS)
    finally:
        engine.close()


def _streams(engine: Engine, seed: int, n: int) -> float:
    """As the run manager asks: a thread a stream."""
    requests = [replace(REQUEST, seed=100 * seed + k) for k in range(n)]
    began = time.perf_counter()
    with ThreadPoolExecutor(n) as threads:
        replies = list(threads.map(lambda request: completion_of(engine.stream(request)), requests))
    return sum(reply.tokens for reply in replies) / (time.perf_counter() - began)


async def _bare_streams(url: str, model: str, seed: int, n: int) -> float:
    began = time.perf_counter()
    async with httpx.AsyncClient(timeout=600.0, trust_env=False) as client:
        tokens = await asyncio.gather(*(_bare_stream(client, url, model, 100 * seed + k) for k in range(n)))
    return sum(tokens) / (time.perf_counter() - began)


async def _bare_stream(client: httpx.AsyncClient, url: str, model: str, seed: int) -> int:
    """Reads one reply; the number of its tokens."""
    body = {
        "model": model,
        "messages": [{"role": message.role, "content": message.content} for message in MESSAGES],
        "max_tokens": TOKENS,
        "temperature": TEMPERATURE,
        "seed": seed,
        "stream": True,
        "stream_options": {"include_usage": True},
        "continue_final_message": True,
        "add_generation_prompt": False,
    }
    tokens = 0
    async with client.stream("POST", f"{url}/chat/completions", json=body) as response:
        async for line in response.aiter_lines():
            if line.startswith("data: {"):
                tokens = (json.loads(line[6:]).get("usage") or {}).get("completion_tokens", tokens)
    return tokens


def _stops_vllm(engine: VllmServer, url: str) -> list[float]:
    seconds = []
    for k in range(STOPS):
        stream = engine.stream(_long(k))
        for piece in stream:
            if piece.tokens >= 5:
                break
        began = time.perf_counter()
        stream.close()
        while _running(url):
            time.sleep(0.01)
        seconds.append(time.perf_counter() - began)
    return seconds


def _long(seed: int) -> GenerationRequest:
    return replace(REQUEST, max_tokens=2000, seed=seed)


def _running(url: str) -> bool:
    """Whether vLLM's own count of running requests is above zero."""
    metrics = httpx.get(f"{url.removesuffix('/v1')}/metrics", trust_env=False).text
    counts = [line for line in metrics.splitlines() if line.startswith("vllm:num_requests_running")]
    return any(float(line.rsplit(" ", 1)[1]) > 0 for line in counts)
