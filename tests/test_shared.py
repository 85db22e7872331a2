"""A server for all lanes is started once, ends with the run, and outlives no run that was killed."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from tests.conftest import asked_of
from tests.shared import end, shared

SLEEPS = [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(300)"]
# A run in little: starts a shared command, says its number, and is then killed.
RUN = """
import os, sys, time
from pathlib import Path
from tests.shared import tied
print(tied(sys.argv[2:], os.environ, Path(sys.argv[1])).pid, flush=True)
time.sleep(300)
"""


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 60
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "it is still there"
        time.sleep(0.05)


def test_lanes_that_need_a_server_at_once_start_one(tmp_path: Path) -> None:
    started: list[Path] = []

    def start(log: Path) -> tuple[int, str]:
        started.append(log)
        time.sleep(0.2)
        return 0, "http://here"

    found: list[str] = []
    lanes = [threading.Thread(target=lambda: found.append(shared(tmp_path, "it", start))) for _ in range(4)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    assert (found, started) == (["http://here"] * 4, [tmp_path / "it.log"])


def test_a_server_that_does_not_start_is_tried_once_and_told_to_all(tmp_path: Path) -> None:
    tries: list[Path] = []

    def start(log: Path) -> tuple[int, str]:
        tries.append(log)
        raise RuntimeError("no room")

    for _ in range(2):
        with pytest.raises(pytest.fail.Exception, match="it did not start: RuntimeError: no room"):
            shared(tmp_path, "it", start)
    assert len(tries) == 1


@pytest.mark.parametrize("ending", ["the run ends", "the run is killed"])
def test_a_server_ends_with_its_run(tmp_path: Path, ending: str) -> None:
    log = tmp_path / "log"
    line = [sys.executable, "-c", RUN, str(log), *SLEEPS]
    alone = {name: value for name, value in os.environ.items() if name != "PYTEST_XDIST_WORKER"}  # a run, no lane
    run = subprocess.Popen(line, stdout=subprocess.PIPE, text=True, env=alone)
    assert run.stdout is not None
    server = int(run.stdout.readline())
    while not (said := log.read_text()).endswith("\n"):
        time.sleep(0.05)
    if ending == "the run ends":
        end(server)
    run.kill()
    run.communicate()
    wait_until_gone(server)
    wait_until_gone(int(said))


@pytest.fixture(params=["through a fixture"])
def asking(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize(("engine", "slots"), [("vllm", 8)])
def test_a_text_asks_for_a_fixture_where_a_fixture_has_it_and_not_where_the_test_has(
    request: pytest.FixtureRequest, asking: str, engine: str, slots: int
) -> None:
    asked = set(asked_of(request.node))
    assert asking in asked
    assert not {engine, slots} & asked
