"""The child process of the embedded engine: ``… embedded_worker FOLDER THREADS [ADAPTER CACHE]``.

Reads orders from stdin and writes events to stdout (``embedded_protocol``). Up to two jobs take turns, step by
step; the others wait in the order of their arrival. It ends when stdin closes or its parent dies.
"""

import gc
import os
import queue
import signal
import sys
import threading
import traceback
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from creason_core.adapters.merging import merged
from creason_core.engines.child import end_with_parent, let_go_of_idle_cores
from creason_core.engines.embedded_decode import LoadedModel, letter_logprobs, load, replies
from creason_core.engines.embedded_protocol import (
    ORDERS,
    Cancel,
    Ended,
    Failed,
    Fatal,
    Job,
    Line,
    Loading,
    Logprobs,
    Ready,
    Started,
    Text,
)
from creason_core.engines.weights import check
from creason_core.errors import CReasonError, ModelError

JOBS_AT_ONCE = 2  # one slow reply does not hold up everybody, and each still gets half of the machine


@dataclass(slots=True)
class _Running:
    id: int
    steps: Iterator[Line]


class _Worker:
    """Takes turns between jobs; ``serve`` never returns."""

    def __init__(self, loaded: LoadedModel, orders: "queue.SimpleQueue[Job | Cancel]", out: BinaryIO) -> None:
        self._loaded = loaded
        self._orders = orders
        self._out = out
        self._running: list[_Running] = []
        self._waiting: deque[Job] = deque()

    def serve(self) -> None:
        while True:
            self._take_orders()
            for running in list(self._running):
                if running in self._running:  # an order taken meanwhile may have cancelled it
                    self._step(running)
                    self._take_orders()

    def _take_orders(self) -> None:
        idle = not self._running and not self._waiting
        while idle or not self._orders.empty():
            order = self._orders.get()
            if isinstance(order, Job):
                self._waiting.append(order)
            else:
                self._waiting = deque(job for job in self._waiting if job.id != order.id)
                self._running = [running for running in self._running if running.id != order.id]
            idle = False
        while self._waiting and len(self._running) < JOBS_AT_ONCE:
            job = self._waiting.popleft()
            self._say(Started(id=job.id))
            self._running.append(_Running(job.id, self._steps(job)))

    def _steps(self, job: Job) -> Iterator[Line]:
        if job.letters:
            for values in letter_logprobs(self._loaded, job):
                yield Logprobs(id=job.id, values=values) if values else Text(id=job.id, rows=())
        else:
            for rows in replies(self._loaded, job):
                yield Text(id=job.id, rows=rows)

    def _step(self, running: _Running) -> None:
        """One step of one job. A failure ends that job alone."""
        try:
            event = next(running.steps, None)
        except Exception as error:  # noqa: BLE001 - the boundary between one job and the others
            event = _failure(running.id, error)
            gc.collect()
        self._say(event or Ended(id=running.id))
        if event is None or isinstance(event, Failed):
            self._running.remove(running)

    def _say(self, event: Line) -> None:
        self._out.write(event.encoded())
        self._out.flush()


def _failure(job: int, error: Exception) -> Failed:
    """A job's exception in words."""
    if isinstance(error, ModelError):
        return Failed(id=job, kind=error.kind, message=error.message, remedy=error.remedy, retryable=error.retryable)
    traceback.print_exc()
    if isinstance(error, MemoryError) or "memory" in str(error).lower():
        message = "The model ran out of memory on this request; other requests go on."
        remedy = "Close other programs, or ask for a shorter reply or fewer samples."
    else:
        message = f"The model failed on this request ({type(error).__name__})."
        remedy = "Run it again; if it persists, the log has the details."
    return Failed(id=job, kind="failed", message=message, remedy=remedy, retryable=True)


def _listen(orders: "queue.SimpleQueue[Job | Cancel]") -> None:
    for line in sys.stdin.buffer:
        orders.put(ORDERS.validate_json(line))
    os._exit(0)  # the parent closed the pipe: nobody is left to answer


def main(folder: Path, threads: int, adapter: Path | None = None, cache: Path | None = None) -> None:
    """Loads the model, with the adapter merged into it where one is given, and serves it until stdin closes."""
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to handle
    let_go_of_idle_cores()
    os.nice(5)  # the app stays responsive while the model works
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not enter the protocol
    orders: queue.SimpleQueue[Job | Cancel] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()

    def say(event: Line) -> None:
        out.write(event.encoded())
        out.flush()

    try:
        say(Loading(note="Checking the weights."))
        if adapter and cache:
            folder = merged(folder, adapter, cache, lambda note: say(Loading(note=note)))
        else:
            check(folder)
        say(Loading(note="Starting PyTorch."))
        import torch

        if threads:
            torch.set_num_threads(threads)
        say(Loading(note="Loading the weights."))
        loaded = load(folder)
    except CReasonError as error:
        say(Fatal(message=error.message, remedy=error.remedy))
        raise SystemExit(1) from None
    except ImportError as error:
        say(
            Fatal(
                message=f"The embedded model needs the Python package {error.name}, which is not installed.",
                remedy="Install it: pip install 'creason[embedded]'.",
            )
        )
        raise SystemExit(1) from None
    except Exception as error:  # noqa: BLE001 - told to the parent in words, in full on stderr
        traceback.print_exc()
        reason = "there is not enough memory" if "memory" in str(error).lower() else type(error).__name__
        say(Fatal(message=f"The model at {folder} could not be loaded: {reason}.", remedy="The log has the details."))
        raise SystemExit(1) from None
    say(Ready(context_tokens=loaded.context_tokens))
    with torch.inference_mode():
        _Worker(loaded, orders, out).serve()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), *map(Path, sys.argv[3:]))
