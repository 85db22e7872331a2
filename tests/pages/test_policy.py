"""Every response carries the policy, and two addresses say whether the program is alive and ready."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from creason_core.settings import settings
from pages.server.content_security_policy import HEADERS, SafeHeaders, content_policy
from pages.server.probes import PROBES


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CREASON_ENGINE", "replay")
    settings.cache_clear()
    st.cache_resource.clear()
    yield TestClient(Starlette(routes=PROBES, middleware=[Middleware(SafeHeaders)]))
    st.cache_resource.clear()


def sources(policy: str, what: str) -> str:
    """What the policy allows for ``what``."""
    return dict(line.split(" ", 1) for line in policy.split("; "))[what]


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost:9000", "localhost"])
def test_the_websocket_of_the_address_in_use_is_named(host: str) -> None:
    assert sources(content_policy(host), "connect-src") == f"'self' ws://{host} wss://{host}"


@pytest.mark.parametrize(
    "host", ["", "attacker.example", "127.0.0.1.attacker.example", "127.0.0.1; script-src *", "localhost ws://a.b"]
)
def test_no_other_host_is_named(host: str) -> None:
    assert sources(content_policy(host), "connect-src") == "'self'"


def test_the_host_of_a_proxy_is_named_once_it_is_configured() -> None:
    before = st.config.get_option("server.allowedHosts")
    st.config._set_option("server.allowedHosts", ["c-reason.example"], "test")
    try:
        assert sources(content_policy("c-reason.example"), "connect-src").endswith("wss://c-reason.example")
    finally:
        st.config._set_option("server.allowedHosts", before, "test")


def test_only_the_program_itself_is_a_source() -> None:
    policy = content_policy("127.0.0.1:8501", "'sha256-x='")
    assert sources(policy, "default-src") == "'none'"
    assert sources(policy, "script-src") == "'self' 'sha256-x='"
    assert sources(policy, "frame-ancestors") == "'none'"
    assert "unsafe-eval" not in policy
    assert "http" not in policy


def test_every_response_carries_the_headers(client: TestClient) -> None:
    for path in ("/healthz", "/no/such/page"):
        found = client.get(path).headers
        assert found["content-security-policy"].startswith("default-src 'none'; script-src 'self' 'sha256-")
        assert {name: found[name] for name in HEADERS} == HEADERS


def test_the_program_is_alive_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").text == "ok"
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ready", "model": "ready", "space": "ready"}


def test_without_a_database_it_is_not_ready(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREASON_DATABASE_URL", "mysql://somewhere/else")
    settings.cache_clear()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "not ready"


def test_without_its_replies_the_model_is_not_ready(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CREASON_REPLAY_FILE", str(tmp_path / "none.jsonl"))
    settings.cache_clear()
    assert client.get("/readyz").json() == {"database": "ready", "model": "not ready", "space": "ready"}


def test_a_failure_is_told_with_a_reference_and_without_its_words() -> None:
    def script() -> None:
        from pages.server.failing import tell_failure

        tell_failure(RuntimeError("lactate 4.81"))

    (error,) = AppTest.from_function(script).run().error
    assert "reference **" in error.value
    assert "4.81" not in error.value


def test_what_streamlit_logs_of_a_failure_is_without_its_words_too() -> None:
    said = """
from pages.server.journal import keep_journal
from streamlit.error_util import _log_uncaught_app_exception as log

keep_journal()
try:
    raise RuntimeError("lactate 4.81")
except RuntimeError as error:
    log(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", said], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    assert '"error": "RuntimeError"' in done.stderr
    assert "4.81" not in done.stdout + done.stderr
