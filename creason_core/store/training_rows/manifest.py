"""What an export says of itself, in the file beside it: what it holds, from where, and what was left out."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from creason_core import __version__
from creason_core.frozen import Frozen
from creason_core.model.engines.base import ModelIdentity
from creason_core.store.training_rows.choosing import REASONS, ChosenRatings, Format
from creason_core.store.training_rows.rows import About, Row, RowSource


class LeftOutRatings(Frozen):
    """How many ratings were left out for one reason, and the reason as a sentence."""

    ratings: int
    why: str


class ModelCount(Frozen):
    """How many answers of one model an export holds."""

    engine: str
    model: str
    model_hash: str
    adapter: str
    adapter_hash: str
    runtime: str = ""
    precision: str = ""
    answers: int


class RowsManifest(Frozen):
    """The manifest: the same database and options give the same bytes, so it holds no time of writing.

    ``ratings`` is what was looked at: ``used`` of them are in the file, the others under one reason each in
    ``left_out``. Counts by rater, codebook hash and prompt version are rows. ``public_patients`` and
    ``case_hashes`` name the cases that rows are about: evaluation must leave them out.
    """

    program: str
    format: Format
    file: str
    sha256: str
    bytes: int
    rows: int
    ratings: int
    used: int
    left_out: Mapping[str, LeftOutRatings]
    per_rater_cap: int | None
    only_raters: tuple[str, ...]
    judgements: Mapping[str, int]
    raters: Mapping[str, int]
    codebook_hashes: Mapping[str, int]
    prompt_versions: Mapping[str, int]
    models: tuple[ModelCount, ...]
    newest_rating: datetime
    public_patients: Mapping[str, tuple[str, ...]]
    case_hashes: tuple[str, ...]


class RowCounts:
    """Counts rows while they are written."""

    def __init__(self) -> None:
        self.rows = 0
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._models: Counter[tuple[str, ...]] = Counter()
        self._patients: dict[str, set[str]] = defaultdict(set)
        self._newest: list[datetime] = []

    def add(self, row: Row, judged: tuple[tuple[str, RowSource], ...]) -> None:
        """Counts ``row``, made of the answers ``judged``, each with its thumb."""
        self.rows += 1
        self._add_case(row)
        for name in ("rater", "codebook_hash", "prompt_version", "case_hash"):
            self._counts[name][str(getattr(row, name))] += 1
        for thumb, source in judged:
            self._counts["judgement"][thumb] += 1
            self._models[tuple(getattr(source, name) for name in _IDENTITY)] += 1
            self._newest = [max([*self._newest, source.created])]

    def _add_case(self, row: About) -> None:
        if row.cohort is not None and row.patient is not None:
            self._patients[row.cohort].add(row.patient)

    def manifest(
        self,
        chosen: ChosenRatings,
        *,
        wanted: Format,
        file: str,
        sha256: str,
        size: int,
        ratings: int,
        cap: int | None,
        raters: tuple[str, ...],
    ) -> RowsManifest:
        """The manifest of the rows counted so far, which are those of ``chosen``."""
        counts = {name: dict(sorted(found.items())) for name, found in self._counts.items()}
        return RowsManifest(
            program=__version__,
            format=wanted,
            file=file,
            sha256=sha256,
            bytes=size,
            rows=self.rows,
            ratings=ratings,
            used=sum(map(len, chosen.rows)),
            left_out={
                reason: LeftOutRatings(ratings=count, why=REASONS[reason]) for reason, count in chosen.left_out.items()
            },
            per_rater_cap=cap,
            only_raters=raters,
            judgements=counts["judgement"],
            raters=counts["rater"],
            codebook_hashes=counts["codebook_hash"],
            prompt_versions=counts["prompt_version"],
            models=tuple(
                ModelCount(**dict(zip(_IDENTITY, identity, strict=True)), answers=answers)
                for identity, answers in sorted(self._models.items())
            ),
            newest_rating=self._newest[0],
            public_patients={cohort: tuple(sorted(found)) for cohort, found in sorted(self._patients.items())},
            case_hashes=tuple(counts["case_hash"]),
        )


_IDENTITY = tuple(field.name for field in fields(ModelIdentity))
