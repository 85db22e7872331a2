"""An import in the store: every patient or none, and the same import once."""

import time

import pytest
import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store import audit
from creason_core.store.patients.cases import recent_cases, save_import
from creason_core.store.schema.tables import case_versions
from creason_core.store.sql.transactions import Database
from tests.store.examples import USER, example_case

CASES = [example_case(1.5), example_case(4.2), example_case(9.0)]


def rows(db: Database) -> int:
    with db.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(case_versions)).scalar_one())


def test_every_patient_becomes_a_case_with_its_number(db: Database) -> None:
    first = save_import(db, USER, CASES, idem="i", label="Ward 3")
    assert (first.case, first.label, first.source, first.n) == (CASES[0], "Ward 3, patient 1", "import", 1)
    assert [version.label for version in recent_cases(db, USER)][::-1] == [f"Ward 3, patient {n}" for n in (1, 2, 3)]


def test_a_single_patient_keeps_the_name(db: Database) -> None:
    assert save_import(db, USER, CASES[:1], idem="i", label="Ward 3").label == "Ward 3"


def test_saving_twice_saves_once(db: Database) -> None:
    assert save_import(db, USER, CASES, idem="i", label="x") == save_import(db, USER, CASES, idem="i", label="x")
    assert rows(db) == 3


def test_a_failure_at_the_last_step_leaves_none(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise StoreError("full", "The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(audit, "append", fails)
        with pytest.raises(StoreError, match="The disk is full"):
            save_import(db, USER, CASES, idem="i", label="x")
    assert rows(db) == 0
    save_import(db, USER, CASES, idem="i", label="x")
    assert rows(db) == 3
    assert audit.verify(db).problems == ()


@pytest.mark.alone
def test_thousands_of_patients_hold_the_database_for_a_moment_only(sqlite_db: Database) -> None:
    start = time.process_time()
    save_import(sqlite_db, USER, CASES * 700, idem="i", label="x")
    assert rows(sqlite_db) == 2_100
    assert time.process_time() - start < 5
