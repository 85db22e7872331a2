"""The stage of a demonstration: services of its own, so that the real pages' components play on it and nothing is left.

Everything that is done on it goes to a database file of its own beside the program's. So a reset is to close that file
and delete it, which no trigger hinders and which cannot touch a row of anybody; and a demonstration costs nobody's
database a table.
"""

import secrets
import threading
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

import streamlit as st

from creason_core.demonstration.answering import StageEngine
from creason_core.demonstration.votes import prepare
from creason_core.errors import StoreError
from creason_core.model.engines.replay import PACKAGED, Replay
from creason_core.model.engines.switching import Switch
from creason_core.principal import Principal
from creason_core.private import private_folder
from creason_core.runs import RunManager
from creason_core.store.people.preferences import Preferences, preferences, save_preferences
from creason_core.store.runs.run_rows import Run
from creason_core.store.upkeep.database import Database, open_store
from pages.server.services import HealthWatch, Services, process_services

FOLDER = "demo"
_OF_NO_USE = ("corrupt", "newer", "invalid", "missing")
RUNS = 12  # replies on their way at once: whoever presses Next fast has every scene asked, and has none refused
GUEST = "guest"  # where a session that came by the audience's link keeps who it is


@dataclass(frozen=True, slots=True)
class StagedReply:
    """What an audience is asked about: a reply that has ended, and what it was asked, in words."""

    run: Run
    stem: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class StageServices(Services):
    """The services of one stage; whoever acts on it is of the demonstration, whatever they may do elsewhere."""

    owner: str

    @property
    def principal(self) -> Principal:
        """The presenter; a guest in a session that came by the audience's link."""
        guest = st.session_state.get(GUEST)
        return Principal(f"{self.owner}:{guest}", frozenset({"rater"})) if guest else self.presenter

    @property
    def presenter(self) -> Principal:
        """Whose runs the audience sees."""
        return Principal(self.owner, frozenset({"reader", "rater"}))


class Stage:
    """One person's demonstration, in whatever windows; every method may be called from any thread.

    Attributes:
        code: What stands in the audience's link.
        engine: What answers.
        shown: The id of the reply that the audience is asked about; empty before there is one.
        reply: That reply, once a guest has looked at it: it is read for all of them once.
        step: The title of the step that the presenter is at.
        groups: Scene → the id of the group of runs that plays it.
        take: Another one after each restart: what is asked in one take is stored once, in however many windows.
        window: The window that moved last, and the place where it is.

    Raises:
        StoreError: Its database cannot be opened.
    """

    def __init__(self, user: str, process: Services) -> None:
        self.owner = f"demo:{user}"
        self.code = secrets.token_urlsafe(6)
        self.engine = StageEngine(Replay(PACKAGED), process.models.now, lambda: process.health.latest)
        self.shown = self.step = ""
        self.reply: StagedReply | None = None
        self.groups: dict[str, str] = {}
        self.take = secrets.token_hex(4)
        self.window = ("", "")
        self._process = process
        self._user = user
        self._lock = threading.RLock()
        self._folder = process.settings.data_dir / FOLDER / sha256(user.encode()).hexdigest()[:16]
        self._services = self._open()

    def services(self) -> StageServices:
        """Its services; new ones after a reset."""
        with self._lock:
            return self._services

    def restart(self) -> None:
        """Forgets what was asked, and ends what is still being answered: every scene is asked anew. Votes stay."""
        with self._lock:
            for group in tuple(self.groups.values()):
                with suppress(StoreError):  # it went with a reset
                    self._services.runs.stop(self.owner, group)
        self.groups.clear()
        self.shown, self.take = "", secrets.token_hex(4)

    def reset(self) -> None:
        """Deletes all that was done on this stage: runs, answers, ratings and the audience's votes.

        Raises:
            StoreError: The file cannot be made anew.
        """
        with self._lock:
            self.restart()
            self._services.close()
            self._delete()
            self._services = self._open()

    def close(self) -> None:
        """Ends its runs and connections; what was done stays until a reset."""
        with self._lock:
            self._services.close()

    def _open(self) -> StageServices:
        own = {"engine": "replay", "replay_file": PACKAGED, "runs_per_user": RUNS}
        chosen = self._process.settings.model_copy(update=own)
        private_folder(self._folder)
        db = self._database()
        shortcuts = preferences(self._process.db, self._user).shortcuts
        save_preferences(db, self.owner, Preferences(samples=1, shortcuts=shortcuts))
        models = Switch(chosen)
        models.registry.put("replay", self.engine)
        models.refresh()
        return StageServices(
            chosen, db, models, HealthWatch(models), RunManager(db, models.registry, chosen), self.owner
        )

    def _database(self) -> Database:
        """Its database; a file that cannot be used, or is of a later version of the program, gives way to a new one."""
        url = f"sqlite:///{self._folder / 'demo.db'}"
        try:
            db = open_store(url, self._folder)
        except StoreError as error:
            if error.kind not in _OF_NO_USE:
                raise
            self._delete()
            db = open_store(url, self._folder)
        prepare(db)
        return db

    def _delete(self) -> None:
        for tail in ("-wal", "-shm", "-journal", ""):
            (self._folder / f"demo.db{tail}").unlink(missing_ok=True)


class Stages:
    """The stages of this process, a person each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_user: dict[str, Stage] = {}

    def of(self, user: str, process: Services) -> Stage:
        """The stage of ``user``, opened when first asked for. Raises ``StoreError``."""
        with self._lock:
            if user not in self._by_user:
                self._by_user[user] = Stage(user, process)
            return self._by_user[user]

    def by_code(self, code: str) -> Stage | None:
        """The stage whose audience's link has ``code``; None where there is none (any more)."""
        said = code.encode()  # an address may hold anything, and only bytes of any kind can be compared
        with self._lock:
            every = tuple(self._by_user.values())
        return next((one for one in every if secrets.compare_digest(one.code.encode(), said)), None)

    def close(self) -> None:
        """Closes every stage."""
        with self._lock:
            for stage in self._by_user.values():
                with suppress(Exception):
                    stage.close()
            self._by_user.clear()


@st.cache_resource(show_spinner=False, on_release=Stages.close)
def stages() -> Stages:
    """Those of this process."""
    return Stages()


def stage_here() -> Stage:
    """The stage of whoever acts in this session. Raises ``CReasonError``."""
    process = process_services()
    return stages().of(process.principal.user, process)
