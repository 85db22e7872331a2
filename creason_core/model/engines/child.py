"""What every child process of the program does first: end together with its parent."""

import ctypes
import os
import signal
import sys


def end_with_parent() -> None:
    """Asks the kernel to kill this process when the thread that started it ends (Linux; elsewhere stdin must do)."""
    parent = os.getppid()
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None, use_errno=True).prctl(pr_set_pdeathsig, signal.SIGKILL, 0, 0, 0)
    if parent == 1 or os.getppid() != parent:  # the parent ended before the kernel was asked
        os._exit(1)
