"""The requests that go to a vLLM server, each within its deadlines, each fault a ``ModelError``.

Retries are off: each would be a new generation. A reply is complete only when its ``finish_reason`` says so,
because several kinds of broken stream end without any exception.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx2
import openai

from creason_core.errors import ModelError
from creason_core.model.engines.base import GenerationRequest, Message, Piece
from creason_core.model.engines.crowd import Crowd, CrowdPlace
from creason_core.model.engines.limits import Limits
from creason_core.model.engines.precision_header import HEADER
from creason_core.model.engines.vllm_faults import in_words
from creason_core.model.engines.vllm_reader import PieceReader, events

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessageParam

# The client checks neither JSON nor shapes: a reply that is not what it should be surfaces as one of the builtins.
BROKEN = (openai.OpenAIError, httpx2.HTTPError, ValueError, TypeError, AttributeError, LookupError)
LISTED_SECONDS = 5.0  # how long the list of models is believed
USAGE: Any = {"include_usage": True, "continuous_usage_stats": True}  # the second is vLLM's own: a count in each chunk


@dataclass(frozen=True, slots=True)
class Served:
    """A model that the server lists.

    ``root`` is where it was loaded from, empty where unknown; ``under`` is the root of the model that it is an adapter
    of, empty where it is none; ``precision`` is the data type that a server started by ``serve`` tells.
    """

    name: str
    root: str
    context_tokens: int
    under: str = ""
    precision: str = ""

    @property
    def told(self) -> str:
        """The model, where it comes from and in which data type, for a person."""
        return f"{self.name} from {self.root or 'elsewhere'}" + (f" in {self.precision}" if self.precision else "")


class VllmClient:
    """Asynchronous requests to one server; see ``VllmServer`` for the arguments."""

    def __init__(self, url: str, api_key: str, wanted: str, limits: Limits, preferred: str = "") -> None:
        self.url = url.rstrip("/")
        self.wanted = wanted
        self.preferred = preferred
        self.usual = limits
        self.limits = limits  # longer at a slow server
        self.crowd = Crowd()
        self.served: Served | None = None
        self.latest_token = -1000.0  # monotonic; a server that writes for anybody is alive
        self._listed = -1000.0
        timeout = httpx2.Timeout(connect=limits.connect, read=None, write=10.0, pool=limits.connect)
        here = urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}
        # A proxy cannot reach this computer; and vLLM closes idle connections after 5 s, so they are left before that.
        kept = httpx2.Limits(keepalive_expiry=2.0)
        self._http = httpx2.AsyncClient(timeout=timeout, limits=kept, trust_env=not here)
        self._openai = openai.AsyncOpenAI(
            base_url=self.url, api_key=api_key, max_retries=0, timeout=timeout, http_client=self._http
        )

    async def close(self) -> None:
        """Closes all connections."""
        await self._openai.close()

    async def model(self) -> Served:
        """The served model, the same as before; asks at most every few seconds.

        Raises:
            ModelError: No server answers, it lacks the model, or it now serves another one.
        """
        if self.served is not None and time.monotonic() - self._listed < LISTED_SECONDS:
            return self.served
        before, found = await self.list_models()
        if before is not None and before != found:
            raise ModelError(
                "rejected",
                f"The server at {self.url} now serves {found.told}; it served {before.told} when the program "
                "first asked it.",
                remedy="Nothing was sent. Run it again to use the new model.",
            )
        return found

    def forget_list(self) -> None:
        """Has the next request ask what is served; the server may have been started anew."""
        self._listed = -1000.0

    async def list_models(self) -> tuple[Served | None, Served]:
        """The model that was served when last asked, and the one that is now.

        Raises:
            ModelError: No server answers, or it lacks the model.
        """
        async with self._within(self.usual.connect, "did not list its models"):
            reply = await self._openai.models.with_raw_response.list()
            listed = _served([card.model_dump() for card in reply.parse().data], reply.headers.get(HEADER, ""))
        found = sorted(
            (served for served in listed if served.name == self.wanted or not self.wanted),
            key=lambda served: served.name != self.preferred,
        )
        if not found:
            names = ", ".join(served.name for served in listed) or "none"
            raise ModelError(
                "rejected",
                f"The server at {self.url} does not serve {self.wanted or 'any model'}; it serves: {names}.",
                remedy="Choose another model in Settings, type make serve again, or set CREASON_VLLM_MODEL.",
                retryable=False,
            )
        before, self.served, self._listed = self.served, found[0], time.monotonic()
        return before, found[0]

    async def pieces(self, request: GenerationRequest) -> AsyncIterator[Piece]:
        """One reply, streamed. Raises ``ModelError``; cancelling closes the connection."""
        served = await self.model()
        place: CrowdPlace | None = None
        try:
            async with self.crowd.place(self.limits) as place:
                sending = self._openai.chat.completions.with_streaming_response.create(
                    **_body(served, request.messages),
                    max_tokens=request.max_tokens,
                    temperature=request.temperature,
                    seed=request.seed,
                    stream=True,
                    stream_options=USAGE,
                )
                async with sending as response:
                    _check_event_stream(response.headers.get("content-type", ""), self.url)
                    reader = PieceReader()
                    async for event in events(response.iter_bytes()):
                        piece = reader.read(event)
                        if piece is None:
                            continue
                        self.latest_token = time.monotonic()
                        place.wrote(self.crowd.others(place))
                        yield piece
                        if piece.finish_reason is not None:
                            return
                    raise reader.unfinished()
        except TimeoutError:
            assert place is not None
            raise place.late() from None
        except BROKEN as error:
            raise in_words(error, self.url, served.name, bool(place and place.any_token)) from error

    async def logprobs(self, messages: Sequence[Message], letters: Sequence[str]) -> tuple[float, ...]:
        """The log-probabilities of the letters as the next token. Raises ``ModelError``."""
        served = await self.model()
        async with self._within(self.limits.first_token, "did not give probabilities", counted=True):
            continued = [(*messages[:-1], Message("assistant", messages[-1].content + letter)) for letter in letters]
            prompt, *longer = await asyncio.gather(*(self._tokens(served, one) for one in (messages, *continued)))
            for letter, ids in zip(letters, longer, strict=True):
                if ids[:-1] != prompt:
                    raise ModelError(
                        "rejected",
                        f"{letter!r} is not a single token after this prompt, so it has no probability of its own.",
                        retryable=False,
                    )
            wanted = [ids[-1] for ids in longer]
            body = _body(served, messages)
            body["extra_body"] |= {"logprob_token_ids": wanted, "return_tokens_as_token_ids": True}
            reply = await self._openai.chat.completions.create(
                **body, max_tokens=1, temperature=1.0, seed=0, logprobs=True
            )
            given = reply.choices[0].logprobs
            if given is None or not given.content:
                raise ModelError("garbage", f"The server at {self.url} gave no probabilities.", retryable=False)
            values = {item.token: item.logprob for item in given.content[0].top_logprobs}
            try:
                return tuple(values[f"token_id:{token}"] for token in wanted)
            except KeyError:
                raise ModelError(
                    "garbage", f"The server at {self.url} left out the probabilities of some letters.", retryable=False
                ) from None

    async def one_token(self, served: Served) -> None:
        """Generates a single token: the proof that the engine behind the server works. Raises ``ModelError``.

        With its log-probability, which vLLM refuses to send where its numbers are not finite: nonsense is no answer.
        """
        async with self._within(self.usual.first_token, "did not write a token"):
            await self._openai.chat.completions.create(
                **_body(served, (Message("user", "Hello"),)), max_tokens=1, temperature=0.0, logprobs=True
            )

    async def _tokens(self, served: Served, messages: Sequence[Message]) -> list[int]:
        body = _body(served, messages)
        sent = {"model": served.name, "messages": body["messages"], **body["extra_body"]}
        root = self.url.removesuffix("/v1")
        response = await self._openai.post(f"{root}/tokenize", body=sent, cast_to=httpx2.Response)
        return [int(token) for token in response.json()["tokens"]]

    @asynccontextmanager
    async def _within(self, seconds: float, what: str, *, counted: bool = False) -> AsyncIterator[None]:
        """A deadline for a request that is not a stream, and its faults in words."""
        place: CrowdPlace | None = None
        try:
            async with self.crowd.place(Limits(first_token=seconds, total=seconds), counted=counted) as place:
                yield
        except TimeoutError:
            assert place is not None
            raise ModelError(
                "timeout",
                f"The server at {self.url} {what} within {place.seconds:g} s: it is busy or stuck.",
                remedy="Try again in a moment; if it persists, restart the server.",
            ) from None
        except BROKEN as error:
            name = self.served.name if self.served else self.wanted
            raise in_words(error, self.url, name, False) from error


def _check_event_stream(kind: str, url: str) -> None:
    if not kind.startswith("text/event-stream"):
        raise ModelError(
            "garbage",
            f"The server at {url} answered with {kind or 'something'} instead of a model's reply.",
            remedy="Check CREASON_VLLM_URL: a proxy or another program may be answering there.",
        )


def _body(served: Served, messages: Iterable[Message]) -> dict[str, Any]:
    """What every request has in common. A final assistant message is continued, not answered."""
    turns = list[ChatCompletionMessageParam]() if TYPE_CHECKING else []
    turns += [{"role": message.role, "content": message.content} for message in messages]  # type: ignore[misc]
    prefilled = bool(turns) and turns[-1]["role"] == "assistant"
    template = {"continue_final_message": prefilled, "add_generation_prompt": not prefilled}
    return {"model": served.name, "messages": turns, "extra_body": template}


def _served(cards: Sequence[dict[str, Any]], precision: str = "") -> list[Served]:
    """The models of a list; an adapter says by name what it is an adapter of, and has that one's context length."""
    whole = {str(card["id"]): card for card in cards}
    found = []
    for card in cards:
        name, root = str(card["id"]), str(card.get("root") or "")
        under = whole.get(str(card.get("parent") or ""), {})
        length = int(card.get("max_model_len") or under.get("max_model_len") or 0)
        found.append(Served(name, root, length, str(under.get("root") or ""), precision))
    return found
