"""What was measured, as a file: in the run's folder, a copy in the data folder, and those that ship."""

import hashlib
import logging
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, ValidationError

from creason_core.evaluation.plan import Model, Questions
from creason_core.files import KEPT, Stamped, stamped, write_whole
from creason_core.frozen import Frozen
from creason_core.metrics.intervals import Estimate
from creason_core.model.engines.base import ModelIdentity
from creason_core.private import private_folder

FOLDER = "faithfulness"
SHIPPED = Path(__file__).with_name("shipped")
_log = logging.getLogger(__name__)


class Plan(Frozen):
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

    plan: Plan
    finished: str
    program: str
    answered: int
    citing: int
    cited: Estimate
    uncited: Estimate
    difference: Estimate


def save(found: Faithfulness, data_dir: Path) -> Path:
    """Puts the copy that About shows in the data folder, without any path of this computer."""
    private_folder(data_dir / FOLDER)
    path = data_dir / FOLDER / f"{found.plan.hash[:16]}.json"
    questions = found.plan.questions.model_copy(update={"file": Path(found.plan.questions.file).name})
    copy = found.model_copy(update={"plan": found.plan.model_copy(update={"questions": questions})})
    write_whole(path, copy.model_dump_json(indent=1) + "\n")
    return path


def faithfulness_of(data_dir: Path, identity: ModelIdentity, cohort: str) -> Faithfulness | None:
    """The newest figure of exactly these weights on test patients of ``cohort``, of this installation or shipped."""

    def known(of_hash: str, of_name: str) -> str:
        return of_hash or of_name

    wanted = (known(identity.model_hash, identity.model), known(identity.adapter_hash, identity.adapter))
    own = [found for file in stamped(sorted((data_dir / FOLDER).glob("*.json"))) if (found := _kept(file))]
    for found in (*sorted(own, key=lambda one: one.finished, reverse=True), *_shipped()):
        model, asked = found.plan.model, found.plan.questions
        weights = (known(model.model_hash, model.model), known(model.adapter_hash, model.adapter))
        if weights == wanted and (asked.cohort, asked.split) == (cohort, "test"):
            return found
    return None


@cache
def _shipped() -> tuple[Faithfulness, ...]:
    return tuple(found for path in sorted(SHIPPED.glob("*.json")) if (found := _read(path)))


@lru_cache(maxsize=KEPT)
def _kept(file: Stamped) -> Faithfulness | None:
    return _read(file.path)


def _read(path: Path) -> Faithfulness | None:
    try:
        return Faithfulness.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        _log.warning("The figure %s cannot be read: %s.", path, type(error).__name__)
        return None
