"""Warm-start rows from a model's own answers: completions that are right and quote only numbers that the record shows.

    creason evaluate train.parquet --samples 8 --temperature 1 --out runs/train
    python -m training.rejection_sampling runs/train --out samples.parquet

Rejection sampling (Zelikman et al., arXiv 2203.14465): what a scored run on training patients holds of whole, right
and true completions becomes a file that ``training.sft`` reads beside or instead of rationales.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.errors import CReasonError, EvaluationError
from creason_core.evaluation.plan import calls
from creason_core.evaluation.result_tables import RESULTS
from creason_core.evaluation.saved import SavedRun, read_run
from creason_core.model.engines.weights import sha256
from creason_core.question.grounding import check_numbers
from creason_core.question.task import Presented
from creason_core.question.vectorised.table import QuestionTable, read_questions, user_texts
from training.data.questions import require
from training.rationales import META, VERSION, Row

MOST = 2  # completions of one question: more would teach the easy questions only


def samples(run: SavedRun, table: QuestionTable, cohort: Cohort, most: int = MOST) -> Iterator[Row]:
    """The rows: of every question at most ``most`` different texts, the shortest first.

    Raises:
        EvaluationError: The results are gone or cannot be read.
    """
    place = {question: row for row, question in enumerate(table.table["id"].to_pylist())}
    sample_of = {call.name: call.sample for call in calls(run.run.plan)}
    results: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in read_results(run.folder):
        results[one["question"]].append(one)
    asked = table.table.take(pa.array([place[question] for question in results], pa.int64()))
    texts = {sample: user_texts(asked, cohort, sample=sample) for sample in set(sample_of.values())}
    for row, (question, found) in enumerate(results.items()):
        right = [one for one in found if one["outcome"] == "correct"]
        taken = set[str]()
        for one in sorted(right, key=lambda one: len(one["text"])):
            sample = sample_of[one["call"]]
            user = texts[sample][row]
            if len(taken) < most and one["text"] not in taken and _true(one, user):
                taken.add(one["text"])
                yield Row(
                    id=f"{question}:{sample}",
                    patient=one["patient"],
                    masked_feature=one["masked_feature"],
                    sample=sample,
                    user=user,
                    completion=one["text"],
                    chosen=one["option"],
                    key=one["option"],
                )


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


def _true(one: Mapping[str, Any], user: str) -> bool:
    """Whether a completion ended by itself, boxes once, and quotes no number that the record does not show."""
    checked = check_numbers(one["text"], user)
    once = Presented(tuple(one["order"])).parse(one["text"]).parsed.boxes == 1
    return one["finish_reason"] == "stop" and once and checked.true == checked.quoted


def read_results(folder: Path) -> list[Mapping[str, Any]]:
    """The results of the finished run in ``folder``: one row a completion.

    Raises:
        EvaluationError: They are gone or cannot be read.
    """
    try:
        rows: list[Mapping[str, Any]] = pq.read_table(folder / RESULTS).to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise EvaluationError(
            f"The results in {folder} cannot be read: {type(error).__name__}.",
            remedy="Bring the run folder back, or give its `creason evaluate` command again.",
        ) from error
    return rows


def write(folder: Path, out: Path, most: int = MOST) -> tuple[int, int]:
    """Writes the rows of the run in ``folder`` to ``out`` (Parquet, by id); rows, and completions looked at.

    Raises:
        EvaluationError: The run is not finished, its question file has changed, or nothing in it serves.
        SettingsError: The run asked about patients who are never trained on.
    """
    run = read_run(folder)
    table = questions_of(run)
    cohort = load_cohort(table.meta.cohort)
    require(table, cohort)
    made = sorted((asdict(row) for row in samples(run, table, cohort, most)), key=lambda row: row["id"])
    if not made:
        raise EvaluationError(
            f"No completion in {folder} is right, whole and true in its numbers.",
            remedy="Sample more of them, or warm the model up on rationales first.",
        )
    about = {"questions": table.meta.model_dump(), "version": VERSION}
    written = pa.Table.from_pylist(made).replace_schema_metadata({META: json.dumps(about).encode()})
    partial = out.with_name(f".{out.name}.partial")
    pq.write_table(written, partial, compression="zstd")
    partial.replace(out)
    return len(made), run.summary.replies.completions


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m training.rejection_sampling", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("run", type=Path, help="the folder of a finished `creason evaluate` on training patients")
    parser.add_argument("--out", type=Path, required=True, help="a Parquet file")
    parser.add_argument("--most", type=int, default=MOST, help="completions of one question (default: %(default)s)")
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
