"""A database at the newest revision that is made once a lane and then copied: migrating from nothing takes longer."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from creason_core.store import migrate


@contextmanager
def copied_from(prepared: Path) -> Iterator[None]:
    """Whatever makes a new SQLite database in this process gets a copy of ``prepared``, made at the first call."""
    make = migrate._create

    def copy(url: sa.URL, path: Path) -> None:
        if not prepared.exists():
            make(url.set(database=str(prepared)), prepared)
        try:
            shutil.copy(prepared, path)
        except OSError:  # told by the program itself
            make(url, path)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(migrate, "_create", copy)
        yield
