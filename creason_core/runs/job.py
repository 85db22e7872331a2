"""One generation in memory: filled by a worker, read by pages, written down by the writer.

A job ends once: the first of worker, stop, time limit and shutdown to call ``end`` decides how, and text that
arrives later is dropped. Until the database has taken the ending the job shows as ``checking``, so that what
a person sees as ended is stored.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from creason_core.model.engines.base import GenerationRequest, ModelIdentity, Piece, TellsWhy, TokenStream
from creason_core.question.task import Presented
from creason_core.store.runs.live_rows import Ending, RunProgress
from creason_core.store.runs.run_rows import LiveStatus, Run
from creason_core.store.sql.types import now

logger = logging.getLogger(__name__)

CHECKPOINT_SECONDS = 2.0
CHECKPOINT_TOKENS = 200


def tokens(count: int) -> str:
    """A number of tokens in words: "1 token", "1,212 tokens"."""
    return f"{count:,} token{'' if count == 1 else 's'}"


class Job:
    """A run on its way.

    ``run`` is its row as inserted, ``shown`` reads its reply; ``changed`` is called when the writer has something to
    do.
    """

    def __init__(self, run: Run, request: GenerationRequest, shown: Presented, changed: Callable[[], None]) -> None:
        self.run = run
        self.request = request
        self.engine = ""  # the name of the one that it is with
        self.shown = shown
        self.identity: ModelIdentity | None = None
        self.ending: Ending | None = None
        self._settled: Ending | None = None
        self.stored: Run | None = None  # the row, once the database has taken the ending
        self.unsaved = ""
        self.started: datetime | None = None
        self._changed = changed
        self._lock = threading.Lock()
        self._status: LiveStatus = "queued"
        self._parts: list[str] = []
        self._tokens = 0
        self._first_token: datetime | None = None
        self._stream: TokenStream | None = None
        self._saved_at = time.monotonic()
        self._saved_tokens = 0
        self._saved_status: LiveStatus = "queued"

    def sent(self, identity: ModelIdentity) -> bool:
        """Notes the model that the request goes to; False where the job has ended and must not be sent."""
        with self._lock:
            if self.ending:
                return False
            self.identity, self.started, self._status = identity, now(), "waiting"
        self._changed()
        return True

    def streams_from(self, stream: TokenStream) -> None:
        """Keeps the stream, so that a stop can close it; closes it where the stop came first."""
        with self._lock:
            self._stream = stream
            ended = self.ending is not None
        if ended:
            stream.close()

    def add(self, piece: Piece) -> bool:
        """Adds new text; False where the job has ended and no more is wanted."""
        with self._lock:
            if self.ending:
                return False
            if piece.text:
                self._parts.append(piece.text)
            self._tokens = piece.tokens
            first = self._first_token is None and piece.tokens > 0
            if first:
                self._first_token, self._status = now(), "streaming"
        if first:
            self._changed()
        return True

    @property
    def writes(self) -> bool:
        """Whether the first word has come."""
        return self._first_token is not None

    @property
    def note(self) -> str:
        """What keeps the first word, where the engine says it."""
        stream = self._stream
        return stream.note if isinstance(stream, TellsWhy) and self._first_token is None else ""

    def check(self) -> str:
        """The whole text, now that the stream has ended and it is being read."""
        with self._lock:
            if not self.ending:
                self._status = "checking"
            return "".join(self._parts)

    def settle(self, ending: Ending) -> None:
        """The reply is whole and was read: whoever ends the job from now on, and why, ends it so."""
        self._settled = ending

    def stop(self, who: str) -> bool:
        """Ends the job as stopped: "Stopped by `who` after 212 tokens."; whether this call ended it."""
        return self._end(
            lambda: Ending(
                "stopped",
                f"Stopped by {who} after {tokens(self._tokens)}; the text is kept."
                if self._tokens
                else f"Stopped by {who} before the first token.",
            )
        )

    def end(self, ending: Ending) -> bool:
        """Ends the job, unless it has ended; closes its stream. Whether this call ended it."""
        return self._end(lambda: ending)

    def overran(self, longest: float) -> None:
        """Ends the job, which took more than ``longest`` seconds, as timed out."""
        words = f"The model did not finish within {longest:g} s. The text so far is kept. (run {self.run.id[:4]})"
        self.end(Ending("timeout", words))

    def _end(self, decide: Callable[[], Ending]) -> bool:
        with self._lock:
            if self.ending:
                return False
            self.ending, self._status = self._settled or decide(), "checking"
            stream = self._stream
        if stream is not None:
            try:
                stream.close()
            except Exception:
                logger.exception("closing the stream of a run failed", extra={"run": self.run.id})
        self._changed()
        return True

    def progress(self) -> RunProgress:
        """The job as it stands, for the database."""
        with self._lock:
            return RunProgress(
                run_id=self.run.id,
                status=self._status,
                text="".join(self._parts),
                tokens=self._tokens,
                identity=self.identity,
                started=self.started,
                first_token=self._first_token,
            )

    def view(self) -> Run:
        """The run as a page shows it."""
        if self.stored is not None:
            return self.stored
        at = self.progress()
        return replace(
            self.run,
            status=at.status,
            text=at.text,
            tokens=at.tokens,
            identity=at.identity,
            started=at.started,
            first_token=at.first_token,
        )

    @property
    def checkpoint_due(self) -> bool:
        """Whether the database is 2 s, 200 tokens or a change of state behind."""
        if self.ending is not None or self._status == "queued":
            return False
        behind = self._tokens - self._saved_tokens
        late = behind > 0 and time.monotonic() - self._saved_at >= CHECKPOINT_SECONDS
        return late or behind >= CHECKPOINT_TOKENS or self._status != self._saved_status

    def saved(self, progress: RunProgress) -> None:
        """Notes what the database has."""
        self._saved_at, self._saved_tokens, self._saved_status = time.monotonic(), progress.tokens, progress.status
