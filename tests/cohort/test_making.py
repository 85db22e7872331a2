"""A cohort of one's own: from a codebook, a table and a split to a folder that loads; every refusal before the work."""

import importlib.util
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from creason_core.cohort.cohort import split_hash
from creason_core.cohort.loading import load_cohort, read_manifest
from creason_core.cohort.making import CohortWanted, make_cohort
from creason_core.cohort.splitting import SplitRule, parse_split, split_patients
from creason_core.cohort.table_files.cells import as_texts
from creason_core.cohort.table_files.reading import Frame
from creason_core.errors import CohortError
from creason_core.record.codebook import parse_codebook

TEXT = """
name: tiny
version: 1
title: Tiny
population: Everybody
source: s
citation: c
sections: [A]
patient: id
left_out: {id: the key, site: a place, day: a date}
features:
- {name: x, label: X, section: A, kind: number, decimals: 1, time: admission, impossible: {low: -50, high: 50}}
- {name: twin, label: Twin, section: A, kind: number, decimals: 1, time: admission}
- {name: g, label: G, section: A, kind: binary, time: admission, levels: [{code: n, label: N}, {code: y, label: Y}]}
"""
BY_PATIENT = CohortWanted(name="tiny", split=SplitRule("patient"))


@pytest.fixture
def table() -> pd.DataFrame:
    random = np.random.default_rng(1)
    x = random.normal(size=120).round(1)
    return pd.DataFrame(
        {
            "id": [f"MRN{n}" for n in range(120)],
            "site": random.choice(["a", "b", "c", "d", "e"], 120),
            "day": pd.date_range("2020-01-01", periods=120).strftime("%Y-%m-%d"),
            "x": x.astype(str),
            "twin": (x + random.normal(0, 0.01, 120)).round(1).astype(str),
            "g": random.choice(["n", "y"], 120),
        }
    )


def make(table: pd.DataFrame, folder: Path, wanted: CohortWanted = BY_PATIENT, text: str = TEXT) -> Path:
    make_cohort(wanted, Frame(table, "CSV file", "f" * 64), text, folder)
    return folder


def test_the_folder_loads_as_a_cohort_with_a_guard_fitted_on_training_patients(
    table: pd.DataFrame, tmp_path: Path
) -> None:
    cohort = load_cohort(str(make(table, tmp_path / "c")))
    assert cohort.name == "tiny"
    assert len(cohort.table) == 120
    assert cohort.guard.patients == len(cohort.split["train"]) == len(cohort.training)
    assert cohort.guard.split_hash == cohort.split_hash == split_hash(cohort.split)
    assert [item.feature for item in cohort.guard.hidden_with("x")] == ["twin"]
    assert cohort.case("tiny-001").value("x") == float(table["x"][0])
    manifest = read_manifest(tmp_path / "c")
    assert (manifest.cohorts[0].split_rule, manifest.source.model_dump()["kind"]) == ("patient", "CSV file")


def test_patients_own_keys_are_nowhere_in_the_folder(table: pd.DataFrame, tmp_path: Path) -> None:
    folder = make(table, tmp_path / "c")
    assert sorted(path.name for path in folder.iterdir()) == [
        "codebook.yaml", "leak_guard.json", "manifest.json", "mixtures.json", "tiny.parquet",
    ]  # fmt: skip
    assert not any(b"MRN" in path.read_bytes() for path in folder.iterdir())
    assert not any(
        "MRN" in str(value) for value in pd.read_parquet(folder / "tiny.parquet").reset_index().to_numpy().ravel()
    )


def test_the_same_makes_the_same_bytes_and_an_altered_file_is_refused(table: pd.DataFrame, tmp_path: Path) -> None:
    one, two = make(table, tmp_path / "one"), make(table, tmp_path / "two")
    assert all((one / path.name).read_bytes() == path.read_bytes() for path in two.iterdir())
    (one / "codebook.yaml").write_text(TEXT.replace("Tiny", "Other"))
    with pytest.raises(CohortError, match=r"codebook\.yaml of a cohort was altered"):
        load_cohort(str(one))


def test_a_patients_part_does_not_depend_on_the_order_of_the_rows(table: pd.DataFrame) -> None:
    keys = table["id"].tolist()
    parts = split_patients(SplitRule("patient"), keys, None, seed=4)
    assert split_patients(SplitRule("patient"), keys[::-1], None, seed=4) == parts[::-1]
    assert split_patients(SplitRule("patient"), keys, None, seed=5) != parts
    assert parts.count("train") > parts.count("test") > parts.count("validation") > 0


def test_by_time_the_latest_are_the_test_and_equal_times_stay_together() -> None:
    months = [f"20{year}-{month:02}" for year in (19, 20) for month in range(1, 13) for _ in range(5)]
    parts = split_patients(SplitRule("time", "m"), months, as_texts(months), seed=0)
    together = {month: {part for part, other in zip(parts, months, strict=True) if other == month} for month in months}
    assert all(len(found) == 1 for found in together.values())
    order = ["train", "validation", "test"]
    places = [order.index(part) for part in parts]
    assert places == sorted(places)
    assert set(parts) == set(order)


def test_by_site_no_site_is_in_two_parts_and_each_part_has_one() -> None:
    sites = [str(n % 7) for n in range(300)]
    parts = split_patients(SplitRule("site", "s"), sites, as_texts(sites), seed=0)
    assert all(len({p for p, s in zip(parts, sites, strict=True) if s == site}) == 1 for site in set(sites))
    assert set(parts) == {"train", "validation", "test"}
    assert 0.5 < parts.count("train") / 300 < 0.8


@pytest.mark.parametrize(
    ("rule", "values", "told"),
    [
        ("time:d", ["spring", "summer", "fall"] * 9, "holds neither numbers nor dates"),
        ("time:d", ["1"] * 25 + ["2", "3"], "leaves nobody for"),
        ("site:d", ["a", "b"] * 9, "has 2 different values, and three parts need three"),
        ("site:d", ["a", "b", "c", None] * 9, "is empty for 9 of 36 patients"),
    ],
)
def test_a_column_that_cannot_split_is_refused(rule: str, values: list[str], told: str) -> None:
    with pytest.raises(CohortError, match=told):
        split_patients(parse_split(rule), values, as_texts(values), seed=0)


def test_a_split_that_is_none_or_whose_column_is_missing_is_refused(table: pd.DataFrame, tmp_path: Path) -> None:
    for text in ("random", "time:", "site"):
        with pytest.raises(CohortError, match="is no split"):
            parse_split(text)
    with pytest.raises(CohortError, match=r"no column 'ward' to split by\. It has: id, site, day"):
        make(table, tmp_path / "c", CohortWanted(name="tiny", split=SplitRule("site", "ward")))
    assert list(tmp_path.iterdir()) == []


def test_keys_that_may_be_two_spellings_of_one_patient_are_told(table: pd.DataFrame, tmp_path: Path) -> None:
    table.loc[[1, 2], "id"] = ["MRN007", "mrn7"]  # MRN7 stands there already
    (change,) = read_manifest(make(table, tmp_path / "c")).changes
    assert (change.feature, change.patients) == ("id", 2)
    assert "leading zeros or capitals" in change.rule


def test_a_patient_in_several_rows_is_refused_or_the_first_row_kept(table: pd.DataFrame, tmp_path: Path) -> None:
    table.loc[7, "id"] = "MRN3"
    with pytest.raises(CohortError, match="1 rows belong to patients who have an earlier row, such as row 8") as caught:
        make(table, tmp_path / "c")
    assert "--duplicates first" in caught.value.remedy
    folder = make(table, tmp_path / "c", CohortWanted(name="tiny", split=SplitRule("patient"), duplicates="first"))
    assert len(load_cohort(str(folder)).table) == 119
    (change,) = read_manifest(folder).changes
    assert (change.rule, change.patients) == ("a patient's further rows: left out", 1)


def test_impossible_values_stop_it_or_are_left_out_and_counted(table: pd.DataFrame, tmp_path: Path) -> None:
    table.loc[5, "x"], table.loc[6, "x"] = "99", "high"
    with pytest.raises(CohortError, match=r"outside -50–50.*\(99\)\. 1 row: 6\.") as caught:
        make(table, tmp_path / "c")
    assert "--leave-out" in caught.value.remedy
    folder = make(table, tmp_path / "c", CohortWanted(name="tiny", split=SplitRule("patient"), leave_out=True))
    cohort = load_cohort(str(folder))
    assert cohort.case("tiny-006").value("x") is None
    assert {(change.feature, change.rule, change.patients) for change in read_manifest(folder).changes} == {
        ("x", "text where a number belongs: left out", 1),
        ("x", "outside -50–50, which the codebook calls impossible: left out", 1),
    }


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"x": "1.0"}, "x: one value in every row that has any"),
        ({"id": ""}, "120 rows have no patient's key, such as row 1"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_before_any_work(
    table: pd.DataFrame, tmp_path: Path, change: dict[str, str], told: str
) -> None:
    with pytest.raises(CohortError, match=told):
        make(table.assign(**change), tmp_path / "c")
    assert list(tmp_path.iterdir()) == []


def test_too_few_patients_a_bad_name_and_a_folder_that_exists_are_refused(table: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(CohortError, match="too few patients for three parts"):
        make(table.head(20), tmp_path / "c")
    with pytest.raises(CohortError, match="'My Ward' is no name for a cohort"):
        make(table, tmp_path / "c", CohortWanted(name="My Ward", split=SplitRule("patient")))
    with pytest.raises(CohortError, match="exists"):
        make(table, tmp_path)


def test_without_scikit_learn_it_says_what_to_install(
    table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "sklearn" else real(name))
    with pytest.raises(CohortError, match=r"needs scikit-learn, which is not installed.*pip install .* -e \."):
        make(table, tmp_path / "c")


def test_a_failure_on_the_way_is_told_and_leaves_only_what_the_next_making_goes_on_with(
    table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    with pytest.raises(CohortError, match=r"could not be written: No space left on device\. Make room"):
        make(table, tmp_path / "c")
    assert [path.name for path in tmp_path.iterdir()] == ["c.guard"]
    monkeypatch.undo()
    make(table, tmp_path / "c")
    assert [path.name for path in tmp_path.iterdir()] == ["c"]


def test_a_codebook_without_table_words_keeps_its_hash() -> None:
    plain = parse_codebook(
        TEXT.replace("patient: id\n", "").replace("left_out: {id: the key, site: a place, day: a date}\n", ""), "t"
    )
    assert not {"patient", "left_out", "column", "missing"} & set(json.loads(plain.model_dump_json()))
    assert "column" not in plain.features[0].model_dump()


def test_a_cohort_is_readable_by_its_owner_only(table: pd.DataFrame, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        folder = make(table, tmp_path / "made" / "tiny")
    finally:
        os.umask(before)
    places = [tmp_path / "made", folder, *folder.iterdir()]
    assert [path.name for path in places if path.stat().st_mode & 0o077] == []
