"""What a person prefers, and which version of the intended-use text they have acknowledged."""

from typing import Literal

import sqlalchemy as sa
from pydantic import ValidationError

from creason_core.frozen import Frozen
from creason_core.store import audit
from creason_core.store.schema.tables import preferences as table
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now
from creason_core.store.sql.upsert import upsert


class Preferences(Frozen):
    """A person's choices. ``samples`` is "auto" where no number was chosen.

    ``train_ok`` is only the default of the tick box beside each rating.

    ``researcher`` offers to show single values although the leak guard would hide them. ``cohort`` is the name of the
    cohort that new cases belong to unless another is chosen; empty, or one that is gone: the packaged septic one.
    ``notes`` says whether prompts have the registry's notes in them; "auto": as the model that answers was trained.
    """

    samples: Literal["auto", 1, 5, 10] = "auto"
    commit_first: bool = True
    reasoning_open: bool = True
    train_ok: bool = False
    text_size: Literal["normal", "large"] = "normal"
    shortcuts: bool = True
    researcher: bool = False
    cohort: str = ""
    notes: Literal["auto", "always", "never"] = "auto"
    ack_version: int = 0


_FORM = 2  # in form 1, which says none, ``samples`` was 1 also where nobody had chosen it


def preferences(db: Database, user: str) -> Preferences:
    """The user's preferences; the defaults where none, or none that this version understands, were saved.

    Raises:
        StoreError: The database cannot be read.
    """
    with db.read() as connection:
        stored = connection.execute(sa.select(table.c.content).where(table.c.owner == user)).scalar() or {}
    known = {name: value for name, value in stored.items() if name in Preferences.model_fields}
    if known.get("samples") == 1 and stored.get("form", 1) < _FORM:
        del known["samples"]
    try:
        return Preferences.model_validate(known)
    except ValidationError:
        return Preferences()


def save_preferences(db: Database, user: str, chosen: Preferences) -> None:
    """Stores ``chosen`` in place of what was there.

    Raises:
        StoreError: Nothing was written.
    """

    def work(connection: sa.Connection) -> None:
        before = connection.execute(sa.select(table.c.content).where(table.c.owner == user)).scalar()
        content = chosen.model_dump(mode="json") | {"form": _FORM}
        if before != content:
            row = {"owner": user, "content": content, "updated": now()}
            connection.execute(upsert(connection, table, row, ("owner",)))
            audit.append(connection, user, audit.Event("preferences", "user", user, {"train_ok": chosen.train_ok}))

    db.write_as(user, work)
