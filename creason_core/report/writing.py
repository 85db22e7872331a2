"""From run folders to the report file."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from creason_core.baselines.play import play
from creason_core.columnar.table import read_questions
from creason_core.engines.weights import sha256
from creason_core.errors import CReasonError, EvaluationError
from creason_core.evaluation.answers import read_answers
from creason_core.evaluation.saved import SavedRun, read_run
from creason_core.metrics.intervals import Floats
from creason_core.registry import load_cohort
from creason_core.report.contents import Contents, contents, same_questions
from creason_core.report.page import page


def write_report(
    folders: Sequence[Path],
    out: Path,
    *,
    say: Callable[[str], None] = lambda _: None,
    progress: Callable[[int], object] = lambda _: None,
) -> Contents:
    """Writes one self-contained page about the runs in ``folders``.

    ``say`` hears in words what is missing; ``progress`` is told after every feature of the baselines.

    Raises:
        EvaluationError: A folder is no finished run, the runs differ in their questions, or ``out`` is not writable.
    """
    runs = [read_run(folder) for folder in folders]
    same_questions(runs)
    if not out.parent.is_dir():
        raise EvaluationError(f"The folder {out.parent} does not exist.", remedy="Make it, or choose another --out.")
    found = contents(runs, _baselines(runs[0], say, progress))
    partial = out.with_name(f".{out.name}.partial")
    try:
        partial.write_text(page(found), encoding="utf-8")
        partial.replace(out)
    except OSError as error:
        raise EvaluationError(f"{out} cannot be written: {error.strerror}.", remedy="Choose another --out.") from error
    return found


def _baselines(run: SavedRun, say: Callable[[str], None], progress: Callable[[int], object]) -> Mapping[str, Floats]:
    """The baselines' scores of the run's questions, computed once beside the question file."""
    asked = run.run.plan.questions
    file = Path(asked.file)
    try:
        table = read_questions(file)
        if sha256(file) != asked.sha256:
            raise EvaluationError(f"{file} is no longer the file of these runs.")
        scores = play(table, load_cohort(asked.cohort), progress=progress).scores
    except CReasonError as error:
        say(f"The report is without baselines: {error}")
        return {}
    place = {identifier: row for row, identifier in enumerate(table.table["id"].to_pylist())}
    rows = [place[identifier] for identifier in read_answers(run.folder)["id"]]
    return {name: values[rows] for name, values in scores.items()}
