"""From run folders to the report file."""

from collections.abc import Sequence
from pathlib import Path

from creason_core.errors import EvaluationError
from creason_core.evaluation.report.contents import Contents, contents
from creason_core.evaluation.report.page import page
from creason_core.evaluation.saved import read_run
from creason_core.files import write_whole


def write_report(folders: Sequence[Path], out: Path) -> Contents:
    """Writes one self-contained page about the runs in ``folders``.

    Raises:
        EvaluationError: A folder is no finished run, the runs differ in their questions, or ``out`` is not writable.
    """
    found = contents([read_run(folder) for folder in folders])
    write(page(found), out)
    return found


def write(text: str, out: Path) -> None:
    """Writes a file whole or not at all.

    Raises:
        EvaluationError: Its folder does not exist, or it cannot be written.
    """
    if not out.parent.is_dir():
        raise EvaluationError(f"The folder {out.parent} does not exist.", remedy="Make it, or choose another --out.")
    try:
        write_whole(out, text)
    except OSError as error:
        raise EvaluationError(f"{out} cannot be written: {error.strerror}.", remedy="Choose another --out.") from error
