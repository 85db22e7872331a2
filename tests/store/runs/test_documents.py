"""Documents are kept once, by the hash of their text, are their owner's alone, and belong to runs for good."""

import hashlib

import pytest
import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.model.engines.base import Message
from creason_core.store import audit
from creason_core.store.runs.documents import document, documents_of, keep_document
from creason_core.store.runs.new_runs import insert_group
from creason_core.store.runs.run_rows import RunGroup, RunSpec, recent_groups
from creason_core.store.schema.tables import documents, group_documents
from creason_core.store.sql.transactions import Database
from tests.store.examples import USER, group_spec, running_process, saved_case

NOTE = "Ward round, day 1 – noradrenaline 0.2 µg/kg/min."

RUNS = [RunSpec(0, (0, 1, 2), 7, (Message("user", "prompt"),))]


def group_with(db: Database, hashes: list[str], idem: str = "g", user: str = USER) -> RunGroup:
    version = saved_case(db, user)
    return insert_group(
        db, user, group_spec(version), RUNS, idem=idem, process="process-1", most_live=9, documents=hashes
    )[0]


def test_a_text_is_kept_once_under_the_hash_of_its_bytes(db: Database) -> None:
    kept = keep_document(db, USER, NOTE, media_type="text/markdown")
    assert (kept.sha256, kept.size) == (hashlib.sha256(NOTE.encode()).hexdigest(), len(NOTE.encode()))
    assert keep_document(db, USER, NOTE) == kept == document(db, USER, kept.sha256)
    assert (kept.text, kept.media_type) == (NOTE, "text/markdown")
    with db.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(documents)).scalar() == 1
    assert audit.verify(db).problems == ()


def test_a_group_has_its_documents_in_the_order_given_and_never_others(db: Database) -> None:
    running_process(db)
    first, second = (keep_document(db, USER, text).sha256 for text in ("one", "two"))
    group = group_with(db, [second, first, second])
    assert [one.text for one in documents_of(db, USER, group.id)] == ["two", "one", "two"]
    assert documents_of(db, "bob", group.id) == ()
    for table in (documents, group_documents):
        change = table.update().values(owner="bob")
        with pytest.raises(StoreError, match="never changes"):
            db.write_as(USER, lambda connection, change=change: connection.execute(change))  # type: ignore[misc]


def test_another_persons_document_is_not_there(db: Database) -> None:
    running_process(db)
    theirs = keep_document(db, "bob", NOTE)
    with pytest.raises(StoreError, match="no document"):
        document(db, USER, theirs.sha256)
    with pytest.raises(StoreError, match="no document"):
        group_with(db, [theirs.sha256])
    assert recent_groups(db, USER) == ()  # nor the group


@pytest.mark.parametrize(
    ("text", "media_type", "said"),
    [
        ("  \n", "text/plain", "holds no text"),
        (NOTE, "image/png", "'image/png'"),
        ("x" * 1_000_001, "text/plain", "1,000,001"),
    ],
)
def test_what_is_no_document_is_refused_in_words(db: Database, text: str, media_type: str, said: str) -> None:
    with pytest.raises(StoreError, match=said):
        keep_document(db, USER, text, media_type=media_type)
