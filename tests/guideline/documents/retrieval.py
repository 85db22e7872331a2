"""How well passages of documents are found: `python -m tests.guideline.documents.retrieval [--held-out]`.

The library that ships is written out as documents, a guideline each and a recommendation a part, and asked our own
questions. A passage is right where it holds a statement that the question is about. Recall@5 and nDCG@10 with 95 %
intervals, for documents alone, recommendations alone, and both fused; how often nothing is found. The questions for
tuning are asked, those kept for the end only where that is said.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from creason_core.evaluation.guideline_answers.question_set import AskedQuestion, read_question_set
from creason_core.guideline.documents.about import AboutDocument
from creason_core.guideline.documents.index import DocumentIndex
from creason_core.guideline.documents.protocol import DocumentSaid
from creason_core.guideline.documents.reading import ReadDocument
from creason_core.guideline.documents.shelving import add
from creason_core.guideline.reading import starter_library
from creason_core.guideline.retrieval import Passage, retrieve
from creason_core.metrics.intervals import mean, wilson
from creason_core.metrics.ranking import ndcg_at, recall_at
from creason_core.store.hospital.library import Page
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep.database import open_store
from tests.guideline.speed import ON


def write_out(db: Database, index: DocumentIndex) -> None:
    """Adds the library that ships as documents: those in force alone."""
    library = starter_library()
    for guideline in library.guidelines:
        held = [one for one in library.recommendations if one.guideline == guideline.key]
        held = [one for one in held if library.status(one, ON) == "current"]
        if not held:
            continue
        pages = tuple(Page(n, one.section, f"{one.section}\n\n{one.statement}") for n, one in enumerate(held, 1))
        read = ReadDocument(
            f"{guideline.key}.md",
            "markdown",
            guideline.key,
            1,
            DocumentSaid(kind="said"),
            pages,
            (),
            seconds=0.0,
            peak=0,
        )
        told = AboutDocument(
            title=guideline.title[:300],
            organisation=guideline.organisation,
            published=guideline.published,
            valid_until="open",
            population=held[0].population,
        )
        add(db, index, "test", read, told=told, today=date(2026, 11, 30))


def found_by(db: Database, index: DocumentIndex) -> Callable[[str], dict[str, list[str]]]:
    """A question → ids of recommendations, in order, by documents, by recommendations, and by both fused."""
    by_text = {one.statement: one.id for one in starter_library().recommendations}

    def named(passage: Passage) -> str:
        return by_text[passage.text.split("\n\n", 1)[1]] if passage.kind == "document" else passage.id

    def ask(question: str) -> dict[str, list[str]]:
        found = retrieve(db, index, question, ON, most=20)
        return {
            "documents": [named(one) for one in found.of("document")],
            "recommendations": [named(one) for one in found.of("recommendation")],
            "fused": list(dict.fromkeys(named(one) for one in found.passages)),
        }

    return ask


def report(asked: Sequence[AskedQuestion], ask: Callable[[str], dict[str, list[str]]]) -> str:
    """The table, as Markdown."""
    rows = [
        "| By | Recall@5 | nDCG@10 | nothing found, with an answer | nothing found, without |",
        "|---|---|---|---|---|",
    ]
    found = {question: ask(question.ask) for question in asked}
    able = [question for question in asked if question.relevant]
    unable = [question for question in asked if question.kind == "unanswerable"]
    for way in ("documents", "recommendations", "fused"):
        figures = []
        for measure in (recall_at, ndcg_at):
            values = [measure(found[question][way], question.relevant) for question in able]
            told = mean(values, list(range(len(values))))
            figures.append(f"{told.value:.2f} ({told.ends(lambda end: f'{end:.2f}', '–')})")
        silent = []
        for group in (able, unable):
            number = sum(not found[question][way] for question in group)
            ends = wilson(number, len(group))
            silent.append(f"{number} of {len(group)} ({ends.low:.0%}–{ends.high:.0%})")
        rows.append(f"| {way} | {' | '.join((*figures, *silent))} |")
    return "\n".join(rows)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--held-out", action="store_true", help="the third that is kept for the end")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = open_store(f"sqlite:///{folder}/creason.db", Path(folder))
        index = DocumentIndex(Path(folder) / "library")
        write_out(db, index)
        asked = read_question_set(None, starter_library()).part(held_out=chosen.held_out)
        print(report(asked, found_by(db, index)))
        db.close()


if __name__ == "__main__":
    main()
