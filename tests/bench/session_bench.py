"""What the server does for many: the cost of a rerun, and twenty sessions that stream at once.

Sessions speak the websocket protocol (``session``), so what is timed is the server.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.app_process import known_user, running_app
from tests.bench.clocked_server import ClockedServer
from tests.bench.figures import Figure, figure
from tests.bench.session import Session

RERUNS = 30
SESSIONS = 20
STREAM_SECONDS = 15.0
TOKENS = 400


def measure() -> Iterator[Figure]:
    """Reruns of each page, then twenty streaming sessions."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ClockedServer(TOKENS).running() as server,
        running_app(
            known_user(Path(folder), samples=10),
            engine="vllm",
            vllm_url=server.url,
            runs_at_once=str(SESSIONS),
        ) as url,
    ):
        yield from asyncio.run(_reruns(url))
        yield from asyncio.run(_twenty(url))


async def _reruns(url: str) -> list[Figure]:
    session = await _with_question(url)
    figures = []
    for page in session.pages():
        await session.run(page=page)
        seconds = [await session.run() for _ in range(RERUNS)]
        figures.append(figure(f"Rerun of {page or 'home'}", seconds, goal=0.3))
    await session.close()
    return figures


async def _with_question(url: str, which: int = 0) -> Session:
    """A session that has opened a public case and hidden its value number ``which``."""
    session = await Session.open(url)
    await session.run()
    await session.press("public_")
    await session.press("mask_", which)
    return session


async def _twenty(url: str) -> list[Figure]:
    """Two questions of ten samples each, and ten tabs that look at each of them."""
    asking = [await _with_question(url, which) for which in range(2)]
    for session in asking:
        await session.press("run")
    sessions = asking + [await _beside(url, asking[number % 2]) for number in range(SESSIONS - 2)]
    until = time.perf_counter() + STREAM_SECONDS
    waits = await asyncio.gather(*(_watch(session, until) for session in sessions))
    await asyncio.gather(*(session.close() for session in sessions))
    late = [wait for of_session in waits for wait in of_session]
    note = f"{SESSIONS} generations at 20 tokens/s, {STREAM_SECONDS:.0f} s; {sum(x > 1 for x in late)} later than 1 s"
    return [
        figure(f"Poll later than due, {SESSIONS} streaming sessions", late, note=note),
        figure("Latest poll of each of these sessions", [max(of_session) for of_session in waits], goal=1.0),
    ]


async def _beside(url: str, other: Session) -> Session:
    """A second tab on what ``other`` looks at."""
    session = await Session.open(url)
    await session.run(page="hypotheses", query=other.query)
    return session


async def _watch(session: Session, until: float) -> list[float]:
    """Polls as the page asks to; by how many seconds each answer came later than it was due."""
    late: list[float] = []
    due = {fragment: time.perf_counter() + interval for fragment, interval in session.polls.items()}
    assert due, f"nothing streams: {' | '.join(session.words())[:2000]}"
    while time.perf_counter() < until and session.polls:
        fragment = min(due, key=lambda name: due[name])
        await asyncio.sleep(max(0.0, due[fragment] - time.perf_counter()))
        await session.run(fragment=fragment)
        late.append(time.perf_counter() - due[fragment])
        due = {name: due.get(name, time.perf_counter() + gap) for name, gap in session.polls.items()}
        if fragment in session.polls:
            due[fragment] = time.perf_counter() + session.polls[fragment]
    return late
