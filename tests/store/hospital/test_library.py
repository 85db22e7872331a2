"""The hospital's library in both databases: whole or not at all, never changed, taken out with a trace, found alike."""

import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.guideline.documents.passages import cut
from creason_core.guideline.documents.stored_index import index_of
from creason_core.guideline.retrieval import retrieve
from creason_core.store import audit
from creason_core.store.hospital.library import (
    LibraryDocument,
    Page,
    add_document,
    documents_in,
    page_of,
    pages_of,
    remove_document,
    spans_at,
    spans_of,
)
from creason_core.store.hospital.library_reviews import Signature, sign, signatures, take_back
from creason_core.store.schema.library_tables import library_documents, library_pages, library_passages, library_reviews
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now
from tests.store.examples import USER

PAGES = (Page(1, "", "Contents"), Page(2, "µ – 日本", "Start noradrenaline when the MAP stays under 65 mmHg."))
SIGNED = Signature("ssc26-map-65", "hash", "Dr B. Ito", date(2026, 11, 29), "µ – 日本")


def example_document(name: str = "a") -> LibraryDocument:
    return LibraryDocument(
        id=name, sha256=f"hash of {name}", file_name=f"{name}.pdf", format="pdf", size=9, title="Shock pathway",
        organisation="St Elsewhere", published="2025-03", valid_until="", population="adults", supersedes=None, pages=2,
        passages=2, added_by=USER, created=now(),
    )  # fmt: skip


def added(db: Database, name: str = "a") -> LibraryDocument:
    made = example_document(name)
    add_document(db, made, PAGES, cut(PAGES), lambda _: None)
    return made


def test_a_document_comes_back_as_it_was_added_and_its_passages_are_found(db: Database, tmp_path: Path) -> None:
    made = added(db)
    assert documents_in(db) == (made,)
    assert pages_of(db, "a") == PAGES
    assert spans_of(db, "a") == cut(PAGES)
    assert page_of(db, "a", 2) == PAGES[1]
    assert page_of(db, "a", 3) is None
    assert spans_at(db, [("a", 2), ("a", 9), ("b", 1)]) == {("a", 2): (cut(PAGES)[1], PAGES[1])}
    index = index_of(db, tmp_path / "library")
    found = retrieve(db, index, "noradrenaline when MAP under 65?", date(2026, 11, 30))
    assert [one.id for one in found.of("document")] == ["a/2"]


def test_what_is_refused_leaves_nothing(db: Database) -> None:
    def refuse(present: object) -> None:
        raise StoreError("invalid", "no")

    with pytest.raises(StoreError, match="no"):
        add_document(db, example_document(), PAGES, cut(PAGES), refuse)
    with pytest.raises(StoreError):  # a passage on no page
        add_document(db, example_document(), PAGES[:1], cut(PAGES), lambda _: None)
    assert documents_in(db) == ()
    assert pages_of(db, "a") == ()


def test_two_who_add_at_once_see_each_other(db: Database) -> None:
    seen: list[int] = []

    def add(name: str) -> None:
        add_document(db, example_document(name), PAGES, cut(PAGES), lambda present: seen.append(len(present)))

    work = [threading.Thread(target=add, args=(name,)) for name in "abcd"]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert sorted(seen) == [0, 1, 2, 3]


def test_taking_out_deletes_the_text_and_leaves_the_name(db: Database) -> None:
    made, other = added(db), added(db, "b")
    remove_document(db, "bob", "a")
    assert documents_in(db) == (other,)
    gone = documents_in(db, removed=True)[0]
    assert (replace(gone, removed=None, removed_by=""), gone.removed_by) == (made, "bob")
    assert (pages_of(db, "a"), spans_of(db, "a"), pages_of(db, "b")) == ((), (), PAGES)
    remove_document(db, "eve", "a")  # it is out already
    assert documents_in(db, removed=True)[0] == gone
    with pytest.raises(StoreError, match="holds no document 'c'"):
        remove_document(db, "bob", "c")
    assert audit.verify(db).problems == ()


@pytest.mark.parametrize(
    "statement",
    [
        library_documents.update().values(title="x"),
        library_documents.delete(),
        library_pages.update().values(text="x"),
        library_passages.update().values(start=1),
        library_reviews.update().values(name="x"),
        library_reviews.delete(),
    ],
    ids=str,
)
def test_the_database_refuses_to_change_what_the_library_holds(db: Database, statement: sa.Executable) -> None:
    added(db)
    sign(db, USER, SIGNED)
    with pytest.raises(StoreError), db.write() as connection:
        connection.execute(statement)


def test_the_newest_signature_counts_and_the_earlier_ones_stay(db: Database) -> None:
    sign(db, USER, SIGNED)
    sign(db, USER, SIGNED)
    assert signatures(db) == {"ssc26-map-65": SIGNED}
    take_back(db, USER, "ssc26-map-65")
    assert signatures(db) == {}
    sign(db, USER, replace(SIGNED, name="Dr C"))
    assert signatures(db, ["ssc26-map-65"])["ssc26-map-65"].name == "Dr C"
    assert signatures(db, ["other"]) == {}
    with db.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(library_reviews)).scalar_one() == 3
