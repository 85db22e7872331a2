"""The process that fits ahead beside the program: ``python -m …ahead_child COHORT_FOLDER COHORT FITS_FOLDER``.

It ends with the program, and says nothing: what it could not fit a scan fits when it is asked for.
"""

import sys
from pathlib import Path

from creason_core.cohort.loading import cohort_in
from creason_core.errors import CReasonError
from creason_core.evaluation.second_opinion import kept
from creason_core.evaluation.second_opinion.ahead import fit_ahead
from creason_core.model.engines.child import end_with_parent
from creason_core.private import from_now_on

_MOST = kept.MOST // 2  # fits of one cohort that nobody asked for: more would drive others out


def main(folder: str, name: str, fits: str) -> int:
    """Fits one cohort; the exit code."""
    end_with_parent()
    from_now_on()
    try:
        fit_ahead(cohort_in(Path(folder), name), Path(fits), most=_MOST)
    except CReasonError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
