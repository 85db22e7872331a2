"""The child process of the embedded engine: what happens when it dies, hangs, waits or is left behind."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from creason_core.errors import ModelError
from creason_core.model.engines.base import GenerationRequest, Message
from creason_core.model.engines.embedded import Embedded
from creason_core.model.engines.embedded_child import Child, JobEvents
from creason_core.model.engines.embedded_job import OpenJob, job_for
from creason_core.model.engines.embedded_protocol import (
    ROWS_AT_ONCE,
    Ended,
    JobEvent,
    Line,
    PromptReading,
    Started,
    Text,
)
from creason_core.model.engines.limits import Limits, completion_of
from tests.model.engines.requests import COUNTING, LONG, SAMPLES, SHORT, STEPS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def engine(model: Path) -> Iterator[Embedded]:
    engine = Embedded(model, Limits(idle=3.0))
    yield engine
    engine.close()


def child_of(engine: Embedded) -> int:
    assert engine._child is not None
    while not (pid := engine._child.pid):
        time.sleep(0.01)
    return pid


@pytest.mark.alone
def test_loading_is_told_and_health_never_waits(model: Path) -> None:
    engine = Embedded(model)
    notes = {engine.health().note}
    engine.warm()
    reader = threading.Thread(target=lambda: completion_of(engine.stream(SHORT)))
    reader.start()
    while reader.is_alive():
        began = time.monotonic()
        health = engine.health()
        assert time.monotonic() - began < 0.1
        assert health.ready
        notes.add(health.note)
        time.sleep(0.05)
    assert "The model is about to load; runs wait until it is there." in notes
    assert any(note.startswith("Loading the model; runs wait until it is there.") for note in notes)
    assert "Ready." in notes
    assert engine.health().context_tokens == 8192
    engine.close()


def test_a_killed_child_is_told_in_words_and_the_next_request_works(engine: Embedded) -> None:
    pieces = iter(engine.stream(LONG))
    assert [next(pieces).tokens for _ in range(5)] == [1, 2, 3, 4, 5]
    os.kill(child_of(engine), signal.SIGKILL)
    with pytest.raises(ModelError) as killed:
        deque(pieces)
    assert (killed.value.kind, killed.value.retryable) == ("unreachable", True)
    assert "ended unexpectedly (signal 9)" in str(killed.value)
    assert completion_of(engine.stream(SHORT)).tokens == SHORT.max_tokens


@pytest.mark.alone
def test_a_hung_child_is_given_up_in_time_and_the_next_request_works(engine: Embedded) -> None:
    pieces = iter(engine.stream(LONG))
    next(pieces)
    os.kill(child_of(engine), signal.SIGSTOP)
    frozen = time.monotonic()
    with pytest.raises(ModelError) as late:
        deque(pieces)
    assert time.monotonic() - frozen < 3.0 + 1.0
    assert late.value.kind == "timeout"
    assert "stopped writing for 3 s" in str(late.value)
    assert completion_of(engine.stream(SHORT)).tokens == SHORT.max_tokens


def test_crashes_in_a_row_are_followed_by_a_pause_in_words(model: Path) -> None:
    engine = Embedded(model)
    for _ in range(2):
        stream = engine.stream(SHORT)
        os.kill(child_of(engine), signal.SIGKILL)
        with pytest.raises(ModelError, match="ended unexpectedly"):
            completion_of(stream)
    with pytest.raises(ModelError, match=r"ended 2 times in a row; it may start again in \d s"):
        engine.stream(SHORT)
    assert "ended 2 times in a row" in engine.health().note
    engine.close()


def test_who_waits_for_a_place_is_counted_and_then_served(engine: Embedded) -> None:
    busy = [engine.stream(replace(LONG, seed=k)) for k in range(ROWS_AT_ONCE)]
    for stream in busy:
        next(iter(stream))
    waiting = engine.stream(SHORT)
    while engine.health().note != "Ready; 1 waiting for their turn.":
        time.sleep(0.01)
    busy[0].close()
    assert completion_of(waiting).tokens == SHORT.max_tokens
    for stream in busy:
        stream.close()


class Slow(Child):
    """A child that had nothing to say for an hour, and begins the job only after a while."""

    def open(self, job: int, line: Line) -> JobEvents:
        events = JobEvents()

        def begin() -> None:
            for event in (Started(id=job), Ended(id=job)):
                events.put(event)

        threading.Timer(1.2, begin).start()  # beyond the second after which it is looked at
        return events

    def __getattribute__(self, name: str) -> object:
        return time.monotonic() - 3600 if name == "heard" else super().__getattribute__(name)


def test_waiting_for_a_turn_is_not_held_against_a_request() -> None:
    child = Slow(())
    child.context_tokens = 1
    job = OpenJob(child, job_for(SHORT, 1), lambda: None)
    assert list(job.events(Limits(first_token=1.5))) == [Started(id=0)]


def test_a_request_stopped_while_it_waits_never_starts(engine: Embedded) -> None:
    busy = [engine.stream(LONG) for _ in range(ROWS_AT_ONCE)]
    waiting = engine.stream(SHORT)
    waiting.close()
    assert list(waiting) == []
    for stream in busy:
        stream.close()
        assert list(stream) == []
    assert completion_of(engine.stream(SHORT)).tokens == SHORT.max_tokens


def test_a_reply_depends_neither_on_who_else_is_served_nor_on_what_is_remembered(engine: Embedded) -> None:
    alone = completion_of(engine.stream(SHORT))
    others = [engine.stream(replace(LONG, seed=k)) for k in range(3)]
    assert completion_of(engine.stream(SHORT)) == alone  # its prompt is remembered whole, and four write together
    for other in others:
        other.close()
    forgetful = Embedded(engine._folder)
    completion_of(forgetful.stream(replace(COUNTING, max_tokens=2)))
    assert completion_of(forgetful.stream(SHORT)) == alone
    forgetful.close()


def test_what_was_read_ahead_and_what_a_text_shares_is_not_read_again(engine: Embedded) -> None:
    record = "".join(f"- finding {k}: {k * 7 % 90}.{k % 10} mmol/L\n" for k in range(60))
    first = replace(SHORT, messages=(Message("user", f"{record}What is A?"), STEPS))
    second = replace(SHORT, messages=(Message("user", f"{record}What is B?"), STEPS))
    assert len(_pieces_read(engine, first)) >= 5
    assert len(_pieces_read(engine, second)) == 0  # but for the last piece, after which it writes
    for chance in range(4):  # another text each time: whoever asks for one has it remembered
        ahead = (Message("user", f"{chance} others. {record}"), STEPS)
        engine.read_ahead(ahead)
        until_it_rests(engine, at_least=0.5 * 4**chance)
        if not _pieces_read(engine, replace(SHORT, messages=ahead)):
            return
    pytest.fail("nothing was read ahead")


def until_it_rests(engine: Embedded, *, at_least: float) -> None:
    """Waits for so many seconds, and then until none of the child's threads has run, or has waited to, for 0.3 s."""
    until = time.monotonic() + max(at_least, 0.3)
    while time.monotonic() < until:
        if _works(child_of(engine)):
            until = max(until, time.monotonic() + 0.3)
        time.sleep(0.01)


def _works(pid: int) -> bool:
    """Whether a thread of the process runs, or would if there were a core for it."""
    stats = (path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/stat"))
    return any(stat.rsplit(")", 1)[1].split()[0] in "RD" for stat in stats)


def _pieces_read(engine: Embedded, request: GenerationRequest) -> list[PromptReading]:
    """What is told of the reading of a prompt, of which no more than a token is written."""
    with engine._send(job_for(replace(request, max_tokens=1), 1)) as job:
        return [event for event in job.events(engine._limits) if isinstance(event, PromptReading)]


def test_it_says_what_keeps_the_first_word(model: Path) -> None:
    engine = Embedded(model)
    record = "".join(f"- finding {k}: {k * 7 % 90}.{k % 10} mmol/L\n" for k in range(60))
    asked = replace(SHORT, messages=(Message("user", record), STEPS), max_tokens=2)
    stream, notes = engine.stream(asked), list[str]()
    reader = threading.Thread(target=lambda: notes.extend(stream.note for _ in stream))
    while reader.ident is None or reader.is_alive():
        notes.append(stream.note)
        if reader.ident is None:
            reader.start()
        time.sleep(0.005)
    assert "Loading the weights." in notes
    assert any(note.startswith("Reading the record, ") and note.endswith(" %.") for note in notes)
    reader.join()
    assert stream.note == ""
    engine.close()


def test_the_first_of_many_samples_has_its_own_seed(engine: Embedded) -> None:
    assert engine.sample(SHORT, 1) == (completion_of(engine.stream(SHORT)),)
    many = engine.sample(replace(SHORT, max_tokens=4), 20)
    assert len(many) == 20
    assert len({completion.text for completion in many}) > 5
    assert SAMPLES[0] == SHORT


def test_a_reply_that_outlives_its_deadline_is_stopped_and_kept(engine: Embedded) -> None:
    completion_of(engine.stream(SHORT))
    with engine._send(job_for(replace(LONG, max_tokens=2000), 1)) as job:
        events = list[JobEvent]()
        with pytest.raises(ModelError, match=r"not complete after 0\.4 s"):  # a fast machine needs over a second
            events.extend(job.events(Limits(total=0.4)))
    assert events
    assert not any(row.finish_reason for event in events if isinstance(event, Text) for row in event.rows)
    assert completion_of(engine.stream(SHORT)).tokens == SHORT.max_tokens


@pytest.mark.alone
def test_altered_weights_are_refused_before_they_are_loaded(model: Path, tmp_path: Path) -> None:
    copy = tmp_path / model.name
    shutil.copytree(model, copy)
    with (copy / "model.safetensors").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x01")
    engine = Embedded(copy)
    began = time.monotonic()
    with pytest.raises(ModelError, match=r"model\.safetensors is not the file that was installed") as refused:
        completion_of(engine.stream(SHORT))
    assert (refused.value.retryable, time.monotonic() - began < 15.0) == (False, True)
    assert not engine.health().ready
    engine.close()


def test_without_weights_it_is_not_called_ready_while_it_begins_to_load(tmp_path: Path) -> None:
    engine = Embedded(tmp_path / "none")
    engine.warm()
    health = engine.health()
    assert (health.ready, "is not at" in health.note) == (False, True)
    engine.close()


@pytest.mark.quiet
def test_the_child_ends_with_its_parent(model: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from creason_core.model.engines.embedded import Embedded\n"
        "engine = Embedded(Path(sys.argv[1])); engine.warm()\n"
        "while not engine._child.pid: time.sleep(0.01)\n"
        "print(engine._child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, str(model)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    time.sleep(1.0)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 2.0
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(child)


def _alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_letter_that_is_not_one_token_is_refused(engine: Embedded) -> None:
    with pytest.raises(ModelError, match="not a single token"):
        engine.option_logprobs((Message("user", "?"), Message("assistant", "\\boxed{")), ("A", "lactate of 4.2"))


def test_a_closed_engine_says_so(model: Path) -> None:
    engine = Embedded(model)
    engine.close()
    with pytest.raises(ModelError, match="has been closed"):
        engine.stream(GenerationRequest((Message("user", "?"),), 1, 0.0, 0))
