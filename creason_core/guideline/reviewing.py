"""Signatures: that a named person of the hospital has read an entry, in the wording that it has now.

A new wording is another content, and so unsigned: who signed the old one is told beside it.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime

from creason_core.errors import GuidelineError
from creason_core.guideline.library import Library, Recommendation
from creason_core.guideline.reading import starter_library
from creason_core.store.hospital.library import LibraryDocument, documents_in
from creason_core.store.hospital.library_reviews import Signature, sign, signatures, take_back
from creason_core.store.sql.transactions import Database

UNSIGNED = "Not clinically reviewed."


@dataclass(frozen=True, slots=True)
class Signed:
    """What stands beside an entry: whether its present wording is signed, and that in a sentence."""

    holds: bool
    told: str


def review(db: Database, user: str, entry: str, *, name: str, day: str = "", comment: str = "") -> Signature:
    """Notes that ``name`` signed ``entry`` on ``day`` (today where empty).

    Raises:
        GuidelineError: There is no such entry, or the day is none or lies in the future.
        StoreError: The name is missing, or nothing was written.
    """
    today = datetime.now(UTC).date()
    try:
        signed_on = date.fromisoformat(day) if day else today
    except ValueError:
        raise GuidelineError(f"'{day}' is no day.", remedy="Write it as 2026-11-30. Nothing was signed.") from None
    if signed_on > today:
        raise GuidelineError(f"{signed_on} lies in the future.", remedy="Nothing was signed.")
    signature = Signature(entry, content_hash(_entry(db, entry)), name, signed_on, comment)
    sign(db, user, signature)
    return signature


def unsign(db: Database, user: str, entry: str) -> None:
    """Takes the signature of ``entry`` back.

    Raises:
        StoreError: It is not signed, or nothing was written.
    """
    take_back(db, user, entry)


def content_hash(entry: Recommendation | LibraryDocument) -> str:
    """The SHA-256 (hex) of all that a reader of ``entry`` is shown as its content."""
    if isinstance(entry, LibraryDocument):
        said = [entry.sha256, entry.title, entry.organisation, entry.published, entry.valid_until, entry.population]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()
    return hashlib.sha256(entry.model_dump_json().encode()).hexdigest()


class Signatures:
    """The signatures that count, read once for a page.

    Raises:
        StoreError: The database cannot be read.
    """

    def __init__(self, db: Database) -> None:
        self._by_subject = signatures(db)

    def of(self, entry: Recommendation | LibraryDocument) -> Signed:
        """What stands beside ``entry``."""
        found = self._by_subject.get(entry.id)
        if found is None:
            return Signed(False, UNSIGNED)
        by = f"{found.name}, {found.signed_on}"
        if found.content_hash != content_hash(entry):
            return Signed(False, f"{UNSIGNED} An earlier wording was signed by {by}.")
        return Signed(True, f"Reviewed by {by}{f': {found.comment}' if found.comment else '.'}")

    def reviewed(self, library: Library) -> int:
        """How many recommendations of ``library`` are signed in their present wording."""
        return sum(self.of(one).holds for one in library.recommendations)


def _entry(db: Database, entry: str) -> Recommendation | LibraryDocument:
    if one := starter_library().by_id.get(entry):
        return one
    if document := next((one for one in documents_in(db) if one.id == entry), None):
        return document
    raise GuidelineError(
        f"Neither the starter library nor the hospital's documents have an entry '{entry}'.",
        remedy="Ask shows the id of each recommendation; `creason library list` those of documents.",
    )
