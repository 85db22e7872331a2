"""``creason model``: what it prints, and the model card."""

import json
from pathlib import Path

import pytest

from creason_core.cli import main
from creason_core.doctor import model as doctor_of_model
from creason_core.model.adapters import versions
from creason_core.model.adapters.manifest import WEIGHTS
from creason_core.settings import settings
from tests.model.adapters.folders import BASE, MEASURED, make_adapter, make_base


@pytest.fixture(autouse=True)
def nothing_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "SHIPPED", tmp_path / "shipped")


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CREASON_ENGINE", "embedded")
    settings.cache_clear()
    return make_base(settings().models_dir).folder


def test_a_version_is_registered_promoted_used_and_taken_back(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make_adapter(tmp_path / "made", base, results=(MEASURED,)).folder
    assert main(["model", "register", str(made), "--why", "first"]) == 0
    assert "To use it: creason model promote small@1" in capsys.readouterr().out
    assert main(["model", "promote", "small@1", "--why", "better"]) == 0
    assert "New runs are answered by small@1 (promoted)." in capsys.readouterr().out
    assert main(["model", "list", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["answers"], said["because"]) == ("small@1", "promoted")
    assert [one["version"] for one in said["versions"]] == ["base", "small@1"]
    assert [(one["what"], one["why"]) for one in said["history"]] == [("registered", "first"), ("promoted", "better")]
    assert main(["model", "use", "base"]) == 0
    assert f"New runs are answered by {BASE} (chosen)." in capsys.readouterr().out
    assert main(["model", "use", "default"]) == 0
    assert main(["model", "list"]) == 0
    assert "→ small@1" in capsys.readouterr().out
    assert main(["model", "rollback", "--why", "worse"]) == 0
    assert "no version is promoted now" in capsys.readouterr().out
    assert main(["model", "rollback"]) == 1
    assert "No version is promoted here" in capsys.readouterr().err


def test_the_card_of_an_adapter_has_its_results_with_their_floors(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["model", "register", str(make_adapter(tmp_path / "made", base, results=(MEASURED,)).folder)])
    out = tmp_path / "docs" / "model-card.md"
    assert main(["model", "card", "small@1", "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    assert text.startswith(f"# Model card: {BASE} + small@1\n")
    for heading in ("Intended use", "Not intended for", "Trained on", "How it was made", "Limits", "Measured"):
        assert f"\n## {heading}\n" in text
    assert "| 0.500 (0.460 to 0.540) | 99.5 % | 600 questions, 410 patients | chance 0.350, boosting 0.610 |" in text
    assert "learning_rate 0.001, lora.r 4" in text
    capsys.readouterr()
    assert main(["model", "card", "small@1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["results"][0]["n"] == 600


def test_without_an_adapter_the_card_says_that_the_base_is_untrained(
    base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["model", "card"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"# Model card: {base.name}\n")
    assert "this program never trained them on a registry" in said
    assert "No results are recorded" in said


def test_the_doctor_names_the_adapter_and_says_what_to_do_where_it_was_altered(base: Path, tmp_path: Path) -> None:
    main(["model", "register", str(make_adapter(tmp_path / "made", base).folder)])
    main(["model", "promote", "small@1"])
    found = doctor_of_model(settings())
    assert found.status == "good"
    assert found.said.startswith(f"{BASE} + small@1 (embedded engine")
    assert "Its adapter small@1 (promoted) is whole" in found.said
    (settings().data_dir / "adapters" / "small" / "1" / WEIGHTS).write_bytes(b"altered")
    main(["model", "list"])
    from creason_core.doctor import examine

    altered = next(check for check in examine(settings()).checks if check.name == "Model")
    assert altered.status == "problem"
    assert "is not the file that was installed" in altered.said
    assert "creason model use base" in altered.remedy
