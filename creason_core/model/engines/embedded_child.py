"""The app's end of the embedded model's child process: starts it, talks to it, notices its end."""

import logging
import queue
import re
import subprocess
import sys
import threading
import time
from collections import deque

from pydantic import ValidationError

from creason_core.model.engines.embedded_protocol import EVENTS, Fatal, JobEvent, Line, Loading, Ready, Started

log = logging.getLogger(__name__)
_PLACE = re.compile(r'\s*File "').match  # what else a traceback says may quote a prompt
JobEvents = queue.SimpleQueue[JobEvent | None]  # None: nothing more will come


class Child(threading.Thread):
    """One life of the child process, with the arguments of ``embedded_worker``.

    The thread that starts the process also reads it until its end: Linux kills a child when the *thread* that
    started it ends, so no short-lived thread may do it.
    """

    def __init__(self, arguments: tuple[str, ...]) -> None:
        super().__init__(name="embedded model", daemon=True)
        self.note = "Starting the model's process."
        self.context_tokens = 0  # above 0 once the model is loaded
        self.fatal: Fatal | None = None  # why the model cannot be loaded
        self.ended = False
        self.heard = time.monotonic()  # when it last said anything
        self._command = [sys.executable, "-m", "creason_core.model.engines.embedded_worker", *arguments]
        self._process: subprocess.Popen[bytes] | None = None
        self._spawned = threading.Event()
        self._lock = threading.Lock()
        self._jobs: dict[int, JobEvents] = {}
        self._waiting: set[int] = set()
        self._said = deque[str](maxlen=20)  # the last lines of stderr, for the log

    @property
    def ready(self) -> bool:
        """Whether the model is loaded."""
        return self.context_tokens > 0 and not self.ended

    @property
    def waiting(self) -> int:
        """How many jobs have not begun."""
        return len(self._waiting)

    @property
    def exit_code(self) -> int | None:
        """The exit code, negative for a signal; None while the process runs."""
        return self._process.poll() if self._process else None

    @property
    def pid(self) -> int:
        """The process id; 0 before there is one."""
        return self._process.pid if self._process else 0

    def open(self, job: int, line: Line) -> JobEvents:
        """Sends a job and gives the queue of its events."""
        events = JobEvents()
        with self._lock:
            if self.ended:
                events.put(None)
                return events
            self._jobs[job] = events
            self._waiting.add(job)
        self.send(line)
        return events

    def forget(self, job: int) -> bool:
        """Hands out no more events of a job; whether it was still open."""
        with self._lock:
            self._waiting.discard(job)
            return self._jobs.pop(job, None) is not None

    def send(self, line: Line) -> None:
        """Writes one line; a child that has ended is noticed by its events, not here."""
        self._spawned.wait()
        if self._process is None or self._process.stdin is None:
            return
        try:
            with self._lock:
                self._process.stdin.write(line.encoded())
                self._process.stdin.flush()
        except (OSError, ValueError):  # the pipe is broken or closed
            log.debug("the model's process no longer listens")

    def kill(self) -> None:
        """Ends the process at once; from now on it takes no jobs."""
        self._spawned.wait()
        self.ended = True
        if self._process is not None:
            self._process.kill()

    def run(self) -> None:
        """Starts the process and hands out its events until it ends."""
        try:
            self._process = subprocess.Popen(  # noqa: S603 - fixed arguments
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        except OSError as error:
            log.error("the model's process could not be started: %s", error)
        finally:
            self._spawned.set()
        if self._process is not None:
            threading.Thread(target=self._read_stderr, daemon=True).start()
            self._read_events()
            self._process.kill()
            code = self._process.wait()
            if code not in {0, -9}:
                log.warning("the model's process ended with code %s: %s", code, " | ".join(filter(_PLACE, self._said)))
        with self._lock:
            self.ended = True
            self._waiting.clear()
            for events in self._jobs.values():
                events.put(None)

    def _read_events(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                event = EVENTS.validate_json(line)
            except ValidationError:
                log.error("the model's process said something that is not in the protocol and is ended")
                return
            self.heard = time.monotonic()
            if isinstance(event, Loading):
                self.note = event.note
            elif isinstance(event, Ready):
                self.context_tokens = event.context_tokens
            elif isinstance(event, Fatal):
                self.fatal = event
            else:
                if isinstance(event, Started):
                    self._waiting.discard(event.id)
                with self._lock:
                    if events := self._jobs.get(event.id):
                        events.put(event)

    def _read_stderr(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._said.append(line.decode(errors="replace").rstrip())
