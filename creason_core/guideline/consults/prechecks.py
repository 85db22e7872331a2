"""The pre-check of an antibiotic question: what the record tells of what is asked first, and what is missing.

Nothing is inferred: a value is shown with its time, or it is said why there is none. It blocks nothing.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal, Self

import yaml
from pydantic import Field, model_validator

from creason_core.frozen import Frozen
from creason_core.guideline.facts import HIDDEN, NO_PLACE, Fact, FactNames, FoundFact, Vocabulary, features_of, find
from creason_core.guideline.reading import starter_library
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook, Feature, SafeLoader

State = Literal["recorded", "missing", "hidden", "unclear", "not in the codebook"]


class Precheck(Frozen):
    """What is looked at under one name: recorded where one of ``facts`` is; ``beside`` is shown with it."""

    name: str = Field(min_length=1)
    facts: tuple[str, ...] = Field(min_length=1)
    beside: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """Every fact that is shown, in order."""
        return (*self.facts, *self.beside)


class Checks(Frozen):
    """The table ``consult_checks.yaml``; its head says what each list is."""

    checks: tuple[Precheck, ...]
    facts: tuple[Fact, ...]

    def vocabulary(self) -> Vocabulary:
        """Every fact of the checks, the library's own among them."""
        known = {**starter_library().vocabulary.by_name, **{fact.name: fact for fact in self.facts}}
        return Vocabulary(facts=tuple(known[name] for check in self.checks for name in check.shown))

    @model_validator(mode="after")
    def _known(self) -> Self:
        named = {name for check in self.checks for name in check.shown}
        known = {fact.name for fact in self.facts} | set(starter_library().vocabulary.by_name)
        if wrong := sorted(named - known) + sorted({fact.name for fact in self.facts} - named):
            raise ValueError(f"facts that are named and not told, or told and not named: {', '.join(wrong)}")
        return self


@dataclass(frozen=True, slots=True)
class FactChecked:
    """A fact with what the record says of it; ``fields`` are the features in which it can be entered, if it is missing.

    Without a case, and where an open question hides the fact, there are none. ``held_by`` names all its features.
    """

    found: FoundFact
    state: State
    fields: tuple[Feature, ...] = ()
    held_by: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """The fact as words: its value and time, or why there is none."""
        if self.state == "not in the codebook":
            return f"{self.found.name}: not in the codebook of this case"
        said = f"{self.found.text}, {self.found.when}" if self.state == "recorded" else self.found.why
        return f"{self.found.name}: {said}"


@dataclass(frozen=True, slots=True)
class PrecheckedFacts:
    """A check with its facts, in the table's order."""

    name: str
    state: State
    facts: tuple[FactChecked, ...]


@lru_cache(maxsize=1)
def shipped_checks() -> Checks:
    """The table that ships."""
    text = (files("creason_core.guideline") / "consult_checks.yaml").read_text(encoding="utf-8")
    return Checks.model_validate(yaml.load(text, Loader=SafeLoader))  # noqa: S506 — both are safe loaders


def precheck(case: PatientCase | None, codebook: Codebook, hidden: Container[str] = ()) -> Sequence[PrecheckedFacts]:
    """What ``case`` tells of each check; of ``hidden`` features nothing is told. Without a case all is missing.

    Raises:
        GuidelineError: The case follows another codebook.
    """
    known = shipped_checks().vocabulary().by_name

    def looked(names: Sequence[str]) -> tuple[FactChecked, ...]:
        return tuple(one for name in names for one in _facts(known[name], case, codebook, hidden))

    found = ((check.name, looked(check.facts), looked(check.beside)) for check in shipped_checks().checks)
    return tuple(PrecheckedFacts(name, _state(facts), (*facts, *beside)) for name, facts, beside in found)


def _facts(
    fact: Fact, case: PatientCase | None, codebook: Codebook, hidden: Container[str]
) -> Sequence[FactChecked]:  # fmt: skip
    """``fact`` as the record has it: one that only has values stands once for each feature that holds it."""
    features = features_of(fact, codebook)
    if case is None or not features or any(one.present or one.absent for one in fact.recorded_as) or fact.analyte:
        return [_fact(fact, case, codebook, hidden, features)]
    each = [(Fact(name=one.label, recorded_as=(FactNames(names=(one.name,)),)), one) for one in features]
    return [_fact(single, case, codebook, hidden, (one,)) for single, one in each]


def _fact(
    fact: Fact, case: PatientCase | None, codebook: Codebook, hidden: Container[str], features: Sequence[Feature]
) -> FactChecked:
    if case is None:
        return FactChecked(FoundFact(fact.name, "absent", why="no case is open"), "missing")
    found = find(fact.name, Vocabulary(facts=(fact,)), case, codebook, hidden)
    named = tuple(one.name for one in features)
    if found.state == "present":
        return FactChecked(found, "recorded", held_by=named)
    if found.why == HIDDEN:
        return FactChecked(found, "hidden", held_by=named)
    if found.why == NO_PLACE:
        return FactChecked(found, "not in the codebook")
    empty = tuple(one for one in features if not any(entry.measured for entry in case.of(one.name)))
    return FactChecked(found, "unclear" if found.state == "unclear" else "missing", empty, named)


def _state(facts: Sequence[FactChecked]) -> State:
    """The check in one word: recorded, or what stands in its way, the gravest first."""
    order: tuple[State, ...] = ("recorded", "unclear", "hidden", "missing", "not in the codebook")
    states = {fact.state for fact in facts}
    return next(state for state in order if state in states)
