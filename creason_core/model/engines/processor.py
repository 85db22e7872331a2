"""What this computer's processor can do with a model's numbers: asked of the system, never guessed from a name.

Sixteen-bit floats (bfloat16) are quick only where the processor multiplies them itself. Elsewhere every step is
emulated, and float32 begins to answer several times sooner (``docs/bench.md``).

Windows says nothing of AVX-512-BF16 or AMX: there a processor passes for one without, and float32 is right and slower.
"""

import ctypes
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

Precision = Literal["bfloat16", "float32"]

# What matters here, by the names that Linux uses; the two of ARM's that say bf16 are one.
KNOWN = frozenset(
    "avx2 fma f16c avx_vnni avx512f avx512_vnni avx512_bf16 amx_tile amx_int8 amx_bf16 asimd asimddp i8mm bf16".split()
)
BFLOAT16 = frozenset("avx512_bf16 amx_bf16 bf16".split())
AVX2 = frozenset("avx2 fma f16c".split())

# A processor can be taken for a lesser one: what that has, and what holds the libraries of a child process to it.
HELD_TO: dict[str, tuple[frozenset[str], dict[str, str]]] = {
    "avx2": (AVX2, {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "CT2_FORCE_CPU_ISA": "AVX2"}),
    "avx512": (AVX2 | {"avx512f", "avx512_vnni"}, {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_VNNI"}),
}

# Of macOS: what `sysctl` says, by our names.
OF_APPLE = {"FEAT_BF16": "bf16", "FEAT_I8MM": "i8mm", "FEAT_DotProd": "asimddp", "AdvSIMD": "asimd", "neon": "asimd"}
# Of Windows: IsProcessorFeaturePresent's numbers (learn.microsoft.com, processthreadsapi.h).
OF_WINDOWS = {40: "avx2", 41: "avx512f", 29: "asimd", 43: "asimddp"}


@dataclass(frozen=True, slots=True)
class Processor:
    """What a processor has of ``KNOWN``, and the variables that hold libraries in a child process to it."""

    features: frozenset[str]
    environment: dict[str, str]

    def has(self, name: str) -> bool:
        """Whether it has a feature of ``KNOWN``. Raises ``KeyError`` for another name."""
        if name not in KNOWN:
            raise KeyError(name)
        return name in self.features

    @property
    def precision(self) -> Precision:
        """The data type that answers sooner here."""
        return "bfloat16" if self.features & BFLOAT16 else "float32"


def processor(held_to: str = "") -> Processor:
    """This computer's processor.

    Args:
        held_to: A name of ``HELD_TO``, to behave as on a lesser processor; empty: as it is.
    """
    has, environment = HELD_TO[held_to] if held_to else (KNOWN, {})
    return Processor(_asked() & has, dict(environment))


@lru_cache(maxsize=1)
def _asked() -> frozenset[str]:
    if sys.platform == "win32":
        return frozenset(
            name for number, name in OF_WINDOWS.items() if ctypes.windll.kernel32.IsProcessorFeaturePresent(number)
        )
    try:
        if sys.platform == "darwin":
            line = ["/usr/sbin/sysctl", "hw.optional", "machdep.cpu"]
            # A key that this release of macOS lacks is told on stderr; the others are given all the same.
            return of_sysctl(subprocess.run(line, capture_output=True, text=True, timeout=5, check=False).stdout)  # noqa: S603
        return of_cpuinfo(Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace"))
    except (OSError, subprocess.SubprocessError):
        return frozenset()


def of_cpuinfo(text: str) -> frozenset[str]:
    """The features that every processor in Linux's ``/proc/cpuinfo`` has (``flags`` on x86, ``Features`` on ARM)."""
    found = [
        KNOWN.intersection(words.split())
        for key, _, words in (line.partition(":") for line in text.splitlines())
        if key.strip() in {"flags", "Features"}
    ]
    return frozenset.intersection(*found) if found else frozenset()


def of_sysctl(text: str) -> frozenset[str]:
    """The features in what ``sysctl hw.optional machdep.cpu`` writes on macOS."""
    found: set[str] = set()
    for key, _, value in (line.partition(":") for line in text.splitlines()):
        last = key.rpartition(".")[2]
        if last in OF_APPLE and value.strip() == "1":
            found.add(OF_APPLE[last])
        if last in {"features", "leaf7_features"}:  # of a Mac with an Intel processor
            found |= KNOWN.intersection(value.lower().split())
    return frozenset(found)
