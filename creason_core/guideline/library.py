"""A library: guidelines, their recommendations as records, and where two bodies differ.

Dates are told as exactly as they were seen: a year, a month or a day. ``reading`` reads a library from its files and
``checking`` says what is wrong with one.
"""

import calendar
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Literal

from pydantic import Field

from creason_core.frozen import Frozen
from creason_core.guideline.conditions import WrittenRule
from creason_core.guideline.facts import Vocabulary

Status = Literal["current", "superseded", "draft", "not yet published"]


class Correction(Frozen):
    """What a publisher corrected in a guideline after it came out (an erratum or corrigendum).

    ``published`` is a year, a month or a day, ``says`` what was corrected; both are empty where nobody saw them.
    ``recommendations`` are the ids that it is about; where there are none it may be about any of the guideline.
    """

    published: str = Field(default="", pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$")
    says: str = Field(default="", max_length=600)
    url: str = Field(pattern=r"^https://[a-z0-9.-]+/\S*$")
    seen_in: Literal["publisher", "secondary"]
    recommendations: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """It in sentences, with what is not known of it."""
        day = self.published
        when = f"on {day}" if day.count("-") == 2 else f"in {day}" if day else "(date not seen)"
        seen = ", as a secondary source tells" if self.seen_in == "secondary" else ""
        about = "This statement" if self.recommendations else "The guideline"
        known = f"{self.says.rstrip('.')}." if self.says else "What was corrected was not read: check before use."
        return f"{about} was corrected {when}{seen}. {known}"


class Guideline(Frozen):
    """A guideline. ``published`` is a year, a month or a day; ``licence`` "not seen" where nobody read it."""

    key: str = Field(pattern=r"^[a-z][a-z0-9]*$")
    organisation: str = Field(min_length=1)
    title: str = Field(min_length=1)
    published: str = Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")
    url: str = Field(pattern=r"^https://[a-z0-9.-]+/\S*$")
    status: Literal["current", "superseded", "draft"]
    superseded_by: str = ""
    licence: str = Field(min_length=1)
    corrections: tuple[Correction, ...] = ()


class Recommendation(Frozen):
    """One recommendation in our words; the head of ``starter.yaml`` says what each field means."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    guideline: str
    section: str
    population: str
    topics: tuple[str, ...] = Field(min_length=1)
    statement: str = Field(min_length=10, max_length=600)
    strength: str = ""
    certainty: str = ""
    seen_in: Literal["publisher", "secondary"]
    seen_as: Literal["numbers", "content"]
    supersedes: tuple[str, ...] = ()
    who: tuple[WrittenRule, ...] = ()
    when: tuple[WrittenRule, ...] = ()
    reading: str = ""
    needs: tuple[str, ...] = ()


class Conflict(Frozen):
    """Current recommendations of two bodies that differ; ``other`` tells of one that is no record, with its url."""

    about: str
    sides: tuple[str, ...] = Field(min_length=1)
    other: str = ""
    url: str = Field(default="", pattern=r"^(https://[a-z0-9.-]+/\S*)?$")


class Library(Frozen):
    """Everything of one library; ``as_of`` is the day until which its sources were read."""

    name: str
    as_of: date
    review: str
    guidelines: tuple[Guideline, ...]
    recommendations: tuple[Recommendation, ...]
    conflicts: tuple[Conflict, ...] = ()
    vocabulary: Vocabulary

    @cached_property
    def by_id(self) -> Mapping[str, Recommendation]:
        """Id → recommendation."""
        return {one.id: one for one in self.recommendations}

    @cached_property
    def by_key(self) -> Mapping[str, Guideline]:
        """Key → guideline."""
        return {one.key: one for one in self.guidelines}

    @cached_property
    def replaced_by(self) -> Mapping[str, tuple[str, ...]]:
        """Id of a recommendation → ids of those that replaced it."""
        found: dict[str, tuple[str, ...]] = {}
        for newer in self.recommendations:
            for old in newer.supersedes:
                found[old] = (*found.get(old, ()), newer.id)
        return found

    def guideline(self, one: Recommendation) -> Guideline:
        """The guideline of a recommendation."""
        return self.by_key[one.guideline]

    def corrections(self, one: Recommendation) -> tuple[Correction, ...]:
        """The corrections of its guideline that are about a recommendation, or may be."""
        every = self.guideline(one).corrections
        return tuple(told for told in every if not told.recommendations or one.id in told.recommendations)

    def published(self, guideline: Guideline) -> date:
        """The last day on which it may have come out, so that it is never shown as in force before it was."""
        return min(days(guideline.published)[1], self.as_of)

    def status(self, one: Recommendation, on: date) -> Status:
        """What the recommendation was on the day ``on``."""
        own = self.guideline(one)
        if self.published(own) > on:
            return "not yet published"
        if any(self.published(self.guideline(self.by_id[newer])) <= on for newer in self.replaced_by.get(one.id, ())):
            return "superseded"
        if own.superseded_by and self.published(self.by_key[own.superseded_by]) <= on:
            return "superseded"
        return "draft" if own.status == "draft" else "current"


def days(published: str) -> tuple[date, date]:
    """The first and the last day that ``published`` (a year, a month or a day) may mean.

    Raises:
        ValueError: There is no such day.
    """
    year, month, day = ([int(part) for part in published.split("-")] + [0, 0])[:3]
    last = month or 12
    date(year, last, 1)
    return date(year, month or 1, day or 1), date(year, last, day or calendar.monthrange(year, last)[1])
