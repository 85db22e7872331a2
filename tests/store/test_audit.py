import random
import time

import pytest
import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store import audit
from creason_core.store.schema.tables import audit as table
from creason_core.store.sql.transactions import Database

TRIGGERS = ("audit_no_update", "audit_no_delete")


def filled(db: Database, entries: int = 30) -> None:
    with db.write() as connection:
        for k in range(entries):
            audit.append(connection, f"user {k % 3}", audit.Event("case save", "case", str(k), {"n": k}))


def without_triggers(db: Database) -> sa.Connection:
    """A connection of someone who has taken the triggers away."""
    connection = db.engine.execution_options(write=True).connect()
    on_table = "" if db.sqlite else " ON audit"
    for name in TRIGGERS:
        connection.exec_driver_sql(f"DROP TRIGGER {name}{on_table}")
    return connection


def test_a_whole_log_has_no_problems_and_one_head_a_user(db: Database) -> None:
    filled(db)
    report = audit.verify(db)
    assert report.problems == ()
    assert {head.actor: head.seq for head in report.heads} == {
        "*program*": 4,  # the migration and three chains opened
        "user 0": 10,
        "user 1": 10,
        "user 2": 10,
    }


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET action = 'x'", "DELETE FROM audit", "DELETE FROM audit WHERE seq = 5"]
)
def test_the_log_refuses_to_change_or_shrink(db: Database, statement: str) -> None:
    filled(db)
    with pytest.raises(StoreError, match="the audit log never"), db.write() as connection:
        connection.exec_driver_sql(statement)
    assert audit.verify(db).entries == 34


def test_replacing_an_entry_does_not_slip_past_the_delete_trigger(sqlite_db: Database) -> None:
    filled(sqlite_db)
    with pytest.raises(StoreError, match="the audit log never shrinks"), sqlite_db.write() as connection:
        connection.exec_driver_sql("INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 2")


def test_every_kind_of_tampering_is_found(db: Database) -> None:
    """A thousand random changes, each alone: one field of one entry, one entry gone, two entries exchanged."""
    filled(db)
    noted = audit.verify(db).heads
    rng = random.Random(1)
    connection = without_triggers(db)
    for _ in range(1_000 if db.sqlite else 100):
        save = connection.begin_nested()
        tamper(connection, rng)
        assert problems(db, connection, noted)
        save.rollback()
    connection.rollback()
    connection.close()
    assert audit.verify(db, known=noted).problems == ()


def tamper(connection: sa.Connection, rng: random.Random) -> None:
    t = table
    rows = connection.execute(sa.select(t)).all()
    row = rng.choice(rows)
    here = sa.and_(t.c.actor == row.actor, t.c.seq == row.seq)
    kind = rng.choice(["edit", "delete", "exchange", "insert", "chain"])
    if kind == "edit":
        name = rng.choice(["action", "object_type", "object_id", "detail", "hash", "prev_hash"])
        connection.execute(t.update().where(here).values({name: getattr(row, name) + "x"}))
    elif kind == "delete":
        connection.execute(t.delete().where(here))
    elif kind == "exchange":
        other = rng.choice([found for found in rows if found.object_id != row.object_id])
        connection.execute(t.update().where(here).values(object_id=other.object_id))
    elif kind == "insert":
        connection.execute(t.insert().values(row._asdict() | {"seq": 1_000}))
    else:
        connection.execute(t.delete().where(t.c.actor == row.actor))


def problems(db: Database, connection: sa.Connection, noted: tuple[audit.ChainHead, ...]) -> tuple[str, ...]:
    """What ``verify`` finds as seen from inside the transaction that tampered."""
    return audit.check(connection, known=noted).problems


def test_a_tail_that_was_cut_off_shows_against_a_head_noted_elsewhere(db: Database) -> None:
    filled(db)
    noted = audit.verify(db).heads
    with without_triggers(db) as connection:
        connection.exec_driver_sql("DELETE FROM audit WHERE actor = 'user 1' AND seq > 7")
        connection.commit()
    assert audit.verify(db).problems == ()
    assert audit.verify(db, known=noted).problems == ("entry 10 of user 1, noted elsewhere, is gone",)


@pytest.mark.alone
def test_twenty_thousand_entries_are_verified_in_seconds(sqlite_db: Database) -> None:
    with sqlite_db.write() as connection:
        audit.append(connection, "ann", audit.Event("x", "case", "0"))
        first = connection.execute(sa.select(table).where(table.c.actor == "ann")).one()._asdict()
        rows = []
        for seq in range(2, 20_001):
            first = first | {"seq": seq, "prev_hash": first["hash"]}
            first["hash"] = audit.seal(first)
            rows.append(first)
        connection.execute(table.insert(), rows)
    start = time.perf_counter()
    assert audit.verify(sqlite_db).problems == ()
    assert time.perf_counter() - start < 5.0
