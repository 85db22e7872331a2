"""Runs a command that ends with whoever started it: ``python -m training.rl.run_with_parent COMMAND…``.

A training that dies of kill -9 tells nobody. On Linux the system then asks this process to end (SIGTERM), which ends
the command with all that it started: a vLLM server that is still starting would else leave its worker behind, with a
share of the memory. Elsewhere only a SIGTERM of the training's own does so.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence

GRACE = 8.0  # seconds that the command has to end by itself; training.rl.vllm_server waits for more than two of them
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def run(command: Sequence[str]) -> int:
    """Runs ``command`` in a session of its own, and gives its exit status."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    child = subprocess.Popen(command, start_new_session=True)  # noqa: S603 - the caller's own command
    try:
        return child.wait()
    finally:
        _end(child)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Ends ``child``, and whatever of its session is left after it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for what in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, what)
            child.wait(GRACE)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
