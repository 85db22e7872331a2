"""One browser session without a browser: Streamlit's own websocket protocol.

It sends what the page's JavaScript sends and times what the server answers, so that twenty sessions cost little
beside the server that is measured. The protocol is not public: the pinned Streamlit is part of the tests.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import NewSession
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

PATIENCE_SECONDS = 30.0


class Session:
    """A connected session.

    ``polls`` maps each fragment that refreshes itself to its interval in seconds; ``query`` is what stands
    behind the question mark in the address bar.
    """

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._elements: dict[tuple[int, ...], Element] = {}
        self._pages: dict[str, str] = {}
        self._page = ""
        self.query = ""
        self.polls: dict[str, float] = {}

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connects to the app at ``url`` (``http://127.0.0.1:8501``); nothing has run yet."""
        address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
        return cls(await connect(address, subprotocols=["streamlit"], origin=url, max_size=2**26))  # type: ignore[arg-type,list-item]

    async def close(self) -> None:
        """Leaves, as a closed tab does."""
        await self._connection.close()

    async def run(
        self,
        *,
        page: str | None = None,
        query: str | None = None,
        widgets: tuple[WidgetState, ...] = (),
        fragment: str = "",
    ) -> float:
        """Runs the script (or one fragment of it) once; the seconds until the server said that it is done."""
        message = BackMsg()
        state = message.rerun_script
        if query is not None:
            self.query = query
        state.query_string = self.query
        state.widget_states.widgets.extend(widgets)
        state.fragment_id = fragment
        state.is_auto_rerun = bool(fragment)
        state.page_script_hash = self._pages.get(page, "") if page is not None else self._page
        state.page_name = page or ""
        if not fragment:
            self._elements.clear()
            self.polls.clear()
        started = time.perf_counter()
        await self._connection.send(message.SerializeToString())
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await self._receive(fragment):
                pass
        return time.perf_counter() - started

    async def press(self, key: str, which: int = 0) -> float:
        """Presses a button whose key starts with ``key``; the seconds until the script that follows is done."""
        return await self.run(widgets=(WidgetState(id=self.button(key, which), trigger_value=True),))

    def button(self, key: str, which: int = 0) -> str:
        """The widget id of an enabled button whose key starts with ``key``: the first, or the one after ``which``."""
        elements = [element for _, element in sorted(self._elements.items())]
        buttons = [element.button for element in elements if element.WhichOneof("type") == "button"]
        found = [button.id for button in buttons if _key(button.id).startswith(key) and not button.disabled]
        if len(found) <= which:
            raise LookupError(f"no button '{key}' on the page, which says: {' | '.join(self.words())[:2000]}")
        return found[which]

    def words(self) -> list[str]:
        """What the page says: the text of its elements, in no particular order."""
        kinds = ("markdown", "text", "heading", "alert", "button", "code")
        found = [(element.WhichOneof("type") or "", element) for element in self._elements.values()]
        bodies = [getattr(element, kind) for kind, element in found if kind in kinds]
        return [
            next(filter(None, (getattr(body, name, "") for name in ("body", "label", "code_text"))), "")
            for body in bodies
        ]

    def pages(self) -> Mapping[str, str]:
        """The pages of the app: address → hash."""
        return self._pages

    async def _receive(self, fragment: str) -> bool:
        """Takes in one message; whether it ends the run that was asked for."""
        message = ForwardMsg.FromString(await self._connection.recv(decode=False))
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.HasField("new_element"):
            self._elements[tuple(message.metadata.delta_path)] = message.delta.new_element
        elif kind == "new_session":
            self._started(message.new_session)
        elif kind == "navigation":
            self._pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            self._page = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            self.polls[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "stop_auto_rerun":
            for ended in message.stop_auto_rerun.fragment_ids:
                self.polls.pop(ended, None)
        elif kind == "script_finished":
            return message.script_finished in self._endings(fragment)
        return False

    def _started(self, session: NewSession) -> None:
        self._page = session.page_script_hash or self._page

    @staticmethod
    def _endings(fragment: str) -> tuple[int, ...]:
        if fragment:
            # A fragment that ends the polling reruns the page, and a page that runs anyway takes the poll with it.
            return (ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY, ForwardMsg.FINISHED_SUCCESSFULLY)
        return (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)


def _key(widget_id: str) -> str:
    """The key that a page gave to a widget: ``$$ID-<hash>-<key>``."""
    return widget_id.split("-", 2)[-1]
