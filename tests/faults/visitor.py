"""A person at the app, by its websocket: what it saves, asks and rates, and what the page showed of it."""

import asyncio
import random
from collections.abc import Callable
from typing import Any, Self

from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection

from tests.bench.session import Session
from tests.faults.after_kill import Told

Tell = Callable[[Told], None]
POLL_SECONDS = 0.4


class Keeping:
    """A connection that keeps what comes."""

    def __init__(self, connection: ClientConnection) -> None:
        self.heard = bytearray()
        self.send = connection.send
        self.close = connection.close
        self._recv = connection.recv

    async def recv(self, *, decode: bool) -> bytes:
        data = await self._recv(decode=False)
        self.heard += data
        return data


class Visitor(Session):
    """A session that also types. What it types stays in the fields until the page is left, as in a browser."""

    async def type(self, kind: str, key: str, value: str | float) -> float:
        """Puts ``value`` into the enabled field of ``kind`` (``text_input``, ``number_input`` …) called ``key``…"""
        state = WidgetState(id=self.field(kind, key))
        if isinstance(value, str):
            state.string_value = value
        else:
            state.double_value = value
        return await self.run(widgets=(state,))

    @classmethod
    async def listening(cls, url: str) -> Self:
        """A session that keeps every byte it is sent, for ``heard``."""
        visitor = await cls.open(url)
        keeping: Any = Keeping(visitor._connection)
        visitor._connection = keeping
        return visitor

    def heard(self) -> bytes:
        """Every byte that a ``listening`` session was sent."""
        keeping: Any = self._connection
        return bytes(keeping.heard)

    def field(self, kind: str, key: str) -> str:
        """The widget id of the first enabled field of ``kind`` whose key starts with ``key``."""
        return str(self.entry(kind, key).id)

    def entry(self, kind: str, key: str) -> Any:
        """That field, as the server sent it."""
        elements = [element for _, element in sorted(self._elements.items())]
        fields = [getattr(element, kind) for element in elements if element.WhichOneof("type") == kind]
        found = [field for field in fields if _key(field.id).startswith(key) and not field.disabled]
        if not found:
            raise LookupError(f"no {kind} '{key}' on the page, which says: {self.said()[:2000]}")
        return found[0]

    def said(self) -> str:
        """Everything that the page says."""
        toasts = [element.toast.body for element in self._elements.values() if element.WhichOneof("type") == "toast"]
        return " | ".join([*self.words(), *toasts])

    def shows(self, words: str) -> bool:
        """Whether the page says ``words``."""
        return words in self.said()

    def here(self, part: str) -> str:
        """The id of a part of the address; empty where it is not there."""
        parts = dict(item.partition("=")[::2] for item in self.query.lstrip("?").split("&"))
        return parts.get(part, "")


async def visit(visitor: Visitor, tile: int, mark: str, rng: random.Random, tell: Tell) -> None:
    """One round of work on a public case. ``mark`` names what is saved, and is told once the page shows it as saved."""
    await visitor.run(page="")
    await visitor.press("public_", tile)
    await visitor.run(page="patient")
    if not visitor.shows("What you type is kept as a draft"):
        await visitor.press("copy")
    base = visitor.here("v")
    await visitor.type("text_input", f"field_case:{base}_label", mark)
    if visitor.shows("What you type is kept as a draft"):
        tell(Told("draft", f"case:{base}", mark))
    await visitor.type("number_input", f"field_case:{base}_age", float(rng.randrange(20, 90)))
    await visitor.press("save_version")
    if visitor.shows("Saved as version") and visitor.here("v") != base:
        tell(Told("version", mark))
    await visitor.run(page="hypotheses")
    await visitor.press("mask_", rng.randrange(8))
    await _ask(visitor, rng, tell)
    await rate(visitor, mark, tell)


async def _ask(visitor: Visitor, rng: random.Random, tell: Tell) -> None:
    chosen, answered = rng.randrange(2), False
    if not visitor.shows("*your answer*"):  # else it was committed before the last kill, and is kept
        await visitor.press("option_", chosen)
        await visitor.press("commit_sure")
        answered = visitor.shows("*your answer*")
    await visitor.press("run")
    if group := visitor.here("run"):
        tell(Told("group", group, "1"))
        if answered and visitor.shows("*your answer*"):
            tell(Told("answer", group, str(chosen)))
    while visitor.shows("Stop"):
        await asyncio.sleep(POLL_SECONDS)
        await visitor.run()


async def rate(visitor: Visitor, mark: str, tell: Tell, *, twice: bool = False) -> None:
    """Rates the run on the page, with ``mark`` as the comment."""
    form = _key(visitor.field("feedback", "fb_")).removesuffix("_thumb")
    run = form.split("_")[1]
    if visitor.shows("#### Model:"):
        tell(Told("ended", run, "complete"))
    await visitor.type("feedback", form, "1")
    await visitor.type("text_area", form, mark)
    tell(Told("draft", f"rating:{run}", mark))
    save = visitor.button(f"{form}_save")
    if twice:
        await visitor.run(widgets=(WidgetState(id=save, trigger_value=True),))
    await visitor.run(widgets=(WidgetState(id=save, trigger_value=True),))
    if visitor.shows(f"“{mark}”"):
        tell(Told("feedback", mark))


def _key(widget_id: str) -> str:
    """The key that a page gave to a widget: ``$$ID-<hash>-<key>``."""
    return widget_id.split("-", 2)[-1]
