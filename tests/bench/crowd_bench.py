"""What a hundred people at once cost one process: ``python -m tests.bench.run --only crowd``.

Each has a browser session of their own (``session``: the websocket protocol, driven from one asyncio process) and
does something every ten seconds, at moments drawn beforehand: hides another value, looks at the patient, comes back,
goes Home, opens the case again. A wait counts from when the action was due, so that a server that falls behind is
charged for it.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.app_process import known_user, running_app
from tests.bench.clocked_server import ClockedServer
from tests.bench.figures import Figure, figure
from tests.bench.session import Session

PEOPLE = 100
EVERY_SECONDS = 10.0
SECONDS = 60.0
MAX_SECONDS = 1.0
_VALUES = 12  # of the values that can be hidden, the first ones take turns
_AT_ONCE = 4  # sessions that arrive together before the measurement


def measure() -> Iterator[Figure]:
    """A minute of a hundred sessions."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ClockedServer(60).running() as server,
        running_app(known_user(Path(folder), samples=1), engine="vllm", vllm_url=server.url) as url,
    ):
        yield from asyncio.run(_crowd(url, Path(folder)))


async def _crowd(url: str, folder: Path) -> list[Figure]:
    gate = asyncio.Semaphore(_AT_ONCE)
    arrivals: list[float] = []
    sessions = await asyncio.gather(*(_arrive(url, gate, number, arrivals) for number in range(PEOPLE)))
    start = time.perf_counter() + 1.0
    served = await asyncio.gather(*(_act(*one, number, start) for number, one in enumerate(sessions)))
    waits = [wait for of_one, _ in served for wait in of_one]
    errors = [error for _, of_one in served for error in of_one]
    late = time.perf_counter() - start - SECONDS
    await asyncio.gather(*(session.close() for session, _ in sessions))
    tracebacks = (folder / "app.log").read_text(errors="replace").count("Traceback")
    note = (
        f"{len(errors)} errors{f', the first: {errors[0]}' if errors else ''}, {tracebacks} tracebacks in the log; "
        f"slowest {max(waits):.2f} s; all done {max(late, 0.0):.1f} s after the last was due"
    )
    name = f"{PEOPLE} sessions, each acting every {EVERY_SECONDS:.0f} s"
    return [figure(name, waits, goal=MAX_SECONDS, note=note), figure("Arriving, four at a time", arrivals)]


async def _arrive(url: str, gate: asyncio.Semaphore, number: int, arrivals: list[float]) -> tuple[Session, str]:
    """A session that stands on Hypotheses with a public case and a hidden value, and the address of that."""
    async with gate:
        session = await Session.open(url)
        arrivals.append(await session.run())
        await session.press("public_", number % 5)
        await session.press("mask_", number % _VALUES)
        return session, session.query


async def _act(session: Session, case: str, number: int, start: float) -> tuple[list[float], list[str]]:
    """Acts when it is due; the waits in seconds, and what went wrong."""
    rng = random.Random(number)
    waits: list[float] = []
    errors: list[str] = []
    due = rng.uniform(0.0, EVERY_SECONDS)
    turn = 0
    while due < SECONDS:
        await asyncio.sleep(max(0.0, start + due - time.perf_counter()))
        try:
            await _do(session, case, turn)
        except (LookupError, TimeoutError, OSError) as error:
            errors.append(f"{type(error).__name__}: {str(error)[:200]}")
        waits.append(time.perf_counter() - start - due)
        if broken := [words for words in session.words() if "Traceback" in words or "Something went wrong" in words]:
            errors.append(broken[0][:200])
        turn += 1
        due += EVERY_SECONDS
    return waits, errors


async def _do(session: Session, case: str, turn: int) -> None:
    """One action; five of them make a round that ends where it began."""
    match turn % 5:
        case 0:
            await session.press("mask_", turn % _VALUES)
        case 1:
            await session.run(page="patient")
        case 3:
            await session.run(page="")
        case _:
            await session.run(page="hypotheses", query=case)
