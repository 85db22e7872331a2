"""Which values of a patient say most in one line: those furthest outside their reference range."""

from collections.abc import Container

from creason_core.record.ages import shown_value
from creason_core.record.case import PatientCase, check_value
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.over_time import counted

WHO = ("age", "sex", "cat1")  # who the patient is; names that a codebook lacks are left out
MOST = 3


def highlights(case: PatientCase, codebook: Codebook, hidden: Container[str] = ()) -> tuple[str, ...]:
    """Who the patient is, then up to three measured values furthest outside reference; nothing that is ``hidden``.

    Of several values over time the one that counts, and none where one of them is hidden.
    """
    shown = {name: feature for name, feature in codebook.by_name.items() if name not in hidden}
    who = [words for name in WHO if (words := _who(case, shown.get(name), codebook))]
    far = [
        (distance, feature, entry.value)
        for feature in shown.values()
        if not any(entry.name in hidden for entry in case.of(feature.name))
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


def _who(case: PatientCase, feature: Feature | None, codebook: Codebook) -> str:
    entry = counted(case, feature, codebook) if feature else None
    if feature is None or entry is None:
        return ""
    return shown_value(feature, entry.value)


def _with_arrow(feature: Feature, value: float | str) -> str:
    arrow = {"low": " ↓", "high": " ↑"}[check_value(feature, value)[0].direction]
    name = min((feature.label, *feature.aliases), key=len) if len(feature.label) > 18 else feature.label
    return f"{name} {shown_value(feature, value)}{arrow}"
