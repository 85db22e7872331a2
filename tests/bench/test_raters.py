"""The people of the measured saves: each save is stored once, and a lost or doubled one would be seen."""

from pathlib import Path

import sqlalchemy as sa

from creason_core.store.schema.tables import audit
from creason_core.store.upkeep.database import open_store
from tests.bench.raters import raters, wrongs
from tests.bench.saves_bench import PEOPLE, poisson


def test_saves_pressed_twice_are_stored_once_and_a_miscount_is_seen(tmp_path: Path) -> None:
    db = open_store(f"sqlite:///{tmp_path}/creason.db", tmp_path)
    people = raters(db, 2)
    for _ in range(5):
        for person in people:
            person.save(db)
            person.press_again(db)
    assert wrongs(db, 2, 10) == []
    assert wrongs(db, 2, 11) != [], "a save that was acknowledged and is not there"
    assert wrongs(db, 2, 9) != [], "a row that nobody saved"
    with db.write() as connection:
        triggers = connection.execute(
            sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'")
        ).scalars()
        for name in list(triggers):
            connection.execute(sa.text(f'DROP TRIGGER "{name}"'))
        connection.execute(audit.delete().where(audit.c.action == "feedback"))
    assert wrongs(db, 2, 10) != [], "entries of the audit log that are gone"
    db.close()


def test_the_offered_saves_come_at_the_rate_that_was_asked_for() -> None:
    dues = poisson(100, 30.0)
    assert len(dues) == PEOPLE
    assert 2_700 < sum(len(of_one) for of_one in dues) < 3_300
    assert all(of_one == sorted(of_one) for of_one in dues)
