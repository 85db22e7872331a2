"""Questions about patients of few folds: what is said of a patient is fitted anew for each fold."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq

from creason_core.evaluation.registry_notes.fitting import fold_of
from creason_core.question.vectorised.table import QuestionTable


def of_few_folds(table: QuestionTable, folds: int, most: int | None = None) -> QuestionTable:
    """Those of ``table`` about patients of the first ``folds`` folds that it asks about, at most ``most`` (all)."""
    asked = [fold_of(patient) for patient in table.table["patient"].to_pylist()]
    few = set(list(dict.fromkeys(asked))[:folds])
    return replace(table, table=table.table.filter(pa.array([fold in few for fold in asked])).slice(0, most))


def kept(table: QuestionTable) -> QuestionTable:
    """``table`` in place of what its file held."""
    pq.write_table(table.table, table.path)
    return table
