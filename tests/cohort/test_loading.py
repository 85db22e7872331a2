"""The packaged cohorts: exactly these patients, exactly these values, and a refusal of anything altered."""

import shutil
from pathlib import Path

import pytest

import creason_core.cohort.loading as loading_module
from creason_core.cohort.cohort import Cohort, split_hash
from creason_core.cohort.loading import load_cohort, read_cohort, read_manifest
from creason_core.errors import CohortError

FOLDER = Path(loading_module.__file__).parent / "rhc"


@pytest.fixture(scope="module")
def sepsis() -> Cohort:
    return load_cohort("rhc-sepsis")


@pytest.fixture(scope="module")
def other() -> Cohort:
    return load_cohort("rhc-other")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "rhc", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path / "rhc"


def test_the_cohorts_have_their_published_counts(sepsis: Cohort, other: Cohort) -> None:
    assert (len(sepsis.table), int((sepsis.table["dth30"] == "Yes").sum())) == (2218, 833)
    assert (len(other.table), int((other.table["dth30"] == "Yes").sum())) == (3517, 1085)
    assert not set(sepsis.table.index) & set(other.table.index)


def test_every_patient_is_in_one_part_of_a_split_that_is_fixed(sepsis: Cohort, other: Cohort) -> None:
    assert [len(sepsis.split[part]) for part in ("train", "validation", "test")] == [1513, 241, 464]
    assert [len(other.split[part]) for part in ("train", "validation", "test")] == [2435, 355, 727]
    for cohort in (sepsis, other):
        everyone = [patient for patients in cohort.split.values() for patient in patients]
        assert sorted(everyone) == sorted(cohort.table.index)
        assert split_hash(cohort.split) == cohort.split_hash
    assert sepsis.split_hash == "62e6fb9b4272eeb5fd3190e9002fde3107b639cdf8accc754aa3647af9793ee3"


def test_both_cohorts_are_fitted_on_the_septic_training_patients(sepsis: Cohort, other: Cohort) -> None:
    assert tuple(sepsis.training.index) == sepsis.split["train"] == tuple(other.training.index)
    assert sepsis.guard.split_hash == sepsis.split_hash == other.guard.split_hash
    assert sepsis.guard.patients == 1513


def test_no_packaged_value_is_one_that_the_codebook_calls_impossible(sepsis: Cohort, other: Cohort) -> None:
    for cohort in (sepsis, other):
        for feature in cohort.codebook.features:
            values = cohort.table[feature.name].dropna()
            if feature.numeric:
                assert feature.impossible is not None
                assert values.map(feature.impossible.contains).all(), feature.name
            else:
                assert set(values) <= set(feature.level_labels), feature.name


def test_every_patient_makes_a_valid_case(sepsis: Cohort) -> None:
    cases = [sepsis.case(str(patient)) for patient in sepsis.table.index[:300]]
    assert all(case.codebook_hash == sepsis.codebook.content_hash for case in cases)
    assert {entry.provenance for case in cases for entry in case.entries} == {"registry"}


def test_filled_normals_are_marked_not_measured_and_left_out_of_training(sepsis: Cohort) -> None:
    filled = {
        feature.name: int((~sepsis.measured(feature, sepsis.table[feature.name].dropna())).sum())
        for feature in sepsis.codebook.features
        if feature.not_measured
    }
    assert filled == {"wblc1": 14, "crea1": 10, "bili1": 581, "alb1": 817, "pafi1": 114, "ph1": 81}
    patient = str(sepsis.table.index[sepsis.table["bili1"] == 1.01][0])
    entry = sepsis.case(patient).by_feature["bili1"]
    assert (entry.value, entry.measured) == (1.01, False)
    assert 1.01 not in set(sepsis.measured_training(sepsis.codebook.feature("bili1")))


def test_zeros_that_mean_not_recorded_are_absent(sepsis: Cohort) -> None:
    absent = {name: int(sepsis.table[name].isna().sum()) for name in ("hrt1", "meanbp1", "resp1", "wtkilo1", "paco21")}
    assert absent == {"hrt1": 67, "meanbp1": 39, "resp1": 52, "wtkilo1": 163, "paco21": 82}
    assert float(sepsis.table["age"].max()) == 90


def test_public_cases_come_from_the_test_split_and_differ(sepsis: Cohort) -> None:
    cases = sepsis.public[:8]
    assert len({case.patient for case in cases}) == 8
    assert {case.patient for case in cases} <= set(sepsis.split["test"])
    assert cases[0].headline == "73-year-old woman, septic"
    for public in cases:
        case = sepsis.case(public.patient)
        age = case.value("age")
        assert isinstance(age, float)
        person = "woman" if case.value("sex") == "Female" else "man"
        assert public.headline == f"{age:.0f}-year-old {person}, septic"  # nothing measured: it could be asked


def test_an_unknown_cohort_or_patient_is_refused_in_words(sepsis: Cohort) -> None:
    with pytest.raises(CohortError, match=r"no packaged cohort 'rhc-septic'\. There is: rhc-sepsis, rhc-other"):
        load_cohort("rhc-septic")
    with pytest.raises(CohortError, match=r"has no patient 'rhc-9999'\. It has 2218, such as rhc-0001"):
        sepsis.case("rhc-9999")


def test_an_altered_table_is_refused_with_both_hashes_and_the_remedy(copied: Path) -> None:
    path = copied / "rhc-sepsis.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    expected = read_manifest(copied).cohorts[0].sha256
    with pytest.raises(CohortError) as caught:
        read_cohort(copied, "rhc-sepsis")
    assert str(path) in caught.value.message
    assert f"the manifest expects {expected}" in caught.value.message
    assert caught.value.remedy.startswith("Restore the package")


@pytest.mark.parametrize("name", ["rhc-sepsis.parquet", "leak_guard.json", "mixtures.json", "manifest.json"])
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(CohortError, match=name):
        read_cohort(copied, "rhc-sepsis")


def test_another_codebook_than_the_one_it_was_made_with_is_refused(copied: Path) -> None:
    text = (copied / "manifest.json").read_text()
    (copied / "manifest.json").write_text(text.replace(read_manifest(copied).codebook_hash, "0" * 64))
    with pytest.raises(CohortError, match="another version of the codebook rhc"):
        read_cohort(copied, "rhc-sepsis")
