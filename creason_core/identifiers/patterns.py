"""Patterns of identifiers that have a form of their own: numbers, dates, addresses on the network and on the street.

Each is a warning, not a proof. A pattern with a group ``x`` marks that group; one without marks all
of it.
"""

import re
from typing import Literal

Kind = Literal[
    "name", "record number", "birth date", "date", "phone", "e-mail", "address", "national number", "web address",
    "age over 89",
]  # fmt: skip

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?|januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|"
    r"juillet|août|septembre|octobre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|octubre|diciembre)"
)
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:1[89]\d\d|20\d\d)"
DATE = (
    rf"(?:{_YEAR}\s?[-/.]\s?(?:1[0-2]|0?[1-9])\s?[-/.]\s?(?:3[01]|[12]\d|0?[1-9])"
    rf"|(?<![\d.])(?:3[01]|[12]\d|0?[1-9])(?P<sep>[-/.])(?:3[01]|[12]\d|0?[1-9])(?P=sep)(?:{_YEAR}|\d\d)(?![\d.])"
    rf"|{_DAY}[\s\-./]*(?:of\s+|de\s+)?{_MONTH}\b\.?(?:[\s\-.,]*(?:de\s+)?{_YEAR})?"
    rf"|{_MONTH}\b\.?\s+{_DAY}(?!\d)(?:,?\s*{_YEAR})?"
    rf"|{_YEAR}\s?[년年]\s?\d{{1,2}}\s?[월月](?:\s?\d{{1,2}}\s?[일日])?)"
)
_BORN = (
    r"(?:\bd\.?\s?o\.?\s?b\b\.?|\bborn\b|\bbirth\s?(?:date|day)\b|\bdate of birth\b|\bgeb(?:oren)?\b\.?|\bgeburts\w+|"
    r"\bnée?\s+le\b|\bdate de naissance\b|\bfecha de nacimiento\b|\bnacid[oa]\b|\bdata di nascita\b|생년월일|생일|"
    r"出生日期|生年月日|дата рождения)"
)
_RECORD = (
    r"(?:\bmrn|\bmed(?:ical)?\.? ?rec(?:ord)?(?: ?(?:no|num(?:ber)?|#))?|\b(?:chart|hospital|hosp|patient|pat|case|account|acct|"
    r"encounter|visit|accession|specimen|sample|policy|member|plan|licen[cs]e|certificate|device|serial|record|study|"
    r"subject|stay|admission|episode|sticker|unit)\b\.?[ -]?(?:id|no|nr|num(?:ber)?|n°|#)?\b|등록번호|환자번호|차트번호|병록번호|"
    r"病历号|患者番号|\bid\b)"
)
_NATIONAL = (
    r"(?:\bssn\b|\bsocial security(?: (?:no|number))?\b|\bnhs(?: ?(?:no|number))?\b|\bni(?:no)?(?: ?(?:no|number))\b|"
    r"\bpassport(?: ?(?:no|number))?\b|\bnational (?:id|number)\b|\baadhaar\b|\bcpf\b|\bcurp\b|\bdni\b|\bnie\b|\bnif\b|\bbsn\b|"
    r"\bs[ée]cu(?:rit[ée] sociale)?\b|\bcodice fiscale\b|\bpersonnummer\b|\bmedicare (?:no|number)\b|주민(?:등록)?번호|"
    r"외국인등록번호|여권번호|身份证号?|マイナンバー)"
)
_STREET = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Place|Pl|Square|Sq|Terrace|Close|Crescent|"
    r"Parkway|Highway|Gardens|Grove|Hill|Row|Walk|Mews)"
)
_UPPER = "A-ZÀ-ÖØ-Þ"
_LOWER = "a-zß-öø-ÿ"


def _p(pattern: str, *, case: bool = False) -> re.Pattern[str]:
    return re.compile(pattern, 0 if case else re.IGNORECASE)


_WORDED: set[re.Pattern[str]] = set()


def _worded(pattern: str, *, case: bool = False) -> re.Pattern[str]:
    """A pattern that may match where there is no digit; every other one needs a digit in what it matches."""
    compiled = _p(pattern, case=case)
    _WORDED.add(compiled)
    return compiled


PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("e-mail", _worded(r"(?<![\w.+%-])[\w.+%-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")),
    ("e-mail", _worded(r"(?<![\w.+-])[\w.+-]{1,64} at [\w-]{1,63} dot [a-z]{2,}(?: dot [a-z]{2,})?\b")),
    ("web address", _worded(r"\b(?:https?|ftp)://\S+|\bwww\.\S+")),
    ("web address", _p(r"(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\d.])")),
    # National numbers: Korea, United States, United Kingdom, France, Italy, China, Brazil, Spain, India.
    ("national number", _p(r"(?<!\d)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\s?[-–]\s?[0-9]\d{6}(?!\d)")),
    ("national number", _p(r"(?<!\d)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[1-8]\d{6}(?!\d)")),
    ("national number", _p(r"(?<![\d-])(?!000|666|9\d\d)\d{3}[-–]\d{2}[-–]\d{4}(?![\d-])")),
    ("national number", _p(r"\b[A-CEGHJ-PR-TW-Z][A-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", case=True)),
    ("national number", _p(r"(?<!\d)[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3}(?: ?\d{2})?(?!\d)")),
    ("national number", _p(r"\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b")),
    ("national number", _p(r"(?<!\d)\d{6}(?:19|20)\d{9}[\dX](?!\d)")),
    ("national number", _p(r"(?<!\d)\d{17}[\dX](?!\d)")),
    ("national number", _p(r"(?<!\d)\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)")),
    ("national number", _p(r"\b[XYZ]?\d{7,8}-?[A-HJ-NP-TV-Z]\b", case=True)),
    ("national number", _p(r"(?<!\d)\d{4} \d{4} \d{4}(?!\d)")),
    ("national number", _p(rf"{_NATIONAL}\W{{0,4}}(?:(?:is|no|number)\W{{0,3}})?(?P<x>(?=[\w .-]*\d)[A-Z0-9][\w.-]*(?: [\w.-]*\d[\w.-]*)*)")),
    ("birth date", _p(rf"{_BORN}[^\w\d]{{0,4}}(?:(?:is|on|the|am|el)\s+){{0,2}}(?P<x>{DATE}|\d{{8}}|\d{{6}})")),
    ("date", _p(rf"(?<!\w){DATE}")),
    ("phone", _p(r"(?<![\w+])\+\d{1,3}[\d\s().-]{6,16}\d")),
    ("phone", _p(r"(?<!\d)\(?0\d{1,4}\)?[\s./)-]{1,3}\d{2,4}[\s.-]?\d{2,4}(?:[\s.-]?\d{2,4}){0,3}(?!\d)")),
    ("phone", _p(r"(?<!\d)01[016789]\d{7,8}(?!\d)")),
    ("phone", _p(r"(?<![\d-])\(?[2-9]\d{2}\)?[-.\s]\s?\d{3}[-.\s]\d{4}(?![\d-])")),
    ("phone", _p(r"(?:\b(?:tele?(?:phone|fon)?|phone|mobile|cell(?!s?\s+count)|fax|pager|bleep|call|ring|ext(?:ension)?|whatsapp|dial)\b"
                 r"|전화|휴대폰|연락처|핸드폰|电话|電話)\W{0,4}(?:(?:no|number|is|on)\W{1,3})?(?P<x>\+?\(?\d[\d\s()./-]{2,17}\d)")),
    ("phone", _p(r"\bext\.?\s?\d{3,5}\b")),
    ("record number", _p(rf"{_RECORD}[\s:#.=-]{{0,4}}(?P<x>(?=[A-Z\d-]*\d)(?:[A-Z\d][A-Z\d/-]{{3,}}(?: \d{{3,}})*|[A-Z\d]{{2,3}}(?: \d{{3,}})+))")),
    ("record number", _p(r"(?<![\d.,/+-])\d{7,12}(?![\d.,]|\s?(?:mg|ml|g/|/|cells|copies|units|iu|u/))")),
    ("address", _p(rf"\b\d{{1,5}}[A-Za-z]?,?\s+(?:[{_UPPER}][\w'.-]*\s+){{1,4}}{_STREET}\b\.?(?:,?\s+(?:Apt|Unit|Flat|Suite|#)\.?\s*\w+)?"
                   rf"(?:,?\s+[{_UPPER}][\w.]*){{0,3}}(?:,?\s+[A-Z]{{2}})?(?:\s+\d{{5}})?", case=True)),
    ("address", _worded(r"\b(?:Flat|Apt|Apartment|Unit|Suite) \w+, .{3,60}", case=True)),
    ("address", _p(rf"\b[{_UPPER}][\w-]{0,40}(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse)\s+\d+\w?(?:,?\s+\d{{5}}(?:\s+[{_UPPER}]\w+)?)?", case=True)),
    ("address", _p(r"\b\d{1,4}(?:\s?bis)?,?\s+(?:rue|avenue|boulevard|place|chemin|allée|quai)\s+[\w' -]{3,40}(?:,?\s*\d{5}\s+\w+)?")),
    ("address", _p(rf"\b(?:Calle|Avenida|Av\.|Plaza|Paseo|Via|Viale|Piazza|Corso|Rua)\s+(?:[{_UPPER}][\w'.]*\s*|de\s+|la\s+|del\s+){{1,5}},?\s*\d+"
                   rf"(?:,\s*(?:\d{{5}}\s+)?[{_UPPER}]\w+)?", case=True)),
    ("address", _p(r"\bP\.? ?O\.? Box \d+")),
    ("address", _p(r"\b(?:zip|postcode|postal code|plz)\b\W{0,4}(?P<x>\d{4,6}(?:-\d{4})?)")),
    ("address", _p(rf"\b(?:[{_UPPER}][{_LOWER}]+,?\s+)?[A-Z]{{2}}\s+\d{{5}}(?:-\d{{4}})?\b", case=True)),
    ("address", _p(r"\b(?!FE|PH|CK)[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]?\s\d[ABD-HJLNP-UW-Z]{2}\b", case=True)),
    ("address", _worded(r"(?<![가-힣])[가-힣]{1,10}(?:특별시|광역시|특별자치시|도|시)\s+[가-힣]+(?:시|군|구)(?:\s+[가-힣]+(?:구|읍|면))?(?:\s+[가-힣0-9]+(?:로|길|동|리|가))?(?:\s*\d+(?:-\d+)?)?")),
    ("address", _p(r"(?<![가-힣])[가-힣]{1,20}(?:로|길)\s?\d+(?:번길)?(?:\s?\d+)?|\d+동\s?\d+호")),
    ("address", _p(r"\b(?:address|lives (?:at|in)|resides (?:at|in)|living at|adresse|anschrift|wohnt in|dirección|domicilio)\b\W{0,3}(?P<x>(?=.{0,60}\d).{5,80})")),
    ("age over 89", _p(r"(?<![\d.])(?:9\d|1[01]\d)\s?-?\s?(?:years?|yrs?|y\.?/?\s?o\.?|세|살|歳|岁|jahre?|ans|años)\b[\s-]?(?:old)?")),
    ("age over 89", _p(r"(?:\baged?\b|나이|연령)\W{0,3}(?:is\s+)?(?P<x>(?:9\d|1[01]\d)(?!\+|[\d.]|\s?%))")),
    ("age over 89", _worded(r"\b(?:ninety(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|(?:a |one )?hundred(?: and \w+)?)[- ]years?[- ]old")),
)  # fmt: skip
# Of them, those that a text without a digit can match: most texts have none, and most patterns need one.
WORDED = tuple((kind, pattern) for kind, pattern in PATTERNS if pattern in _WORDED)
