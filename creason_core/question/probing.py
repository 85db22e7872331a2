"""Does an answer hang on what it cites? The same question with each cited value hidden in turn, and two others.

A value drives the answer where, without it, another option wins or the winner's share falls by ``FALL``. Values that
no reply cites are hidden too, as controls: an answer that moves whatever is hidden hangs on nothing in particular.
It is a test of behaviour. What the model did inside when it wrote its reasons, no such test can show.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from creason_core.frozen import Frozen
from creason_core.question.asked import QuestionBase
from creason_core.question.citing import citations
from creason_core.question.confidence import Vote
from creason_core.question.hiding_more import hide_more
from creason_core.question.masked_value import visible_entries
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook

MOST_CITED = 6
CONTROLS = 2
FALL = 0.4  # of the winner's share: two of five samples

Role = Literal["cited", "control"]
Q = TypeVar("Q", bound=QuestionBase)


class Removal(Frozen):
    """One point of a probe: the feature that is hidden there, and whether a reply cites it."""

    without: str
    role: Role


class ProbePlan(Frozen):
    """What a probe hides, in turn: features by name, the cited ones first."""

    removals: tuple[Removal, ...]

    @property
    def cited(self) -> tuple[str, ...]:
        """The cited features that are hidden."""
        return tuple(one.without for one in self.removals if one.role == "cited")


@dataclass(frozen=True, slots=True)
class ProbedReply:
    """A reply, the prompt that it answers, and the option (canonical index) that it chose."""

    text: str
    prompt: str
    option: int | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What hiding a value did: the winner before and after (canonical index), and by how much the first's share fell.

    ``fall`` is negative where the share rose.
    """

    before: int
    after: int | None
    fall: float

    @property
    def drives(self) -> bool:
        """Whether the answer hangs on the hidden value."""
        return self.after != self.before or self.fall >= FALL - 1e-9


def plan_probe(
    replies: Sequence[ProbedReply], winner: int, case: PatientCase, question: QuestionBase, codebook: Codebook
) -> ProbePlan:
    """What to hide: the features that most replies for ``winner`` cite, and controls that no reply cites.

    Of features that as many replies cite, the one that comes first in them. Controls are drawn by the question's id:
    the same question has the same.
    """
    counted: dict[str, int] = {}
    anywhere: set[str] = set()
    for reply in replies:
        names = [one.feature for one in citations(reply.text, reply.prompt, case, question, codebook).cited]
        anywhere.update(names)
        for name in names if reply.option == winner else ():
            counted[name] = counted.get(name, 0) + 1
    cited = sorted(counted, key=lambda name: -counted[name])[:MOST_CITED]
    shown = {one.feature for one in visible_entries(case, question, codebook) if one.measured}
    others = sorted(shown - anywhere, key=lambda name: hashlib.sha256(f"{question.id}|{name}".encode()).digest())
    return ProbePlan(
        removals=(
            *(Removal(without=name, role="cited") for name in cited),
            *(Removal(without=name, role="control") for name in others[:CONTROLS] if cited),
        )
    )


def without(question: Q, feature: str, case: PatientCase, codebook: Codebook) -> Q:
    """``question`` with all values of ``feature`` hidden too; what is hidden already stays so.

    Raises:
        QuestionError: The feature is asked about, or is not in the case.
    """
    return hide_more(question, [feature], case, codebook)


def effect(before: Vote, after: Vote) -> Effect:
    """What hiding a value did to a vote with a winner."""
    assert before.winner is not None
    share = before.shares[before.winner].share
    return Effect(before.winner, after.winner, share - after.shares[before.winner].share)
