"""A server that a training run started does not outlive it."""

import signal
import subprocess
import sys
import time

import pytest

# A server that takes no leave of its worker: as one of vLLM's does while it starts.
SERVER = """
import subprocess, sys, time
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(worker.pid, flush=True)
time.sleep(60)
"""
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-m", "training.rl.run_with_parent", sys.executable, "-c", sys.argv[1]],
                         start_new_session=True, stdout=subprocess.PIPE, text=True)
print(child.pid, child.stdout.readline(), flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the signal at a parent's death is Linux's")
def test_a_server_and_its_worker_end_when_their_training_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, SERVER], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        started = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(started) == 2
        assert all(_runs(pid) for pid in started)
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 60
    while any(_runs(pid) for pid in started):
        assert time.monotonic() < deadline, "a child outlived its parent by a minute"
        time.sleep(0.05)


def test_a_command_that_ends_by_itself_gives_its_exit_status() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "training.rl.run_with_parent", sys.executable, "-c", "raise SystemExit(7)"], check=False
    )
    assert ended.returncode == 7


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
