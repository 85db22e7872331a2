"""An import in the store: every patient or none, and the same import once."""

import pytest
import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store import cases as cases_module
from creason_core.store.cases import recent_cases, save_import
from creason_core.store.tables import case_versions
from creason_core.store.transactions import Database
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


def test_a_failure_at_the_last_patient_leaves_none(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    insert, calls = cases_module._insert_version, [0]

    def fails_third(*args: object) -> str:
        calls[0] += 1
        if calls[0] == 3:
            raise StoreError("full", "The disk is full.")
        return insert(*args)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(cases_module, "_insert_version", fails_third)
        with pytest.raises(StoreError, match="The disk is full"):
            save_import(db, USER, CASES, idem="i", label="x")
    assert rows(db) == 0
    save_import(db, USER, CASES, idem="i", label="x")
    assert rows(db) == 3
