"""The measurements of GRPO say what they count, and go through on a tiny model."""

import os
import signal
from pathlib import Path

import pytest

from creason_core.errors import SettingsError
from creason_core.model.engines.weights import model_folder
from creason_core.settings import settings
from tests.bench import training_bench as bench
from tests.training.boxing import make_boxing
from training.trainer.weights import load_tokenizer


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_boxing(tmp_path_factory.mktemp("bench") / "boxing", load_tokenizer(str(model_folder(settings()))))


def test_the_first_step_warms_up_and_counts_for_nothing() -> None:
    found = bench.Measured(steps=[9.0, 1.0, 3.0, 2.0], writing=[9.0, 1.0, 1.0], tokens=[100, 10, 30])
    assert (found.step, found.rate) == (2.0, 20.0)


@pytest.mark.slow
def test_a_report_has_a_line_for_every_run(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "GROUPS", ())
    monkeypatch.setattr(bench, "LENGTHS", (2,))
    monkeypatch.setattr(bench, "GROUP", 2)
    monkeypatch.setattr(bench, "measured", bench.measure)  # in this process: the test below starts one
    lines = list(bench.report(("transformers",), str(model), 1, tmp_path))
    written = next(line for line in lines if line.startswith("transformers"))
    assert written.split()[2::2] == ["1.00", "1.00", "–"]  # the ratios to itself; nothing to be apart from
    assert sum("s/step, " in line for line in lines) == 2  # a length, and prompts that are read once
    assert "torch" in lines[1]


def killed(*_: object) -> None:
    """What the system does to a process that takes too much memory."""
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow
def test_a_run_that_the_system_ends_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "measure", killed)
    with pytest.raises(SettingsError, match="want of memory"):
        bench.measured(None, None, None)  # type: ignore[arg-type]
