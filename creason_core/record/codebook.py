"""The codebook: what each column of a registry means, and which of its values make sense.

A codebook is data (YAML in ``codebooks/``); nothing clinical is written in code. It is not a table and holds
no patient: a table that follows a codebook is a cohort (``cohort``), one row of it a case (``case``).
"""

import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from creason_core.errors import CodebookError
from creason_core.frozen import Frozen
from creason_core.record.feature import YEARS, Counts, Feature, Kind, Level, Range, Role, Time, empty
from creason_core.record.hours import FIRST_DAY, MAX_HOURS, hours_text, name_at, parted, tidied

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# A codebook's parts are read where it is read.
__all__ = (
    "KNOWN_AT", "TIMES", "WHEN", "YEARS", "Codebook", "Counts", "Feature", "Kind", "Level", "Range", "Role", "Tie",
    "Time", "packaged_codebook", "packaged_names", "parse_codebook",
)  # fmt: skip

SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where libyaml is there

TIMES: tuple[Time, ...] = ("admission", "day1", "outcome")
WHEN: Mapping[Time, str] = {"admission": "at admission", "day1": "on day 1", "outcome": "at the end"}
KNOWN_AT: Mapping[Time, float] = {"admission": 0.0, "day1": FIRST_DAY, "outcome": float("inf")}  # hours


def _zero(value: object) -> bool:
    return value == 0


class Tie(Frozen):
    """Features that settle one another by how the registry was made, and the reason as words after "because".

    Examples: the features by which patients were chosen ("at least one of these"), or boxes of one list.
    """

    features: tuple[str, ...] = Field(min_length=2)
    reason: str


class Codebook(Frozen):
    """Every feature of a registry, in registry order, with where it came from.

    Of a table, ``patient`` is the column with the patients' keys, and ``left_out`` says by column why it is no feature.
    ``times`` are words for when values are known, where those of ``WHEN`` do not fit ("when it was listed"). Its keys
    that are numbers name the time points of a cohort, in hours since admission (``6: at 6 h``); no value is from before
    ``earliest``. ``hours`` is the table's column of such hours, where it has a row for each time of a patient.
    ``who`` names the features that say who a patient is, for headers and names: age and sex, say. No question depends
    on it, so it is no part of the hash.
    """

    name: str
    version: int = Field(ge=1)
    title: str
    population: str
    source: str
    citation: str
    sections: tuple[str, ...]
    ties: tuple[Tie, ...] = ()
    features: tuple[Feature, ...]
    patient: str = Field(default="", exclude_if=empty)
    left_out: Mapping[str, str] = Field(default={}, exclude_if=empty)
    times: Mapping[Time | float, str] = Field(default={}, exclude_if=empty)
    earliest: float = Field(default=0.0, ge=-MAX_HOURS, le=0, exclude_if=_zero)
    hours: str = Field(default="", exclude_if=empty)
    who: tuple[str, ...] = Field(default=(), exclude_if=empty)

    @cached_property
    def by_name(self) -> Mapping[str, Feature]:
        """Feature name → feature; by a name such as "lactate@6" the same at one time, which is not iterated over."""
        return _ByName(self)

    @cached_property
    def points(self) -> tuple[float, ...]:
        """The time points that it names, in hours since admission, rising."""
        return tuple(sorted(key for key in self.times if not isinstance(key, str)))

    @cached_property
    def columns(self) -> tuple[Feature, ...]:
        """What a cohort's records show one value each of: the features, those over time at each time point instead."""
        return tuple(
            self.feature(name_at(feature.name, hours))
            for feature in self.features
            for hours in (self.points_of(feature) or (None,))
        )

    @property
    def has_admission(self) -> bool:
        """Whether hours since admission mean anything here: it names some, or has values that it calls admission's."""
        return bool(self.points) or (
            "admission" not in self.times and any(feature.time == "admission" for feature in self.features)
        )

    def points_of(self, feature: Feature) -> tuple[float, ...]:
        """The time points at which a cohort has values of ``feature``; none where it has one value."""
        return self.points if feature.counts else ()

    def over_time(self, feature: Feature) -> bool:
        """Whether a record may hold several values of ``feature``, each with its hours since admission."""
        return feature.counts is not None and self.has_admission

    def at(self, hours: float) -> str:
        """A time as words: those of the codebook, else "at 6 h"."""
        return self.times.get(hours, f"at {hours_text(hours)} h")

    def known_at(self, feature: Feature) -> float:
        """From when on a value of ``feature`` is known, in hours since admission; of several, the one that counts.

        A name with a time is of that time. A first value may be known at the first time point.
        """
        hours = parted(feature.name)[1]
        if hours is not None:
            return hours
        points = self.points_of(feature)
        return (points[0] if feature.counts == "first" else points[-1]) if points else KNOWN_AT[feature.time]

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hex) of the codebook's content: the version that a question or a rating refers to.

        Which of a feature's words are synonyms changes no question: they are hashed as the one list that they were.
        """
        features = (item.model_copy(update={"aliases": item.words, "search": ()}) for item in self.features)
        one = self.model_copy(update={"features": tuple(features)})
        return hashlib.sha256(one.model_dump_json(exclude={"who"}).encode()).hexdigest()

    def feature(self, name: str) -> Feature:
        """The feature called ``name``.

        Raises:
            CodebookError: There is no such feature.
        """
        try:
            return self.by_name[name]
        except KeyError:
            raise CodebookError(
                f"The codebook {self.name} has no feature '{name}'.",
                remedy=f"It has: {', '.join(self.by_name)}.",
            ) from None

    def when(self, feature: Feature) -> str:
        """When the values of ``feature`` are known, as words after "it is known"."""
        hours = parted(feature.name)[1]
        if hours is not None or self.points_of(feature):
            return self.at(self.known_at(feature))
        return self.times.get(feature.time, WHEN[feature.time])

    def in_section(self, section: str) -> tuple[Feature, ...]:
        """The features of a section, in registry order."""
        return tuple(feature for feature in self.features if feature.section == section)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [feature.name for feature in self.features]
        if len(set(names)) != len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise ValueError(f"named twice: {', '.join(twice)}")
        for feature in self.features:
            if feature.section not in self.sections:
                raise ValueError(f"{feature.name} is in section '{feature.section}', which is not declared")
            unknown = [source for source in feature.derived_from if source not in names]
            if unknown:
                raise ValueError(f"{feature.name} is derived from unknown features: {', '.join(unknown)}")
        if unknown := [name for tie in self.ties for name in tie.features if name not in names]:
            raise ValueError(f"a tie names unknown features: {', '.join(unknown)}")
        if unknown := [name for name in self.who if name not in names]:
            raise ValueError(f"who names unknown features: {', '.join(unknown)}")
        if told := [name for name in self.who if self.by_name[name].role in ("outcome", "audit")]:
            raise ValueError(f"who names {', '.join(told)}, which no header may tell: outcomes and audit features")
        return self

    @model_validator(mode="after")
    def _points_fit(self) -> Self:
        wrong = [hours for hours in self.points if not (self.earliest <= hours <= MAX_HOURS and tidied(hours) == hours)]
        if wrong:
            limits = f"{hours_text(self.earliest)}–{MAX_HOURS:.0f} hours, to four decimals"
            raise ValueError(f"the time point {wrong[0]:g} must lie within {limits}")
        if self.hours and not (self.points and self.patient):
            raise ValueError("hours names a column of times, which needs time points under times, and patient")
        return self


class _ByName(Mapping[str, Feature]):
    """Features by name; one at a time is made when it is first asked for."""

    def __init__(self, codebook: Codebook) -> None:
        self._codebook = codebook
        self._features = {feature.name: feature for feature in codebook.features}
        self._at: dict[str, Feature] = {}

    def __getitem__(self, name: str) -> Feature:
        found = self._features.get(name) or self._at.get(name)
        if found is None:
            base, hours = parted(name)
            feature = self._features[base]
            if hours is None:
                raise KeyError(name)
            label = f"{feature.label} {self._codebook.at(hours)}"
            update = {"name": name_at(base, hours), "label": label, "counts": None, "derived_from": ()}
            found = self._at[name] = feature.model_copy(update=update)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._features)

    def __len__(self) -> int:
        return len(self._features)


def parse_codebook(text: str, origin: str) -> Codebook:
    """Reads a codebook from YAML ``text``; ``origin`` names the file in errors.

    Raises:
        CodebookError: The text is not YAML or breaks a rule above.
    """
    try:
        return Codebook.model_validate(yaml.load(text, Loader=SafeLoader))  # noqa: S506 — both are safe loaders
    except yaml.YAMLError as error:
        told = _not_yaml(error)
        raise CodebookError(f"The codebook {origin} is not valid: {told}.", remedy="Correct that file.") from error
    except ValidationError as error:
        told = "; ".join(_broken_rule(found) for found in error.errors())
        raise CodebookError(f"The codebook {origin} is not valid: {told}.", remedy="Correct that file.") from error


def _not_yaml(error: Exception) -> str:
    """What keeps a text from being YAML as a clause: where, and the rule, without the reader's picture of the line."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None) or "it is not YAML"
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem}" if mark else " ".join(str(error).split())


def _broken_rule(found: "ErrorDetails") -> str:
    """One finding of pydantic's as a clause: where it is, what stands there, and the rule."""
    place = " → ".join(str(part + 1) if isinstance(part, int) else part for part in found["loc"])
    at = f"{place}: " if place else ""
    if found["type"] == "extra_forbidden":
        return f"{at}there is no such key"
    if found["type"] == "missing":
        return f"{at}this key must be there"
    rule = found["msg"].removeprefix("Value error, ")
    given = found["input"]
    shown = f" (it is {given!r})" if isinstance(given, (str, int, float)) and len(str(given)) < 60 else ""
    return f"{at}{rule}{shown}"


def packaged_names() -> tuple[str, ...]:
    """What the codebooks that ship with the package are called, sorted."""
    items = (files("creason_core.record") / "codebooks").iterdir()
    return tuple(sorted(item.name.removesuffix(".yaml") for item in items if item.name.endswith(".yaml")))


@lru_cache(maxsize=8)
def packaged_codebook(name: str) -> Codebook:
    """The codebook ``name`` that ships with the package, for example ``rhc``.

    Raises:
        CodebookError: The package has no such codebook.
    """
    path = files("creason_core.record") / "codebooks" / f"{name}.yaml"
    if not path.is_file():
        raise CodebookError(
            f"There is no packaged codebook '{name}'.", remedy=f"There is: {', '.join(packaged_names())}."
        )
    return parse_codebook(path.read_text(encoding="utf-8"), f"{name}.yaml")
