"""The databases of the store's tests."""

from tests.store.conftest import cluster, db, sqlite_db, template, url

__all__ = ["cluster", "db", "sqlite_db", "template", "url"]
