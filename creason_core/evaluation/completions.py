"""The completions of a run as they arrive: one JSON line each, appended, on disk within a second.

A process that is killed leaves at most one torn line, which the next start cuts off; every whole line is a
completion that is never asked for again.
"""

import os
import time
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from creason_core.errors import EvaluationError, ModelFault
from creason_core.frozen import Frozen
from creason_core.model.engines.base import FinishReason

SYNC_SECONDS = 1.0


class StoredCompletion(Frozen):
    """One completion.

    ``logprobs`` are the natural-log probabilities of the options in canonical order. ``fault`` is set where
    the model gave no complete reply; ``text`` is then empty. ``seconds`` it took, retries included.
    """

    question: str
    call: str
    text: str = ""
    tokens: int = 0
    finish_reason: FinishReason | None = None
    logprobs: tuple[float, ...] | None = None
    fault: ModelFault | None = None
    note: str = ""
    seconds: float = 0.0


class CompletionLog:
    """The file ``completions.jsonl`` of a run folder, open for appending by one process."""

    def __init__(self, path: Path) -> None:
        """Reads what is there.

        Raises:
            EvaluationError: A line before the last is not a completion.
        """
        self.stored: list[StoredCompletion] = []
        whole = self._read(path) if path.exists() else 0
        self._file = path.open("ab", buffering=0)
        self._file.truncate(whole)
        self._synced = time.monotonic()

    def _read(self, path: Path) -> int:
        """Fills ``stored``; the number of bytes in whole lines."""
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        for number, line in enumerate(content[:whole].splitlines(), start=1):
            try:
                self.stored.append(StoredCompletion.model_validate_json(line))
            except ValidationError as error:
                raise EvaluationError(
                    f"Line {number} of {path} is not a completion.",
                    remedy="The file was altered or the disk is failing: restore it, or choose another --out.",
                ) from error
        return whole

    def append(self, completion: StoredCompletion) -> None:
        """Writes one line, and forces lines to disk once a second."""
        self._file.write(completion.model_dump_json(exclude_defaults=True).encode() + b"\n")
        self.stored.append(completion)
        if time.monotonic() - self._synced > SYNC_SECONDS:
            self.sync()

    def sync(self) -> None:
        """Forces everything to disk."""
        os.fsync(self._file.fileno())
        self._synced = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.sync()
        self._file.close()
