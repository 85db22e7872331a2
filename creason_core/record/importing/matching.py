"""Which feature a column's name stands for, or may stand for: by name, label, LOINC or synonym, with a reason.

A name is *the same* as a feature's, or it is a suggestion: what is alike, a part, or wider is another quantity until a
person says that it is not.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from creason_core.record.codebook import Codebook, Feature
from creason_core.record.importing.headers import ORDINARY, Header, folded, parse_header, without_decoration
from creason_core.record.importing.mapping import Why, targets
from creason_core.record.importing.specimens import other_specimen, without_specimen
from creason_core.record.units import analyte_of, analyte_with_loinc, comes_in, names_with_loinc

_SIMILAR = 0.8  # below this two names are not alike
_WORDS = ORDINARY | {"%", "mmol/mol", "a", "mo", "s"}  # units that make another quantity of a name: no rate is in years
_PREFIX = 4  # letters from which the beginning of a name counts, as in "hemat"


@dataclass(frozen=True, slots=True)
class Match:
    """A feature that a name may stand for, how well (0 to 1) and why."""

    feature: Feature
    score: float
    why: Why

    @property
    def same(self) -> bool:
        """Whether the name means this feature and nothing else; if not, a person must say so."""
        return self.why not in {"similar", "search"}

    @property
    def caution(self) -> str:
        """What to tell a person whom it is suggested to."""
        label = self.feature.label
        if self.why == "search":
            return f"This may be a part of {label}, wider than it, or a finding: choose it only if it is the same."
        return f"Its name is like {label}, and may be of something else: choose it only if it is the same."


def matches(name: str, codebook: Codebook, loinc: str = "") -> tuple[Match, ...]:
    """The features that ``name`` may stand for, best first; none where nothing is alike."""
    header = parse_header(name)
    found = [_match(header, loinc or header.loinc, feature) for feature in targets(codebook)]
    return tuple(sorted((match for match in found if match), key=lambda match: -match.score))


def to_take(found: Sequence[Match], cells: Sequence[str]) -> Match | None:
    """The best of ``found`` if it may be taken without asking; ``cells`` are first values of what is called so.

    A registry's own name for a column ("renal", "ca") is a word that others use for other things: it counts where the
    values are the registry's own codes as well.
    """
    if not found or not found[0].same:
        return None
    best = found[0]
    if best.why != "name" or best.feature.numeric or folded(best.feature.name) in _names(best.feature):
        return best
    codes = {*best.feature.level_labels, *best.feature.missing}
    return best if all(cell in codes for cell in cells if cell) else None


def _match(header: Header, loinc: str, feature: Feature) -> Match | None:
    coded = _of_code(loinc, feature)
    if coded:
        return Match(feature, 1.0, "LOINC")
    if coded is False or not header.key:
        return None
    if _is_own_name(header, feature):
        return Match(feature, 1.0, "name")
    readings = tuple(_readings(header, feature))
    names = _names(feature)
    for score, key in readings:
        if why := names.get(key):
            return Match(feature, round(score if why == "label" else score - 0.02, 2), why)
    other = feature.numeric and other_specimen(readings[0][1].split(), feature)
    return None if other else _suggestion(tuple(key for _, key in readings), feature)


def _suggestion(readings: Sequence[str], feature: Feature) -> Match | None:
    if not _search(feature).isdisjoint(readings):
        return Match(feature, 0.75, "search")
    names, bare = _names(feature), readings[-1]
    if not without_decoration(bare.split()):
        return None  # "blood" says nothing by itself
    if len(bare) >= _PREFIX and any(known.startswith(bare) for known in names):
        return Match(feature, 0.7, "similar")
    best = max(_alike(bare, known) for known in names)
    return Match(feature, round(best * 0.85, 2), "similar") if best >= _SIMILAR else None


def _is_own_name(header: Header, feature: Feature) -> bool:
    """Whether it is the registry's own name for the column: in its own case, which tells "ca" from calcium's Ca."""
    if any(sign.isdigit() for sign in feature.name) and header.key == folded(feature.name):
        return True
    return header.plain in {feature.name, feature.column} - {""}


def _readings(header: Header, feature: Feature) -> Iterator[tuple[float, str]]:
    """A name as it stands, without words of time, and without those of the specimen, each with its score.

    A word such as "ratio", "months" or "%", which is no unit of the feature, is a part of the name; any other unit that
    it does not come in makes the name fit less well than one without.
    """
    key, bare, less = header.key, header.bare, 0.0
    if header.unit and not comes_in(feature, header.written):
        less = 0.1
        if header.unit.code in _WORDS:
            key = f"{key} {folded(header.written) or header.written}"
            bare = without_decoration(key.split()) or key
    yield 0.97 - less, key
    yield 0.92 - less, bare
    if not other_specimen(key.split(), feature):
        yield 0.92 - less, without_specimen(bare) or bare


def _of_code(loinc: str, feature: Feature) -> bool | None:
    """Whether a LOINC code names what ``feature`` measures; None where that is not known, and the name must tell."""
    if loinc and loinc == feature.loinc:
        return True
    stated, own = analyte_with_loinc(loinc), analyte_with_loinc(feature.loinc)
    return stated == own if stated and own else None


@lru_cache(maxsize=4096)
def _names(feature: Feature) -> Mapping[str, Why]:
    """What ``feature`` is called, folded: its label, its synonyms, and what it is called in other languages."""
    found: dict[str, Why] = {folded(feature.label): "label"}
    analyte = analyte_of(feature)
    code = feature.loinc or next(iter(analyte.codes if analyte else ()), "")
    for name in (*feature.aliases, *names_with_loinc(code)):
        found.setdefault(folded(name), "alias")
    return found


@lru_cache(maxsize=4096)
def _search(feature: Feature) -> frozenset[str]:
    return frozenset(folded(word) for word in feature.search)


def _alike(one: str, other: str) -> float:
    """How alike two names are; short ones must be equal, since pH is not Ht."""
    shorter, letters = min(len(one), len(other)), len(one) + len(other)
    if shorter <= _PREFIX:
        return float(one == other)
    # What the ratio can be at most, by length and by letters: most names are told apart without matching them.
    if 2 * shorter / letters < _SIMILAR or 2 * (_letters(one) & _letters(other)).total() / letters < _SIMILAR:
        return 0.0
    return SequenceMatcher(None, one, other).ratio()


@lru_cache(maxsize=8192)
def _letters(name: str) -> Counter[str]:
    return Counter(name)
