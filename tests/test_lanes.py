"""Lanes: what stays together, and that whoever measures time is alone."""

import fcntl
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.lanes import Beside, turn, unit

ROOT = Path(__file__).parents[1]


def shut(gate: Path) -> bool:
    """Whether somebody keeps the gate shut."""
    with gate.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_test_runs_with_its_file_or_with_its_unit() -> None:
    named = {"tests/a/test_b.py::test_d": "alone"}
    assert unit("tests/a/test_b.py::test_c[cut@3]", named) == "tests/a/test_b.py"
    assert unit("tests/a/test_b.py::test_d", named) == "alone"


def test_who_wants_to_be_alone_waits_for_the_others_and_is_not_overtaken(tmp_path: Path) -> None:
    ran: list[str] = []

    def run(name: str, kind: Beside) -> None:
        with turn(tmp_path, kind):
            ran.append(name)

    kinds: tuple[Beside, ...] = ("any", "quiet")
    for kind in kinds:
        ran.clear()
        waiting = threading.Thread(target=run, args=("alone", "alone"))
        with turn(tmp_path, kind):
            run("beside", kind)
            waiting.start()
            while not shut(tmp_path / "gate"):
                time.sleep(0.01)
            late = threading.Thread(target=run, args=("late", kind))
            late.start()
            time.sleep(0.1)
            assert ran == ["beside"]
        waiting.join()
        late.join()
        assert ran == ["beside", "alone", "late"]


@pytest.mark.parametrize(("one", "other"), [("any", "quiet"), ("quiet", "any"), ("alone", "quiet"), ("alone", "any")])
def test_who_lets_time_pass_and_who_works_wait_for_one_another(tmp_path: Path, one: Beside, other: Beside) -> None:
    ran: list[str] = []

    def run() -> None:
        with turn(tmp_path, other):
            ran.append(other)

    waiting = threading.Thread(target=run)
    with turn(tmp_path, one):
        waiting.start()
        time.sleep(0.1)
        assert ran == []
    waiting.join()
    assert ran == [other]


def test_what_measures_time_comes_last_and_in_one_lane_whatever_its_file(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / f"test_{name}.py").write_text(
            "import pytest\n@pytest.mark.alone\ndef test_time(): pass\ndef test_a(): pass\ndef test_b(): pass\n"
            "@pytest.mark.quiet\ndef test_wait(): pass\n"
        )
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  alone\n  quiet\n  unit\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    line = [sys.executable, "-m", "pytest", "-p", "tests.lanes", "-n", "2", "--dist", "loadgroup", "-v", "."]
    ran = subprocess.run(
        line, cwd=tmp_path, env={**environment, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True, text=True
    ).stdout
    by_lane: dict[str, list[str]] = {"gw0": [], "gw1": []}
    for lane, name in re.findall(r"\[(gw\d)\] .*PASSED (test_\w+\.py::test_\w+)", ran):
        by_lane[lane].append(name)
    assert sum(map(len, by_lane.values())) == 8
    for names in by_lane.values():
        late = [name.endswith(("time", "wait")) for name in names]
        assert late == sorted(late), names
    measuring = ["test_first.py::test_time", "test_second.py::test_time"]
    assert measuring in [names[-2:] for names in by_lane.values()], by_lane
