import sqlalchemy as sa

from creason_core.store import audit
from creason_core.store.people.preferences import Preferences, preferences, save_preferences
from creason_core.store.schema.tables import preferences as table
from creason_core.store.sql.transactions import Database

CHOSEN = Preferences(samples=5, commit_first=False, train_ok=True, text_size="large", ack_version=2)


def test_preferences_are_the_defaults_until_saved(db: Database) -> None:
    assert preferences(db, "ann") == Preferences()
    save_preferences(db, "ann", CHOSEN)
    assert preferences(db, "ann") == CHOSEN
    assert preferences(db, "bob") == Preferences()


def test_saving_the_same_again_adds_nothing_to_the_audit_log(db: Database) -> None:
    save_preferences(db, "ann", CHOSEN)
    entries = audit.verify(db).entries
    save_preferences(db, "ann", CHOSEN)
    assert audit.verify(db).entries == entries


def test_unknown_and_impossible_choices_of_another_version_are_left_aside(db: Database) -> None:
    save_preferences(db, "ann", CHOSEN)
    with db.write() as connection:
        connection.execute(sa.update(table).values(content={"samples": 5, "colour": "blue"}))
    assert preferences(db, "ann") == Preferences(samples=5)
    with db.write() as connection:
        connection.execute(sa.update(table).values(content={"samples": 7}))
    assert preferences(db, "ann") == Preferences()


def test_one_sample_counts_as_chosen_only_where_it_was(db: Database) -> None:
    save_preferences(db, "ann", Preferences(samples=1))
    assert preferences(db, "ann").samples == 1
    save_preferences(db, "bob", Preferences(train_ok=True))
    assert preferences(db, "bob").samples == "auto"
    for before, now in ((1, "auto"), (5, 5), (10, 10)):  # as it was stored when 1 was what nobody had chosen
        with db.write() as connection:
            connection.execute(sa.update(table).values(content={"samples": before, "train_ok": True}))
        assert preferences(db, "ann") == Preferences(samples=now, train_ok=True)
