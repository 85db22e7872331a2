"""The two tables of a finished run: every completion with what it answers, and every question with its scores.

Rows follow the question file, columns and bytes depend on nothing but the plan and the completions: a run that
was killed and resumed writes the same files. How long a completion took stays in ``completions.jsonl``.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from creason_core.errors import EvaluationError
from creason_core.evaluation.calibration import CalibrationPoint
from creason_core.evaluation.completions import StoredCompletion
from creason_core.evaluation.plan import SAMPLED, EvaluationPlan, Scoring
from creason_core.evaluation.scoring import Read, read_all, score
from creason_core.files import whole_file
from creason_core.question.kinds import MaskedValue
from creason_core.question.masked_value import MultipleChoiceQuestion
from creason_core.record.codebook import Codebook

if TYPE_CHECKING:
    import pandas as pd

RESULTS = "results.parquet"
ANSWERS = "answers.parquet"

RESULT_SCHEMA = pa.schema(
    [
        ("question", pa.string()),
        ("patient", pa.string()),
        ("masked_feature", pa.string()),
        ("call", pa.string()),
        ("order", pa.list_(pa.int8())),
        ("text", pa.string()),
        ("tokens", pa.int32()),
        ("finish_reason", pa.string()),
        ("fault", pa.string()),
        ("letter", pa.string()),
        ("reading", pa.string()),
        ("option", pa.int8()),
        ("outcome", pa.string()),
        ("logprobs", pa.list_(pa.float64())),
        ("numbers_quoted", pa.int32()),
        ("numbers_true", pa.int32()),
        ("numbers_of_patients", pa.int32()),
    ]
)


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with all of its completions.

    ``group`` is its patient's level of the plan's ``group_by``, ``true_class`` the level or bin of what is true.
    """

    question: MultipleChoiceQuestion
    group: str
    true_class: int
    reads: tuple[Read, ...]


def answered(
    questions: Sequence[MultipleChoiceQuestion],
    prompts: Sequence[str],
    groups: Sequence[str],
    classes: Sequence[int],
    *,
    codebook: Codebook,
    plan: EvaluationPlan,
    stored: Sequence[StoredCompletion],
) -> tuple[Answered, ...]:
    """Every question with its completions, in the order of ``questions``; ``prompts`` are their user messages."""
    by_question: dict[str, dict[str, StoredCompletion]] = {}
    for completion in stored:
        by_question.setdefault(completion.question, {})[completion.call] = completion
    return tuple(
        Answered(
            question,
            group,
            true_class,
            read_all(MaskedValue(question, codebook), prompt, plan, by_question[question.id]),
        )
        for question, prompt, group, true_class in zip(questions, prompts, groups, classes, strict=True)
    )


def results_table(found: Sequence[Answered]) -> pa.Table:
    """One row a completion."""
    rows = [
        {
            "question": item.question.id,
            "patient": item.question.patient,
            "masked_feature": item.question.masked_feature,
            "call": read.call.name,
            "order": list(read.order),
            "text": read.completion.text,
            "tokens": read.completion.tokens,
            "finish_reason": read.completion.finish_reason,
            "fault": read.completion.fault,
            "letter": read.answer.parsed.letter,
            "reading": read.answer.parsed.reading,
            "option": read.answer.option,
            "outcome": read.outcome,
            "logprobs": read.completion.logprobs,
            "numbers_quoted": read.numbers.quoted,
            "numbers_true": read.numbers.true,
            "numbers_of_patients": read.numbers.of_patients,
        }
        for item in found
        for read in item.reads
    ]
    return pa.Table.from_pylist(rows, schema=RESULT_SCHEMA)


def answers_table(found: Sequence[Answered], codebook: Codebook, plan: EvaluationPlan) -> pa.Table:
    """One row a question: what it is, its floors, its pass rate, and each scoring's score, answer and probabilities."""
    columns: dict[str, list[object]] = {}

    def add(values: Mapping[str, object]) -> None:
        for name, value in values.items():
            columns.setdefault(name, []).append(value)

    for item in found:
        question, feature = item.question, codebook.feature(item.question.masked_feature)
        priors = np.array([option.prior for option in question.options])
        commonest = np.flatnonzero(priors == priors.max())
        add(
            {
                "id": question.id,
                "patient": question.patient,
                "masked_feature": feature.name,
                "label": feature.label,
                "section": feature.section,
                "kind": feature.kind,
                "outcome": feature.role == "outcome",
                "place": codebook.features.index(feature),
                "group": item.group,
                "options": [option.text for option in question.options],
                "key": question.key,
                "true_class": item.true_class,
                "chance": 1 / len(question.options),
                "prior": float(question.key in commonest) / len(commonest),
                "pass_rate": sum(read.outcome == "correct" for read in item.reads) / len(item.reads),
            }
        )
        for scoring in plan.scorings:
            one = score(question, item.reads, scoring)
            add(
                {
                    f"{scoring}_score": one.score,
                    f"{scoring}_answered": one.answered,
                    f"{scoring}_option": one.option,
                    f"{scoring}_probabilities": list(one.probabilities),
                    f"{scoring}_share": one.share,
                }
            )
    return pa.table({name: pa.array(values, _TYPES.get(name.split("_")[-1])) for name, values in columns.items()})


_TYPES = {"option": pa.int8(), "probabilities": pa.list_(pa.float64()), "share": pa.float64(), "key": pa.int8()}


def write(table: pa.Table, path: Path) -> None:
    """Writes a table, so that a reader never sees half of it."""
    with whole_file(path) as partial:
        pq.write_table(table, partial, compression="zstd")


def read_answers(folder: Path) -> "pd.DataFrame":
    """The questions of a finished run with their scores, in the order of the question file.

    Raises:
        EvaluationError: The file is gone or cannot be read.
    """
    try:
        answers: pd.DataFrame = pq.read_table(folder / ANSWERS).to_pandas()
    except (OSError, pa.ArrowException) as error:
        raise EvaluationError(
            f"The answers in {folder} cannot be read: {type(error).__name__}.",
            remedy="Bring the run folder back, or give its `creason evaluate` command again.",
        ) from error
    return answers


def read_results(folder: Path) -> pa.Table:
    """The results of the finished run in ``folder``: one row a completion, as in ``RESULT_SCHEMA``.

    Raises:
        EvaluationError: They are gone or cannot be read.
    """
    try:
        return pq.read_table(folder / RESULTS)
    except (OSError, pa.ArrowException) as error:
        raise EvaluationError(
            f"The results in {folder} cannot be read: {type(error).__name__}.",
            remedy="Bring the run folder back, or give its `creason evaluate` command again.",
        ) from error


def sampled(plan: EvaluationPlan) -> bool:
    """Whether questions were asked several times."""
    return bool(SAMPLED & set(plan.scorings)) and plan.samples > 1


def votes(answers: "pd.DataFrame", scoring: Scoring) -> list[CalibrationPoint]:
    """How sure every question's answer is under ``majority`` (the winner's share) or ``logprob`` (its probability)."""
    if scoring == "majority":
        shares = answers["majority_share"].tolist()
    else:
        shares = [max(given) for given in answers[f"{scoring}_probabilities"]]
    told = (answers[name].tolist() for name in ("patient", "masked_feature", "section", f"{scoring}_score", "prior"))
    return [
        CalibrationPoint(str(patient), feature, section, None if math.isnan(share) else float(share), score, prior)
        for share, patient, feature, section, score, prior in zip(shares, *told, strict=True)
    ]
