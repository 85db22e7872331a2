"""kill -9 of the real app while people work in it, and what the database holds when it has started again."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from websockets.exceptions import ConnectionClosed

from creason_core.store.people.preferences import Preferences, save_preferences
from creason_core.store.upkeep.database import open_store
from pages.components.shell import NOTICE_VERSION
from tests.bench.app_process import ROOT, free_port, wait_until_up
from tests.faults.after_kill import Told, problems
from tests.faults.service_kills import Outcome, QuietServer
from tests.faults.visitor import Visitor, visit

VISITORS = 3
REPLY_TOKENS = 20  # at 20 a second: a reply takes 1 s
WORK_SECONDS = (0.2, 6.0)  # from the moment at which all have opened the page
ALL_KINDS = frozenset({"version", "group", "answer", "feedback"})
PATIENCE_SECONDS = 240.0  # with a slow machine, until people have come through a whole turn


def kill_app(folder: Path, kills: int, rng: random.Random) -> Iterator[Outcome]:
    """Kills ``kills`` times on one database in ``folder``; the outcome so far after each.

    The last kill waits, on a slow machine, until something of each of ``ALL_KINDS`` has been told, now or before. What
    a kill left is looked at after the next start, when a first person has opened the app; hence one start more.
    """
    outcome = Outcome()
    url = known_reader(folder)
    with QuietServer(REPLY_TOKENS).running() as model:
        for number in range(kills + 1):
            with running_app(folder, model.url) as (process, address):
                asyncio.run(_open(address))
                store = open_store(url, folder)
                outcome.found += problems(store, outcome.told)
                store.close()
                if number == kills:
                    yield outcome
                    return
                # A draft is what was typed last: the next one takes its place.
                lasting = [told for told in outcome.told if told.kind != "draft"]
                wanted = ALL_KINDS - {told.kind for told in lasting} if number == kills - 1 else frozenset[str]()
                fresh = asyncio.run(_work_until_killed(process, address, f"kill {number}", rng, wanted))
                outcome.told = lasting + fresh
                outcome.kills += 1
            yield outcome


def known_reader(folder: Path) -> str:
    """A database in ``folder`` whose only user has read the notice and asks for one sample; its URL."""
    url = f"sqlite:///{folder / 'creason.db'}"
    store = open_store(url, folder)
    save_preferences(store, "local", Preferences(commit_first=True, samples=1, ack_version=NOTICE_VERSION))
    store.close()
    return url


@contextmanager
def running_app(folder: Path, model: str, user: str = "local") -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """The app as ``make app`` starts it, on ``folder``; killed at the latest when the block ends."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CREASON_")}
    environment |= {"CREASON_DATA_DIR": str(folder), "CREASON_ENGINE": "vllm", "CREASON_VLLM_URL": model}
    environment |= {"CREASON_RUNS_PER_USER": "20", "CREASON_USER": user}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with (folder / "app.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            wait_until_up(f"http://127.0.0.1:{port}", process)
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()


async def _open(address: str) -> None:
    visitor = await Visitor.open(address)
    await visitor.run(page="")
    assert visitor.shows("Open a public case"), visitor.said()[:2000]
    await visitor.close()


async def _work_until_killed(
    process: "subprocess.Popen[bytes]", address: str, name: str, rng: random.Random, wanted: frozenset[str]
) -> list[Told]:
    """Lets people work, each on a case of their own, and kills the app; what they had been shown as stored.

    Not before something of every kind that is ``wanted`` has been told.
    """
    told: list[Told] = []
    visitors = [await Visitor.open(address) for _ in range(VISITORS)]

    async def work(number: int) -> None:
        own = random.Random(f"{name} {number}")
        for turn in range(1_000):
            await visit(visitors[number], number, f"{name} {number} {turn}", own, told.append)

    working = [asyncio.create_task(work(number)) for number in range(VISITORS)]
    moment = rng.uniform(*WORK_SECONDS)
    patience = time.monotonic() + PATIENCE_SECONDS
    while not wanted <= {item.kind for item in told} and time.monotonic() < patience:
        await asyncio.sleep(0.05)
    await asyncio.sleep(moment)
    os.kill(process.pid, signal.SIGKILL)
    ended = await asyncio.gather(*working, return_exceptions=True)
    for error in ended:
        if not isinstance(error, ConnectionClosed):
            raise AssertionError("a visitor ended before the app was killed") from error
    return told
