"""How the RHC cohorts are made: the pins, the cleaning rules and the split, on a table of a few rows."""

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from creason_core.cohort.rhc.clean import clean
from creason_core.cohort.rhc.make import SOURCE, part_of, source_table
from creason_core.errors import CohortError
from creason_core.record.codebook import packaged_codebook


@pytest.fixture
def source() -> pd.DataFrame:
    """Four patients as the wheel holds them, ordinary apart from what a test changes."""
    codebook = packaged_codebook("rhc")
    rows: dict[str, object] = {"pid": [0, 1, 2, 3], "event": [1, 1, 0, 1], "time": [30, 31, 12, 2]}
    for feature in codebook.features:
        if feature.name == "dth30":
            continue
        if feature.numeric:
            limits = feature.reference or feature.confirm
            assert limits is not None
            rows[f"num_{feature.name}"] = (
                [float(limits.low or 0) + 20.0] * 4
                if feature.name == "age"
                else [float(limits.low if limits.low is not None else 1)] * 4
            )
        else:
            rows[f"fac_{feature.name}"] = [feature.levels[0].code] * 4
    rows["fac_swang1"] = ["No RHC", "RHC", "RHC", "RHC"]
    rows["fac_cat2"] = ["missing", "Coma", "missing", "missing"]
    rows["fac_chfhx"] = [0, 1, 0, 0]
    return pd.DataFrame(rows)


def test_death_within_30_days_is_an_event_at_day_30_or_before(source: pd.DataFrame) -> None:
    table, _ = clean(source, packaged_codebook("rhc"))
    assert table["dth30"].tolist() == ["Yes", "No", "No", "Yes"]
    assert table.index.tolist() == ["rhc-0000", "rhc-0001", "rhc-0002", "rhc-0003"]


def test_values_are_rounded_filled_normals_kept_and_what_was_not_recorded_left_out(source: pd.DataFrame) -> None:
    source["num_temp1"] = [38.69531, 36.39844, 27.0, 43.0]
    source["num_crea1"] = [1.009766, 1.0, 0.79993, 25.0977]
    source["num_hrt1"] = [0, 124, 40, 250]
    source["num_alb1"] = [29.0, 3.5, 2.599609, 11.0]
    source["num_age"] = [89.99, 101.8, 18.04, 90.0]
    source["num_edu"] = [14.069916, 12.0, 0.0, 30.0]
    table, changes = clean(source, packaged_codebook("rhc"))
    assert table["temp1"].tolist() == [38.7, 36.4, 27.0, 43.0]
    assert table["crea1"].tolist() == [1.01, 1.0, 0.8, 25.1]
    assert np.array_equal(table["hrt1"].to_numpy(), [np.nan, 124, 40, 250], equal_nan=True)
    assert np.array_equal(table["alb1"].to_numpy(), [np.nan, 3.5, 2.6, np.nan], equal_nan=True)
    assert table["age"].tolist() == [89, 90, 18, 90]
    assert np.array_equal(table["edu"].to_numpy(), [np.nan, 12, 0, 30], equal_nan=True)
    assert {change.feature: change.patients for change in changes} == {"age": 2, "edu": 1, "hrt1": 1, "alb1": 2}


def test_a_filled_blood_gas_is_told_from_a_measured_one(source: pd.DataFrame) -> None:
    source["num_ph1"] = [7.399998, 7.399414, 7.399998, 7.25]
    source["num_paco21"] = [40.0, 40.0, 35.0, 40.0]
    table, _ = clean(source, packaged_codebook("rhc"))
    assert table["ph1"].tolist() == [7.399998, 7.4, 7.399998, 7.25]
    assert np.array_equal(table["paco21"].to_numpy(), [np.nan, 40, 35, 40], equal_nan=True)


def test_levels_are_brought_to_the_codebooks_codes_and_unknown_ones_stop_the_making(source: pd.DataFrame) -> None:
    table, _ = clean(source, packaged_codebook("rhc"))
    assert table["swang1"].tolist() == ["No", "Yes", "Yes", "Yes"]
    assert table["cat2"].tolist() == ["None", "Coma", "None", "None"]
    assert table["chfhx"].tolist() == ["No", "Yes", "No", "No"]
    source["fac_sex"] = "unknown"
    with pytest.raises(ValueError, match="sex has values that the codebook does not know"):
        clean(source, packaged_codebook("rhc"))


def test_the_part_of_a_patient_depends_on_the_key_alone() -> None:
    parts = [part_of(f"rhc-{number:04d}") for number in range(5735)]
    assert [parts.count(part) for part in ("train", "validation", "test")] == [3948, 596, 1191]


def test_a_wheel_that_is_not_the_pinned_one_is_never_opened(tmp_path: Path) -> None:
    path = tmp_path / "survset-0.2.11-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(SOURCE.member, b"not a table")
    with pytest.raises(CohortError, match=r"is not the pinned wheel SurvSet==0\.2\.11") as caught:
        source_table(path)
    assert SOURCE.wheel_sha256 in caught.value.message
    assert SOURCE.url in caught.value.remedy
