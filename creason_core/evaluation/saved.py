"""Finished runs, read back: from their folders, or from the copies of their figures that the app shows.

The copy (plan and summary, no completion) lies in ``evaluations`` in the data folder, so that About and
Evaluation pages find a run wherever its folder is. Those of the adapters that ship lie beside this module, so that
a fresh installation has figures to show.
"""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ConfigDict, ValidationError

from creason_core.errors import EvaluationError
from creason_core.evaluation.figure_files import FigureFiles, weights_of
from creason_core.evaluation.plan import RunFile
from creason_core.evaluation.run import read_run_file
from creason_core.evaluation.summary import SUMMARY, Summary
from creason_core.files import sha256
from creason_core.frozen import Frozen
from creason_core.model.engines.base import ModelIdentity
from creason_core.question.vectorised.table import QuestionTable, read_questions

FOLDER = "evaluations"
SHIPPED = Path(__file__).with_name("shipped")  # a file a run, in the order in which they are looked through


class SavedRun(Frozen):
    """A finished run: where it is, what was asked, and what came of it.

    One that ``shipped`` with the program has a name for a folder and question file: they are not on this computer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")  # as ``Summary``

    folder: Path
    run: RunFile
    summary: Summary
    shipped: bool = False

    @property
    def name(self) -> str:
        """What people called it: the last part of its folder."""
        return self.folder.name


_FILES = FigureFiles(SavedRun, FOLDER, SHIPPED)


def read_run(folder: Path) -> SavedRun:
    """The finished run in ``folder``.

    Raises:
        EvaluationError: The folder is no run folder, or the run is not finished.
    """
    run = read_run_file(folder)
    try:
        summary = Summary.model_validate_json((folder / SUMMARY).read_bytes())
    except FileNotFoundError:
        raise EvaluationError(
            f"The run in {folder} is not finished.",
            remedy="Give the same `creason evaluate` command again: it goes on.",
        ) from None
    except (OSError, ValidationError) as error:
        raise EvaluationError(
            f"{folder / SUMMARY} cannot be read: {type(error).__name__}.",
            remedy="Give the same `creason evaluate` command again: it asks nothing twice and writes it anew.",
        ) from error
    return SavedRun(folder=folder.resolve(), run=run, summary=summary)


def questions_of(run: SavedRun) -> QuestionTable:
    """The questions that a run asked.

    Raises:
        EvaluationError: Their file has changed.
        QuestionError: It is gone.
    """
    said = run.run.plan.questions
    table = read_questions(Path(said.file))
    if sha256(table.path) != said.sha256:
        raise EvaluationError(f"{table.path} is not the file that the run asked.", remedy="Bring that file back.")
    return table


def save(run: SavedRun, data_dir: Path) -> Path:
    """Puts the copy that the app shows in the data folder, in place of an older one of the same plan."""
    return _FILES.save(run, data_dir, run.run.plan.hash)


def ship(run: SavedRun, place: int, folder: Path = SHIPPED) -> Path:
    """Puts a copy of a run without any path of this computer into ``folder``, as the ``place``-th to be looked at."""
    plan = run.run.plan
    questions = plan.questions.model_copy(update={"file": Path(plan.questions.file).name})
    header = run.run.model_copy(update={"plan": plan.model_copy(update={"questions": questions})})
    copy = run.model_copy(update={"folder": Path(run.name), "run": header, "shipped": True})
    path = folder / f"{place:02}-{run.name}.json"  # read in this order
    path.write_text(copy.model_dump_json() + "\n", encoding="utf-8")
    return path


def newest_of(runs: Sequence[SavedRun], identity: ModelIdentity, prompt_version: int) -> SavedRun | None:
    """The first of ``runs`` on test patients by exactly these weights, asked in the prompt of that version.

    The same weights are those of the same hash, or of the same name where no hash is known.
    """
    for run in runs:
        plan = run.run.plan
        asked = plan.questions.split == "test" and plan.prompt_version == prompt_version
        if asked and weights_of(plan.model) == weights_of(identity):
            return run
    return None


def saved_runs(data_dir: Path) -> tuple[SavedRun, ...]:
    """Every finished run of this installation, the newest first, then what ships and was not made again here.

    Files of another version are left out.
    """
    own = sorted(_FILES.own(data_dir), key=lambda run: run.summary.finished, reverse=True)
    here = {run.summary.plan_hash for run in own}
    return (*own, *(run for run in _FILES.shipped if run.summary.plan_hash not in here))
