"""What an upload may cost, and how the process that parses it is held to that.

Sizes are checked before anything is parsed; whatever a file does then, the process has this much memory and time.
"""

from creason_core import confined

MIB = 1024 * 1024
MB = 1_000_000  # as browsers count an upload

FILE_BYTES = 10 * MB
ROWS = 200_000
COLUMNS = 1_000
CELLS = 2_000_000
CELL_CHARACTERS = 10_000
TEXT_BYTES = 64 * MIB  # of all cells together, as sent to the app
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


def widen() -> None:
    """Gives this process, which parses a registry's table, the limits of one."""
    globals().update(REGISTRY)


def confine_this_process() -> None:
    """Holds this process to the limits of one that parses an upload."""
    confined.confine_this_process(MEMORY_BYTES, SECONDS)
