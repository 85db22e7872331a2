"""Lists the patients of a question file whose ratings a model was trained on, or leaves their questions out.

    python -m training.contamination questions.parquet --rows ratings.jsonl --out rest.parquet
    python -m training.contamination questions.parquet --adapter var/kto/adapter

With ``--out`` the questions about all other patients become a file of their own; without it the command fails where
there are such patients.
"""

import argparse
import json
import sys
from pathlib import Path

from creason_core.errors import CReasonError
from creason_core.private import from_now_on
from creason_core.question.vectorised.table import read_questions
from creason_core.store.training_rows.reading import manifest_of
from training.data.contamination import leave_out, rated_in, rated_patients


def main() -> int:
    """The command."""
    from_now_on()
    parser = argparse.ArgumentParser(
        prog="python -m training.contamination", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("questions", type=Path, help="a file made by `creason questions build`")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--rows", type=Path, help="made by `creason feedback export`")
    source.add_argument("--adapter", type=Path, help="an adapter folder")
    parser.add_argument("--out", type=Path, help="the questions about all other patients")
    given = parser.parse_args()
    try:
        table = read_questions(given.questions)
        rated = rated_patients(given.adapter) if given.adapter else manifest_of(given.rows)[0].public_patients
        found = rated_in(table, rated)
        left = leave_out(table, found, given.out) if given.out else None
    except CReasonError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{len(found):,} rated patients in {table.path}: {json.dumps(found)}\n")
    if left is not None:
        sys.stdout.write(f"{given.out}: {left:,} of {len(table):,} questions, about all other patients.\n")
    return 0 if given.out or not found else 1


if __name__ == "__main__":
    sys.exit(main())
