"""What a save asks the database: a few things, each of which costs a person a wait and the server a share of a core."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from creason_core.store.patients.cases import save_version
from creason_core.store.schema.tables import drafts
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep.database import open_store
from tests.store.cluster import Cluster
from tests.store.examples import USER, example_case, saved_case
from tests.store.sql.test_faults import ended_run, rate


@contextmanager
def asked(db: Database) -> Iterator[list[str]]:
    """The statements that ``db`` is sent, those that begin and end its transactions included."""
    sent: list[str] = []

    def begin(connection: sa.Connection) -> None:
        sent.append(connection.info["begin"])

    def statement(_connection: object, _cursor: object, text: str, *_more: object) -> None:
        sent.append(text)

    def commit(_connection: object) -> None:
        sent.append("COMMIT")

    sa.event.listen(db.engine, "begin", begin)
    sa.event.listen(db.engine, "before_cursor_execute", statement)
    sa.event.listen(db.engine, "commit", commit)
    yield sent
    sa.event.remove(db.engine, "begin", begin)
    sa.event.remove(db.engine, "before_cursor_execute", statement)
    sa.event.remove(db.engine, "commit", commit)


@pytest.mark.slow
def test_a_save_asks_postgresql_four_things(cluster: Cluster, template: str, tmp_path: Path) -> None:
    db = open_store(cluster.create("round_trips", template), tmp_path)
    run, first = ended_run(db), saved_case(db)
    with asked(db) as rating:
        rate(db, run)
    with asked(db) as version:
        save_version(
            db, USER, example_case(5.0), idem="next", case_id=first.case_id, parent_id=first.id, label="x", note="y"
        )
    for sent in (rating, version):
        assert [text.split()[0] for text in sent] == ["BEGIN;", "SELECT", "WITH", "COMMIT"]
    db.close()


def test_a_reader_sees_one_state_of_the_database(db: Database) -> None:
    with db.read() as connection:
        assert connection.execute(sa.select(drafts)).all() == []
        saved_case(db)
        with db.write() as other:
            other.exec_driver_sql(
                "INSERT INTO drafts (owner, key, content, updated) VALUES ('a', 'b', '{}', '2026-01-01')"
            )
        assert connection.execute(sa.select(drafts)).all() == []
    with db.read() as connection:
        assert len(connection.execute(sa.select(drafts)).all()) == 1
