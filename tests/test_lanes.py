"""Lanes: what stays together, and that whoever measures time is alone."""

import fcntl
import threading
import time
from pathlib import Path

from tests.lanes import turn, unit


def shut(gate: Path) -> bool:
    """Whether somebody keeps the gate shut."""
    with gate.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_test_runs_with_its_file_or_with_its_group() -> None:
    assert unit("tests/a/test_b.py::test_c[cut@3]") == "tests/a/test_b.py"
    assert unit("tests/a/test_b.py::test_c[cut@3]@vllm") == "vllm"
    assert unit("tests/a/test_b.py::test_c@alone") == "alone"


def test_who_wants_to_be_alone_waits_for_the_others_and_is_not_overtaken(tmp_path: Path) -> None:
    ran: list[str] = []

    def run(name: str, *, alone: bool) -> None:
        with turn(tmp_path, alone=alone):
            ran.append(name)

    waiting = threading.Thread(target=run, args=("alone",), kwargs={"alone": True})
    with turn(tmp_path, alone=False):
        run("beside", alone=False)
        waiting.start()
        while not shut(tmp_path / "gate"):
            time.sleep(0.01)
        late = threading.Thread(target=run, args=("late",), kwargs={"alone": False})
        late.start()
        time.sleep(0.1)
        assert ran == ["beside"]
    waiting.join()
    late.join()
    assert ran == ["beside", "alone", "late"]
