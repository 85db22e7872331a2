"""Warm-start rows from a model's own answers: completions that are right and quote only numbers that the record shows.

Rejection sampling (Zelikman et al., arXiv 2203.14465): what a scored run on training patients holds of whole, right
and true completions becomes a file that ``training.sft`` reads beside or instead of rationales.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation.plan import calls
from creason_core.evaluation.result_tables import read_results
from creason_core.evaluation.saved import SavedRun, questions_of, read_run
from creason_core.files import whole_file
from creason_core.question.grounding import check_numbers
from creason_core.question.task import Presented
from creason_core.question.vectorised.table import QuestionTable, user_texts
from training.data.questions import require
from training.teacher.rationales import META, VERSION, RationaleRow

MAX_PER_QUESTION = 2  # completions of one question: more would teach the easy questions only


def samples(
    run: SavedRun, table: QuestionTable, cohort: Cohort, max_per_question: int = MAX_PER_QUESTION
) -> Iterator[RationaleRow]:
    """The rows: of every question at most ``max_per_question`` different texts, the shortest first.

    Raises:
        EvaluationError: The results are gone or cannot be read.
    """
    place = {question: row for row, question in enumerate(table.table["id"].to_pylist())}
    sample_of = {call.name: call.sample for call in calls(run.run.plan)}
    results: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in read_results(run.folder).to_pylist():
        results[one["question"]].append(one)
    asked = table.table.take(pa.array([place[question] for question in results], pa.int64()))
    texts = {sample: user_texts(asked, cohort, sample=sample) for sample in set(sample_of.values())}
    for row, (question, found) in enumerate(results.items()):
        right = [one for one in found if one["outcome"] == "correct"]
        taken = set[str]()
        for one in sorted(right, key=lambda one: len(one["text"])):
            sample = sample_of[one["call"]]
            user = texts[sample][row]
            if len(taken) < max_per_question and one["text"] not in taken and _true(one, user):
                taken.add(one["text"])
                yield RationaleRow(
                    id=f"{question}:{sample}",
                    patient=one["patient"],
                    masked_feature=one["masked_feature"],
                    sample=sample,
                    user=user,
                    completion=one["text"],
                    chosen=one["option"],
                    key=one["option"],
                )


def _true(one: Mapping[str, Any], user: str) -> bool:
    """Whether a completion ended by itself, boxes once, and quotes no number that the record does not show."""
    checked = check_numbers(one["text"], user)
    once = Presented(tuple(one["order"])).parse(one["text"]).parsed.boxes == 1
    return one["finish_reason"] == "stop" and once and checked.true == checked.quoted


def write(folder: Path, out: Path, max_per_question: int = MAX_PER_QUESTION) -> tuple[int, int]:
    """Writes the rows of the run in ``folder`` to ``out`` (Parquet, by id); rows, and completions looked at.

    Raises:
        EvaluationError: The run is not finished, its question file has changed, or nothing in it serves.
        SettingsError: The run asked about patients who are never trained on.
    """
    run = read_run(folder)
    table = questions_of(run)
    cohort = load_cohort(table.meta.cohort)
    require(table, cohort)
    made = sorted((asdict(row) for row in samples(run, table, cohort, max_per_question)), key=lambda row: row["id"])
    if not made:
        raise EvaluationError(
            f"No completion in {folder} is right, whole and true in its numbers.",
            remedy="Sample more of them, or warm the model up on rationales first.",
        )
    about = {"questions": table.meta.model_dump(), "version": VERSION}
    written = pa.Table.from_pylist(made).replace_schema_metadata({META: json.dumps(about).encode()})
    with whole_file(out) as partial:
        pq.write_table(written, partial, compression="zstd")
    return len(made), run.summary.replies.completions
