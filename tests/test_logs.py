"""A line of the log is one JSON object and says nothing of a patient."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest

from creason_core.logs import OURS, write_log

CANARY = "lactate 4.81 of Mrs Canary"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log of this process at level debug; everything is put back afterwards."""
    root = logging.getLogger()
    before = (root.level, list(root.handlers), sys.excepthook, threading.excepthook, sys.unraisablehook)
    levels = {name: logging.getLogger(name).level for name in OURS}
    written = io.StringIO()
    write_log("debug", written)
    yield written
    logging.captureWarnings(False)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    root.handlers[:] = before[1]
    root.setLevel(before[0])
    sys.excepthook, threading.excepthook, sys.unraisablehook = before[2:]


def lines(log: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_line_names_what_happened_to_what_and_drops_every_other_field(log: io.StringIO) -> None:
    logger = logging.getLogger("creason_core.runs")
    logger.debug("a run has ended", extra={"run": "r1", "tokens": 212, "outcome": "complete", "comment": CANARY})
    (line,) = lines(log)
    assert str(line.pop("ts")).endswith("+00:00")
    assert line == {
        "level": "debug",
        "event": "a run has ended",
        "logger": "creason_core.runs",
        "run": "r1",
        "tokens": 212,
        "outcome": "complete",
    }


def test_an_exception_is_named_with_its_cause_and_place_and_never_quoted(log: io.StringIO) -> None:
    try:
        try:
            float(CANARY)
        except ValueError as error:
            raise RuntimeError(CANARY) from error
    except RuntimeError:
        logging.getLogger("pages").exception("a page failed", extra={"reference": "8F3A21"})
    (line,) = lines(log)
    assert line["error"] == "RuntimeError from ValueError"
    assert line["reference"] == "8F3A21"
    assert "test_logs.py" in str(line["at"])
    assert "Canary" not in log.getvalue()


def test_other_libraries_are_written_without_their_arguments_and_only_from_warnings_on(log: io.StringIO) -> None:
    other = logging.getLogger("somebody.elses")
    other.setLevel(logging.DEBUG)
    other.info("read %s", CANARY)
    other.warning("could not read %s", CANARY)
    other.error(ValueError(CANARY))
    assert [line["event"] for line in lines(log)] == ["could not read %s", "ValueError"]


def test_a_server_may_name_its_port(log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("uvicorn", "uvicorn.error"):  # an app that was opened earlier in this process set up its own
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
    logging.getLogger("uvicorn.error").warning("port %s is in use", 8501)
    assert [line["event"] for line in lines(log)] == ["port 8501 is in use"]


def test_a_line_cannot_be_forged(log: io.StringIO) -> None:
    logging.getLogger("creason_core").info('\n{"event": "forged"}\x1b[2J\u202e')
    assert len(log.getvalue().splitlines()) == 1
    assert log.getvalue().isascii()
    assert "\x1b" not in log.getvalue()


def test_a_thread_that_fails_is_logged_and_its_words_are_not(log: io.StringIO) -> None:
    def fail() -> None:
        raise RuntimeError(CANARY)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    (line,) = lines(log)
    assert (line["event"], line["error"]) == ("a thread failed", "RuntimeError")
    assert "Canary" not in log.getvalue()
