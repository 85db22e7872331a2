"""How well what applies finds what it should, on our own questions: `python -m tests.guideline.retrieval [--held-out]`.

Recall@5 and nDCG@10 with 95 % intervals over questions, and how often it abstains, on the questions for tuning; the
held-out third is asked only where that is said. nDCG (Järvelin and Kekäläinen, ACM TOIS 2002;20:422) has binary gains.
"""

import argparse
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from creason_core.cohort.loading import load_cohort
from creason_core.guideline.applying import Answer, starter_shelf, what_applies
from creason_core.guideline.reading import starter_library
from creason_core.metrics.intervals import mean, wilson
from tests.guideline.bedside import patient, whole_codebook

ON = date(2026, 11, 29)
KINDS = ("answerable", "superseded", "conflict", "missing", "unanswerable")


@dataclass(frozen=True, slots=True)
class Question:
    """One line of ``questions.yaml``."""

    kind: str
    patient: str
    ask: str
    relevant: tuple[str, ...]
    old: tuple[str, ...]
    lacks: str
    held_out: bool


@cache
def questions() -> tuple[Question, ...]:
    """All of them; those of the set final are held out."""
    return tuple(
        Question(
            line["kind"],
            line["patient"],
            line["ask"],
            tuple(line.get("relevant", ())),
            tuple(line.get("old", ())),
            line.get("lacks", ""),
            line.get("set") == "final",
        )
        for line in _file()["questions"]
    )


@cache
def _file() -> Mapping[str, Sequence[Mapping[str, str]]]:
    content = yaml.safe_load(Path(__file__).with_name("questions.yaml").read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def answered(question: Question) -> Answer:
    """What applies for the patient of the question."""
    book = whole_codebook(starter_library().vocabulary)
    values = _file()["patients"][question.patient]  # type: ignore[call-overload]
    return what_applies(patient(values, book), book, question.ask, ON)


def listed(answer: Answer) -> tuple[str, ...]:
    """The ids of an answer, in its order."""
    return tuple(item.recommendation.id for item in answer.items)


def recall(ids: Sequence[str], relevant: Sequence[str], k: int = 5) -> float:
    """The share of what is relevant among the first ``k``; of more than ``k`` relevant ones, ``k`` can be found."""
    return len(set(ids[:k]) & set(relevant)) / min(k, len(relevant))


def ndcg(ids: Sequence[str], relevant: Sequence[str], k: int = 10) -> float:
    """The discounted gain of the first ``k`` over the best that it could be."""
    gain = sum(1 / math.log2(place + 2) for place, one in enumerate(ids[:k]) if one in relevant)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(k, len(relevant))))


def report(asked: Sequence[Question]) -> str:
    """The table for ``asked``, as Markdown."""
    rows = ["| Questions | n | Recall@5 | nDCG@10 | nothing found |", "|---|---|---|---|---|"]
    answers = {question: answered(question) for question in asked}
    able = [question for question in asked if question.relevant]
    for name, group in (
        ("all with an answer", able),
        *((kind, [question for question in asked if question.kind == kind]) for kind in KINDS),
    ):
        ids = [listed(answers[question]) for question in group]
        silent = sum(not one for one in ids)
        ends = wilson(silent, len(group))
        share = f"{silent} ({silent / len(group):.0%}, {ends.low:.0%}–{ends.high:.0%})"
        figures = ["–", "–"]
        if all(question.relevant for question in group):
            figures = [
                _figure([measure(one, question.relevant) for one, question in zip(ids, group, strict=True)])
                for measure in (recall, ndcg)
            ]
        rows.append(f"| {name} | {len(group)} | {' | '.join(figures)} | {share} |")
    old = [question for question in asked if question.old]
    shown = sum(bool(set(listed(answers[question])) & set(question.old)) for question in old)
    told = [question for question in asked if question.lacks]
    named = sum(
        any(
            question.lacks in item.missing
            for item in answers[question].items
            if item.recommendation.id in question.relevant
        )
        for question in told
    )
    rows += [
        "",
        f"Superseded statements listed as current: {shown} of {len(old)} traps. "
        f"Missing fact named: {named} of {len(told)}.",
    ]
    return "\n".join(rows)


def _figure(values: Sequence[float]) -> str:
    found = mean(values, list(range(len(values))))
    return f"{found.value:.2f} ({found.ends(lambda end: f'{end:.2f}', '–')})"


def speed() -> str:
    """How long the first packaged septic patient waits: for the library, and for an answer once it is there."""
    cohort = load_cohort("rhc-sepsis")
    case = cohort.case(cohort.public[0].patient)
    began = time.perf_counter()
    starter_shelf()
    loaded = time.perf_counter() - began
    seconds = []
    for _ in range(9):
        began = time.perf_counter()
        what_applies(case, cohort.codebook, "Fluids or vasopressor next?", ON)
        seconds.append(time.perf_counter() - began)
    median = sorted(seconds)[4] * 1000
    return f"Library read and indexed in {loaded:.2f} s, once; an answer in {median:.0f} ms (median of 9)."


def main() -> None:
    """Prints the table, and each question that found not all it should."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--held-out", action="store_true", help="the third that is kept for the end")
    parser.add_argument("--each", action="store_true", help="every question of those for tuning that went wrong")
    chosen = parser.parse_args()
    asked = [question for question in questions() if question.held_out == chosen.held_out]
    print(speed())
    print(report(asked))
    if chosen.each and not chosen.held_out:
        for question in asked:
            answer = answered(question)
            ids = listed(answer)
            if (question.relevant and recall(ids, question.relevant) < 1) or (not question.relevant and ids):
                print(
                    f"{question.kind}: {question.ask}\n  wanted {question.relevant}\n  found {ids[:6]} {answer.refused}"
                )


if __name__ == "__main__":
    main()
