"""The connection to PostgreSQL is cut around COMMIT, by a proxy: the same key still gives exactly one row."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from creason_core.store import audit
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep.database import open_store
from tests.store.cluster import Cluster
from tests.store.cutting_proxy import CuttingProxy, When
from tests.store.test_every_call import SAVES, Act, heartbeat, public_case, stored

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def proxy(cluster: Cluster) -> Iterator[CuttingProxy]:
    with CuttingProxy(cluster.port).running() as running:
        yield running


def rows(db: Database) -> dict[str, int]:
    return {table: len(found) for table, found in stored(db, audited=True).items()}


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Callable[[Database], Act]], dict[str, int]]:
    """How many rows a save makes where nothing is cut, by table; on SQLite, which is to store the same."""

    @cache
    def made(save: Callable[[Database], Act]) -> dict[str, int]:
        folder = tmp_path_factory.mktemp(save.__name__)
        db = open_store(f"sqlite:///{folder / 'creason.db'}", folder)
        save(db)()
        found = rows(db)
        db.close()
        return found

    return made


@pytest.mark.parametrize("when", ["before", "at once", "after the answer"])
@pytest.mark.parametrize("save", SAVES, ids=lambda save: save.__name__)
def test_a_save_whose_commit_is_cut_is_stored_once(
    cluster: Cluster,
    template: str,
    proxy: CuttingProxy,
    straight: Callable[[Callable[[Database], Act]], dict[str, int]],
    tmp_path: Path,
    save: Callable[[Database], Act],
    when: When,
) -> None:
    url = cluster.create(f"cut_{save.__name__}_{when}", template)
    db = open_store(url.replace(str(cluster.port), str(proxy.port)), tmp_path / "b")
    act = save(db)
    proxy.cut, cuts = when, proxy.cuts
    act()  # the store repeats it with the same key: the person sees one save that took a moment longer
    assert proxy.cuts == cuts + 1
    if save is not public_case or when == "before":  # opening it again is noted again
        assert rows(db) == straight(save)
    once = stored(db, audited=save is not public_case)
    act()
    assert stored(db, audited=save is not public_case) == once or save is heartbeat
    assert audit.verify(db).problems == ()
    db.close()
