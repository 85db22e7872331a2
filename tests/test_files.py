"""A file is there whole or as it was, whatever happens while it is written."""

import hashlib
import os
import stat
import time
from pathlib import Path

import pytest

from creason_core.files import is_partial, sha256, whole_file, write_whole


def test_a_file_that_was_begun_and_not_finished_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    write_whole(path, "old\n")
    with pytest.raises(ZeroDivisionError):
        _half(path)
    assert [one.name for one in tmp_path.iterdir()] == ["figures.json"]
    assert path.read_text() == "old\n"


def _half(path: Path) -> None:
    with whole_file(path) as partial:
        partial.write_text("half of it")
        assert is_partial(partial)
        assert path.read_text() == "old\n"
        partial.write_text(str(1 / 0))


def test_two_that_write_the_same_file_do_not_write_into_each_other(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    with whole_file(path) as one, whole_file(path) as other:
        one.write_text("first")
        other.write_text("second")
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


def test_only_the_owner_reads_what_was_written_and_old_leftovers_are_gone(tmp_path: Path) -> None:
    path = tmp_path / "rows[1].parquet"
    (tmp_path / ".rows[1].parquet.abc.partial").write_bytes(b"from a process that was killed")
    os.utime(tmp_path / ".rows[1].parquet.abc.partial", (0, time.time() - 100_000))
    (tmp_path / ".rows[1].parquet.def.partial").write_bytes(b"from one that may still write")
    write_whole(path, "é")
    assert sorted(one.name for one in tmp_path.iterdir()) == [".rows[1].parquet.def.partial", "rows[1].parquet"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sha256(path) == hashlib.sha256("é".encode()).hexdigest()
