"""A reader of notes behind the engine protocol: it reads a prompt's notes, counts, and says what they come to.

It sees the messages and nothing else, neither registry nor question, so it shows what the notes are worth to whoever
reads them well: the floor that a model which is given notes must reach. ``creason evaluate --notes --engine
baseline:notes`` asks it.
"""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from creason_core.errors import ModelError
from creason_core.evaluation.baselines.engine import ComputedEngine
from creason_core.evaluation.registry_notes.concluding import WAYS, of_levels, of_number
from creason_core.model.engines.base import (
    Completion,
    EngineHealth,
    GenerationRequest,
    Message,
    ModelIdentity,
)
from creason_core.question.notes import STANDING
from creason_core.question.prompts import letters

NAME = "notes"
VERSION = 1
_OPTION = re.compile(r"^[A-Z]\) (.*)$")
_USUAL = re.compile(r"^Usual: (.*?)(?:, unless another comes to (\d+) more)?\.$")
_EVEN = re.compile(r"^If even: (.*)\.$")
_KNOWN = re.compile(rf", (?:{'|'.join(STANDING)}|\d+% of patients)$")
_NUMBER = re.compile(r"^-?\d+(?:\.\d+)?")


def read_notes(messages: Sequence[Message]) -> int:
    """The place, as presented, of the option that the notes of a prompt come to.

    Raises:
        ModelError: The prompt has no notes.
    """
    user = next((message.content for message in messages if message.role == "user"), "")
    before, _, asked = user.rpartition("\n\n")
    block = before.rpartition("\n\n")[2].splitlines()
    if not block or not block[0].startswith("## The registry on "):
        raise ModelError("rejected", "This prompt has no notes of the registry.", retryable=False)
    says = [line.rpartition(" → ")[2] for line in block if " → " in line]
    found = [match for line in asked.splitlines() if (match := _OPTION.match(line))]
    options = [_KNOWN.sub("", match[1]) for match in found]
    usual = next((match for line in block if (match := _USUAL.match(line))), None)
    even = next((match[1] for line in block if (match := _EVEN.match(line))), "")
    if usual is None and not even and all(one in WAYS for one in says) and all(map(_NUMBER.match, options)):
        numbers = [float(_NUMBER.match(option)[0]) for option in options]  # type: ignore[index]
        place = of_number(says, len(options))
        return place if numbers[0] < numbers[-1] else len(options) - 1 - place
    lead = int(usual[2]) if usual and usual[2] else None
    return of_levels(says, options, usual=usual[1] if usual else "", lead=lead, even=even)


class NotesReader(ComputedEngine):
    """The counting reader as an ``Engine``; its probabilities are 1 and 0."""

    @property
    def identity(self) -> ModelIdentity:
        """The reader, with a hash over its version."""
        return ModelIdentity("baseline", NAME, hashlib.sha256(f"{NAME}|{VERSION}".encode()).hexdigest())

    def health(self) -> EngineHealth:
        """Always ready."""
        return EngineHealth(True, self.identity, "this computer", "Ready: it counts notes, and is no language model.")

    def option_logprobs(self, messages: Sequence[Message], letters: Sequence[str]) -> tuple[float, ...]:
        """0 for the option that the notes come to, and nearly nothing for others."""
        place = read_notes(messages)
        return tuple(0.0 if k == place else float(np.log(1e-12)) for k in range(len(letters)))

    def _reply(self, request: GenerationRequest) -> Completion:
        place = read_notes(request.messages)
        text = f" Counting the registry's notes. The answer is \\boxed{{{letters(place + 1)[place]}}}."
        return Completion(text, len(text.split()), "stop")
