"""Every way in which a model fails, as a run meets it: the state, the words, the text that is kept, and how soon.

The rows are those of the fault table (L1 to L18). Down means words within 3 s; hung, within the deadline and 1 s.
Rows with a time are measured while nothing works beside them; the others end as soon as the server's fault arrives.
"""

import os
import random
import signal
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest

from creason_core.errors import CReasonError
from creason_core.model.engines.base import Engine
from creason_core.model.engines.embedded import Embedded
from creason_core.model.engines.limits import Limits
from creason_core.model.engines.registry import EngineRegistry
from creason_core.model.engines.vllm_server import VllmServer
from creason_core.question.task import Presented
from creason_core.store.runs import run_rows
from creason_core.store.runs.run_rows import RunStatus
from creason_core.store.sql.transactions import Database
from tests.model.engines.fault_server import BREAKS, PIECES, FaultServer
from tests.runs.conftest import Desk, MakeDesk
from tests.runs.scripted_engine import HeldEngine
from tests.store.examples import CODEBOOK, USER, example_question, saved_case

DOWN_SECONDS = 3.0
PATIENT = Limits(connect=30.0)  # for what has nothing to do with time
LIMITS = Limits(connect=1.0, first_token=0.8, idle=0.5, total=2.0, characters=40_000)


class Changing:
    """The engine that a run manager is given: another one whenever the test says so."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine: Engine | None = None
        self.registry = EngineRegistry({"vllm": HeldEngine()})

    def serve(self, mode: str, url: str = "", limits: Limits = PATIENT) -> VllmServer:
        self.close()
        self.engine = server = VllmServer(url or self.url, model=mode, limits=limits)
        self.registry.put("vllm", server)
        return server

    def close(self) -> None:
        if self.engine:
            self.engine.close()


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with FaultServer().running() as running:
        yield running


@pytest.fixture
def changing(server: FaultServer) -> Iterator[Changing]:
    engine = Changing(server.url)
    yield engine
    engine.close()


@pytest.fixture
def desk(changing: Changing, sqlite_db: Database, make_desk: MakeDesk) -> Desk:
    return make_desk(sqlite_db, changing.registry)


def nowhere() -> str:
    """An address at which nothing listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}/v1"


# Row, mode of the server, state, words, beginning of the text that is kept, seconds; 0: no deadline is involved.
ROWS: list[tuple[str, str, RunStatus, str, str, float]] = [
    ("L1", "down", "error", "make serve", "", DOWN_SECONDS),
    ("L2", "hang", "timeout", "did not begin to answer within 0.8 s", "", 0.8 + 1),
    ("L3", "stall", "timeout", "stopped writing for 0.5 s", "The lactate is ", 0.5 + 1),
    ("L4", "drip", "timeout", "not complete after 2 s", "x x x ", 2 + 1),
    ("L5", "cut", "error", "broke off", "The lactate is ", 0),
    ("L6", "no_done", "error", "before it was complete", "The lactate is ", 0),
    ("L6", "close_no_length", "error", "before it was complete", "The lactate is ", 0),
    ("L7", "no_finish", "error", "before it was complete", "The lactate is ", 0),
    ("L8", "abort", "error", "before it was complete (abort)", "The lactate is ", 0),
    ("L9", "length", "truncated", "Cut off at", "The lactate is not", 0),
    ("L10", "error_event", "error", "engine died", "The lactate is ", 0),
    ("L11", "html", "error", "text/html instead of a model's reply", "", 0),
    ("L11", "no_events", "error", "before it was complete", "", 0),
    ("L12", "bad_json", "error", "not a model's reply", "The lactate is ", 0),
    ("L12", "bad_utf8", "error", "not a model's reply", "The lactate is ", 0),
    ("L12", "bad_shape", "error", "not a model's reply", "The lactate is ", 0),
    ("L13", "http_400", "error", "do not fit", "", 0),
    ("L13", "http_401", "error", "does not accept our key", "", 0),
    ("L13", "http_404", "error", "does not serve the model http_404", "", 0),
    ("L13", "http_422", "error", "temperature must be non-negative", "", 0),
    ("L13", "http_429", "error", "Run it again in 7 s", "", 0),
    ("L13", "http_500", "error", "HTTP 500", "", 0),
    ("L13", "http_503", "error", "HTTP 503", "", 0),
    ("L14", "hang", "timeout", "did not begin to answer within 0.8 s", "", 0),
    ("L15", "empty", "error", "without writing anything", "", 0),
    ("L15", "blank", "error", "without writing anything", "  \n\t ", 0),
    ("L15", "megabyte", "error", "passed 40,000 characters", "x" * 40_000, 0),
    ("L15", "repeated", "unparsed", "no \\boxed{} answer", "and and ", 0),
    ("L15", "escapes", "unparsed", "no \\boxed{} answer", "\x1b[31mred", 0),
    ("L15", "surrogate", "unparsed", "no \\boxed{} answer", "broken ", 0),
    ("L16", "swapped", "error", "now serves whole from /models/second", "", 0),
]


@pytest.mark.parametrize(
    ("row", "mode", "status", "words", "kept", "seconds"),
    [pytest.param(*row, marks=[pytest.mark.quiet] if row[-1] else []) for row in ROWS],
)
def test_a_fault_is_told_in_time_keeps_the_text_and_the_retry_is_complete(
    desk: Desk,
    changing: Changing,
    server: FaultServer,
    monkeypatch: pytest.MonkeyPatch,
    row: str,
    mode: str,
    status: RunStatus,
    words: str,
    kept: str,
    seconds: float,
) -> None:
    if row == "L1":
        changing.serve("whole", nowhere())
    elif row == "L16":
        monkeypatch.setattr("creason_core.model.engines.vllm_client.LISTED_SECONDS", 0.0)
        assert changing.serve("whole").health().ready
        monkeypatch.setattr(server, "root", "/models/second")
    else:
        changing.serve(mode, limits=LIMITS if status == "timeout" else PATIENT)
    took = []
    for attempt in range(3 if seconds else 1):  # the median: a machine that was busy for a moment is no fault
        began = time.monotonic()
        run = desk.ended(desk.start(f"asked {attempt}")).runs[0].run
        took.append(time.monotonic() - began)
    assert not seconds or median(took) < seconds
    assert (run.status, run.letter) == (status, None)
    assert words in run.error
    assert run.text.startswith(kept.replace("\x00", ""))
    assert run_rows.run(desk.db, USER, run.id) == run, "what is shown is what is stored"
    if status in ("error", "timeout"):
        assert run.error.count("text so far is kept") == bool(run.text)
        assert f"(run {run.id[:4]})" in run.error
    if row == "L14":
        assert not changing.serve(mode, limits=LIMITS).health().ready, "it lists its models, and writes no token"
    _retry_is_complete(desk, changing)


def _retry_is_complete(desk: Desk, changing: Changing) -> None:
    changing.serve("whole")
    again = desk.ended(desk.start("retry")).runs[0].run
    assert (again.status, again.text, again.letter) == ("complete", "".join(PIECES), "C")


@pytest.mark.slow
@pytest.mark.parametrize("n", [0, 1, len(PIECES)])
@pytest.mark.parametrize(
    "broken", [pytest.param(one, marks=[pytest.mark.quiet] if one == "stall" else []) for one in BREAKS]
)
def test_every_piece_of_a_reply_may_be_the_one_that_fails(desk: Desk, changing: Changing, broken: str, n: int) -> None:
    """Whatever comes in place of the first piece, the second or the ending: what was before it is kept, and a retry is
    complete.
    """
    limits = replace(PATIENT, first_token=2.0, idle=2.0) if broken == "stall" else PATIENT
    changing.serve(f"{broken}@{n}", limits=limits)
    run = desk.ended(desk.start()).runs[0].run
    assert run.text == "".join(PIECES[:n])
    assert run.status == ("timeout" if broken == "stall" else "error")
    assert run.letter is None, "an answer that was not ended by the model is not an answer"
    assert ("The text so far is kept." if n else "Nothing was lost.") in run.error
    assert run.error.count("text so far is kept") == bool(n)
    assert run_rows.run(desk.db, USER, run.id) == run
    _retry_is_complete(desk, changing)


@pytest.mark.quiet
def test_samples_asked_for_together_do_not_time_each_other_out(desk: Desk, changing: Changing) -> None:
    """The last of ten begins after the time that one alone may take in all."""
    changing.serve("reads slowly", limits=replace(PATIENT, first_token=0.6, idle=0.6, total=0.8))
    runs = desk.when(desk.start(samples=10), lambda view: not view.live).runs
    assert [run.run.status for run in runs] == ["complete"] * 10


def test_ten_thousand_garbled_replies_are_read_without_an_error_and_kept_as_they_are() -> None:
    """L15: whatever a model writes, reading it gives an option of this question or the reason why there is none."""
    rng = random.Random(15)
    scraps = [*"abcABC \\{}()$*_#<>[]", "\\boxed{", "}", "<think>", "</think>", "\\text{", "\x1b[31m", "\u202e",
              "\u200b", "\ud83d", "\r\n", "{\"answer\": ", "![x](http://x)", "漢", "é", "🙂", "and " * 50]  # fmt: skip
    seen = set()
    for _ in range(10_000):
        text = "".join(rng.choices(scraps, k=rng.randrange(60)))
        answer = Presented((2, 0, 1)).parse(text)
        assert (answer.option is None) == (answer.parsed.letter is None)
        assert answer.option in (None, 0, 1, 2)
        seen.add(answer.parsed.reading)
    assert seen == {"answered", "no box", "empty box", "not an option"}


@pytest.mark.slow
def test_a_child_that_is_killed_while_it_writes_keeps_its_text_and_the_next_run_works(
    model: Path, sqlite_db: Database, make_desk: MakeDesk
) -> None:
    """L17: an operating system out of memory ends a process with exactly this signal."""
    engine = Embedded(model)
    desk = make_desk(sqlite_db, engine, max_tokens=40)
    group = desk.start()
    desk.when(group, lambda view: bool(view.runs[0].run.text), seconds=60)
    assert engine._child is not None
    os.kill(engine._child.pid, signal.SIGKILL)
    run = desk.ended(group).runs[0].run
    assert (run.status, bool(run.text)) == ("error", True)
    assert "The text so far is kept." in run.error
    again = desk.when(desk.start("retry"), lambda view: not view.live, seconds=60).runs[0].run
    assert again.status in ("complete", "truncated", "unparsed")
    engine.close()


def test_of_two_hundred_people_who_press_run_at_once_the_rest_is_refused_in_words(
    sqlite_db: Database, make_desk: MakeDesk
) -> None:
    """L18: 16 are sent, 64 wait, and 120 read why not; nothing of theirs is stored or sent."""
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine)
    people = [f"user {n}" for n in range(200)]
    cases = {user: saved_case(sqlite_db, user) for user in people}
    started, refused = list[str](), list[str]()
    barrier = threading.Barrier(len(people))

    def press(user: str) -> None:
        barrier.wait()
        question = example_question(cases[user].case)
        try:
            desk.manager.start(user, cases[user], question, CODEBOOK, samples=1, idem="run")
            started.append(user)
        except CReasonError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=press, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(started) + len(refused) == 200
    assert 64 <= len(started) <= 64 + 16, "at most 16 are with the model and 64 wait"
    assert engine.sent <= 16
    assert all("runs are waiting already and at most 64 may" in words for words in refused)
    assert all("your inputs are kept" in words for words in refused)
    stored = sum(len(run_rows.recent_groups(sqlite_db, user)) for user in people)
    assert stored == len(started)
