"""The triggers by which the database itself refuses to change or shrink what may only grow.

A migration made them; whoever may alter the database can take them away again, and a tool that copies a table may
lose them. So they are looked at, text and all, whenever a database is opened, checked or restored. They hold against
mistakes and other programs; against the owner of the database holds the audit log's chain, of its own entries and of
which rows there are, not of what a row says.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store import audit
from creason_core.store.schema.antibiogram_tables import antibiogram_rows, antibiograms
from creason_core.store.schema.fact_tables import FACTS
from creason_core.store.schema.library_tables import library_pages, library_passages
from creason_core.store.schema.tables import metadata
from creason_core.store.sql.faults import store_error
from creason_core.store.sql.transactions import lock_user

_log = logging.getLogger(__name__)

_ENDED = "OLD.status NOT IN ('queued', 'waiting', 'streaming', 'checking')"
_FUNCTION = "creason_refuse"
_OFF = "session_replication_role is set for this user or database, so that no trigger is asked"
_BODY = "BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END"


@dataclass(frozen=True, slots=True)
class Trigger:
    """What the database refuses: ``event`` on ``table`` where ``condition`` holds, with ``message``."""

    table: str
    event: str
    message: str
    condition: str = ""

    @property
    def name(self) -> str:
        """The trigger's name in the database."""
        return f"{self.table}_no_{self.event.lower()}"

    def create(self, dialect: str) -> str:
        """The statement that makes it."""
        each = "STATEMENT" if self.event == "TRUNCATE" else "ROW"
        start = f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH {each}"
        if dialect == "sqlite":
            when = f"WHEN {self.condition} " if self.condition else ""
            return f"{start} {when}BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
        when = f"WHEN ({self.condition}) " if self.condition else ""
        return f"{start} {when}EXECUTE FUNCTION {_FUNCTION}('{self.message}')"


_LIBRARY = {
    "library_documents": "a document of the library never changes",
    "library_removals": "what was taken out of the library stays told",
    "library_reviews": "signatures are added to, never changed",
    antibiograms.name: "an antibiogram never changes",
    antibiogram_rows.name: "an antibiogram never changes",
}
# Made by migrations: of documents by revision 0006, of facts by 0008 and 0009, of the library by 0011,
# of antibiograms and consults by 0012, else the first.
TRIGGERS = (
    Trigger("case_versions", "UPDATE", "a case version never changes"),
    Trigger("runs", "UPDATE", "an ended run never changes", _ENDED),
    Trigger("human_answers", "UPDATE", "a human answer never changes"),
    Trigger("feedback", "UPDATE", "feedback is superseded, never changed"),
    *(Trigger(table, event, "facts are added to, never changed") for table in FACTS for event in ("UPDATE", "DELETE")),
    Trigger("documents", "UPDATE", "a document never changes"),
    Trigger("group_documents", "UPDATE", "what a run was given never changes"),
    *(Trigger(table, event, said) for table, said in _LIBRARY.items() for event in ("UPDATE", "DELETE")),
    Trigger(library_pages.name, "UPDATE", "a page of the library never changes"),
    Trigger(library_passages.name, "UPDATE", "a passage of the library never changes"),
    Trigger("audit", "UPDATE", "the audit log never changes"),
    Trigger("audit", "DELETE", "the audit log never shrinks"),
)
ONLY_POSTGRES = (
    *(Trigger(table, "TRUNCATE", "facts are added to, never changed") for table in FACTS),
    *(Trigger(table, "TRUNCATE", said) for table, said in _LIBRARY.items()),
    Trigger("audit", "TRUNCATE", "the audit log never shrinks"),
)


def faults(connection: sa.Connection) -> tuple[str, ...]:
    """What is not as it must be, in words: triggers that are missing, altered, switched off, or not of this program.

    On PostgreSQL also what keeps them from being asked.
    """
    present, said = _present(connection), []
    for trigger in _expected(connection):
        text = present.pop(trigger.name, None)
        if text is None:
            said.append(f"{trigger.name} is missing")
        elif _plain(text) != _plain(trigger.create(connection.dialect.name)):
            said.append(f"{trigger.name} is not what it was")
    said += [f"{name} is not of this program" for name in sorted(present)]
    return (*said, *(_around(connection) if connection.dialect.name == "postgresql" else ()))


def put_back(connection: sa.Connection) -> tuple[str, ...]:
    """Makes every trigger what it must be and notes in the audit log what was not; in words what that was.

    One that is not of this program is left, and told.
    """
    lock_user(connection, audit.PROGRAM)
    found = faults(connection)
    ours = {trigger.name: trigger for trigger in _expected(connection)}
    broken = [name for name in ours if any(fault.startswith(f"{name} ") for fault in found)]
    if not broken:
        return found
    postgres = connection.dialect.name == "postgresql"
    if postgres:
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ {_BODY} $$".replace(
                "%", "%%"
            )
        )
    for name in broken:
        trigger = ours[name]
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{f' ON {trigger.table}' if postgres else ''}")
        connection.exec_driver_sql(trigger.create(connection.dialect.name))
    event = audit.Event("triggers put back", "database", "", {"triggers": ", ".join(broken)})
    audit.append(connection, audit.PROGRAM, event)
    return found


def keep(engine: sa.Engine) -> None:
    """Looks at the triggers of a database that is being opened, puts back what is missing or altered, and logs it.

    Raises:
        StoreError: They cannot be put back: this user may not, or the database cannot be written.
    """
    with engine.connect() as connection:
        found = faults(connection)
    if not found:
        return
    if _OFF in found:
        raise StoreError(
            "invalid",
            f"The database does not refuse changes to what may only grow: {_OFF}.",
            remedy="Have it taken back (ALTER ROLE or ALTER DATABASE … RESET session_replication_role).",
        )
    try:
        with engine.execution_options(write=True).begin() as connection:
            put_back(connection)
    except sa.exc.SQLAlchemyError as error:
        cause = store_error(error)
        raise StoreError(
            cause.kind,
            f"The database no longer refuses changes to what may only grow: {'; '.join(found)}. That cannot be mended "
            f"here: {cause.message}",
            remedy="Open it once as the user who owns its tables, or restore a backup.",
        ) from None
    _log.warning("append-only triggers of the database: %s; what is ours was put back", "; ".join(found))


def _expected(connection: sa.Connection) -> tuple[Trigger, ...]:
    """Every trigger that this database must have: one of an older revision lacks some of the tables."""
    present = set(sa.inspect(connection).get_table_names())
    every = TRIGGERS + (ONLY_POSTGRES if connection.dialect.name == "postgresql" else ())
    return tuple(trigger for trigger in every if trigger.table in present)


def _present(connection: sa.Connection) -> dict[str, str]:
    """Every trigger in the database by name, and the statement that makes it; unlike ours where it is switched off."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
        return {str(name): str(sql) for name, sql in rows}
    rows = connection.exec_driver_sql(
        "SELECT t.tgname, pg_get_triggerdef(t.oid), t.tgenabled IN ('O', 'A'), f.prosrc "
        "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc f ON f.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
    ).all()
    return {name: sql if on and _plain(body) == _plain(_BODY) else f"off: {sql}" for name, sql, on, body in rows}


def _around(connection: sa.Connection) -> Iterator[str]:
    """What keeps PostgreSQL's triggers from being asked at all, in words: a role of replicas, rules, hidden rows."""
    if connection.exec_driver_sql("SHOW session_replication_role").scalar_one() != "origin":
        yield _OFF
    tables = {"tables": sorted(metadata.tables)}
    rules = (
        "SELECT r.rulename, c.relname FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class "
        "WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(%(tables)s) ORDER BY 1, 2"
    )
    for name, table in connection.exec_driver_sql(rules, tables).all():
        yield f"the rule {name} of {table} is not of this program"
    hidden = (
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
        "AND relname = ANY(%(tables)s) AND relrowsecurity ORDER BY 1"
    )
    for table in connection.exec_driver_sql(hidden, tables).scalars():
        yield f"row security hides rows of {table}"


def _plain(statement: str) -> str:
    """A statement without what PostgreSQL adds and what does not matter: schema, brackets, casts, blanks, case."""
    same = statement.replace("<> ALL (ARRAY[", "NOT IN (").replace("::text", "")
    parts = re.split(r"('[^']*')", re.sub(r" ON \w+\.", " ON ", same))
    parts[::2] = [re.sub(r"[\s()\[\]]+", " ", part).lower() for part in parts[::2]]  # what is not quoted
    return re.sub(r"\s+", " ", " ".join(parts)).strip()
