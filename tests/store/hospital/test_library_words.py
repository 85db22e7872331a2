"""The hospital's passages by words in both databases: the same are found, ranked alike, and none that went."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from creason_core.guideline.documents.checking import check
from creason_core.guideline.documents.index import DocumentIndex
from creason_core.guideline.documents.passages import cut
from creason_core.guideline.documents.stored_index import index_of
from creason_core.guideline.retrieval import retrieve
from creason_core.guideline.words import shipped_words
from creason_core.store.hospital.library import Page, add_document, remove_document
from creason_core.store.schema.library_tables import library_indexed, library_words
from creason_core.store.sql.transactions import Database
from tests.store.hospital.test_library import example_document

TEXTS = (
    "Start noradrenaline when the MAP stays under 65 mmHg after fluid.",
    "Noradrenaline, noradrenaline and again noradrenaline: how the pump is filled.",
    "Blood cultures are drawn before antibiotics are started.",
    "Metoprolol is stopped in shock.",
    "Menière's disease: betahistine.",
    "Tenecteplase 0.25 mg/kg is given, and 0.4 mg/kg is not.",
    "A bed is 7 by 4 feet wide, and antibiotics are locked away.",
)
# What is asked, and the numbers of the passages that share a word with it, best first.
FOUND = {
    "Which vasopressor when MAP is under 65 after fluids?": (1,),
    "noradrenaline pump": (2, 1),
    "norepinephrine at which MAP?": (1, 2),
    "When to draw cultures before the first antibiotic?": (3, 7),
    "Esmolol?": (4,),
    "Meniere?": (5,),
    "tenecteplase 0.25": (6,),
    "antibiotics at a haemoglobin of 7.4": (3, 7),
    "Psoriasis?": (),
}


def added(db: Database, name: str, texts: tuple[str, ...]) -> None:
    pages = tuple(Page(n, "", text) for n, text in enumerate(texts, 1))
    made = replace(example_document(name), pages=len(pages), passages=len(pages))
    add_document(db, made, pages, cut(pages), lambda _: None)


def test_the_same_passages_are_found_in_the_same_order_with_the_same_coverage(db: Database, tmp_path: Path) -> None:
    added(db, "a", TEXTS)
    index, file = index_of(db, tmp_path / "library"), DocumentIndex(tmp_path / "file")
    for one in (index, file):
        one.keep_up(db)
    assert index.path.exists() == db.sqlite  # without an embedding model PostgreSQL needs no file
    for question, numbers in FOUND.items():
        hits = index.search(question, 60)
        assert tuple(hit.n for hit in hits) == numbers, question
        assert all(hit.score > 0 for hit in hits) or db.sqlite
        beside = {hit.n: hit.coverage for hit in file.search(question, 60)}
        assert {hit.n: round(hit.coverage, 6) for hit in hits} == {n: round(share, 6) for n, share in beside.items()}
    assert len(index.search("noradrenaline pump", 1)) == 1


def test_what_was_taken_out_or_read_with_other_synonyms_is_found_no_more(db: Database, tmp_path: Path) -> None:
    added(db, "a", TEXTS)
    added(db, "b", TEXTS[:1])
    index = index_of(db, tmp_path / "library")
    asked = "noradrenaline under a MAP of 65"

    def found(index: DocumentIndex, question: str = asked) -> list[str]:
        return [one.document for one in retrieve(db, index, question, date(2026, 11, 30)).of("document")]

    assert found(index) == ["a", "b"]
    assert check(db, index).problems == ()
    remove_document(db, "bob", "a")
    assert found(index) == ["b"]
    with db.read() as connection:
        kept = [
            connection.execute(sa.select(table).where(table.c.document_id == "a")).all()
            for table in (library_words, library_indexed)
        ]
    assert kept == [[], []]
    words = shipped_words()
    other = index_of(db, tmp_path / "library", words.model_copy(update={"same": (*words.same, ("map", "druck"))}))
    assert check(db, other).problems != ()
    assert [one.document for one in retrieve(db, other, "Druck noradrenaline", date(2026, 11, 30)).of("document")] == [
        "b"
    ]
    assert check(db, other).problems == ()
    index.rebuild(db)
    assert check(db, index).problems == ()
