"""What predictions were worth, as a file: a copy in the data folder, and those that ship."""

from hashlib import sha256
from pathlib import Path

from creason_core.evaluation.figure_files import FigureFiles, weights_of
from creason_core.evaluation.predictions.run import PredictionsResult
from creason_core.model.engines.base import ModelIdentity
from creason_core.record.codebook import Time

SHIPPED = Path(__file__).with_name("shipped")
_FILES = FigureFiles(PredictionsResult, "predictions", SHIPPED)


def save(found: PredictionsResult, data_dir: Path) -> Path:
    """Puts the copy that the page reads in the data folder; a later run of the same plan takes its place."""
    return _FILES.save(found, data_dir, sha256(found.plan.model_dump_json().encode()).hexdigest())


def measured_on(
    data_dir: Path, identity: ModelIdentity, cohort: tuple[str, str], outcome: str, as_of: Time
) -> PredictionsResult | None:
    """The newest figures of exactly these weights on test patients, of this installation or shipped.

    ``cohort`` is its name and the hash of its codebook: one of the same name may be another.
    """
    wanted = (weights_of(identity), cohort, "test", outcome, as_of)
    own = sorted(_FILES.own(data_dir), key=lambda one: one.finished, reverse=True)
    for found in (*own, *_FILES.shipped):
        plan = found.plan
        asked = ((plan.cohort, plan.codebook_hash), plan.split, plan.outcome, plan.as_of)
        if plan.model and (weights_of(plan.model), *asked) == wanted:
            return found
    return None
