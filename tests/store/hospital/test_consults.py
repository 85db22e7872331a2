"""Antibiograms and decisions of consults in both databases: whole or not at all, never changed, the newest counts."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from creason_core.errors import IdentifierError, StoreError
from creason_core.store import audit
from creason_core.store.hospital.antibiograms import (
    Antibiogram,
    AntibiogramRow,
    add_antibiogram,
    antibiograms_in,
    rows_of,
)
from creason_core.store.hospital.consults import Judged, decide, decisions_in
from creason_core.store.schema.antibiogram_tables import antibiogram_rows, antibiograms
from creason_core.store.schema.fact_tables import consult_decisions
from creason_core.store.sql.transactions import Database
from tests.store.examples import USER, saved_case

ANTIBIOGRAM = Antibiogram(
    "a", "hash", "icu.csv", "St Elsewhere, intensive care", date(2025, 1, 1), date(2025, 12, 31), USER,
    datetime(2026, 1, 9, 12, tzinfo=UTC),
)  # fmt: skip
ROWS = (AntibiogramRow(1, "E. coli", "meropenem", 412, 0.985), AntibiogramRow(2, "µ – 日本", "x", 29, 1.0))
CARD = "8f0d7a52-3f0b-5b0e-9d2a-0c6f5f3f2f11"
DECIDED = Judged("reject", ("allergy", "other"), "µ – 日本", train_ok=True)


def decided(db: Database, version: str, judged: Judged, *, user: str = USER) -> None:
    decide(db, user, CARD, judged, case_version_id=version, question="Antibiotics?", option='{"statement":"x"}')


def test_an_antibiogram_comes_back_as_it_was_added_and_never_changes(db: Database) -> None:
    add_antibiogram(db, ANTIBIOGRAM, ROWS, lambda _: None)
    add_antibiogram(db, replace(ANTIBIOGRAM, id="b"), [replace(ROWS[0], n=n) for n in range(1, 902)], lambda _: None)
    assert [one.id for one in antibiograms_in(db)] == ["a", "b"]
    assert (rows_of(db, "a"), len(rows_of(db, "b")), rows_of(db, "c")) == (ROWS, 901, ())
    assert [row.few for row in ROWS] == [False, True]
    with db.write() as connection:
        for change in (
            antibiograms.update().values(title="x"), antibiograms.delete(),
            antibiogram_rows.update().values(share=0.1), antibiogram_rows.delete(),
        ):  # fmt: skip
            with pytest.raises(sa.exc.DBAPIError, match="an antibiogram never changes"), connection.begin_nested():
                connection.execute(change)


def test_a_decision_is_kept_and_a_newer_one_of_its_card_counts_without_ending_the_older(db: Database) -> None:
    version = saved_case(db)
    for judged in (Judged("accept"), DECIDED, DECIDED):
        decided(db, version.id, judged)
    (found,) = decisions_in(db, users=[USER], case_version_ids=[version.id])
    assert (found.judged, found.judged.outcome, found.question) == (DECIDED, "overridden", "Antibiotics?")
    assert decisions_in(db, users=["bob"]) == ()
    with db.read() as connection:
        stored = connection.execute(sa.select(consult_decisions.c.outcome).order_by("entry")).scalars().all()
    assert stored == ["accepted", "overridden"]
    assert audit.verify(db).problems == ()


@pytest.mark.parametrize(("judged", "told"), [
    (Judged("reject"), "needs a reason"),
    (Judged("defer"), "needs a reason"),
    (Judged("modify", ("allergy",)), "it must say what is done instead"),
    (Judged("reject", ("other",)), "it must say the other reason"),
    (Judged("reject", ("dislike",)), "'dislike' is not a reason"),
    (Judged("ignore", ("allergy",)), "'ignore' is not a choice"),  # type: ignore[arg-type]
    (Judged("accept", (), "x" * 1_001), "at most 1,000 are stored"),
])  # fmt: skip
def test_a_decision_without_what_it_needs_is_refused_and_nothing_is_stored(
    sqlite_db: Database, judged: Judged, told: str
) -> None:
    version = saved_case(sqlite_db)
    with pytest.raises(StoreError, match=told):
        decided(sqlite_db, version.id, judged)
    assert decisions_in(sqlite_db) == ()


def test_a_decision_about_the_case_of_another_and_a_comment_with_a_name_are_refused(sqlite_db: Database) -> None:
    version = saved_case(sqlite_db)
    with pytest.raises(StoreError, match="no such case among yours"):
        decided(sqlite_db, version.id, DECIDED, user="bob")
    with pytest.raises(IdentifierError):
        decided(sqlite_db, version.id, replace(DECIDED, comment="Mrs Wheelwright, 010-1234-5678"))
    assert decisions_in(sqlite_db) == ()
