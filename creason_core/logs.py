"""The log of the program: one JSON object a line on standard error, without a patient's value.

A line says what happened to which run, group or case (by their opaque ids), never what was asked, answered,
commented, uploaded or measured. Texts of exceptions may quote values, so a line names an exception's type and
where it was raised, and leaves its text out. Messages of other libraries are written without their arguments.
"""

import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

FIELDS = ("reference", "run", "group", "case", "model", "seconds", "tokens", "outcome")  # what ``extra`` may hold
OURS = frozenset({"creason", "creason_core", "pages"})
SERVERS = ("uvicorn", "streamlit.web")  # their warnings hold addresses and ports, which are needed

_log = logging.getLogger("creason")


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON; control characters are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of ``record``."""
        line: dict[str, object] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": _event(record),
            "logger": record.name,
        }
        line |= {name: value for name in FIELDS if (value := getattr(record, name, None)) is not None}
        if record.exc_info and record.exc_info[1]:
            line |= {"error": _kinds(record.exc_info[1]), "at": _places(record.exc_info[1])}
        return json.dumps(line, default=str)


def write_log(level: str, stream: TextIO | None = None) -> None:
    """Sends the log of this process to ``stream`` (None: standard error), ours from ``level`` on, others' warnings.

    What Python itself would print about a failed thread or a warning goes the same way.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    handler.addFilter(_wanted)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())
    logging.captureWarnings(True)
    sys.excepthook = _ended
    threading.excepthook = _thread_failed
    sys.unraisablehook = _unraisable


def _wanted(record: logging.LogRecord) -> bool:
    return _top(record) in OURS or record.levelno >= logging.WARNING


def _event(record: logging.LogRecord) -> str:
    if _top(record) in OURS or record.name.startswith(SERVERS):
        return record.getMessage()
    return record.msg if isinstance(record.msg, str) else type(record.msg).__name__


def _top(record: logging.LogRecord) -> str:
    return record.name.partition(".")[0]


def _kinds(error: BaseException) -> str:
    """The exception's type, and the types of what it came from."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return type(error).__name__ + (f" from {_kinds(cause)}" if cause else "")


def _places(error: BaseException) -> list[str]:
    """Where it was raised, innermost last: file, line and function."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]


def _ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _log.critical("the program ended by a failure", exc_info=(kind, error, trace))


def _thread_failed(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value:
        _log.error("a thread failed", exc_info=failed.exc_value)


def _unraisable(failed: "sys.UnraisableHookArgs") -> None:
    if failed.exc_value:
        _log.error("a failure could not be raised", exc_info=failed.exc_value)
