"""What may only grow is guarded by the database itself, and the guards are looked at at every opening and restore."""

import itertools
from pathlib import Path

import pytest
import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store import audit
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep.backup import make_backup
from creason_core.store.upkeep.checks import as_it_is, examine
from creason_core.store.upkeep.database import open_store
from creason_core.store.upkeep.restore import restore
from creason_core.store.upkeep.triggers import ONLY_POSTGRES, TRIGGERS, faults
from tests.store.cluster import Cluster

_NUMBERS = itertools.count()
NAMES = [(trigger.name, trigger.table) for trigger in TRIGGERS]


def does(db: Database, *statements: str) -> None:
    """Somebody with every right, outside the program."""
    with db.engine.execution_options(write=True).begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def seen(db: Database) -> tuple[str, ...]:
    with db.read() as connection:
        return faults(connection)


def events(db: Database) -> list[str]:
    with db.read() as connection:
        query = sa.text("SELECT detail FROM audit WHERE action = 'triggers put back' ORDER BY seq")
        return list(connection.execute(query).scalars())


def drops(db: Database, name: str, table: str) -> str:
    return f"DROP TRIGGER {name}" if db.sqlite else f"DROP TRIGGER {name} ON {table}"


def test_a_new_database_has_every_trigger(db: Database) -> None:
    assert seen(db) == ()
    assert events(db) == []


@pytest.mark.parametrize(("name", "table"), NAMES)
def test_a_trigger_that_is_gone_is_told_and_put_back_when_the_database_is_opened(
    db: Database, url: str, name: str, table: str, tmp_path: Path
) -> None:
    does(db, drops(db, name, table))
    (finding,) = [one for one in examine(db) if one.name == "Append-only rules"]
    assert (finding.status, f"{name} is missing" in finding.said) == ("problem", True)
    again = open_store(url, tmp_path / "data")
    assert seen(again) == ()
    assert events(again) == [f'{{"triggers": "{name}"}}']
    assert audit.verify(again).problems == ()
    if table == "audit":
        statement = "DELETE FROM audit" if name.endswith("delete") else "UPDATE audit SET action = 'x'"
        with pytest.raises(StoreError, match="the audit log never"), again.write() as connection:
            connection.exec_driver_sql(statement)
    again.close()


def test_a_trigger_of_the_right_name_that_refuses_nothing_is_put_right(db: Database, url: str, tmp_path: Path) -> None:
    made = TRIGGERS[-1].create("sqlite" if db.sqlite else "postgresql")
    toothless = made.replace("EACH ROW ", "EACH ROW WHEN 0 " if db.sqlite else "EACH ROW WHEN (false) ")
    does(db, drops(db, "audit_no_delete", "audit"), toothless, "DELETE FROM audit")
    assert seen(db) == ("audit_no_delete is not what it was",)
    again = open_store(url, tmp_path / "data")
    assert seen(again) == ()
    with pytest.raises(StoreError, match="never shrinks"), again.write() as connection:
        connection.exec_driver_sql("DELETE FROM audit")
    again.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("ALTER TABLE audit DISABLE TRIGGER audit_no_truncate", 1),
        ("DROP TRIGGER audit_no_truncate ON audit", 1),
        (
            "CREATE OR REPLACE FUNCTION creason_refuse() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN RETURN OLD; END $$",
            len(TRIGGERS + ONLY_POSTGRES),
        ),
    ],
)
def test_what_only_postgresql_lets_be_switched_off_is_put_right(
    cluster: Cluster, template: str, tmp_path: Path, statement: str, broken: int
) -> None:
    url = cluster.create(f"switched_{next(_NUMBERS)}", template)
    db = open_store(url, tmp_path / "data")
    does(db, statement)
    assert len(seen(db)) == broken
    db.close()
    again = open_store(url, tmp_path / "data")
    assert seen(again) == ()
    with pytest.raises(StoreError, match="never shrinks"), again.write() as connection:
        connection.exec_driver_sql("TRUNCATE audit")
    again.close()


@pytest.mark.parametrize("past", ["0001", "0004"])
def test_a_copy_of_an_older_revision_lacks_no_trigger_of_a_table_that_it_does_not_have(past: str) -> None:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    with engine.connect() as connection:
        script = (Path(__file__).parents[1] / "databases" / f"{past}.sql").read_text(encoding="utf-8")
        connection.connection.driver_connection.executescript(script)  # type: ignore[union-attr]
        assert faults(connection) == ()
    engine.dispose()


def test_a_trigger_of_somebody_else_is_told_and_left(sqlite_db: Database, tmp_path: Path) -> None:
    does(sqlite_db, "CREATE TRIGGER theirs AFTER INSERT ON audit BEGIN SELECT 1; END")
    open_store(f"sqlite:///{sqlite_db.path}", tmp_path / "data").close()
    assert seen(sqlite_db) == ("theirs is not of this program",)
    assert events(sqlite_db) == []


def test_a_backup_without_its_triggers_is_restored_with_them_and_says_so(
    db: Database, url: str, tmp_path: Path
) -> None:
    does(db, drops(db, "audit_no_delete", "audit"))
    target = tmp_path / "copy"
    make_backup(db, target)
    db.close()
    assert restore(url, tmp_path / "data", target, only_check=True).rules == ("audit_no_delete is missing",)
    assert restore(url, tmp_path / "data", target).rules == ("audit_no_delete is missing",)
    restored = as_it_is(url, tmp_path / "data")
    assert seen(restored) == ()
    assert events(restored) == ['{"triggers": "audit_no_delete"}']
    restored.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "CREATE RULE quiet AS ON INSERT TO audit DO INSTEAD NOTHING",
            "the rule quiet of audit is not of this program",
        ),
        ("CREATE RULE quiet AS ON UPDATE TO runs DO INSTEAD NOTHING", "the rule quiet of runs is not of this program"),
        ("ALTER TABLE reveals ENABLE ROW LEVEL SECURITY", "row security hides rows of reveals"),
    ],
)
def test_what_passes_by_the_triggers_of_postgresql_is_told(
    cluster: Cluster, template: str, tmp_path: Path, statement: str, told: str
) -> None:
    url = cluster.create(f"passed_by_{next(_NUMBERS)}", template)
    db = open_store(url, tmp_path / "data")
    does(db, statement)
    assert seen(db) == (told,)
    (finding,) = [one for one in examine(db) if one.name == "Append-only rules"]
    assert (finding.status, told in finding.said) == ("problem", True)
    db.close()


@pytest.mark.slow
def test_a_database_whose_triggers_are_never_asked_is_not_opened(
    cluster: Cluster, template: str, tmp_path: Path
) -> None:
    name = f"replica_{next(_NUMBERS)}"
    url = cluster.create(name, template)
    cluster.execute(f'ALTER DATABASE "{name}" SET session_replication_role = replica')
    with pytest.raises(StoreError, match="session_replication_role is set"):
        open_store(url, tmp_path / "data")
    left = as_it_is(url, tmp_path / "data")
    assert [one.status for one in examine(left) if one.name == "Append-only rules"] == ["problem"]
    left.close()
