"""Building questions: against the builder that makes them one by one, and from thousands to a million patients.

Processor time is measured, not the clock: what the work costs, whatever else the machine does. The builder one
by one is what the app uses and what the tests hold the other to; here too every question and prompt is compared.

    python -m tests.bench.questions_bench 20000     one size alone: its cost and its memory
"""

import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from tqdm import tqdm

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.cohort.option_models import option_model
from creason_core.confined import peak_memory
from creason_core.model.engines.base import Message
from creason_core.question.kinds import task_of
from creason_core.question.masked_value import (
    MultipleChoiceQuestion,
    build_question,
    maskable,
    option_order,
    why_never_masked,
)
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.coded import code
from creason_core.question.vectorised.questions import QuestionColumns
from creason_core.question.vectorised.table import user_column
from creason_core.record.case import PatientCase
from tests.bench.figures import Figure, figure

PATIENTS = 2000
REPEATS = 3
SIZES = (2_000, 20_000, 200_000, 1_000_000)


@dataclass(frozen=True)
class Cost:
    """What building the questions about so many patients took."""

    patients: int
    questions: int
    seconds: float
    gigabytes: float


def measure() -> Iterator[Figure]:
    """The ratio to the builder one by one, then cost and memory by the number of patients."""
    yield from _against_one_by_one()
    costs = []
    for patients in SIZES:
        command = [sys.executable, "-m", "tests.bench.questions_bench", str(patients)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        costs.append(cost := Cost(**json.loads(said)))
        each = cost.seconds / cost.questions * 1e6
        yield figure(
            f"a question, of {patients:,} patients",
            [each],
            unit="µs CPU",
            note=f"{cost.questions:,} questions in {cost.seconds:.1f} s of one core, written to a file",
        )
        yield figure(f"peak memory, {patients:,} patients", [cost.gigabytes], unit="GB", goal=2.0)
    growth = (costs[-1].seconds / costs[-1].patients) / (costs[0].seconds / costs[0].patients)
    yield figure("a patient at a million to one at 2,000", [growth], unit="×", goal=1.25)


def _against_one_by_one() -> Iterator[Figure]:
    cohort = replicated(PATIENTS)
    started = time.process_time()
    cases: list[PatientCase] = []
    questions: list[MultipleChoiceQuestion] = []
    for patient in cohort.split["test"]:
        case = cohort.case(patient)
        for item in maskable(case, cohort):
            if not item.why_not:
                cases.append(case)
                questions.append(build_question(case, item.feature, cohort, seed=0))
    alone = time.process_time() - started
    prompts = [_prompt(case, question, cohort) for case, question in zip(cases, questions, strict=True)]
    alone_with_prompts = time.process_time() - started
    gc.freeze()  # else the second pays for the garbage collector's walks through what the first made
    bulk, bulk_with_prompts = [], []
    for _ in range(REPEATS):
        option_model.cache_clear()
        started = time.process_time()
        table = _in_bulk(cohort)
        bulk.append(time.process_time() - started)
        texts = user_column(table, cohort)
        bulk_with_prompts.append(time.process_time() - started)
        assert texts.to_pylist() == [messages[1].content for messages in prompts]
        del texts
    gc.unfreeze()
    assert table["id"].to_pylist() == [question.id for question in questions]
    assert table["options"].to_pylist() == [[option.text for option in question.options] for question in questions]
    assert table["key"].to_pylist() == [question.key for question in questions]
    features = len({question.masked_feature for question in questions})
    about = f"{PATIENTS:,} patients, {features} features, {len(questions):,} questions, all identical"
    for what, slow, fast in (
        ("bulk to one by one", alone, bulk),
        ("bulk to one by one, prompts included", alone_with_prompts, bulk_with_prompts),
    ):
        each = f"{slow / len(questions) * 1e6:.0f} and {min(fast) / len(questions) * 1e6:.1f} µs a question"
        ratios = [slow / seconds for seconds in fast]
        yield figure(what, ratios, unit="×", goal=50.0, sense="at least", note=f"{about}; {each}")


def _in_bulk(cohort: Cohort) -> pa.Table:
    features = [f for f in cohort.codebook.features if not why_never_masked(f, cohort)]
    asked = np.column_stack([code(cohort.table, feature).measured for feature in features])
    columns = QuestionColumns(cohort, features, "test", design="stratified", version=2, seed=0)
    return columns.table(cohort.table, asked)


def _prompt(case: PatientCase, question: MultipleChoiceQuestion, cohort: Cohort) -> tuple[Message, ...]:
    order = option_order(question, cohort.codebook.feature(question.masked_feature), 0)
    return task_of(question, cohort.codebook).messages(case, order)


def replicated(patients: int) -> Cohort:
    """``rhc-sepsis`` with its patients repeated under new keys until there are ``patients``, all to be asked about."""
    cohort = load_cohort("rhc-sepsis")
    table = cohort.table.iloc[[place % len(cohort.table) for place in range(patients)]]
    table.index = pd.Index([f"r{number:07}" for number in range(patients)], dtype=str)
    return replace(cohort, table=table, split={**cohort.split, "test": tuple(table.index)})


def _one_size(patients: int) -> Cost:
    with tempfile.TemporaryDirectory() as folder:
        cohort = replicated(patients)
        started = time.process_time()
        with tqdm(total=patients, unit=" patients", mininterval=10, disable=None) as bar:
            built = build(Plan(cohort, "test"), Path(folder) / "questions.parquet", progress=bar.update)
        seconds = time.process_time() - started
    peak = peak_memory() / 1e9
    return Cost(patients, built.questions, seconds, peak)


if __name__ == "__main__":
    print(json.dumps(vars(_one_size(int(sys.argv[1])))))
