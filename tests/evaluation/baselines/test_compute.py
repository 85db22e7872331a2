"""Baselines see what a prompt shows, learn from training patients only, and are computed once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from creason_core.cli import main
from creason_core.cohort.loading import load_cohort
from creason_core.evaluation.baselines.compute import BASELINES, compute, matrix, visible_features
from creason_core.evaluation.baselines.report import BaselineReport
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.question.vectorised.table import QuestionTable, read_questions

FEATURES = ("crea1", "sex", "ca", "dth30")


@pytest.fixture
def table(tmp_path: Path) -> QuestionTable:
    build(Plan(load_cohort("rhc-sepsis"), "test", features=FEATURES), tmp_path / "q.parquet")
    return read_questions(tmp_path / "q.parquet")


def test_every_baselines_probabilities_are_over_the_questions_own_options(table: QuestionTable) -> None:
    computed = compute(table, load_cohort("rhc-sepsis"))
    counts = table.frame["options"].str.len().to_numpy()
    for name in BASELINES:
        weights = computed.probabilities[name]
        assert weights.sum(axis=1) == pytest.approx(np.ones(len(weights)))
        assert not weights[np.arange(5) >= counts[:, None]].any()
    assert computed.scores["chance"] == pytest.approx(1 / counts)
    assert computed.scores["boosting"].mean() > computed.scores["prior"].mean() > computed.scores["chance"].mean()


def test_results_are_kept_by_feature_and_are_the_same_again(table: QuestionTable) -> None:
    cohort = load_cohort("rhc-sepsis")
    first = compute(table, cohort)
    assert first.reused == 0
    next((table.path.parent / "q.parquet.baselines").glob("sex-*.npz")).unlink()
    again = compute(table, cohort)
    assert again.reused == 3
    for name in BASELINES:
        assert again.probabilities[name].tobytes() == first.probabilities[name].tobytes()


def test_nothing_that_a_prompt_hides_is_visible_to_a_baseline() -> None:
    cohort = load_cohort("rhc-sepsis")
    for feature in cohort.codebook.features:
        visible = {one.name for one in visible_features(cohort, feature)}
        assert feature.name not in visible
        assert not visible & {item.feature for item in cohort.guard.hidden_with(feature.name)}
        assert {cohort.codebook.feature(name).role for name in visible} <= {"predictor", "derived"}


def test_the_answers_of_test_patients_change_nothing(table: QuestionTable) -> None:
    cohort = load_cohort("rhc-sepsis")
    computed = compute(table, cohort)
    swapped = cohort.table.copy()
    swapped.loc[list(cohort.split["test"]), "crea1"] = 1.0
    (table.path.parent / "q.parquet.baselines").rename(table.path.parent / "aside")
    again = compute(table, replace(cohort, table=swapped))
    rows = (table.frame["masked_feature"] == "crea1").to_numpy()
    assert (again.probabilities["boosting"][rows] == computed.probabilities["boosting"][rows]).all()
    assert (again.probabilities["neighbours"][rows] == computed.probabilities["neighbours"][rows]).all()


def test_a_filled_normal_is_no_value() -> None:
    cohort = load_cohort("rhc-sepsis")
    feature = cohort.codebook.feature("alb1")
    found = matrix(cohort.table, (feature,))[:, 0]
    assert np.array_equal(~np.isnan(found), cohort.measured(feature, cohort.table["alb1"]))


def test_the_command_prints_scores_by_section(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sampling = Sampling(balanced=True, quota=60)
    build(Plan(load_cohort("rhc-sepsis"), "test", features=FEATURES, sampling=sampling), tmp_path / "q.parquet")
    assert main(["baselines", str(tmp_path / "q.parquet"), "--json"]) == 0
    report = BaselineReport.model_validate_json(capsys.readouterr().out)
    groups = {score.group for score in report.scores}
    assert groups == {"all", "numbers", "Demographics", "Comorbidity", "Labs, day 1", "Outcome"}
    blind = next(score for score in report.scores if (score.group, score.baseline) == ("Outcome", "prior"))
    assert blind.accuracy.value == pytest.approx(0.5)
    everything = next(score for score in report.scores if (score.group, score.baseline) == ("all", "boosting"))
    assert 0 < everything.ece.value < 0.2  # it was corrected for the sampling, so it is about as sure as it is right
    assert everything.ece.low is not None
    assert main(["baselines", str(tmp_path / "q.parquet")]) == 0
    assert "neighbours" in capsys.readouterr().out
