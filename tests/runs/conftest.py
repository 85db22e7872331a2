"""The run manager's tests use the store's databases."""

from tests.store.conftest import cluster, db, sqlite_db, template, url

__all__ = ["cluster", "db", "sqlite_db", "template", "url"]
