"""Only an adapter whose every file is what it was is accepted, and its results may be added later."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from creason_core.errors import WeightsError
from creason_core.model.adapters import shipped
from creason_core.model.adapters.manifest import CONFIG, WEIGHTS, read_adapter, write_manifest
from creason_core.model.adapters.shipped import find_shipped, shipped_folders
from tests.model.adapters.folders import MEASURED, make_adapter, make_base


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_adapter(tmp_path / "adapter", make_base(tmp_path / "models").folder).folder


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def test_an_untouched_adapter_is_read_and_named(folder: Path) -> None:
    found = read_adapter(folder).manifest
    assert found.title == "small@1"
    assert set(found.files) == {WEIGHTS, CONFIG}
    assert len(found.hash) == 64


def test_results_that_are_added_later_do_not_make_it_another_adapter(folder: Path) -> None:
    before = read_adapter(folder).manifest
    after = write_manifest(folder, before.model_copy(update={"results": (MEASURED,)})).manifest
    assert after.results == (MEASURED,)
    assert after.hash == before.hash


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "weights altered": (lambda at: flip(at / WEIGHTS), r"adapter_model\.safetensors is not the file"),
    "configuration altered": (lambda at: (at / CONFIG).write_text("{}"), r"adapter_config\.json is not the file"),
    "weights missing": (lambda at: (at / WEIGHTS).unlink(), "holds no safetensors"),
    "configuration missing": (lambda at: (at / CONFIG).unlink(), r"adapter_config\.json is missing"),
    "manifest missing": (lambda at: (at / "manifest.json").unlink(), "There is no adapter at"),
    "manifest cut off": (lambda at: os.truncate(at / "manifest.json", 40), "is no manifest of an adapter"),
    "manifest of a model": (
        lambda at: (at / "manifest.json").write_text('{"manifest": 1, "model": "m"}'),
        "no manifest",
    ),
    "a file more": (lambda at: (at / "notes.txt").write_text("hello"), r"notes\.txt is not listed"),
    "a pickle": (lambda at: (at / "training_args.bin").write_bytes(b"\x80"), "no pickled weights"),
    "a link": (lambda at: (at / "more.safetensors").symlink_to(at / WEIGHTS), "is not accepted"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_refused_with_what_to_do(folder: Path, kind: str) -> None:
    damage, words = DAMAGE[kind]
    damage(folder)
    with pytest.raises(WeightsError, match=words) as refused:
        read_adapter(folder)
    assert "creason model use base" in refused.value.remedy


FOREIGN: dict[str, tuple[Callable[[Path], object], str]] = {
    "as TRL leaves it": (lambda at: touch(at, CONFIG, WEIGHTS), "as training left it.*Pack it first.*training.json"),
    "as our training leaves it": (
        lambda at: touch(at, CONFIG, WEIGHTS, "training.json"),
        "Pack it first.*version 1. Or",
    ),
    "pickled": (lambda at: touch(at, CONFIG, "adapter_model.bin"), "are a pickle .*safe_serialization=True"),
    "without weights": (lambda at: touch(at, CONFIG), r"weights \(adapter_model.safetensors\) and manifest.json are"),
    "without its configuration": (lambda at: touch(at, WEIGHTS), "adapter_config.json and manifest.json are missing"),
    "checkpoints": (
        lambda at: touch(at, *(f"checkpoint-{step}/{name}" for step in (500, 1000) for name in (CONFIG, WEIGHTS))),
        r"folders inside \(checkpoint-500, checkpoint-1000\)",
    ),
    "a whole model": (lambda at: touch(at, "config.json", "model.safetensors"), "whole model and no adapter"),
    "empty": (lambda at: None, "manifest.json is missing"),
    "not there": (lambda at: at.rmdir(), "the folder is not there"),
}


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("{}")


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_folder_of_another_trainer_is_told_what_it_lacks(tmp_path: Path, kind: str) -> None:
    make, words = FOREIGN[kind]
    given = tmp_path / "given"
    given.mkdir()
    make(given)
    with pytest.raises(WeightsError, match=words):
        read_adapter(given)


def test_a_name_that_would_leave_the_folder_is_refused(folder: Path) -> None:
    said = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(said | {"version": "../../etc"}))
    with pytest.raises(WeightsError, match="version: String should match"):
        read_adapter(folder)


def test_what_ships_is_found_whole_and_small_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (shipped_folders(tmp_path), find_shipped(tmp_path)) == ((), ())
    base = make_base(tmp_path / "models").folder
    third, second, first = (make_adapter(tmp_path / name, base) for name in ("small", "a-small", shipped.ANSWERS))
    assert find_shipped(tmp_path) == (first, second, third)
    monkeypatch.setattr(shipped, "MAX_BYTES", 10)
    with pytest.raises(WeightsError, match="at most 0 MB"):
        find_shipped(tmp_path)


def test_what_ships_with_the_program_is_whole() -> None:
    assert find_shipped()[0].manifest.name == shipped.ANSWERS
