"""A database on SQLite and on PostgreSQL: a test that asks for ``db`` runs on both."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep.database import open_store
from tests.store.cluster import Cluster

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A private PostgreSQL server."""
    running = Cluster()
    yield running
    running.close()


@pytest.fixture(scope="session")
def template(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a PostgreSQL database at the newest revision, to be copied."""
    name = "migrated"
    open_store(cluster.create(name), tmp_path_factory.mktemp("data")).close()
    return name


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of this test's own, at the newest revision or not there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'creason.db'}"
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.create(f"test_{next(_NUMBERS)}", request.getfixturevalue("template"))


@pytest.fixture
def db(url: str, tmp_path: Path) -> Iterator[Database]:
    """An open database of this test's own."""
    opened = open_store(url, tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def sqlite_db(tmp_path: Path) -> Iterator[Database]:
    """An open SQLite database, for what only SQLite has."""
    opened = open_store(f"sqlite:///{tmp_path / 'data' / 'creason.db'}", tmp_path / "data")
    yield opened
    opened.close()
