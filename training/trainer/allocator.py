"""How the C library deals with freed memory, which decides how fast PyTorch is on a CPU."""

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4  # malloc.h of glibc
_NEVER = 2**31 - 1


def keep_freed_memory() -> bool:
    """Lets this process keep what it frees, for the rest of its life; whether the C library does that.

    glibc otherwise returns every large buffer to the system and asks for it again at the next step, and the system
    fills it with zeros each time: TRL's scoring of 3,760 tokens over a vocabulary of 49,152, forward and backward,
    took 11 s of processor time, and 6 s with this (one thread).
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_M_MMAP_MAX, 0)) and bool(mallopt(_M_TRIM_THRESHOLD, _NEVER))
