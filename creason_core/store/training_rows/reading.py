"""An export read back for training: what its manifest says is checked again, and whether each rating may still be used.

A file may have been edited, cut off or mixed up since it was written, and a rater may have changed their mind.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from creason_core.errors import FeedbackError
from creason_core.store.people.rated_rows import ratings
from creason_core.store.sql.transactions import Database
from creason_core.store.training_rows.choosing import Format
from creason_core.store.training_rows.manifest import RowsManifest
from creason_core.store.training_rows.rows import About, DpoRow, Everything, KtoRow, SftRow
from creason_core.store.training_rows.writing import manifest_path

AGAIN = "Write it again with: creason feedback export"
FORMAT_OF: Mapping[type[About], Format] = {KtoRow: "kto", DpoRow: "dpo", SftRow: "sft", Everything: "jsonl"}
R = TypeVar("R", bound=About)


@dataclass(frozen=True, slots=True)
class Export(Generic[R]):
    """An export as it was written: its rows in file order, its manifest and that file's SHA-256."""

    path: Path
    rows: tuple[R, ...]
    manifest: RowsManifest
    manifest_sha256: str


def read_export(path: Path, kind: type[R], *, cap: int | None = None) -> Export[R]:
    """The export ``path``, whose rows are of ``kind``; ``cap`` is the most rows that one rater may have.

    Raises:
        FeedbackError: A file is missing or unreadable, is of another format, is not what its manifest says, or
            holds more rows of one rater than ``cap``.
    """
    manifest, digest = manifest_of(path)
    wanted = FORMAT_OF[kind]
    if manifest.format != wanted:
        raise FeedbackError(
            f"{path} was exported as {manifest.format}; {wanted} is needed.", remedy=f"{AGAIN} --format {wanted}"
        )
    try:
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != manifest.sha256:
            raise FeedbackError(f"{path} is not the file that its manifest describes: another SHA-256.", remedy=AGAIN)
        rows = tuple(kind.model_validate_json(line) for line in content.splitlines())
    except (OSError, ValidationError) as error:
        raise FeedbackError(f"{path} cannot be read as {wanted} rows: {type(error).__name__}.", remedy=AGAIN) from error
    raters = Counter(row.rater for row in rows)
    if dict(raters) != dict(manifest.raters) or len(rows) != manifest.rows:
        raise FeedbackError(f"{path} and its manifest count raters or rows differently.", remedy=AGAIN)
    allowed = min((limit for limit in (cap, manifest.per_rater_cap) if limit is not None), default=len(rows))
    if max(raters.values()) > allowed:
        raise FeedbackError(
            f"{path} holds {max(raters.values()):,} rows of one rater; at most {allowed:,} are allowed.",
            remedy=f"{AGAIN} --per-rater-cap {allowed}",
        )
    return Export(path, rows, manifest, digest)


def withdrawn(db: Database, ids: Collection[str]) -> tuple[tuple[str, ...], int]:
    """Of the ratings ``ids``: those that may not be used any more, and how many of ``ids`` this store knows.

    A rating may not be used where its rater changed it, took their consent back, or deleted its run.

    Raises:
        StoreError: The database cannot be read.
    """
    known = [rating for rating in ratings(db) if rating.id in ids]
    gone = (rating.id for rating in known if rating.superseded or rating.deleted or not rating.train_ok)
    return tuple(gone), len(known)


def manifest_of(path: Path) -> tuple[RowsManifest, str]:
    """The manifest beside the export ``path``, and its SHA-256 (hex).

    Raises:
        FeedbackError: There is none, or it cannot be read.
    """
    beside = manifest_path(path)
    try:
        content = beside.read_bytes()
        return RowsManifest.model_validate_json(content), hashlib.sha256(content).hexdigest()
    except FileNotFoundError:
        raise FeedbackError(f"There is no manifest {beside}, so {path} cannot be checked.", remedy=AGAIN) from None
    except (OSError, ValidationError) as error:
        raise FeedbackError(f"{beside} cannot be read: {type(error).__name__}.", remedy=AGAIN) from error
