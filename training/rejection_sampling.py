"""Warm-start rows from a model's own answers, by rejection sampling.

    creason evaluate train.parquet --samples 8 --temperature 1 --out runs/train
    python -m training.rejection_sampling runs/train --out samples.parquet

``training.sft`` reads the file beside or instead of rationales; ``training.data.rejection_sampling`` says what is kept.
"""

import argparse
import sys
from pathlib import Path

from creason_core.errors import CReasonError
from creason_core.private import from_now_on
from training.data.rejection_sampling import MAX_PER_QUESTION, write


def main() -> int:
    """The command."""
    from_now_on()
    parser = argparse.ArgumentParser(
        prog="python -m training.rejection_sampling", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("run", type=Path, help="the folder of a finished `creason evaluate` on training patients")
    parser.add_argument("--out", type=Path, required=True, help="a Parquet file")
    parser.add_argument(
        "--most", type=int, default=MAX_PER_QUESTION, help="completions of one question (default: %(default)s)"
    )
    given = parser.parse_args()
    try:
        rows, looked_at = write(given.run, given.out, given.most)
    except CReasonError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{given.out}: {rows:,} of {looked_at:,} completions.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
