"""The model for new runs is chosen on the Settings page, and every page says which one answers."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from creason_core.model.adapters import versions
from creason_core.model.adapters.versions import Versions
from creason_core.principal import Principal
from creason_core.settings import settings
from pages.server.services import PRINCIPAL, services
from tests.model.adapters.folders import BASE, MEASURED, make_adapter, make_base
from tests.pages.driver import WAIT_SECONDS, Start, goto, words

ROOT = Path(__file__).parents[2]


def test_recorded_replies_leave_nothing_to_choose(start: Start) -> None:
    app = goto(start(), "settings")
    assert "no model is asked" in words(app)
    assert "model_choice" not in {box.key for box in app.selectbox}


def with_a_version(start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[AppTest, Versions]:
    """The app on Settings with a base model and one version of it to choose."""
    start()  # the notice is read
    monkeypatch.setattr(versions, "SHIPPED", tmp_path / "shipped")
    base = make_base(settings().models_dir).folder
    kept = Versions(settings().data_dir)
    kept.register(make_adapter(tmp_path / "made", base, results=(MEASURED,)).folder)
    monkeypatch.setenv("CREASON_ENGINE", "embedded")
    settings.cache_clear()
    services.clear()
    app = goto(AppTest.from_file(str(ROOT / "app.py"), default_timeout=WAIT_SECONDS).run(), "settings")
    return app, kept


def test_only_an_admin_chooses_which_model_answers(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app, kept = with_a_version(start, monkeypatch, tmp_path)
    app.session_state[PRINCIPAL] = Principal("bob", frozenset({"reader", "rater"}))
    app.selectbox(key="model_choice").set_value("small@1").run()
    assert "Deciding which model answers needs the role admin; you have rater and reader." in words(app)
    assert kept.history().chosen == ""
    assert services().health.latest.identity.title == BASE
    assert app.selectbox(key="model_choice").disabled


def test_a_version_is_chosen_named_everywhere_and_left_again(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app, kept = with_a_version(start, monkeypatch, tmp_path)
    assert services().health.latest.identity.title == BASE
    app.selectbox(key="model_choice").set_value("small@1").run()
    assert not app.exception
    assert services().health.latest.identity.title == f"{BASE} + small@1"
    assert kept.history().chosen == "small@1"
    assert "Adapter: small@1, SHA-256 " in words(app)
    about = words(goto(app, "about"))
    assert "Measured when it was made" in about
    assert "warm start on 8 rationales" in about.replace("\\", "")
    goto(app, "settings").selectbox(key="model_choice").set_value("base").run()
    assert services().health.latest.identity.title == BASE
    assert "never trained them on a registry" in words(goto(app, "about"))


def test_settings_show_each_engine_with_its_state_what_it_can_and_which_answers(start: Start) -> None:
    app = goto(start(), "settings")
    drawn = [one.value for one in (*app.markdown, *app.caption)]
    at = next(place for place, text in enumerate(words(app).split("\n")) if "Recorded replies" in text)
    assert any("Recorded replies" in text for text in drawn)
    badges = words(app).split("\n")[at + 1 : at + 3]
    assert "ready" in badges[0]
    assert "answers" in badges[1]
    (told,) = [text for text in drawn if text.startswith("Model: ")]
    assert "the same text for the same seed" in told
    assert "reading ahead" not in told
