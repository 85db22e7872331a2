"""Conditions over patient facts: three answers, since what nobody measured is neither met nor unmet."""

import math
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from creason_core.frozen import Frozen
from creason_core.guideline.facts import FoundFact
from creason_core.record.units import in_unit, unit_with_code

Verdict = Literal["met", "unmet", "unknown"]
Limit = Annotated[float, Field(allow_inf_nan=False)]


class Condition(Frozen):
    """A fact within limits (in ``unit``, a UCUM code), or a finding that is there (``holds``) or is not.

    ``above`` and ``below`` leave their limit out, ``at_least`` and ``at_most`` include it.
    """

    fact: str
    holds: bool | None = None
    above: Limit | None = None
    at_least: Limit | None = None
    below: Limit | None = None
    at_most: Limit | None = None
    unit: str = ""

    @property
    def limits(self) -> tuple[float, ...]:
        """The limits that are set, in ``unit``."""
        return tuple(limit for limit in (self.above, self.at_least, self.below, self.at_most) if limit is not None)

    def allows(self, value: float) -> bool:
        """Whether ``value``, in ``unit``, lies within the limits; one that a conversion moved by a hair lies on it."""

        def same(limit: float) -> bool:
            return math.isclose(value, limit, rel_tol=1e-9)

        return (
            (self.above is None or (value > self.above and not same(self.above)))
            and (self.at_least is None or value >= self.at_least or same(self.at_least))
            and (self.below is None or (value < self.below and not same(self.below)))
            and (self.at_most is None or value <= self.at_most or same(self.at_most))
        )

    def __str__(self) -> str:
        if self.holds is not None:
            return self.fact if self.holds else f"no {self.fact}"
        known = unit_with_code(self.unit)
        unit = f" {known.label}" if known and known.label else ""
        words = (
            ("above", self.above), ("at least", self.at_least), ("below", self.below), ("at most", self.at_most)
        )  # fmt: skip
        return f"{self.fact} {' and '.join(f'{word} {limit:g}' for word, limit in words if limit is not None)}{unit}"

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if bool(self.limits) == (self.holds is not None):
            raise ValueError(f"the condition on {self.fact} needs limits, or 'holds', and not both")
        if (self.above is not None and self.at_least is not None) or (
            self.below is not None and self.at_most is not None
        ):
            raise ValueError(f"the condition on {self.fact} has two limits on one side")
        low, high = (self.above, self.at_least), (self.below, self.at_most)
        lows, highs = [x for x in low if x is not None], [x for x in high if x is not None]
        if lows and highs and lows[0] >= highs[0]:
            raise ValueError(f"the condition on {self.fact} allows nothing: {lows[0]:g} is not below {highs[0]:g}")
        return self


class AnyOf(Frozen):
    """Conditions of which one is enough."""

    any_of: tuple[Condition, ...] = Field(min_length=2)

    def __str__(self) -> str:
        return " or ".join(str(condition) for condition in self.any_of)


def _kind(given: object) -> str:
    return "any of" if isinstance(given, AnyOf) or (isinstance(given, dict) and "any_of" in given) else "condition"


Rule = AnyOf | Condition
# As it stands in a file: what is wrong is told of the one that is meant.
WrittenRule = Annotated[
    Annotated[AnyOf, Tag("any of")] | Annotated[Condition, Tag("condition")],
    Discriminator(_kind),
]


def parts(rule: Rule) -> tuple[Condition, ...]:
    """The conditions of a rule."""
    return rule.any_of if isinstance(rule, AnyOf) else (rule,)


def verdict(rule: Rule, facts: Mapping[str, FoundFact]) -> Verdict:
    """Whether the rule is met by ``facts``, which holds every fact that it names; unknown where a value is missing."""
    each = [_verdict(condition, facts[condition.fact]) for condition in parts(rule)]
    if "met" in each:
        return "met"
    return "unknown" if "unknown" in each else "unmet"


def _verdict(condition: Condition, found: FoundFact) -> Verdict:
    if condition.holds is not None:
        return "unknown" if found.holds is None else "met" if found.holds == condition.holds else "unmet"
    if found.value is None or found.feature is None:
        return "unknown"
    value = in_unit(found.feature, found.value, condition.unit)
    return "unknown" if value is None else "met" if condition.allows(value) else "unmet"
