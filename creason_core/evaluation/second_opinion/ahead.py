"""Fits what second opinions about a cohort's values and scans of its records look up, before anybody asks for them.

What stands on a page is always fitted on the reader's own machine: the last bits of a sum depend on the processor, so
a fit that came with the program could differ by more than rounding from what ``creason baselines`` fits there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from creason_core.cohort.cohort import Cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation.second_opinion import kept
from creason_core.evaluation.second_opinion.surprise import known_for_scan
from creason_core.private import private_folder, private_lock
from creason_core.question.masked_value import SHOWN_ROLES, why_never_masked


def fit_ahead(
    cohort: Cohort,
    folder: Path,
    progress: Callable[[int, int], object] = lambda _done, _all: None,
    *,
    most: int | None = None,
) -> int:
    """Fits every feature that can be masked and keeps the fits in ``folder``; how many there are then.

    What is kept there already is not fitted again; where another process fits ahead into ``folder``, this one waits for
    it first, so that nothing is fitted twice. ``progress`` is told how many of how many are done. With ``most``
    so many at the most, and what a scan leaves out, outcomes, last.

    Raises:
        EvaluationError: A fit could not be kept, or scikit-learn is not installed.
    """
    able = [one for one in cohort.codebook.features if not why_never_masked(one, cohort)]
    names = [one.name for one in sorted(able, key=lambda one: one.role not in SHOWN_ROLES)][:most]
    with _one_at_a_time(folder):
        for done, name in enumerate(names):
            known = known_for_scan(cohort, name, folder=folder)
            if not kept.is_kept(folder, known.key):
                raise EvaluationError(
                    f"The fit of {known.feature.label} could not be kept in {folder}.",
                    remedy="Give the folder room and the right to write, and try again; what is kept stays.",
                )
            progress(done + 1, len(names))
    return len(names)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    try:
        lock = private_lock(private_folder(folder) / "ahead.lock", wait=-1)
        lock.acquire()
    except OSError:  # nothing can be kept there, which the first fit tells
        yield
        return
    try:
        yield
    finally:
        lock.release()
