"""Names of persons in scripts without capitals: after a word for a patient or a title, beside one, or as a whole cell."""

import re
from collections.abc import Iterator
from functools import cache

from creason_core.record.identifiers.forms import Form
from creason_core.record.identifiers.names import words
from creason_core.record.languages import LETTER, MARKS, START, any_of, languages, listed

Span = tuple[int, int]

_KOREAN_AFTER = r"(?:\s?(?:님|씨|환자|교수|선생|간호사|보호자|과장|의사|환우|전공의)|\s?\(\s?(?:M|F|남|여))"
_KOREAN_BEFORE = r"(?:환자\s?(?:명|이름|성명)|환자|보호자|성명|이름|담당의|주치의|담당|간호사|교수|의사|남편|아내|아들|딸)\s?[:：]?\s*"
# Hangul words that begin like a surname and stand beside a cue without being a name.
_KOREAN_PLAIN = frozenset(
    "상태 의식 호흡 혈압 사망 이송 이상 전원 입원 퇴원 진료 정보 안정 신부전 급성 중환자 고령 여성 남성 소아 성인 노인 전신 심부전 폐렴 "
    "패혈증 양호 호전 악화 주의 기록 검사 번호 등록 연락 동의 설명 면담 한명 모두 위독 감염 수술 응급 외래 본원 타원".split()
)
# A family name alone takes no other word behind it.
_HANGUL = Form(
    rf"(?<![가-힣])(?P<x>[가-힣]{{2,4}}){_KOREAN_AFTER}|{_KOREAN_BEFORE}(?P<y>[가-힣]{{3,4}})(?![가-힣])"
    r"|(?<![가-힣])(?P<z>[가-힣]\s?씨)(?![가-힣])|(?<![가-힣])(?P<w>[가-힣]씨)(?=(?:는|은|가|이|의|를|을|와|과|도|에게|께서)(?![가-힣]))"
)
_HINDI_AFTER = Form(rf"{START}(?P<x>{LETTER}{{2,20}})\sजी(?![{MARKS}]|\w)")  # "Mr" or "Mrs", behind the name
_HINDI_PLAIN = frozenset(
    "माता पिता दादा दादी नाना नानी चाचा चाची मामा मामी भाई बहन गुरु डॉक्टर वैद्य हाँ हां नहीं जी मरीज रोगी".split()
)
_HAN = "\u3400-\u9fff々"
_COMPOUND = "欧阳|歐陽|司马|司馬|诸葛|諸葛|上官|东方|皇甫|令狐|尉迟|公孙|慕容"
# What may follow a Chinese name in a sentence: punctuation, a number, or a word with which a clause goes on.
_GOES_ON = r"(?=$|[^\u3400-\u9fff]|入|因|男|女|诉|訴|为|系|今|昨|转|住|已|有|无|術|术|在|的|主|行|于|出|目前|现|現|病|患|自|被|经|于|既往|家属)"
_MAN_AND_WOMAN = r"さん|様|氏|殿|くん|ちゃん|先生|女士|小姐|太太|大夫|医师|醫師|主任|护士|護士|看護師|医師"
_KANA = Form(
    r"[ァ-ヺー]{2,8}(?:[・ ][ァ-ヺー]{2,8})?(?=さん|様|氏|殿)|(?:患者名?|氏名)[:：]?\s?(?P<x>[ァ-ヺー]{2,8}[・ ][ァ-ヺー]{2,8})"
)


@cache
def _forms() -> dict[str, Form]:
    """The forms that need the lists of words, by script."""
    chinese, japanese = any_of(languages()["zh"]["person"]), any_of(languages()["ja"]["person"])
    surnames = f"(?:{_COMPOUND}|[{''.join(words().chinese_surnames)}])"
    families = any_of(words().japanese_surnames)
    word = rf"{LETTER}{{2,20}}"
    many = rf"{word}(?:[\s-]{word}){{0,3}}"
    thai = rf"[\u0e01-\u0e2e\u0e40-\u0e44{MARKS}\u0e30-\u0e33]{{2,24}}"
    spaced = {
        name: any_of(frozenset().union(*(languages()[code][name] for code in ("ar", "he", "hi", "fa"))))
        for name in ("person", "titled")
    }
    return {
        "chinese": Form(
            rf"(?:{chinese})[:：]?\s*(?P<x>{surnames}[{_HAN}]{{1,2}}?){_GOES_ON}|(?P<y>{surnames}[{_HAN}]{{0,2}})(?:{_MAN_AND_WOMAN})"
        ),
        "japanese": Form(
            rf"(?:{japanese})[:：は]?\s*(?P<x>{families}[\s　]?[{_HAN}ぁ-ゖ]{{0,3}})|(?P<y>{families}[\s　]?[{_HAN}ぁ-ゖ]{{0,3}}?)(?:{_MAN_AND_WOMAN})"
        ),
        "spaced": Form(
            rf"{START}(?:{spaced['person']}\s?[:：]?\s(?:{spaced['titled']}\.?\s)?|{spaced['titled']}\.?\s)(?P<x>{many}|{LETTER}['\"]\s{word})"
        ),
        "thai": Form(
            rf"(?:{any_of(languages()['th']['person'])})(?:\s|\s?:\s?)(?P<x>{thai}(?:\s{thai})?)|(?:{any_of(languages()['th']['titled'])})\s?(?P<y>{thai}(?:\s{thai})?)|(?P<z>{thai}\s?แซ่{thai})"
        ),
    }


def find_names_beyond(text: str) -> Iterator[Span]:
    """Where names in scripts without capitals seem to stand in a normal ``text``; spans may overlap."""
    known = words()
    for found in _HANGUL.finditer(text):
        group = next(name for name in "xyzw" if found[name])
        if found[group][0] in known.korean_surnames and not _is_plain_hangul(found[group]):
            yield found.span(group)
    yield from _han(text)
    plain = listed("plain", only=("ar", "he", "hi", "fa"))
    for found in _forms()["spaced"].finditer(text):
        if span := _named(text, found.span("x"), plain):
            yield span
    for found in _HINDI_AFTER.finditer(text):
        if found["x"] not in _HINDI_PLAIN and found["x"] not in plain and "\u0900" <= found["x"][0] <= "\u097f":
            yield found.span("x")
    starts = tuple(listed("plain", only=("th",)))
    for found in _forms()["thai"].finditer(text):
        group = next(name for name in "xyz" if found[name])
        if group != "x" or not found["x"].startswith(starts):
            yield found.span(group)
    whole = text.strip()
    if is_eastern_name(whole):
        yield text.index(whole), text.index(whole) + len(whole)


def _han(text: str) -> Iterator[Span]:
    plain = listed("plain", only=("zh", "ja"))
    for script in ("chinese", "japanese"):
        for found in _forms()[script].finditer(text):
            group = "x" if found["x"] else "y"
            if not found[group].startswith(tuple(plain)) and found[group]:
                yield found.span(group)
    for found in _KANA.finditer(text):
        yield found.span("x") if found["x"] else found.span()


def _named(text: str, span: Span, plain: frozenset[str]) -> Span | None:
    """The span up to its first word that is no name; None if that is the first."""
    end = None
    for word in re.finditer(rf"{LETTER}+(?:['\"]{LETTER}*)?", text[span[0] : span[1]]):
        if word[0] in plain:
            break
        end = span[0] + word.end()
    return (span[0], end) if end else None


def _is_plain_hangul(name: str) -> bool:
    return name in _KOREAN_PLAIN or name.endswith(("증", "전", "염", "과", "압", "병"))


def is_eastern_name(cell: str) -> bool:
    """Whether a whole cell looks like a Korean, Chinese or Japanese name: a common surname and one to three signs."""
    known = words()
    if re.fullmatch(r"[가-힣]{2,4}", cell):
        return (
            len(cell) == 3
            and cell[0] in known.korean_surnames
            and not _is_plain_hangul(cell)
            and cell[-1] not in "압색"
        )
    if not re.fullmatch(rf"[{_HAN}]{{2,5}}", cell) or cell.startswith(tuple(listed("plain", only=("zh", "ja")))):
        return False
    return (len(cell) < 5 and cell[0] in known.chinese_surnames) or cell[:2] in known.japanese_surnames
