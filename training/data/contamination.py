"""Which patients' answers people rated, so that no model is measured on patients whose ratings it was trained on.

An adapter knows those of all versions that it came from.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import ValidationError

from creason_core.errors import EvaluationError, WeightsError
from creason_core.files import whole_file
from creason_core.frozen import Frozen
from creason_core.model.adapters.manifest import AGAIN
from creason_core.question.vectorised.table import QuestionTable

NAME = "ratings.json"
Patients = Mapping[str, tuple[str, ...]]


class Ratings(Frozen):
    """What lies beside an adapter about the ratings behind it; hashes are SHA-256 in hex.

    ``patients`` are the rated public patients by cohort, those of earlier versions included. ``in_store`` is how
    many of the ratings this computer's database knew when training began, and found still usable.
    """

    file: str
    sha256: str
    manifest_sha256: str
    rows: int
    in_store: int
    judgements: Mapping[str, int]
    raters: Mapping[str, int]
    codebook_hashes: Mapping[str, int]
    prompt_versions: Mapping[str, int]
    patients: Patients


def rated_patients(adapter: Path) -> Patients:
    """The public patients, by cohort, whose ratings the adapter in this folder was trained on.

    Raises:
        WeightsError: Its ``ratings.json`` cannot be read.
    """
    path = adapter / NAME
    if not path.exists():
        return {}  # a warm start or reinforcement: training patients only
    try:
        return Ratings.model_validate_json(path.read_bytes()).patients
    except (OSError, ValidationError) as error:
        raise WeightsError(f"{path} cannot be read: {type(error).__name__}.", remedy=AGAIN) from error


def joined(*several: Patients) -> Patients:
    """All patients of ``several``, by cohort."""
    cohorts = sorted({cohort for one in several for cohort in one})
    return {cohort: tuple(sorted({key for one in several for key in one.get(cohort, ())})) for cohort in cohorts}


def rated_in(table: QuestionTable, rated: Patients) -> tuple[str, ...]:
    """The patients of a question file that are among ``rated``."""
    return tuple(sorted(set(rated.get(table.meta.cohort, ())) & set(table.table["patient"].to_pylist())))


def refuse_rated(table: QuestionTable, rated: Patients, adapter: Path) -> None:
    """Raises ``EvaluationError`` where the questions are about patients that training has seen rated."""
    if found := rated_in(table, rated):
        raise EvaluationError(
            f"{table.path} asks about patients whose ratings the model was trained on: {len(found):,} of its "
            f"{len(set(table.table['patient'].to_pylist())):,}.",
            remedy=f"Leave them out: python -m training.contamination {table.path} --adapter {adapter} "
            "--out REST.parquet",
        )


def leave_out(table: QuestionTable, patients: Sequence[str], out: Path) -> int:
    """Writes the questions about all other patients to the new file ``out``; how many these are.

    Raises:
        EvaluationError: No question is left, or ``out`` exists.
    """
    keep = pc.invert(pc.is_in(table.table["patient"], pa.array(patients, pa.string())))
    rest = table.table.filter(keep)
    if out.exists():
        raise EvaluationError(f"{out} exists.", remedy="Delete it, or give another name: it is never overwritten.")
    if not rest.num_rows:
        raise EvaluationError(f"Every patient of {table.path} was rated.", remedy="Build questions about others.")
    with whole_file(out) as partial:
        pq.write_table(rest, partial, compression="zstd")
    return int(rest.num_rows)
