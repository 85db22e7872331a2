"""What the program keeps is readable by its owner only: when it is made, after a start, and in doctor's words."""

import os
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import Timeout

from creason_core import doctor
from creason_core.cli import main
from creason_core.private import OURS, made_private, mend, open_to_others, private_folder, private_lock
from creason_core.settings import Settings, child_environment
from creason_core.settings import settings as settings_of
from creason_core.store.upkeep.database import open_store

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="a system without such rights")


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """As most systems have it: everybody may read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def open_folder(data: Path) -> Path:
    """A data folder as an earlier version left it."""
    for name in ("cohorts/mine", "models/small", "evaluations", "calibration", "backups", "adapters"):
        (data / name).mkdir(parents=True)
        (data / name / "file.json").write_text("{}", encoding="utf-8")
    for name in ("creason.db-wal", "creason.db-shm"):
        (data / name).write_bytes(b"")
    return data


def loose(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in [folder, *folder.rglob("*")] if path.stat().st_mode & 0o077)


def test_a_folder_and_those_missing_above_it_are_made_for_their_owner(tmp_path: Path) -> None:
    private_folder(tmp_path / "data" / "models")
    assert [rights(tmp_path / "data"), rights(tmp_path / "data" / "models")] == ["0o700", "0o700"]


def test_what_an_earlier_version_left_open_is_closed_and_nothing_else(tmp_path: Path) -> None:
    data = open_folder(tmp_path / "data")
    (data / "notes.txt").write_text("of the user's own", encoding="utf-8")
    outside = tmp_path / "outside.txt"
    outside.write_text("x", encoding="utf-8")
    (data / "models" / "link").symlink_to(outside)
    assert (
        mend(data)
        == len({data}) + 2 + sum(1 for top in data.iterdir() if top.is_dir() for _ in (top, *top.rglob("*"))) - 1
    )
    assert open_to_others(data) == ()
    assert rights(data / "cohorts" / "mine" / "file.json") == "0o600"
    assert [rights(data / "notes.txt"), rights(outside)] == ["0o644", "0o644"]


@pytest.mark.parametrize(
    "name",
    [
        *("-wal", "-shm", "-journal", ".lock", ".new", ".new-journal"),
        *(".before-restore-20260101T000000Z", ".before-restore-20260101T000000Z-wal"),
    ],
)
def test_whatever_holds_or_held_the_database_is_closed_beside_it(tmp_path: Path, name: str) -> None:
    for base in (tmp_path / "data" / "creason.db", tmp_path / "away" / "of[mine].db"):
        base.parent.mkdir(exist_ok=True)
        made = (base.with_name(base.name + name), base.with_name(".restoring-abc.db"), base.with_name("of[mine].dbx"))
        for place in made:
            place.write_bytes(b"")
        mend(tmp_path / "data", base)
        assert [rights(place) for place in made] == ["0o600", "0o600", "0o644"]


def test_links_to_the_data_and_the_database_close_what_they_lead_to_and_nothing_is_told_for_ever(
    tmp_path: Path,
) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "real.db").write_bytes(b"")
    (tmp_path / "data").symlink_to(tmp_path / "disk")
    (tmp_path / "disk" / "creason.db").symlink_to(tmp_path / "real.db")
    (tmp_path / "others").write_bytes(b"")
    (tmp_path / "disk" / "creason.db.lock").symlink_to(tmp_path / "others")
    assert mend(tmp_path / "data") == 2
    assert open_to_others(tmp_path / "data") == ()
    assert [rights(tmp_path / name) for name in ("disk", "real.db", "others")] == ["0o700", "0o600", "0o644"]


def test_every_folder_that_the_program_keeps_in_its_data_folder_is_known_as_its_own() -> None:
    """By the sources: ``data_dir / "name"``, ``FOLDER`` of the module that says so, or that of ``FigureFiles``."""
    root, kept = Path(__file__).parents[1], set()
    for path in [*(root / "creason_core").rglob("*.py"), *(root / "pages").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        kept |= set(re.findall(r"data_dir / f?[\"']([\w.-]+)", text))
        kept |= set(re.findall(r"^FOLDER = \"([\w-]+)\"", text, re.MULTILINE))
        kept |= set(re.findall(r"FigureFiles\(\w+, \"([\w-]+)\"", text))
    assert {"predictions", "demo", "second-opinions"} <= kept
    assert kept - {"creason.db"} <= set(OURS)


# Started by the program, with its rights; or without a patient: weights (closed as they are made), public data.
CHILDREN = {"embedded_worker.py", "child.py", "weights_convert.py", "run_with_parent.py", "serve.py", "make.py"}


def test_every_command_that_a_person_types_writes_for_its_owner_only() -> None:
    root = Path(__file__).parents[1]
    commands = [
        path
        for top in ("creason_core", "training")
        for path in (root / top).rglob("*.py")
        if "__main__" in path.read_text(encoding="utf-8") and path.name not in CHILDREN
    ]
    assert {"cli.py", "kto.py", "gate.py", "rejection_sampling.py"} <= {path.name for path in commands}
    texts = {path: path.read_text(encoding="utf-8") for path in commands}
    open_ = [
        path.name for path, text in texts.items() if not re.search(r"^    from_now_on\(\)$|run_recipe\(", text, re.M)
    ]
    assert open_ == []
    assert "    from_now_on()" in (root / "training" / "trainer" / "command.py").read_text(encoding="utf-8")


def test_a_runnable_file_stays_runnable_for_its_owner(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("", encoding="utf-8")
    (tmp_path / "run").chmod(0o755)
    assert rights(made_private(tmp_path / "run")) == "0o700"


def test_opening_the_database_closes_the_folder_the_file_and_its_journals(tmp_path: Path) -> None:
    data, url = tmp_path / "data", f"sqlite:///{tmp_path / 'elsewhere.db'}"
    open_store(url, data).close()
    (tmp_path / "elsewhere.db").chmod(0o644)
    data.chmod(0o755)
    store = open_store(url, data)
    try:
        with store.read() as connection:
            connection.exec_driver_sql("SELECT 1")
        kept = [path for path in tmp_path.iterdir() if path.name.startswith("elsewhere.db")]
        assert {rights(path) for path in kept} == {"0o600"}
        assert rights(data) == "0o700"
    finally:
        store.close()


def test_any_command_closes_what_was_open_and_doctor_tells_it_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = open_folder(tmp_path / "data")
    for journal in data.glob("creason.db-*"):
        journal.unlink()
    monkeypatch.setenv("CREASON_DATA_DIR", str(data))
    settings_of.cache_clear()
    main(["doctor"])
    assert "other users of this computer may read or change" in capsys.readouterr().out
    assert "cohorts/mine/file.json" in loose(data)
    main(["model", "list"])
    assert loose(data) == []
    settings_of.cache_clear()
    assert doctor.privacy(Settings(data_dir=data)).status == "good"


def test_what_a_command_writes_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("x,y\n" + "".join(f"{n},{n * n % 17}\n" for n in range(60)), encoding="utf-8")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "creason_core.cli",
            "codebook",
            "infer",
            str(table),
            "--out",
            str(tmp_path / "new" / "b.yaml"),
        ],
        check=True,
        capture_output=True,
        env=child_environment(CREASON_DATA_DIR=str(tmp_path / "data")),
    )
    assert [rights(tmp_path / "new"), rights(tmp_path / "new" / "b.yaml")] == ["0o700", "0o600"]


HOLDER = """
import sys, time
from pathlib import Path
from creason_core.private import private_lock
held = private_lock(Path(sys.argv[1]))
held.acquire()
print("held", flush=True)
time.sleep(60)
"""


def test_a_lock_is_dropped_when_its_holder_is_killed_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "app.lock"
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    with pytest.raises(Timeout):
        private_lock(path).acquire()
    child.kill()  # SIGKILL: nothing of the child runs any more
    child.wait()
    child.stdout.close()
    with private_lock(path):
        pass
    assert path.exists()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_lock_in_this_process_is_held_against_the_same_process_and_given_back_by_any_thread(tmp_path: Path) -> None:
    held = private_lock(tmp_path / "app.lock")
    held.acquire()
    with pytest.raises(Timeout):
        private_lock(tmp_path / "app.lock", wait=0.1).acquire()
    giving_back = threading.Thread(target=held.release)
    giving_back.start()
    giving_back.join()
    with private_lock(tmp_path / "app.lock"):
        pass
