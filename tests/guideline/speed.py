"""How long the first packaged septic patient waits for what applies: `python -m tests.guideline.speed`."""

import sys
import time
from datetime import date

from creason_core.cohort.loading import load_cohort
from creason_core.guideline.applying import starter_shelf, what_applies

ON = date(2026, 11, 29)


def speed() -> str:
    """For the library, and for an answer once it is there."""
    cohort = load_cohort("rhc-sepsis")
    case = cohort.case(cohort.public[0].patient)
    began = time.perf_counter()
    starter_shelf()
    loaded = time.perf_counter() - began
    seconds = []
    for _ in range(9):
        began = time.perf_counter()
        what_applies(case, cohort.codebook, "Fluids or vasopressor next?", ON)
        seconds.append(time.perf_counter() - began)
    median = sorted(seconds)[4] * 1000
    return f"Library read and indexed in {loaded:.2f} s, once; an answer in {median:.0f} ms (median of 9)."


if __name__ == "__main__":
    sys.stdout.write(f"{speed()}\n")
