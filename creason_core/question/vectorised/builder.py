"""Builds question files: in chunks, resumed after a stop, the same bytes however the work was divided.

While a file is made, finished chunks lie in ``FILE.parts``; a build that was stopped takes them up again. The
rows are then written in row groups of a fixed size, so neither the size of the chunks nor a stop shows in the
file. Memory depends on the chunk and the workers, not on the number of patients.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from creason_core import __version__
from creason_core.arrays import Bools, Floats, Ints
from creason_core.cohort.cohort import Cohort, Split
from creason_core.cohort.option_models import option_model
from creason_core.cohort.options import DESIGN_VERSION, Design
from creason_core.cohort.published_options import is_few_numbers
from creason_core.cohort.stateless_random import key_of
from creason_core.errors import QuestionError
from creason_core.files import whole_file
from creason_core.private import private_folder
from creason_core.question.masked_value import why_never_masked
from creason_core.question.prompts import PROMPT_VERSION
from creason_core.question.vectorised.coded import code
from creason_core.question.vectorised.parts import Block, StoredChunks
from creason_core.question.vectorised.questions import REPEATED, SCHEMA, QuestionColumns
from creason_core.question.vectorised.sampling import SLOT, Classes, Sampling, select
from creason_core.question.vectorised.stateless_random import keys_of, uniforms
from creason_core.question.vectorised.table import META, TableMeta
from creason_core.record.codebook import Feature
from creason_core.record.hours import parted

CHUNK = 4096  # patients; about 0.2 GB
MAX_PATIENTS = 1 << 15  # of a chunk: Arrow's texts end at 2 GB
MAX_WORKERS = 64
ROW_GROUP = 1 << 16  # questions
EVERYTHING = Sampling()


@dataclass(frozen=True)
class Plan:
    """What to build: the cohort's patients of a split, and which questions about them.

    ``features`` empty means every feature that can be masked. ``pass_rates`` are by question id, for the
    difficulty filter of ``sampling``. ``version`` is of the design (0: the newest).
    """

    cohort: Cohort
    split: Split
    design: Design = "stratified"
    version: int = 0
    seed: int = 0
    features: tuple[str, ...] = ()
    sampling: Sampling = EVERYTHING
    pass_rates: Mapping[str, float] | None = None


@dataclass(frozen=True)
class Built:
    """A finished file: its questions, and how many there are about each feature (0: left out by the sampling)."""

    meta: TableMeta
    questions: int
    patients: int
    by_feature: Mapping[str, int]
    resumed: int  # chunks that an earlier, stopped build had finished


Progress = Callable[[int], object]  # told after every chunk how many more patients are done


def build(plan: Plan, out: Path, *, chunk: int = CHUNK, workers: int = 1, progress: Progress = lambda _: None) -> Built:
    """Writes the questions of ``plan`` to ``out``; ``workers`` processes make the chunks.

    Raises:
        QuestionError: There is nothing to ask, the request contradicts itself, or ``out`` holds other questions.
        CodebookError: A feature is unknown.
    """
    features = _features(plan)
    meta = _meta(plan, features)
    _check(plan, features, out)
    _check_work(chunk, workers)
    columns = QuestionColumns(
        plan.cohort, features, plan.split, design=plan.design, version=meta.design_version, seed=plan.seed
    )
    rows = plan.cohort.table.index.get_indexer(pd.Index(list(plan.cohort.split[plan.split])))
    asked = _asked(plan, columns, rows, chunk)
    if not asked.any():
        raise QuestionError(
            f"No question about the {plan.split} patients of {plan.cohort.name} fits what was asked for.",
            remedy="Ask about more features, or loosen --balanced, --quota, --limit or the pass rates.",
        )
    starts = range(0, len(rows), chunk)

    def block(number: int) -> Block:
        part = slice(starts[number], starts[number] + chunk)
        return plan.cohort.table.iloc[rows[part]], asked[part]

    def tables(parts: StoredChunks) -> Iterator[pa.Table]:
        for start, table in zip(starts, parts.tables(columns, len(starts), block, workers), strict=True):
            yield table
            progress(min(chunk, len(rows) - start))

    try:
        parts = StoredChunks(out, f"{meta.model_dump_json()}\n{chunk}", keep=len(starts) > 1)
        _write(tables(parts), out, meta)
        parts.remove()
    except OSError as error:
        raise QuestionError(
            f"{out} could not be written: {error.strerror or error}.",
            remedy="Make room, or give another --out. Chunks that were finished are kept: the same command goes on.",
        ) from error
    return Built(
        meta=meta,
        questions=int(asked.sum()),
        patients=int(asked.any(axis=1).sum()),
        by_feature={f.name: int(n) for f, n in zip(features, asked.sum(axis=0), strict=True)},
        resumed=parts.found,
    )


def _write(tables: Iterable[pa.Table], out: Path, meta: TableMeta) -> None:
    """Writes ``tables`` as one, in row groups of ``ROW_GROUP``; ``out`` appears when it is whole."""
    schema = SCHEMA.with_metadata({META: meta.model_dump_json().encode()})
    private_folder(out.parent)
    waiting = SCHEMA.empty_table()
    settings = {"compression": "zstd", "use_dictionary": REPEATED, "write_statistics": False}
    with whole_file(out) as partial, pq.ParquetWriter(partial, schema, **settings) as writer:
        for table in tables:
            waiting = pa.concat_tables([waiting, table])
            while waiting.num_rows >= ROW_GROUP:
                writer.write_table(_group(waiting.slice(0, ROW_GROUP), schema))
                waiting = waiting.slice(ROW_GROUP)
        if waiting.num_rows:
            writer.write_table(_group(waiting, schema))


def _group(table: pa.Table, schema: pa.Schema) -> pa.Table:
    # One piece, so that pages do not begin where a chunk did.
    return pa.Table.from_arrays([column.combine_chunks() for column in table.columns], schema=schema)


def _features(plan: Plan) -> tuple[Feature, ...]:
    codebook = plan.cohort.codebook
    if not plan.features:
        found = tuple(feature for feature in codebook.features if not why_never_masked(feature, plan.cohort))
        if not found:
            raise QuestionError(f"No feature of the codebook {codebook.name} can be masked in {plan.cohort.name}.")
        return found
    if at := next((name for name in plan.features if parted(name)[1] is not None), ""):
        raise QuestionError(
            f"'{at}' is a value at one time; question files ask about features as a whole.",
            remedy=f"Write '{parted(at)[0]}': the value that counts is asked about, and all of its values are hidden.",
        )
    wanted = {name: codebook.feature(name) for name in plan.features}
    for feature in wanted.values():
        if why := why_never_masked(feature, plan.cohort):
            raise QuestionError(why, remedy="Take it out of --features.")
    return tuple(feature for feature in codebook.features if feature.name in wanted)


def _check_work(chunk: int, workers: int) -> None:
    if not 1 <= chunk <= MAX_PATIENTS:
        raise QuestionError(f"A chunk of {chunk} patients is not possible.", remedy=f"Choose 1–{MAX_PATIENTS}.")
    if not 1 <= workers <= MAX_WORKERS:
        raise QuestionError(f"{workers} workers are not possible.", remedy=f"Choose 1–{MAX_WORKERS}.")


def _check(plan: Plan, features: Sequence[Feature], out: Path) -> None:
    if not plan.cohort.split[plan.split]:
        raise QuestionError(f"{plan.cohort.name} has no patients in its {plan.split} part.")
    if out.exists():
        raise QuestionError(f"{out} exists.", remedy="Delete it, or give another name: it is never overwritten.")
    if (plan.sampling.pass_rates is None) != (plan.pass_rates is None):
        raise QuestionError("A difficulty filter needs both the pass rates and their limits.")
    if not -(2**63) <= plan.seed < 2**63:
        raise QuestionError(f"The seed {plan.seed} does not fit into 64 bits.", remedy="Choose a smaller one.")
    models = [option_model(plan.cohort, feature.name) for feature in features if feature.numeric]
    bare = [model.feature.label for model in models if not model.mixture and not is_few_numbers(model)]
    if plan.design == "paper" and bare:
        raise QuestionError(
            f"The design 'paper' needs a fitted mixture, which {plan.cohort.name} lacks for {', '.join(bare)}.",
            remedy="Use the design 'stratified', or make the cohort again.",
        )


def _meta(plan: Plan, features: Sequence[Feature]) -> TableMeta:
    return TableMeta(
        cohort=plan.cohort.name,
        codebook=plan.cohort.codebook.name,
        codebook_hash=plan.cohort.codebook.content_hash,
        split=plan.split,
        split_hash=plan.cohort.split_hash,
        design=plan.design,
        design_version=plan.version or DESIGN_VERSION[plan.design],
        prompt_version=PROMPT_VERSION,
        seed=plan.seed,
        features=tuple(feature.name for feature in features),
        sampling=plan.sampling,
        program=__version__,
    )


def _asked(plan: Plan, columns: QuestionColumns, rows: Ints, chunk: int) -> Bools:
    """Patients × features: the questions that the sampling leaves."""
    table = plan.cohort.table
    classes: list[Classes] = []
    for feature, chooser in zip(columns.features, columns.choosers, strict=True):
        column = code(table[[feature.name]].iloc[rows], feature)
        by_value = np.append(chooser.classes(column.values), -1).astype(np.int32)
        classes.append(np.where(column.measured, by_value[column.codes], -1))
    if plan.sampling.pass_rates is not None and plan.pass_rates is not None:
        limits, rates = plan.sampling.pass_rates, plan.pass_rates
        for start in range(0, len(rows), chunk):
            block = slice(start, start + chunk)
            possible = np.column_stack([column[block] >= 0 for column in classes])
            ids = columns.ids(table.iloc[rows[block]], possible)
            keep = np.zeros_like(possible)
            keep[possible] = [limits.low <= rates.get(name, -1.0) <= limits.high for name in ids]
            for place, one in enumerate(classes):
                one[block][~keep[:, place]] = -1
    keys = keys_of(table.index[rows])
    bins = [len(option_model(plan.cohort, f.name).bins) if f.numeric else 0 for f in columns.features]

    def draw(place: int) -> Floats:
        return uniforms(plan.seed, keys, key_of(columns.features[place].name), (SLOT,))[:, 0]

    return select(classes, bins, draw, plan.sampling)
