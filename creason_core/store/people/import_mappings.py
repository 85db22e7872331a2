"""Mappings of import files that a person keeps under a name, for the next file of the same kind.

One that is kept again under its name is a new row, and counts from then on; the earlier ones stay.
"""

import hashlib

import sqlalchemy as sa
from pydantic import ValidationError

from creason_core.errors import StoreError
from creason_core.record.importing.columns.mapping import SavedMapping
from creason_core.store import audit, fact_rows
from creason_core.store.schema.fact_tables import import_mappings
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import clean


def keep_mapping(db: Database, user: str, saved: SavedMapping) -> None:
    """Keeps ``saved`` under its name, in place of an earlier mapping of that name.

    Raises:
        StoreError: It could not be written.
    """
    content = clean(saved.model_dump_json())
    digest = hashlib.sha256(content.encode()).hexdigest()  # a name is the person's own text: none of it in the log
    event = audit.Event("mapping", "import mapping", digest)
    key, said = {"name": clean(saved.name)}, {"content": content}

    def work(connection: sa.Connection) -> None:
        fact_rows.add(connection, import_mappings, user, key, said=said, event=event)

    db.write_as(user, work)


def mapping_names(db: Database, user: str) -> tuple[str, ...]:
    """The names under which the user keeps mappings, in the order of the alphabet.

    Raises:
        StoreError: The database cannot be read.
    """
    query = sa.select(import_mappings.c.name).where(import_mappings.c.owner == user).distinct()
    with db.read() as connection:
        return tuple(sorted(connection.execute(query).scalars()))


def kept_mapping(db: Database, user: str, name: str) -> SavedMapping:
    """The newest mapping that the user keeps under ``name``.

    Raises:
        StoreError: There is none, or this version of the program cannot read it.
    """
    with db.read() as connection:
        row = fact_rows.newest(connection, import_mappings, user, {"name": clean(name)})
    if row is None:
        raise StoreError("missing", f"No mapping is kept as '{name}'.", remedy="Choose one of those listed.")
    try:
        return SavedMapping.model_validate_json(row.content)
    except ValidationError:
        raise StoreError(
            "invalid",
            f"The mapping '{name}' was kept by another version of the program and cannot be read.",
            remedy="Map this table anew and keep it under the same name.",
        ) from None
