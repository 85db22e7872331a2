"""Where pages have a cohort's fits made before a scan or an opinion needs them, as soon as a record of it is opened.

One cohort after another, each in a process of its own at the lowest priority, so that no page waits for it.
"""

import logging
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from creason_core.cohort.cohort import Cohort

_log = logging.getLogger(__name__)


class AheadDesk:
    """Begins the fits of each cohort once; safe to use from several threads.

    That it fails is no reader's matter: a scan fits what it finds missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._begun: set[tuple[str, str]] = set()
        self._waiting: list[Cohort] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._worker: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = False

    @property
    def busy(self) -> bool:
        """Whether anything is being fitted or waits for it."""
        with self._lock:
            return self._worker is not None

    def begin(self, cohort: Cohort) -> None:
        """Begins the fits of ``cohort``, unless they were begun for it as it is; waits for nothing."""
        key = cohort.name, cohort.content_hash
        with self._lock:
            if self._closed or key in self._begun or cohort.mixture_path is None:
                return
            self._begun.add(key)
            self._waiting.append(cohort)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="fits-ahead", daemon=True)
                self._worker.start()

    def close(self) -> None:
        """Ends what is being fitted; what is kept stays. Safe to call twice."""
        with self._lock:
            self._closed = True
            self._waiting.clear()
            if self._process is not None:
                self._process.kill()

    def _work(self) -> None:
        while True:
            with self._lock:
                self._process = None
                if not self._waiting:
                    self._worker = None
                    return
                try:
                    self._process = _started(self._waiting.pop(0), self._folder)
                except OSError as error:
                    _log.warning("fits ahead could not begin: %s", type(error).__name__)
                    continue
                process = self._process
            if (code := process.wait()) and not self._closed:
                _log.warning("fits ahead ended early, with %d; a scan makes what is missing", code)


def _started(cohort: Cohort, folder: Path) -> "subprocess.Popen[bytes]":
    assert cohort.mixture_path is not None
    told = (str(cohort.mixture_path.parent), cohort.name, str(folder))
    process = subprocess.Popen(  # noqa: S603 - fixed arguments
        [sys.executable, "-m", f"{__package__}.ahead_child", *told],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with suppress(OSError):  # it has ended
        os.setpriority(os.PRIO_PROCESS, process.pid, 19)
    return process
