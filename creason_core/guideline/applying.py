"""What applies: the recommendations that fit a question and a patient, in order, without any model.

A recommendation is found by the words of the question. Then the record is looked at: each fact that it needs is
present, absent or out of range, and what fits this patient comes first. What was superseded stands apart.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Literal

from creason_core.guideline.conditions import Rule, Verdict, parts, verdict
from creason_core.guideline.dense import WEIGHT, RecommendationVectors, covers
from creason_core.guideline.facts import FoundFact, find
from creason_core.guideline.fusion import fused
from creason_core.guideline.lexical import Index, LexicalSearch, RecommendationHit, covered, near
from creason_core.guideline.library import Conflict, Guideline, Library, Recommendation, Status
from creason_core.guideline.reading import starter_library
from creason_core.guideline.refusals import (
    DOSE_FACTS,
    asks_for_dose,
    gives_dose,
    lacking_for_dose,
    refusal,
    refuse_unreadable,
)
from creason_core.guideline.weighing import Fit, QuestionSubjects, asked_of, weight
from creason_core.guideline.words import shipped_words
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook

FactState = Literal["present", "absent", "out of range"]

MOST = 10  # recommendations of one answer
FIRST = 5  # of them, those that most likely are what was asked for


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact that a recommendation needs, what the record says of it, and, where there is one, its ``limit``."""

    found: FoundFact
    state: FactState
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A recommendation of an answer.

    ``missing`` are measurements and findings that it still needs and the record lacks; ``withheld`` is why its
    statement is not shown, empty where it may be.
    """

    recommendation: Recommendation
    guideline: Guideline
    status: Status
    fit: Fit
    facts: tuple[FactLine, ...]
    missing: tuple[str, ...]
    replaced_by: tuple[Recommendation, ...] = ()
    withheld: str = ""
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What applies. ``refused`` and ``nothing`` are sentences that stand in place of items.

    ``nearest`` share words with a question that nothing covers, and are most likely about something else. ``lacking``
    is what is missing of the facts without which no dose is shown.
    """

    library: Library
    on: date
    items: tuple[Item, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    refused: str = ""
    nothing: str = ""
    notices: tuple[str, ...] = ()
    superseded: tuple[Item, ...] = ()
    nearest: tuple[Item, ...] = ()
    lacking: tuple[str, ...] = ()

    def statement(self, one: Recommendation) -> str:
        """What a recommendation says, wherever it is shown; without weight or renal function no dose."""
        return withheld(one, self.lacking) or one.statement


@dataclass(frozen=True)
class Shelf:
    """A library with its index, made once; ``vectors`` where an embedding model takes part."""

    library: Library
    index: Index
    vectors: RecommendationVectors | None = None


@lru_cache(maxsize=1)
def starter_shelf() -> Shelf:
    """The library that ships, indexed.

    Raises:
        GuidelineError: Its files are missing or were damaged.
    """
    library = starter_library()
    return Shelf(library, Index(library))


def what_applies(
    case: PatientCase | None,
    codebook: Codebook,
    question: str,
    on: date,
    *,
    hidden: Container[str] = (),
    shelf: Shelf | None = None,
) -> Answer:
    """The recommendations in force on the day ``on`` that fit ``question`` and ``case``, best first.

    ``superseded`` of the answer holds those found that have been replaced. Without a case all facts are absent.
    ``hidden`` are features of which nothing may be told.

    Raises:
        GuidelineError: The question is empty or too long, the case follows another codebook, or the library is broken.
    """
    shelf = shelf or starter_shelf()
    refuse_unreadable(question)
    library = shelf.library
    facts = _Facts(library, case, codebook, hidden)
    general = facts.of(("age", "pregnancy", *DOSE_FACTS))
    if why := refusal(question, shipped_words(), general):
        return Answer(library, on, refused=why)
    search = shelf.index.search(question)
    close = by_vectors(shelf, question)
    about_it = covers_question(search, close)
    asked = asked_of(library, search)
    rankings = [
        sorted((_item(library, hit, facts, on, asked) for hit in hits), key=lambda item: -item.score)
        for hits in ((near(search), close) if shelf.vectors else (near(search),))
    ]
    items = rankings[0]
    if shelf.vectors:
        both = fused(rankings, lambda item: item.recommendation.id, (1.0, WEIGHT))
        items = [replace(item, score=score) for item, score in both]
    found = tuple(item for item in items if item.status in {"current", "draft"})[:MOST]
    old = tuple(item for item in items if item.status == "superseded")[:MOST] if about_it else ()
    shown = found if about_it else ()
    return Answer(
        library,
        on,
        items=shown,
        conflicts=_conflicts(library, shown, on),
        nothing="" if shown else _nothing(search, bool(old)),
        notices=_notices(question, general, search),
        superseded=old,
        nearest=() if about_it else found,
        lacking=lacking_for_dose(general),
    )


class _Facts:
    """What the record says, each fact looked up once."""

    def __init__(self, library: Library, case: PatientCase | None, codebook: Codebook, hidden: Container[str]) -> None:
        self._library, self._case, self._codebook, self._hidden = library, case, codebook, hidden
        self._found: dict[str, FoundFact] = {}

    def of(self, names: Sequence[str]) -> Mapping[str, FoundFact]:
        """The facts called so."""
        return {name: self._one(name) for name in names}

    def _one(self, name: str) -> FoundFact:
        if name not in self._found:
            vocabulary = self._library.vocabulary
            self._found[name] = (
                find(name, vocabulary, self._case, self._codebook, self._hidden)
                if self._case
                else FoundFact(name, "absent", judged=name not in vocabulary.by_name, why="no case is open")
            )
        return self._found[name]


def by_vectors(shelf: Shelf, question: str) -> tuple[RecommendationHit, ...]:
    """What is near the question by its vector: scored by the cosine, and without a word of it."""
    near_it = shelf.vectors.search(question) if shelf.vectors else ()
    return tuple(RecommendationHit(one.id, max(one.cosine, 0.0), 0.0) for one in near_it)


def covers_question(search: LexicalSearch, close: Sequence[RecommendationHit]) -> bool:
    """Whether the library is about the question: by its words, or by part of them and what is very near it."""
    return covered(search) or bool(close and covers(search.known, close[0].score))


def _item(library: Library, hit: RecommendationHit, facts: _Facts, on: date, asked: QuestionSubjects) -> Item:
    one = library.by_id[hit.id]
    rules = (*one.who, *one.when)
    names = dict.fromkeys([part.fact for rule in rules for part in parts(rule)] + list(one.needs))
    found = facts.of(tuple(names))
    verdicts = {rule: verdict(rule, found) for rule in rules}
    fit = _fit(one, verdicts)
    lines = tuple(_line(found[name], rules, verdicts, found) for name in names)
    open_facts = {part.fact for rule in rules if verdicts[rule] != "met" for part in parts(rule)} | set(one.needs)
    missing = tuple(
        line.found.name
        for line in lines
        if line.found.state == "absent" and not line.found.judged and line.found.name in open_facts
    )
    status = library.status(one, on)
    return Item(
        recommendation=one,
        guideline=library.guideline(one),
        status=status,
        fit=fit,
        facts=lines,
        missing=missing,
        replaced_by=tuple(library.by_id[newer] for newer in library.replaced_by.get(one.id, ())),
        withheld=withheld(one, lacking_for_dose(facts.of(DOSE_FACTS))),
        score=hit.score * weight(one, fit, status, asked),
    )


def withheld(one: Recommendation, lacking: Sequence[str]) -> str:
    """Why the statement of ``one`` is not shown, where it names a dose and ``lacking`` is missing; else empty."""
    return why_no_dose(one.statement, lacking)


def why_no_dose(text: str, lacking: Sequence[str]) -> str:
    """Why ``text`` is not shown beside a patient, where it names a dose and ``lacking`` is missing; else empty."""
    if not lacking or not gives_dose(text):
        return ""
    return f"It names a dose, which is not shown without {' and '.join(lacking)}."


def _fit(one: Recommendation, verdicts: Mapping[Rule, Verdict]) -> Fit:
    """How the recommendation fits; that somebody is an adult alone is no check of whether it is about them."""
    if any(verdicts[rule] == "unmet" for rule in one.who):
        return "other patients"
    if any(verdicts[rule] == "unmet" for rule in one.when):
        return "out of range"
    if "unknown" in verdicts.values():
        return "fact missing"
    told = {part.fact for rule in verdicts for part in parts(rule)} - {"age"}
    return "applies" if told else "not checked"


def _line(
    found: FoundFact, rules: Sequence[Rule], verdicts: Mapping[Rule, Verdict], facts: Mapping[str, FoundFact]
) -> FactLine:
    """A fact with its limits; out of range where a condition on it fails, and none beside it saves the rule."""
    own = [(rule, part) for rule in rules for part in parts(rule) if part.fact == found.name]
    limit = "; ".join(str(part) for _, part in own)
    if any(verdict(part, facts) == "unmet" and verdicts[rule] != "met" for rule, part in own):
        return FactLine(found, "out of range", limit)
    return FactLine(found, "present" if found.state == "present" else "absent", limit)


def _conflicts(library: Library, shown: Sequence[Item], on: date) -> tuple[Conflict, ...]:
    """The conflicts that what stands first takes part in."""
    listed = {item.recommendation.id for item in shown[:FIRST]}
    return tuple(
        conflict
        for conflict in library.conflicts
        if listed & set(conflict.sides)
        and all(library.status(library.by_id[side], on) == "current" for side in conflict.sides)
    )


def _nothing(search: LexicalSearch, old: bool) -> str:
    as_typed = len(search.words) - len(search.unknown) - len(search.misspelt)  # that stand in the library
    if as_typed <= 0 and (search.misspelt or not search.hits):
        return "No word of the question stands in the library, which is in English. Nothing in it covers this."
    if old:
        return "Only superseded statements are about this. Nothing in force is found."
    lacking = f" It has no word on: {', '.join(search.unknown)}." if search.unknown else ""
    return f"Nothing in the library covers this.{lacking}"


def _notices(question: str, facts: Mapping[str, FoundFact], search: LexicalSearch) -> tuple[str, ...]:
    lacking = lacking_for_dose(facts)
    read = tuple(f"'{typed}' was read as '{right}'." for typed, right in search.misspelt.items())
    if asks_for_dose(question) and lacking:
        return (f"Doses are not shown without weight and renal function. Missing: {', '.join(lacking)}.", *read)
    return read
