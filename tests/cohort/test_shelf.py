"""Every cohort that is found by name is at hand; a broken one is a sentence; what goes or changes is noticed."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from creason_core.cohort.loading import load_cohort, own_cohorts
from creason_core.cohort.making import CohortWanted, make_cohort
from creason_core.cohort.shelf import CohortShelf
from creason_core.cohort.splitting import SplitRule
from creason_core.cohort.table_files.reading import Frame
from creason_core.errors import CohortError

PACKAGED = ["rhc-sepsis", "rhc-other"]
TEXT = """
name: plots
version: 1
title: Plots of land
population: Plots
source: s
citation: c
sections: [A]
features:
- {name: soil, label: Soil, section: A, kind: binary, time: admission, levels: [{code: l, label: Loam}, {code: c, label: Clay}]}
- {name: yield_, label: Yield, section: A, kind: number, decimals: 1, time: day1}
"""  # noqa: E501


def make(name: str = "plots", seed: int = 0) -> Path:
    """A cohort of one's own of 90 made-up rows."""
    random = np.random.default_rng(1)
    table = pd.DataFrame({"soil": random.choice(["l", "c"], 90), "yield_": random.random(90).round(1).astype(str)})
    folder = own_cohorts() / name
    make_cohort(CohortWanted(name=name, split=SplitRule("patient"), seed=seed), Frame(table, "table"), TEXT, folder)
    return folder


def sealed(folder: Path, name: str, data: bytes, entry: str) -> None:
    """Exchanges a file of a cohort and writes its new hash into the manifest, as somebody who means it would."""
    (folder / name).write_bytes(data)
    text = (folder / "manifest.json").read_text()
    manifest = json.loads(text)
    old = manifest[entry] if entry in manifest else manifest["cohorts"][0][entry]
    (folder / "manifest.json").write_text(text.replace(old, hashlib.sha256(data).hexdigest()))


def edited(folder: Path, **changed: object) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["cohorts"][0] |= changed
    path.write_text(json.dumps(manifest))


def test_packaged_cohorts_and_ones_own_are_at_hand_and_offer_patients_that_no_question_was_fitted_on() -> None:
    make()
    shelf = CohortShelf()
    assert list(shelf.cohorts) == [*PACKAGED, "plots"]
    assert shelf.broken == ()
    plots = shelf.cohorts["plots"]
    assert {case.headline for case in plots.public} == {"Loam", "Clay"}
    assert {case.patient for case in plots.public} <= set(plots.split["test"])
    assert (plots.packaged, shelf.cohorts["rhc-other"].packaged) == (False, True)
    assert all(len(one.public) in (2, 6, 8) and one.content_hash for one in shelf.cohorts.values())


BREAKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a manifest that is no JSON": (lambda folder: (folder / "manifest.json").write_text("{"), "cannot be read"),
    "a table that is gone": (lambda folder: (folder / "plots.parquet").unlink(), "is missing"),
    "a table that was altered": (lambda folder: (folder / "plots.parquet").write_bytes(b"x"), "was altered"),
    "a table that is none": (lambda folder: sealed(folder, "plots.parquet", b"x", "sha256"), "no Parquet file"),
    "a codebook that is none": (
        lambda folder: sealed(folder, "codebook.yaml", b"a: [", "codebook_sha256"),
        "not valid",
    ),
    "a codebook of no text": (lambda folder: sealed(folder, "codebook.yaml", b"\xff\xfe\x00", "codebook_sha256"), ""),
    "a guard of another form": (lambda folder: sealed(folder, "leak_guard.json", b"[]", "guard_sha256"), "leak guard"),
    "a base that is not there": (lambda folder: edited(folder, fitted_on="others"), "names no cohort 'others'"),
    "a name that is taken": (lambda folder: edited(folder, name="rhc-sepsis"), "another cohort called rhc-sepsis"),
}


@pytest.mark.parametrize("what", BREAKS)
def test_a_broken_cohort_is_told_in_a_sentence_and_keeps_nobody_from_the_others(
    what: str, caplog: pytest.LogCaptureFixture
) -> None:
    folder = make()
    spoil, said = BREAKS[what]
    spoil(folder)
    good = make("good")
    shelf = CohortShelf()
    assert list(shelf.cohorts) == [*PACKAGED, "good"]
    (broken,) = shelf.broken
    assert broken.folder == folder
    assert said in broken.why
    assert broken.why.endswith((".", ")."))
    assert "\n" not in broken.why  # no list of a library's findings
    assert "pydantic" not in broken.why
    assert broken.why in caplog.text
    assert load_cohort("good").name == good.name  # nor from finding it by name


def test_a_table_that_breaks_a_number_is_told_without_its_values() -> None:
    folder = make()
    raw = pd.read_parquet(folder / "plots.parquet").astype({"yield_": object})
    raw["yield_"] = ["Jane Doe", *raw["yield_"].astype(str)[1:]]
    raw.to_parquet(folder / "plots2.parquet")
    sealed(folder, "plots.parquet", (folder / "plots2.parquet").read_bytes(), "sha256")
    (broken,) = CohortShelf().broken
    assert "holds texts for Yield, a number" in broken.why
    assert "Jane" not in broken.why


def test_a_folder_that_goes_comes_back_or_is_made_again_is_noticed() -> None:
    folder, shelf = make(), CohortShelf()
    before = shelf.cohorts["plots"]
    assert shelf.cohorts["plots"] is before
    shutil.move(folder, folder.parent.parent / "away")
    assert list(shelf.cohorts) == PACKAGED
    shutil.move(folder.parent.parent / "away", folder)
    assert shelf.cohorts["plots"].content_hash == before.content_hash
    shutil.rmtree(folder)
    make(seed=1)
    assert shelf.cohorts["plots"].content_hash != before.content_hash
    assert load_cohort("plots").split_hash == shelf.cohorts["plots"].split_hash


def test_a_case_is_asked_about_by_its_own_cohort_or_the_reason_why_not_is_said() -> None:
    folder, shelf = make(), CohortShelf()
    book = shelf.cohorts["plots"].codebook.content_hash
    assert shelf.find("plots", book).name == shelf.find("", book).name == "plots"
    assert shelf.find("", shelf.cohorts["rhc-other"].codebook.content_hash).name == "rhc-sepsis"
    with pytest.raises(CohortError, match="follows another version of the codebook"):
        shelf.find("plots", "0" * 64)
    with pytest.raises(CohortError, match="No cohort at hand follows the codebook"):
        shelf.find("", "0" * 64)
    (folder / "plots.parquet").unlink()
    with pytest.raises(CohortError, match=r"The cohort plots cannot be used: The file .*plots.parquet .* is missing"):
        shelf.find("plots", book)
    shutil.rmtree(folder)
    with pytest.raises(CohortError, match=r"The cohort plots is no longer in .* can still be read"):
        shelf.find("plots", book)


def test_a_guard_that_was_found_by_older_rules_is_told_and_one_of_now_is_not() -> None:
    folder = make()
    assert [one.guard_outdated for one in CohortShelf().cohorts.values()] == ["", "", ""]
    manifest = json.loads((folder / "manifest.json").read_text())
    for older in ({}, {"guard_rules": 3}):  # before they were kept, and after
        (folder / "manifest.json").write_text(json.dumps({**manifest, "guard_rules": None} | older))
        cohort = CohortShelf().named("plots")
        assert "was fitted by an older version of this program" in cohort.guard_outdated
        assert "'creason cohort make'" in cohort.guard_outdated
