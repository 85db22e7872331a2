"""How well words, vectors and both find what a question is about: `python -m tests.guideline.measuring_dense`.

The questions for tuning are asked, those kept for the end only with ``--held-out``. ``--public FILE`` asks PubMedQA's
labelled questions (ori_pqal.json, also .gz; MIT) instead: each is to find its own abstract, without its conclusion,
among the thousand. The embedding model must be here: creason library embedding pull.
"""

import argparse
import gzip
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from creason_core.evaluation.guideline_answers.posing import pose
from creason_core.evaluation.guideline_answers.question_set import ANSWERED, read_question_set
from creason_core.guideline.applying import starter_shelf
from creason_core.guideline.dense import LEAST_COSINE, WEIGHT_OF_PASSAGES, RecommendationVectors
from creason_core.guideline.documents.index import DocumentIndex
from creason_core.guideline.documents.passages import cut
from creason_core.guideline.fusion import fused
from creason_core.guideline.reading import starter_library
from creason_core.metrics.intervals import mean, wilson
from creason_core.metrics.ranking import ndcg_at, recall_at
from creason_core.model.embedding.encoder import Encoder
from creason_core.model.embedding.weights import embedding_folder
from creason_core.settings import settings
from creason_core.store.hospital.library import Page, add_document
from creason_core.store.upkeep.database import open_store
from tests.bench.library_bench import made_document
from tests.guideline.documents.retrieval import found_by, write_out

_HEAD = (
    "| By | Recall@5 | nDCG@10 | nothing found, with an answer | nothing found, without |",
    "|---|---|---|---|---|",
)
WAYS = ("lexical", "dense", "fused")


@dataclass(frozen=True)
class Asked:
    """A question: what should be found, nothing where nothing should, and what each way found, best first."""

    relevant: tuple[str, ...]
    found: Mapping[str, Sequence[str]]


def recommendations(encoder: Encoder, *, held_out: bool) -> Iterator[Asked]:
    """The library that ships, each question about its patient; dense alone is silent below the least cosine."""
    shelf = starter_shelf()
    both = replace(shelf, vectors=RecommendationVectors(shelf.library, encoder))
    questions = read_question_set(None, shelf.library)
    asked = [one for one in questions.part(held_out=held_out) if one.kind in ANSWERED or one.kind == "unanswerable"]
    for words, fused_ in zip(pose(questions, asked, shelf), pose(questions, asked, both), strict=True):
        assert both.vectors
        near = both.vectors.search(words.asked.ask, len(shelf.library.recommendations))
        status = {one.id: shelf.library.status(shelf.library.by_id[one.id], questions.day) for one in near}
        alone = [one.id for one in near if status[one.id] in {"current", "draft"}]
        alone = alone[:10] if near[0].cosine >= LEAST_COSINE else []
        yield Asked(words.asked.relevant, {"lexical": words.listed, "dense": alone, "fused": fused_.listed})


def documents(encoder: Encoder, *, held_out: bool) -> Iterator[Asked]:
    """The library that ships, written out as documents: passages alone."""
    with tempfile.TemporaryDirectory() as folder:
        db = open_store(f"sqlite:///{folder}/creason.db", Path(folder))
        by_words = DocumentIndex(Path(folder) / "library")
        write_out(db, by_words)
        both = DocumentIndex(Path(folder) / "library", encoder=encoder)
        both.keep_up(db)
        ask_words, ask_both = found_by(db, by_words), found_by(db, both)
        questions = read_question_set(None, starter_library()).part(held_out=held_out)
        for one in questions:
            if one.kind in ANSWERED or one.kind == "unanswerable":
                found = {"lexical": ask_words(one.ask)["documents"], "fused": ask_both(one.ask)["documents"]}
                yield Asked(one.relevant, found)
        db.close()


def public(encoder: Encoder, path: Path) -> Iterator[Asked]:
    """PubMedQA's labelled questions; the abstracts are the pages of one document, each of one or two passages."""
    rows = json.loads(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
    with tempfile.TemporaryDirectory() as folder:
        db = open_store(f"sqlite:///{folder}/creason.db", Path(folder))
        index = DocumentIndex(Path(folder) / "library", encoder=encoder)
        pages = tuple(Page(n, "", " ".join(row["CONTEXTS"])) for n, row in enumerate(rows.values(), 1))
        spans, names = cut(pages), list(rows)
        add_document(db, made_document("abstracts", pages, spans), pages, spans, lambda _: None)
        index.keep_up(db)
        name_of = {span.n: names[span.page - 1] for span in spans}
        for name, row in rows.items():
            lexical = list(dict.fromkeys(name_of[one.n] for one in index.search(row["QUESTION"], 60)))
            dense = list(dict.fromkeys(name_of[one.n] for one in index.near(row["QUESTION"], 60)))
            both = [one for one, _ in fused((lexical, dense), str, (1.0, WEIGHT_OF_PASSAGES))]
            yield Asked((name,), {"lexical": lexical, "dense": dense, "fused": both})
        db.close()


def table(asked: Sequence[Asked], of: str) -> str:
    """The rows, as Markdown."""
    able, unable = [one for one in asked if one.relevant], [one for one in asked if not one.relevant]
    rows = []
    for way in WAYS:
        if way not in asked[0].found:
            continue
        cells = []
        for measure in (recall_at, ndcg_at):
            told = mean([measure(one.found[way], one.relevant) for one in able], list(range(len(able))))
            cells.append(f"{told.value:.3f} ({told.ends(lambda end: f'{end:.2f}', '–')})")
        for group in (able, unable):
            silent = sum(not one.found[way] for one in group)
            ends = wilson(silent, len(group)) if group else None
            cells.append(f"{silent} of {len(group)} ({ends.low:.0%}–{ends.high:.0%})" if ends else "–")
        rows.append(f"| {of}: {way} | {' | '.join(cells)} |")
    return "\n".join(rows)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--held-out", action="store_true", help="the third that is kept for the end")
    parser.add_argument("--public", type=Path, metavar="FILE", help="PubMedQA's ori_pqal.json")
    chosen = parser.parse_args()
    encoder = Encoder(embedding_folder(settings().models_dir))
    if chosen.public:
        rows = [table(list(public(encoder, chosen.public)), "PubMedQA")]
    else:
        rows = [
            table(list(recommendations(encoder, held_out=chosen.held_out)), "recommendations"),
            table(list(documents(encoder, held_out=chosen.held_out)), "documents"),
        ]
    sys.stdout.write("\n".join([*_HEAD, *rows, ""]))


if __name__ == "__main__":
    main()
