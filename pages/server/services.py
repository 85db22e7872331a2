"""What the pages work with: one set of services a process, and this reader's place in the address bar."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.cohort.shelf import CohortShelf
from creason_core.errors import CohortError, StoreError, WeightsError
from creason_core.model.engines.base import Engine, EngineHealth
from creason_core.model.engines.switching import Switch
from creason_core.principal import Principal
from creason_core.question.kinds import read_question, task_of
from creason_core.record.codebook import Feature
from creason_core.runs import RunManager
from creason_core.settings import Settings, settings
from creason_core.store.patients.cases import CaseVersion
from creason_core.store.patients.codebooks import Codebooks, keep_codebook
from creason_core.store.people.preferences import preferences
from creason_core.store.runs.run_rows import RunGroup
from creason_core.store.upkeep.database import Database, open_store

COHORT = "rhc-sepsis"
STAGED = "staged"  # where a session that stands on a stage keeps how to get at the stage's services
PRINCIPAL = "principal"  # where a session keeps who signed in
WISH = "engine_wish"  # where a session keeps the name of the engine that its new runs ask for
HEALTH_SECONDS = 4.0  # with what a look takes at most, a change is seen within 10 s
log = logging.getLogger("pages")


class HealthWatch:
    """Looks at the engines in the background, so that no page ever waits for a server that is down.

    So it notices a server that comes up or goes down, and a model that was chosen elsewhere, on the command line for
    example; the header and new runs follow.
    """

    def __init__(self, models: Switch) -> None:
        self._models = models
        self._stopped = threading.Event()
        self.latest: EngineHealth = models.registry.look()
        threading.Thread(target=self._watch, name="health", daemon=True).start()

    def look(self) -> None:
        """Looks now at the engine that answers."""
        self.latest = self._models.registry.look()

    def _watch(self) -> None:
        while not self._stopped.wait(HEALTH_SECONDS):
            try:
                self._models.refresh()
            except WeightsError:
                log.warning("the choice of model cannot be read; the engines stay")
            except Exception:
                log.exception("looking at the engines failed; it goes on")
            self.look()

    def close(self) -> None:
        """Stops looking."""
        self._stopped.set()


@dataclass(frozen=True)
class Services:
    """Shared by every session of the process; whatever belongs to a person is read with their name."""

    settings: Settings
    db: Database
    models: Switch
    health: HealthWatch
    runs: RunManager

    @property
    def wish(self) -> str:
        """The name of the engine that new runs of this session ask for; empty: whichever answers by default."""
        chosen = str(st.session_state.get(WISH) or "")
        return chosen if chosen in self.models.registry.names else ""

    @property
    def engine(self) -> Engine:
        """The engine for new runs of this session, as it is now."""
        return self.models.registry.engine(self.wish)

    @property
    def answering(self) -> EngineHealth:
        """How the engine for new runs of this session was when last looked at."""
        return self.health_of(self.wish)

    def health_of(self, wish: str) -> EngineHealth:
        """How the engine that a run asks for was when last looked at; "" for the one that answers by default."""
        return (self.models.registry.health(wish) if wish else None) or self.health.latest

    @property
    def principal(self) -> Principal:
        """Who acts in this session; who nobody signed in is the principal of the settings, with every role."""
        signed_in = st.session_state.get(PRINCIPAL)
        return signed_in if isinstance(signed_in, Principal) else self.settings.principal

    @property
    def user(self) -> str:
        """Whose rows this session reads: the name of its principal."""
        return self.principal.user

    @cached_property
    def shelf(self) -> CohortShelf:
        """The cohorts at hand, packaged and of one's own; read when first needed.

        Their codebooks are kept at once: rows of before codebooks were kept name them too.
        """
        shelf = CohortShelf()
        with suppress(StoreError):
            for codebook in {one.codebook.content_hash: one.codebook for one in shelf.cohorts.values()}.values():
                keep_codebook(self.db, codebook)
        return shelf

    @cached_property
    def codebooks(self) -> Codebooks:
        """The codebook of whatever is stored, whether its cohort is at hand or not."""
        return Codebooks(self.db, lambda: [one.codebook for one in self.shelf.cohorts.values()])

    @property
    def cohort(self) -> Cohort:
        """The cohort that new cases of this reader belong to unless another is chosen."""
        at_hand = self.shelf.cohorts
        return at_hand.get(preferences(self.db, self.user).cohort) or at_hand.get(COHORT) or load_cohort(COHORT)

    def cohort_of(self, version: CaseVersion) -> Cohort:
        """The cohort that questions about ``version`` come from.

        Raises:
            CohortError: Nothing can be asked about it; the message says why.
        """
        return self.shelf.find(version.cohort, version.case.codebook_hash)

    def why_unaskable(self, version: CaseVersion) -> str:
        """Why nothing can be asked about ``version``, in a sentence; empty where something can."""
        try:
            self.cohort_of(version)
        except CohortError as error:
            return str(error)
        return ""

    def masked(self, group: RunGroup) -> Feature:
        """What a run is about, as its own codebook has it."""
        question = read_question(group.question_json)
        return task_of(question, self.codebooks.of(question)).feature

    def close(self) -> None:
        """Ends the runs, the model and the connections; safe to call twice."""
        self.health.close()
        self.runs.close()
        self.models.close()
        self.db.close()


@st.cache_resource(show_spinner="Opening the database and the model…", on_release=Services.close)
def process_services() -> Services:
    """The services of this process, opened once.

    Raises:
        CReasonError: A setting, the database or the engine stands in the way; the message says which.
    """
    chosen = settings()
    db = open_store(chosen.database, chosen.data_dir)
    models = Switch(chosen)
    return Services(chosen, db, models, HealthWatch(models), RunManager(db, models.registry, chosen))


class _Here:
    """What this session works with: the services of the process, or those of the stage that it stands on.

    The pages' own components and the actions of their buttons ask it, so that on the stage of a demonstration they
    work with the demonstration's database and replies, and can reach no other.
    """

    def __call__(self) -> Services:
        """The services of this session. Raises ``CReasonError`` as ``process_services`` does."""
        staged: Callable[[], Services] | None = st.session_state.get(STAGED)
        return staged() if staged else process_services()

    def clear(self) -> None:
        """Closes those of the process."""
        process_services.clear()


services = _Here()


def on_stage() -> bool:
    """Whether this session stands on the stage of a demonstration."""
    return STAGED in st.session_state


def enter_stage(staged: Callable[[], Services]) -> None:
    """From here on, ``services`` of this session are those that ``staged`` gives."""
    st.session_state[STAGED] = staged


def leave_stage() -> None:
    """``services`` of this session are again those of the process."""
    st.session_state.pop(STAGED, None)


def off_stage(action: Callable[[], None]) -> Callable[[], None]:
    """``action`` as it is done by the person themselves, also from the stage of a demonstration."""

    def done() -> None:
        staged = st.session_state.pop(STAGED, None)
        try:
            action()
        finally:
            if staged:
                st.session_state[STAGED] = staged

    return done
