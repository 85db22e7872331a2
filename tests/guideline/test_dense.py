"""Vectors beside words: fused by rank, only of the model whose hash is known, and nothing changed without one."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from creason_core.errors import WeightsError
from creason_core.guideline import here
from creason_core.guideline.applying import starter_shelf, what_applies
from creason_core.guideline.dense import RecommendationVectors
from creason_core.guideline.documents.checking import check as check_library
from creason_core.guideline.documents.index import DocumentIndex
from creason_core.guideline.documents.passages import cut
from creason_core.guideline.documents.vectors import product, quantise
from creason_core.guideline.fusion import fused
from creason_core.guideline.retrieval import retrieve
from creason_core.model.embedding import weights
from creason_core.model.embedding.encoder import Encoder
from creason_core.model.engines.weights import seal
from creason_core.settings import Settings
from creason_core.store.hospital.library import Page, add_document, documents_in
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep.database import open_store
from tests.bench.library_bench import made_document
from tests.guideline.bedside import patient, whole_codebook

TODAY = date(2026, 11, 30)
# A clot-buster is near thrombolysis by its vector, and shares no word with it.
WORDS = {"[UNK]": (0, 0, 1), "thrombolysis": (1, 0, 0), "clotbuster": (1, 0.1, 0), "stroke": (0, 1, 0)}
TEXTS = ("Thrombolysis: tenecteplase within 4.5 hours.", "Stroke units lower death.", "Wash hands.")


def made(folder: Path, monkeypatch: pytest.MonkeyPatch, twist: float = 0.0) -> Path:
    """A tiny embedding model in place of the known one; ``twist`` makes another of it."""
    folder.mkdir(parents=True, exist_ok=True)
    table = np.asarray(list(WORDS.values()), np.float16) + np.float16(twist)
    save_file({"embedding.weight": table}, folder / weights.WEIGHTS)
    tokenizer: dict[str, object] = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "post_processor": None,
        "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"}, "decoder": None,
        "model": {"type": "WordLevel", "vocab": {word: n for n, word in enumerate(WORDS)}, "unk_token": "[UNK]"},
    }  # fmt: skip
    (folder / weights.TOKENIZER).write_text(json.dumps(tokenizer), encoding="utf-8")
    known = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in weights.FILES}
    monkeypatch.setattr(weights, "FILES", known)
    seal(folder, weights.NAME, source="a test", licence="MIT", made_with={})
    return folder


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = open_store(f"sqlite:///{tmp_path / 'creason.db'}", tmp_path)
    pages = tuple(Page(n, "", text) for n, text in enumerate(TEXTS, 1))
    add_document(opened, made_document("d1", pages, pages), pages, cut(pages), lambda _: None)
    yield opened
    opened.close()


def passages(db: Database, index: DocumentIndex, question: str) -> list[str]:
    return [one.text for one in retrieve(db, index, question, TODAY).of("document")]


def test_what_two_rankings_have_stands_before_what_one_has_and_a_weight_counts() -> None:
    assert fused(("ab", "bc"), str) == [("b", 1 / 62 + 1 / 61), ("a", 1 / 61), ("c", 1 / 62)]
    assert [one for one, _ in fused(("ab", "cd"), str, (1.0, 0.5))] == ["a", "b", "c", "d"]
    assert [one for one, _ in fused(("ab", "ba"), str)] == ["a", "b"]  # of equal ones what came first


def test_eight_bits_lose_less_than_a_hundredth_of_a_cosine() -> None:
    vectors = np.random.default_rng(3).normal(size=(9_000, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    quantised, scales = quantise(vectors)
    assert np.abs(product(quantised, scales, vectors[7]) - vectors @ vectors[7]).max() < 0.01


def test_an_altered_file_is_refused_whatever_the_manifest_says_and_words_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path)
    folder = made(weights.embedding_folder(settings.models_dir), monkeypatch)
    assert (found := here.dense_here(settings)).encoder
    assert found.told == f"Found by words (BM25) and by vectors of {weights.NAME}, fused by rank."
    save_file({"embedding.weight": np.ones((4, 3), np.float16)}, folder / weights.WEIGHTS)
    seal(folder, weights.NAME, source="a test", licence="MIT", made_with={})
    with pytest.raises(WeightsError, match=r"model\.safetensors is not the file") as refused:
        Encoder(folder)
    assert refused.value.remedy.endswith("Run `creason library embedding pull` to bring a good copy.")
    without = here.dense_here(settings)
    assert (without.encoder, "all is found by words (BM25)" in without.told) == (None, True)
    assert here.shelf_here(settings).vectors is None
    assert "There is no embedding model" in here.dense_here(Settings(data_dir=tmp_path / "other")).told
    assert "is off" in here.dense_here(Settings(data_dir=tmp_path, retrieval="lexical")).told


def test_without_a_model_nothing_changes_and_with_one_more_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: Database
) -> None:
    plain = DocumentIndex(tmp_path / "library")
    asked = "Clotbuster in stroke?"
    by_words = passages(db, plain, asked)
    assert TEXTS[0] not in by_words
    encoder = Encoder(made(tmp_path / "model", monkeypatch))
    both = DocumentIndex(tmp_path / "library", encoder=encoder)
    assert check_library(db, both).problems[0].startswith("The index lacks the vectors of 1 documents")
    found = retrieve(db, both, "Thrombolysis tenecteplase clotbuster", TODAY)
    assert "by vectors" in found.how
    assert next(one.text for one in found.of("document")) == TEXTS[0]
    assert check_library(db, both).problems == ()
    # The model is gone: its vectors are told, words find what they found.
    assert "by an embedding model that is not here or takes no part" in check_library(db, plain).notes[0]
    assert check_library(db, plain).problems == ()
    assert passages(db, plain, asked) == by_words
    assert "no embedding model takes part" in retrieve(db, plain, asked, TODAY).how


def test_vectors_of_another_model_and_damaged_ones_are_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: Database
) -> None:
    first = DocumentIndex(tmp_path / "library", encoder=Encoder(made(tmp_path / "one", monkeypatch)))
    first.keep_up(db)
    second = DocumentIndex(tmp_path / "library", encoder=Encoder(made(tmp_path / "two", monkeypatch, twist=0.25)))
    (document,) = present = documents_in(db)
    assert (second.fitting(present).unembedded, second.fitting(present).idle) == ((document.id,), 1)
    assert second.near("clotbuster", 3) == ()
    second.keep_up(db)
    assert second.fitting(present).fits
    assert [one.n for one in second.near("clotbuster", 1)] == [1]
    with sqlite3.connect(second.path) as connection:
        connection.execute("UPDATE vectors SET quantised = x'00'")
    connection.close()
    assert not second.fitting(present).fits
    assert retrieve(db, second, "Thrombolysis tenecteplase", TODAY).trouble == ""
    assert second.fitting(present).fits
    second.path.unlink()
    assert retrieve(db, second, "Thrombolysis tenecteplase", TODAY).trouble == ""
    assert second.fitting(present).fits


def test_a_recommendation_is_found_by_its_vector_only_where_the_words_know_part_of_the_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = starter_shelf()
    book = whole_codebook(shelf.library.vocabulary)
    case = patient({"age": 70.0}, book)
    both = replace(shelf, vectors=RecommendationVectors(shelf.library, Encoder(made(tmp_path / "model", monkeypatch))))

    def listed(question: str, dense: bool) -> list[str]:
        answer = what_applies(case, book, question, TODAY, shelf=both if dense else shelf)
        return [item.recommendation.id for item in answer.items]

    assert listed("Clotbuster?", dense=True) == []  # however near something stands
    assert listed("What is the capital of Austria?", dense=True) == []
    for question in ("Which MAP target in septic shock?", "Thrombolysis within four hours?"):
        assert listed(question, dense=False)[0] in listed(question, dense=True)[:3]
