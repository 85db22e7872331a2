"""What an audience of a hundred costs one process: ``python -m tests.bench.run --only audience``.

Each guest has a browser session of their own, looks at the presenter's step every few seconds, as the page does by
itself, and presses a thumb every ten. A wait counts from when the press was due. Afterwards the presses are counted in
the demonstration's database: every one of them must be there once.
"""

import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.app_process import known_user, running_app
from tests.bench.figures import Figure, figure
from tests.bench.session import Session

GUESTS = 100
SECONDS = 60.0
EVERY_SECONDS = 10.0
MAX_SECONDS = 1.0
REPLY_SECONDS = 15.0  # in which the recorded reply has come, at its own pace
_AT_ONCE = 4


def measure() -> Iterator[Figure]:
    """A minute of a hundred guests."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(known_user(Path(folder), samples=1), engine="replay") as url,
    ):
        yield from asyncio.run(_audience(url, Path(folder)))


async def _audience(url: str, folder: Path) -> list[Figure]:
    presenter = await Session.open(url)
    await presenter.run()
    await presenter.run(page="demo", query="at=8.1")
    await asyncio.sleep(REPLY_SECONDS)
    await presenter.run()
    code = next(words for words in presenter.words() if "join=" in words).partition("join=")[2].strip()
    gate = asyncio.Semaphore(_AT_ONCE)
    arrivals: list[float] = []
    guests = await asyncio.gather(*(_arrive(url, code, gate, arrivals) for _ in range(GUESTS)))
    start = time.perf_counter() + 1.0
    served = await asyncio.gather(*(_vote(guest, number, start) for number, guest in enumerate(guests)))
    presses, looks = [w for one in served for w in one[0]], [w for one in served for w in one[1]]
    errors = [error for one in served for error in one[2]]
    await asyncio.gather(*(one.close() for one in (*guests, presenter)))
    (file,) = folder.glob("demo/*/demo.db")
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
        stored, guests_stored = connection.execute(
            "SELECT count(*), count(DISTINCT guest) FROM demo_presses"
        ).fetchone()
    note = (
        f"{len(presses)} pressed, {stored} stored, of {guests_stored} guests; {len(errors)} errors"
        f"{f', the first: {errors[0]}' if errors else ''}; slowest {max(presses):.2f} s"
    )
    return [
        figure(f"{GUESTS} guests, each pressing every {EVERY_SECONDS:.0f} s", presses, goal=MAX_SECONDS, note=note),
        figure("Their pages looking at the step", looks, goal=MAX_SECONDS),
        figure("A guest arriving, four at a time", arrivals),
    ]


async def _arrive(url: str, code: str, gate: asyncio.Semaphore, arrivals: list[float]) -> Session:
    async with gate:
        guest = await Session.open(url)
        arrivals.append(await guest.run(query=f"join={code}"))
        return guest


async def _vote(guest: Session, number: int, start: float) -> tuple[list[float], list[float], list[str]]:
    """Presses when it is due and looks in between; the waits of both in seconds, and what went wrong."""
    rng = random.Random(number)
    presses: list[float] = []
    looks: list[float] = []
    errors: list[str] = []
    ((fragment, interval),) = guest.polls.items()
    due, turn = rng.uniform(0.0, EVERY_SECONDS), 0
    while due < SECONDS:
        while (left := start + due - time.perf_counter()) > 0:
            await asyncio.sleep(min(left, interval))
            if left > interval:
                looks.append(await guest.run(fragment=fragment))
        try:
            await guest.press("vote_", turn % 2)
        except (LookupError, TimeoutError, OSError) as error:
            errors.append(f"{type(error).__name__}: {str(error)[:200]}")
        presses.append(time.perf_counter() - start - due)
        ((fragment, interval),) = guest.polls.items() or ((fragment, interval),)
        turn += 1
        due += EVERY_SECONDS
    return presses, looks, errors
