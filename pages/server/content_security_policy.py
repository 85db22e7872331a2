"""What every response tells the browser to refuse: the content security policy and its companions.

It is the second of two defences. The first is ``pages/components/inert.py``: text of a model, a person or a file
is drawn as text. Should a place be forgotten there, nothing drawn can call another address. docs/safety.md says
what each line allows and why.
"""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

_HOST = re.compile(r"[a-z0-9.-]+(:\d{1,5})?|\[[0-9a-f:]+\](:\d{1,5})?", re.IGNORECASE)
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # frame-ancestors, for browsers that do not know it
    "X-DNS-Prefetch-Control": "off",  # a link that is only drawn must not look up the name of its server
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SafeHeaders:
    """Middleware that sets the policy and ``HEADERS`` on every response of ``app``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._inline = _inline_scripts()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and adds to what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        policy = content_policy(Headers(scope=scope).get("host", ""), self._inline)

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update({"Content-Security-Policy": policy, **HEADERS})
            await send(message)

        await self._app(scope, receive, send_safely)


def content_policy(host: str, inline: str = "") -> str:
    """The content security policy for a request to ``host``.

    ``inline`` lists the hashes of the scripts that stand inside Streamlit's own page. The page's websocket is named
    besides ``'self'``, which not every browser takes to include it; only for hosts that ``server.allowedHosts`` lists.
    """
    named = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) and is_host_allowed(host) else ""
    allowed = {
        "default-src": "'none'",
        "script-src": f"'self' {inline}".strip(),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": f"'self'{named}",
        "worker-src": "'self' blob:",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{what} {where}" for what, where in allowed.items())


def _inline_scripts() -> str:
    """The hashes of the scripts inside Streamlit's own page, which change with its release."""
    page = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    hashes = (b64encode(sha256(script.encode()).digest()).decode() for script in _INLINE_SCRIPT.findall(page))
    return " ".join(f"'sha256-{found}'" for found in hashes)
