"""The codebook: what each column of a registry means, and which of its values make sense.

A codebook is data (YAML in ``codebooks/``); nothing clinical is written in code. It is not a table and holds
no patient: a table that follows a codebook is a cohort (``cohort``), one row of it a case (``case``).
"""

import hashlib
from collections.abc import Mapping
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from creason_core.errors import CodebookError
from creason_core.frozen import Frozen

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Kind = Literal["number", "integer", "binary", "ordinal", "nominal"]
Time = Literal["admission", "day1", "outcome"]
Role = Literal["predictor", "outcome", "derived", "audit"]

MAX_LEVELS = 200  # of one feature: an option list shows five, and a level needs patients

SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where libyaml is there

YEARS = frozenset({"", "a", "year", "years", "yr", "yrs", "y"})  # units in which an age may be told; "" for none said

TIMES: tuple[Time, ...] = ("admission", "day1", "outcome")
WHEN: Mapping[Time, str] = {"admission": "at admission", "day1": "on day 1", "outcome": "at the end"}


def _empty(value: object) -> bool:
    return not value


def _unsaid(value: object) -> bool:
    return value is None


class Range(Frozen):
    """A closed interval in the feature's canonical unit; a missing end is open."""

    low: float | None = None
    high: float | None = None

    def contains(self, value: float) -> bool:
        """Whether ``value`` lies in the interval, ends included."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"at least {self.low:g}" if self.low is not None else f"at most {self.high:g}"
        return f"{self.low:g}–{self.high:g}"

    @model_validator(mode="after")
    def _ends_in_order(self) -> Self:
        if self.low is None and self.high is None:
            raise ValueError("a range needs at least one end")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"the range {self.low:g}–{self.high:g} ends before it starts")
        return self


class Level(Frozen):
    """One value of a binary, ordinal or nominal feature: the code in the table and the words on screen."""

    code: str
    label: str


class Feature(Frozen):
    """One column of the registry.

    ``unit`` is a UCUM code and ``unit_label`` the same unit as people write it. The three tiers are in that
    unit: outside ``impossible`` a value is refused, outside ``confirm`` it needs a reason, outside
    ``reference`` it is flagged. ``not_measured`` lists numbers that the registry filled in for a test nobody
    ran; they are shown as such and never masked. ``derived_from`` names the inputs of a formula. Of a table,
    ``column`` is the column where that has another name, and ``missing`` what stands there for "not recorded".
    ``age`` says whether it is a person's age in years, of which those over 89 are kept as 90; None: nobody said.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str
    section: str
    kind: Kind
    time: Time
    role: Role = "predictor"
    definition: str = ""
    unit: str = ""
    unit_label: str = ""
    decimals: int = Field(default=0, ge=0, le=6)
    levels: tuple[Level, ...] = ()
    impossible: Range | None = None
    confirm: Range | None = None
    reference: Range | None = None
    not_measured: tuple[float, ...] = ()
    derived_from: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    loinc: str = ""
    column: str = Field(default="", exclude_if=_empty)  # these three: no part of the hash while they say nothing
    missing: tuple[str, ...] = Field(default=(), exclude_if=_empty)
    age: bool | None = Field(default=None, exclude_if=_unsaid)

    @property
    def numeric(self) -> bool:
        """Whether values are numbers rather than level codes."""
        return self.kind in ("number", "integer")

    @property
    def ordered(self) -> bool:
        """Whether the values have an order that a reader expects to see kept."""
        return self.kind not in {"nominal", "binary"}

    @cached_property
    def level_labels(self) -> Mapping[str, str]:
        """Level code → label, in codebook order."""
        return {level.code: level.label for level in self.levels}

    def text(self, value: float | str) -> str:
        """``value`` as shown and as sent: the codebook's decimals for numbers, the label for levels."""
        if isinstance(value, str):
            return self.level_labels.get(value, value)
        return f"{value:.{self.decimals}f}"

    def text_with_unit(self, value: float | str) -> str:
        """``text`` followed by the unit, where there is one."""
        return f"{self.text(value)} {self.unit_label}".rstrip() if self.numeric else self.text(value)

    @model_validator(mode="after")
    def _kind_fits(self) -> Self:
        if self.numeric and self.levels:
            raise ValueError(f"{self.name} is {self.kind} and cannot have levels")
        if not self.numeric and len({level.code for level in self.levels}) != len(self.levels):
            raise ValueError(f"{self.name} repeats a level code")
        if not self.numeric and len(self.levels) < 2:
            raise ValueError(f"{self.name} is {self.kind} and needs at least two levels")
        if len(self.levels) > MAX_LEVELS:
            raise ValueError(
                f"{self.name} has {len(self.levels):,} levels, and at most {MAX_LEVELS} are of use: "
                "group them, or leave the column out"
            )
        if self.age and not (self.numeric and self.unit in YEARS):
            raise ValueError(f"{self.name} is an age (age: true) and must be a number or integer in years (unit: a)")
        if self.kind == "binary" and len(self.levels) != 2:
            raise ValueError(f"{self.name} is binary and needs exactly two levels")
        if not self.numeric and (self.impossible or self.confirm or self.reference):
            raise ValueError(f"{self.name} is {self.kind} and cannot have numeric ranges")
        return self


class Tie(Frozen):
    """Features that settle one another by how the registry was made, and the reason as words after "because".

    Examples: the features by which patients were chosen ("at least one of these"), or boxes of one list.
    """

    features: tuple[str, ...] = Field(min_length=2)
    reason: str


class Codebook(Frozen):
    """Every feature of a registry, in registry order, with where it came from.

    Of a table, ``patient`` is the column with the patients' keys, and ``left_out`` says by column why it is no feature.
    ``times`` are words for when values are known, where those of ``WHEN`` do not fit ("when it was listed").
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
    patient: str = Field(default="", exclude_if=_empty)
    left_out: Mapping[str, str] = Field(default={}, exclude_if=_empty)
    times: Mapping[Time, str] = Field(default={}, exclude_if=_empty)
    who: tuple[str, ...] = Field(default=(), exclude_if=_empty)

    @cached_property
    def by_name(self) -> Mapping[str, Feature]:
        """Feature name → feature."""
        return {feature.name: feature for feature in self.features}

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hex) of the codebook's content: the version that a question or a rating refers to."""
        return hashlib.sha256(self.model_dump_json(exclude={"who"}).encode()).hexdigest()

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


def parse_codebook(text: str, origin: str) -> Codebook:
    """Reads a codebook from YAML ``text``; ``origin`` names the file in errors.

    Raises:
        CodebookError: The text is not YAML or breaks a rule above.
    """
    try:
        return Codebook.model_validate(yaml.load(text, Loader=SafeLoader))  # noqa: S506 — both are safe loaders
    except yaml.YAMLError as error:
        raise CodebookError(f"The codebook {origin} is not valid: {error}", remedy="Correct that file.") from error
    except ValidationError as error:
        told = "; ".join(_broken_rule(found) for found in error.errors())
        raise CodebookError(f"The codebook {origin} is not valid: {told}.", remedy="Correct that file.") from error


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


@lru_cache(maxsize=8)
def packaged_codebook(name: str) -> Codebook:
    """The codebook ``name`` that ships with the package, for example ``rhc``.

    Raises:
        CodebookError: The package has no such codebook.
    """
    folder = files("creason_core.record") / "codebooks"
    path = folder / f"{name}.yaml"
    if not path.is_file():
        known = sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml"))
        raise CodebookError(f"There is no packaged codebook '{name}'.", remedy=f"There is: {', '.join(known)}.")
    return parse_codebook(path.read_text(encoding="utf-8"), f"{name}.yaml")
