"""Hiding more: "and if this value were not known either?" Other values that a reader hides with the masked one.

They are part of the question like what the leak guard hides, each by a rule of its own name, ``BY_HAND``; a question
without any stays what it was, byte for byte.
"""

import hashlib
from collections.abc import Collection
from typing import TypeVar

from creason_core.cohort.leakage.guard import BY_HAND, HiddenFeature
from creason_core.errors import QuestionError
from creason_core.question.asked import QuestionBase
from creason_core.question.masked_value import visible_entries
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook

Q = TypeVar("Q", bound=QuestionBase)


def hide_more(question: Q, names: Collection[str], case: PatientCase, codebook: Codebook) -> Q:
    """``question`` with the values ``names`` of ``case`` hidden too; what is hidden already changes nothing.

    ``names`` are those of features, or of one at one time ("lactate@6"). Notes of the registry no longer tell them. The
    new id is a SHA-256 over the old one and
    what is hidden more.

    Raises:
        QuestionError: One is the value that is asked about, or is not in the case; the message says which.
    """
    for name in names:
        if name == question.masked_feature:
            raise QuestionError(f"{codebook.feature(name).label} is asked about, so it is hidden already.")
        if not case.of(name):
            raise QuestionError(
                f"'{name}' is not recorded in this case, so it cannot be hidden.", remedy="Choose a recorded value."
            )
    more = {entry.name for entry in visible_entries(case, question, codebook)} & {
        entry.name for name in names for entry in case.of(name)
    }
    if not more:
        return question
    hidden = {item.feature: item for item in question.hidden} | {name: _by_hand(name, codebook) for name in more}
    places = {entry.name: place for place, entry in enumerate(case.entries)}
    labels = {codebook.feature(name).label for name in more}
    made_of = f"{question.id}|{BY_HAND}|{','.join(sorted(more))}"
    return question.model_copy(
        update={
            "id": hashlib.sha256(made_of.encode()).hexdigest(),
            "hidden": tuple(sorted(hidden.values(), key=lambda item: places.get(item.feature, -1))),
            "notes": question.notes.without(more, labels) if question.notes else None,
        }
    )


def by_hand(question: QuestionBase) -> tuple[str, ...]:
    """The names of what a reader hid with the masked value, in the case's order."""
    return tuple(item.feature for item in question.hidden if item.reason == BY_HAND)


def _by_hand(name: str, codebook: Codebook) -> HiddenFeature:
    return HiddenFeature(feature=name, reason=BY_HAND, sentence=f"{codebook.feature(name).label} is hidden by you.")
