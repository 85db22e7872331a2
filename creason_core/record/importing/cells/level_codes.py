"""Codes of levels, read from the whole column: what 1 means is told by what else stands there, and else asked.

0 and 1 are no and yes; 1 and 2 can mean either. "-" is "negative" beside "+", "not recorded" beside a word for no,
and asked elsewhere.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import cache

from creason_core.record.codebook import Feature

# What says "not recorded" whatever the column is; and words that may be levels of a feature, and are then values.
BLANK = frozenset(["", "na", "n/a", "nan", "null", "nat", ".", "-", "--", "---", "?", "<na>", "#n/a"])
MISSING = BLANK | frozenset(
    "n.a.|nil|none|unknown|unk|missing|nd|n.d.|nr|pending|미상|없음|"
    "not done|not recorded|not measured|not available|not known|not tested|not performed|not reported|not applicable|"
    "not documented|not collected|not determined|test not performed|tnp|qns|no data|no result|cancelled|canceled|"
    "hemolyzed|hemolysed|haemolysed|haemolyzed|clotted|insufficient|insufficient sample|unable to obtain|in progress|"
    "to follow|see note|see comment|(null)|n/d|n/t|n/m|n/r|..|...|"
    "n.b.|n. b.|k.a.|k. a.|n.best.|n.gem.|keine angabe|nicht bestimmt|nicht bestimmbar|nicht gemessen|"
    "nicht durchgeführt|nicht erhoben|nicht bekannt|unbekannt|fehlt|fehlend|ausstehend|folgt|storniert|hämolytisch|"
    "hämolyse|geronnen|zu wenig material|material fehlt|kein material|s. befund|siehe befund|"
    "non dosé|non dosée|non fait|non faite|non réalisé|non mesuré|non disponible|non renseigné|en cours|inconnu|"
    "manquant|hémolysé|no disponible|no realizado|no realizada|no consta|no aplica|sin datos|sin resultado|pendiente|"
    "en proceso|desconocido|hemolizado|hemolizada|non disponibile|non eseguito|in corso|sconosciuto|mancante|"
    "emolizzato|não realizado|não disponível|pendente|desconhecido|hemolisado|niet bepaald|niet gemeten|niet bekend|"
    "onbekend|volgt|ontbreekt|미측정|검사안함|미검|미실시|해당없음|모름|결과없음|용혈".split("|")
)
MOST_ASKED = 20  # different codes of a column that a person is asked about; more are no codes
_YES = frozenset(
    "y|yes|true|t|present|positive|pos|+|++|+++|checked|ticked|✓|✔|☑|예|네|있음|유|양성|j|ja|oui|si|sí|sim|tak|да|"
    "evet|kyllä|はい|有|是|あり|陽性|阳性|vorhanden|positiv|positif|positivo|pos.|wahr|vrai|"
    "verdadero|verdadeiro|vero|waar|var|есть|положительный|положительно|pozitif|pozitivní".split("|")
)
_NO = frozenset(
    "n|no|nie|false|f|absent|negative|neg|unchecked|unticked|not ticked|not present|☐|아니오|아니요|아니|무|음성|nein|"
    "non|nao|"
    "não|нет|hayır|nej|nee|ei|いいえ|无|無|否|なし|陰性|阴性|nicht vorhanden|negativ|négatif|negativo|neg.|"
    "falsch|faux|falso|onwaar|yok|hayir|отсутствует|отрицательный|отрицательно|negatif|negativní".split("|")
)
# Negative in one table and not recorded in the next.
_EITHER = frozenset("-|--|---|없음|none|nil|nd|n.d.|nr".split("|"))
_POSITIVE_SIGNS = frozenset("+|++|+++|있음|유|present|positive|pos|positiv".split("|"))
_FEMALE = frozenset(
    "f|w|female|woman|women|girl|여|여자|여성|weiblich|frau|femme|féminin|feminin|femenino|feminino|femmina|"
    "mujer|donna|mulher|vrouw|vrouwelijk|kvinna|kvinde|kvinne|kobieta|kadın|nainen|kadin|bayan|женщина|женск.|жен.|женский|жен|ж|女|女性|♀|"
    "hembra|weibl.|weibl|fem.|fem".split("|")
)
_MALE = frozenset(
    "m|male|man|men|boy|남|남자|남성|männlich|maennlich|mann|homme|masculin|masculino|maschile|maschio|hombre|varón|"
    "varon|uomo|homem|mannelijk|mężczyzna|erkek|mies|bay|мужчина|мужск.|муж.|мужской|муж|м|男|男性|♂|"
    "männl.|männl|masc.|masc".split("|")
)
# "M" is mujer beside H (hombre) or V (varón): a letter that is neither F nor W leaves M open, and so does M alone in a
# column with a Spanish name.
_LETTER = re.compile(r"[^\W\d_]")
_IN_SPANISH = re.compile(r"(?<![^\W_])(?:sexo|g[eé]nero)(?![^\W_])", re.IGNORECASE)
_WHOLE = re.compile(r"-?\d+")
_WITH_CODE = re.compile(r"[(\[]?-?\d+[)\]]?\s*[-=:.,)\s]\s*([^\W\d].*)|([^\W\d].*?)\s*[(\[]-?\d+[)\]]")
_FOR_MISSING = re.compile(r"-\d+|9+[6-9]?|8{1,4}|7{2,4}")


@dataclass(frozen=True)
class LevelReading:
    """What the texts of a column mean, each folded by ``folded_code``: a level's code, or "" for not recorded.

    ``asked`` are those that only a person can tell, with how many cells have each.
    """

    meanings: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, int] = field(default_factory=dict)


@cache
def folded_code(text: str) -> str:
    """A code as it is compared: "2.0" and "2.00" are 2, "N" is n, and "–" is "-"."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    plain = re.sub(r"^[−–—]", "-", plain)
    return re.sub(r"^([+-]?\d+)\.0+$", r"\1", plain)


def looks_like_code(text: str) -> bool:
    """Whether a text among words is a number such as -9, 99 or 888, as codes for "not recorded" are."""
    return _FOR_MISSING.fullmatch(folded_code(text)) is not None


def is_yes_no(feature: Feature) -> bool:
    """Whether its two levels are yes and no."""
    return _family(feature) == {"yes", "no"}


def is_sex(feature: Feature) -> bool:
    """Whether its two levels are female and male."""
    return _family(feature) == {"female", "male"}


def _family(feature: Feature) -> set[str]:
    return {level.label.casefold() for level in feature.levels} if len(feature.levels) == 2 else set()


def read_levels(
    texts: Mapping[str, int], feature: Feature, given: Mapping[str, str], called: str = "",
    unclear: Set[str] = frozenset(),
) -> LevelReading:  # fmt: skip
    """What ``texts`` (of a whole column, with how many cells have each) mean as levels of ``feature``.

    ``given`` is what a person or the file said of some of them, ``called`` the column's name; ``unclear`` are codes of
    which the file says something else than a level. What is in neither part is no level at all.
    """
    counts: dict[str, int] = {}
    first: dict[str, str] = {}
    for text, count in texts.items():
        counts[folded_code(text)] = counts.get(folded_code(text), 0) + count
        first.setdefault(folded_code(text), text)
    exact = {key: code for key, text in first.items() if (code := exact_level(text, feature)) is not None}
    meanings: dict[str, str] = dict(exact)
    meanings |= _words(set(counts) - set(exact), feature)
    unknown = {key for key in counts if key not in meanings}
    for key in sorted(unknown & _EITHER):
        if (means := _either(key, set(counts), meanings, feature)) is not None:
            meanings[key] = means
    missing = {key for key in unknown - set(meanings) - _EITHER if key in MISSING}
    meanings |= dict.fromkeys(missing, "")
    open_ = _open_numbers(set(counts), set(exact), feature) | {key for key in counts if key in unclear}
    if is_yes_no(feature):
        meanings |= {key: code for key, code in zip("01", _no_and_yes(feature), strict=True)
                     if key in counts and key not in open_}  # fmt: skip
    strange = {key for key in counts if key not in meanings}
    letters = {key for key in strange if _LETTER.fullmatch(key)}
    alone = not any(meanings.get(key) for key in counts if key != "m") and _IN_SPANISH.search(called)
    if is_sex(feature) and "m" in counts and (letters or alone) and not counts.keys() & {"f", "w"}:
        open_.add("m")
    open_ |= letters | {key for key in strange if _WHOLE.fullmatch(key) or key in _EITHER}
    if strange and not any(meanings.get(key) for key in counts.keys() - open_):
        open_ |= strange  # no word of the column is known
    given = _both(given, open_, feature)
    asked = {key: counts[key] for key in counts if key in open_ and key not in given}
    if len(asked) > MOST_ASKED:
        asked, meanings = {}, exact
    settled = {key: code for key, code in (meanings | dict(given)).items() if key not in asked}
    return LevelReading(settled, asked)


def exact_level(text: str, feature: Feature) -> str | None:
    """The code of the level whose code or label this is, in any case; None where it is neither."""
    by_code = {folded_code(level.code): level.code for level in feature.levels}
    by_label = {level.label.casefold(): level.code for level in feature.levels}
    if text in by_code.values():
        return text
    for told in (text.strip().casefold(), *_told_with_code(text)):
        if (code := by_label.get(told)) is not None:
            return code
    return by_code.get(folded_code(text))


def _told_with_code(text: str) -> tuple[str, ...]:
    """The label in "1 = Yes", "1, Yes", "(1) Yes" or "Yes (1)", which states what the code means."""
    found = _WITH_CODE.fullmatch(text.strip().casefold())
    return (found[1] or found[2],) if found else ()


def _no_and_yes(feature: Feature) -> tuple[str, str]:
    by_label = {level.label.casefold(): level.code for level in feature.levels}
    return by_label["no"], by_label["yes"]


def _words(keys: set[str], feature: Feature) -> dict[str, str]:
    """Words of many languages for yes and no, female and male."""
    if is_yes_no(feature):
        pairs = zip((_NO, _YES), _no_and_yes(feature), strict=True)
    elif is_sex(feature):
        by_label = {level.label.casefold(): level.code for level in feature.levels}
        pairs = zip((_FEMALE, _MALE), (by_label["female"], by_label["male"]), strict=True)
    else:
        return {}
    inner = {key: (key, *_told_with_code(key)) for key in keys}
    return {key: code for words, code in pairs for key in keys if not words.isdisjoint(inner[key])}


def _either(key: str, keys: set[str], meanings: Mapping[str, str], feature: Feature) -> str | None:
    """What "-" and its like mean beside what else stands in the column; None where it can be either."""
    if not is_yes_no(feature):
        return ""
    no, _ = _no_and_yes(feature)
    if any(meanings.get(other) == no for other in keys) or "0" in keys:
        return ""
    return no if keys & _POSITIVE_SIGNS and key not in {"nd", "n.d.", "nr"} else None


def _open_numbers(keys: set[str], exact: set[str], feature: Feature) -> set[str]:
    """The numbers among a column's codes that can mean more than one thing."""
    numbers = {key for key in keys if _WHOLE.fullmatch(key)}
    if all(_WHOLE.fullmatch(folded_code(level.code)) for level in feature.levels):
        known = numbers & exact
    elif is_yes_no(feature) and "0" in numbers:
        known = numbers & {"0", "1"}
    else:
        return numbers
    further = numbers - known
    # One code that fits no level makes all of them doubtful, unless it is one for "not recorded".
    return further if known and all(_FOR_MISSING.fullmatch(key) for key in further) else numbers if further else set()


def _both(given: Mapping[str, str], open_: Iterable[str], feature: Feature) -> Mapping[str, str]:
    """``given``, and of two codes for two levels the second, which follows from the first."""
    pair, levels = sorted(open_), {level.code for level in feature.levels}
    rest = [key for key in pair if key not in given]
    taken = {code for key, code in given.items() if key in pair} & levels
    counted = pair in (["0", "1"], ["1", "2"]) or (len(pair) == 2 and all(map(_LETTER.fullmatch, pair)))
    if counted and len(levels) == 2 and len(rest) == 1 and len(taken) == 1:
        return {**given, rest[0]: (levels - taken).pop()}
    return given
