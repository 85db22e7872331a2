"""What the pages work with: one set of services a process, and this reader's place in the address bar."""

import threading
from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from creason_core.engines.base import Engine, EngineHealth
from creason_core.engines.choose import choose_engine
from creason_core.registry import Cohort, load_cohort
from creason_core.runs import RunManager
from creason_core.settings import Settings, settings
from creason_core.store.database import Database, open_store

COHORT = "rhc-sepsis"
HEALTH_SECONDS = 5.0


class HealthWatch:
    """Asks the engine in the background how it is, so that no page ever waits for a server that is down."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stopped = threading.Event()
        self.latest: EngineHealth = engine.health()
        threading.Thread(target=self._watch, name="health", daemon=True).start()

    def _watch(self) -> None:
        while not self._stopped.wait(HEALTH_SECONDS):
            self.latest = self._engine.health()

    def close(self) -> None:
        """Stops asking."""
        self._stopped.set()


@dataclass(frozen=True)
class Services:
    """Shared by every session of the process; whatever belongs to a person is read with their name."""

    settings: Settings
    db: Database
    engine: Engine
    health: HealthWatch
    runs: RunManager

    @property
    def user(self) -> str:
        """Who owns what this session writes: one local user, until people sign in."""
        return self.settings.user

    @cached_property
    def cohort(self) -> Cohort:
        """The packaged cohort, read when first needed."""
        return load_cohort(COHORT)

    def close(self) -> None:
        """Ends the runs, the model and the connections; safe to call twice."""
        self.health.close()
        self.runs.close()
        self.engine.close()
        self.db.close()


@st.cache_resource(show_spinner="Opening the database and the model…", on_release=Services.close)
def services() -> Services:
    """The services of this process, opened once.

    Raises:
        CReasonError: A setting, the database or the engine stands in the way; the message says which.
    """
    chosen = settings()
    db = open_store(chosen.database, chosen.data_dir)
    engine = choose_engine(chosen)
    return Services(chosen, db, engine, HealthWatch(engine), RunManager(db, engine, chosen))
