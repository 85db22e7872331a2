"""Versions are taken in, promoted and taken back; nothing that is interrupted loses anything."""

import os
import shutil
from pathlib import Path

import pytest

from creason_core.errors import WeightsError
from creason_core.model.adapters.history import HISTORY
from creason_core.model.adapters.manifest import WEIGHTS
from creason_core.model.adapters.versions import Versions
from tests.model.adapters.folders import make_adapter, make_base


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return make_base(tmp_path / "models").folder


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path / "data", "ada", tmp_path / "shipped")


@pytest.fixture
def two(tmp_path: Path, base: Path, versions: Versions) -> Versions:
    for version in ("1", "2"):
        versions.register(make_adapter(tmp_path / f"made-{version}", base, version).folder, f"trained {version}")
    return versions


def test_a_version_is_kept_apart_from_the_folder_that_it_came_from(tmp_path: Path, two: Versions) -> None:
    shutil.rmtree(tmp_path / "made-1")
    assert [one.title for one in two.all()] == ["small@1", "small@2"]
    assert two.read("small@1").folder == tmp_path / "data" / "adapters" / "small" / "1"
    assert two.next_version("small") == "3"
    assert two.next_version("other") == "1"
    assert two.active() == ""


def test_registering_again_changes_nothing_and_mends_what_was_damaged(tmp_path: Path, two: Versions) -> None:
    before = two.history()
    kept = two.register(tmp_path / "made-1").folder
    (kept / WEIGHTS).write_bytes(b"damaged")
    with pytest.raises(WeightsError, match="is not the file that was installed"):
        two.read("small@1")
    two.register(tmp_path / "made-1")
    assert two.read("small@1").manifest.title == "small@1"
    assert two.history() == before


def test_a_version_never_changes(tmp_path: Path, base: Path, two: Versions) -> None:
    other = make_adapter(tmp_path / "other", base, "1", weights=b"other weights").folder
    with pytest.raises(WeightsError, match="small@1 is taken by other weights") as refused:
        two.register(other)
    assert "the version 3" in refused.value.remedy


def test_a_version_that_was_exchanged_with_its_manifest_is_refused(base: Path, two: Versions) -> None:
    kept = two.read("small@2").folder
    (kept / WEIGHTS).write_bytes(b"exchanged")
    make_adapter(kept, base, "2")
    with pytest.raises(WeightsError, match="is not the small@2 that was registered"):
        two.promote("small@2")


def test_promotions_are_taken_back_one_by_one_and_all_is_written_down(two: Versions) -> None:
    two.promote("small@1", "better by 3 points")
    two.promote("small@2")
    two.promote("small@2")
    assert two.active() == "small@2"
    assert two.rollback("worse on the ward") == "small@1"
    assert two.active() == "small@1"
    assert two.rollback() == ""
    with pytest.raises(WeightsError, match="No version is promoted here"):
        two.rollback()
    two.refuse("small@2", "below the gate")
    events = two.history().events
    assert [(one.what, one.version) for one in events[2:]] == [
        ("promoted", "small@1"),
        ("promoted", "small@2"),
        ("rolled back", "small@1"),
        ("rolled back", ""),
        ("refused", "small@2"),
    ]
    assert {one.who for one in events} == {"ada"}
    assert (events[2].why, events[4].why) == ("better by 3 points", "worse on the ward")


@pytest.mark.parametrize("version", ["small@9", "small", "../x@1", "small@../1", ""])
def test_what_is_no_version_here_is_told(two: Versions, version: str) -> None:
    with pytest.raises(WeightsError, match=r"no version of an adapter|There is no adapter small@9 here"):
        two.promote(version)


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_history_as_it_was(
    two: Versions, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    two.promote("small@1")
    before = (two.folder / HISTORY).read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os if failing == "fsync" else Path, failing, full)
        with pytest.raises(WeightsError, match="cannot be written: No space left") as told:
            two.promote("small@2")
    assert "Nothing was changed" in told.value.remedy
    assert (two.folder / HISTORY).read_bytes() == before
    assert two.active() == "small@1"
    two.promote("small@2")
    assert two.active() == "small@2"


def test_a_copy_that_fails_registers_nothing(
    tmp_path: Path, base: Path, versions: Versions, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_adapter(tmp_path / "made", base).folder

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copytree", full)
        with pytest.raises(WeightsError, match="could not be copied"):
            versions.register(made)
    assert (versions.all(), versions.history().events) == ((), ())
    assert versions.register(made).manifest.title == "small@1"


def test_a_history_that_cannot_be_read_is_told_and_left_alone(two: Versions) -> None:
    (two.folder / HISTORY).write_text('{"history": 1, "events": [')
    with pytest.raises(WeightsError, match="cannot be read") as told:
        two.promote("small@1")
    assert "register the adapters again" in told.value.remedy
    assert (two.folder / HISTORY).read_text() == '{"history": 1, "events": ['


def test_what_ships_counts_as_a_version_and_is_kept_once_it_is_used(
    tmp_path: Path, base: Path, versions: Versions
) -> None:
    make_adapter(tmp_path / "shipped" / "small", base)
    assert (versions.shipped(), versions.next_version("small")) == ("small@1", "2")
    assert versions.read("small@1").folder == tmp_path / "shipped" / "small"
    versions.promote("small@1")
    shutil.rmtree(tmp_path / "shipped")  # the next release ships another
    assert versions.read("small@1").manifest.title == "small@1"


def test_several_ship_and_the_first_by_name_answers_by_default(tmp_path: Path, base: Path, versions: Versions) -> None:
    make_adapter(tmp_path / "shipped" / "small-grpo", base, "2")
    make_adapter(tmp_path / "shipped" / "small", base)
    assert versions.shipped() == "small@1"
    assert [one.title for one in versions.all()] == ["small@1", "small@2"]
    assert versions.read("small@2").folder == tmp_path / "shipped" / "small-grpo"
