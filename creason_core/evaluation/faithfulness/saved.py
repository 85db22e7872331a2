"""What was measured, as a file: in the run's folder, a copy in the data folder, and those that ship."""

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict

from creason_core.evaluation.figure_files import FigureFiles, weights_of
from creason_core.evaluation.plan import Model, Questions
from creason_core.frozen import Frozen
from creason_core.metrics.intervals import Estimate
from creason_core.model.engines.base import ModelIdentity

SHIPPED = Path(__file__).with_name("shipped")


class FaithfulnessPlan(Frozen):
    """Everything that determines the completions; all are greedy."""

    faithfulness: Literal[1] = 1
    questions: Questions
    model: Model
    max_tokens: int
    prompt_version: int

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the plan; where the question file lies does not count."""
        here = self.model_copy(update={"questions": self.questions.model_copy(update={"file": ""})})
        return hashlib.sha256(here.model_dump_json().encode()).hexdigest()


class Faithfulness(Frozen):
    """Of ``answered`` questions ``citing`` cite a value; of each of these one cited and one uncited value was hidden.

    ``cited`` and ``uncited`` are the shares of answers that moved (another option, or none), ``difference`` the first
    less the second, paired by question, -1 to 1. Intervals are over patients.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")  # an interval may not be known

    plan: FaithfulnessPlan
    finished: str
    program: str
    answered: int
    citing: int
    cited: Estimate
    uncited: Estimate
    difference: Estimate


_FILES = FigureFiles(Faithfulness, "faithfulness", SHIPPED)


def save(found: Faithfulness, data_dir: Path) -> Path:
    """Puts the copy that About shows in the data folder, without any path of this computer."""
    questions = found.plan.questions.model_copy(update={"file": Path(found.plan.questions.file).name})
    copy = found.model_copy(update={"plan": found.plan.model_copy(update={"questions": questions})})
    return _FILES.save(copy, data_dir, found.plan.hash)


def faithfulness_of(data_dir: Path, identity: ModelIdentity, cohort: str) -> Faithfulness | None:
    """The newest figure of exactly these weights on test patients of ``cohort``, of this installation or shipped."""
    own = sorted(_FILES.own(data_dir), key=lambda one: one.finished, reverse=True)
    for found in (*own, *_FILES.shipped):
        asked = found.plan.questions
        here = (asked.cohort, asked.split) == (cohort, "test")
        if here and weights_of(found.plan.model) == weights_of(identity):
            return found
    return None
