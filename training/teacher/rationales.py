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
from creason_core.evaluation.registry_notes.making import standing, with_notes
from creason_core.files import whole_file
from creason_core.question.kinds import MaskedValue
from creason_core.question.masked_value import MultipleChoiceQuestion
from creason_core.question.prompts import NOTES_VERSION
from creason_core.question.vectorised.table import QuestionTable, user_texts
from training.teacher.cross_fitting import Evidence, evidence
from training.teacher.rationale_text import RationaleContext, rationale

VERSION = 9
META = b"creason"  # where a file of rationales says what it was made of


@dataclass(frozen=True, slots=True)
class Row:
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


def rows(
    table: QuestionTable, cohort: Cohort, on_progress: Callable[[int], object], *, notes: bool = False
) -> Iterator[Row]:
    """One row a question, feature by feature; ``on_progress`` hears of each feature.

    With ``notes`` the prompt has the registry's notes, and the rationale rests on what they tell.
    """
    stands = standing(cohort)
    texts = [] if notes else [user_texts(table.table, cohort, sample=sample) for sample in range(MAX_OPTIONS)]
    frame, questions = table.frame, table.table.to_pylist()
    patients = {patient: cohort.table.loc[patient].to_dict() for patient in frame["patient"].unique()}
    for name in frame["masked_feature"].unique():
        feature = cohort.codebook.feature(name)
        for found in evidence(table, cohort, name):
            asked = questions[found.row]
            sample = key_of(asked["id"]) % MAX_OPTIONS
            about = RationaleContext(feature, tuple(asked["options"]), sample)
            if notes:
                noted = noted_task(table, found.row, cohort)
                case = cohort.case(asked["patient"])
                user = noted.messages(case, noted.order(sample))[1].content
                found = resting_on(found, noted.question)  # noqa: PLW2901 - what the notes leave of it
            else:
                user = texts[sample][found.row]
            yield Row(
                id=asked["id"],
                patient=asked["patient"],
                masked_feature=name,
                sample=sample,
                user=user,
                completion=rationale(found, about, patients[asked["patient"]], stands),
                chosen=found.chosen,
                key=asked["key"],
            )
        on_progress(1)


def noted_task(table: QuestionTable, row: int, cohort: Cohort) -> MaskedValue:
    """Question ``row`` with the registry's notes."""
    asked = table.question(row, cohort)
    return MaskedValue(with_notes(asked, cohort.case(asked.patient), cohort), cohort.codebook)


def resting_on(found: Evidence, question: MultipleChoiceQuestion) -> Evidence:
    """``found`` as far as the notes of ``question`` tell it.

    Where they tell nothing, it concludes with the middle of the options of a number, or the commonest level.
    """
    if question.notes is None or not question.notes.why_none:
        return found
    priors = [option.prior for option in question.options]
    number = isinstance(question.options[0].value, float | int)
    chosen = len(priors) // 2 if number else int(np.argmax(priors))
    return replace(found, contributions=(), chosen=chosen if found.modal_option is None else found.modal_option)


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
    made = sorted((asdict(row) for row in rows(table, about_them, on_progress, notes=notes)), key=lambda row: row["id"])
    meta = table.meta.model_copy(update={"prompt_version": NOTES_VERSION}) if notes else table.meta
    about = {"questions": meta.model_dump(), "version": VERSION, "shown": shown, "notes": notes}
    written = pa.Table.from_pylist(made).replace_schema_metadata({META: json.dumps(about).encode()})
    with whole_file(out) as partial:
        pq.write_table(written, partial, compression="zstd")
    return written
