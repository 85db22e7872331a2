"""What sessions do to each other and to themselves: the rows S1 to S8 of the fault table, over the app's websocket."""

import asyncio
import signal
import subprocess
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from creason_core.store.patients.cases import recent_cases
from creason_core.store.people.drafts import draft
from creason_core.store.runs import run_rows
from creason_core.store.schema.tables import case_versions, feedback, run_groups
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep.database import open_store
from tests.faults.app_kills import known_reader, running_app
from tests.faults.service_kills import QuietServer
from tests.faults.visitor import Visitor, rate

pytestmark = pytest.mark.slow
TOKENS = 40  # at 20 a second: a reply takes 2 s
ENDLESS = 4_000  # longer than any test of it


@dataclass
class Place:
    """A running app and the database behind it."""

    process: "subprocess.Popen[bytes]"
    url: str
    store: Database

    def count(self, column: sa.ColumnElement[Any], value: object) -> int:
        """How many rows have ``value`` in ``column``."""
        with self.store.read() as connection:
            counted = sa.select(sa.func.count()).where(column == value)
            return int(connection.execute(counted).scalar_one())


@pytest.fixture(scope="module")
def model() -> Iterator[str]:
    with QuietServer(TOKENS).running() as server:
        yield server.url


@pytest.fixture(scope="module")
def place(model: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("app")
    store = open_store(known_reader(folder), folder)
    with running_app(folder, model) as (process, url):
        yield Place(process, url, store)
    assert "Traceback" not in (folder / "app.log").read_text()
    store.close()


def played(play: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(play, 100))


async def eventually(happened: Callable[[], bool], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        await asyncio.sleep(0.05)


async def sent(visitor: Visitor, widget: str = "") -> None:
    """Sends a click (or a bare rerun) and waits for nothing."""
    message = BackMsg()
    message.rerun_script.query_string = visitor.query
    message.rerun_script.page_script_hash = visitor._page
    if widget:
        message.rerun_script.widget_states.widgets.append(WidgetState(id=widget, trigger_value=True))
    await visitor._connection.send(message.SerializeToString())


async def copying(url: str, tile: int, label: str) -> Visitor:
    """A session in the middle of an edit: a copy of a public case, with another name."""
    visitor = await Visitor.open(url)
    await visitor.run(page="")
    await visitor.press("public_", tile)
    await visitor.run(page="patient")
    if not visitor.shows("What you type is kept as a draft"):
        await visitor.press("copy")
    await visitor.type("text_input", f"field_case:{visitor.here('v')}_label", label)
    return visitor


async def reasoning(visitor: Visitor) -> str:
    """Saves the copy and asks about a value of it; the group that runs."""
    await visitor.press("save_version")
    await visitor.run(page="hypotheses")
    await visitor.press("mask_meanbp1")
    if not visitor.shows("You skipped your own answer"):
        await visitor.press("commit_skip")
    await visitor.press("run")
    assert visitor.here("run")
    return visitor.here("run")


async def ended(visitor: Visitor) -> None:
    while visitor.shows("Stop"):
        await asyncio.sleep(0.3)
        await visitor.run()


def test_s1_a_double_click_saves_runs_and_rates_once(place: Place) -> None:
    async def play() -> None:
        visitor = await copying(place.url, 0, "clicked twice")
        for _ in range(2):
            await sent(visitor, visitor.button("save_version"))
        await eventually(lambda: place.count(case_versions.c.label, "clicked twice") == 1)
        await asyncio.sleep(1)
        version = recent_cases(place.store, "local")[0]
        assert (version.label, place.count(case_versions.c.label, "clicked twice")) == ("clicked twice", 1)
        again = await Visitor.open(place.url)
        await again.run(page="hypotheses", query=f"case={version.case_id}&v={version.id}&mask=meanbp1")
        if not again.shows("You skipped your own answer"):
            await again.press("commit_skip")
        for _ in range(2):
            await sent(again, again.button("run"))
        await eventually(lambda: place.count(run_groups.c.case_version_id, version.id) == 1)
        await asyncio.sleep(1)
        assert place.count(run_groups.c.case_version_id, version.id) == 1
        group = run_rows.recent_groups(place.store, "local", 1)[0]
        tabs = [await Visitor.open(place.url) for _ in range(2)]
        for tab in tabs:
            await tab.run(page="hypotheses", query=f"case={version.case_id}&v={version.id}&run={group.id}")
            await ended(tab)
        await rate(tabs[0], "rated in one tab", lambda _: None, twice=True)
        await eventually(lambda: place.count(feedback.c.comment, "rated in one tab") == 1)
        await tabs[1].run()
        assert tabs[1].shows("rated in one tab")

    played(play())


@pytest.mark.parametrize("gap", [0, 0.003, 0.01, 0.03, 0.1, 0.3])
def test_s2_a_rerun_on_the_heels_of_a_click_neither_loses_nor_doubles_it(place: Place, gap: float) -> None:
    async def play() -> None:
        label = f"rerun after {gap} s"
        visitor = await copying(place.url, 1, label)
        await sent(visitor, visitor.button("save_version"))
        await asyncio.sleep(gap)
        await sent(visitor)
        await eventually(lambda: place.count(case_versions.c.label, label) == 1)
        await asyncio.sleep(0.5)
        assert place.count(case_versions.c.label, label) == 1

    played(play())


@pytest.mark.alone  # the reload must come within the 2 s of the reply
def test_s3_a_reload_finds_the_same_run_going_on(place: Place) -> None:
    async def play() -> None:
        first = await copying(place.url, 2, "reloaded")
        group = await reasoning(first)
        query = first.query
        await first.close()
        await asyncio.sleep(0.5)
        again = await Visitor.open(place.url)
        await again.run(page="hypotheses", query=query)
        assert again.here("run") == group
        assert again.shows("Stop")
        await ended(again)
        assert again.shows("#### Model:")
        run = run_rows.runs_of(place.store, "local", group)[0]
        assert (run.status, run.tokens >= TOKENS) == ("complete", True)

    played(play())


def test_s4_what_was_typed_before_the_connection_was_lost_stands_in_the_field(place: Place) -> None:
    async def play() -> None:
        lost = await copying(place.url, 3, "typed before the loss")
        query = lost.query
        await lost.close()
        again = await Visitor.open(place.url)
        await again.run(page="patient", query=query)
        assert again.entry("text_input", "field_").value == "typed before the loss"

    played(play())


def test_s5_a_restart_in_the_middle_of_an_edit_keeps_the_draft_and_interrupts_the_run(tmp_path: Path) -> None:
    """Told to end (SIGTERM) it is started again; the second time it is ended by Ctrl+C (SIGINT)."""
    store = open_store(known_reader(tmp_path), tmp_path)

    async def work(url: str, when: str) -> tuple[str, Visitor]:
        running = await copying(url, 0, f"asked {when}")
        group = await reasoning(running)
        typing = await copying(url, 1, f"typed {when}")
        await eventually(lambda: bool(run_rows.runs_of(store, "local", group)[0].text))
        return group, typing

    async def look(url: str, query: str) -> None:
        visitor = await Visitor.open(url)
        await visitor.run(page="patient", query=query)
        assert visitor.entry("text_input", "field_").value == "typed before the restart"

    def interrupted(process: "subprocess.Popen[bytes]", ending: signal.Signals, group: str) -> None:
        process.send_signal(ending)
        process.wait(60)
        run = run_rows.runs_of(store, "local", group)[0]
        assert (run.status, bool(run.text)) == ("interrupted", True)
        assert "Interrupted when the app was closed. The text up to then is kept." in run.error

    with QuietServer(ENDLESS).running() as model:
        with running_app(tmp_path, model.url) as (process, url):
            group, typing = asyncio.run(work(url, "before the restart"))
            interrupted(process, signal.SIGTERM, group)
        with running_app(tmp_path, model.url) as (process, url):
            asyncio.run(look(url, typing.query))
            group, typing = asyncio.run(work(url, "before the end"))
            interrupted(process, signal.SIGINT, group)
    assert "typed before the end" in str(draft(store, "local", f"case:{typing.here('v')}"))
    store.close()


def test_s6_s7_nothing_of_one_person_reaches_another_by_any_page_or_edited_address(model: str, tmp_path: Path) -> None:
    """The program has one user a process: two processes on one database, and two sessions at each."""
    known_reader(tmp_path)
    people = ("ann", "bob")

    async def play(urls: dict[str, str]) -> None:
        visitors = {user: [await Visitor.listening(urls[user]) for _ in range(2)] for user in people}
        addresses = {}
        for user in people:
            for number, visitor in enumerate(visitors[user]):
                await visitor.run(page="")
                if number == 0:
                    await visitor.press("understood")
                await _leave_marks(visitor, f"mark of {user} {number}")
            addresses[user] = visitors[user][0].query
        for user in people:
            for visitor in visitors[user]:
                for page in ("", "patient", "hypotheses", "settings"):
                    await visitor.run(page=page)
            for other in set(people) - {user}:
                curious = await Visitor.listening(urls[user])
                await curious.run(page="hypotheses", query=addresses[other])
                assert curious.shows("There is no such"), "another's address opens nothing"
                visitors[user].append(curious)
        for user in people:
            heard = b"".join(visitor.heard() for visitor in visitors[user])
            assert f"mark of {user}".encode() in heard
            for other in set(people) - {user}:
                assert f"mark of {other}".encode() not in heard

    with (
        running_app(tmp_path, model, user="ann") as (_, ann),
        running_app(tmp_path, model, user="bob") as (_, bob),
    ):
        played(play({"ann": ann, "bob": bob}))


async def _leave_marks(visitor: Visitor, mark: str) -> None:
    await visitor.press("public_", 0)
    await visitor.run(page="patient")
    await visitor.press("copy")
    await visitor.type("text_input", f"field_case:{visitor.here('v')}_label", mark)
    await reasoning(visitor)
    await ended(visitor)
    await rate(visitor, mark, lambda _: None)


@pytest.mark.alone
def test_s8_a_client_that_never_reads_holds_nobody_up(place: Place) -> None:
    async def play() -> None:
        asking = await copying(place.url, 4, "read by one of two")
        await reasoning(asking)
        deaf = await Visitor.open(place.url)
        for _ in range(50):
            deaf.query = asking.query
            await sent(deaf)
        seconds = [await asking.run() for _ in range(5)]
        assert max(seconds) < 5
        await ended(asking)
        assert asking.shows("#### Model:")

    played(play())
