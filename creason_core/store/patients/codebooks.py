"""The codebook that a stored row was made with: of a cohort at hand, else as it was kept, else what the row shows.

A row says its codebook by name and content hash, and is read by that one alone: two registries stand side by side,
and a row outlives its cohort. Where nobody kept the text, one of the same name at hand is read, and last of all a bare
one whose labels are the names of the features.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import sqlalchemy as sa

from creason_core.errors import CodebookError
from creason_core.question.asked import QuestionBase
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook, Counts, Feature, Level, parse_codebook
from creason_core.record.hours import parted
from creason_core.store.schema.tables import codebooks
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now
from creason_core.store.sql.upsert import add_new

_BARE = "Without a codebook"  # the section of features of which only the name is known


class Worded(Protocol):
    """What names its codebook: a case, a question, a run group."""

    @property
    def codebook(self) -> str:
        """Its name."""
        ...

    @property
    def codebook_hash(self) -> str:
        """SHA-256 (hex) of its content."""
        ...


def keep_codebook(db: Database, codebook: Codebook) -> None:
    """Keeps the text of ``codebook``, unless it is kept already.

    Raises:
        StoreError: It could not be written.
    """
    row = {"hash": codebook.content_hash, "name": codebook.name, "content": codebook.model_dump_json()}
    with db.read() as connection:
        kept = connection.execute(sa.select(codebooks.c.hash).where(codebooks.c.hash == row["hash"])).scalar()
    if kept is None:
        db.write_as("", lambda connection: add_new(connection, codebooks, row | {"created": now()}, ("hash",)))


def kept_codebook(db: Database, content_hash: str) -> Codebook | None:
    """The codebook of that content, as it was kept; None where it never was, or what is kept is not it.

    Raises:
        StoreError: The database cannot be read.
    """
    with db.read() as connection:
        content = connection.execute(sa.select(codebooks.c.content).where(codebooks.c.hash == content_hash)).scalar()
    if content is None:
        return None
    try:
        found = parse_codebook(content, f"{content_hash[:12]}… of the database")
    except CodebookError:
        return None
    return found if found.content_hash == content_hash else None


class Codebooks:
    """The codebooks of stored rows. ``at_hand`` gives those of the cohorts that are loaded now."""

    def __init__(self, db: Database, at_hand: Callable[[], Iterable[Codebook]]) -> None:
        self._db = db
        self._at_hand = at_hand
        self._known: dict[str, Codebook] = {}  # content never changes under its hash

    def of(self, row: Worded, case: PatientCase | None = None) -> Codebook:
        """The codebook of ``row``, a case or a question; ``case`` is the record that a question is about.

        Raises:
            StoreError: The database cannot be read.
        """
        wanted = row.codebook_hash
        if wanted in self._known:
            return self._known[wanted]
        at_hand = tuple(self._at_hand())
        exact = next((book for book in at_hand if book.content_hash == wanted), None) or kept_codebook(self._db, wanted)
        if exact is not None:
            self._known[wanted] = exact
            return exact
        namesake = next((book for book in at_hand if book.name == row.codebook), None)
        return _pieced_together(row, case, namesake)

    def whole(self, case: PatientCase) -> bool:
        """Whether ``case`` can be edited: by the very codebook that it was made with, or by one at hand."""
        found = self.of(case)
        known = {case.codebook_hash, *(book.content_hash for book in self._at_hand())}
        return found.content_hash in known


def _pieced_together(row: Worded, case: PatientCase | None, namesake: Codebook | None) -> Codebook:
    """``namesake`` with a bare feature for each that ``row`` and ``case`` name and it lacks."""
    known = namesake.by_name if namesake else {}
    found: dict[str, Feature] = {}
    for record in (case, row):
        if isinstance(record, PatientCase):
            several = [(name, record.of(name)) for name in dict.fromkeys(entry.feature for entry in record.entries)]
            found |= {name: _bare(name, [entry.value for entry in entries], record) for name, entries in several}
    if isinstance(row, QuestionBase):  # what it names may be a feature at one time
        named = [parted(name)[0] for name in (*(item.feature for item in row.hidden), *row.guard_off)]
        found |= {name: _bare(name, []) for name in named if name not in found}
        numbers = [option.value for option in row.options if option.value is not None]
        masked, texts = parted(row.masked_feature)[0], [option.text for option in row.options]
        found[masked] = _bare(masked, numbers or texts, case)
    lacking = tuple(feature for name, feature in found.items() if name not in known)
    if namesake:
        sections = namesake.sections if not lacking or _BARE in namesake.sections else (*namesake.sections, _BARE)
        features = (_for_several(feature, found.get(feature.name)) for feature in namesake.features)
        return namesake.model_copy(update={"features": (*features, *lacking), "sections": sections})
    said = f"The codebook {row.codebook} ({row.codebook_hash[:12]}…) is not at hand."
    return Codebook(
        name=row.codebook,
        version=1,
        title=row.codebook,
        population=said,
        source=said,
        citation=said,
        sections=(_BARE,),
        features=lacking,
    )


def _for_several(feature: Feature, bare: Feature | None) -> Feature:
    """``feature`` of a namesake, for a case that has several values of it where the namesake knows one."""
    return feature.model_copy(update={"counts": bare.counts}) if bare and feature.counts is None else feature


def _bare(name: str, values: Sequence[float | str], case: PatientCase | None = None) -> Feature:
    """A feature of which nothing is known but ``values`` that it may take.

    Of several in ``case`` over time the last is shown where one is wanted: which one counted nobody knows.
    """
    counts: Counts | None = "last" if case and len(case.of(name)) > 1 else None
    if values and all(isinstance(value, float) for value in values):
        digits = max(len(f"{value:.6f}".rstrip("0").partition(".")[2]) for value in values)
        return Feature(name=name, label=name, section=_BARE, kind="number", time="day1", decimals=digits, counts=counts)
    codes = list(dict.fromkeys([*map(str, values), "…", "another"]))[: max(len(set(values)), 2)]
    levels = tuple(Level(code=code, label=code) for code in codes)
    return Feature(name=name, label=name, section=_BARE, kind="nominal", time="day1", levels=levels, counts=counts)
