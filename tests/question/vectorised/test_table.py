from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from creason_core.cohort.loading import load_cohort
from creason_core.errors import QuestionError
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.table import QuestionTable, read_questions, user_column


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> QuestionTable:
    path = tmp_path_factory.mktemp("questions") / "q.parquet"
    build(Plan(load_cohort("rhc-sepsis"), "test", features=("meanbp1", "cat1")), path)
    return read_questions(path)


def test_what_a_file_was_made_with_is_read_back(table: QuestionTable) -> None:
    cohort = load_cohort("rhc-sepsis")
    table.require(cohort)
    assert table.meta.features == ("cat1", "meanbp1")
    assert (table.meta.cohort, table.meta.split, table.meta.design, table.meta.seed) == (
        "rhc-sepsis",
        "test",
        "stratified",
        0,
    )
    assert len(table) == len(table.frame) == len(list(table.messages(cohort)))


def test_prompts_as_a_column_are_those_of_the_messages(table: QuestionTable) -> None:
    cohort = load_cohort("rhc-sepsis")
    texts = [messages[1].content for messages in table.messages(cohort, sample=2)]
    assert user_column(table.table, cohort, sample=2).to_pylist() == texts


def test_questions_of_another_codebook_or_cohort_are_refused(table: QuestionTable) -> None:
    cohort = load_cohort("rhc-sepsis")
    other = replace(table, meta=table.meta.model_copy(update={"codebook_hash": "0" * 64}))
    with pytest.raises(QuestionError, match="was built with another codebook"):
        other.require(cohort)
    with pytest.raises(QuestionError, match="was built with another cohort: rhc-sepsis, now it is rhc-other"):
        table.require(load_cohort("rhc-other"))


def test_a_row_that_was_changed_is_not_used(table: QuestionTable) -> None:
    at = table.table.schema.get_field_index("key")
    keys = table.table["key"].to_numpy() + 1
    changed = replace(table, table=table.table.set_column(at, table.table.schema.field(at), [keys]))
    with pytest.raises(QuestionError, match=r"Row 0 of .* is not the question its cohort makes now"):
        changed.question(0, load_cohort("rhc-sepsis"))


def test_a_missing_or_foreign_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="There is no question file"):
        read_questions(tmp_path / "none.parquet")
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "other.parquet")
    with pytest.raises(QuestionError, match="cannot be read as a question file"):
        read_questions(tmp_path / "other.parquet")
    (tmp_path / "text.parquet").write_text("nothing")
    with pytest.raises(QuestionError, match="cannot be read as a question file"):
        read_questions(tmp_path / "text.parquet")
