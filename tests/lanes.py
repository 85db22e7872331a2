"""Several lanes of tests at once (``pytest -n 2 --dist loadgroup``): what stays together, what goes first, what waits.

A file is one unit: one lane runs it from end to end, and what its fixtures start is started once; tests marked ``unit``
are one by its name. What several units need and is too costly to start in each is shared (``tests/shared.py``). While a
test marked ``alone`` runs, which measures time, the other lanes wait; such tests are one unit, and come last: among the
others each would first wait for whatever the other lanes are at, which may take minutes. Before them come those marked
``quiet``, which measure time as well but mostly let it pass: beside them only others of their kind run. A run without
``-n`` knows none of this.
"""

import fcntl
import json
import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.shared import end_all, folder

# One unit, since what they import takes a lane a quarter of a minute, and a gigabyte. By how a test's id begins.
WITH_PYTORCH = ("tests/training/", "tests/model/adapters/", "tests/model/engines/test_graph")

# Begun first, longest first, so that no lane ends long after the other: what a run says at its end of the seconds that
# files took (tests/lane_seconds.py). By how a test's id begins.
LONGEST = (
    "tests/browser/test_output_safety",
    *WITH_PYTORCH,
    "tests/browser/test_accessibility",
    "tests/browser/test_explore",
    "tests/browser/test_demo",
    "tests/model/engines/test_contract",  # needs vLLM, which has begun by then what takes it two minutes: its start
    "tests/evaluation/test_resuming",
    "tests/faults/test_kills",
    "tests/browser/test_journey",
    "tests/model/engines/test_embedded",
    "tests/faults/",
    "tests/browser/",
    "tests/evaluation/test_vllm",
    "tests/cohort/leakage/",
    "tests/question/vectorised/",
    "tests/runs/",
    "tests/pages/",
)

Beside = Literal["any", "quiet", "alone"]

IN_A_LANE = "PYTEST_XDIST_WORKER" in os.environ
if IN_A_LANE:  # OpenMP threads that spin while they wait would hold the other lanes up
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def unit(test: str, named: Mapping[str, str]) -> str:
    """What ``test`` (its id) runs together with: the unit that ``named`` has for it, or its file."""
    return named.get(test) or test.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Any:
    """Gives out whole units, in the order of the collection."""
    if config.getoption("dist") != "loadgroup":
        return None
    from xdist.scheduler.loadscope import LoadScopeScheduling  # type: ignore[import-untyped]

    config.option.loadscopereorder = False
    scheduler = LoadScopeScheduling(config, log)
    units = _units(config)

    @cache
    def named() -> Mapping[str, str]:  # asked for when the lanes have collected
        found: Mapping[str, str] = json.loads(units.read_text(encoding="utf-8"))
        return found

    scheduler._split_scope = lambda test: unit(test, named())
    return scheduler


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first; what measures time last, and what works at that in one lane.

    Which unit a test belongs to is left in a file, since the process that gives units out knows no marks: xdist would
    put it into the test's id, which pytest 9.2 does not let it change any more, and says nothing.
    """
    if not IN_A_LANE:
        return
    named: dict[str, str] = {}

    def place(item: pytest.Item) -> int:
        kind = beside(item)
        if kind == "alone":
            named[item.nodeid] = "alone"
            return len(LONGEST) + 2
        if kind == "quiet":
            named[item.nodeid] = f"quiet in {item.nodeid.partition('::')[0]}"
            return len(LONGEST) + 1
        if item.nodeid.startswith(WITH_PYTORCH):
            named[item.nodeid] = "with PyTorch"
        elif marker := item.get_closest_marker("unit"):
            named[item.nodeid] = marker.args[0]
        return next((n for n, start in enumerate(LONGEST) if item.nodeid.startswith(start)), len(LONGEST))

    items.sort(key=place)
    units = _units(config)
    own = units.with_suffix(f".{os.getpid()}")
    own.write_text(json.dumps(named), encoding="utf-8")
    own.replace(units)  # every lane writes the same


def _units(config: pytest.Config) -> Path:
    """Where the lanes leave which unit a test belongs to, by its id; for those that are not units with their file."""
    factory: pytest.TempPathFactory = config._tmp_path_factory  # type: ignore[attr-defined]
    return folder(factory) / "units"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Ends what the lanes shared, once every lane is done."""
    factory = getattr(session.config, "_tmp_path_factory", None)
    if factory is not None and not IN_A_LANE:
        end_all(folder(factory))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Runs a test when the other lanes allow it. Waiting is not counted as the test's own time."""
    if not IN_A_LANE:
        return (yield)
    assert item.config.cache is not None
    with turn(item.config.cache.mkdir("lanes"), beside(item)):
        return (yield)


def beside(item: pytest.Item) -> Beside:
    """Beside whom a test may run."""
    return "alone" if item.get_closest_marker("alone") else "quiet" if item.get_closest_marker("quiet") else "any"


@contextmanager
def turn(folder: Path, kind: Beside) -> Iterator[None]:
    """Lets tests of one kind in together, and who is alone by itself.

    Who waits for the other kind to end keeps the gate shut, so that nobody overtakes; who is alone, until the end.
    """
    with ExitStack() as files:
        gate, quiet, working = (files.enter_context((folder / name).open("w")) for name in ("gate", "quiet", "working"))
        own, others = (quiet, working) if kind == "quiet" else (working, quiet)
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(others, fcntl.LOCK_EX)
        if kind == "alone":
            fcntl.flock(own, fcntl.LOCK_EX)
        else:
            fcntl.flock(others, fcntl.LOCK_UN)
            fcntl.flock(own, fcntl.LOCK_SH)
            fcntl.flock(gate, fcntl.LOCK_UN)
        try:
            yield
        finally:  # said and not left to closing: a process that a test forked may still hold the files
            for held in (own, others, gate):
                fcntl.flock(held, fcntl.LOCK_UN)
