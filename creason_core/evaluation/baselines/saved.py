"""What the baselines score, as a file: the copy that About shows, and those that ship with the program."""

from pathlib import Path

from creason_core.evaluation.baselines.report import BaselineReport
from creason_core.evaluation.figure_files import FigureFiles
from creason_core.files import sha256
from creason_core.frozen import Frozen
from creason_core.question.vectorised.table import QuestionTable

SHIPPED = Path(__file__).with_name("shipped")


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


_FILES = FigureFiles(SavedBaselines, "baselines", SHIPPED)


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
    return _FILES.save(found, data_dir, found.questions_sha256)


def baselines_of(data_dir: Path, cohort: str, split_hash: str) -> SavedBaselines | None:
    """The newest scores on questions as they come about test patients of exactly this split; own before shipped."""
    own = sorted(_FILES.own(data_dir), key=lambda one: one.finished, reverse=True)
    for found in (*own, *_FILES.shipped):
        if (found.cohort, found.split, found.split_hash) == (cohort, "test", split_hash) and not found.report.balanced:
            return found
    return None
