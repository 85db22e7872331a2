"""The engine for a running vLLM server, through the OpenAI client.

Requests run on one event loop in a background thread: a deadline or a stop cancels the request wherever it
waits, which closes the connection, and vLLM ends the generation. The same seed gives nearly always the same
text, not always: vLLM's rounding depends on what else it serves and on what it has cached.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlsplit

from creason_core.errors import ModelError, WeightsError
from creason_core.model.engines.base import (
    Capabilities,
    Completion,
    EngineHealth,
    GenerationRequest,
    Message,
    ModelIdentity,
    Piece,
)
from creason_core.model.engines.breaker import Breaker
from creason_core.model.engines.identities import identity_of
from creason_core.model.engines.limits import Limits, complete_only, completion_of
from creason_core.model.engines.vllm_pulse import Pulse

if TYPE_CHECKING:
    from creason_core.model.engines.vllm_client import Served

Answer = TypeVar("Answer")
LOOK_SECONDS = 2.0  # how long a look at the server is believed
SAMPLES_AT_ONCE = 32


class VllmServer:
    """A vLLM server that someone else runs.

    Args:
        url: Its OpenAI address, ending in ``/v1``.
        api_key: Its key, if it asks for one.
        model: The model to ask for; empty: the first that the server lists.
        preferred: The model to ask for where the server lists it and ``model`` is empty.
        limits: Deadlines of a request alone, counted from its sending; ``crowd`` lengthens them for several at once.
    """

    def __init__(
        self, url: str, *, api_key: str = "none", model: str = "", preferred: str = "", limits: Limits | None = None
    ) -> None:
        from creason_core.model.engines.vllm_client import VllmClient

        self._limits = limits or Limits()
        self._client = VllmClient(url, api_key, model, self._limits, preferred)
        self._breaker = Breaker()
        self._pulse = Pulse(self._client, self._breaker.answered)
        self._looked = 0.0
        self._looking: Future[None] | None = None
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="vLLM client", daemon=True)
        self._thread.start()

    @property
    def identity(self) -> ModelIdentity:
        """The served model; its hash where the server runs on this computer from a folder with a manifest."""
        if self._client.served is None:
            try:
                asyncio.run_coroutine_threadsafe(self._client.model(), self._loop).result()
            except ModelError:
                return ModelIdentity("vllm", self._client.wanted)
        return _identity(self._client.served, self._client.url, self._client.wanted)

    @property
    def capabilities(self) -> Capabilities:
        """Many replies at once; vLLM's rounding depends on what else it serves."""
        return Capabilities(SAMPLES_AT_ONCE, logprobs=True, reads_ahead=False, repeats=False, interleaves=True)

    @property
    def writes(self) -> bool:
        """Whether a token of it has come since it was last gone: a server that only listens may hang."""
        return self._pulse.writes

    def health(self) -> EngineHealth:
        """What a look at the server finds, believed for two seconds; ``vllm_pulse`` says what a look costs."""
        with self._lock:
            if self._looking is None or (self._looking.done() and time.monotonic() - self._looked >= LOOK_SECONDS):
                self._looked = time.monotonic()
                self._looking = asyncio.run_coroutine_threadsafe(self._pulse.look(), self._loop)
            looking = self._looking
        with suppress(CancelledError):  # the engine is being closed
            looking.result()
        return self._told()

    def _told(self) -> EngineHealth:
        client, pulse = self._client, self._pulse
        ready, note = True, f"Ready.{pulse.news}"
        if pulse.fault is not None:
            ready, note = False, str(pulse.fault)
        elif client.crowd and not pulse.writes:
            note = f"Busy with {len(client.crowd)} of this program's requests."
        elif pulse.waited > self._limits.connect:
            note = (
                f"Slow: it has not written its first word for {pulse.waited:.0f} s; after "
                f"{self._limits.first_token:g} s it counts as stuck."
            )
        elif pulse.slow:
            longer = f" Runs are given {pulse.patience:.1f} times as long." if pulse.patience > 1 else ""
            note = f"Slow: a single word took it {pulse.token_seconds:.0f} s.{longer}{pulse.news}"
        identity = _identity(client.served, client.url, client.wanted)
        context = client.served.context_tokens if client.served else 0
        return EngineHealth(ready, identity, client.url, note, context, ready and pulse.slow, pulse.patience)

    def stream(self, request: GenerationRequest) -> "VllmStream":
        """Sends one request. Raises ``ModelError`` at once while a failing server is left alone."""
        self._breaker.check()
        return VllmStream(self, request)

    def sample(self, request: GenerationRequest, n: int) -> tuple[Completion, ...]:
        """Sends n requests, up to 32 at a time; the server batches them and reads the prompt once."""
        self._breaker.check()
        return self._wait(self._sample(request, n))

    def option_logprobs(self, messages: Sequence[Message], letters: Sequence[str]) -> tuple[float, ...]:
        """One generated token, with the log-probabilities of exactly the letters' token ids."""
        self._breaker.check()
        return self._wait(self._client.logprobs(messages, letters))

    def close(self) -> None:
        """Ends all requests and the background thread."""
        if not self._loop.is_closed():
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(self._counted(work), self._loop).result()

    async def _counted(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Tells the breaker how a request ended."""
        try:
            answer = await work
        except ModelError as error:
            self._breaker.failed(error)
            if error.kind == "unreachable":
                self._pulse.lost()
            if error.kind == "rejected":
                self._pulse.doubt()
                self._looked = -LOOK_SECONDS
            raise
        self._breaker.answered()
        self._pulse.wrote()
        return answer

    async def _sample(self, request: GenerationRequest, n: int) -> tuple[Completion, ...]:
        places = asyncio.Semaphore(SAMPLES_AT_ONCE)

        async def one(seed: int) -> Completion:
            async with places:
                pieces = [piece async for piece in self._client.pieces(replace(request, seed=seed))]
            return completion_of(complete_only(iter(pieces), self._limits))

        tasks = [asyncio.create_task(one(request.seed + k)) for k in range(n)]
        try:
            return tuple(await asyncio.gather(*tasks))
        finally:  # one fault ends the others
            for task in tasks:
                task.cancel()

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._client.close()


class VllmStream:
    """A reply on its way from the server."""

    def __init__(self, server: VllmServer, request: GenerationRequest) -> None:
        self._limits = server._limits
        self._queue: queue.SimpleQueue[Piece | Exception | None] = queue.SimpleQueue()  # None: stopped
        self._task = asyncio.run_coroutine_threadsafe(server._counted(self._read(server, request)), server._loop)
        self._task.add_done_callback(self._hand_over_end)

    def __iter__(self) -> Iterator[Piece]:
        with self:
            yield from complete_only(self._pieces(), self._limits)

    def _pieces(self) -> Iterator[Piece]:
        while (item := self._queue.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
            if item.finish_reason is not None:
                return

    async def _read(self, server: VllmServer, request: GenerationRequest) -> None:
        async for piece in server._client.pieces(request):
            self._queue.put(piece)

    def _hand_over_end(self, task: Future[None]) -> None:
        """Tells the reader how the request ended; a stopped one simply ends."""
        try:
            task.result()
        except CancelledError:
            self._queue.put(None)
        except Exception as error:  # noqa: BLE001 - raised again where the reply is read
            self._queue.put(error)

    def close(self) -> None:
        """Stops the request and closes its connection."""
        self._task.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _identity(served: "Served | None", url: str, wanted: str) -> ModelIdentity:
    if served is None:
        return ModelIdentity("vllm", wanted)
    return replace(_weights(served, url), precision=served.precision)


def _weights(served: "Served", url: str) -> ModelIdentity:
    if urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"} and served.root.startswith("/"):
        try:
            if served.under:
                return identity_of("vllm", Path(served.under), Path(served.root))
            found = identity_of("vllm", Path(served.root))
            return found if found.adapter else replace(found, model=served.name)
        except WeightsError:
            pass  # a folder of the user's own, without a manifest: the hash stays unknown
    return ModelIdentity("vllm", served.name)
