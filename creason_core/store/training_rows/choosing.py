"""Which ratings an export holds, and why each of the others is left out.

Every rating is either used or counted under one reason, the first that applies in the order of ``REASONS``.
The rules that look at one rating come first; then those that compare ratings; the cap last. The same ratings give
the same choice, in whatever order the database lists them within a moment.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from creason_core.question.kinds import TASKS
from creason_core.store.people.rated_rows import Rating

Format = Literal["kto", "dpo", "sft", "jsonl"]
Reason = Literal[
    "superseded",
    "deleted",
    "no consent",
    "estimate",
    "outcome",
    "guideline",
    "what-if",
    "truncated",
    "not complete",
    "thumb down",
    "identifier in comment",
    "identifier in answer",
    "prompt unreadable",
    "duplicate",
    "contradicted",
    "no opposite judgement",
    "per-rater cap",
]
_OF_KINDS: tuple[Reason, ...] = ("estimate", "outcome", "guideline")
REASONS: Mapping[Reason, str] = {
    "superseded": "its rater changed the rating later; the newest one counts",
    "deleted": "its owner deleted it",
    "no consent": "its rater did not tick that it may be used for training",
    "estimate": "nobody measured the value, so the question has no true answer and never enters training",
    "outcome": "the question is what will become of the patient; training is about masked values",
    "guideline": "it is a question to guidelines; training is about masked values",
    "what-if": "the record is a copy with changed values, and no patient's",
    "truncated": "the answer was cut off at its length limit",
    "not complete": "the run gave no complete answer: unreadable, stopped, timed out, failed or interrupted",
    "thumb down": "only answers with a thumb up are examples to imitate",
    "identifier in comment": "the guard found what may name a person in the comment",
    "identifier in answer": "the guard found what may name a person in the model's answer",
    "prompt unreadable": "the stored prompt cannot be taken apart into its messages without doubt",
    "duplicate": "the same prompt with the same answer and the same judgement is in the file already",
    "contradicted": "the same prompt with the same answer was judged both ways",
    "no opposite judgement": "the same person judged no answer to the same prompt the other way",
    "per-rater cap": "this person's share of the file is full",
}


@dataclass(frozen=True, slots=True)
class Look:
    """What the texts of a rating show, without the texts: digests of what was asked and what was answered."""

    rating: str
    prompt: bytes
    answer: bytes
    in_comment: bool
    in_answer: bool
    readable: bool


@dataclass(frozen=True, slots=True)
class ChosenRatings:
    """The rows to write, each as the ids of its ratings (two for a pair: up, down), and what was left out."""

    rows: tuple[tuple[str, ...], ...]
    left_out: Mapping[Reason, int]


def choose(
    wanted: Format,
    ratings: Sequence[Rating],
    look: Callable[[Sequence[str]], Iterable[Look]],
    *,
    cap: int | None = None,
) -> ChosenRatings:
    """What an export of ``wanted`` holds of ``ratings``, oldest first; ``cap`` is the most rows of one rater.

    ``look`` reads the texts of the ratings whose ids it is given. A rater's rows beyond the cap are left out by
    their random ids, so that neither the oldest nor the newest are preferred.
    """
    left_out: Counter[Reason] = Counter()
    candidates: dict[str, Rating] = {}
    for rating in ratings:
        if reason := _by_state(wanted, rating):
            left_out[reason] += 1
        else:
            candidates[rating.id] = rating
    kept: list[tuple[Rating, Look]] = []
    for seen in look(list(candidates)):
        if reason := _by_text(wanted, seen):
            left_out[reason] += 1
        else:
            kept.append((candidates[seen.rating], seen))
    if wanted != "jsonl":
        kept = list(_apart(kept, left_out))
    rows = _pairs(kept, left_out) if wanted == "dpo" else [(rating,) for rating, _ in kept]
    if cap is not None:
        rows = _capped(rows, cap, left_out)
    return ChosenRatings(
        rows=tuple(tuple(rating.id for rating in row) for row in rows),
        left_out={reason: left_out[reason] for reason in REASONS if left_out[reason]},
    )


def _by_state(wanted: Format, rating: Rating) -> Reason | None:
    training, complete = wanted != "jsonl", rating.run_status == "complete"
    of_kind = TASKS[rating.kind].left_out
    tests: tuple[tuple[Reason, bool], ...] = (
        ("superseded", rating.superseded),
        ("deleted", rating.deleted),
        ("no consent", not rating.train_ok),
        *((reason, training and of_kind == reason) for reason in _OF_KINDS),
        ("what-if", training and rating.what_if),
        ("truncated", training and rating.run_status == "truncated"),
        ("not complete", training and not complete),
        ("thumb down", wanted == "sft" and rating.thumb != "up"),
    )
    return next((reason for reason, applies in tests if applies), None)


def _by_text(wanted: Format, seen: Look) -> Reason | None:
    if seen.in_comment:
        return "identifier in comment"
    if seen.in_answer:
        return "identifier in answer"
    return None if seen.readable or wanted == "jsonl" else "prompt unreadable"


def _apart(kept: Sequence[tuple[Rating, Look]], left_out: Counter[Reason]) -> Iterator[tuple[Rating, Look]]:
    """The first of ratings that say the same of the same answer; none where they disagree about it."""
    thumbs: dict[tuple[bytes, bytes], set[str]] = defaultdict(set)
    for rating, seen in kept:
        thumbs[seen.prompt, seen.answer].add(rating.thumb)
    written: set[tuple[bytes, bytes]] = set()
    for rating, seen in kept:
        same = (seen.prompt, seen.answer)
        if same in written:
            left_out["duplicate"] += 1
        elif len(thumbs[same]) > 1:
            left_out["contradicted"] += 1
        else:
            written.add(same)
            yield rating, seen


def _pairs(kept: Sequence[tuple[Rating, Look]], left_out: Counter[Reason]) -> list[tuple[Rating, ...]]:
    """Each thumb up with one thumb down of the same person for the same prompt; an answer is in one pair at most."""
    asked: dict[tuple[str, bytes], dict[str, list[Rating]]] = defaultdict(lambda: {"up": [], "down": []})
    for rating, seen in kept:
        asked[rating.owner, seen.prompt][rating.thumb].append(rating)
    rows: list[tuple[Rating, ...]] = []
    for judged in asked.values():
        rows += zip(judged["up"], judged["down"], strict=False)  # the surplus on one side has no partner
    left_out["no opposite judgement"] += len(kept) - 2 * len(rows)
    return rows


def _capped(rows: Sequence[tuple[Rating, ...]], cap: int, left_out: Counter[Reason]) -> list[tuple[Rating, ...]]:
    of_rater: dict[str, list[tuple[Rating, ...]]] = defaultdict(list)
    for row in rows:
        of_rater[row[0].owner].append(row)
    allowed = {row[0].id for own in of_rater.values() for row in sorted(own, key=lambda row: row[0].id)[:cap]}
    kept = [row for row in rows if row[0].id in allowed]
    left_out["per-rater cap"] += sum(map(len, rows)) - sum(map(len, kept))
    return kept
