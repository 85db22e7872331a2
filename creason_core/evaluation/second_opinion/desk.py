"""Where pages ask for second opinions: one thread works, nobody waits for it, and what was told is kept.

An opinion is pending, ready or failed. A failure is a sentence; asking again after it tries again only when told to,
so that a page which draws every half second does not repeat what cannot work.
"""

import logging
import threading
import time
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from creason_core.cohort.cohort import Cohort
from creason_core.errors import CReasonError
from creason_core.evaluation.second_opinion.opinion import SecondOpinion, second_opinion
from creason_core.question.kinds import Question
from creason_core.record.case import PatientCase

T = TypeVar("T")
MOST = 200  # opinions kept; one has a few kB
LOOKED_AT = 60.0  # seconds: what a page asked for since stays, or one that looks at more than MOST would never end
_ENDING = "The program is ending, so there is no second opinion. Open the question again later."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pending:
    """It is being computed, or waits for another."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It cannot be had; ``why`` is a sentence for the reader."""

    why: str


State = Pending | Failed | SecondOpinion


@dataclass
class _Asked:
    """An opinion that was asked for, and when last (seconds of the monotonic clock)."""

    future: "Future[SecondOpinion]"
    last: float


class Desk:
    """Second opinions for every session of a process; safe to use from several threads."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="second-opinion")
        self._asked: OrderedDict[tuple[str, ...], _Asked] = OrderedDict()
        self._lock = threading.Lock()
        self._closed = False

    def ask(self, case: PatientCase, question: Question, cohort: Cohort, *, patience: float = 0.0) -> State:
        """The opinion on ``question`` about ``case``, or how far it is; the first call begins it.

        ``patience`` is for how many seconds it may be waited for: a page that comes again for what takes a tenth of a
        second flickers.
        """
        key = _key(case, question, cohort)
        with self._lock:
            asked = self._asked.get(key)
            if asked is None:
                if self._closed:
                    return Failed(_ENDING)
                future = self._worker.submit(second_opinion, case, question, cohort, folder=self._folder)
                asked = self._asked[key] = _Asked(future, time.monotonic())
                self._drop()
            self._asked.move_to_end(key)
            asked.last = time.monotonic()
        wait([asked.future], timeout=patience)
        return _state(asked.future)

    def forget(self, case: PatientCase, question: Question, cohort: Cohort) -> None:
        """What was told of ``question`` is no longer kept: the next ``ask`` begins anew."""
        with self._lock:
            self._asked.pop(_key(case, question, cohort), None)

    def close(self) -> None:
        """Begins nothing more; what is being computed ends by itself. Safe to call twice."""
        with self._lock:
            self._closed = True
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _drop(self) -> None:
        over, since = max(0, len(self._asked) - MOST), time.monotonic() - LOOKED_AT
        for key in [key for key, one in self._asked.items() if one.future.done() and one.last < since][:over]:
            del self._asked[key]


def ended(future: "Future[T]", ending: str, what: str, told: str) -> T | Failed:
    """What a finished ``future`` came to; where it failed, why, as a sentence.

    ``ending`` is told where the program ends, ``told`` where nobody foresaw it; ``what`` failed then, for the log.
    """
    if future.cancelled():
        return Failed(ending)
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, CReasonError):
        return Failed(str(error))
    _log.error("%s failed", what, exc_info=error)
    return Failed(f"{told}; the log says where. Everything else is as before.")


def of_cohort(cohort: Cohort) -> tuple[str, str]:
    """By what an answer of ``cohort`` is kept: one that was made anew may have the same split and other values."""
    return cohort.split_hash, cohort.content_hash


def _key(case: PatientCase, question: Question, cohort: Cohort) -> tuple[str, ...]:
    return *of_cohort(cohort), question.id, case.content_hash


def _state(future: "Future[SecondOpinion]") -> State:
    if not future.done():
        return Pending()
    return ended(future, _ENDING, "a second opinion", "The second opinion could not be computed")
