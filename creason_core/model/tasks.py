"""For which tasks the model that answers was made: its manifest says so, or who set up the installation.

A model is taken to be made for masked values only unless one of the two says more: a model that writes fluent prose
about guidelines without having been made for it is worse than none.
"""

from typing import Literal

from creason_core.errors import WeightsError
from creason_core.model.adapters.choosing import Choice
from creason_core.model.adapters.manifest import read_manifest
from creason_core.settings import ModelTask, Settings

GUIDELINES: Literal["guideline answer"] = "guideline answer"


def tasks_of(settings: Settings, choice: Choice | None) -> tuple[ModelTask, ...]:
    """The tasks of the model that answers by default; ``choice`` is None where recorded replies answer.

    ``CREASON_MODEL_TASKS`` counts before the manifest of the adapter: a served model has none.
    """
    if settings.model_tasks:
        return settings.model_tasks
    if choice is None or choice.folder is None:
        return ("masked value",)
    try:
        return read_manifest(choice.folder).tasks
    except WeightsError:
        return ("masked value",)


def why_no_reasoning(settings: Settings, choice: Choice | None) -> str:
    """Why the model that answers writes nothing about guidelines, as a sentence; empty where it does."""
    if GUIDELINES in tasks_of(settings, choice):
        return ""
    name = choice.served if choice else "What answers here"
    return f"{name} was trained for masked values only and writes no reasoning here."
