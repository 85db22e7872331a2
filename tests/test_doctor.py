"""What the doctor finds, what it advises, and that it changes nothing."""

import json
import socket
import sys
from pathlib import Path

import pytest
from platformdirs import user_data_path

from creason_core import doctor
from creason_core.cli import main
from creason_core.doctor import Check, Report
from creason_core.model.engines.replay import scripted
from creason_core.settings import Settings, settings
from creason_core.store.upkeep.database import open_store


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with one recorded reply."""
    path = tmp_path_factory.mktemp("replay") / "recordings.jsonl"
    path.write_text(scripted("The answer is \\boxed{A}").model_dump_json() + "\n", encoding="utf-8")
    return path


@pytest.fixture
def chosen(tmp_path: Path, recordings: Path) -> Settings:
    """Settings with which everything can run at once, without a model."""
    return Settings(data_dir=tmp_path / "data", engine="replay", replay_file=recordings)


def named(report: Report, name: str) -> Check:
    return next(check for check in report.checks if check.name == name)


def test_everything_needed_is_looked_at(chosen: Settings) -> None:
    names = [check.name for check in doctor.examine(chosen).checks]
    first = ["Python", "Command", "Packages", "Model packages"]
    assert names == [*first, "Model", "Database", "Space", "Privacy", "Port", "Address"]


def test_a_shell_that_does_not_find_the_command_is_told_how_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    found = doctor.command()
    assert found.status == "note"
    activate = Path(sys.executable).with_name("activate")
    assert found.remedy == f"Type: . {activate}"


def test_the_packages_are_those_that_the_program_was_tested_with(chosen: Settings) -> None:
    report = doctor.examine(chosen)
    assert named(report, "Packages").status == "good"
    assert "streamlit 1.67.0" in named(report, "Packages").said


def test_looking_makes_nothing(chosen: Settings) -> None:
    report = doctor.examine(chosen)
    assert named(report, "Database") == Check(
        name="Database",
        status="good",
        said=f"none yet; the first start makes it: sqlite:///{chosen.data_dir}/creason.db",
    )
    assert not chosen.data_dir.exists()


def test_an_opened_database_is_described(chosen: Settings) -> None:
    open_store(chosen.database, chosen.data_dir).close()
    check = named(doctor.examine(chosen), "Database")
    assert check.status == "good"
    assert check.said.startswith(f"{chosen.data_dir / 'creason.db'} (SQLite 3.")
    assert "journal wal, revision " in check.said


def test_a_file_that_is_no_database_is_a_problem_with_a_remedy(chosen: Settings) -> None:
    chosen.data_dir.mkdir()
    (chosen.data_dir / "creason.db").write_bytes(b"not a database, whatever its name says")
    report = doctor.examine(chosen)
    assert not report.can_run
    assert named(report, "Database") == Check(
        name="Database",
        status="problem",
        said=f"{chosen.data_dir / 'creason.db'} is not an SQLite database.",
        remedy="Restore a backup, or move the file away; it was left as it is.",
    )


def test_a_missing_model_is_a_problem_and_the_command_that_brings_it_is_named(tmp_path: Path) -> None:
    report = doctor.examine(Settings(data_dir=tmp_path, engine="embedded"))
    assert not report.can_run
    assert named(report, "Model").status == "problem"
    assert named(report, "Model").remedy == f"Type: CREASON_DATA_DIR={tmp_path} creason model pull"


def test_a_data_folder_that_is_not_there_yet_is_not_said_to_be_private_already(tmp_path: Path) -> None:
    chosen = Settings(data_dir=tmp_path / "new", engine="replay")
    assert doctor.privacy(chosen).said == f"nobody but this user will be able to read {tmp_path / 'new'}"
    assert chosen.here == f"CREASON_DATA_DIR={tmp_path / 'new'} "
    assert Settings(data_dir=user_data_path("creason")).here == ""


def test_a_server_that_does_not_answer_is_a_problem_with_both_ways_out(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
    report = doctor.examine(Settings(data_dir=tmp_path, engine="vllm", vllm_url=address))
    check = named(report, "Model")
    assert check.status == "problem"
    assert check.remedy == "Type: make serve; or unset CREASON_ENGINE to use the small model on this computer."


def test_recorded_replies_can_run_and_are_called_recordings(chosen: Settings) -> None:
    report = doctor.examine(chosen)
    assert report.can_run
    assert named(report, "Model").said.endswith("Replies are recordings: no model reasons.")


def test_a_port_in_use_is_noted_with_another_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        check = doctor.port(number)
    assert (check.status, check.remedy) == (
        "note",
        f"If another program answers there, type: make app PORT={number + 1}",
    )
    assert doctor.port(number) == Check(name="Port", status="good", said=f"{number} is free")


def test_an_address_that_others_reach_is_noted(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    assert doctor.address(config).said.startswith(f"{config} binds to every address")
    config.write_text('[server]\naddress = "0.0.0.0"\n', encoding="utf-8")
    assert doctor.address(config).said.startswith(f"{config} binds to 0.0.0.0")
    config.write_text('[server]\naddress = "127.0.0.1"\n', encoding="utf-8")
    assert doctor.address(config).status == "good"


def test_too_little_space_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", 10**18)
    check = doctor.free_space(tmp_path / "not yet")
    assert check.status == "problem"
    assert check.remedy == "Free some space, or set CREASON_DATA_DIR to a folder on a larger disk."


def test_the_command_prints_words_or_json_and_its_exit_code_is_the_verdict(
    recordings: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREASON_REPLAY_FILE", str(recordings))
    monkeypatch.setenv("CREASON_ENGINE", "replay")
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out.endswith("\n\nThe main job can run here.\n")
    monkeypatch.setenv("CREASON_ENGINE", "embedded")
    settings.cache_clear()
    assert main(["doctor", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["can_run"] is False
    assert [check["name"] for check in report["checks"] if check["status"] == "problem"] == ["Model"]


@pytest.mark.slow
def test_an_installed_model_is_checked_file_by_file(model: Path, tmp_path: Path) -> None:
    report = doctor.examine(Settings(data_dir=tmp_path, engine="embedded", embedded_model=str(model)))
    assert report.can_run
    assert "Every file is as it was installed (SHA-256 " in named(report, "Model").said
