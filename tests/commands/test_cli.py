"""The command line: exit codes, and expected failures told in words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from creason_core.cli import main
from creason_core.settings import settings
from creason_core.store import audit
from creason_core.store.upkeep.backup import make_backup
from creason_core.store.upkeep.database import Database, open_store


def test_help_names_every_group_and_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert [name for name in ("model", "doctor", "audit") if name not in said] == []


@pytest.mark.parametrize("arguments", [[], ["model"], ["model", "fly"], ["doctor", "--yaml"]])
def test_a_usage_error_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_a_missing_model_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "check"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    folder = settings().models_dir / "SmolLM2-135M-Instruct"
    assert err == (
        f"creason: The model SmolLM2-135M-Instruct is not at {folder}. Run `creason model pull` to bring a good copy.\n"
    )


def test_a_wrong_setting_is_told_in_words_without_a_traceback(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "creason_core.cli", "model", "check"],
        env=os.environ | {"CREASON_MAX_TOKENS": "many"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("creason: These settings are not accepted: CREASON_MAX_TOKENS = 'many'")
    assert "Traceback" not in ended.stderr


def test_an_untouched_audit_log_is_said_to_be_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify"]) == 1
    assert "There is no database at" in capsys.readouterr().err  # and none was made to be found whole
    open_store(settings().database, settings().data_dir).close()
    assert main(["audit", "verify"]) == 0
    assert capsys.readouterr().out.startswith("The audit log is whole: 1 entries.\n  *program*: entry 1, ")


def test_an_altered_audit_entry_is_found_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    store = open_store(settings().database, settings().data_dir)
    with store.write() as connection:
        for trigger in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars():
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        connection.execute(sa.text("UPDATE audit SET action = 'nothing'"))
    store.close()
    assert main(["audit", "verify"]) == 1
    assert capsys.readouterr().err.startswith(
        "The audit log was altered: entry 1 of *program* was changed after it was written."
    )


def _tampered(*statements: str) -> None:
    """Somebody takes the triggers away, does something, and makes them again."""
    store = open_store(settings().database, settings().data_dir)
    with store.write() as connection:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        for name, sql in connection.exec_driver_sql(query).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
            statements = (*statements, sql)
        for statement in statements:
            connection.exec_driver_sql(statement)
    store.close()


def _noted(store: Database, *actors: str) -> None:
    with store.write() as connection:
        for actor in actors:
            audit.append(connection, actor, audit.Event("case save", "case", "1"))


def test_a_log_that_was_cut_off_or_written_anew_shows_against_heads_noted_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(settings().database, settings().data_dir)
    _noted(store, "ann", "ann", "ben")
    make_backup(store, tmp_path / "copy.db")
    assert main(["audit", "verify"]) == 0
    heads = tmp_path / "heads.txt"
    heads.write_text(capsys.readouterr().out, encoding="utf-8-sig")  # as editors of Windows save it
    (ann,) = [line for line in heads.read_text().splitlines() if line.startswith("  ann: entry 2")]
    _noted(store, "ann")
    store.close()
    for known in (["--head", ann], ["--heads", str(heads)], ["--heads", str(tmp_path / "copy.db.json")]):
        assert main(["audit", "verify", *known]) == 0
    assert "The audit log is whole: 8 entries; 3 heads noted elsewhere are in it." in capsys.readouterr().out

    _tampered("DELETE FROM audit WHERE actor = 'ann' AND seq > 1")  # cut off
    assert main(["audit", "verify"]) == 0
    for known in (["--head", ann], ["--heads", str(heads)], ["--heads", str(tmp_path / "copy.db.json")]):
        assert main(["audit", "verify", *known]) == 1
        assert "entry 2 of ann, noted elsewhere, is gone" in capsys.readouterr().err

    _tampered("DELETE FROM audit")  # written anew: as long, and whole in itself
    store = open_store(settings().database, settings().data_dir)
    _noted(store, "ann", "ann", "ben")
    store.close()
    assert main(["audit", "verify"]) == 0
    assert main(["audit", "verify", "--head", ann]) == 1
    assert "entry 2 of ann is not the one that was noted elsewhere" in capsys.readouterr().err


def test_what_is_no_head_is_refused_before_anything_is_called_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_store(settings().database, settings().data_dir).close()
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "other.txt").write_text(f"ann: entry 1, {'a' * 64}\nann: entry two\n")
    for known, said in (
        (["--head", "ann 2"], "--head: 'ann 2' is no head"),
        (["--heads", str(tmp_path / "empty.txt")], "holds no head"),
        (["--heads", str(tmp_path / "other.txt")], "other.txt, line 2: 'ann: entry two' is no head"),
        (["--heads", str(tmp_path / "gone.txt")], "cannot be read"),
    ):
        assert main(["audit", "verify", *known]) == 1
        shown = capsys.readouterr()
        assert said in shown.err
        assert "whole" not in shown.out


@pytest.mark.slow
def test_a_whole_model_is_said_to_be_whole(
    model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CREASON_EMBEDDED_MODEL", str(model))
    assert main(["model", "check"]) == 0
    assert capsys.readouterr().out.startswith(f"{model} is whole: every file is as it was installed (SHA-256 ")
