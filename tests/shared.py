"""What all lanes share: a server too costly to start in each, started by whichever test needs it first.

The first to ask starts it under a lock, and the others wait for that; the run that the lanes belong to ends it. Where
that run is killed, ``python -m tests.shared PID COMMAND…``, which every shared server runs under, ends it all the same.
A run without ``-n`` is its own only lane.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil
import pytest

GRACE = 20.0  # seconds that a server has to end by itself


def run_of_the_lanes() -> int:
    """The process whose tests these are: the one that started the lanes, or this one where there are none."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def folder(factory: pytest.TempPathFactory) -> Path:
    """A folder that all lanes of this run have in common."""
    base = factory.getbasetemp()
    common = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    common.mkdir(exist_ok=True)
    return common


def shared(place: Path, name: str, start: Callable[[Path], tuple[int, str]]) -> str:
    """The address of the server ``name``.

    ``start`` gets a file for what the server says and gives its process (the leader of a session) and its address;
    it is called once in all lanes. Where it fails, every lane that asks fails with its words.
    """
    state = place / f"{name}.json"
    with (place / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            if not state.exists():
                state.write_text(json.dumps(_started(start, place / f"{name}.log")), encoding="utf-8")
        finally:  # said and not left to closing: a process that a test forked meanwhile may still hold the file
            fcntl.flock(lock, fcntl.LOCK_UN)
    said = json.loads(state.read_text(encoding="utf-8"))
    if "fault" in said:
        pytest.fail(f"{name} did not start: {said['fault']}")
    return str(said["address"])


def _started(start: Callable[[Path], tuple[int, str]], log: Path) -> dict[str, object]:
    try:
        pid, address = start(log)
    except Exception as error:  # noqa: BLE001 - told to every lane, this one included
        return {"fault": f"{type(error).__name__}: {error}"}
    return {"pid": pid, "address": address}


def tied(command: Sequence[str], environment: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """Starts a command that ends with this run at the latest."""
    line = [sys.executable, "-m", "tests.shared", str(run_of_the_lanes()), *command]
    with log.open("wb") as out:
        return subprocess.Popen(line, env=dict(environment), stdout=out, stderr=out, start_new_session=True)


def end_all(place: Path) -> None:
    """Ends everything in the folder that the lanes have in common."""
    for state in place.glob("*.json"):
        if pid := json.loads(state.read_text(encoding="utf-8")).get("pid"):
            end(pid)


def end(pid: int) -> None:
    """Ends what ``tied`` started, with all that it started, and waits until it is gone."""
    try:
        server = psutil.Process(pid)
        server.terminate()
        until = time.monotonic() + 2 * GRACE
        while server.status() != psutil.STATUS_ZOMBIE and time.monotonic() < until:
            time.sleep(0.05)
        os.killpg(pid, signal.SIGKILL)
    except (psutil.NoSuchProcess, ProcessLookupError, PermissionError):
        return


def keep(owner: int, command: Sequence[str]) -> None:
    """Runs ``command`` until it ends, this process is told to end, or the process ``owner`` is gone.

    Nothing of this session is left afterwards, this process included.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    child = subprocess.Popen(command)
    try:
        while child.poll() is None and psutil.pid_exists(owner):
            time.sleep(0.5)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it goes to the whole session
        os.killpg(0, signal.SIGTERM)
        try:
            child.wait(GRACE)
        finally:
            os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    keep(int(sys.argv[1]), sys.argv[2:])
