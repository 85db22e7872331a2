"""Whether anything listens at an address: a connection that is opened and closed, and no request."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

HELD_SECONDS = 0.2  # a tunnel to a server that is gone accepts a connection, and drops it at once


async def listens(url: str, seconds: float) -> bool:
    """Whether a server at ``url`` takes a connection within ``seconds`` and keeps it.

    True also where a proxy stands between, which takes connections whether there is a server behind it or not.
    """
    parts = urlsplit(url)
    host, scheme = parts.hostname or "", parts.scheme
    local = host in {"127.0.0.1", "localhost", "::1"}
    if not local and scheme in getproxies() and not proxy_bypass(host):
        return True
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(host, parts.port or (443 if scheme == "https" else 80))
    except (OSError, TimeoutError):
        return False
    try:
        async with asyncio.timeout(HELD_SECONDS):
            return await reader.read(1) != b""
    except TimeoutError:
        return True
    except OSError:
        return False
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
