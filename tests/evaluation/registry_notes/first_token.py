"""How long the first token takes with the registry's notes, beside the plain prompt: docs/registry-notes.md.

    creason questions build --cohort rhc-sepsis --split validation --balanced --limit 120 --out FILE
    export CREASON_ENGINE=embedded CREASON_MODEL=creason-smollm2-notes@4
    python -m tests.evaluation.registry_notes.first_token FILE

Each prompt is about another patient, with and without notes in turns, so that none is read ahead for another. Wants a
machine that does nothing else.
"""

import sys
import time
from pathlib import Path
from statistics import median

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.evaluation.registry_notes.making import with_notes
from creason_core.model.engines.base import Engine, GenerationRequest
from creason_core.model.engines.choose import choose_engine
from creason_core.question.kinds import task_of
from creason_core.question.masked_value import MultipleChoiceQuestion
from creason_core.question.vectorised.table import read_questions
from creason_core.settings import Settings

ASKED, WARMING = 64, 4  # the first few are not counted


def first_token(engine: Engine, question: MultipleChoiceQuestion, cohort: Cohort) -> float:
    """Seconds to the first token of a greedy reply."""
    task = task_of(question, cohort.codebook)
    messages = task.messages(cohort.case(question.patient), task.order(0))
    started = time.monotonic()
    pieces = iter(engine.stream(GenerationRequest(tuple(messages), max_tokens=2, temperature=0.0, seed=0)))
    next(piece for piece in pieces if piece.tokens)
    seconds = time.monotonic() - started
    list(pieces)
    return seconds


def main() -> None:
    """Prints the medians and their ratio."""
    table = read_questions(Path(sys.argv[1]))
    cohort = load_cohort(table.meta.cohort)
    rows = table.frame.drop_duplicates("patient").index[:ASKED]
    engine = choose_engine(Settings())
    seconds: dict[bool, list[float]] = {False: [], True: []}
    for number, row in enumerate(rows):
        question, noted = table.question(int(row), cohort), bool(number % 2)
        if noted:
            question = with_notes(question, cohort.case(question.patient), cohort, balanced=True)
        taken = first_token(engine, question, cohort)
        if number >= WARMING:
            seconds[noted].append(taken)
    engine.close()
    plain, noted_ = median(seconds[False]), median(seconds[True])
    sys.stdout.write(f"plain {plain:.2f} s, with notes {noted_:.2f} s, {noted_ / plain:.2f} times; n {len(rows)}\n")


if __name__ == "__main__":
    main()
