"""What predictions were worth, as a file: a copy in the data folder, and those that ship."""

import logging
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from creason_core.evaluation.plan import Model
from creason_core.evaluation.predictions.run import Result
from creason_core.files import KEPT, Stamped, stamped, write_whole
from creason_core.model.engines.base import ModelIdentity
from creason_core.private import private_folder
from creason_core.record.codebook import Time

FOLDER = "predictions"
SHIPPED = Path(__file__).with_name("shipped")
_log = logging.getLogger(__name__)


def save(found: Result, data_dir: Path) -> Path:
    """Puts the copy that the page reads in the data folder; a later run of the same plan takes its place."""
    private_folder(data_dir / FOLDER)
    name = sha256(found.plan.model_dump_json().encode()).hexdigest()[:16]
    path = data_dir / FOLDER / f"{name}.json"
    write_whole(path, found.model_dump_json(indent=1) + "\n")
    return path


def measured_on(
    data_dir: Path, identity: ModelIdentity, cohort: tuple[str, str], outcome: str, as_of: Time
) -> Result | None:
    """The newest figures of exactly these weights on test patients, of this installation or shipped.

    ``cohort`` is its name and the hash of its codebook: one of the same name may be another.
    """
    wanted = (_weights(identity), cohort, "test", outcome, as_of)
    own = [found for file in stamped(sorted((data_dir / FOLDER).glob("*.json"))) if (found := _kept(file))]
    for found in (*sorted(own, key=lambda one: one.finished, reverse=True), *_shipped()):
        plan = found.plan
        asked = ((plan.cohort, plan.codebook_hash), plan.split, plan.outcome, plan.as_of)
        if plan.model and (_weights(plan.model), *asked) == wanted:
            return found
    return None


def _weights(model: Model | ModelIdentity) -> tuple[str, str]:
    """The model and the adapter by their hashes, by their names where they have none."""
    return model.model_hash or model.model, model.adapter_hash or model.adapter


@cache
def _shipped() -> tuple[Result, ...]:
    return tuple(found for path in sorted(SHIPPED.glob("*.json")) if (found := _read(path)))


@lru_cache(maxsize=KEPT)
def _kept(file: Stamped) -> Result | None:
    return _read(file.path)


def _read(path: Path) -> Result | None:
    try:
        return Result.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        _log.warning("The figures %s cannot be read: %s.", path, type(error).__name__)
        return None
