"""A patient's record, checked against a codebook.

``PatientCase`` is immutable: a change makes a new case. It holds what a person or a registry entered and
nothing computed, and knows no question. Checks live here, not in widgets: a widget's limits are only help.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Literal

from pydantic import Field

from creason_core.errors import CaseError
from creason_core.frozen import Frozen
from creason_core.record.ages import OLDEST_PERSON, is_age, top_coded_age
from creason_core.record.codebook import KNOWN_AT, Codebook
from creason_core.record.counting import count
from creason_core.record.feature import Feature, Range, unsaid
from creason_core.record.hours import AT, MAX_HOURS, hours_text, name_at, tidied

Provenance = Literal["registry", "entered", "computed", "model"]
Tier = Literal["impossible", "confirm", "reference"]
CONFIRM = "Confirm it with a reason."
MAX_VALUES = 500  # of one feature: a value every hour for three weeks; more are a curve, and no prompt holds them


class Entry(Frozen):
    """One value of a case.

    ``value`` is a number in the codebook's unit, or a level code. ``measured`` is false where the registry
    filled in a normal value for a test nobody ran. ``reason`` says why a value outside the confirm tier is
    right, in the words of whoever entered it. ``hours`` is the time of the value in hours since admission, where one is
    told; it is no part of the JSON where it is not.
    """

    feature: str
    value: float | str
    provenance: Provenance = "entered"
    measured: bool = True
    reason: str = ""
    hours: float | None = Field(default=None, strict=True, exclude_if=unsaid)

    @property
    def name(self) -> str:
        """What the value is called in its case: its feature, with its time ("lactate@6") where it has one."""
        return self.feature if self.hours is None else name_at(self.feature, self.hours)


class Finding(Frozen):
    """What a check has to say about one value: ``impossible`` blocks, ``confirm`` asks, ``reference`` flags."""

    feature: str
    tier: Tier
    message: str
    direction: Literal["low", "high"]


class PatientCase(Frozen):
    """A record: at most one entry a feature and time, in codebook order, those of a feature in order of time.

    ``patient`` is an opaque key, never an identifier of a person: it names the patient across versions of the
    case, keeps patients apart in statistics, and seeds the draws of the case's questions.
    """

    patient: str
    codebook: str
    codebook_hash: str
    entries: tuple[Entry, ...]

    @cached_property
    def by_feature(self) -> Mapping[str, Entry]:
        """``Entry.name`` → entry: a feature's name, or one such as "lactate@6"."""
        return {entry.name: entry for entry in self.entries}

    @cached_property
    def timed(self) -> bool:
        """Whether any value has a time."""
        return any(entry.hours is not None for entry in self.entries)

    @cached_property
    def _series(self) -> Mapping[str, tuple[Entry, ...]]:
        groups: dict[str, list[Entry]] = {}
        for entry in self.entries:
            groups.setdefault(entry.feature, []).append(entry)
        return {feature: tuple(entries) for feature, entries in groups.items()}

    def of(self, name: str) -> tuple[Entry, ...]:
        """The entries of a feature in order of time, or the one of a name such as "lactate@6"; empty where none is."""
        if several := self._series.get(name):
            return several
        return (self.by_feature[name],) if name in self.by_feature else ()

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hex) of the case's content."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def value(self, name: str) -> float | str | None:
        """The value of a feature, or of one at one time; None where it is not recorded.

        Raises:
            CaseError: It has several (``over_time.counted`` says which counts).
        """
        entries = self.of(name)
        if len(entries) > 1:
            raise CaseError(f"'{name}' has {len(entries):,} values over time.", remedy="Name the time that is meant.")
        return entries[0].value if entries else None


def make_case(patient: str, entries: Iterable[Entry], codebook: Codebook) -> PatientCase:
    """The case of ``entries``, in codebook order and in order of time; ages over 89 become 90.

    Raises:
        CaseError: A value or a time breaks the codebook's rules, or a feature comes twice at one time.
        CodebookError: A feature is unknown.
    """
    checked: dict[str, dict[float | None, Entry]] = {}
    for entry in entries:
        feature = codebook.feature(entry.feature)
        hours = _checked_hours(entry, feature, codebook)
        others = checked.setdefault(entry.feature, {})
        if others:
            _checked_place(hours, others, feature)
        value = top_coded_age(feature, parse_value(feature, entry.value))
        for finding in check_value(feature, value):
            if finding.tier == "impossible":
                raise CaseError(finding.message)
            if finding.tier == "confirm" and entry.provenance == "entered" and not entry.reason.strip():
                raise CaseError(finding.message)
        others[hours] = entry.model_copy(update={"value": value, "hours": hours})
    ordered: list[Entry] = []
    for feature in codebook.features:
        several = checked.get(feature.name, {})
        if len(several) > 1:
            _checked_count(feature, several)
        ordered += several.values() if len(several) < 2 else [several[hours] for hours in sorted(several, key=_time)]
    return PatientCase(
        patient=patient, codebook=codebook.name, codebook_hash=codebook.content_hash, entries=tuple(ordered)
    )


def _time(hours: float | None) -> float:
    return -math.inf if hours is None else hours


def _checked_hours(entry: Entry, feature: Feature, codebook: Codebook) -> float | None:
    """The time of ``entry`` as it is kept; None where it tells none."""
    if AT in entry.feature:
        raise CaseError(f"'{entry.feature}' is a value at one time, no feature.", remedy="Give its time as its hours.")
    return None if entry.hours is None else checked_hours(entry.hours, feature, codebook)


def checked_hours(hours: float, feature: Feature, codebook: Codebook) -> float:
    """``hours`` since admission as the time of a value of ``feature`` is kept.

    Raises:
        CaseError: A value of it cannot have that time.
    """
    if not math.isfinite(hours):
        raise CaseError(
            f"{feature.label} has a time that is no number of hours ({hours}).",
            remedy="Give hours since admission, such as 6, or no time if it is unknown.",
        )
    if not codebook.has_admission:
        raise CaseError(
            f"{feature.label} has a time ({hours_text(hours)} h), and the codebook {codebook.name} knows no admission "
            "to count its hours from.",
            remedy="Leave the time out, or name time points under 'times' in the codebook.",
        )
    if not codebook.earliest <= hours <= MAX_HOURS:
        raise CaseError(
            f"{feature.label} has a time of {hours_text(hours)} h: it must lie within "
            f"{hours_text(codebook.earliest)}–{MAX_HOURS:.0f} hours since admission.",
            remedy="Correct it: not seconds, no date, and nothing from before the codebook's 'earliest'.",
        )
    latest = KNOWN_AT[feature.time]
    if feature.counts is None and hours > latest:
        raise CaseError(
            f"{feature.label} at {hours_text(hours)} h is later than the codebook knows it: {codebook.when(feature)}, "
            f"up to {hours_text(latest)} h since admission.",
            remedy="Leave it out, or let this feature have values over time: 'counts:' in the codebook.",
        )
    return tidied(hours)


def _checked_count(feature: Feature, several: Mapping[float | None, Entry]) -> None:
    """Whether the value that counts is possible: a sum of possible values need not be."""
    if feature.counts == "sum":
        value = count(feature, [entry.value for entry in several.values()])[1]
        for finding in check_value(feature, value):
            if finding.tier == "impossible":
                raise CaseError(f"The sum of {len(several)} values over time: {finding.message}")


def _checked_place(hours: float | None, others: Mapping[float | None, Entry], feature: Feature) -> None:
    """Whether a value of ``feature`` at ``hours`` can stand beside ``others`` of it, at least one."""
    if hours in others:
        at = "" if hours is None else f" at {hours_text(hours)} h"
        raise CaseError(f"'{feature.name}' has two values{at}.", remedy="Keep one of them.")
    if hours is None or None in others:
        raise CaseError(
            f"'{feature.name}' has a value with a time and one without.", remedy="Give each its time, or keep one."
        )
    if feature.counts is None:
        raise CaseError(
            f"'{feature.name}' has two values, and its codebook has one of a patient.",
            remedy="Keep one of them, or write 'counts:' (highest, lowest, worst, first, last, mean or sum) there.",
        )
    if len(others) >= MAX_VALUES:
        raise CaseError(
            f"'{feature.name}' has more than {MAX_VALUES} values over time, and a record holds no more.",
            remedy="Keep one an hour, or one at each time point that matters.",
        )


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
    shown = f"{feature.label} = {feature.told(value)}{_unit(feature)}"
    possible = feature.impossible
    if value > OLDEST_PERSON and is_age(feature) and (possible is None or possible.contains(value)):
        possible = Range(low=0, high=OLDEST_PERSON)
    tiers: tuple[tuple[Tier, Range | None, str], ...] = (
        ("impossible", possible, "is impossible: it must lie within {}. Correct it or leave it empty."),
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
