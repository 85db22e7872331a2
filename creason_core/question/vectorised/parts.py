"""The chunks of a build, made here or by worker processes, in order; finished ones are kept until the file is whole.

A chunk is the questions about one block of patients. It depends on nothing but the plan and its number, so it
does not matter who makes it, or when.
"""

import os
import shutil
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from creason_core.arrays import Bools
from creason_core.errors import QuestionError
from creason_core.files import whole_file
from creason_core.private import private_folder
from creason_core.question.vectorised.questions import REPEATED, QuestionColumns

Block = tuple[pd.DataFrame, Bools]  # patients, and which questions are asked about them


class StoredChunks:
    """Chunks on disk beside ``out``; ``what`` is everything that determines them. Without ``keep`` none is stored."""

    def __init__(self, out: Path, what: str, *, keep: bool) -> None:
        self._folder = out.with_name(f"{out.name}.parts")
        self._keep = keep
        self.found = 0
        note = self._folder / "plan.json"
        if not keep or not note.is_file() or note.read_text(encoding="utf-8") != what:
            self.remove()
        if keep:
            private_folder(self._folder)
            note.write_text(what, encoding="utf-8")

    def tables(
        self, columns: QuestionColumns, blocks: int, block: Callable[[int], Block], workers: int
    ) -> Iterator[pa.Table]:
        """The questions of each block, in order: as they were kept, or made now and kept."""
        if workers > 1 and self._keep:
            yield from self._by_workers(columns, blocks, block, workers)
            return
        for number in range(blocks):
            path = self._path(number)
            if self._keep and path.is_file():
                self.found += 1
                yield pq.read_table(path)
                continue
            table = columns.table(*block(number))
            if self._keep:
                _store(table, path)
            yield table

    def _by_workers(
        self, columns: QuestionColumns, blocks: int, block: Callable[[int], Block], workers: int
    ) -> Iterator[pa.Table]:
        """The same; at most one block more than there are workers waits for one of them."""
        # Spawned, not forked: Arrow has threads, and a lock that one of them holds would stay closed in the child.
        pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin, initargs=(columns,))
        waiting: deque[tuple[Path, Future[None] | None]] = deque()
        try:
            for number in range(blocks + workers + 1):
                if number < blocks:
                    path = self._path(number)
                    self.found += path.is_file()
                    waiting.append((path, None if path.is_file() else pool.submit(_make, *block(number), path)))
                if number > workers and waiting:
                    path, made = waiting.popleft()
                    if made:
                        made.result()
                    yield pq.read_table(path)
        except BrokenProcessPool as error:
            raise QuestionError(
                "A worker process ended before its chunk was finished; often memory is what is missing.",
                remedy="Finished chunks are kept: give the same command again, with fewer --workers or a smaller "
                "--chunk.",
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06}.parquet"

    def remove(self) -> None:
        """Deletes them."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _store(table: pa.Table, path: Path) -> None:
    """``path`` appears when it is whole."""
    with whole_file(path) as partial:
        pq.write_table(table, partial, compression="lz4", use_dictionary=REPEATED, write_statistics=False)


_columns: QuestionColumns  # of a worker process, set when it begins


def _begin(columns: QuestionColumns) -> None:
    global _columns  # noqa: PLW0603 — a process of a pool has no other place for what its tasks share
    _columns = columns
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted too, and says when to end
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)  # killed: nobody will take what is made here


def _make(frame: pd.DataFrame, asked: Bools, path: Path) -> None:
    _store(_columns.table(frame, asked), path)
