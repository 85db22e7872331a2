"""Names of persons: by a title or cue before them, by lists of common names, and by the look of a whole cell.

No list holds every name and many names are words, so that this misses some and marks some that are none.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import pairwise

import yaml

from creason_core.codebook import Frozen, SafeLoader

Span = tuple[int, int]

_UPPER = "A-ZÀ-ÖØ-ÞŁŚŻŠČĐĞİ"
_LOWER = "a-zß-öø-ÿąćęłńóśźżšěščřžýůğışő"
_CAP = rf"(?:(?:O|D|Mc|Mac|al|Al|El|von|van|de|da|di|bin)['’-]?\s?)?[{_UPPER}][{_LOWER}'’]+(?:-[{_UPPER}]?[{_LOWER}]+)*"
_NAME = rf"(?:(?:[{_UPPER}]\.\s?)*{_CAP}|[{_UPPER}]{{2,}})(?:[\s,]{{1,2}}(?:[{_UPPER}]\b\.?|{_CAP}|(?:von|van|de|da|di|la|bin|al)(?=\s[{_UPPER}])))*"
_TITLES = (
    r"(?:Mrs?|Ms|Miss|Mx|Dr|Doctor|Prof|Professor|Sir|Dame|Rev|Nurse|Sister|Matron|Herr|Frau|Mme|Mlle|Señora?|Sra?|Don|Doña|"
    r"Sig|Signora?)\b\.?"
)
_KIN = (
    r"(?:daughter|son|wife|husband|mother|father|brother|sister|spouse|partner|niece|nephew|aunt|uncle|grandson|"
    r"granddaughter|friend|neighbou?r|next of kin|nok|guardian|carer)"
)
_CUES = (
    rf"(?:{_KIN}(?:'s name)?(?:\s+is)?|named|called|patient(?:'s)? name(?: is)?|pt name|name(?: is)?|surname|first name|last name|"
    r"patient|pt|paciente?|signed(?: by)?|seen by|reviewed by|referred by|documented by|care of|under|consultant|attending|"
    r"physician|anaesthetist|surgeon|registrar|resident|gp(?: is)?|nurse|d/w|discussed with|spoke (?:to|with)|per|c/o|chart belongs to|"
    r"belongs to|known as|mr|mrs|mother called|contact)"
)
_KOREAN_AFTER = r"(?:\s?(?:님|씨|환자|교수|선생|간호사|보호자|과장|의사|환우|전공의)|\s?\(\s?(?:M|F|남|여))"
_KOREAN_BEFORE = r"(?:환자|보호자|성명|이름|담당의|주치의|담당|간호사|교수|의사|남편|아내|아들|딸)\s?[:：]?\s*"
# Hangul words that begin like a surname and stand beside a cue without being a name.
_KOREAN_PLAIN = frozenset(
    "상태 의식 호흡 혈압 사망 이송 이상 전원 입원 퇴원 진료 정보 안정 신부전 급성 중환자 고령 여성 남성 소아 성인 노인 전신 심부전 폐렴 "
    "패혈증 양호 호전 악화 주의 기록 검사 번호 등록 연락 동의 설명 면담 한명 모두 위독 감염 수술 응급 외래 본원 타원".split()
)
_PATRONYMIC = r"[А-ЯЁ][а-яё]+\s+[А-ЯЁ][а-яё]+(?:\s+[А-ЯЁ][а-яё]+(?:ович|евич|ич|овна|евна|ична))?"
_ARABIC = r"(?:المريضة?|السيدة?|الدكتورة?)\s+([\u0621-\u064a]+(?:\s+[\u0621-\u064a]+){0,3})"
_GREEK = r"[Α-ΩΆΈΉΊΌΎΏ][α-ωάέήίόύώϊϋΐΰς]+\s+[Α-ΩΆΈΉΊΌΎΏ][α-ωάέήίόύώϊϋΐΰς]+"


class Words(Frozen):
    """The lists in ``words.yaml``; every word in lower case."""

    given: frozenset[str]
    surnames: frozenset[str]
    korean_surnames: frozenset[str]
    chinese_surnames: frozenset[str]
    plain: frozenset[str]
    columns: Mapping[str, frozenset[str]]


@cache
def words() -> Words:
    """The guard's lists of words."""
    text = (files("creason_core") / "identifiers" / "words.yaml").read_text(encoding="utf-8")
    raw = yaml.load(text, Loader=SafeLoader)  # noqa: S506 — safe
    return Words(
        given=frozenset(raw["given"].split()),
        surnames=frozenset(raw["surnames"].split()),
        korean_surnames=frozenset(raw["korean_surnames"]),
        chinese_surnames=frozenset(raw["chinese_surnames"]),
        plain=frozenset(raw["plain"].split()),
        columns={kind: frozenset(part.strip() for part in names.split("|")) for kind, names in raw["columns"].items()},
    )


TITLE_AT_END = re.compile(rf"\b{_TITLES}\s*$")
_TITLED = re.compile(rf"\b{_TITLES}\s+(?P<x>{_NAME})")
_CUED = re.compile(rf"\b(?i:{_CUES})\s*[:=,]?\s+(?P<x>{_NAME})")
_CAPITALS = re.compile(rf"(?<![\w-]){_NAME}")
_LISTED = re.compile(rf"(?<![\w-])[{_UPPER}]{{2,}},\s*[{_UPPER}][\w'-]+(?:\s[{_UPPER}]\.?)?(?!\w)")
_INITIALS = re.compile(rf"(?<![\w.])(?:[{_UPPER}]\.\s?){{1,3}}(?P<s>{_CAP})")
# Where no capital follows the first sign, no name follows a title, a cue or an initial.
_LATER_CAPITAL = re.compile(rf"(?s:.)[{_UPPER}]")
_WORDS = re.compile(rf"[{_UPPER}{_LOWER}'’-]{{2,}}")
_CELL = re.compile(rf"{_CAP},?(?:\s(?:{_CAP}|[{_UPPER}]\.)){{1,3}}")
_OTHER = re.compile(rf"{_PATRONYMIC}|{_GREEK}")
_ARABIC_NAME = re.compile(_ARABIC)
_SAYS = re.compile(rf"^(?P<x>{_CAP}) (?:says|said|states|reports|told|feels|came|family|is|was|has)\b")
_BEDSIDE = re.compile(rf"(?P<x>{_CAP}(?:\s{_CAP})?),? (?:RN|MD|PhD|RGN|FRCP|family|says)\b")
_HANGUL = re.compile(
    rf"(?<![가-힣])(?P<x>[가-힣]{{2,4}}){_KOREAN_AFTER}|{_KOREAN_BEFORE}(?P<y>[가-힣]{{3,4}})(?![가-힣])"
)
_HAN = re.compile(
    r"(?P<x>[\u4e00-\u9fff]{2,4})(?:さん|様|氏|先生|女士)|(?:患者|病人|氏名|姓名)[:：]?\s*(?P<y>[\u4e00-\u9fff]{2,3})(?![\u4e00-\u9fff])"
)


def find_names(text: str) -> Iterator[Span]:
    """Where names of persons seem to stand in ``text``; spans may overlap."""
    if not text.isascii():
        yield from _beyond_latin(text)
    later = _LATER_CAPITAL.search(text)
    for form in (_TITLED, _CUED, _BEDSIDE, _SAYS) if later else (_BEDSIDE, _SAYS):
        for found in form.finditer(text):
            if span := _without_plain(text, found.span("x")):
                yield span
    if later:
        yield from _by_form(text)
    yield from _by_lists(text)
    whole = text.strip()
    if _CELL.fullmatch(whole) and not any(word.casefold() in words().plain for word in _WORDS.findall(whole)):
        yield text.index(whole), text.index(whole) + len(whole)


def _by_form(text: str) -> Iterator[Span]:
    known = words()
    for found in _LISTED.finditer(text):
        if not any(word.casefold() in known.plain for word in _WORDS.findall(found[0])):
            yield found.span()
    for found in _INITIALS.finditer(text):
        if found["s"].casefold() not in known.plain:
            yield found.span()


def _by_lists(text: str) -> Iterator[Span]:
    known = words()
    tokens = [(word[0].casefold(), word.start(), word.end(), word[0][0].isupper()) for word in _WORDS.finditer(text)]
    if known.given.isdisjoint(token[0] for token in tokens):
        return
    for (one, start, _, first_up), (two, _, end, second_up) in pairwise(tokens):
        between = text[start + len(one) : end - len(two)]
        if between.strip(" ,.") or len(between) > 3:
            continue
        given = one in known.given or two in known.given
        both = (one in known.given and two in known.surnames) or (one in known.surnames and two in known.given)
        if both or (given and first_up and second_up and not {one, two} & known.plain):
            yield start, end
    for one, start, end, up in tokens:
        if up and one in known.given and one not in known.plain and len(one) > 3:
            yield start, end


def _without_plain(text: str, span: Span) -> Span | None:
    """The span up to its first word that is no name; None if that is the first, or a short abbreviation."""
    start, end = span
    last = None
    for word in _WORDS.finditer(text, start, end):
        if word[0].casefold() in words().plain or (word[0].isupper() and len(word[0]) < 4 and last is None):
            break
        last = word.end()
    return (start, last) if last else None


def _beyond_latin(text: str) -> Iterator[Span]:
    known = words()
    for found in _OTHER.finditer(text):
        yield found.span()
    for found in _ARABIC_NAME.finditer(text):
        yield found.span(1)
    for found in _HANGUL.finditer(text):
        group = "x" if found["x"] else "y"
        name = found[group]
        if (
            name[0] in known.korean_surnames
            and name not in _KOREAN_PLAIN
            and not name.endswith(("증", "전", "염", "과"))
        ):
            yield found.span(group)
    for found in _HAN.finditer(text):
        group = "x" if found["x"] else "y"
        if found[group][0] in known.chinese_surnames:
            yield found.span(group)
    whole = text.strip()
    if is_eastern_name(whole):
        yield text.index(whole), text.index(whole) + len(whole)


def is_eastern_name(cell: str) -> bool:
    """Whether a whole cell looks like a Korean, Chinese or Japanese name: a common surname and one to three signs."""
    known = words()
    if re.fullmatch(r"[가-힣]{2,4}", cell):
        return len(cell) == 3 and cell[0] in known.korean_surnames and cell not in _KOREAN_PLAIN and not cell.endswith(
            ("증", "전", "염", "과", "압", "색"))  # fmt: skip
    return bool(re.fullmatch(r"[\u4e00-\u9fff]{2,4}", cell)) and cell[0] in known.chinese_surnames
