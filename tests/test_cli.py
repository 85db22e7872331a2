"""The command line: exit codes, and expected failures told in words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from creason_core.cli import main
from creason_core.settings import settings
from creason_core.store.database import open_store


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
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("creason: These settings are not accepted: CREASON_MAX_TOKENS = 'many'")
    assert "Traceback" not in ended.stderr


def test_an_untouched_audit_log_is_said_to_be_whole(capsys: pytest.CaptureFixture[str]) -> None:
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


@pytest.mark.slow
def test_a_whole_model_is_said_to_be_whole(
    model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CREASON_EMBEDDED_MODEL", str(model))
    assert main(["model", "check"]) == 0
    assert capsys.readouterr().out.startswith(f"{model} is whole: every file is as it was installed (SHA-256 ")
