"""Rationales for the warm start, from the registry's own statistics and no stronger model.

    python -m training.rationales train.parquet --out rationales.parquet

``training.teacher.rationale_text`` shows what one looks like.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from creason_core.cohort.loading import load_cohort
from creason_core.errors import CReasonError
from creason_core.private import from_now_on
from creason_core.question.vectorised.table import read_questions
from training.teacher.rationales import write


def main() -> int:
    """The command."""
    from_now_on()
    parser = argparse.ArgumentParser(prog="python -m training.rationales", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("questions", type=Path, help="made by `creason questions build --split train`")
    parser.add_argument("--out", type=Path, required=True, help="a Parquet file")
    parser.add_argument("--shown", type=float, default=1.0, help="share of each record's values shown, 0 to 1 (all)")
    parser.add_argument("--notes", action="store_true", help="put the registry's notes into every prompt")
    arguments = parser.parse_args()
    try:
        table = read_questions(arguments.questions)
        cohort = load_cohort(table.meta.cohort)
        with tqdm(unit=" features", total=table.frame["masked_feature"].nunique(), file=sys.stderr) as bar:
            made = write(table, cohort, arguments.out, bar.update, shown=arguments.shown, notes=arguments.notes)
    except CReasonError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    right = np.mean(made["chosen"].to_numpy() == made["key"].to_numpy())
    sys.stdout.write(
        f"{arguments.out}: {made.num_rows:,} rationales; {100 * right:.1f} % conclude with the recorded option.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
