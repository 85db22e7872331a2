"""Whose pages may open a websocket: only those of the address in use, port included.

A browser sends the origin of the page that asks, and no page can change it. Streamlit would let in a page of any port
of this computer and a client without an origin, and would ask a server on the internet for this computer's own
address before it refuses a foreign page. So everything it would not let in at once is refused here, before it looks.
"""

import logging
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

logger = logging.getLogger(__name__)

REFUSED = 1008  # the websocket's code for a breach of policy; before it is opened the server answers 403
_PORTS = {"http": 80, "https": 443}


class OwnOriginOnly:
    """Middleware that refuses a websocket to ``app`` unless a page of the same address asks for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or closes it."""
        if scope["type"] == "websocket":
            headers = Headers(scope=scope)
            origins, hosts = headers.getlist("origin"), headers.getlist("host")
            tls = scope.get("scheme") == "wss"
            if len(origins) != 1 or len(hosts) != 1 or not is_own_origin(origins[0], hosts[0], tls=tls):
                logger.warning("a websocket was refused: the page that asked is not the program's own")
                await send({"type": "websocket.close", "code": REFUSED})
                return
            # Streamlit compares the two letter by letter; "host" and "host:443" are one address.
            scope = {**scope, "headers": list(scope["headers"])}
            MutableHeaders(scope=scope)["host"] = urlsplit(origins[0]).netloc
        await self._app(scope, receive, send)


def is_own_origin(origin: str, host: str, *, tls: bool = False) -> bool:
    """Whether a page of ``origin`` was served by ``host`` (the ``Host`` asked for) and that host is an allowed one.

    Hosts are those of ``server.allowedHosts``. ``tls`` says that the connection came in as TLS; where a proxy ends it,
    that is often unknown, and the origin's own scheme then says which port is meant where none is written.
    """
    page = _split(origin)
    asked = page and _split(f"{'https' if tls else page.scheme}://{host}")
    if page is None or asked is None or (tls and page.scheme != "https"):
        return False
    return (page.hostname, _port(page)) == (asked.hostname, _port(asked)) and is_host_allowed(host)


def _split(address: str) -> SplitResult | None:
    """Scheme, host and port of a web address that holds nothing else; None for every other."""
    try:
        found = urlsplit(address)
        found.port  # noqa: B018 - raises where it is no port
    except ValueError:
        return None
    bare = found.scheme in _PORTS and found.hostname and address == f"{found.scheme}://{found.netloc}"
    return found if bare and "@" not in found.netloc else None


def _port(address: SplitResult) -> int:
    return _PORTS[address.scheme] if address.port is None else address.port
