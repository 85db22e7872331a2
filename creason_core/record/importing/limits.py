"""What an upload may cost, and how the process that parses it is held to that.

Sizes are checked before anything is parsed; whatever a file does then, the process has this much memory and time.
"""

import signal
import sys
from contextlib import suppress

MIB = 1024 * 1024

FILE_BYTES = 10 * MIB
ROWS = 200_000
COLUMNS = 1_000
CELLS = 2_000_000
CELL_CHARACTERS = 10_000
TEXT_BYTES = 64 * MIB  # of all cells together, as sent to the app

# Of packed formats, as declared; Python's zipfile never unpacks more of a member than it declares.
MEMBERS = 200
UNPACKED_BYTES = 100 * MIB
RATIO = 100
RATIO_FROM_BYTES = MIB  # small members may compress as well as they like
JSON_DEPTH = 4  # records inside records, flattened to "labs.creatinine"

# Of the parsing process. Memory is its address space, which is never less than what it holds in memory.
MEMORY_BYTES = 480 * MIB
SECONDS = 20

# The same for a table of a registry's size, which its owner reads by the command line: enough for millions of rows.
REGISTRY = {
    "FILE_BYTES": 4096 * MIB, "ROWS": 20_000_000, "COLUMNS": 10_000, "CELLS": 500_000_000, "CELL_CHARACTERS": 100_000,
    "TEXT_BYTES": 16_384 * MIB, "UNPACKED_BYTES": 8192 * MIB, "RATIO": 1000, "MEMORY_BYTES": 16_384 * MIB,
    "SECONDS": 3600,
}  # fmt: skip

# Libraries reserve memory by thread and processor; one thread keeps them small and alike everywhere.
CHILD_ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "ARROW_IO_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONIOENCODING": "utf-8",
    "PYTHONUTF8": "1",
}


def widen() -> None:
    """Gives this process, which parses a registry's table, the limits of one."""
    globals().update(REGISTRY)


def confine_this_process() -> None:
    """Limits memory, processor and wall time, and forbids files and core dumps (which would hold patients' values)."""
    signal.alarm(SECONDS + 1)  # the parent ends this process at SECONDS; this is for when the parent has died
    if sys.platform == "win32":
        return
    import resource

    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        with suppress(ValueError, OSError):  # macOS knows some of these and not others; the wall limit holds anyway
            resource.setrlimit(kind, (limit, limit))


def peak_memory() -> int:
    """The most memory that this process has held, in bytes; 0 where the system does not say.

    ``ru_maxrss`` will not do: after a fork it begins at what the parent held.
    """
    with suppress(OSError), open("/proc/self/status", encoding="ascii", errors="replace") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
