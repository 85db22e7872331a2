"""What notes come to by counting alone: what a reader of them, person or model, can be measured against."""

from collections.abc import Sequence

import numpy as np

from creason_core.errors import EvaluationError
from creason_core.evaluation.registry_notes.scorecard import places
from creason_core.question.asked import QuestionBase
from creason_core.question.notes import LITTLE
from creason_core.record.codebook import Feature

WAYS = {"much lower": -2, "lower": -1, LITTLE: 0, "higher": 1, "much higher": 2}  # towards higher numbers, in points
CLEARLY = "clearly "  # before a level: two points, else one


def conclusion(question: QuestionBase, masked: Feature) -> int:
    """The option (canonical index) of ``question``, with notes, that these come to.

    Raises:
        EvaluationError: The question has no notes.
    """
    notes = question.notes
    if notes is None:
        raise EvaluationError("The question has no notes.", remedy="Ask it with notes.")
    says, options = [note.says for note in notes.told], [option.text for option in question.options]
    if masked.numeric:
        return of_number(says, len(options))
    return of_levels(says, options, usual=notes.usual, lead=notes.lead, even=notes.even)


def of_number(says: Sequence[str], count: int) -> int:
    """The one of ``count`` rising options that ``says`` come to: so many places from the middle as there are points."""
    total = sum(WAYS[one] for one in says)
    stands = places(count)
    away = np.abs(stands - np.clip(total, stands[0], stands[-1]))
    return int(len(away) - 1 - away[::-1].argmin()) if total > 0 else int(away.argmin())


def of_levels(says: Sequence[str], options: Sequence[str], *, usual: str, lead: int | None, even: str) -> int:
    """The one of ``options`` that has most points; the ``usual`` one, unless another leads it by ``lead``.

    Points left even fall to the level ``even``, else to the first of them.
    """
    come = [sum(_toward(one, level) for one in says) for level in options]
    if usual in options:
        place = options.index(usual)
        best = max(range(len(options)), key=lambda one: (come[one], one == place))
        return best if lead is not None and come[best] - come[place] >= lead else place
    return max(range(len(options)), key=lambda one: (come[one], options[one] == even, -one))


def _toward(says: str, level: str) -> int:
    """The points of a note for a level."""
    return 1 if says == level else 2 if says == f"{CLEARLY}{level}" else 0
