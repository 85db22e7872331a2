"""The child process of the embedded engine: ``… embedded_worker FOLDER CACHE PRECISION THREADS [ADAPTER]``.

Reads orders from stdin and writes events to stdout (``embedded_protocol``). It ends when stdin closes or its parent
dies.
"""

import os
import queue
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import BinaryIO, get_args

from creason_core.errors import CReasonError, ModelError
from creason_core.model.engines.child import end_with_parent
from creason_core.model.engines.embedded_decode import REMEMBERED, Batch
from creason_core.model.engines.embedded_graph import Precision
from creason_core.model.engines.embedded_model import load
from creason_core.model.engines.embedded_protocol import (
    ORDERS,
    ROWS_AT_ONCE,
    Cancel,
    ChildJob,
    Fatal,
    JobFailed,
    Line,
    Loading,
    Ready,
)
from creason_core.model.engines.embedded_text import read_words
from creason_core.model.engines.embedded_weights import prepared


class _Worker:
    """Takes orders and steps; ``serve`` never returns."""

    def __init__(self, batch: Batch, orders: "queue.SimpleQueue[ChildJob | Cancel]", out: BinaryIO) -> None:
        self._batch = batch
        self._orders = orders
        self._out = out

    def serve(self) -> None:
        while True:
            self._take_orders()
            try:
                for event in self._batch.step():
                    self._say(event)
            except Exception as error:  # noqa: BLE001 - the boundary between the jobs and the process
                for job in self._batch.clear():
                    self._say(_failure(job, error))

    def _take_orders(self) -> None:
        while self._batch.idle or not self._orders.empty():
            order = self._orders.get()
            if isinstance(order, Cancel):
                self._batch.cancel(order.id)
                continue
            try:
                self._batch.add(order)
            except Exception as error:  # noqa: BLE001 - the boundary between one job and the others
                self._say(_failure(order.id, error))

    def _say(self, event: Line) -> None:
        self._out.write(event.encoded())
        self._out.flush()


def _failure(job: int, error: Exception) -> JobFailed:
    """A job's exception in words."""
    if isinstance(error, ModelError):
        return JobFailed(id=job, kind=error.kind, message=error.message, remedy=error.remedy, retryable=error.retryable)
    traceback.print_exc()
    if isinstance(error, MemoryError) or "memory" in str(error).lower():
        message = "The model ran out of memory on this request; other requests go on."
        remedy = "Close other programs, or ask for a shorter reply or fewer samples."
    else:
        message = f"The model failed on this request ({type(error).__name__})."
        remedy = "Run it again; if it persists, the log has the details."
    return JobFailed(id=job, kind="failed", message=message, remedy=remedy, retryable=True)


def _listen(orders: "queue.SimpleQueue[ChildJob | Cancel]") -> None:
    for line in sys.stdin.buffer:
        orders.put(ORDERS.validate_json(line))
    os._exit(0)  # the parent closed the pipe: nobody is left to answer


def main(folder: Path, cache: Path, precision: Precision, threads: int, adapter: Path | None = None) -> None:
    """Loads the model, with the adapter where one is given, and serves it until stdin closes."""
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to handle
    os.nice(5)  # the app stays responsive while the model works
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not enter the protocol
    orders: queue.SimpleQueue[ChildJob | Cancel] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()

    def say(event: Line) -> None:
        out.write(event.encoded())
        out.flush()

    try:
        say(Loading(note="Checking the weights."))
        made = prepared(folder, adapter, cache, precision, lambda note: say(Loading(note=note)))
        say(Loading(note="Loading the weights."))
        batch = Batch(load(made, precision, threads, ROWS_AT_ONCE + REMEMBERED), read_words(made))
    except CReasonError as error:
        say(Fatal(message=error.message, remedy=error.remedy))
        raise SystemExit(1) from None
    except ImportError as error:
        say(
            Fatal(
                message=f"The embedded model needs the Python package {error.name}, which is not installed.",
                remedy="Install it: .venv/bin/pip install -c .ci/constraints.txt -e '.[embedded]'.",
            )
        )
        raise SystemExit(1) from None
    except Exception as error:  # noqa: BLE001 - told to the parent in words, in full on stderr
        traceback.print_exc()
        reason = "there is not enough memory" if "memory" in str(error).lower() else type(error).__name__
        say(Fatal(message=f"The model at {folder} could not be loaded: {reason}.", remedy="The log has the details."))
        raise SystemExit(1) from None
    say(Ready(context_tokens=batch.model.config.max_position_embeddings))
    _Worker(batch, orders, out).serve()


def _precision(name: str) -> Precision:
    found = next((one for one in get_args(Precision) if one == name), None)
    if found is None:
        raise SystemExit(f"{name} is no precision; there are {', '.join(get_args(Precision))}.")
    return found  # type: ignore[no-any-return]


if __name__ == "__main__":
    _folder, _cache, _named, _threads, *_adapter = sys.argv[1:]
    main(Path(_folder), Path(_cache), _precision(_named), int(_threads), *map(Path, _adapter))
