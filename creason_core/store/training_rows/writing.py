"""Writes an export: choose, then stream the rows into a file that takes its place only when it is whole."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from creason_core.errors import FeedbackError
from creason_core.files import whole_file, write_whole
from creason_core.record.identifiers import scan_text
from creason_core.store import audit
from creason_core.store.people.rated_rows import RatedRun, rated_runs, ratings
from creason_core.store.sql.transactions import Database
from creason_core.store.training_rows.choosing import REASONS, ChosenRatings, Format, Look, choose
from creason_core.store.training_rows.manifest import RowCounts, RowsManifest
from creason_core.store.training_rows.rows import (
    Everything,
    KtoRow,
    Row,
    RowSource,
    SftRow,
    conversation,
    dpo_row,
    full_row,
    kto_row,
    pseudonym,
    sft_row,
)


def export(
    db: Database,
    wanted: Format,
    target: Path,
    *,
    actor: str,
    users: Sequence[str] = (),
    cap: int | None = None,
    looked: Callable[[], object] = lambda: None,
) -> RowsManifest:
    """Writes the ratings of ``users`` (empty: of everybody) to ``target``, and the manifest beside it.

    Both take the place of files of an earlier export. ``cap`` is the most rows of one rater; ``actor`` is who
    exports, for the audit log; ``looked`` is called after each answer that the guard read.

    Raises:
        FeedbackError: There is nothing to export, or the file cannot be written; files that were there stay.
        StoreError: The database cannot be read, or the audit entry not be written; files that were there stay.
    """
    found = ratings(db, users)
    chosen = choose(wanted, found, lambda ids: _looks(db, ids, looked), cap=cap)
    if not chosen.rows:
        raise _nothing(chosen, len(found))
    tally = RowCounts()
    try:
        with whole_file(target) as partial:
            digest = hashlib.sha256()
            with partial.open("wb") as file:
                for line in _lines(db, wanted, chosen, tally):
                    digest.update(line)
                    file.write(line)
            manifest = tally.manifest(
                chosen,
                wanted=wanted,
                file=target.name,
                sha256=digest.hexdigest(),
                size=partial.stat().st_size,
                ratings=len(found),
                cap=cap,
                raters=tuple(sorted(map(pseudonym, users))),
            )
            _note(db, actor, manifest)
        write_whole(manifest_path(target), manifest.model_dump_json(indent=2) + "\n")
    except OSError as error:
        raise FeedbackError(
            f"{target} cannot be written: {error.strerror}.", remedy="Choose another place, or free some space."
        ) from error
    return manifest


def manifest_path(target: Path) -> Path:
    """Where the manifest of the export ``target`` stands."""
    return target.with_name(f"{target.name}.manifest.json")


def _looks(db: Database, ids: Sequence[str], looked: Callable[[], object]) -> Iterator[Look]:
    for rated in rated_runs(db, ids):
        turns = conversation(rated)
        asked, said = turns or (rated.sent.text, rated.sent.text + rated.completion)
        yield Look(
            rating=rated.rating,
            prompt=hashlib.sha256(repr(asked).encode()).digest(),
            answer=hashlib.sha256(repr(said).encode()).digest(),
            in_comment=bool(scan_text(rated.comment)),
            in_answer=bool(scan_text(said if isinstance(said, str) else said[0].content)),
            readable=turns is not None,
        )
        looked()


def _lines(db: Database, wanted: Format, chosen: ChosenRatings, tally: RowCounts) -> Iterator[bytes]:
    """The rows as lines of JSON, counted in ``tally``; two ratings of a pair come one after the other."""
    read = rated_runs(db, [rating for row in chosen.rows for rating in row])
    for ids in chosen.rows:
        answers = tuple(next(read) for _ in ids)
        row, sources = _row(wanted, answers)
        tally.add(row, tuple((answer.thumb, source) for answer, source in zip(answers, sources, strict=True)))
        yield row.model_dump_json().encode() + b"\n"


def _row(wanted: Format, answers: tuple[RatedRun, ...]) -> tuple[Row, Iterable[RowSource]]:
    if wanted == "dpo":
        pair = dpo_row(*answers)
        return pair, (pair.chosen_source, pair.rejected_source)
    row: KtoRow | SftRow | Everything
    match wanted:
        case "kto":
            row = kto_row(answers[0])
        case "sft":
            row = sft_row(answers[0])
        case _:
            row = full_row(answers[0])
    return row, (row.source,)


def _note(db: Database, actor: str, manifest: RowsManifest) -> None:
    """The audit entry, written before the file takes its place: no export stands without one."""
    detail: audit.Detail = {"format": manifest.format, "rows": manifest.rows, "ratings": manifest.ratings}
    event = audit.Event("feedback export", "file", manifest.sha256, detail)
    db.write_as(actor, lambda connection: audit.append(connection, actor, event))


def _nothing(chosen: ChosenRatings, ratings: int) -> FeedbackError:
    if not ratings:
        return FeedbackError(
            "No rating can be exported: none is stored.", remedy="Rate answers on the page Hypotheses, or check --user."
        )
    reasons = "; ".join(f"{count:,}: {REASONS[reason]}" for reason, count in chosen.left_out.items())
    return FeedbackError(
        f"None of {ratings:,} ratings can be exported ({reasons}).", remedy="Nothing was written or replaced."
    )
