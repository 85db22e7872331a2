"""Ages over 89, which may tell who somebody is: kept as 90, which means 90 or older, and shown as "90+"."""

from creason_core.codebook import Feature

TOP_CODED_AGE = 90
AGE_LOINC = "30525-0"


def is_age(feature: Feature) -> bool:
    """Whether the feature is a patient's age in years."""
    return feature.loinc == AGE_LOINC


def top_coded_age(feature: Feature, value: float | str) -> float | str:
    """Ages over 89 as 90; impossible ages, and values of other features, as they are."""
    if not is_age(feature) or isinstance(value, str) or value <= TOP_CODED_AGE - 1:
        return value
    possible = feature.impossible is None or feature.impossible.contains(value)
    return float(TOP_CODED_AGE) if possible else value


def shown_age(value: float) -> str:
    """An age as it may be shown: "90+" from 90 on."""
    return f"{TOP_CODED_AGE}+" if value >= TOP_CODED_AGE else f"{value:.0f}"


def shown_value(feature: Feature, value: float | str) -> str:
    """A value with its unit as it may be shown: "90+ years" for a kept age of 90."""
    if is_age(feature) and value == TOP_CODED_AGE:
        return f"{TOP_CODED_AGE}+ {feature.unit_label}".rstrip()
    return feature.text_with_unit(value)
