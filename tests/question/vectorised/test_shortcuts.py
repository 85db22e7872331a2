"""The options of the default design say nothing; an audit that could not find a leak would say nothing either."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from creason_core.cli import main
from creason_core.cohort.loading import load_cohort
from creason_core.cohort.options import fit_options
from creason_core.metrics.intervals import resample
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.question.vectorised.shortcut_report import ShortcutReport, measure_shortcuts, one_sided
from creason_core.question.vectorised.shortcuts import Offered, scores
from creason_core.question.vectorised.table import QuestionTable, read_questions
from creason_core.question.vectorised.traits import Traits, traits_of
from tests.metrics.coverage import SIZES
from tests.question.vectorised import awkward

NUMBERS = ("meanbp1", "hrt1", "crea1", "temp1", "sod1", "wblc1")


@pytest.fixture(scope="module")
def balanced(tmp_path_factory: pytest.TempPathFactory) -> QuestionTable:
    path = tmp_path_factory.mktemp("audit") / "balanced.parquet"
    build(Plan(load_cohort("rhc-sepsis"), "test", features=NUMBERS, sampling=Sampling(balanced=True)), path)
    return read_questions(path)


def pooled(report: ShortcutReport, shortcut: str) -> float:
    return next(score.above for score in report.pooled if score.shortcut == shortcut)


@pytest.mark.slow
def test_balanced_numbers_of_the_default_design_pass(
    balanced: QuestionTable, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["questions", "shortcuts", str(balanced.path), "--json"]) == 0
    report = ShortcutReport.model_validate_json(capsys.readouterr().out)
    assert report.passed is True
    assert max(score.above for score in report.pooled) <= 0.02
    assert "Passed: the options alone say nothing." in report.text()


def with_texts(table: QuestionTable, options: list[list[str]]) -> QuestionTable:
    at = table.table.schema.get_field_index("options")
    return replace(table, table=table.table.set_column(at, table.table.schema.field(at), pa.array(options)))


def test_rounded_distractors_are_found(balanced: QuestionTable) -> None:
    keys = balanced.table["key"].to_pylist()
    options = [
        [f"{text}.37" if place == key else text for place, text in enumerate(texts)]
        for texts, key in zip(balanced.table["options"].to_pylist(), keys, strict=True)
    ]
    report = measure_shortcuts(with_texts(balanced, options), load_cohort("rhc-sepsis"))
    assert report.passed is False
    assert pooled(report, "decimals") > 0.4
    assert "the shortcut 'decimals'" in report.failures[0] or "the shortcut 'text length'" in report.failures[0]


def test_the_published_design_is_measured_and_never_passed(tmp_path: Path) -> None:
    cohort = load_cohort("rhc-sepsis")
    build(Plan(cohort, "test", features=NUMBERS, design="paper"), tmp_path / "paper.parquet")
    report = measure_shortcuts(read_questions(tmp_path / "paper.parquet"), cohort)
    assert report.passed is None
    assert pooled(report, "marginal density") > 0.05
    assert json.loads(report.model_dump_json())["failures"] == []


def test_equal_preferences_share_the_guess_and_missing_options_are_never_chosen() -> None:
    values = np.array([[1.0, 2.0, 3.0, np.nan, np.nan], [1.0, 2.0, 3.0, 4.0, 5.0]])
    nothing = np.zeros_like(values)
    ints = np.array([0, 0])
    questions = Offered(ints, ints, ints, np.array([2, 0]), values, nothing, nothing, nothing, nothing, Traits.empty(2))
    assert scores(nothing, questions).tolist() == pytest.approx([1 / 3, 1 / 5])
    assert scores(values, questions).tolist() == [1.0, 0.0]
    assert questions.chance.tolist() == pytest.approx([1 / 3, 1 / 5])


def test_a_sample_that_noise_would_judge_is_said_to_be_too_small(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cohort = load_cohort("rhc-sepsis")
    for seed in range(4):  # whatever the options happen to be
        path = tmp_path / f"few{seed}.parquet"
        sampling = Sampling(balanced=True, limit=60)
        build(Plan(cohort, "test", features=NUMBERS, sampling=sampling, seed=seed), path)
        assert main(["questions", "audit", str(path)]) == 3  # its name of before
        assert "Too few questions to judge: with 60 about numbers" in capsys.readouterr().out
    report = measure_shortcuts(read_questions(path), cohort)
    assert (report.passed, report.failures) == (None, ())


def test_a_plain_leak_fails_in_a_small_sample_too(balanced: QuestionTable) -> None:
    few = replace(balanced, table=balanced.table.slice(0, 200))
    keys, texts = few.table["key"].to_pylist(), few.table["options"].to_pylist()
    told = [
        [f"{text}.37" if k == key else text for k, text in enumerate(one)] for one, key in zip(texts, keys, strict=True)
    ]
    assert measure_shortcuts(with_texts(few, told), load_cohort("rhc-sepsis")).passed is False


@pytest.mark.slow
def test_no_trait_of_an_awkward_number_tells_the_true_one_and_drawing_training_values_would(tmp_path: Path) -> None:
    cohort, found = awkward.cohort(3000), {}
    for version in (1, 2):
        path = tmp_path / f"{version}.parquet"
        build(Plan(cohort, "test", version=version, sampling=Sampling(balanced=True)), path)
        found[version] = measure_shortcuts(read_questions(path), cohort)
    assert found[1].passed is False
    assert pooled(found[1], "not in training") > 0.1
    assert pooled(found[1], "boosting on traits") > 0.1
    assert found[2].passed is True
    assert max(score.above for score in found[2].pooled) <= 0.01


def test_the_traits_of_a_number_are_those_of_its_text_and_of_the_training_patients() -> None:
    feature = load_cohort("rhc-sepsis").codebook.feature("wtkilo1")  # one decimal
    model = fit_options(feature, [50.0, 50.0, 70.0, 71.5])
    traits = traits_of(model, np.array([50.0, 71.5, 65.0, 100.3, -12.0]))
    deviation = np.std([50.0, 50.0, 70.0, 71.5])
    assert traits.seen.tolist() == [1, 1, 0, 0, 0]
    assert traits.count.tolist() == [2, 1, 0, 0, 0]
    assert (traits.distance * deviation).tolist() == pytest.approx([0, 0, 5.0, 28.8, 62.0])
    assert traits.digit.tolist() == [0, 5, 0, 3, 0]
    assert traits.roundness.tolist() == [3, 0, 2, 0, 1]


@pytest.mark.parametrize("patients", SIZES)
def test_a_shortcut_that_knows_nothing_is_told_to_with_few_patients_as_seldom_as_with_many(patients: int) -> None:
    rng, clusters, told = np.random.default_rng(3), np.repeat(np.arange(patients), 8), 0
    for study in range(400):
        above = rng.normal(size=patients)[clusters] + rng.normal(size=len(clusters))
        drawn = resample(np.stack([above, np.ones_like(above)], axis=1), clusters, seed=study, draws=400).drawn
        told += one_sided(float(above.mean()), float((drawn[:, 0] / drawn[:, 1]).std()), patients) < 0.05
    assert told <= 30  # 20 are expected
