"""A small question file about real patients, built by the real builder."""

from pathlib import Path

import pytest

from creason_core.cohort.cohort import Cohort, Split
from creason_core.cohort.loading import load_cohort
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.question.vectorised.table import QuestionTable, read_questions

FEATURES = ("meanbp1", "crea1", "sex", "dth30", "ph1")


@pytest.fixture(scope="session")
def cohort() -> Cohort:
    return load_cohort("rhc-sepsis")


@pytest.fixture(scope="session")
def questions(cohort: Cohort, tmp_path_factory: pytest.TempPathFactory) -> QuestionTable:
    """60 questions about test patients, class-balanced."""
    return _build(
        cohort, tmp_path_factory.mktemp("questions") / "test.parquet", "test", Sampling(balanced=True, limit=60)
    )


@pytest.fixture(scope="session")
def validation(cohort: Cohort, tmp_path_factory: pytest.TempPathFactory) -> QuestionTable:
    """400 questions about validation patients, classes as common as they are."""
    return _build(
        cohort, tmp_path_factory.mktemp("questions") / "validation.parquet", "validation", Sampling(limit=400)
    )


def _build(cohort: Cohort, file: Path, split: Split, sampling: Sampling) -> QuestionTable:

    build(Plan(cohort=cohort, split=split, features=FEATURES, sampling=sampling), file)
    return read_questions(file)
