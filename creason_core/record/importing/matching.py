"""Which feature a column's name may stand for: by name, label, LOINC or alias, with a score and a reason."""

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from creason_core.record.codebook import Codebook, Feature
from creason_core.record.importing.headers import Header, folded, parse_header
from creason_core.record.importing.mapping import Why, targets
from creason_core.record.units import analyte_with_loinc

_SIMILAR = 0.8  # below this two names are not alike
_PREFIX = 4  # letters from which the beginning of a name counts, as in "crea"


@dataclass(frozen=True, slots=True)
class Match:
    """A feature that a name may stand for, how well (0 to 1) and why."""

    feature: Feature
    score: float
    why: Why


def matches(name: str, codebook: Codebook, loinc: str = "") -> tuple[Match, ...]:
    """The features that ``name`` may stand for, best first; none where nothing is alike."""
    header = parse_header(name)
    found = [_match(header, loinc or header.loinc, feature) for feature in targets(codebook)]
    return tuple(sorted((match for match in found if match), key=lambda match: -match.score))


def _match(header: Header, loinc: str, feature: Feature) -> Match | None:
    coded = _of_code(loinc, feature)
    if coded:
        return Match(feature, 1.0, "LOINC")
    if coded is False or not header.key:
        return None
    if header.key in {feature.name, folded(feature.name)}:
        return Match(feature, 1.0, "name")
    label = folded(feature.label)
    names: list[tuple[str, Why]] = [(label, "label"), *((folded(alias), "alias") for alias in feature.aliases)]
    for score, key in ((0.97, header.key), (0.92, header.bare)):
        for known, why in names:
            if key == known:
                return Match(feature, score if why == "label" else score - 0.02, why)
    if len(header.bare) >= _PREFIX and any(known.startswith(header.bare) for known, _ in names):
        return Match(feature, 0.7, "similar")
    best = max(_alike(header.bare, known) for known, _ in names)
    return Match(feature, round(best * 0.85, 2), "similar") if best >= _SIMILAR else None


def _of_code(loinc: str, feature: Feature) -> bool | None:
    """Whether a LOINC code names what ``feature`` measures; None where that is not known, and the name must tell."""
    if loinc and loinc == feature.loinc:
        return True
    stated, own = analyte_with_loinc(loinc), analyte_with_loinc(feature.loinc)
    return stated == own if stated and own else None


def _alike(one: str, other: str) -> float:
    """How alike two names are; short ones must be equal, since pH is not Ht."""
    shorter, letters = min(len(one), len(other)), len(one) + len(other)
    if shorter < 4:
        return float(one == other)
    # What the ratio can be at most, by length and by letters: most names are told apart without matching them.
    if 2 * shorter / letters < _SIMILAR or 2 * (_letters(one) & _letters(other)).total() / letters < _SIMILAR:
        return 0.0
    return SequenceMatcher(None, one, other).ratio()


@lru_cache(maxsize=8192)
def _letters(name: str) -> Counter[str]:
    return Counter(name)
