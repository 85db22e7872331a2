"""Calibration files: where they are, how they are found, and when one is refused.

A file is found by its conditions and nothing else, so one for other questions stands beside it and takes no place.
"""

from pathlib import Path

from pydantic import ValidationError

from creason_core.errors import EvaluationError
from creason_core.evaluation.calibration.conditions import Conditions
from creason_core.evaluation.calibration.fitted import FORM, Calibration
from creason_core.files import write_whole
from creason_core.model.adapters.shipped import SHIPPED
from creason_core.private import private_folder

FOLDER = "calibration"
_AGAIN = "Run `creason evaluate` on the validation questions again to make a new one."


def read(path: Path) -> Calibration:
    """The calibration in a file.

    Raises:
        EvaluationError: The file is missing, of another version, or was altered.
    """
    try:
        found = Calibration.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise EvaluationError(
            f"The calibration {path} cannot be read: {type(error).__name__}.", remedy=_AGAIN
        ) from error
    if found.hash != found.content_hash:
        raise EvaluationError(f"The calibration {path} was altered: its hash does not fit its content.", remedy=_AGAIN)
    return found


def load(data_dir: Path, conditions: Conditions, cohort_hash: str = "") -> Calibration | None:
    """The calibration for exactly these conditions, and the cohort with ``Cohort.content_hash``; None without one.

    One in the data folder counts before one that ships with the program's adapter. ``max_tokens`` may differ where it
    cut off no reply and cuts off none as long as the longest was: a model does not know the limit.

    Raises:
        EvaluationError: There is one, and it cannot be read, was altered, or is not what its name says.
    """
    for root in (data_dir, SHIPPED):
        for any_length in (False, True):
            path = root / FOLDER / _name(conditions, any_length=any_length)
            if not path.exists():
                continue
            found = read(path)
            if others := found.conditions.differing(conditions, any_length=True):
                raise EvaluationError(
                    f"The calibration {path} is not what its name says; different: {', '.join(others)}.", remedy=_AGAIN
                )
            if found.fits_length(conditions.max_tokens) and found.fits_cohort(cohort_hash):
                return found
    return None


def install(found: Calibration, data_dir: Path) -> Path:
    """Puts a calibration where ``load`` finds it, in place of an older one for the same conditions; the path.

    Raises:
        EvaluationError: The older one speaks of features that this one does not.
    """
    path = data_dir / FOLDER / _name(found.conditions, any_length=found.longest is not None)
    if lost := sorted(_features(path) - found.sections.keys()):
        raise EvaluationError(
            f"The calibration {path} is kept: it speaks of {len(lost)} features that this run did not ask about "
            f"({', '.join(lost[:3])}{', …' if len(lost) > 3 else ''}).",
            remedy="Build the questions about all features, or delete that file to use this one in its place.",
        )
    private_folder(path.parent)
    write(found, path)
    return path


def write(found: Calibration, path: Path) -> None:
    """Writes a calibration file whole or not at all."""
    write_whole(path, found.model_dump_json(indent=1) + "\n")


def nearest(data_dir: Path, conditions: Conditions, cohort_hash: str = "") -> tuple[str, ...]:
    """In what the calibrated conditions of the same model that come nearest differ from these, in words.

    Empty where the model is calibrated for these, or for none.
    """
    found = []
    for path in (path for root in (data_dir, SHIPPED) for path in sorted((root / FOLDER).glob(f"{FORM}-*.json"))):
        try:
            other = read(path)
        except EvaluationError:
            continue
        differing = other.conditions.differing(conditions)
        if "cohort" not in differing and not other.fits_cohort(cohort_hash):
            differing = (*differing, "values of the cohort")
        if "model" not in differing:
            found.append(differing)
    return min(found, key=len, default=())


def _features(path: Path) -> set[str]:
    """What the calibration at ``path`` speaks of; nothing where there is none that can be used."""
    try:
        return set(read(path).sections)
    except EvaluationError:
        return set()


def _name(conditions: Conditions, *, any_length: bool) -> str:
    return f"{FORM}-{conditions.key(any_length=any_length)}.json"
