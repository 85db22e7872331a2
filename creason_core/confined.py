"""A process that reads a stranger's file, held to little memory and time, and ended when it exceeds them.

Bytes go to its stdin and lines come from its stdout; it can write no file. Whoever starts it checks its lines like a
stranger's.
"""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class ProcessEnd:
    """How long a process took (seconds), and whether it was ended because its time was over."""

    seconds: float
    late: bool


def listened(command: Sequence[str], data: bytes, seconds: float, take: Callable[[bytes], bool]) -> ProcessEnd:
    """Gives ``data`` to the process ``command`` and its lines to ``take`` until that says True, or it has ended.

    A line without an end is one in the middle of which it was ended: nobody hears it.
    """
    start = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 — the callers' fixed arguments
        list(command),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a parser's complaint may quote the file
        env=CHILD_ENVIRONMENT,
    )
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    feeder = threading.Thread(target=_feed, args=(process, data), daemon=True)
    try:
        timer.start()
        feeder.start()
        assert process.stdout is not None
        for line in process.stdout:
            if not line.endswith(b"\n") or take(line):
                break
    finally:
        timer.cancel()
        process.kill()
        code = process.wait()
        feeder.join()
    return ProcessEnd(time.monotonic() - start, late.is_set() or -code in {signal.SIGXCPU, signal.SIGALRM})


def confine_this_process(memory: int, seconds: int) -> None:
    """Limits memory (bytes of address space), processor and wall time; forbids files and core dumps.

    A core dump would hold what the file holds.
    """
    signal.alarm(seconds + 1)  # the parent ends this process at ``seconds``; this is for when the parent has died
    if sys.platform == "win32":
        return
    import resource

    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
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


def _feed(process: "subprocess.Popen[bytes]", data: bytes) -> None:
    assert process.stdin is not None
    with suppress(OSError):  # it ended before it had read everything
        process.stdin.write(data)
    with suppress(OSError):
        process.stdin.close()
