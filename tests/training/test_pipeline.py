"""The files that make the shipped adapters: what they say to run can be run."""

import argparse
import importlib
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from creason_core.cli import main as creason
from creason_core.model.adapters.manifest import read_manifest
from creason_core.model.adapters.shipped import SHIPPED
from training.trainer.settings import Grpo, WarmStart, read_settings

ROOT = Path(__file__).parents[2]
CONFIGS = ROOT / "training" / "configs"
STAGES = {
    "creason-smollm2-grpo-7": (13, ["after-1", "after-2"]),
    "creason-smollm2-notes-4": (4, ["stage-3", "stage-4"]),
}


class _AcceptedError(Exception):
    """A command line was accepted; nothing more is done."""


@pytest.fixture(scope="module", params=STAGES)
def work(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work") / str(request.param)
    folder.mkdir()
    commands = subprocess.run(
        ["sh", str(CONFIGS / f"{request.param}.sh")],
        env=os.environ | {"DRY_RUN": "1", "WORK": str(folder), "PYTHON": "python"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    (folder / "commands").write_text(commands)
    return folder


@pytest.mark.slow  # it imports every command of training
def test_every_command_is_one_that_the_program_takes(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parse = argparse.ArgumentParser.parse_args

    def only_parse(self: argparse.ArgumentParser, *given: object) -> None:
        parse(self, *given)  # type: ignore[call-overload]
        raise _AcceptedError

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", only_parse)
    for line in (work / "commands").read_text().splitlines():
        name, *words = shlex.split(line)
        if name == "python":
            assert words[0] == "-m"
            monkeypatch.setattr(sys, "argv", words[1:])
            command = importlib.import_module(words[1]).main
        else:
            assert name == "creason"
            monkeypatch.setattr(sys, "argv", [name, *words])
            command = creason
        with pytest.raises(_AcceptedError):
            command()


def test_every_stage_has_settings_that_are_accepted_and_goes_on_from_an_earlier_one(work: Path) -> None:
    seen: list[Path] = []
    made = {path.stem for line in (work / "commands").read_text().splitlines() for path in map(Path, line.split())}
    for line in (work / "commands").read_text().splitlines():
        if " --config " not in line:
            continue
        path = Path(shlex.split(line)[-1])
        config: Grpo | WarmStart
        config = read_settings(path, Grpo) if "training.grpo" in line else read_settings(path, WarmStart)
        files = config.questions if isinstance(config, Grpo) else config.rationales
        assert {file.stem for file in files} <= made
        assert config.start is None or config.start.parent in [*seen, SHIPPED.relative_to(ROOT)]
        seen.append(config.out)
    number, last = STAGES[work.name]
    assert [out.name for out in seen][-2:] == last
    assert len(seen) == number


def test_what_is_known_of_the_last_stage_is_what_its_manifest_says(work: Path) -> None:
    name, _, version = work.name.rpartition("-")
    manifest = read_manifest(SHIPPED / name)
    config = read_settings(work / f"{STAGES[work.name][1][-1]}.yaml", WarmStart).model_dump(mode="json")
    known = ("limit", "batch", "learning_rate", "seed", "lora")
    assert manifest.title == f"{name}@{version}"
    assert {field: config[field] for field in known} == {field: manifest.settings[field] for field in known}
