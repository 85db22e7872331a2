"""A websocket opens for the program's own pages and for nobody else, and nobody is asked about it."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.web import bootstrap
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from pages.server.origin import is_own_origin
from tests.bench.app_process import running_app

HERE = "127.0.0.1:8501"


@pytest.fixture(autouse=True)
def hosts() -> Iterator[None]:
    before = st.config.get_option("server.allowedHosts")
    st.config._set_option("server.allowedHosts", ["127.0.0.1", "localhost", "c-reason.example", "::1"], "test")
    yield
    st.config._set_option("server.allowedHosts", before, "test")


@pytest.mark.parametrize(("origin", "host", "tls"), [
    (f"http://{HERE}", HERE, False),
    ("http://localhost:8501", "localhost:8501", False),
    ("https://c-reason.example", "c-reason.example", False),  # a proxy ended the TLS
    ("https://c-reason.example", "c-reason.example:443", False),
    ("https://c-reason.example", "c-reason.example", True),
    ("https://c-reason.example:8443", "c-reason.example:8443", True),
    ("http://[::1]:8501", "[::1]:8501", False),
])  # fmt: skip
def test_a_page_of_the_address_in_use_is_let_in(origin: str, host: str, tls: bool) -> None:
    assert is_own_origin(origin, host, tls=tls)


@pytest.mark.parametrize(("origin", "host", "tls"), [
    ("http://127.0.0.1:9000", HERE, False),  # another program on this computer
    ("http://127.0.0.1", HERE, False),
    ("https://127.0.0.1:8501", "127.0.0.1", False),
    ("http://localhost:8501", HERE, False),
    ("http://attacker.example", HERE, False),
    ("http://attacker.example:8501", "attacker.example:8501", False),  # a name that was made to mean this computer
    ("http://0.0.0.0:8501", HERE, False),
    (f"http://{HERE}.attacker.example", HERE, False),
    (f"http://{HERE}@attacker.example", HERE, False),
    (f"http://attacker.example@{HERE}", HERE, False),
    (f"http://{HERE}/", HERE, False),
    (f"http://{HERE}?x", HERE, False),
    (f"ftp://{HERE}", HERE, False),
    (HERE, HERE, False),
    ("http://127.0.0.1:port", "127.0.0.1:port", False),
    ("http://c-reason.example", "c-reason.example", True),
    ("null", HERE, False),
    ("", HERE, False),
    ("NULL", HERE, False),
    (f"HTTP://{HERE}", HERE, False),
    (f"http://{HERE}.", HERE, False),
    ("http://127.0.0.1.:8501", HERE, False),
    (f"http://{HERE}#", HERE, False),
    (f"http://{HERE}\\@attacker.example", HERE, False),
    (f"http:/{HERE}", HERE, False),
    (f"http://user:pass@{HERE}", f"user:pass@{HERE}", False),
    (f"http://{HERE}, http://attacker.example", HERE, False),
    (f"\thttp://{HERE}", HERE, False),
    ("http://127.1:8501", HERE, False),
    ("http://2130706433:8501", "2130706433:8501", False),
    ("http://[::ffff:127.0.0.1]:8501", "[::ffff:127.0.0.1]:8501", False),
    ("http://[::1%25lo]:8501", "[::1%25lo]:8501", False),
    ("http://127.0.0.1:8501", "127.0.0.1:8501:80", False),
    ("http://127.0.0.1:99999", "127.0.0.1:99999", False),
    ("http://127.0.0.1:-1", "127.0.0.1:-1", False),
    ("http://127.0.0.1:\uff18\uff15\uff10\uff11", HERE, False),
    ("http://localhost\x00.attacker.example:8501", "localhost:8501", False),
    ("http://127.0.0.1:0", "127.0.0.1", False),
    (f"http://{HERE}", "", False),
    ("http://[]:8501", HERE, False),  # no address at all: refused in words as any other, not by a fault
    ("http://[::1:8501", "[::1:8501", False),
    ("http://[x]:8501", "[x]:8501", False),
    (f"http://{HERE}", "[]:8501", False),
])  # fmt: skip
def test_every_other_page_is_refused(origin: str, host: str, tls: bool) -> None:
    assert not is_own_origin(origin, host, tls=tls)


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "::", None])
def test_no_start_asks_for_this_computers_own_address(address: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    for name in ("get_internal_ip", "get_external_ip"):
        monkeypatch.setattr(f"streamlit.net_util.{name}", lambda name=name: asked.append(name))
    monkeypatch.setattr("streamlit.web.bootstrap.cli_util.print_to_cli", lambda *_, **__: None)
    before = st.config.get_option("server.address")
    st.config._set_option("server.address", address, "test")
    try:
        bootstrap._print_url(False)
    finally:
        st.config._set_option("server.address", before, "test")
    assert asked == []


# In place of the resolver: the process notes every name that it looks up and every address that it connects to.
_LISTENER = """
import sys

def listen(event, args):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.connect", "socket.sendto"):
        with open({note!r}, "a") as note:
            note.write(event + " " + repr(args[1 if "connect" in event or "send" in event else 0 :][:2]) + chr(10))

sys.addaudithook(listen)
import socket
socket.getaddrinfo("127.0.0.1", 80)
"""


async def _status(url: str, origin: str | None) -> int:
    """The status of the answer to a websocket's opening: 101, or why not."""
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    try:
        async with connect(address, subprotocols=["streamlit"], origin=origin):  # type: ignore[arg-type,list-item]
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


@pytest.mark.slow
@pytest.mark.alone
def test_the_program_refuses_at_once_and_asks_nobody_on_the_internet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "asked"
    (tmp_path / "listener").mkdir()
    (tmp_path / "listener" / "sitecustomize.py").write_text(_LISTENER.format(note=str(note)))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "listener"))
    with running_app(tmp_path, engine="replay") as url:
        port = int(url.rsplit(":", 1)[1])
        assert asyncio.run(_status(url, url)) == 101
        others = (f"http://127.0.0.1:{port + 1}", f"http://localhost:{port}", "http://attacker.example", "null", None)
        for origin in others:
            began = time.monotonic()
            assert asyncio.run(_status(url, origin)) == 403, origin
            assert time.monotonic() - began < 1.0
    asked = note.read_text().splitlines()
    assert any("127.0.0.1" in line for line in asked)  # it listens
    assert [line for line in asked if "127.0.0.1" not in line and "localhost" not in line] == []
