"""The patient facts that recommendations need, and what a record says of each.

A measurement is found in any codebook by its LOINC code, a finding by the name of its feature. Where a record holds two
values of one measurement, a filled-in normal, or a unit that cannot be converted, there is no value and it is said why.
Of several values over time the one that the codebook counts is taken, and it is said which one that is.
"""

from collections.abc import Container
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Self

from pydantic import model_validator

from creason_core.errors import GuidelineError
from creason_core.frozen import Frozen
from creason_core.record.ages import shown_value
from creason_core.record.case import Entry, PatientCase
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.over_time import counted
from creason_core.record.units import analyte_of, analyte_with_loinc

State = Literal["present", "absent", "unclear"]

# Why there is no value, where a page has to tell one cause from another.
HIDDEN = "hidden by an open question"
NO_PLACE = "this record has no place for it"


class FactNames(Frozen):
    """How codebooks hold a finding: names of the feature or its LOINC code, and which labels say that it is there.

    ``present`` and ``absent`` are labels of levels; a level that is in neither says nothing of the finding.
    """

    names: tuple[str, ...]
    loinc: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    def holds(self, label: str) -> bool | None:
        """Whether the finding is there by this label of a level; None where the label does not say."""
        plain = label.casefold()
        if plain in {known.casefold() for known in self.present}:
            return True
        return False if plain in {known.casefold() for known in self.absent} else None


class Fact(Frozen):
    """A fact: a measurement (``analyte``) or a finding (``recorded_as``), never both."""

    name: str
    analyte: str = ""
    recorded_as: tuple[FactNames, ...] = ()

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.analyte) == bool(self.recorded_as):
            raise ValueError(f"the fact {self.name} needs either an analyte or a list recorded_as")
        return self


class Vocabulary(Frozen):
    """All facts; ``judged`` are those that no codebook records, and that the person at the bedside may know."""

    facts: tuple[Fact, ...]
    judged: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Fact]:
        """Name → fact, for those that a record can hold."""
        return {fact.name: fact for fact in self.facts}

    def knows(self, name: str) -> bool:
        """Whether the name is one of a fact or of what is judged."""
        return name in self.by_name or name in self.judged

    @model_validator(mode="after")
    def _once(self) -> Self:
        names = [*(fact.name for fact in self.facts), *self.judged]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"facts named twice: {', '.join(twice)}")
        return self


@dataclass(frozen=True, slots=True)
class FoundFact:
    """What a record says of a fact.

    ``text`` is the value as it may be shown with its unit, ``when`` when it was known, ``why`` why there is no value.
    ``value`` (in the unit of ``feature``) is there for measurements, ``holds`` for findings.
    """

    name: str
    state: State
    judged: bool = False
    label: str = ""
    text: str = ""
    when: str = ""
    why: str = ""
    value: float | None = None
    feature: Feature | None = None
    holds: bool | None = None


def find(
    name: str, vocabulary: Vocabulary, case: PatientCase, codebook: Codebook, hidden: Container[str] = ()
) -> FoundFact:
    """What ``case`` says of the fact called ``name``; values known only at the end are of another time and not read.

    ``hidden`` are features that must not be told: a fact that rests on one has no value.

    Raises:
        GuidelineError: The vocabulary has no such fact, or the case follows another codebook.
    """
    if case.codebook != codebook.name:
        raise GuidelineError(
            f"The case follows the codebook {case.codebook} and was to be read with {codebook.name}.",
            remedy="Open the case with the cohort that it came from.",
        )
    if not vocabulary.knows(name):
        raise GuidelineError(f"The library has no patient fact '{name}'.")
    fact = vocabulary.by_name.get(name)
    if fact is None:
        return FoundFact(name, "absent", judged=True, why="no record holds it: yours to judge")
    held = [feature for feature in codebook.features if _hides(feature, case, hidden)]
    if any(_measures(feature, fact) if fact.analyte else _records(feature, fact) for feature in held):
        return FoundFact(name, "unclear", why=HIDDEN)
    return _measured(fact, case, codebook) if fact.analyte else _recorded(fact, case, codebook)


def features_of(fact: Fact, codebook: Codebook) -> tuple[Feature, ...]:
    """The features in which a record of ``codebook`` may hold ``fact``; those known only at the end are left out."""
    holds = _measures if fact.analyte else _records
    return tuple(one for one in codebook.features if one.time != "outcome" and holds(one, fact))


def _hides(feature: Feature, case: PatientCase, hidden: Container[str]) -> bool:
    """Whether a value that ``case`` has of ``feature`` is hidden: all of them, or one at its time."""
    return any(entry.feature in hidden or entry.name in hidden for entry in case.of(feature.name))


def _measured(fact: Fact, case: PatientCase, codebook: Codebook) -> FoundFact:
    features = [feature for feature in codebook.features if feature.time != "outcome" and _measures(feature, fact)]
    entries = [(feature, entry) for feature in features if (entry := counted(case, feature, codebook))]
    real = [(feature, entry) for feature, entry in entries if entry.measured]
    if len(real) > 1:
        told = " and ".join(f"{feature.label} {shown_value(feature, entry.value)}" for feature, entry in real)
        return FoundFact(fact.name, "unclear", why=f"two values, and which one holds is not known: {told}")
    if real:
        return _one(fact, *real[0], case, codebook)
    if entries:
        return FoundFact(
            fact.name, "absent", label=entries[0][0].label, why="not measured (the registry assumed a normal)"
        )
    if partly := next((feature for feature in features if case.of(feature.name)), None):
        return FoundFact(
            fact.name, "unclear", label=partly.label, why=f"{partly.label} is a sum, and a portion is missing"
        )
    return FoundFact(fact.name, "absent", why="not recorded" if features else NO_PLACE)


def _one(fact: Fact, feature: Feature, entry: Entry, case: PatientCase, codebook: Codebook) -> FoundFact:
    shown = shown_value(feature, entry.value)
    if isinstance(entry.value, str) or analyte_of(feature) is None:
        why = f"{feature.label} {shown} is in a unit that cannot be read as {fact.analyte}"
        return FoundFact(fact.name, "unclear", label=feature.label, why=why)
    return FoundFact(
        fact.name,
        "present",
        label=feature.label,
        text=shown,
        when=_when(feature, entry, case, codebook),
        value=entry.value,
        feature=feature,
    )


def _when(feature: Feature, entry: Entry, case: PatientCase, codebook: Codebook) -> str:
    """When ``entry`` was known, and of several values over time which one it is."""
    at = codebook.when(feature) if entry.hours is None else codebook.at(entry.hours)
    several = len(case.of(feature.name))
    if several < 2:
        return at
    of = f"the {feature.counts} of {several} values"
    return of if entry.hours is None else f"{at}, {of}"


def _measures(feature: Feature, fact: Fact) -> bool:
    if not feature.numeric:
        return False
    analyte = analyte_of(feature) or (analyte_with_loinc(feature.loinc) if feature.loinc else None)
    return analyte is not None and analyte.name == fact.analyte


def _recorded(fact: Fact, case: PatientCase, codebook: Codebook) -> FoundFact:
    """Present where one feature says so; absent as a finding where one says no and none says yes."""
    found: list[FoundFact] = []
    for feature, recording in _places(fact, codebook):
        if (entry := counted(case, feature, codebook)) is None:
            continue
        text = feature.text(entry.value)
        plain = not recording.present and not recording.absent  # a fact such as sex, which only has a value
        holds = None if plain else recording.holds(text)
        if plain or holds is not None:
            when = _when(feature, entry, case, codebook)
            found.append(FoundFact(fact.name, "present", label=feature.label, text=text, when=when, holds=holds))
    if found:
        return next((one for one in found if one.holds), found[0])
    return FoundFact(fact.name, "absent", why="not recorded" if _places(fact, codebook) else NO_PLACE)


def _places(fact: Fact, codebook: Codebook) -> list[tuple[Feature, FactNames]]:
    return [(feature, recording) for feature in codebook.features for recording in _records(feature, fact)]


def _records(feature: Feature, fact: Fact) -> list[FactNames]:
    """How ``feature`` holds the fact; empty where it does not."""
    if feature.numeric or feature.time == "outcome":
        return []
    return [
        recording
        for recording in fact.recorded_as
        if feature.loinc in recording.loinc or _names(feature) & {name.casefold() for name in recording.names}
    ]


def _names(feature: Feature) -> set[str]:
    """Label and name; an alias is only another word to find a column by ("septic shock" for any sepsis)."""
    return {feature.label.casefold(), feature.name.casefold()}
