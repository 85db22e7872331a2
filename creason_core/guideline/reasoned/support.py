"""Whether a passage supports a sentence, by rules alone: no model, and the same answer each time.

Exact: every number with its unit and comparator, every drug and whom it is about must stand in the passage, a dose with
its own drug, and nothing may be turned round (direction, negation, what is preferred to what). Besides, most of the
sentence's words must be the passage's. What the sentence leaves out of the passage is not held against it, and what is
turned round in words that ``claims.yaml`` does not have is not seen: docs/guidelines.md tells how often.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from creason_core.guideline.reasoned.claims import Part, claim_words, parts
from creason_core.guideline.reasoned.opposites import conditions, things, turned_words
from creason_core.guideline.reasoned.quantities import Quantity
from creason_core.guideline.reasoned.told import Told, spelt_words, united

_WHOM = re.compile(r"\s(?:in|for|with)\s", re.IGNORECASE)  # before what tells two claims about one drug apart
LEAST_COVERED = 0.7  # of the sentence's words; fitted on the pairs of the tests that are not kept for the end


def unsupported(sentence: str, passage: str, about: str = "") -> str:
    """Why ``passage`` does not support ``sentence``, as a sentence; empty where it does.

    Args:
        sentence: One sentence, without marks.
        passage: What the source says.
        about: Whom the source is about and how strong it is, which counts as said by it.
    """
    said = parts(sentence)
    told = Told(parts(passage), parts(about))
    if not any(part.words or part.drugs for part in said):
        return "It says nothing that can be checked."
    checks = (_numbers, _names, things, _turned, _swapped, _denied, turned_words, conditions, _stronger, _covered)
    return next((why for check in checks if (why := check(said, told))), "")


def _numbers(said: Sequence[Part], told: Told) -> str:
    for part in said:
        for one, drugs in zip(part.quantities, part.doses, strict=True):
            holders = [
                other
                for other in told.every
                for same, theirs in zip(other.quantities, other.doses, strict=True)
                if one.told_by(same) and (not drugs or not theirs or drugs <= theirs)
            ]
            if not holders:
                return _why_not(one, told)
            if _of_another_measure(one, part, told):
                return f"The passage says {one.text} of something else."
            rivals = [other for other in told.every if other not in holders and _rival(one, other)]
            if _nearest(part, rivals, but=one) > _nearest(part, holders, but=one):
                return f"The passage says {one.text} of something else."
    return ""


def _why_not(one: Quantity, told: Told) -> str:
    every = [other for part in told.every for other in part.quantities]
    if any(one.value == other.value and one.like(other) and one.comparator != other.comparator for other in every):
        return f"The passage limits {one.text} in another way."
    if any(one.told_by(other) for other in every):
        return f"The passage says {one.text} of another drug."
    return f"{one.text} does not stand in the passage."


def _of_another_measure(one: Quantity, part: Part, told: Told) -> bool:
    """Whether ``one`` is said of a measure (SpO2, NIHSS) of which the passage says another number, and not this one."""
    mine = _measures(one, part)
    known = [(number, _measures(number, other)) for other in told.every for number in other.quantities]
    saying = [theirs for number, theirs in known if one.told_by(number)]
    rivals = [theirs for number, theirs in known if not one.told_by(number) and number.unit == one.unit]
    return (
        bool(mine) and all(theirs and mine - theirs for theirs in saying) and any(mine <= theirs for theirs in rivals)
    )


def _measures(one: Quantity, part: Part) -> frozenset[str]:
    """The names of measures, such as are written with capitals or digits, between a quantity and the one before it."""
    begins = max((other.end for other in part.quantities if other.end <= one.start), default=0)
    return frozenset(re.findall(r"\b[A-Za-z]+(?:\d|[A-Z])\w*", part.text[begins : one.start]))


def _rival(one: Quantity, part: Part) -> bool:
    return any(other.unit == one.unit and other.value != one.value for other in part.quantities)


def _nearest(part: Part, others: Iterable[Part], but: Quantity | None = None) -> int:
    """The most that ``part`` shares with one of ``others``: words, drugs, and twice the quantities ``but`` one."""

    def shared(other: Part) -> int:
        numbers = sum(any(one.told_by(same) for same in other.quantities) for one in part.quantities if one is not but)
        return len(part.words & other.words) + len(part.drugs & other.drugs) + 2 * numbers

    return max((shared(other) for other in others), default=0)


def _names(said: Sequence[Part], told: Told) -> str:
    if missing := sorted(united(part.drugs for part in said) - united(part.drugs for part in told.every)):
        return f"The passage does not name {', '.join(missing)}."
    if missing := sorted(united(part.people for part in said) - united(part.people for part in told.every)):
        return f"The passage is not about: {', '.join(missing)}."
    for statement in {part.statement for part in said}:
        mine = [part for part in said if part.statement == statement]
        drugs = united(part.drugs for part in mine)
        for person in sorted(united(part.people for part in mine)):
            theirs = {part.statement for part in told.says if person in part.people}
            if theirs and not any(
                drugs <= united(part.subject for part in told.says if part.statement == other) for other in theirs
            ):
                return f"The passage says something else of {person}."
        words = spelt_words(mine)
        for drug in sorted(united(part.drugs for part in mine if not part.behind)):
            own, other = (_most_shared(words, told, drug, named=named) for named in (True, False))
            if other >= 2 and own * 2 < other:
                return f"The passage says it of something else than {drug}."
    return ""


def _most_shared(words: frozenset[str], told: Told, drug: str, *, named: bool) -> int:
    """The most of ``words`` in one statement that names ``drug``, or of those that name others in its place."""
    most = 0
    for statement in {part.statement for part in told.says}:
        parts = [part for part in told.says if part.statement == statement]
        drugs = united(part.drugs | part.subject for part in parts)
        if drugs and (drug in drugs) == named:
            most = max(most, len(words & spelt_words(parts)))
    return most


def _turned(said: Sequence[Part], told: Told) -> str:
    """A direction that the passage does not have, or has of something else while it has the opposite of this."""
    every, loose = united(part.turns for part in told.every), claim_words().loose
    for part in said:
        for pair, pole in sorted(part.turns):
            here, there = (pair, pole), (pair, 1 - pole)
            if here not in every and (there in every or pair not in loose):
                return "The passage does not have this direction."
            having, against = ([one for one in told.every if turn in one.turns] for turn in (here, there))
            ours, theirs = (
                united(one.words | one.drugs for one in told.every if one.statement in numbers)
                for numbers in ({one.statement for one in side} for side in (having, against))
            )
            if having and (
                _nearest(part, against) > _nearest(part, having) or (part.words | part.drugs) & theirs - ours
            ):
                return "The passage has the opposite direction here."
    return ""


def _swapped(said: Sequence[Part], told: Told) -> str:
    """What the passage prefers to something, set behind it."""
    for better, worse in _preferred(said):
        for theirs, behind in _preferred(told.says):
            if better & behind and worse & theirs:
                return "The passage prefers it the other way round."
    return ""


def _preferred(parts: Sequence[Part]) -> Iterable[tuple[frozenset[str], frozenset[str]]]:
    """Of each statement that prefers something: what only that is, and what only the other is."""
    for statement in {part.statement for part in parts if part.behind}:
        mine = [part for part in parts if part.statement == statement]
        first, behind = (
            united(part.words | part.drugs for part in mine if part.behind == is_behind) for is_behind in (False, True)
        )
        yield first - behind, behind - first


def _denied(said: Sequence[Part], told: Told) -> str:
    """Something that the passage denies, or that the sentence denies: drugs one by one, other words by most of them."""

    def opposite(part: Part, of: Callable[[Part], bool]) -> bool:
        theirs = told.speaking(of)
        return bool(theirs) and all(part.denied != one.denied for one in theirs)

    for part in said:
        for drug in sorted(part.subject):
            if opposite(part, lambda one, drug=drug: drug in one.subject):  # type: ignore[misc]
                return f"The passage says the opposite of {drug}."
            if _of_the_other(part, told.speaking(lambda one, drug=drug: drug in one.subject)):  # type: ignore[misc]
                return f"The passage says the opposite of {drug} here."
        words = [word for word in part.words | part.people if told.speaking(lambda one, w=word: _about(w, one))]  # type: ignore[misc]
        against = [word for word in words if opposite(part, lambda one, w=word: _about(w, one))]  # type: ignore[misc]
        if len(against) * 2 > len(words):
            return "The passage says the opposite."
        for word in () if part.denied else sorted(part.words | part.people):
            if (theirs := told.speaking(lambda one, w=word: _about(w, one))) and all(one.excepted for one in theirs):  # type: ignore[misc]
                return f"The passage makes an exception of {word}."
    return ""


def _of_the_other(part: Part, theirs: Sequence[Part]) -> bool:
    """Whether whom or what ``part`` is about tells it from those of ``theirs`` that claim as it does."""
    same, other = (
        united(one.words | one.people for one in theirs if (one.denied == part.denied) == kind)
        for kind in (True, False)
    )
    tail = _WHOM.split(part.text, maxsplit=1)[-1]
    mine = {word for word in part.words | part.people if any(one in tail for one in part.spelt(frozenset({word})))}
    return len(mine & (other - same)) > len(mine & (same - other))


def _about(word: str, part: Part) -> bool:
    return word in part.words or word in part.people


def _stronger(said: Sequence[Part], told: Told) -> str:
    """A recommendation made of a suggestion, or of one among several."""
    mine = [words for words, firm, _ in _clauses(said) if firm]
    theirs = list(_clauses(told.every))
    for words in mine:
        firm, soft = (
            max(
                (len(words & other) for other, is_firm, is_soft in theirs if (is_firm if kind else is_soft)), default=-1
            )
            for kind in (True, False)
        )
        if soft > firm:
            return "The passage suggests it and does not recommend it."
    return ""


def _clauses(parts: Sequence[Part]) -> Iterable[tuple[frozenset[str], bool, bool]]:
    """What each clause is about, whether it recommends, and whether it only suggests."""
    firm, soft = ("recommend", "must", "strong"), ("suggest", "consider", "weak", "may", "conditional")
    about, kinds, statement = frozenset[str](), (False, False), -1
    for part in parts:
        words = part.text.casefold().split()
        is_firm = any(word.startswith(firm) for word in words)
        here = (is_firm, not is_firm and any(word.startswith(soft) for word in words))
        if part.statement != statement or any(here):
            yield about, *kinds
            about = about if part.statement == statement and not any(kinds) else frozenset()
            kinds, statement = here, part.statement
        about |= part.words | part.drugs | part.people
    yield about, *kinds


def _covered(said: Sequence[Part], told: Told) -> str:
    """Words that are the passage's, read with their synonyms or as they are spelt, whichever finds more."""
    missing, share = frozenset[str](), 1.0
    for words, known in (
        (united(part.words for part in said), united(part.words for part in told.every)),
        (united(part.plain for part in said), united(part.plain for part in told.every)),
    ):
        covered = len(words & known) / len(words) if words else 1.0
        if covered >= LEAST_COVERED:
            return ""
        if covered < share:
            missing, share = words - known, covered
    spelt = dict.fromkeys(word.casefold() for part in said for word in part.spelt(missing))
    return f"The passage does not speak of: {', '.join(spelt or sorted(missing))}."
