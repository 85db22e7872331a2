"""What the baselines score, as a file: the copy that About shows, and those that ship with the program."""

import logging
from functools import cache, lru_cache
from pathlib import Path

from pydantic import ValidationError

from creason_core.evaluation.baselines.report import BaselineReport
from creason_core.files import KEPT, Stamped, sha256, stamped, write_whole
from creason_core.frozen import Frozen
from creason_core.private import private_folder
from creason_core.question.vectorised.table import QuestionTable

FOLDER = "baselines"
SHIPPED = Path(__file__).with_name("shipped")
_log = logging.getLogger(__name__)


class SavedBaselines(Frozen):
    """The scores on one question file, without any path of the computer that made them.

    ``finished`` is a day (YYYY-MM-DD, UTC); ``questions_sha256`` that of the question file.
    """

    cohort: str
    split: str
    split_hash: str
    questions_sha256: str
    finished: str
    program: str
    report: BaselineReport


def saved(report: BaselineReport, table: QuestionTable, *, finished: str, program: str) -> SavedBaselines:
    """``report`` on ``table`` as it is kept."""
    meta = table.meta
    return SavedBaselines(
        cohort=meta.cohort,
        split=meta.split,
        split_hash=meta.split_hash,
        questions_sha256=sha256(table.path),
        finished=finished,
        program=program,
        report=report.model_copy(update={"file": table.path.name}),
    )


def save(found: SavedBaselines, data_dir: Path) -> Path:
    """Puts the copy that About shows in the data folder, in place of an older one of the same questions."""
    path = data_dir / FOLDER / f"{found.questions_sha256[:16]}.json"
    private_folder(path.parent)
    write_whole(path, found.model_dump_json(indent=1) + "\n")
    return path


def baselines_of(data_dir: Path, cohort: str, split_hash: str) -> SavedBaselines | None:
    """The newest scores on questions as they come about test patients of exactly this split; own before shipped."""
    own = [found for file in stamped(sorted((data_dir / FOLDER).glob("*.json"))) if (found := _kept(file))]
    for found in (*sorted(own, key=lambda one: one.finished, reverse=True), *_shipped()):
        if (found.cohort, found.split, found.split_hash) == (cohort, "test", split_hash) and not found.report.balanced:
            return found
    return None


@cache
def _shipped() -> tuple[SavedBaselines, ...]:
    return tuple(found for path in sorted(SHIPPED.glob("*.json")) if (found := _read(path)))


@lru_cache(maxsize=KEPT)
def _kept(file: Stamped) -> SavedBaselines | None:
    return _read(file.path)


def _read(path: Path) -> SavedBaselines | None:
    try:
        return SavedBaselines.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        _log.warning("The scores %s cannot be read: %s.", path, type(error).__name__)
        return None
