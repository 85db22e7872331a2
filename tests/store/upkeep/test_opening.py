"""What is refused at start, in words; whatever was there is as it was."""

import re
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from creason_core.errors import StoreError
from creason_core.store.patients.cases import recent_cases
from creason_core.store.sql.sqlite import journal_mode
from creason_core.store.upkeep.database import open_store
from creason_core.store.upkeep.state import describe
from tests.store.cluster import Cluster, free_port
from tests.store.examples import USER, saved_case


@pytest.fixture(autouse=True)
def copied_databases() -> None:
    """They are made here as they are for a user."""


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def refusal(url: str, folder: Path) -> StoreError:
    with pytest.raises(StoreError) as raised:
        open_store(url, folder)
    return raised.value


def test_the_first_start_makes_a_database_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    db = open_store(sqlite_url(folder / "creason.db"), folder)
    saved_case(db)
    db.close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert sorted(path.name for path in folder.iterdir()) == ["creason.db", "creason.db.lock"]


def test_a_second_start_finds_everything(tmp_path: Path) -> None:
    first = open_store(sqlite_url(tmp_path / "creason.db"), tmp_path)
    saved = saved_case(first)
    first.close()
    again = open_store(sqlite_url(tmp_path / "creason.db"), tmp_path)
    assert recent_cases(again, USER) == (saved,)
    again.close()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", r"is empty \(0 bytes\)"),
        (b"name,lactate\nann,4.2\n" * 20, "is not an SQLite database"),
        (bytes(range(100)), "is not an SQLite database"),
        (b"SQLite format 3\0" + bytes(range(256)) * 16, "damaged|not a database"),
    ],
)
def test_what_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "creason.db"
    path.write_bytes(content)
    error = refusal(sqlite_url(path), tmp_path)
    assert error.kind == "corrupt"
    assert str(path) in str(error)
    assert re.search(words, str(error))
    assert path.read_bytes() == content


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
def test_a_cut_off_database_is_refused_and_left_alone(tmp_path: Path, keep: float) -> None:
    path = tmp_path / "creason.db"
    db = open_store(sqlite_url(path), tmp_path)
    for k in range(200):
        saved_case(db, idem=str(k))
    db.close()
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    error = refusal(sqlite_url(path), tmp_path)
    assert error.kind == "corrupt"
    assert "Restore the newest backup" in error.remedy
    assert path.read_bytes() == whole[: int(len(whole) * keep)]


def test_a_database_whose_journal_outlived_it_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "creason.db-wal").write_bytes(b"x" * 100)
    error = refusal(sqlite_url(tmp_path / "creason.db"), tmp_path)
    assert (error.kind, (tmp_path / "creason.db").exists()) == ("missing", False)


def test_another_program_s_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE photos (name TEXT)")
    connection.close()
    before = path.read_bytes()
    error = refusal(sqlite_url(path), tmp_path)
    assert error.kind == "invalid"
    assert "tables of another program (photos)" in error.message
    assert path.read_bytes() == before


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "no url", ""])
def test_an_address_that_cannot_be_used_is_refused(tmp_path: Path, url: str) -> None:
    assert refusal(url, tmp_path).kind == "invalid"


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    error = refusal(sqlite_url(tmp_path / "elsewhere" / "creason.db"), tmp_path / "data")
    assert (error.kind, str(tmp_path / "elsewhere") in error.message) == ("missing", True)


def test_a_half_made_database_of_a_crashed_first_start_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "creason.db.new").write_bytes(b"SQLite format 3\0half")
    open_store(sqlite_url(tmp_path / "creason.db"), tmp_path).close()
    assert not (tmp_path / "creason.db.new").exists()


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_read_only_place_is_refused_with_the_command_that_helps(tmp_path: Path, what: str) -> None:
    """In a process without root's power to write everywhere."""
    folder = tmp_path / "data"
    path = folder / "creason.db"
    open_store(sqlite_url(path), folder).close()
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from creason_core.errors import StoreError\n"
        "from creason_core.store.upkeep.database import open_store\n"
        "path, target = Path(sys.argv[1]), Path(sys.argv[2])\n"
        "target.chmod(0o555 if target.is_dir() else 0o444)\n"
        "if os.geteuid() == 0:\n"
        "    for item in (path.parent, *path.parent.iterdir()):\n"
        "        os.chown(item, 65534, 65534)\n"
        "    for item in path.parents:\n"
        "        if item.stat().st_uid == 0 and str(item).startswith(sys.argv[3]):\n"
        "            item.chmod(0o755)\n"
        "    os.setuid(65534)\n"
        "try:\n"
        "    open_store(f'sqlite:///{path}', path.parent)\n"
        "except StoreError as error:\n"
        "    print(error.kind, error)\n"
    )
    target = path if what == "file" else folder
    base = str(Path(*tmp_path.parts[:3]))
    ran = subprocess.run(
        [sys.executable, "-c", program, path, target, base], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.startswith("read_only")
    assert f"chmod u+{'rw' if what == 'file' else 'wx'} '{target}'" in ran.stdout


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "DELETE"),
        ((3, 44, 5), "DELETE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 0), "DELETE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 2), "DELETE"),
        ((3, 51, 3), "WAL"),
        ((3, 53, 4), "WAL"),
    ],
)
def test_a_write_ahead_log_is_used_only_where_sqlite_keeps_every_row_with_it(
    version: tuple[int, int, int], mode: str
) -> None:
    assert journal_mode(version) == mode


def test_without_the_fixed_sqlite_the_journal_follows_python_s_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("creason_core.store.sql.sqlite.sqlite_module", lambda: sqlite3)
    db = open_store(sqlite_url(tmp_path / "creason.db"), tmp_path)
    saved = saved_case(db)
    facts = describe(db)
    assert facts.version == sqlite3.sqlite_version
    assert facts.journal_mode == journal_mode(sqlite3.sqlite_version_info)
    assert bool(facts.warnings) == (facts.journal_mode == "DELETE")
    assert recent_cases(db, USER) == (saved,)
    db.close()


def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    error = refusal(f"postgresql://ann:secret@127.0.0.1:{free_port()}/creason", tmp_path)
    assert error.kind == "unreachable"
    assert error.retryable
    assert "127.0.0.1" in error.message
    assert "secret" not in str(error)


def test_a_missing_driver_is_named_with_the_line_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    error = refusal("postgresql://127.0.0.1/creason", tmp_path)
    assert (error.kind, error.remedy) == ("missing", "pip install 'creason[postgres]'")


@pytest.mark.slow
def test_a_postgresql_database_that_does_not_exist_is_named(cluster: Cluster, tmp_path: Path) -> None:
    error = refusal(cluster.url("nowhere"), tmp_path)
    assert 'database "nowhere" does not exist' in error.message


@pytest.mark.slow
def test_another_program_s_postgresql_tables_of_the_same_name_are_left_alone(cluster: Cluster, tmp_path: Path) -> None:
    import psycopg

    url = cluster.create("taken")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE cases (id int)")
    error = refusal(url, tmp_path)
    assert (error.kind, "(cases)" in error.message) == ("invalid", True)
