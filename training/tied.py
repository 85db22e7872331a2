"""Runs a command that ends with whoever started it: ``python -m training.tied COMMAND…``.

A training that dies of kill -9 tells nobody. On Linux the system then ends the command (SIGTERM), so that no vLLM
server stays behind with a share of the memory; elsewhere it is run as it is.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h; kept by exec

if __name__ == "__main__":
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - the caller's own command
