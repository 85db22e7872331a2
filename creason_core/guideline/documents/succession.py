"""Which edition of a document holds on a day: what superseded it, also through an edition that was taken out since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from creason_core.guideline.library import days
from creason_core.store.hospital.library import LibraryDocument


@dataclass(frozen=True, slots=True)
class Validity:
    """Whether a document holds on a day, in a word and, ``told``, in a sentence."""

    status: Literal["current", "superseded", "expired", "not yet published"]
    told: str


def validity(one: LibraryDocument, every: Sequence[LibraryDocument], on: date) -> Validity:
    """Whether a document holds on the day ``on``; ``every`` are all that ever were in the library."""
    if since(one) > on:
        return Validity("not yet published", f"It came out in {one.published}, after that day.")
    newer = successor(one, every, on)
    if newer is not None:
        return Validity("superseded", f"Superseded by '{newer.title}', {newer.organisation}, {newer.published}.")
    if one.valid_until and days(one.valid_until)[1] < on:
        return Validity("expired", f"It held until {one.valid_until}, and nothing in the library supersedes it.")
    until = f"until {one.valid_until}" if one.valid_until else "without an end"
    return Validity("current", f"It holds {until}, as told when it was added.")


def successor(one: LibraryDocument, every: Sequence[LibraryDocument], on: date) -> LibraryDocument | None:
    """The document in the library that superseded ``one`` by the day ``on``; None where there is none."""
    for other in every:
        if other.supersedes != one.id:
            continue
        if other.removed is None and since(other) <= on:
            return other
        if further := successor(other, every, on):
            return further
    return None


def since(one: LibraryDocument) -> date:
    """The last day on which it may have come out, so that it is never told as in force before it was."""
    return min(days(one.published)[1], one.created.date())
