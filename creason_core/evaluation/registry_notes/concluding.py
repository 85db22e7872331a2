"""What notes come to by counting alone: what a reader of them, person or model, can be measured against."""

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

    A number: as many places above or below the middle option as there are points. A level: the one with most points;
    of patients as they come the usual one, unless another leads it by enough.

    Raises:
        EvaluationError: The question has no notes.
    """
    notes = question.notes
    if notes is None:
        raise EvaluationError("The question has no notes.", remedy="Put it with notes.")
    if masked.numeric:
        total = sum(WAYS[note.says] for note in notes.told)
        stands = places(len(question.options))
        away = np.abs(stands - np.clip(total, stands[0], stands[-1]))
        return int(len(away) - 1 - away[::-1].argmin()) if total > 0 else int(away.argmin())
    texts = [option.text for option in question.options]
    come = [sum(_toward(note.says, text) for note in notes.told) for text in texts]
    if notes.usual:
        usual = texts.index(notes.usual)
        best = max(range(len(texts)), key=lambda place: (come[place], place == usual))
        led = notes.lead is not None and come[best] - come[usual] >= notes.lead
        return best if led else usual
    return max(range(len(texts)), key=lambda place: (come[place], texts[place] == notes.even, -place))


def _toward(says: str, level: str) -> int:
    """The points of a note for a level."""
    return 1 if says == level else 2 if says == f"{CLEARLY}{level}" else 0
