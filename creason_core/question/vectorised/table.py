"""A file of questions, read: Parquet with one row a question (``vectorised.questions.SCHEMA``).

Under the metadata key ``creason`` stands a ``TableMeta`` as JSON. A question taken from the file is built again
from its case and compared, so a file that no longer fits its cohort is never used.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from creason_core.cohort.cohort import Cohort, Split
from creason_core.cohort.options import DESIGN_VERSION, DESIGN_VERSIONS, Design
from creason_core.errors import QuestionError
from creason_core.frozen import Frozen
from creason_core.model.engines.base import Message
from creason_core.question.masked_value import MultipleChoiceQuestion, build_question
from creason_core.question.prompts import PROMPT_VERSION, around
from creason_core.question.vectorised.prompts import PromptColumns
from creason_core.question.vectorised.questions import SCHEMA
from creason_core.question.vectorised.sampling import Sampling

if TYPE_CHECKING:
    import pandas as pd  # slow to import, and only named here

META = b"creason"
_BUILD = "Build the questions again with 'creason questions build'."
_BLOCK = 1 << 22  # values that the prompts made together can show: about 100 MB of text


class TableMeta(Frozen):
    """Everything that determines a question file, and the release that wrote it (``program``)."""

    cohort: str
    codebook: str
    codebook_hash: str
    split: Split
    split_hash: str
    design: Design
    design_version: int
    prompt_version: int
    seed: int
    features: tuple[str, ...]
    sampling: Sampling
    program: str


@dataclass(frozen=True, eq=False)
class QuestionTable:
    """The questions of one file, in file order."""

    path: Path
    meta: TableMeta
    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @cached_property
    def frame(self) -> "pd.DataFrame":
        """The same as a pandas table; list columns hold numpy arrays."""
        frame: pd.DataFrame = self.table.to_pandas()
        return frame

    def require(self, cohort: Cohort) -> None:
        """Checks that these questions are about ``cohort`` as it is now.

        Raises:
            QuestionError: They are of another cohort, codebook, split, or version of the program's questions.
        """
        now: tuple[tuple[str, object, object], ...] = (
            ("cohort", self.meta.cohort, cohort.name),
            ("codebook", self.meta.codebook_hash, cohort.codebook.content_hash),
            ("split", self.meta.split_hash, cohort.split_hash),
            ("prompt version", self.meta.prompt_version, PROMPT_VERSION),
        )
        if self.meta.design_version not in DESIGN_VERSIONS[self.meta.design]:
            now = (*now, ("design version", self.meta.design_version, DESIGN_VERSION[self.meta.design]))
        for what, made_with, present in now:
            if made_with != present:
                raise QuestionError(
                    f"{self.path} was built with another {what}: {made_with}, now it is {present}.", remedy=_BUILD
                )

    def question(self, row: int, cohort: Cohort) -> MultipleChoiceQuestion:
        """Question ``row``, built again by ``build_question`` and compared with the file.

        Raises:
            QuestionError: The file says something else.
        """
        said = self.table.slice(row, 1).to_pylist()[0]
        case = cohort.case(said["patient"])
        meta, masked = self.meta, said["masked_feature"]
        built = build_question(case, masked, cohort, seed=said["seed"], design=meta.design, version=meta.design_version)
        same = (
            built.id == said["id"]
            and built.key == said["key"]
            and [option.text for option in built.options] == said["options"]
            and [item.feature for item in built.hidden] == said["hidden"]
        )
        if not same:
            raise QuestionError(f"Row {row} of {self.path} is not the question its cohort makes now.", remedy=_BUILD)
        return built

    def messages(self, cohort: Cohort, *, sample: int = 0) -> Iterator[tuple[Message, ...]]:
        """What is sent for sample ``sample`` of every question, in file order; equal to ``prompts.render``."""
        block = max(1, _BLOCK // len(cohort.codebook.features))
        for start in range(0, len(self), block):
            for text in user_texts(self.table.slice(start, block), cohort, sample=sample):
                yield around(text, cohort.codebook)


def user_texts(table: pa.Table, cohort: Cohort, *, sample: int = 0) -> list[str]:
    """The user message of every question in ``table``, in its order; ``user_column`` as Python texts."""
    found: list[str] = user_column(table, cohort, sample=sample).to_pylist()
    return found


def user_column(table: pa.Table, cohort: Cohort, *, sample: int = 0) -> pa.StringArray:
    """The user message of every question in ``table``, in its order.

    The texts are in memory together, and at most 2 GB of them: give a large table in slices.
    """
    patients = table["patient"].combine_chunks().dictionary_encode()
    masked = table["masked_feature"].combine_chunks().dictionary_encode()
    columns = PromptColumns(cohort, cohort.table.loc[patients.dictionary.to_pylist()])
    return columns.user_texts(
        [cohort.codebook.feature(name) for name in masked.dictionary.to_pylist()],
        masked.indices.to_numpy(),
        patients.indices.to_numpy(),
        table["options"].combine_chunks(),
        sample,
    )


def read_questions(path: Path) -> QuestionTable:
    """The question file ``path``.

    Raises:
        QuestionError: It is missing, no question file, empty, or of another format.
    """
    if not path.is_file():
        raise QuestionError(f"There is no question file {path}.", remedy=_BUILD)
    try:
        table = pq.read_table(path)
        meta = TableMeta.model_validate_json((table.schema.metadata or {}).get(META, b""))
    except (OSError, pa.ArrowException, ValidationError) as error:
        raise QuestionError(
            f"{path} cannot be read as a question file: {_first_line(error)}.", remedy=_BUILD
        ) from error
    if not table.schema.equals(SCHEMA) or table.num_rows == 0:
        raise QuestionError(f"{path} has no questions, or other columns than a question file has.", remedy=_BUILD)
    return QuestionTable(path, meta, table)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")
