"""Where a model's reasoning parts from the rationales that it was taught by.

    python -m training.step_accuracy runs/test

``training.teacher.step_accuracy`` says which steps are counted.
"""

import argparse
import sys
from pathlib import Path

from creason_core.cohort.loading import load_cohort
from creason_core.errors import CReasonError
from creason_core.evaluation.saved import questions_of, read_run
from creason_core.private import from_now_on
from training.teacher.step_accuracy import step_accuracy


def main() -> int:
    """The command."""
    from_now_on()
    parser = argparse.ArgumentParser(
        prog="python -m training.step_accuracy", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("run", type=Path, help="the folder of a finished `creason evaluate`")
    given = parser.parse_args()
    try:
        run = read_run(given.run)
        table = questions_of(run)
        measured = step_accuracy(run, table, load_cohort(table.meta.cohort))
    except CReasonError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("\n".join(measured.lines()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
