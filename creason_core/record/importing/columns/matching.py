"""Which feature a column's name stands for, or may stand for: by name, label, LOINC or synonym, with a reason.

A name is *the same* as a feature's, or it is a suggestion: what is alike, a part, or wider is another quantity until a
person says that it is not.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from creason_core.record.codebook import Codebook, Feature
from creason_core.record.importing.columns.headers import ORDINARY, Header, folded, is_decoration, parse_header
from creason_core.record.importing.columns.mapping import NameMap, Why, target_feature, targets
from creason_core.record.importing.columns.specimens import (
    in_specimen,
    of_vessel,
    says_vessel,
    without_specimen,
    words_of_others,
)
from creason_core.record.units import analyte_of, analyte_with_loinc, comes_in, names_with_loinc

_SIMILAR = 0.8  # below this two names are not alike
_SURE = 0.9  # of a match
_WORDS = ORDINARY | {"%", "mmol/mol", "a", "mo", "s"}  # units that make another quantity of a name: no rate is in years
_YES, _NO = frozenset({"yes", "y", "true", "1"}), frozenset({"no", "n", "false", "0", "none"})
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
    spoken = _Spoken(header.key, header.bare, without_specimen(header.bare), frozenset(header.key.split()))
    found = [_match(header, spoken, loinc or header.loinc, feature) for feature in targets(codebook)]
    return tuple(sorted((match for match in found if match), key=lambda match: -match.score))


def is_feature(text: str, codebook: Codebook) -> bool:
    """Whether a text names a feature."""
    return any(match.score >= _SURE for match in matches(text[:80], codebook)[:1])


def feature_of_column(name: str, codebook: Codebook) -> Feature | None:
    """The feature that a table's column is, by the codebook or by the column's name; None where neither tells."""
    own = next((feature for feature in codebook.features if (feature.column or feature.name) == name), None)
    found = matches(name, codebook) if own is None else ()
    return own or (found[0].feature if found and found[0].same else None)


def to_take(found: Sequence[Match], cells: Sequence[str], name: str = "") -> Match | None:
    """The best of ``found`` if it may be taken without asking; ``cells`` are first values of what is called so.

    A registry's own name for a column ("renal", "ca") is a word that others use for other things: it counts where the
    values are the registry's own codes as well. A name of one letter (``name``: K) may be a count of anything: it needs
    a value with decimals.
    """
    if not found or not found[0].same:
        return None
    best = found[0]
    if _says_less(best.feature, cells) or (_is_letter(name) and not any(map(_has_decimals, cells))):
        return None
    if best.why != "name" or not _is_a_word(best.feature):
        return best
    levels = best.feature.level_labels
    known = {text.casefold() for text in (*levels, *levels.values(), *best.feature.missing)}
    return best if all(cell.strip().casefold() in known for cell in cells if cell.strip()) else None


def _is_letter(name: str) -> bool:
    return len(folded(name)) == 1 and folded(name).isascii()


def _has_decimals(cell: str) -> bool:
    return "." in cell or "," in cell


def _is_a_word(feature: Feature) -> bool:
    """Whether the registry's name for a column of levels is a word that others use for something else."""
    own = feature.column or any(sign.isdigit() for sign in feature.name)
    return not (own or feature.numeric or folded(feature.name) in _terms(feature).names)


def one_vessel(names: Iterable[NameMap], codebook: Codebook) -> tuple[NameMap, ...]:
    """``names``, of which those that leave the vessel open are only suggestions where another name says it.

    Beside "PaCO2" a plain "pCO2" may be venous; alone it is what wards call the arterial one.
    """
    given = tuple(names)
    features = {item.target: target_feature(item.target, codebook) for item in given if item.target}
    clear = {item.target for item in given if item.target and of_vessel(features[item.target]) and _is_clear(item)}
    return tuple(
        NameMap(name=item.name, target="", score=0.7, why="similar", suggested=item.target,
                note=Match(features[item.target], 0.7, "similar").caution)
        if item.target in clear and not _is_clear(item)
        else item
        for item in given
    )  # fmt: skip


def _is_clear(item: NameMap) -> bool:
    return item.why != "alias" or says_vessel(item.name)


def _says_less(feature: Feature, cells: Sequence[str]) -> bool:
    """Whether values only say yes or no where ``feature`` has more to say: cancer of which extent?"""
    if len(feature.levels) < 3 or _YES & {level.label.casefold() for level in feature.levels}:
        return False
    given = {cell.strip().casefold() for cell in cells if cell.strip()}
    return bool(given & _YES) and given <= _YES | _NO


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A name as it stands, without words of time, and without those of a specimen too; and its words."""

    key: str
    bare: str
    plain: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a feature is called (``own`` in the codebook), what only helps to find it, and words of other specimens."""

    names: Mapping[str, Why]
    own: tuple[str, ...]
    search: frozenset[str]
    foreign: frozenset[str]
    in_specimen: bool


def _match(header: Header, spoken: _Spoken, loinc: str, feature: Feature) -> Match | None:
    coded = _of_code(loinc, feature)
    if coded:
        return Match(feature, 1.0, "LOINC")
    if coded is False or not header.key:
        return None
    if _is_own_name(header, feature):
        return Match(feature, 1.0, "name")
    terms = _terms(feature)
    other = not terms.foreign.isdisjoint(spoken.words)
    plain = spoken.plain if terms.in_specimen and not other else ""
    for score, key in ((0.97, spoken.key), (0.92, spoken.bare), (0.92, plain)):
        if why := terms.names.get(key):
            return _in_its_unit(Match(feature, round(score if why == "label" else score - 0.02, 2), why), header)
    return None if other else _suggestion(spoken, plain, terms, feature)


def _in_its_unit(match: Match, header: Header) -> Match:
    """``match``, less sure where the name has a unit that the feature does not come in.

    A word such as "ratio", "months" or "%" that is no unit of the feature makes another quantity of its name.
    """
    if not header.unit or comes_in(match.feature, header.written):
        return match
    if header.unit.code in _WORDS and not is_decoration(header.written):
        return Match(match.feature, 0.7, "similar")
    return Match(match.feature, round(match.score - 0.1, 2), match.why)


def _suggestion(spoken: _Spoken, plain: str, terms: _Terms, feature: Feature) -> Match | None:
    if not terms.search.isdisjoint((spoken.key, spoken.bare)):
        return Match(feature, 0.75, "search")
    bare = plain or spoken.bare
    if is_decoration(bare):
        return None  # "blood" says nothing by itself
    if len(bare) >= _PREFIX and any(known.startswith(bare) or _is_within(known, bare) for known in terms.own):
        return Match(feature, 0.7, "similar")
    best = max(_alike(bare, known) for known in terms.own)
    return Match(feature, round(best * 0.85, 2), "similar") if best >= _SIMILAR else None


def _is_own_name(header: Header, feature: Feature) -> bool:
    """Whether it is the registry's own name for the column: in its own case, which tells "ca" from calcium's Ca."""
    if any(sign.isdigit() for sign in feature.name) and header.key == folded(feature.name):
        return True
    return header.plain in {feature.name, feature.column} - {""}


def _of_code(loinc: str, feature: Feature) -> bool | None:
    """Whether a LOINC code names what ``feature`` measures; None where that is not known, and the name must tell."""
    if loinc and loinc == feature.loinc:
        return True
    stated, own = analyte_with_loinc(loinc), analyte_with_loinc(feature.loinc)
    return stated == own if stated and own else None


@lru_cache(maxsize=4096)
def _terms(feature: Feature) -> _Terms:
    """The names are folded: the label, synonyms, and what it is called in other languages."""
    names: dict[str, Why] = {folded(feature.label): "label"}
    analyte = analyte_of(feature)
    code = feature.loinc or next(iter(analyte.codes if analyte else ()), "")
    for name in (*feature.aliases, *names_with_loinc(code)):
        names.setdefault(folded(name), "alias")
    foreign = words_of_others(feature) if feature.numeric else frozenset[str]()
    own = tuple(folded(name) for name in (feature.label, *feature.aliases))
    for name, why in tuple(names.items()):  # as in a column called heartrate
        if len(joined := name.replace(" ", "")) > _PREFIX:
            names.setdefault(joined, why)
    return _Terms(names, own, frozenset(folded(word) for word in feature.search), foreign, in_specimen(feature))


def _is_within(known: str, name: str) -> bool:
    """Whether a name says more than ``known``, as "heart rate alarm" does."""
    return len(known) > _PREFIX and known in name and f" {known} " in f" {name} "


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
