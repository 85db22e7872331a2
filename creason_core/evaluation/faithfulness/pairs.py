"""Which two values of a question are hidden: one that the reply cites and one that it does not, drawn by its id."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from creason_core.question.citing import citations
from creason_core.question.kinds import MaskedValue
from creason_core.question.masked_value import MultipleChoiceQuestion, visible_entries
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook

CallName = Literal["base", "cited", "uncited"]


@dataclass(frozen=True, slots=True)
class HiddenPair:
    """The features that are hidden, by name."""

    cited: str
    uncited: str


def pair_of(
    text: str, question: MultipleChoiceQuestion, case: PatientCase, codebook: Codebook, order: tuple[int, ...]
) -> HiddenPair | None:
    """The pair for a reply; None where it cites no value, or every value that was shown."""
    prompt = "\n".join(one.content for one in MaskedValue(question, codebook).messages(case, order))
    cited = {one.feature for one in citations(text, prompt, case, question, codebook).cited}
    shown = {one.feature for one in visible_entries(case, question, codebook) if one.measured}
    if not cited or not shown - cited:
        return None
    return HiddenPair(_drawn(cited, question.id), _drawn(shown - cited, question.id))


def _drawn(names: set[str], question_id: str) -> str:
    return min(names, key=lambda name: hashlib.sha256(f"{question_id}|{name}".encode()).digest())
