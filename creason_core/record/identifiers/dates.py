"""Dates finer than a year, in digits, Roman numerals and the months' names of many languages (Unicode CLDR, by Babel).

A day and a month are enough; a month and a year too. A year alone identifies nobody below 90.
"""

import re
from collections.abc import Iterator
from functools import cache

from creason_core.record.identifiers.forms import Form
from creason_core.record.languages import END, LETTER, MARKS, START, UPPER, word_of
from creason_core.record.normalising import normal

Span = tuple[int, int]

_LOCALES = (
    "en de fr es pt it nl pl ru uk bg sr sr_Latn hr sl cs sk tr vi el ro hu sv da nb fi et lv lt is ar ar_SY fa ur he "
    "hi bn ta te mr gu pa th id ms fil sw ca"
).split()
_YEAR = r"(?:1[89]\d\d|20\d\d|2[45]\d\d)"  # those from 2400 count from Buddha, as Thailand does
_DAY_NUMBER = r"(?:3[01]|[12]\d|0?[1-9])"
_ROMAN = r"(?:XI{0,2}|IX|IV|VI{0,3}|I{1,3})"
_NOT_IN_NUMBER = r"(?<![\d.,/:-])"
_SEP = r"\s?[-/.]\s?"
_NUMERIC = Form(
    rf"(?<!\d){_YEAR}{_SEP}(?:1[0-2]|0?[1-9]){_SEP}{_DAY_NUMBER}(?!\d)"
    rf"|{_NOT_IN_NUMBER}{_DAY_NUMBER}(?P<sep>\s?[-/.,]\s?){_DAY_NUMBER}(?P=sep)(?:{_YEAR}|'?\d\d)(?![\d]|[.,]\d|\s?(?:m?g|ml|mcg|µg|units?|%)\b)"
    rf"|{_NOT_IN_NUMBER}{_DAY_NUMBER}\s{_DAY_NUMBER}\s{_YEAR}(?!\d)"
    rf"|{_NOT_IN_NUMBER}{_YEAR}\s(?:1[0-2]|0[1-9])\s(?:3[01]|[12]\d|0[1-9])(?!\d)"
    rf"|{_NOT_IN_NUMBER}{_DAY_NUMBER}[\s./-]{{0,2}}\b{_ROMAN}\b[\s./-]{{0,2}}(?:{_YEAR})(?!\d)"
    rf"|{_NOT_IN_NUMBER}{_DAY_NUMBER}[./-]{_ROMAN}[./-]\d\d(?!\d)"
    rf"|{_NOT_IN_NUMBER}(?:1[0-2]|0?[1-9])/{_YEAR}(?![\d/])|\b{_ROMAN}[/.-]{_YEAR}(?!\d)"
    rf"|(?:(?<=\bam )|(?<=\bvom )|(?<=\bzum )|(?<=\bseit dem )|(?<=\bbis zum ))\d{{1,2}}\.\s?\d{{1,2}}\.(?!\d)"
    rf"|(?:(?<=\ble )|(?<=\bdu )|(?<=\bel )|(?<=\bil )|(?<=\bdel )|(?<=\bdia )|(?<=\bdía ))(?:3[01]|[12]\d|0[1-9])/(?:0[1-9]|1[12])(?![\d/]|[.,]\d|\s?(?:m?g|ml|l|mcg|µg|ui|%)(?!\w))"
    rf"|(?:昭和|大正|明治|平成|令和|民國|民国)?\s?\d{{1,4}}\s?[년年]\s?\d{{1,2}}\s?[월月](?:\s?\d{{1,2}}\s?[일日号])?"
    rf"|(?<!\d)\d{{1,2}}\s?[월月]\s?\d{{1,2}}\s?[일日号]"
    rf"|(?<!\d)\d{{1,2}}\s?[ก-๎]{{1,3}}\.[ก-๎]{{1,2}}\.\s?\d{{2,4}}|(?<![\w.])[SHTMR]\d{{1,2}}\.\d{{1,2}}\.\d{{1,2}}(?=\s?生)|(?<!\d){_YEAR}-W\d\d(?:-\d)?(?!\d)"
    rf"|\b(?:ngày\s)?\d{{1,2}}\s(?:tháng)\s\d{{1,2}}(?:\s(?:năm)\s\d{{4}})?",
    re.IGNORECASE,
)
_OF = r"(?:\s(?:of|de|den|del|the|di)\b)?"
_MONTH_WORD = rf"(?P<m>{LETTER}{{2,14}})(?![{MARKS}])[.॰]?'?"
_DAY_FIRST = Form(
    rf"(?<![\d.,/:]){_DAY_NUMBER}(?:st|nd|rd|th|er|º|ª|°|-?го|-?е|an|\.)?(?P<a>{_OF}[\s\-./]{{0,3}}){_MONTH_WORD}"
    rf"(?P<y>(?:{_OF}[\s\-./,]{{0,3}}{_YEAR}|[-/.]'?\d\d|\s'\d\d)(?!\d))?",
    re.IGNORECASE,
)
_DAY_IN_WORDS = Form(
    r"\b(?:(?:twenty|thirty)[- ])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
    rf"(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth)\s(?:of\s)?(?P<m>[{UPPER}]{LETTER}{{2,14}})\b"
)
# Days that hold no digit, in other languages, and feasts, which are days.
_WORDED = Form(
    rf"{START}(?:(?:ersten|zweiten|dritten|vierten|fünften|sechsten|sieb(?:en)?ten|achten|neunten|zehnten|elften|zwölften"
    rf"|\w{{3,8}}zehnten|(?:\w{{3,6}}und)?(?:zwan|drei)[zß]igsten|premier|primero|primo|primeiro|eerste"
    rf"|\w{{2,16}}(?:ого|его|ое)|první|prvního|pierwszego|drugiego|trzeciego)\s(?P<m>{LETTER}{{3,14}}){END}"
    rf"|(?:christmas|new year's|boxing|easter|thanksgiving|independence)(?:\s(?:day|eve|sunday|monday))?,?\s{_YEAR}"
    rf"|(?:weihnachten|heiligabend|silvester|ostern|noël|navidad|natale?|nochebuena|pâques|pascua)\s{_YEAR}"
    r"|[〇零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十]{1,3}[日号])?)",
    re.IGNORECASE,
)
_NO_DAY = frozenset("этого прошлого самого того первое".split())  # "of this May"
_SCORED = Form(r"\b(?:apgar|gcs|epds|nrs|vas)\W{0,3}$", re.IGNORECASE)  # three numbers of a score
_MONTH_FIRST = Form(
    rf"{START}{_MONTH_WORD}(?:[\s\-./]{{1,2}}(?P<d>{_DAY_NUMBER}(?:st|nd|rd|th|\.|-án|-én)?)(?![\d:%]|[.,]\d)"
    rf"(?:,?\s?(?P<y>{_YEAR}|'\d\d)(?!\d))?|[\s\-./,]{{1,2}}(?:de\s|del\s)?(?P<z>{_YEAR}|'\d\d)(?!\d))",
    re.IGNORECASE,
)
_YEAR_FIRST = Form(
    rf"(?<!\d){_YEAR}\.?[\s\-./,]{{1,3}}{_MONTH_WORD}(?:[\s\-./]{{0,2}}{_DAY_NUMBER}(?:\.|-án|-én)?(?!\d))?",
    re.IGNORECASE,
)
# A date of birth may be written in any way: whatever digits, months and separators follow the word.
_BIRTH = Form(
    rf"(?:{word_of('born')}|(?<!\w)(?:b|f|n|ur)\.(?=\s?\d))(?:\s*\)|\s?/\s?age)?[^\w\d]{{0,4}}(?:(?:is|on|the|am|el|in|le|il|w|den|dne|στις|était le)\s+){{0,2}}(?P<x>.{{1,40}})",
    re.IGNORECASE,
)
_BIRTH_PART = Form(
    rf"[\s\-./,년年월月일日生]{{0,3}}(?:of\s|de\s|the\s)?(?P<part>'?\d{{1,8}}(?!\d)(?:st|nd|rd|th)?|{_ROMAN}{END}|(?P<m>{LETTER}{{3,14}})[.॰]?)",
    re.IGNORECASE,
)
_ENGLISH = frozenset("january february march may june july october december".split())
_PLAIN_ENGLISH = frozenset({"may", "mar", "march"})


@cache
def _months() -> tuple[frozenset[str], frozenset[str]]:
    """The names of months, whole and shortened, in small letters and without a point."""
    from babel import Locale

    whole: set[str] = set()
    short: set[str] = {"sept"}
    for name in _LOCALES:
        months = Locale.parse(name).months
        for context in ("format", "stand-alone"):
            whole.update(map(_bare, months[context]["wide"].values()))
            short.update(map(_bare, months[context]["abbreviated"].values()))
    whole = {month for month in whole if not any(sign.isdigit() for sign in month)}
    english = {_bare(month) for month in Locale("en").months["format"]["abbreviated"].values()}
    return frozenset(whole | english | {"sept"}), frozenset(month for month in short if len(month) > 2)


def _bare(month: str) -> str:
    return normal(month).text.casefold().strip(".॰' ").removeprefix("ב")


def find_dates(text: str) -> Iterator[Span]:
    """Dates in ``text``, which is normal and holds a digit."""
    for found in _NUMERIC.finditer(text):
        if not _SCORED.search(text, max(0, found.start() - 12), found.start()):
            yield found.span()
    whole, short = _months()
    for found in _DAY_FIRST.finditer(text):
        month = _bare(found["m"])
        if ". " in found[0] and month in _ENGLISH and not found["y"]:
            continue  # "pressure 13. March fracture": English dates have no point there
        if (month in whole and (found["y"] or found["m"][0].isupper() or month not in _PLAIN_ENGLISH)) or (
            month in short and found["y"]
        ):
            yield found.span()
    for found in _MONTH_FIRST.finditer(text):
        month = found["m"].casefold()
        known = month in whole or (month in short and (found["y"] or found["z"]))
        if known and (found["y"] or found["z"] or found["m"][0].isupper() or month not in _PLAIN_ENGLISH):
            yield found.span()
    for found in _DAY_IN_WORDS.finditer(text):
        if _bare(found["m"]) in whole:
            yield found.span()
    for found in _YEAR_FIRST.finditer(text):
        if found["m"].casefold() in whole | short:
            yield found.span()


def find_worded_days(text: str) -> Iterator[Span]:
    """Days of a normal text that are written without digits ("dritten Mai"), and feasts with their year."""
    for found in _WORDED.finditer(text):
        if not found["m"] or (_bare(found["m"]) in _months()[0] and found[0].split()[0].casefold() not in _NO_DAY):
            yield found.span()


def find_births(text: str) -> Iterator[Span]:
    """Dates after a word for birth, however they are written; a year alone is none."""
    whole, short = _months()
    for found in _BIRTH.finditer(text):
        start = at = found.start("x")
        end, digits, parts = at, 0, 0
        while (part := _BIRTH_PART.match(text, at)) and not (part["m"] and part["m"].casefold() not in whole | short):
            if parts == 3 or (parts and part["part"][0].isdigit() and digits + len(part["part"]) > 8):
                break
            digits += sum(sign.isdigit() for sign in part["part"])
            at, end, parts = part.end(), part.end(), parts + 1
        said = text[start:end].strip()
        if digits >= 3 and not re.fullmatch(rf"(?:{_YEAR}|'\d\d)[년年生]?", said):
            yield start + (len(text[start:end]) - len(text[start:end].lstrip())), end
