"""A case on its way into its row: as JSON that both databases take, without what may identify a person."""

import hashlib
import math
from collections.abc import Collection, Mapping

from creason_core.errors import StoreError
from creason_core.record.case import PatientCase
from creason_core.record.identifiers import refuse_undecided
from creason_core.store.sql.types import clean, cleaned, within

_MAX_CHARACTERS = 1_000_000
_NUL = "\\u0000"  # as JSON writes it


def refuse_told(texts: Mapping[str, str], cleared: Collection[str]) -> None:
    """Raises ``IdentifierError`` where one of ``texts``, by what it is, may identify a person; not for ``cleared``."""
    for what, text in texts.items():
        refuse_undecided(what, text, cleared)


def reasons_of(case: PatientCase) -> dict[str, str]:
    """What each reason in ``case`` is the reason for → the reason."""
    return {f"The reason for '{entry.name}'": clean(entry.reason) for entry in case.entries if entry.reason}


def content_of(case: PatientCase) -> tuple[str, PatientCase]:
    """The case as JSON, storable on both databases, and as it will be read from that.

    Raises:
        StoreError: A value or a time is not finite, or the case is too long.
    """
    numbers = (number for entry in case.entries for number in (entry.value, entry.hours))
    if any(isinstance(number, float) and not math.isfinite(number) for number in numbers):
        raise StoreError(
            "invalid", "A value or a time of the case is not a finite number.", remedy="Correct it or leave it empty."
        )
    try:
        content = case.model_dump_json()
    except ValueError:  # a lone surrogate has no UTF-8
        content = _NUL
    if _NUL in content:
        case = PatientCase.model_validate(cleaned(case.model_dump()))
        content = case.model_dump_json()
    return within("The case", content, _MAX_CHARACTERS), case


def digest_of(content: str) -> str:
    """SHA-256 (hex) of a case as JSON."""
    return hashlib.sha256(content.encode()).hexdigest()


def belonging(case: PatientCase, cohort: str, cohort_hash: str) -> dict[str, str]:
    """The columns that say which codebook and which cohort a case belongs to."""
    of = {"cohort": cohort, "cohort_hash": cohort_hash}
    return of | {"codebook": case.codebook, "codebook_hash": case.codebook_hash}
