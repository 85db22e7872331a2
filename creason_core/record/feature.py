"""One feature of a codebook: what a column of a registry means, its unit, its levels, and which values make sense."""

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from creason_core.frozen import Frozen

Kind = Literal["number", "integer", "binary", "ordinal", "nominal"]
Time = Literal["admission", "day1", "outcome"]
Role = Literal["predictor", "outcome", "derived", "audit"]
Counts = Literal["highest", "lowest", "worst", "first", "last", "mean", "sum"]

MAX_LEVELS = 200  # of one feature: an option list shows five, and a level needs patients

_MOST_DIGITS = 15  # of a number in words: as many as a float holds

AGE_LOINC = "30525-0"
YEARS = frozenset({"", "a", "year", "years", "yr", "yrs", "y"})  # units in which an age may be told; "" for none said


def empty(value: object) -> bool:
    """What is no part of the JSON, and so of the hash, where it is so."""
    return not value


def unsaid(value: object) -> bool:
    """The same, where an empty value or 0 says something."""
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
    ``recorded`` are numbers that look like codes for it and are values, and ``decimal`` is the sign of its numbers
    where they can be read in two ways.
    ``age`` says whether it is a person's age in years, of which those over 89 are kept as 90; None: nobody said.
    ``aliases`` are other names of the very same thing, which a file's column may have; ``search`` are words that only
    help a person to find it (a part, a finding, something wider), and never make a column this feature.
    ``counts`` lets it have several values over time, and says which is meant where one is wanted ("worst": the one
    furthest from the middle of ``reference``, or from its one end); the ranges are of each value and of that one.
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
    search: tuple[str, ...] = Field(default=(), exclude_if=empty)  # these seven: in no hash while unsaid
    column: str = Field(default="", exclude_if=empty)
    missing: tuple[str, ...] = Field(default=(), exclude_if=empty)
    recorded: tuple[str, ...] = Field(default=(), exclude_if=empty)
    decimal: Literal["point", "comma"] | None = Field(default=None, exclude_if=unsaid)
    age: bool | None = Field(default=None, exclude_if=unsaid)
    counts: Counts | None = Field(default=None, exclude_if=unsaid)

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that a person may call it by, synonyms first: to search, and to see what a text tells."""
        return (*self.aliases, *self.search)

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

    def told(self, value: float) -> str:
        """A number as a message tells it, without its unit: one digit more than the codebook shows, without zeros.

        A converted value has more digits than anybody measured. They are told as far as it takes not to say 0 of what
        is none, nor a number on the other side of a limit.
        """
        limits = [tier for tier in (self.impossible, self.confirm, self.reference) if tier]
        for places in range(self.decimals + 1, _MOST_DIGITS - len(f"{abs(value):.0f}")):
            near = round(value, places)
            if (near or not value) and all(tier.contains(near) == tier.contains(value) for tier in limits):
                return f"{near:.{places}f}".rstrip("0").rstrip(".")
        return f"{value:g}"

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
        if self.age is None and self.loinc == AGE_LOINC and self.unit not in YEARS:
            raise ValueError(
                f"{self.name} has the LOINC code of an age ({AGE_LOINC}) in '{self.unit}', and ages over 89 are found "
                "in years only: give it in years (unit: a), or say that it is no age of a person (age: false)"
            )
        if self.kind == "binary" and len(self.levels) != 2:
            raise ValueError(f"{self.name} is binary and needs exactly two levels")
        if not self.numeric and (self.impossible or self.confirm or self.reference):
            raise ValueError(f"{self.name} is {self.kind} and cannot have numeric ranges")
        return self

    @model_validator(mode="after")
    def _counts_fits(self) -> Self:
        if self.counts in ("sum", "mean") and not self.numeric:
            raise ValueError(f"{self.name} is {self.kind}, and only numbers have a {self.counts}")
        if self.counts == "mean" and self.kind == "integer":
            raise ValueError(f"{self.name} is integer, and a mean need not be whole: write kind: number with decimals")
        if self.counts in ("highest", "lowest") and self.kind == "nominal":
            raise ValueError(f"{self.name} is nominal, and its levels have no {self.counts}")
        if self.counts == "worst" and (not self.numeric or self.reference is None):
            raise ValueError(f"{self.name} has no reference range to say which value is worst: write highest or lowest")
        return self
