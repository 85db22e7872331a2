"""The file of rationales: one for each question about a training patient, from the registry's statistics alone.

``training.teacher.cross_fitting`` says what speaks for what, ``training.teacher.rationale_text`` puts it in sentences.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.options import MAX_OPTIONS
from creason_core.cohort.stateless_random import key_of
from creason_core.errors import QuestionError
from creason_core.evaluation.registry_notes.concluding import conclusion
from creason_core.evaluation.registry_notes.making import bands, with_notes
from creason_core.files import whole_file
from creason_core.question.kinds import MaskedValue
from creason_core.question.prompts import NOTES_VERSION
from creason_core.question.vectorised.table import QuestionTable, user_texts
from training.teacher.cross_fitting import evidence
from training.teacher.rationale_text import RationaleContext, noted_rationale, rationale

VERSION = 10
META = b"creason"  # where a file of rationales says what it was made of


@dataclass(frozen=True, slots=True)
class RationaleRow:
    """One rationale: the question, the user message of sample ``sample``, and the completion.

    ``chosen`` and ``key`` are canonical option indices.
    """

    id: str
    patient: str
    masked_feature: str
    sample: int
    user: str
    completion: str
    chosen: int
    key: int


def rows(table: QuestionTable, cohort: Cohort, on_progress: Callable[[int], object]) -> Iterator[RationaleRow]:
    """One row a question, feature by feature; ``on_progress`` hears of each feature."""
    stands = bands(cohort)
    texts = [user_texts(table.table, cohort, sample=sample) for sample in range(MAX_OPTIONS)]
    frame, questions = table.frame, table.table.to_pylist()
    patients = {patient: cohort.table.loc[patient].to_dict() for patient in frame["patient"].unique()}
    for name in frame["masked_feature"].unique():
        feature = cohort.codebook.feature(name)
        for found in evidence(table, cohort, name):
            asked = questions[found.row]
            sample = key_of(asked["id"]) % MAX_OPTIONS
            about = RationaleContext(feature, tuple(asked["options"]), sample)
            yield RationaleRow(
                id=asked["id"],
                patient=asked["patient"],
                masked_feature=name,
                sample=sample,
                user=texts[sample][found.row],
                completion=rationale(found, about, patients[asked["patient"]], stands),
                chosen=found.chosen,
                key=asked["key"],
            )
        on_progress(1)


def noted_rows(table: QuestionTable, cohort: Cohort, on_progress: Callable[[int], object]) -> Iterator[RationaleRow]:
    """One row a question whose prompt has the registry's notes; its rationale rests on what they tell."""
    for name, mine in table.frame.groupby("masked_feature", sort=False):
        for row in mine.index:
            task = noted_task(table, int(row), cohort)
            asked, sample = task.question, key_of(task.question.id) % MAX_OPTIONS
            about = RationaleContext(task.feature, tuple(option.text for option in asked.options), sample)
            yield RationaleRow(
                id=asked.id,
                patient=asked.patient,
                masked_feature=str(name),
                sample=sample,
                user=task.messages(cohort.case(asked.patient), task.order(sample))[1].content,
                completion=noted_rationale(asked, about),
                chosen=conclusion(asked, task.feature),
                key=asked.key,
            )
        on_progress(1)


def noted_task(table: QuestionTable, row: int, cohort: Cohort) -> MaskedValue:
    """Question ``row`` with the registry's notes."""
    asked = table.question(row, cohort)
    noted = with_notes(asked, cohort.case(asked.patient), cohort, balanced=table.meta.sampling.balanced)
    return MaskedValue(noted, cohort.codebook)


def sparse(cohort: Cohort, shown: float, seed: int = 0) -> Cohort:
    """``cohort`` with the share ``shown`` (0 to 1) of its patients' values, drawn by chance; the rest is not measured.

    What is known of the registry (``training``, its statistics) stays as it is.

    Raises:
        QuestionError: The share is no share.
    """
    if not 0 < shown <= 1:
        raise QuestionError(f"The share of values shown is {shown:g}.", remedy="Give one above 0, at most 1.")
    kept = np.random.default_rng(seed).random(cohort.table.shape) < shown
    return replace(cohort, table=cohort.table.where(kept))


def write(
    table: QuestionTable,
    cohort: Cohort,
    out: Path,
    on_progress: Callable[[int], object] = lambda _: None,
    *,
    shown: float = 1.0,
    notes: bool = False,
) -> pa.Table:
    """Writes the rationales of every question in ``table`` to ``out`` (Parquet), shuffled by question id.

    ``shown`` is the share of each record's values that the prompt shows (0 to 1); ``notes`` puts the registry's notes
    into it.

    Raises:
        QuestionError: The questions are of another cohort, or not about training patients; or notes are asked for of
            records of which a part is hidden.
    """
    table.require(cohort)
    if notes and shown < 1:
        raise QuestionError("Notes speak of whole records.", remedy="Leave out --shown, or --notes.")
    if table.meta.split != "train":
        raise QuestionError(
            f"{table.path} asks about {table.meta.split} patients.", remedy="Rationales are made of --split train only."
        )
    about_them = cohort if shown == 1 else sparse(cohort, shown)
    told = noted_rows if notes else rows
    made = sorted((asdict(row) for row in told(table, about_them, on_progress)), key=lambda row: row["id"])
    meta = table.meta.model_copy(update={"prompt_version": NOTES_VERSION}) if notes else table.meta
    about = {"questions": meta.model_dump(), "version": VERSION, "shown": shown, "notes": notes}
    written = pa.Table.from_pylist(made).replace_schema_metadata({META: json.dumps(about).encode()})
    with whole_file(out) as partial:
        pq.write_table(written, partial, compression="zstd")
    return written
