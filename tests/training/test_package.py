"""From what training left to a folder that can ship, and measured lines into its manifest."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from creason_core.errors import SettingsError, WeightsError
from creason_core.files import sha256
from creason_core.metrics.intervals import Estimate, Interval
from creason_core.model.adapters.manifest import CONFIG, WEIGHTS, read_adapter
from creason_core.settings import settings
from tests.model.adapters.folders import PLAIN, make_base
from training.package import add_results, main, pack, results_of


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """A warm start's folder, the pickle and the tokenizer that TRL leaves included."""
    base = make_base(settings().models_dir)
    folder = tmp_path / "adapter"
    folder.mkdir()
    (folder / WEIGHTS).write_bytes(b"trained")
    (folder / CONFIG).write_text(json.dumps(PLAIN | {"base_model_name_or_path": "/home/ada/models/x"}))
    (folder / "training_args.bin").write_bytes(b"\x80")
    (folder / "tokenizer.json").write_text("{}")
    said = {
        "made": "2026-01-01T10:00:00+00:00",
        "program": "0.1.0",
        "commit": "abc",
        "settings": {"model": base.folder.name, "out": "/home/ada/out", "rationales": ["r"], "seed": 3, "batch": 8},
        "data": {
            "files": {"r": "f" * 64},
            "rows": 1450,
            "cohort": "rhc-sepsis",
            "codebook_hash": "c" * 64,
            "split_hash": "s" * 64,
            "prompt_version": 1,
        },
        "base": {"name": base.folder.name, "weights": {"model.safetensors": sha256(base.folder / "model.safetensors")}},
        "weights": {},
        "releases": {"trl": "1.16.0"},
        "history": [],
    }
    (folder / "training.json").write_text(json.dumps(said))
    return folder


def test_only_the_weights_and_their_use_are_packed(trained: Path, tmp_path: Path) -> None:
    made = pack(trained, tmp_path / "out", "small", "1").manifest
    assert set(made.files) == {WEIGHTS, CONFIG}
    assert (made.title, made.seed, made.data.rows) == ("small@1", 3, 1450)
    assert made.recipe == "warm start (supervised fine-tuning) on 1,450 rationales"
    assert made.base.source == "a test"
    assert "/home/ada" not in "".join(path.read_text(errors="replace") for path in (tmp_path / "out").iterdir())
    again = pack(tmp_path / "out", tmp_path / "next", "small", "2", recipe="more", parent="small@1").manifest
    assert (again.title, again.recipe, again.parent, again.hash) == ("small@2", "more", "small@1", made.hash)


def test_what_is_there_is_not_written_over_and_what_is_no_training_is_told(trained: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is there already"):
        pack(trained, trained, "small", "1")
    with pytest.raises(SettingsError, match="is not what a training leaves"):
        pack(tmp_path, tmp_path / "out", "small", "1")
    (settings().models_dir / "SmolLM2-135M-Instruct" / "manifest.json").unlink()
    with pytest.raises(WeightsError, match="is not at"):
        pack(trained, tmp_path / "out", "small", "1")
    assert not (tmp_path / "out").exists()


def test_measured_lines_are_added_and_replaced_by_who_answered(trained: Path, tmp_path: Path) -> None:
    pack(trained, tmp_path / "out", "small", "1")

    def run(accuracy: float) -> SimpleNamespace:
        def estimate(value: float) -> Estimate:
            return Estimate(value, Interval(value - 0.04, value + 0.04), 600, 410)

        about = {"cohort": "rhc-sepsis", "split": "test", "design": "paper", "design_version": 1, "balanced": True}
        asked = SimpleNamespace(sha256="q" * 64, **about)
        scoring = SimpleNamespace(scoring="greedy", accuracy=estimate(accuracy), answered=estimate(0.9))
        found = SimpleNamespace(
            chance=estimate(0.3),
            prior=estimate(0.4),
            floors=(SimpleNamespace(name="boosting", everything=estimate(0.6)),),
            scorings=(scoring,),
            finished="2026-01-02T00:00:00",
        )
        return SimpleNamespace(run=SimpleNamespace(plan=SimpleNamespace(questions=asked)), summary=found)

    for who, accuracy in (("this adapter", 0.5), ("the base model", 0.1), ("this adapter", 0.52)):
        add_results(tmp_path / "out", results_of(run(accuracy), who))  # type: ignore[arg-type]
    lines = {one.who: one for one in read_adapter(tmp_path / "out").manifest.results}
    assert (lines["this adapter"].accuracy, lines["the base model"].accuracy) == (0.52, 0.1)
    assert lines["this adapter"].floors == {"chance": 0.3, "prior": 0.4, "boosting": 0.6}
    assert lines["this adapter"].design == "paper-1, balanced"


def test_the_command_tells_a_fault_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["results", str(tmp_path), "x=nowhere"]) == 1
    assert capsys.readouterr().err
