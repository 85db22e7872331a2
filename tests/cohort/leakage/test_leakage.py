"""The leak guard: the numbers against hand-worked ones and scikit-learn's, and what it hides in the real cohort."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import mutual_info_score

import creason_core.cohort.leakage.fitting as fitting_module
import creason_core.cohort.leakage.information as information_module
from creason_core.arrays import Floats
from creason_core.cohort.cohort import Cohort
from creason_core.cohort.leakage.determination import Recovery, recover
from creason_core.cohort.leakage.fitting import discretise, fit_guard
from creason_core.cohort.leakage.guard import GuardDesign, LeakGuard
from creason_core.cohort.leakage.information import all_pairs, equal_frequency_bins, null_quantile
from creason_core.cohort.loading import load_cohort
from creason_core.errors import CodebookError
from creason_core.record.codebook import Codebook, Feature, parse_codebook

SMALL = """
name: small
version: 1
title: t
population: p
source: s
citation: c
sections: [A]
ties: [{features: [d, e], reason: they were read from one form}]
times: {day1: after the visit}
features:
- {name: a, label: A, section: A, kind: number, decimals: 3, time: day1}
- {name: b, label: B, section: A, kind: number, decimals: 3, time: day1}
- {name: total, label: Total, section: A, kind: number, decimals: 3, time: day1, role: derived, derived_from: [a]}
- {name: copy, label: Copy, section: A, kind: number, decimals: 3, time: day1}
- {name: d, label: D, section: A, kind: binary, time: admission, levels: [{code: n, label: n}, {code: y, label: y}]}
- {name: e, label: E, section: A, kind: binary, time: admission, levels: [{code: n, label: n}, {code: y, label: y}]}
- {name: both, label: Both, section: A, kind: binary, time: day1, levels: [{code: n, label: n}, {code: y, label: y}]}
"""


@pytest.fixture(scope="module")
def small() -> Codebook:
    return parse_codebook(SMALL, "small.yaml")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    random = np.random.default_rng(7)
    a, b = random.normal(size=(2, 600))
    d, e = random.integers(0, 2, size=(2, 600))
    words = np.array(["n", "y"])
    return pd.DataFrame(
        {"a": a, "b": b, "total": random.normal(size=600), "copy": b + 0.01 * random.normal(size=600),
         "d": words[d], "e": words[e], "both": words[d & e]}
    )  # fmt: skip


@pytest.fixture(scope="module")
def sepsis() -> Cohort:
    return load_cohort("rhc-sepsis")


@pytest.fixture(scope="module")
def fitted(small: Codebook, table: pd.DataFrame) -> LeakGuard:
    return fit_guard(table, small, GuardDesign(seed=1, permutations=20), split_hash="s")


def reasons(guard: LeakGuard, masked: str, *, as_of: bool = True) -> dict[str, str]:
    return {item.feature: item.reason for item in guard.hidden_with(masked, as_of=as_of)}


def test_information_of_a_hand_worked_table() -> None:
    codes = np.array([[0, 0], [0, 0], [0, 1], [1, 1]])
    found = all_pairs(codes)
    expected = 2 / 4 * math.log(2 * 4 / (3 * 2)) + 1 / 4 * math.log(1 * 4 / (3 * 2)) + 1 / 4 * math.log(1 * 4 / (1 * 2))
    assert found.nats[0, 1] == pytest.approx(expected, abs=1e-12)
    assert found.entropy[1] == pytest.approx(math.log(2), abs=1e-12)
    assert found.normalised[0, 1] == pytest.approx(expected / math.log(2), abs=1e-12)


def test_not_measured_is_a_bin_of_what_is_seen_and_no_patient_of_what_is_masked() -> None:
    codes = np.array([[0, 0], [0, 0], [-1, 1], [-1, 1], [0, -1]])
    assert all_pairs(codes).normalised[0, 1] == pytest.approx(1.0, abs=1e-12)  # "not measured" tells it all
    assert all_pairs(codes).entropy[0] == pytest.approx(0.0, abs=1e-12)


def test_all_pairs_of_the_real_cohort_equal_scikit_learn_on_the_same_bins(sepsis: Cohort) -> None:
    codes = discretise(sepsis.training, sepsis.codebook, bins=10)
    found = all_pairs(codes)
    for y in range(0, codes.shape[1], 4):
        rows = codes[:, y] >= 0
        for x in range(codes.shape[1]):
            assert abs(found.nats[x, y] - mutual_info_score(codes[rows, x], codes[rows, y])) < 1e-9


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 7), min_size=1, max_size=9),
    patients=st.integers(1, 60),
    gaps=st.sampled_from([0.0, 0.3, 0.9]),
    block=st.sampled_from([1, 5, 2048]),
    seed=st.integers(0, 2**32 - 1),
)
def test_information_of_any_table_equals_scikit_learn_however_it_is_cut_into_blocks(
    sizes: list[int], patients: int, gaps: float, block: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    codes = np.column_stack(
        [random.integers(-1 if size == 0 else 0, max(size, 1) if size else 0, patients) for size in sizes]
    )
    codes[random.random(codes.shape) < gaps] = -1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(information_module, "BLOCK", block)
        found = all_pairs(codes)
    for y in range(len(sizes)):
        rows = codes[:, y] >= 0
        counts = np.bincount(codes[rows, y]) if rows.any() else np.zeros(0)
        shares = counts[counts > 0] / max(rows.sum(), 1)
        assert abs(found.entropy[y] + float((shares * np.log(shares)).sum())) < 1e-9
        for x in range(len(sizes)):
            expected = mutual_info_score(codes[rows, x], codes[rows, y]) if rows.any() else 0.0
            assert abs(found.nats[x, y] - expected) < 1e-9


def test_equal_frequency_bins_keep_ties_together_and_missing_apart() -> None:
    assert equal_frequency_bins(np.array([1.0, 2, 3, 4, np.nan]), 2).tolist() == [0, 0, 1, 1, -1]
    assert equal_frequency_bins(np.array([3.5, 3.5, 3.5, 9.0]), 4).tolist() == [0, 0, 0, 1]


def test_chance_reaches_further_for_a_rare_value_and_is_the_same_twice() -> None:
    random = np.random.default_rng(1)
    codes = np.column_stack([random.integers(0, 10, 400), random.integers(0, 2, 400), np.arange(400) < 2])
    columns = np.arange(3)
    first = null_quantile(codes, columns, permutations=50, quantile=0.99, seed=3)
    assert first[2] > 0.3 > 0.05 > first[1]
    assert np.array_equal(first, null_quantile(codes, columns, permutations=50, quantile=0.99, seed=3))
    assert np.array_equal(first[[2]], null_quantile(codes, columns[[2]], permutations=50, quantile=0.99, seed=3))


def test_chance_is_that_of_every_pair_with_the_patients_of_one_in_another_order() -> None:
    codes = np.random.default_rng(2).integers(-1, 4, (80, 6))
    found = null_quantile(codes, np.array([1, 4]), permutations=1, quantile=0.5, seed=9)
    order = np.random.default_rng(9).permutation(80)
    for place, y in enumerate((1, 4)):
        rows = codes[:, y] >= 0
        entropy = mutual_info_score(codes[rows, y], codes[rows, y])
        others = [x for x in range(6) if x != y]
        best = max(mutual_info_score(codes[order][rows, x], codes[rows, y]) for x in others) / entropy
        assert abs(found[place] - best) < 1e-9


def test_each_reason_is_found_and_told(fitted: LeakGuard) -> None:
    assert reasons(fitted, "b") == {"copy": "mutual information"}
    assert reasons(fitted, "a") == {"total": "formula"}
    assert reasons(fitted, "total") == {"a": "formula"}
    assert reasons(fitted, "d") == {
        "a": "recorded later", "b": "recorded later", "total": "recorded later", "copy": "recorded later",
        "e": "formula", "both": "recorded later",
    }  # fmt: skip
    later = next(item for item in fitted.hidden_with("d") if item.feature == "a")
    assert later.sentence == "A is hidden: it is known after the visit, D at admission."
    assert reasons(fitted, "d", as_of=False) == {"e": "formula"}
    (tie,) = fitted.hidden_with("d", as_of=False)
    assert tie.sentence == "E is hidden: it can give D away, because they were read from one form."


def test_what_two_features_give_away_only_together_is_hidden(fitted: LeakGuard) -> None:
    ((name, reason),) = reasons(fitted, "both").items()
    assert name in ("d", "e")
    assert reason == "determined by others"
    assert "recovered Both in held-out patients with a score of 1.00 out of 1" in fitted.hidden_with("both")[0].sentence


def test_a_column_that_nobody_of_the_masked_one_has_is_no_obstacle(small: Codebook, table: pd.DataFrame) -> None:
    never = table.assign(a=np.where(np.arange(600) < 300, table["a"], np.nan))
    never["b"] = np.where(np.arange(600) < 300, np.nan, table["b"])
    guard = fit_guard(never, small, GuardDesign(seed=1, permutations=5), split_hash="s")
    assert reasons(guard, "b") == {"copy": "mutual information"}


def test_a_fitting_that_was_stopped_goes_on_with_what_it_had(
    small: Codebook, table: pd.DataFrame, fitted: LeakGuard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = 0

    def stop(features: int) -> None:
        nonlocal done
        done += features
        if done == 4:
            raise KeyboardInterrupt

    design, kept = GuardDesign(seed=1, permutations=20), tmp_path / "guard"
    with pytest.raises(KeyboardInterrupt):
        fit_guard(table, small, design, split_hash="s", kept=kept, progress=stop)
    kept.write_text(kept.read_text(encoding="utf-8")[:-20], encoding="utf-8")  # the fourth was cut while it was written
    asked: list[str] = []

    def noted(masked: Feature, target: Floats, others: Floats, *, above: float, seed: int) -> Recovery | None:
        asked.append(masked.name)
        return recover(masked, target, others, above=above, seed=seed)

    monkeypatch.setattr(fitting_module, "recover", noted)
    assert fit_guard(table, small, design, split_hash="s", kept=kept) == fitted
    assert list(dict.fromkeys(asked)) == ["copy", "both"]  # d and e have nothing visible left
    asked.clear()
    fit_guard(table, small, design, split_hash="another", kept=kept)
    assert "a" in asked


def test_paper_mode_is_the_published_rule_alone(sepsis: Cohort) -> None:
    design = GuardDesign(seed=1, mode="paper")
    guard = fit_guard(sepsis.training, sepsis.codebook, design, split_hash=sepsis.split_hash)
    found = {(entry.masked, item.feature, item.score) for entry in guard.entries for item in entry.hidden}
    assert found == {
        ("malighx", "ca", 0.5023), ("ca", "malighx", 0.5023), ("cat1", "cat2", 0.5595), ("cat2", "cat1", 0.5595),
    }  # fmt: skip


def test_the_packaged_guard_hides_the_give_aways(sepsis: Cohort) -> None:
    guard = sepsis.guard
    assert reasons(guard, "crea1") == {"aps1": "formula", "dth30": "recorded later"}
    assert reasons(guard, "malighx", as_of=False) == {"ca": "mutual information"}
    assert reasons(guard, "ca", as_of=False) == {"malighx": "mutual information"}
    assert reasons(guard, "cat1", as_of=False) == {"cat2": "formula", "seps": "formula"}
    assert len(reasons(guard, "seps", as_of=False)) == 11  # the two categories and nine other diagnoses
    assert len(reasons(guard, "aps1", as_of=False)) == 14
    assert reasons(guard, "dth30") == {}
    day1 = {feature.name for feature in sepsis.codebook.features if feature.time != "admission"}
    assert {name for name, reason in reasons(guard, "age").items() if reason == "recorded later"} == day1


def test_the_packaged_guard_never_lists_audit_features_and_belongs_to_its_codebook(sepsis: Cohort) -> None:
    listed = {item.feature for entry in sepsis.guard.entries for item in entry.hidden}
    assert not listed & {"race", "income", "ninsclas"}
    assert sepsis.guard.codebook_hash == sepsis.codebook.content_hash
    assert [entry.masked for entry in sepsis.guard.entries] == [item.name for item in sepsis.codebook.features]


def test_an_unknown_feature_and_a_table_without_a_column_are_refused(small: Codebook, sepsis: Cohort) -> None:
    with pytest.raises(CodebookError, match="does not know 'lactate'"):
        sepsis.guard.hidden_with("lactate")
    with pytest.raises(CodebookError, match="lacks a, b, total, copy, d, e, both of the codebook small"):
        fit_guard(pd.DataFrame(), small, GuardDesign(seed=1), split_hash="s")


@pytest.mark.slow
def test_fitting_again_gives_the_same_bytes(sepsis: Cohort) -> None:
    again = fit_guard(sepsis.training, sepsis.codebook, sepsis.guard.design, split_hash=sepsis.split_hash)
    packaged = Path(__file__).parents[3] / "creason_core" / "cohort" / "rhc" / "leak_guard.json"
    assert again.model_dump_json(indent=1) + "\n" == packaged.read_text(encoding="utf-8")
