"""What a run that was killed and goes on promises: nothing stored is lost, altered or asked again."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.evaluation.run import Progress, Wanted, evaluate
from creason_core.model.engines.base import Completion, GenerationRequest
from creason_core.model.engines.replay import Replay, scripted
from creason_core.model.engines.vllm_server import VllmServer
from creason_core.question.vectorised.table import QuestionTable

SILENT = Progress(lambda _total, _done: None, lambda _: None)
TABLES = ("results.parquet", "answers.parquet")


def command(file: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "creason_core.cli", "evaluate", str(file), *options, "--out"]


def finished(line: Sequence[str], out: Path, environment: dict[str, str]) -> None:
    subprocess.run([*line, str(out)], env=environment, check=True, capture_output=True)


def killed(line: Sequence[str], out: Path, environment: dict[str, str], *, after: int) -> bytes:
    """Kills an evaluation once ``after`` completions are stored; the whole lines that it left."""
    log = out / "completions.jsonl"
    process = subprocess.Popen([*line, str(out)], env=environment, stderr=subprocess.DEVNULL)
    while not log.exists() or log.read_bytes().count(b"\n") < after:
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.005)
    process.kill()
    process.wait()
    assert not (out / "results.parquet").exists()
    stored = log.read_bytes()
    return stored[: stored.rfind(b"\n") + 1]


def asked_once(out: Path, stored: bytes, count: int) -> None:
    """What was stored stands at the start of the log, byte for byte, and no completion stands in it twice."""
    log = (out / "completions.jsonl").read_bytes()
    assert log.startswith(stored)
    calls = [line.split(b'"call":')[0] + line.split(b'"call":')[1].split(b",")[0] for line in log.splitlines()]
    assert len(calls) == len(set(calls)) == count


def same_tables(one: Path, other: Path) -> None:
    for name in TABLES:
        assert (one / name).read_bytes() == (other / name).read_bytes()


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "CREASON_DATA_DIR": str(tmp_path / "data")}


@pytest.mark.slow
def test_a_run_killed_in_the_middle_goes_on_to_the_same_result(
    validation: QuestionTable, tmp_path: Path, environment: dict[str, str]
) -> None:
    line = command(validation.path, "--engine", "baseline:prior", "--samples", "2", "--concurrency", "4")
    finished(line, tmp_path / "whole", environment)
    stored = killed(line, tmp_path / "killed", environment, after=50)
    finished(line, tmp_path / "killed", environment)
    asked_once(tmp_path / "killed", stored, 2 * len(validation))
    same_tables(tmp_path / "whole", tmp_path / "killed")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_embedded_model_goes_on_to_the_same_result(
    model: Path, questions: QuestionTable, tmp_path: Path, environment: dict[str, str]
) -> None:
    line = command(
        questions.path,
        "--engine",
        "embedded",
        "--model",
        str(model),
        "--samples",
        "2",
        "--limit",
        "3",
        "--max-tokens",
        "8",
    )
    finished(line, tmp_path / "whole", environment)
    stored = killed(line, tmp_path / "killed", environment, after=3)
    finished(line, tmp_path / "killed", environment)
    asked_once(tmp_path / "killed", stored, 6)
    same_tables(tmp_path / "whole", tmp_path / "killed")


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_a_vllm_server_is_asked_nothing_twice(
    vllm: VllmServer, questions: QuestionTable, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Its texts depend on what else is in the batch; the tables depend on the stored texts alone."""
    environment["CREASON_VLLM_URL"] = vllm.health().where
    options = ("--engine", "vllm", "--samples", "2", "--limit", "6", "--max-tokens", "8")
    # A few at once, so that a kill finds some stored, some under way, and some to come.
    line = command(questions.path, *options, "--concurrency", "3")
    stored = killed(line, tmp_path / "killed", environment, after=4)
    finished(line, tmp_path / "killed", environment)
    asked_once(tmp_path / "killed", stored, 12)


class Listening(Replay):
    """The scripted engine, which keeps what it is asked."""

    def __init__(self) -> None:
        super().__init__(script=[scripted("so \\boxed{A}")])
        self.asked: list[GenerationRequest] = []

    def sample(self, request: GenerationRequest, n: int) -> tuple[Completion, ...]:
        self.asked.append(request)
        return super().sample(request, n)


def test_what_is_asked_and_what_is_written_depend_on_no_order(
    cohort: Cohort, questions: QuestionTable, tmp_path: Path
) -> None:
    """Half of the completions, in any order, and the other half asked later: the same requests and the same tables."""
    wanted = Wanted(questions.path, tmp_path / "whole", ("majority",), 3, 0.7, 50, 4)
    whole, rest = Listening(), Listening()
    evaluate(wanted, whole, cohort, tmp_path, SILENT)
    (tmp_path / "half").mkdir()
    lines = (tmp_path / "whole" / "completions.jsonl").read_bytes().splitlines(keepends=True)
    random.Random(0).shuffle(lines)
    (tmp_path / "half" / "completions.jsonl").write_bytes(b"".join(lines[: len(lines) // 2]))
    (tmp_path / "half" / "run.json").write_bytes((tmp_path / "whole" / "run.json").read_bytes())
    evaluate(replace(wanted, folder=tmp_path / "half", concurrency=1), rest, cohort, tmp_path, SILENT)
    assert len(rest.asked) == len(whole.asked) - len(lines) // 2
    assert set(rest.asked) < set(whole.asked)
    assert len(set(whole.asked)) == len(whole.asked)
    same_tables(tmp_path / "whole", tmp_path / "half")
