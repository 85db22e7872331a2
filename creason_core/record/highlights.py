"""Which values of a patient say most in one line: who it is, and what is furthest outside its reference range."""

from collections.abc import Container, Mapping

from creason_core.record.ages import is_age, shown_value
from creason_core.record.case import Entry, PatientCase, check_value
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.over_time import counted

MOST = 3
_BARE = frozenset({"yes", "no", "true", "false"})  # levels that say nothing without their feature


def highlights(case: PatientCase, codebook: Codebook, hidden: Container[str] = ()) -> tuple[str, ...]:
    """Who the patient is, then up to three measured values furthest outside reference; nothing that is ``hidden``.

    Of several values over time the one that counts, and none where one of them is hidden.
    """
    shown = {name: feature for name, feature in codebook.by_name.items() if name not in hidden}
    who = who_is(
        {feature.name: entry for feature in who_features(codebook) if (entry := counted(case, feature, codebook))},
        codebook,
        hidden,
    )
    told = {feature.name for feature in who_features(codebook)}
    far = [
        (distance, feature, entry.value)
        for feature in shown.values()
        if feature.name not in told
        and not any(entry.name in hidden for entry in case.of(feature.name))
        and (entry := counted(case, feature, codebook)) is not None
        and entry.measured
        and (distance := outside(feature, entry.value)) > 0
    ]
    far.sort(key=lambda item: -item[0])
    return (*who, *(_with_arrow(feature, value) for _, feature, value in far[:MOST]))


def outside(feature: Feature, value: float | str) -> float:
    """How far ``value`` lies outside the reference range: 0 inside, 1 where the codebook asks to confirm it.

    The codebook's own scale makes a pressure and a bilirubin comparable: widths of reference ranges do not, since
    what is skewed would always come first.
    """
    if isinstance(value, str) or feature.reference is None or feature.confirm is None:
        return 0.0
    for edge, far in ((feature.reference.low, feature.confirm.low), (feature.reference.high, feature.confirm.high)):
        if edge is not None and far is not None and far != edge and (value - edge) / (far - edge) > 0:
            return (value - edge) / (far - edge)
    return 0.0


def who_features(codebook: Codebook) -> tuple[Feature, ...]:
    """The features that say who a patient is, as the codebook names them (``who``).

    Where it names none: up to three of its first section that are an age or have levels, and may be shown.
    """
    if codebook.who:
        return tuple(codebook.feature(name) for name in codebook.who)
    first = codebook.in_section(codebook.sections[0]) if codebook.sections else ()
    shown = [feature for feature in first if feature.role in ("predictor", "derived")]
    return tuple(feature for feature in shown if is_age(feature) or not feature.numeric)[:MOST]


def who_is(entries: Mapping[str, Entry], codebook: Codebook, hidden: Container[str] = ()) -> tuple[str, ...]:
    """What ``codebook`` says a patient is known by, in words; nothing that is ``hidden`` or was not measured."""
    return tuple(
        _named(feature, entry.value)
        for feature in who_features(codebook)
        if feature.name not in hidden and (entry := entries.get(feature.name)) and entry.measured
    )


def _named(feature: Feature, value: float | str) -> str:
    """A value that can stand alone, with its label where the value by itself says nothing: "Smoker: Yes"."""
    text = shown_value(feature, value)
    bare = text.casefold() in _BARE if isinstance(value, str) else not feature.unit_label
    return f"{feature.label}: {text}" if bare else text


def _with_arrow(feature: Feature, value: float | str) -> str:
    arrow = {"low": " ↓", "high": " ↑"}[check_value(feature, value)[0].direction]
    name = min((feature.label, *feature.aliases), key=len) if len(feature.label) > 18 else feature.label
    return f"{name} {shown_value(feature, value)}{arrow}"
