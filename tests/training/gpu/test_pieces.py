"""A folder cut into pieces is joined to the same bytes, or refused."""

import json
from pathlib import Path

import pytest

from creason_core.errors import SettingsError
from training.gpu.pieces import MANIFEST, MOST, faults, join, split

LARGE = bytes(range(250)) * 10


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    folder = tmp_path / "packed"
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "weights.safetensors").write_bytes(LARGE)
    (folder / "settings.json").write_text("{}", encoding="utf-8")
    split(folder, most=999)
    return folder


def test_what_was_cut_is_joined_to_the_same_bytes(packed: Path, tmp_path: Path) -> None:
    sizes = {path.name: path.stat().st_size for path in (packed / "model").iterdir()}
    assert sizes == {
        "weights.safetensors.piece-000": 999, "weights.safetensors.piece-001": 999, "weights.safetensors.piece-002": 502
    }  # fmt: skip
    assert faults(packed) == []
    join(packed, tmp_path / "joined")
    found = {path.relative_to(tmp_path / "joined").as_posix() for path in (tmp_path / "joined").rglob("*.*")}
    assert found == {"model/weights.safetensors", "settings.json"}
    assert (tmp_path / "joined" / "model" / "weights.safetensors").read_bytes() == LARGE


def test_what_is_joined_already_stays_and_what_was_altered_since_is_joined_again(packed: Path, tmp_path: Path) -> None:
    join(packed, tmp_path)
    whole, small = tmp_path / "model" / "weights.safetensors", tmp_path / "settings.json"
    inode = small.stat().st_ino
    whole.write_bytes(LARGE[::-1])
    join(packed, tmp_path)
    assert small.stat().st_ino == inode
    assert whole.read_bytes() == LARGE


@pytest.mark.parametrize("damage", ["a byte", "missing", "swapped"])
def test_a_damaged_or_missing_piece_is_refused_by_name(packed: Path, tmp_path: Path, damage: str) -> None:
    first, second = (packed / "model" / f"weights.safetensors.piece-00{n}" for n in (0, 1))
    if damage == "a byte":
        second.write_bytes(b"\xff" + second.read_bytes()[1:])
    elif damage == "missing":
        second.unlink()
    else:
        one, other = first.read_bytes(), second.read_bytes()[::-1]
        first.write_bytes(other), second.write_bytes(one)
    said = faults(packed)
    assert any("weights.safetensors.piece-001, a piece of model/weights.safetensors, is" in line for line in said)
    with pytest.raises(SettingsError, match=r"a piece of model/weights\.safetensors, is (damaged|missing)"):
        join(packed, tmp_path / "joined")
    assert not (tmp_path / "joined" / "model" / "weights.safetensors").exists()


def test_pieces_in_another_order_than_they_were_cut_are_refused(packed: Path, tmp_path: Path) -> None:
    listed = json.loads((packed / MANIFEST).read_text(encoding="utf-8"))
    listed["files"]["model/weights.safetensors"]["pieces"].reverse()
    (packed / MANIFEST).write_text(json.dumps(listed), encoding="utf-8")
    with pytest.raises(SettingsError, match="do not make the file that was packed"):
        join(packed, tmp_path / "joined")


def test_a_list_that_leads_out_of_the_folder_is_refused(packed: Path, tmp_path: Path) -> None:
    listed = json.loads((packed / MANIFEST).read_text(encoding="utf-8"))
    listed["files"]["../escaped"] = listed["files"].pop("settings.json")
    (packed / MANIFEST).write_text(json.dumps(listed), encoding="utf-8")
    with pytest.raises(SettingsError, match="outside of its folder"):
        join(packed, tmp_path / "joined")
    assert not (tmp_path / "escaped").exists()


def test_a_folder_without_a_list_was_not_packed(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="was not packed"):
        faults(tmp_path)


def test_a_piece_is_below_sixty_megabytes() -> None:
    assert MOST < 60_000_000
