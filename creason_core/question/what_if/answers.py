"""What two answers say of a change: how the shares moved, paired by sample, and whether the texts speak of it.

The interval of a difference is that of Newcombe for paired proportions (Stat Med 1998;17:2635-2650, method 10): Wilson
intervals of the two shares, put together by how alike the pairs are. It is for samples of one model on one record, and
says nothing of patients.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from creason_core.metrics import Interval, wilson
from creason_core.question.asked import QuestionBase
from creason_core.question.citing import citations
from creason_core.question.confidence import Vote
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook

Choices = Mapping[int, int | None]  # sample → the canonical option that it chose, None where it gave none


@dataclass(frozen=True, slots=True)
class Shift:
    """One option's share of the pairs before and after (0 to 1), and the difference with its 95 % interval."""

    before: float
    after: float
    difference: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Cited:
    """Names of features that texts cite: in both, only of the record, only of its copy."""

    both: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]


def shifts(before: Choices, after: Choices, options: int) -> tuple[Shift, ...]:
    """How the share of each option moved, over the samples that ended on both sides; empty where none did."""
    both = sorted(before.keys() & after.keys())
    if not both:
        return ()
    found = []
    for option in range(options):
        pairs = [(before[sample] == option, after[sample] == option) for sample in both]
        first, second = (sum(one[side] for one in pairs) / len(pairs) for side in (0, 1))
        found.append(Shift(first, second, second - first, _newcombe(pairs)))
    return tuple(found)


def _newcombe(pairs: Sequence[tuple[bool, bool]]) -> Interval:
    """The interval of the share of second minus the share of first."""
    n = len(pairs)
    a, b, c, d = (sum(pair == cell for pair in pairs) for cell in
                  ((True, True), (False, True), (True, False), (False, False)))  # fmt: skip
    one, two = (a + b) / n, (a + c) / n  # the second's share, the first's
    ends = wilson(a + b, n), wilson(a + c, n)
    product = (a + b) * (c + d) * (a + c) * (b + d)
    apart = a * d - b * c
    corrected = apart - n / 2 if apart > n / 2 else 0.0 if apart >= 0 else float(apart)
    phi = corrected / math.sqrt(product) if product else 0.0

    def reach(up: float, down: float) -> float:
        return math.sqrt(max(0.0, up * up - 2 * phi * up * down + down * down))

    low = (one - two) - reach(one - ends[0].low, ends[1].high - two)
    high = (one - two) + reach(two - ends[1].low, ends[0].high - one)
    return Interval(max(-1.0, low), min(1.0, high))


def moved_most(found: Sequence[Shift]) -> int:
    """The option whose share moved most; of equals the one that rose, then the first."""
    return max(range(len(found)), key=lambda place: (abs(found[place].difference), found[place].difference, -place))


def flipped(before: Vote, after: Vote) -> bool:
    """Whether the answer is another one: both have a leading option, and not the same."""
    return before.winner is not None and after.winner is not None and before.winner != after.winner


def cited_in(
    replies: Iterable[tuple[str, str]], case: PatientCase, question: QuestionBase, codebook: Codebook
) -> frozenset[str]:
    """The features that any of ``replies``, texts with the prompts that they answer, cites of what was shown."""
    return frozenset(
        one.feature for text, prompt in replies for one in citations(text, prompt, case, question, codebook).cited
    )


def compared(before: frozenset[str], after: frozenset[str], names: Sequence[str]) -> Cited:
    """What is cited in both, only before and only after, in the order of ``names``."""
    return Cited(
        tuple(name for name in names if name in before & after),
        tuple(name for name in names if name in before - after),
        tuple(name for name in names if name in after - before),
    )


def in_words(before: Choices, after: Choices, texts: Sequence[str]) -> str:
    """The shift of the option that moved most, as a sentence; ``texts`` are the options as people read them."""
    found = shifts(before, after, len(texts))
    both = before.keys() & after.keys()
    samples, same = len(both), sum(before[sample] == after[sample] for sample in both)
    if not found:
        return "No sample ended on both sides, so there is nothing to compare."
    place = moved_most(found)
    one = found[place]
    if not one.difference:
        return f"No change of any share: the same option in {same} of {samples} pairs of samples."
    told = f"The share of {texts[place]} {'rose' if one.difference > 0 else 'fell'} from {one.before:.0%} to "
    return (
        f"{told}{one.after:.0%} ({samples} samples each; 95 % interval for the difference "
        f"{100 * one.interval.low:.0f} to {100 * one.interval.high:.0f} points)."
    )


def unexplained(moved: bool, changed: Collection[str], cited: frozenset[str], labels: Mapping[str, str]) -> str:
    """A sentence where answer and reasoning part: it moved and the change is nowhere mentioned, or the reverse."""
    told = ", ".join(labels[name] for name in changed)
    named = cited.intersection(changed)
    if moved and not named:
        return f"The answer moved, and the changed value ({told}) is nowhere mentioned in the reasoning about the copy."
    if named and not moved:
        said = ", ".join(labels[name] for name in changed if name in named)
        return f"The reasoning mentions the changed value ({said}), and the answer did not move."
    return ""
