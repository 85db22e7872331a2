"""A full turn of the loop: a rating in the app becomes a new version of the model, judged, in use, and taken back."""

import json
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from creason_core.cli import main as creason
from creason_core.cohort.cohort import Split
from creason_core.cohort.loading import load_cohort
from creason_core.model.adapters import versions
from creason_core.model.adapters.versions import Versions
from creason_core.model.engines.weights import model_folder
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.settings import settings
from tests.pages.conftest import ROOT, start  # noqa: F401 - a fixture
from tests.pages.driver import Start, answer, mask, open_case, run_to_end, words
from tests.training.tiny import make_tiny
from training import gate
from training.data.contamination import rated_patients
from training.kto import train
from training.trainer.settings import Kto

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def rate(app: AppTest, thumb: int) -> None:
    """Gives the answer on screen a thumb (1 up, 0 down), for training, by the page's own Save."""
    app.feedback[0].set_value(thumb).run()
    next(box for box in app.checkbox if str(box.key).endswith("_train")).check().run()
    next(button for button in app.button if str(button.key).endswith("_save")).click().run()
    assert "Saved " in words(app)


def rated_twice(start: Start) -> None:  # noqa: F811
    """Two answers to one question: the first found good, the second not."""
    app = mask(open_case(start(answer("A"), answer("B"))))
    app.button(key="commit_skip").click().run()
    app = run_to_end(app)
    rate(app, 1)
    again = next(str(button.key) for button in app.button if str(button.key).startswith("again_1_"))
    rate(run_to_end(app, again), 0)


def questions(folder: Path, split: Split, limit: int) -> Path:
    file = folder / f"{split}.parquet"
    build(Plan(load_cohort("rhc-sepsis"), split, features=("sex",), sampling=Sampling(limit=limit)), file)
    return file


def opened(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The app as it starts anew, with the small model on this computer."""
    st.cache_resource.clear()
    monkeypatch.setenv("CREASON_ENGINE", "embedded")
    settings.cache_clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    return app


def test_a_rating_becomes_a_version_that_is_judged_served_shown_and_taken_back(
    start: Start,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    like = str(model_folder(settings().model_copy(update={"data_dir": Path.home() / ".local/share/creason"})))
    monkeypatch.setattr(versions, "SHIPPED", tmp_path / "none ships")
    monkeypatch.setenv("CREASON_EMBEDDED_MODEL", "tiny")
    monkeypatch.setenv("CREASON_MAX_TOKENS", "8")
    settings.cache_clear()
    data = settings().data_dir
    make_tiny(data / "models" / "tiny", like=like)
    rated_twice(start)
    rows = tmp_path / "rows.jsonl"
    assert creason(["feedback", "export", "--format", "kto", "--per-rater-cap", "10", "--out", str(rows)]) == 0

    config = Kto(model="tiny", rows=rows, out=tmp_path / "kto", version="1", batch=2, epochs=2, learning_rate=0.01)
    first = train(config)
    assert len(rated_patients(first)["rhc-sepsis"]) == 1
    held_out = questions(tmp_path, "validation", 6)
    asked = ["--adapter", str(first), "--questions", str(held_out), "--out", str(tmp_path / "gate"), "--patients", "5"]

    # A file about the rated patient, or about training patients, is refused before anything is registered or asked.
    everyone = questions(tmp_path, "test", 10_000)
    assert gate.main([*asked[:2], "--questions", str(everyone), "--out", str(tmp_path / "no")]) == 1
    assert "asks about patients whose ratings the model was trained on: 1 of its" in capsys.readouterr().err

    known = questions(tmp_path, "train", 3)
    assert gate.main([*asked[:2], "--questions", str(known), "--out", str(tmp_path / "no")]) == 1
    assert "asks about training patients, whom the models know" in capsys.readouterr().err
    assert Versions(data).all() == ()

    # Promoted: no worse by the margin that six patients allow.
    assert gate.main([*asked, "--margin", "0.5"]) == 0
    assert "creason@1 against base: promoted" in capsys.readouterr().out
    assert Versions(data).active() == "creason@1"

    # Refused: a gain is asked for, and two more steps of a random model bring none.
    second = train(config.model_copy(update={"start": "active", "version": "2", "out": tmp_path / "again"}))
    assert json.loads((second / "manifest.json").read_bytes())["parent"] == "creason@1"
    asked[1] = str(second)
    assert gate.main([*asked, "--margin", "-0.05"]) == gate.REFUSED
    said = capsys.readouterr().out
    assert "creason@2 against creason@1: refused" in said
    assert "FAILS  Right: 0.0 %, the model in use 0.0 %; difference +0.0 points" in said
    verdict = gate.Verdict.model_validate_json((tmp_path / "gate" / gate.VERDICT).read_bytes())
    assert not verdict.promoted
    assert Versions(data).active() == "creason@1"

    monkeypatch.setattr("tests.pages.driver.WAIT_SECONDS", 120.0)  # the model loads first
    app = opened(monkeypatch)
    assert "creason@1" in words(app)
    app = mask(open_case(app))
    app.button(key="commit_skip").click().run()
    assert "Cut off at 8 tokens" in words(run_to_end(app))

    assert creason(["model", "rollback"]) == 0
    assert Versions(data).active() == ""
    assert "creason@1" not in words(opened(monkeypatch))
