"""The run manager on the store's databases, with engines under the test's hand."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from creason_core.model.engines.base import Engine
from creason_core.model.engines.registry import EngineRegistry
from creason_core.runs import GroupView, RunManager
from creason_core.settings import Settings
from creason_core.store.patients.cases import CaseVersion
from creason_core.store.runs.run_rows import RunGroup
from creason_core.store.sql.transactions import Database
from tests.store.conftest import cluster, db, sqlite_db, template, url
from tests.store.examples import CODEBOOK, USER, example_question, saved_case

__all__ = ["cluster", "db", "sqlite_db", "template", "url"]

Wanted = Callable[[GroupView], bool]


class Desk:
    """A run manager and a case, with the words that the tests use."""

    def __init__(self, db: Database, manager: RunManager, version: CaseVersion) -> None:
        self.db = db
        self.manager = manager
        self.version = version

    def start(self, idem: str = "1", *, samples: int = 1, user: str = USER, **more: object) -> RunGroup:
        version = self.version if user == USER else saved_case(self.db, user)
        question = example_question(version.case)
        return self.manager.start(user, version, question, CODEBOOK, samples=samples, idem=idem, **more)  # type: ignore[arg-type]

    def when(self, group: RunGroup, wanted: Wanted, seconds: float = 60.0) -> GroupView:
        """The group's view as soon as it is as ``wanted``."""
        deadline = time.monotonic() + seconds
        while not wanted(view := self.manager.snapshot(group.user, group.id)):
            assert time.monotonic() < deadline, view
            time.sleep(0.01)
        return view

    def ended(self, group: RunGroup) -> GroupView:
        return self.when(group, lambda view: not view.live)


MakeDesk = Callable[..., Desk]


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[MakeDesk]:
    """Makes run managers that are closed when the test ends."""
    made: list[RunManager] = []

    def make(db: Database, engine: Engine | EngineRegistry, **settings: object) -> Desk:
        limits = Settings(data_dir=tmp_path / "data", **settings)  # type: ignore[arg-type]
        made.append(RunManager(db, engine, limits))
        return Desk(db, made[-1], saved_case(db))

    yield make
    for manager in made:
        manager.close()
