"""The websocket session still speaks the protocol of the pinned Streamlit."""

import asyncio
from pathlib import Path

import pytest

from tests.bench.app_process import running_app
from tests.bench.session import Session


async def walk(url: str) -> tuple[list[str], set[str]]:
    session = await Session.open(url)
    await session.run()
    words, pages = session.words(), set(session.pages())
    await session.run(page="settings")
    assert "Settings" in session.words()
    await session.close()
    return words, pages


@pytest.mark.slow
def test_a_session_sees_home_and_goes_to_another_page(tmp_path: Path) -> None:
    with running_app(tmp_path, engine="replay") as url:
        words, pages = asyncio.run(walk(url))
    assert "Home" in words
    assert pages == {
        "", "patient", "hypotheses", "what_if", "ask", "history", "evaluation", "about", "settings", "demo"
    }  # fmt: skip
