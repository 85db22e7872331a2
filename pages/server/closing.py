"""What the server does before it ends: live runs are stored as interrupted with all of their text, the model leaves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from streamlit.starlette import App

from pages.server.services import services
from pages.server.stage import stages


@asynccontextmanager
async def closing(_: App) -> AsyncIterator[None]:
    """Closes the services, where anybody had them opened; the server's own signals skip what Python does at exit."""
    yield
    await asyncio.to_thread(stages.clear)
    await asyncio.to_thread(services.clear)
