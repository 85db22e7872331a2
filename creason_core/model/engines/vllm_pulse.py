"""What is known of whether a vLLM server can answer, at the price of one request a minute.

A connection that it takes or refuses is noticed at every look and costs it nothing; so is how this program's own
requests end, and only after a refused one is it asked at once whether it refuses everything. A request merely to see
whether it is alive is sent once a minute at most, and never while it writes for us: its list of models and the single
token that proves the engine behind it, then the one and the other in turn. A ``/health`` address is not asked: it says
yes while the engine behind it hangs.
"""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from creason_core.errors import ModelError
from creason_core.model.engines.knock import listens

if TYPE_CHECKING:
    from creason_core.model.engines.vllm_client import VllmClient

ASK_SECONDS = 60.0
SLACK_SECONDS = 0.25  # beyond the connect deadline, so that an answer that is due then still counts
TIMES = 3.0  # a prompt is longer than the word that was measured: it may take so many times as long to begin


class Pulse:
    """The state of one server; everything runs on the client's event loop. ``answered`` is called at a proof."""

    def __init__(self, client: "VllmClient", answered: Callable[[], None]) -> None:
        self.fault: ModelError | None = None  # why it cannot answer
        self.writes = False  # it has written a token, and listens
        self.news = ""  # what it serves now, where that changed
        self.token_seconds = 0.0  # what the measured token took; 0: not measured
        self._client = client
        self._answered = answered
        self._listens = False
        self._wrote_before = False  # before it was gone, that is
        self._proved = False  # since it was last gone
        self._list_next = True
        self._doubted = False
        self._asked = -ASK_SECONDS
        self._asking: asyncio.Task[None] | None = None

    @property
    def waited(self) -> float:
        """For how many seconds its first token has been awaited; 0 where it writes already."""
        return monotonic() - self._asked if self._is_asking and not self.writes else 0.0

    @property
    def slow(self) -> bool:
        """Whether a single token takes, or has been taking, longer than a connection may."""
        return max(self.token_seconds, self.waited) > self._client.usual.connect

    @property
    def patience(self) -> float:
        """How many times the usual deadlines this server is given, by what its token took; at least 1."""
        usual = self._client.usual
        slow = self.token_seconds > usual.connect
        return max(1.0, TIMES * self.token_seconds / usual.first_token) if slow else 1.0

    async def look(self) -> None:
        """Knocks, and asks where that is due; waits no longer than the connect deadline."""
        patience = self._client.usual.connect
        until = monotonic() + patience + SLACK_SECONDS
        if not await listens(self._client.url, patience):
            self.lost()
            return
        if not self._listens:  # what listens again is believed until it is asked: a run that is sent asks first
            self._listens, self.fault, self.writes = True, None, self._wrote_before
        if self._due():
            self._asked = monotonic()
            self._proved, self._doubted = self._proved and not self._doubted, False
            self._asking = asyncio.create_task(self._ask())
        if self._asking is not None:
            await asyncio.wait({self._asking}, timeout=max(SLACK_SECONDS, until - monotonic()))

    def lost(self) -> None:
        """Notes that nobody listens."""
        self._client.forget_list()
        self._listens = self.writes = self._proved = False
        self.token_seconds = 0.0
        self.fault = ModelError(
            "unreachable",
            f"No model answers at {self._client.url}.",
            remedy="Your work is saved. Start the server (`make serve`), then run it again.",
        )

    def wrote(self) -> None:
        """Notes a reply that was completed."""
        self._listens = self.writes = self._proved = self._wrote_before = True
        self.fault = None

    def doubt(self) -> None:
        """Has the next look ask: the server refused a request, and may refuse everything."""
        self._doubted, self._list_next = True, True

    @property
    def _is_asking(self) -> bool:
        return self._asking is not None and not self._asking.done()

    def _due(self) -> bool:
        if self._is_asking or self._doubted:
            return not self._is_asking
        at_work = bool(self._client.crowd) or monotonic() - self._client.latest_token < ASK_SECONDS
        if at_work and self.fault is None:  # requests have deadlines of their own, which say when it is too late
            return False
        return monotonic() - self._asked >= ASK_SECONDS

    async def _ask(self) -> None:
        client = self._client
        try:
            if self._list_next or not self._proved:
                before, served = await client.list_models()
                changed = before is not None and before != served
                self.news = f" It now serves {served.told}." if changed else ""
                self._list_next = False
                if self._proved and not changed:
                    return
            assert client.served is not None
            began = monotonic()
            await client.one_token(client.served)
            self.token_seconds = monotonic() - began
            client.limits = client.usual.times(self.patience)
            self._list_next = True
            self.wrote()
            self._answered()
        except ModelError as error:
            self.writes = self._wrote_before = self._proved = False
            self.fault = error
