"""From run folders to the report file."""

from collections.abc import Callable, Sequence
from pathlib import Path

from creason_core.baseline_engine import BaselineEngine
from creason_core.errors import CReasonError, EvaluationError
from creason_core.evaluation.run import Progress, Wanted, evaluate
from creason_core.evaluation.saved import SavedRun, read_run, save, saved_runs
from creason_core.registry import load_cohort
from creason_core.report.contents import Contents, contents, same_questions
from creason_core.report.page import page


def write_report(
    folders: Sequence[Path], out: Path, data_dir: Path, progress: Progress, say: Callable[[str], None]
) -> Contents:
    """Writes one self-contained page about the runs in ``folders``; ``say`` hears what takes time, in words.

    Raises:
        EvaluationError: A folder is no finished run, the runs differ in their questions, or ``out`` is not writable.
    """
    runs = [read_run(folder) for folder in folders]
    same_questions(runs)
    if not out.parent.is_dir():
        raise EvaluationError(f"The folder {out.parent} does not exist.", remedy="Make it, or choose another --out.")
    found = contents(runs, _ceiling(runs, data_dir, progress, say))
    partial = out.with_name(f".{out.name}.partial")
    try:
        partial.write_text(page(found), encoding="utf-8")
        partial.replace(out)
    except OSError as error:
        raise EvaluationError(f"{out} cannot be written: {error.strerror}.", remedy="Choose another --out.") from error
    return found


def _ceiling(
    runs: Sequence[SavedRun], data_dir: Path, progress: Progress, say: Callable[[str], None]
) -> SavedRun | None:
    """The boosting baseline on the same questions: among the runs, evaluated earlier, or evaluated now."""
    plan = runs[0].run.plan
    asked = plan.questions
    for run in (*runs, *saved_runs(data_dir)):
        about = run.run.plan
        same = (about.questions.sha256, about.questions.asked) == (asked.sha256, asked.asked)
        if same and (about.model.engine, about.model.model) == ("baseline", "boosting") and run.folder.is_dir():
            return run
    folder = data_dir / "baselines" / f"boosting-{asked.sha256[:16]}-{asked.asked}"
    wanted = Wanted(Path(asked.file), folder, ("greedy",), 1, 0.0, 1, 2, limit=asked.asked, group_by=plan.group_by)
    say("Fitting the boosting baseline on the same questions; this is done once.")
    try:
        cohort = load_cohort(asked.cohort)
        engine = BaselineEngine("boosting", cohort)
        saved = read_run(evaluate(wanted, engine, cohort, data_dir, progress).folder)
    except CReasonError as error:
        say(f"Without boosting, because it cannot be fitted: {error}")
        return None
    if saved.run.plan.questions.sha256 != asked.sha256:
        say(f"Without boosting, because {asked.file} is no longer the question file of these runs.")
        return None
    save(saved, data_dir)
    return saved
