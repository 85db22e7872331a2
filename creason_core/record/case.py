"""A patient's record, checked against a codebook.

``PatientCase`` is immutable: a change makes a new case. It holds what a person or a registry entered and
nothing computed, and knows no question. Checks live here, not in widgets: a widget's limits are only help.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Literal

from creason_core.errors import CaseError
from creason_core.frozen import Frozen
from creason_core.record.ages import top_coded_age
from creason_core.record.codebook import Codebook, Feature, Range

Provenance = Literal["registry", "entered", "computed", "model"]
Tier = Literal["impossible", "confirm", "reference"]
CONFIRM = "Confirm it with a reason."


class Entry(Frozen):
    """One value of a case.

    ``value`` is a number in the codebook's unit, or a level code. ``measured`` is false where the registry
    filled in a normal value for a test nobody ran. ``reason`` says why a value outside the confirm tier is
    right, in the words of whoever entered it.
    """

    feature: str
    value: float | str
    provenance: Provenance = "entered"
    measured: bool = True
    reason: str = ""


class Finding(Frozen):
    """What a check has to say about one value: ``impossible`` blocks, ``confirm`` asks, ``reference`` flags."""

    feature: str
    tier: Tier
    message: str
    direction: Literal["low", "high"]


class PatientCase(Frozen):
    """A record: at most one entry a feature, in codebook order.

    ``patient`` is an opaque key, never an identifier of a person: it names the patient across versions of the
    case, keeps patients apart in statistics, and seeds the draws of the case's questions.
    """

    patient: str
    codebook: str
    codebook_hash: str
    entries: tuple[Entry, ...]

    @cached_property
    def by_feature(self) -> Mapping[str, Entry]:
        """Feature name → entry."""
        return {entry.feature: entry for entry in self.entries}

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hex) of the case's content."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def value(self, name: str) -> float | str | None:
        """The value of a feature, or None where it is not recorded."""
        entry = self.by_feature.get(name)
        return entry.value if entry else None


def make_case(patient: str, entries: Iterable[Entry], codebook: Codebook) -> PatientCase:
    """The case of ``entries``, in codebook order; ages over 89 become 90.

    Raises:
        CaseError: A value breaks the codebook's rules, or a feature comes twice.
        CodebookError: A feature is unknown.
    """
    checked: dict[str, Entry] = {}
    for entry in entries:
        if entry.feature in checked:
            raise CaseError(f"'{entry.feature}' has two values.", remedy="Keep one of them.")
        feature = codebook.feature(entry.feature)
        value = top_coded_age(feature, parse_value(feature, entry.value))
        for finding in check_value(feature, value):
            if finding.tier == "impossible":
                raise CaseError(finding.message)
            if finding.tier == "confirm" and entry.provenance == "entered" and not entry.reason.strip():
                raise CaseError(finding.message)
        checked[entry.feature] = entry.model_copy(update={"value": value})
    ordered = tuple(checked[feature.name] for feature in codebook.features if feature.name in checked)
    return PatientCase(patient=patient, codebook=codebook.name, codebook_hash=codebook.content_hash, entries=ordered)


def parse_value(feature: Feature, value: object) -> float | str:
    """``value`` as the codebook stores it: a float, or a level code (labels are accepted, in any case).

    Raises:
        CaseError: It is text where a number belongs, not finite, not whole where it must be, or no level.
    """
    if not feature.numeric:
        text = str(value).strip()
        for level in feature.levels:
            if text == level.code or text.casefold() == level.label.casefold():
                return level.code
        labels = ", ".join(level.label for level in feature.levels)
        raise CaseError(f"{feature.label} = '{text}' is not one of its levels.", remedy=f"Choose one of: {labels}.")
    try:
        number = float(value) if isinstance(value, (int, float)) else float(str(value).strip())
    except ValueError:
        raise CaseError(
            f"{feature.label} = '{value}' is not a number.", remedy=f"Enter a number{_in_unit(feature)}, such as 12.5."
        ) from None
    if not math.isfinite(number):
        raise CaseError(f"{feature.label} = '{value}' is not a finite number.", remedy="Leave it empty if unknown.")
    if feature.kind == "integer" and number != int(number):
        raise CaseError(f"{feature.label} = {number:g} is not a whole number.", remedy="Enter a whole number.")
    return number


def check_value(feature: Feature, value: float | str) -> tuple[Finding, ...]:
    """What the worst tier that ``value`` falls outside of has to say; empty where all is well.

    ``value`` has been through ``parse_value``. Tiers are in the codebook's unit.
    """
    if isinstance(value, str):
        return ()
    shown = f"{feature.label} = {value:g}{' ' + feature.unit_label if feature.unit_label else ''}"
    tiers: tuple[tuple[Tier, Range | None, str], ...] = (
        ("impossible", feature.impossible, "is impossible: it must lie within {}. Correct it or leave it empty."),
        ("confirm", feature.confirm, f"is unusual: it mostly lies within {{}}. {CONFIRM}"),
        ("reference", feature.reference, "is outside the reference range {}."),
    )
    for tier, limits, words in tiers:
        if limits is None or limits.contains(value):
            continue
        direction: Literal["low", "high"] = "low" if limits.low is not None and value < limits.low else "high"
        message = f"{shown} {words.format(f'{limits}{_unit(feature)}')}"
        return (Finding(feature=feature.name, tier=tier, message=message, direction=direction),)
    return ()


def _unit(feature: Feature) -> str:
    return f" {feature.unit_label}" if feature.unit_label else ""


def _in_unit(feature: Feature) -> str:
    return f" in {feature.unit_label}" if feature.unit_label else ""
