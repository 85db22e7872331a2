"""Sees that what a person did is acted upon, however soon after it they do something else.

Streamlit runs the page anew for every click and stops the run before it, wherever that stands. A run that has not yet
called its callbacks takes the click with it: what should have been saved or rated is lost without a word. So a run
that still owes its callbacks is stopped only after them, and the run that follows it begins only then.
"""

import threading
from typing import Any
from weakref import WeakValueDictionary

from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner import RerunData, ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType
from streamlit.runtime.state import SafeSessionState

_latest: "WeakValueDictionary[str, ClickKeeper]" = WeakValueDictionary()


class _State(SafeSessionState):
    """A session's state that tells ``keeper`` when the callbacks of a run were called."""

    def __init__(self, of: SafeSessionState, keeper: "ClickKeeper") -> None:
        super().__init__(of._state, of._yield_callback)
        object.__setattr__(self, "_keeper", keeper)

    def on_script_will_rerun(self, *states: Any, **more: Any) -> None:
        """Calls the callbacks of what changed."""
        try:
            super().on_script_will_rerun(*states, **more)
        finally:
            self._keeper.acted()


class ClickKeeper(ScriptRunner):
    """Streamlit's runner of a page, one for each time that a session is interrupted; takes the same arguments."""

    def __init__(self, *, session_id: str, initial_rerun_data: RerunData, **more: Any) -> None:
        super().__init__(session_id=session_id, initial_rerun_data=initial_rerun_data, **more)
        self._session_state = _State(self._session_state, self)
        self._guard = threading.Lock()
        self._settled = threading.Event()  # nothing that a person did waits for its callback
        self._stop_then = False
        if initial_rerun_data.widget_states is None:
            self._settled.set()
        self._before, _latest[session_id] = _latest.get(session_id), self

    def request_rerun(self, rerun_data: RerunData) -> bool:
        """Asks for another run by this runner; False where it has been stopped."""
        with self._guard:
            accepted = not self._stop_then and super().request_rerun(rerun_data)
            if accepted and rerun_data.widget_states is not None and not rerun_data.is_auto_rerun:
                self._settled.clear()
            return accepted

    def request_stop(self) -> None:
        """Stops this runner, after the callbacks that it owes."""
        with self._guard:
            if self._settled.is_set():
                super().request_stop()
            else:
                self._stop_then = True

    def acted(self) -> None:
        """The callbacks of the run that goes on were called: another may have been asked for meanwhile."""
        with self._guard:
            if self._requests._state is not ScriptRequestType.RERUN:
                self._settled.set()
                if self._stop_then:
                    super().request_stop()

    def _run_script_thread(self) -> None:
        before, self._before = self._before, None
        if before is not None:
            before._settled.wait()
        try:
            super()._run_script_thread()
        finally:
            self._settled.set()


def keep_clicks() -> None:
    """From now on every session of this process runs its pages by a ``ClickKeeper``."""
    vars(app_session)["ScriptRunner"] = ClickKeeper
