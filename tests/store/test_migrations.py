"""From nothing to the newest revision and back, with data, and never past what this program knows."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from creason_core.errors import StoreError
from creason_core.store import audit, migrate
from creason_core.store.migrate import migrate_sqlite
from creason_core.store.patients.cases import open_public, recent_cases
from creason_core.store.people.feedback import feedback_for, save_feedback
from creason_core.store.runs.live_rows import Ending, RunProgress, finish
from creason_core.store.schema.tables import case_versions, metadata, run_groups
from creason_core.store.sql.sqlite import journal_mode, sqlite_engine, sqlite_module
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep.database import open_store
from tests.store.cluster import Cluster
from tests.store.examples import USER, example_case, queued_group, queued_run, running_process, saved_case


@pytest.fixture(autouse=True)
def copied_databases() -> None:
    """They are made here as they are for a user."""


def migrating(db: Database) -> sa.Engine:
    return sqlite_engine(db.engine.url, migrating=True) if db.sqlite else db.engine


def test_there_is_one_line_of_revisions(db: Database) -> None:
    with db.read() as connection:
        scripts = ScriptDirectory.from_config(migrate.migration_config(connection))
    assert scripts.get_heads() == [migrate.known_revisions()[-1]]
    assert scripts.get_bases() == [migrate.known_revisions()[0]]


def test_the_migrated_schema_is_the_one_that_the_code_describes(db: Database) -> None:
    with db.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        inspector = sa.inspect(connection)
        for table in metadata.sorted_tables:
            migrated = {check["name"] for check in inspector.get_check_constraints(table.name)}
            described = {
                str(check.name)
                for check in table.constraints
                if isinstance(check, sa.CheckConstraint) and (db.sqlite or not str(check.name).endswith("_bool"))
            }
            assert migrated == described, table.name


def test_the_text_of_every_check_is_the_one_that_the_code_describes(sqlite_db: Database, tmp_path: Path) -> None:
    described = sqlite_engine(sa.make_url(f"sqlite:///{tmp_path / 'described.db'}"))
    metadata.create_all(described)
    for table in metadata.sorted_tables:
        checks = [
            sorted((check["name"], check["sqltext"]) for check in sa.inspect(engine).get_check_constraints(table.name))
            for engine in (described, sqlite_db.engine)
        ]
        assert checks[0] == checks[1]
    described.dispose()


def test_down_and_up_again_gives_the_same_schema(db: Database) -> None:
    def schema() -> list[str]:
        inspector = sa.inspect(db.engine)
        inspector.clear_cache()
        return sorted(
            f"{name} {column['name']}" for name in inspector.get_table_names() for column in inspector.get_columns(name)
        )

    before = schema()
    with migrating(db).begin() as connection:
        command.downgrade(migrate.migration_config(connection), "base")
    assert schema() == ["alembic_version version_num"]
    with migrating(db).begin() as connection:
        command.upgrade(migrate.migration_config(connection), "head")
    assert schema() == before
    saved_case(db)


def test_rows_of_before_cohorts_say_what_their_json_and_their_public_key_say(db: Database) -> None:
    version = saved_case(db)
    running_process(db)
    queued_group(db, version)
    open_public(db, USER, "rhc-sepsis", example_case(), "x")
    with migrating(db).begin() as connection:
        command.downgrade(migrate.migration_config(connection), "0004")
    with migrating(db).begin() as connection:
        command.upgrade(migrate.migration_config(connection), "head")
    of_cases = sa.select(*case_versions.c["source", "codebook", "codebook_hash", "cohort"]).order_by("source")
    with db.read() as reading:
        cases = [tuple(row) for row in reading.execute(of_cases)]
        (group,) = reading.execute(sa.select(run_groups.c.codebook, run_groups.c.cohort)).all()
    name, content = version.case.codebook, version.case.codebook_hash
    assert cases == [("entered", name, content, ""), ("public", name, content, "rhc-sepsis")]
    assert tuple(group) == (name, "")
    with pytest.raises(StoreError), db.write() as connection:  # the rule is back
        connection.execute(case_versions.update().values(cohort="other"))


def test_a_database_newer_than_the_program_is_refused_and_left_alone(db: Database, url: str, tmp_path: Path) -> None:
    saved = saved_case(db)
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="revision 9999, which is newer than this program") as raised:
        open_store(url, tmp_path / "data")
    assert raised.value.kind == "newer"
    assert recent_cases(db, USER) == (saved,)


def add_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Gives the program one more revision, ``9998``."""
    folder = tmp_path / "package" / "migrations"
    source = Path(migrate.__file__).parent / "migrations"
    (folder / "versions").mkdir(parents=True)
    for path in [*source.glob("*.py"), *source.glob("*.mako"), *source.glob("versions/*.py")]:
        (folder / path.relative_to(source)).write_bytes(path.read_bytes())
    newest = migrate.known_revisions()[-1]
    (folder / "versions" / "r9998_next.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision, branch_labels, depends_on = '9998', '{newest}', None, None\n"
        f"def upgrade() -> None:\n    {body}\n"
        "def downgrade() -> None:\n    pass\n"
    )
    monkeypatch.setattr(migrate, "__file__", str(folder.parent / "migrate.py"))
    migrate.known_revisions.cache_clear()


@pytest.fixture(autouse=True)
def fresh_revisions() -> object:
    yield
    migrate.known_revisions.cache_clear()


def rated(db: Database) -> str:
    """A database with a row in every table that refers to another; the id of the rated run."""
    run = queued_run(db)
    finish(
        db, USER, RunProgress(run.id, "checking", "text", 3, None, None, None), Ending("unparsed", "No option.", "stop")
    )
    save_feedback(
        db, USER, run.id, idem="f", thumb="up", reasons=(), severity=None, comment="", train_ok=True, supersedes=None
    )
    return run.id


def test_a_migration_that_rebuilds_a_table_keeps_every_row_that_refers_to_it(
    db: Database, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = rated(db)
    before = feedback_for(db, USER, run_id)
    db.close()
    rebuild = "\n    ".join(
        [
            "with op.batch_alter_table('cases') as batch:",
            "    batch.alter_column('public_key', existing_type=sa.Text(), type_=sa.String(300))",
            "    batch.add_column(sa.Column('ward', sa.Text()))",
        ]
    )
    add_revision(tmp_path, monkeypatch, rebuild)
    migrated = open_store(url, tmp_path / "data")
    assert feedback_for(migrated, USER, run_id) == before
    assert len(recent_cases(migrated, USER)) == 1
    assert audit.verify(migrated).problems == ()
    with migrated.read() as connection:
        assert migrate.revision_of(connection) == "9998"
    migrated.close()


def test_an_sqlite_database_is_backed_up_before_it_is_migrated(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = rated(sqlite_db)
    before = feedback_for(sqlite_db, USER, run_id)
    sqlite_db.close()
    newest = migrate.known_revisions()[-1]
    add_revision(tmp_path, monkeypatch, "op.execute('DELETE FROM feedback')")
    open_store(f"sqlite:///{sqlite_db.path}", tmp_path / "data").close()
    (copy,) = (tmp_path / "data" / "backups").iterdir()
    assert copy.name.startswith(f"backup-{newest}-")
    assert copy.stat().st_mode & 0o777 == 0o600
    monkeypatch.undo()
    migrate.known_revisions.cache_clear()
    backup = open_store(f"sqlite:///{copy}", tmp_path / "data")
    assert feedback_for(backup, USER, run_id) == before
    backup.close()


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    db: Database, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = rated(db)
    before = feedback_for(db, USER, run_id)
    add_revision(tmp_path, monkeypatch, "op.drop_table('feedback'); op.execute('SELECT * FROM nothing')")
    with pytest.raises(StoreError):
        open_store(url, tmp_path / "data")
    assert feedback_for(db, USER, run_id) == before


def test_a_migration_that_breaks_references_is_taken_back(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rated(sqlite_db)
    add_revision(tmp_path, monkeypatch, "op.execute('DELETE FROM cases')")
    with pytest.raises(StoreError, match="would refer to rows that do not exist"):
        open_store(f"sqlite:///{sqlite_db.path}", tmp_path / "data")
    assert len(recent_cases(sqlite_db, USER)) == 1


def test_a_process_killed_while_migrating_leaves_the_old_database(
    sqlite_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = rated(sqlite_db)
    before = feedback_for(sqlite_db, USER, run_id)
    sqlite_db.close()
    hang = "op.drop_table('feedback'); print('here', flush=True); import time; time.sleep(60)"
    add_revision(tmp_path, monkeypatch, hang)
    program = (
        "import sys; from pathlib import Path\n"
        "from creason_core.store import migrate\n"
        "from creason_core.store.upkeep.database import open_store\n"
        "migrate.__file__ = sys.argv[1]\n"
        "open_store(sys.argv[2], Path(sys.argv[3]))\n"
    )
    url = f"sqlite:///{sqlite_db.path}"
    child = subprocess.Popen(
        [sys.executable, "-c", program, migrate.__file__, url, str(tmp_path / "data")], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"here\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    monkeypatch.undo()
    migrate.known_revisions.cache_clear()
    again = open_store(url, tmp_path / "data")
    assert feedback_for(again, USER, run_id) == before
    again.close()


@pytest.mark.parametrize("there_before", [False, True])
def test_the_journal_is_settled_while_no_other_process_may_open_the_file(tmp_path: Path, there_before: bool) -> None:
    path = tmp_path / "creason.db"
    url = sa.make_url(f"sqlite:///{path}")
    migrate_sqlite(url, path, tmp_path / "backups")
    if there_before:  # as a restored copy is
        with closing(sqlite_module().connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
        migrate_sqlite(url, path, tmp_path / "backups")
    with closing(sqlite_module().connect(path)) as connection:
        found = connection.execute("PRAGMA journal_mode").fetchone()[0]
    assert found.upper() == journal_mode(sqlite_module().sqlite_version_info)


def test_eight_processes_that_start_together_make_one_database(url: str, tmp_path: Path) -> None:
    opened: list[Database] = []

    def start() -> None:
        opened.append(open_store(url, tmp_path / "data"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 8
    assert audit.verify(opened[0]).problems == ()
    for db in opened:
        db.close()


@pytest.mark.slow
def test_processes_that_start_together_on_an_empty_postgresql_database_migrate_it_once(
    cluster: Cluster, tmp_path: Path
) -> None:
    url = cluster.create("empty")
    threads = [threading.Thread(target=lambda: open_store(url, tmp_path).close()) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db = open_store(url, tmp_path)
    assert audit.verify(db).entries == 1
    db.close()
