"""Copies of a PostgreSQL database by its own programs, ``pg_dump`` and ``pg_restore``."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.private import private_folder
from creason_core.settings import child_environment
from creason_core.store.sql.faults import store_error
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep.checks import StoreContents, contents

MAGIC = b"PGDMP"


def dump(db: Database, target: Path) -> StoreContents:
    """Writes ``db`` to the new file ``target`` in pg_dump's own format; what it holds, seen in the same moment.

    Raises:
        StoreError: pg_dump is not here or failed; no partial file is left.
    """
    program = _program("pg_dump", f"pg_dump --format=custom --file='{target}' '{_shown(db.engine.url)}'")
    private_folder(target.parent)
    try:
        descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise StoreError("conflict", f"{target} exists already.", remedy="Choose another name.") from None
    except OSError as error:
        raise StoreError(
            "read_only", f"{target} cannot be made: {error.strerror}.", remedy="Choose another place."
        ) from error
    try:
        with os.fdopen(descriptor, "wb") as file, db.read() as connection:
            for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
                connection.exec_driver_sql(f"SET LOCAL {limit} = 0")  # the snapshot must outlive the dump
            snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
            held = contents(connection)
            _run(program, ("--format=custom", f"--snapshot={snapshot}"), db.engine.url, stdout=file)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return held


@contextmanager
def loaded(url: sa.URL, file: Path) -> Iterator[sa.Engine]:
    """A database of its own on the server of ``url``, filled from the dump ``file``; dropped if it was not swapped in.

    Raises:
        StoreError: pg_restore is not here, the dump is damaged, or the server allows no further database.
    """
    program = _program("pg_restore", f"pg_restore --clean --if-exists --dbname='{_shown(url)}' '{file}'")
    name = f"creason_restoring_{secrets.token_hex(4)}"
    fresh = url.set(database=name)
    with _maintenance(url) as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
    engine = sa.create_engine(fresh, hide_parameters=True, poolclass=sa.NullPool)
    try:
        _run(program, ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", str(file)), fresh)
        yield engine
    finally:
        engine.dispose()
        with _maintenance(url) as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}"')


def swap_in(engine: sa.Engine, url: sa.URL, kept: str) -> None:
    """Gives the database of ``engine`` the name of the one at ``url``, which is kept as ``kept``: both or neither.

    Raises:
        StoreError: Somebody uses the present database, or this user may not rename; nothing was changed.
    """
    engine.dispose()
    with _maintenance(url) as connection:
        connection.execution_options(isolation_level="READ COMMITTED")
        connection.exec_driver_sql(f'ALTER DATABASE "{url.database}" RENAME TO "{kept}"')
        connection.exec_driver_sql(f'ALTER DATABASE "{engine.url.database}" RENAME TO "{url.database}"')
        connection.commit()


@contextmanager
def _maintenance(url: sa.URL) -> Iterator[sa.Connection]:
    """A connection to the server's own database, outside a transaction."""
    server = sa.create_engine(url.set(database="postgres"), poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            yield connection
    except sa.exc.SQLAlchemyError as error:
        if getattr(error.__cause__, "sqlstate", "") == "55006":
            raise StoreError(
                "locked",
                f"The database {url.database} is in use, so nothing was restored.",
                remedy="Stop the app and every other program that uses it, then type the same again.",
            ) from None
        raise store_error(error, "The present database was left as it is.") from None
    finally:
        server.dispose()


def _program(name: str, typed: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise StoreError(
            "missing",
            f"PostgreSQL's program {name} is not on this computer, so nothing was done.",
            remedy=f"Install PostgreSQL's client programs, or type on the server's computer: {typed}",
        )
    return found


def _run(program: str, options: Sequence[str], url: sa.URL, stdout: object = subprocess.DEVNULL) -> None:
    """Runs a client program on the database at ``url``; the password travels in its environment, where no one reads."""
    address = url.set(drivername="postgresql", password=None).render_as_string()
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    ended = subprocess.run(  # noqa: S603 - a program that was looked up, and addresses of the settings
        [program, "--no-password", f"--dbname={address}", *options],
        env=child_environment(**password),
        stdout=stdout,  # type: ignore[call-overload]
        stderr=subprocess.PIPE,
        check=False,
    )
    if ended.returncode:
        said = ended.stderr.decode(errors="replace").strip().splitlines()[:1]
        raise StoreError(
            "corrupt" if program.endswith("pg_restore") else "unreachable",
            f"{Path(program).name} failed: {''.join(said)[:300]}.",
            remedy="The present database was left as it is.",
        )


def _shown(url: sa.URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=True)
