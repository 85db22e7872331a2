"""Engines whose quality is known by construction: they read the passages and marks out of the prompt and no more."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from creason_core.errors import ModelError
from creason_core.model.engines.base import Completion, GenerationRequest, ModelIdentity
from creason_core.model.engines.replay import Replay, scripted

_PASSAGE = re.compile(r"^<<< \[(?P<mark>#\w+)\].*\n(?P<text>.*)\n>>>$", re.MULTILINE)


@dataclass(frozen=True)
class Shown:
    """A passage as the prompt shows it."""

    mark: str
    text: str

    @property
    def sentence(self) -> str:
        """The passage as one sentence, so that one mark can stand in it."""
        return f"{self.text.rstrip('.').replace('. ', '; ')}"


def passages_in(prompt: str) -> list[Shown]:
    """The passages of a prompt, in its order."""
    return [Shown(found["mark"], found["text"]) for found in _PASSAGE.finditer(prompt)]


Writes = Callable[[Sequence[Shown], int], str]


class Scripted(Replay):
    """Writes by ``writes``, from the passages and the seed; breaks off after ``lasts`` replies."""

    def __init__(self, writes: Writes, *, lasts: int = 10_000, name: str = "scripted") -> None:
        super().__init__(script=[scripted("-")])
        self._writes, self._lasts, self._name = writes, lasts, name
        self.asked: list[GenerationRequest] = []

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity("replay", self._name, "hash")

    def sample(self, request: GenerationRequest, n: int) -> tuple[Completion, ...]:
        if len(self.asked) >= self._lasts:
            raise ModelError("unreachable", "It is gone.", retryable=False)
        self.asked.append(request)
        shown = passages_in(request.messages[1].content)
        seed = request.seed if request.temperature else 0
        return (Completion(self._writes(shown, seed), 9, "stop"),) * n


def rightly(shown: Sequence[Shown], _: int = 0) -> str:
    """Every passage under its own mark."""
    return "Because:\n" + "\n".join(f"{one.sentence} [{one.mark}]." for one in shown)


def wrongly(shown: Sequence[Shown], _: int = 0) -> str:
    """Every passage under the mark of the first one, which is right for that one alone."""
    return "Because:\n" + "\n".join(f"{one.sentence} [{shown[0].mark}]." for one in shown)


def inventing(shown: Sequence[Shown], _: int = 0) -> str:
    """The first passage rightly, then a sentence under no mark, and two under marks that were never given."""
    return (
        f"Gist: {shown[0].sentence} [{shown[0].mark}].\nBecause:\nLeeches are applied to the temples at dawn.\n"
        "Mercury is rubbed into the soles [#zzzzz9].\nThe moon must be waning [17]."
    )


def refusing(_: Sequence[Shown], seed: int = 0) -> str:
    """Nothing but that it cannot."""
    return "Gist: The passages do not answer this question."


def changing(shown: Sequence[Shown], seed: int) -> str:
    """The first passage, but for the third repeat, which has the last one."""
    one = shown[-1] if seed == 2 else shown[0]
    return f"Gist: {one.sentence} [{one.mark}]."
