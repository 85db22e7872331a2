"""What the registry's second opinion and its scan of a record take, with nothing fitted, fits on disk and in memory.

In this process, on all of its cores, as the app's worker threads do it; importing scikit-learn is not counted.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from creason_core.cohort.loading import load_cohort
from creason_core.evaluation.second_opinion import learnt
from creason_core.evaluation.second_opinion.opinion import second_opinion
from creason_core.evaluation.second_opinion.surprise import scan
from creason_core.question.masked_value import build_question, maskable
from tests.bench.figures import Figure, figure

AGAIN = 5
FEATURES = 8


def measure() -> Iterator[Figure]:
    """Opinions on some values of a packaged test patient, then scans of the whole record."""
    cohort = load_cohort("rhc-sepsis")
    case = cohort.case(cohort.split["test"][0])
    offered = (item.feature for item in maskable(case, cohort) if not item.why_not)
    first, *others = (build_question(case, name, cohort, seed=0) for name in islice(offered, FEATURES + 1))
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        asked = [partial(second_opinion, case, question, cohort, folder=Path(one)) for question in (first, *others)]
        asked[0]()  # scikit-learn is imported
        yield figure("Second opinion, first about a feature", [_seconds(ask) for ask in asked[1:]], goal=2.0)
        yield figure("Second opinion, the next", [_seconds(ask) for ask in asked[1:]], goal=0.1)

        look = partial(scan, case, cohort, folder=Path(other))
        _forget()
        cold = _seconds(look)
        name = f"Scan of {len(look().found)} values"
        yield figure(f"{name}, nothing fitted", [cold], goal=5.0, note="once an installation: the fits are kept")
        yield figure(f"{name}, fits on disk", [_seconds(look, forget=True) for _ in range(AGAIN)], goal=5.0)
        yield figure(f"{name}, fits in memory", [_seconds(look) for _ in range(AGAIN)], goal=5.0)


def _seconds(do: Callable[[], object], *, forget: bool = False) -> float:
    """How long it takes, by the clock; with ``forget`` as in a new process."""
    if forget:
        _forget()
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _forget() -> None:
    learnt._learnt.cache_clear()
