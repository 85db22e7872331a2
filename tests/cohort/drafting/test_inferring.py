"""Drafts from tables: each column is taken for what it is, every guess is marked, and the draft fits its table."""

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from creason_core.cohort.conforming import conform
from creason_core.cohort.drafting.draft import yaml_of
from creason_core.cohort.drafting.inferring import infer
from creason_core.cohort.table_files.reading import Frame
from creason_core.errors import CodebookError
from creason_core.record.codebook import Codebook, parse_codebook

N = 400


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "patient_id": np.arange(N) + 7000,
            "Age": random.integers(18, 97, N),
            "sex": random.choice(["M", "F"], N),
            "Weight (kg)": random.normal(75, 12, N).round(1),
            "creatinine_umol_l": random.normal(90, 20, N).round(0),
            "albumin": np.where(random.random(N) < 0.3, 3.5, random.normal(3, 0.6, N).round(1)),
            "crp": [f"{v:.1f}" if v > 0.6 else "<0.6" for v in random.exponential(20, N)],
            "severity": random.choice(["mild", "severe", "moderate"], N),
            "nyha": random.choice([1, 2, 3, 4], N),
            "band": random.choice(["18-39", "40-64", "65 and over"], N),
            "ward": random.choice(["ICU", "East", "West"], N),
            "ethnicity": random.choice(["a", "b", "c"], N),
            "smoker": random.choice(["n", "y"], N),
            "died_30d": random.integers(0, 2, N),
            "surname": random.choice(["Smith", "Jones", "Miller"], N),
            "admitted": pd.date_range("2020-01-01", periods=N).astype(str),
            "coded_date": [int(d.strftime("%Y%m%d")) for d in pd.date_range("2020-01-01", periods=N)],
            "row": np.arange(N),
            "chart": random.permutation(90_000)[:N] + 410_000,
            "notes": [f"seen at {i} for {i * 7}" for i in range(N)],
            "site_code": (codes := [f"S{i % 60:03}" for i in range(N)]),
            "site_number": [int(code[1:]) * 3 + 11 for code in codes],
            "constant": "x",
            "empty": "",
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def text(table: pd.DataFrame) -> str:
    return yaml_of(infer(Frame(table.astype(str).replace("nan", ""), "CSV file"), "ward"))


@pytest.fixture(scope="module")
def codebook(text: str) -> Codebook:
    return parse_codebook(text, "draft")


def test_every_kind_is_taken_for_what_it_is(codebook: Codebook) -> None:
    assert {feature.name: feature.kind for feature in codebook.features} == {
        "age": "integer", "sex": "binary", "weight_kg": "number", "creatinine_umol_l": "integer", "albumin": "number",
        "crp": "number", "severity": "ordinal", "nyha": "ordinal", "band": "ordinal", "ward": "nominal",
        "ethnicity": "nominal", "smoker": "binary", "died_30d": "binary",
    }  # fmt: skip


def test_levels_stand_in_the_order_that_their_words_have(codebook: Codebook) -> None:
    assert [level.code for level in codebook.feature("severity").levels] == ["mild", "moderate", "severe"]
    assert [level.code for level in codebook.feature("nyha").levels] == ["1", "2", "3", "4"]
    assert [level.code for level in codebook.feature("band").levels] == ["18-39", "40-64", "65 and over"]
    assert [(level.code, level.label) for level in codebook.feature("smoker").levels] == [("n", "No"), ("y", "Yes")]


def test_levels_in_capitals_and_not_are_one_and_written_as_mostly() -> None:
    table = pd.DataFrame({"told": ["N"] * 9 + ["n"] * 3 + ["Y", "y", "y", "U"]})
    codebook = parse_codebook(yaml_of(infer(Frame(table, "CSV file"), "t")), "t")
    assert [level.code for level in codebook.features[0].levels] == ["N", "U", "y"]
    assert conform(table, codebook).misfits == ()


def test_units_decimals_and_columns_come_from_names_and_values(codebook: Codebook) -> None:
    weight = codebook.feature("weight_kg")
    assert (weight.column, weight.label, weight.unit, weight.decimals) == ("Weight (kg)", "Weight", "kg", 1)
    assert codebook.feature("creatinine_umol_l").unit == "umol/L"
    assert codebook.feature("albumin").unit == "g/dL"  # a name that another codebook knows, and values that fit
    assert codebook.feature("age").loinc == "30525-0"
    assert codebook.feature("crp").missing == ("<0.6",)


def test_outcomes_and_groups_have_their_roles(codebook: Codebook) -> None:
    died = codebook.feature("died_30d")
    assert (died.role, died.time) == ("outcome", "outcome")
    assert codebook.feature("ethnicity").role == "audit"


def test_what_identifies_or_says_nothing_is_left_out_with_the_reason(codebook: Codebook) -> None:
    assert codebook.patient == "patient_id"
    told = {
        "patient_id": "key of a row", "surname": "may identify a person", "admitted": "dates",
        "coded_date": "dates written as numbers", "row": "number given to each row",
        "chart": "another number of 6 digits in nearly every row", "notes": "400 different texts",
        "site_code": "60 different texts", "site_number": "one to one for 'site_code'", "constant": "one value",
        "empty": "empty in every row",
    }  # fmt: skip
    assert set(codebook.left_out) == set(told)
    for column, words in told.items():
        assert words in codebook.left_out[column]


def test_guesses_are_comments_that_ask_for_a_look(text: str) -> None:
    assert (
        "# review: 3" in text.split("name: albumin", maxsplit=1)[0].rsplit("- name:", 1)[1]
    )  # % of the values are 3.5
    assert re.search(r"# review: 3\d% of the values are 3.5: .* write 'not_measured: \[3.5\]'\n- name: albumin", text)
    assert "taken to be in order, because the words have an order" in text
    assert all(line.startswith("# review:") for line in text.splitlines()[2:] if line.startswith("#"))


def test_names_of_any_writing_become_names_of_features() -> None:
    table = pd.DataFrame({name: ["1.5", "2.5", "3.5", "8"] * 9 for name in ("BMI", "bmi", "체중", "2nd", "a b", "a.b")})
    table["bmi"] = ["9.5", "1.5", "7.25", "2"] * 9
    codebook = parse_codebook(yaml_of(infer(Frame(table, "CSV file"), "t")), "t")
    assert [feature.name for feature in codebook.features] == ["bmi", "bmi_2", "x", "x_2nd", "a_b", "a_b_2"]
    assert [feature.column or feature.name for feature in codebook.features] == list(table)


def test_a_table_without_any_feature_is_refused() -> None:
    with pytest.raises(CodebookError, match=r"No column of the table can be a feature\. a: one value"):
        infer(Frame(pd.DataFrame({"a": ["x"] * 5}), "CSV file"), "t")


@pytest.mark.parametrize("cells", [["0", "0.0"], ["n", "N"], ["2.00", "2"]])
def test_two_spellings_of_one_level_say_nothing(cells: list[str]) -> None:
    draft = infer(Frame(pd.DataFrame({"a": cells * 5, "b": ["1", "2"] * 5}), "CSV file"), "t")
    assert draft.left_out["a"].startswith("one value in every row")


def test_a_whole_number_with_a_sign_and_a_point_is_the_level_of_its_code() -> None:
    table = pd.DataFrame({"a": ["0", "+1.0", "2.00"] * 5}, dtype=object)
    codebook = parse_codebook(yaml_of(infer(Frame(table, "CSV file"), "t")), "t")
    assert [level.code for level in codebook.feature("a").levels] == ["0", "+1", "2"]
    assert conform(table, codebook).of("structure", "cell") == ()


def test_ten_thousand_levels_are_no_levels() -> None:
    texts = [f"code {number}" for number in range(10_000)]
    draft = infer(Frame(pd.DataFrame({"drug": texts, "dose": ["1", "2"] * 5000}), "CSV file"), "t")
    assert draft.left_out["drug"] == "10,000 different texts: free text, names or codes; group them to use them"


_CELLS = st.one_of(
    st.integers(-1000, 1000).map(str),
    st.floats(-1e6, 1e6).map(lambda v: f"{v:.3f}"),
    st.sampled_from(
        ["", "NA", "yes", "no", "low", "high", 'a "b"', "x: y", "- z", "#", "{", "é", "2020-01-02", "null", "\u2028"]
    ),
    st.text(max_size=6),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=12), st.lists(_CELLS, min_size=1, max_size=8)), min_size=1, max_size=6
    ),
    st.integers(5, 60),
)
def test_a_draft_of_any_table_is_valid_and_fits_that_table(columns: list[tuple[str, list[str]]], rows: int) -> None:
    table = pd.DataFrame({name: (cells * rows)[:rows] for name, cells in columns}, dtype=object)
    try:
        draft = infer(Frame(table, "CSV file"), "any")
    except CodebookError:
        return  # nothing in it can be a feature, and it said so
    text = yaml_of(draft)
    read: Any = yaml.safe_load(text)
    codebook = parse_codebook(text, "any")
    assert [feature.column or feature.name for feature in codebook.features] == [f.column for f in draft.features]
    assert set(read.get("left_out", {})) | {f.column for f in draft.features} == set(table)
    asked = {f.column for f in draft.features if any("no cohort is made before" in note for note in f.notes)}
    told = [misfit.thing for misfit in conform(table, codebook).of("structure", "cell")]
    assert {codebook.feature(name).column or name for name in told} <= asked
