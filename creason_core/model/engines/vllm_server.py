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
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlsplit

from creason_core.errors import ModelError, WeightsError
from creason_core.model.engines.base import Completion, EngineHealth, GenerationRequest, Message, ModelIdentity, Piece
from creason_core.model.engines.breaker import Breaker
from creason_core.model.engines.identities import identity_of
from creason_core.model.engines.limits import Limits, complete_only, completion_of

if TYPE_CHECKING:
    from creason_core.model.engines.vllm_client import Served

Answer = TypeVar("Answer")
FRESH_SECONDS = 5.0  # how long a health check is believed
STALE_SECONDS = 30.0  # how old it may be while a new one is under way
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
        self._known: tuple[float, EngineHealth] | None = None
        self._checking: Future[EngineHealth] | None = None
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="vLLM client", daemon=True)
        self._thread.start()

    @property
    def identity(self) -> ModelIdentity:
        """The served model; its hash where the server runs on this computer from a folder with a manifest."""
        if self._client.served is None:
            try:
                self._wait(self._client.model())
            except ModelError:
                return ModelIdentity("vllm", self._client.wanted)
        return _identity(self._client.served, self._client.url, self._client.wanted)

    def health(self) -> EngineHealth:
        """The server's list of models and a one-token reply, believed for a few seconds.

        A ``/health`` address is not asked: it says yes while the engine behind it hangs.
        """
        with self._lock:
            age = time.monotonic() - self._known[0] if self._known else STALE_SECONDS
            if self._known and age < FRESH_SECONDS:
                return self._known[1]
            if self._checking is None or self._checking.done():
                self._checking = asyncio.run_coroutine_threadsafe(self._check(), self._loop)
            checking, known = self._checking, self._known
        return known[1] if known and age < STALE_SECONDS else checking.result()

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
            raise
        self._breaker.answered()
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

    async def _check(self) -> EngineHealth:
        client, note, ready = self._client, "Ready.", True
        try:
            async with asyncio.timeout(self._limits.connect):
                model = await client.model(fresh=True)
                writes = time.monotonic() - client.latest_token <= FRESH_SECONDS
                if not writes and not client.crowd:
                    await client.one_token(model)
                    writes = True
            if writes:
                self._breaker.answered()
        except ModelError as error:
            note, ready = str(error), False
        except TimeoutError:
            # Requests of ours that it is at work on have deadlines of their own, which say when it is too late.
            ready = bool(client.crowd)
            note = f"The server at {client.url} is busy or stuck: it did not write a token in time."
            if ready:
                note = f"Busy with {len(client.crowd)} of this program's requests."
        identity = _identity(client.served, client.url, client.wanted)
        health = EngineHealth(ready, identity, client.url, note, client.served.context_tokens if client.served else 0)
        self._known = (time.monotonic(), health)
        return health

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
