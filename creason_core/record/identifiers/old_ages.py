"""Ages over 89 in a text: in digits, words or Roman numerals, by a year of birth, or by a word such as centenarian."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from creason_core.record.identifiers.forms import Form
from creason_core.record.languages import END, START, UNSPACED, any_of, listed, word_of

Span = tuple[int, int]

OLDEST_TOLD = 89  # years; an older age counts as identifying

_OLD = r"(?:9\d|1[01]\d)"
_FREE = r"(?<![\d.,/:+<>=-])(?<![<>≥≤~] )"
_YEARS = any_of(listed("years", without=UNSPACED) - set("y t l j a n".split()))
_YEARS_GLUED = any_of(listed("years", only=UNSPACED))
_TENS = {
    "en": r"ninety(?:[- ]?(?:one|two|three|four|five|six|seven|eight|nine))?|(?:a |one )?hundred(?:[- ](?:and[- ])?\w+)?",
    "de": r"(?:(?:ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)und)?neunzig|(?:ein)?hundert(?:eins?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn)?",
    "fr": r"quatre[- ]vingt[- ](?:dix(?:[- ](?:sept|huit|neuf))?|onze|douze|treize|quatorze|quinze|seize)|cent(?: (?:un|deux|trois|quatre|cinq))?",
    "es": r"noventa(?: y \w+)?|cien(?:to \w+)?",
    "pt": r"noventa(?: e \w+)?|cem|cento e \w+",
    "it": r"novant(?:a(?:due|tré|tre|quattro|cinque|sei|sette|nove)?|uno|otto)|cento(?:uno|due|tré|tre|quattro|cinque)?",
    "nl": r"(?:(?:een|twee|drie|vier|vijf|zes|zeven|acht|negen)[eë]n)?negentig|honderd(?: ?(?:en ?)?\w+)?",
    "pl": r"dziewięćdziesi(?:ąt|ęcio)(?: \w+)?|sto(?: \w+)?",
    "ru": r"девяност[оа](?: \w+)?|сто(?: \w+)?",
    "el": r"ενενήντα(?: \w+)?|εκατό(?:ν? \w+)?",
    "tr": r"doksan(?: ?\w+)?|yüz(?: (?:bir|iki|üç|dört|beş))?",
    "sv": r"nitti[o]?(?:\w+)?|hundra(?:\w+)?",
    "vi": r"chín mươi(?: \w+)?|một trăm(?: \w+)*",
    "he": r"תשעים(?: ו\w+)?|מאה(?: ו\w+)?",
    "ar": r"(?:\w+ و)?تسع(?:ون|ين)|مائة|مئة",
    "hi": r"नब्बे|इक्यानवे|बानवे|तिरानवे|चौरानवे|पचानवे|छियानवे|सत्तानवे|अट्ठानवे|निन्यानवे|सौ",
    "zh": r"九十[一二三四五六七八九]?|一百(?:零[一二三四五])?",
    "ko": r"아흔\S*|구십[일이삼사오육칠팔구]?|백",
    "cs": r"devadesát(?: \w+)?|deväťdesiat\w*|devedeset(?: i)?(?: \w+)?|sto(?: \w+)?",
    "hu": r"kilencven(?:\w+)?|száz(?:\w+)?",
    "ro": r"nouăzeci(?: (?:și|si) \w+)?(?: de)?|o sută(?: \w+)?(?: de)?",
    "da": r"(?:\w{2,5}og)?halvfems|hundrede(?: \w+)*",
    "fi": r"yhdeksänkymmentä\w*?|sata(?:yksi|kaksi|kolme)?",
    "bg": r"деветдесет(?: и \w+)?|дев['’]яносто(?: \w+)?",
    "fa": r"نود(?: و \w+)?",
    "id": r"sembilan puluh(?: \w+)?",
    "th": r"เก้าสิบ\S*?|ร้อย",
}
_WORDS = "|".join(_TENS.values())
_ROMAN = r"(?:XC(?:IX|IV|V?I{0,3})|C(?=[XVI])X?(?:IX|IV|V?I{0,3}))"
_SEX = (
    r"(?:[MFmfWw♀♂]|male|female|man|woman|lady|gentleman|мужчина|женщина|муж|жен|varón|mujer|homme|femme|남|여|男|女)"
)
_DECADE = r"(?:90s|90's|nineties|100s)"

_FORMS = (
    Form(
        rf"(?<![\d/:+-])(?<!\d[.,])(?<!^[.,])(?:{_OLD}(?:[.,]\d{{1,2}})?|(?:9[1-9]|1[01]\d)\+)\s?-?\s?(?:de\s)?(?:{_YEARS}\.?(?:[- ]?old\b)?{END}|{_YEARS_GLUED})",
        re.IGNORECASE,
    ),
    Form(
        rf"\b(?:male|female|man|woman|männlich|weiblich|homme|femme|varón|mujer|uomo|donna|mężczyzna|kobieta|erkek|kadın|мужчина|женщина|муж\.|жен\.|남자|여자|男性|女性)"
        rf"[,，、\s]{{1,2}}(?P<x>{_OLD}(?:(?:a|\s?[lл]\.)(?!\w)|(?![\w.,%°/+-]|\s?[a-zµ%°])))",
        re.IGNORECASE,
    ),
    Form(
        rf"{START}(?:di\sanni|anni|lat|лет|годов|років|años|anos|ans|jahre|jaar){END}\.?:?\s(?P<x>{_OLD})(?![\w%°+]|[.,:/-]\d|\s[a-zµ%°])",
        re.IGNORECASE,
    ),
    Form(r"\b(?:tenth|eleventh) decade\b", re.IGNORECASE),
    Form(rf"{_FREE}{_OLD}(?:y|j|-й)(?![\w/])|{_FREE}{_OLD}\sy\s(?:old|male|female|man|woman|m|f)\b", re.IGNORECASE),
    Form(rf"\b(?:man|woman|lady|gentleman)\sof\s(?P<x>{_OLD})(?![\w%°]|[.,:/-]\d|\s[a-zµ%°])", re.IGNORECASE),
    Form(rf"{_FREE}{_OLD}\s?(?:yo|y/o|y\.o\.?|yrs?|y|j)[mfw]{END}", re.IGNORECASE),
    Form(
        r"\b(?:ihren|seinen)\s(?:(?:frühen|späten|hohen)\s)?neunzigern\b|\b(?:anfang|mitte|ende)\s(?:der\s)?neunzig(?:er)?\b",
        re.IGNORECASE,
    ),
    Form(rf"{_FREE}{_OLD}\s?J\.|(?:^|[(;])\s?(?P<x>{_OLD}\s?J(?!\w))"),
    Form(
        rf"\b(?:pt|patient|he|she|who|lady|man|woman)\s(?:is|was|will be)\s(?:now\s)?(?P<x>{_OLD})(?![\w%°]|[.,:/-]\d|\s[a-zµ%°])",
        re.IGNORECASE,
    ),
    Form(rf"{_FREE}{_OLD}-?(?:jährig|jarig|letni|letn|летн|річн|årig|vuoti|ετ[ήώ]|χρον|yaşın|лет)\w*", re.IGNORECASE),
    Form(
        rf"{word_of('age')}[^\w\d]{{0,4}}(?:(?:is|of|ist|von|est de|es de|è di|лет|:)\s?){{0,2}}(?P<x>{_OLD}(?!\+|\d|[.,]\d|\s?%|\s?mm|\s?mg))",
        re.IGNORECASE,
    ),
    Form(
        rf"{START}(?:{_WORDS})[- ]?(?:{_YEARS}\.?(?:[- ]old)?{END}|{_YEARS_GLUED}|jährig\w*|jarig\w*|letni\w*|летн\w*|vuotia\w*|årig\w*|år|évesen?)",
        re.IGNORECASE,
    ),
    Form(rf"{word_of('age')}\s?:?\s?(?P<x>(?:{_WORDS}|{_ROMAN}){END})", re.IGNORECASE),
    Form(r"\bnovant(?:a(?:due|tre|quattr|cinqu|sei|sett|nov)|un|ott)enn[ei]\b|\bcenten+[ei]\b", re.IGNORECASE),
    Form(rf"{START}{_ROMAN}\s(?:{_YEARS}){END}"),
    Form(rf"\b(?:his|her|their|el|son|ses)\s(?:early|mid|late|mid-)?[\s-]?{_DECADE}\b", re.IGNORECASE),
    Form(
        rf"\b(?:(?:early|mid|late)[\s-]){_DECADE}\b(?=[^.]{{0,12}}\b(?:old|lady|man|woman|gentleman|patient|male|female)\b)",
        re.IGNORECASE,
    ),
    Form(
        rf"{_FREE}{_OLD}(?:st|nd|rd|th|er|e|º|ème|\.)?\s(?:birthday|geburtstag|anniversaire|cumpleaños|compleanno|urodziny|verjaardag)\b",
        re.IGNORECASE,
    ),
    Form(
        r"\b(?:ninet(?:ieth|y[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth))|hundredth|hundred[- ]and[- ](?:first|second|third|fourth|fifth))"
        r"\s(?:birthday|year)\b",
        re.IGNORECASE,
    ),
    Form(
        rf"{START}(?:pacjentk?\w*,?\s(?P<x>l\.\s?{_OLD}(?!\d|[.,]\d))|(?:пациент|больн)\w*,?\s(?P<y>{_OLD}\s?г\.)(?=,|\s*$))",
        re.IGNORECASE,
    ),
    Form(rf"{_FREE}{_OLD}\s?[aA]\.?,?\s(?:masc|fem|hombre|mujer|varón)\w*"),
    Form(rf"\b(?:turned|turns|turning)\s(?P<x>{_OLD})(?!\d|[.,]\d|%)", re.IGNORECASE),
    Form(
        rf"{START}{any_of(listed('aged', without=UNSPACED))}(?:s|n|e|a|i|os|as)?{END}|{any_of(listed('aged', only=UNSPACED))}",
        re.IGNORECASE,
    ),
    Form(r"\bolder than (?:9\d|1[01]\d)\b|\bover (?:9[1-9]|1[01]\d) years\b", re.IGNORECASE),
)
# A number and a sex: "94F", "94 F", "F94", "94/M". Degrees Fahrenheit are written so too, and a value before a word.
_SEXED = Form(
    rf"(?<![\w.,/:+<>=-]){_OLD}(?P<s>\s?[-/,]?\s?){_SEX}(?![\w/°])|(?<![\w/])[FM][/,]?\s?{_OLD}(?![\w.,/%+-])"
)
_NO_AGE = Form(
    r"(?:\b(?:t|temp\w*|tmax|t max|fever\w*|febrile|spik\w+|pyrexi\w+|axillary|oral|rectal|core|warmed|cooled|hypotherm\w+|afebrile|hr|bp|rr|map|sbp|dbp|sats?|spo2|pulse|p|glucose|bm)\b|°)[^.;]{0,40}$",
    re.IGNORECASE,
)
_BIRTH_YEAR = Form(
    rf"(?:{word_of('born')}[^\w\d]{{0,4}}(?:in\s|the year\s|en\s|im jahr(?:e)?\s|nel\s|w\s|roku\s|в\s)?|(?<!\w)(?:\*|(?:b|f|n|ur)\.)\s?)(?P<y>1[89]\d\d|2[34]\d\d)(?![\d/-]|[.,]\d|\s?[년年月월./-]\s?\d)"
    rf"|(?<![\d/.-])(?P<z>1[89]\d\d)\s?(?:г\.\s?р|года рождения|р\.\s?н|년생|年生|年出生|doğumlu|-?es születésű|born\b)",
    re.IGNORECASE,
)


def find_old_ages(text: str) -> Iterator[Span]:
    """Where a normal text says that somebody is older than 89."""
    for form in _FORMS:
        for found in form.finditer(text):
            yield next((found.span(name) for name in form.groupindex if found[name]), found.span())
    for found in _SEXED.finditer(text):
        number = int(re.sub(r"\D", "", found[0]))
        sure = "F" not in found[0] or (number < 100 and not found["s"]) or not text[: found.start()].strip()
        if (sure or number < 98) and not _NO_AGE.search(text[: found.start()]):
            yield found.span()
    this_year = datetime.now(UTC).year
    for found in _BIRTH_YEAR.finditer(text):
        year = int(found["y"] or found["z"])
        year -= 543 if year > 2100 else 0  # counted from Buddha
        if this_year - year > OLDEST_TOLD:
            yield found.span()
