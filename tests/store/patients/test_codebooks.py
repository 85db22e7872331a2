"""A stored row is read by the very codebook that it was made with, and by what it shows where that is lost."""

from pathlib import Path

import pytest

from creason_core.errors import StoreError
from creason_core.question.kinds import task_of
from creason_core.question.masked_value import build_question, visible_entries
from creason_core.question.outcome import build_outcome
from creason_core.question.redaction import asked_name
from creason_core.record.codebook import Codebook
from creason_core.record.highlights import highlights
from creason_core.store.patients.cases import open_public, recent_cases, save_import, save_version
from creason_core.store.patients.codebooks import Codebooks, keep_codebook, kept_codebook
from creason_core.store.schema.tables import codebooks
from creason_core.store.sql.transactions import Database
from tests.cohort.longitudinal import died
from tests.store.examples import AGE, CODEBOOK, LACTATE, USER, example_case, example_question

HASH = CODEBOOK.content_hash
FIELDS = {name: getattr(CODEBOOK, name) for name in Codebook.model_fields}
NEWER = Codebook(**FIELDS | {"version": 2, "features": (AGE,)})
MILK = LACTATE.model_copy(update={"label": "Milk sugar", "unit_label": "g"})
OTHER = Codebook(**FIELDS | {"name": "other", "features": (MILK,)})


def test_a_codebook_is_kept_once_and_reads_as_it_was(db: Database) -> None:
    told = Codebook(**FIELDS | {"who": ("age",)})
    keep_codebook(db, told)
    keep_codebook(db, CODEBOOK)  # the same content
    assert kept_codebook(db, HASH) == told
    assert kept_codebook(db, "0" * 64) is None


@pytest.mark.parametrize("content", [CODEBOOK.model_dump_json().replace("mmol/L", "mg/dL"), "{"])
def test_a_kept_text_that_was_altered_is_not_read(sqlite_db: Database, content: str) -> None:
    keep_codebook(sqlite_db, CODEBOOK)
    altered = codebooks.update().values(content=content)
    sqlite_db.write_as(USER, lambda connection: connection.execute(altered))
    assert kept_codebook(sqlite_db, HASH) is None


def test_a_row_is_read_by_its_own_codebook_beside_others_that_have_its_names(sqlite_db: Database) -> None:
    keep_codebook(sqlite_db, CODEBOOK)
    case = example_case()
    for at_hand in ([OTHER, CODEBOOK], [OTHER, NEWER], []):
        found = Codebooks(sqlite_db, lambda known=at_hand: known)  # type: ignore[misc]
        assert found.of(case) == CODEBOOK
        assert found.whole(case)
        assert task_of(example_question(case), found.of(example_question(case), case)).stem == (
            "What would be the masked value of 'Lactate' (mmol/L) in section Labs?"
        )


def test_a_row_whose_codebook_nobody_kept_is_read_by_a_namesake_and_by_what_it_shows(sqlite_db: Database) -> None:
    case = example_case()
    question = example_question(case)
    by_namesake = Codebooks(sqlite_db, lambda: [OTHER, NEWER])
    assert by_namesake.of(case).feature("age").label == "Age"
    assert by_namesake.of(question, case).feature("lactate").text(4.2) == "4.2"
    assert not by_namesake.whole(case)  # it lacks a value of the case
    bare = Codebooks(sqlite_db, lambda: [OTHER]).of(question, case)
    assert (bare.name, bare.feature("age").label, bare.feature("lactate").text(1.0)) == ("tiny", "age", "1.0")
    assert bare.content_hash != HASH


def test_a_case_says_to_which_cohort_it_belongs_however_it_came(db: Database, tmp_path: Path) -> None:
    made = "c" * 64
    typed = save_version(
        db, USER, example_case(), idem="1", case_id=None, parent_id=None, label="x", cohort="plots", cohort_hash=made
    )
    public = open_public(db, USER, "plots", example_case(), "x", cohort_hash=made)
    imported = save_import(
        db, USER, [example_case(), example_case(3.0)], idem="i", label="x", cohort="plots", cohort_hash=made
    )
    assert {(one.cohort, one.cohort_hash) for one in (typed, public, imported, *recent_cases(db, USER))} == {
        ("plots", made)
    }
    assert len(recent_cases(db, USER)) == 4


def test_a_codebook_too_long_for_a_row_is_refused(sqlite_db: Database) -> None:
    long = Codebook(**FIELDS | {"source": "s" * 10_000_001})
    with pytest.raises(StoreError):
        keep_codebook(sqlite_db, long)


def test_a_prediction_and_values_over_time_are_read_without_their_codebook(sqlite_db: Database, tmp_path: Path) -> None:
    cohort = died(tmp_path / "course")
    case = next(one for one in map(cohort.case, cohort.split["test"]) if len(one.of("lactate")) == 3)
    questions = (
        build_outcome(case, "died", cohort, seed=0, as_of="admission"),
        build_question(case, "lactate@6", cohort, seed=0, guard_off=frozenset({"lactate@0"})),
    )
    for question in questions:
        for at_hand in ([], [Codebook(**FIELDS | {"name": "course"})]):
            book = Codebooks(sqlite_db, lambda known=at_hand: known).of(question, case)  # type: ignore[misc]
            task = task_of(question, book)
            assert task.stem
            assert len(task.options) == len(question.options)
            assert all(book.feature(item.feature).label for item in question.hidden)
            shown = {entry.name for entry in visible_entries(case, question, book)} - {"died"}  # nobody knows its role
            assert shown == {entry.name for entry in visible_entries(case, question, cohort.codebook)}
            assert highlights(case, book) is not None
            assert asked_name("A name", case, question, book) == "A name"
