"""How long and how much a generation may take, and the faults that say a limit was passed.

Every engine measures from the moment the model takes up the request, so waiting behind others is not held
against it. A server does not say when that is: there what this program sends beside a request makes it more patient.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from creason_core.errors import ModelError
from creason_core.model.engines.base import Completion, Piece

AGAIN = "Run it again."  # whoever keeps the text says whether there was any


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one generation, in seconds and characters."""

    connect: float = 3.0
    first_token: float = 30.0
    idle: float = 15.0
    total: float = 180.0
    characters: int = 40_000

    def beside(self, others: int, most: int) -> "Limits":
        """The limits of one of several requests at a server, which may do everything in turn.

        Each of the ``others`` under way now may have its prompt read before the next token of this one; the whole
        takes at most as many times as long as alone, by the ``most`` others that there ever were.
        """
        if not most:
            return self
        step = self.first_token * others
        return replace(self, first_token=self.first_token + step, idle=self.idle + step, total=self.total * (1 + most))

    def times(self, factor: float) -> "Limits":
        """The limits at a server that is so many times as slow as one that is patiently waited for; at least 1."""
        if factor == 1.0:
            return self
        longer = {name: factor * getattr(self, name) for name in ("first_token", "idle", "total")}
        return replace(self, **longer)

    def next_deadline(self, started: float, latest: float, any_token: bool) -> float:
        """When to give up waiting for the next token; the arguments and the result share one monotonic clock."""
        step = latest + self.idle if any_token else started + self.first_token
        return min(step, started + self.total)

    def late(self, started: float, now: float, any_token: bool) -> ModelError:
        """The fault for a deadline that passed at ``now``."""
        if now - started >= self.total:
            return ModelError(
                "timeout",
                f"The reply was not complete after {self.total:g} s, the longest allowed.",
                remedy="Run it again; fewer samples at a time end sooner.",
            )
        if any_token:
            return ModelError("timeout", f"The model stopped writing for {self.idle:g} s.", remedy=AGAIN)
        return ModelError(
            "timeout",
            f"The model did not begin to answer within {self.first_token:g} s.",
            remedy="It may be busy or stuck: run it again in a moment.",
        )

    def check_length(self, characters: int) -> None:
        """Raises ``ModelError`` when a reply is longer than any real one."""
        if characters > self.characters:
            raise ModelError(
                "garbage", f"The reply passed {self.characters:,} characters and was cut off there.", remedy=AGAIN
            )


def complete_only(pieces: Iterator[Piece], limits: Limits) -> Iterator[Piece]:
    """Passes a reply on, and raises ``ModelError`` when it grows too long or is complete without any text."""
    characters = 0
    written = False
    for piece in pieces:
        characters += len(piece.text)
        written = written or bool(piece.text.strip())
        limits.check_length(characters)
        if piece.finish_reason is not None and not written:
            why = "reached its token limit" if piece.finish_reason == "length" else "ended its reply"
            raise ModelError("empty", f"The model {why} without writing anything.", remedy="Run it again.")
        yield piece


def completion_of(pieces: Iterable[Piece]) -> Completion:
    """Reads a reply to its end. Raises ``ModelError`` when it is not completed, also because it was stopped."""
    texts = []
    for piece in pieces:
        texts.append(piece.text)
        if piece.finish_reason is not None:
            return Completion("".join(texts), piece.tokens, piece.finish_reason)
    raise ModelError("incomplete", "The reply was stopped before its end.")
