"""What in a reply looks like a citation: marks that were given become signs, everything else of the kind is taken out.

Whatever the dressing (full-width, raised, Roman, nested, in words), a source that nobody gave is not shown. What may be
a value stays: a number with a unit or a decimal sign, "(IV)", an exponent.
"""

import re
from collections.abc import Sequence

FIRST = 0xE000  # marks that were resolved are held by signs of the private area, which no reply keeps
SIGNS = "[\ue000-\uf8ff]"
_PRIVATE = re.compile(SIGNS)
_ENCLOSED = "①-⓿❶-➓㈠-㈩㊀-㊉"
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ONE_SPELLING = str.maketrans(
    "［］（）｛｝＜＞＃【】〔〕〖〗⟦⟧⁅⁆❲❳⦗⦘﹙﹚❨❩⦅⦆｟｠⸨⸩", "[](){}<>#[][][][][][][]()()()()()"
)
_ESCAPED = re.compile(r"\\(?=[\[\](){}<>#^])")
_BRACKETS = re.compile(r"[\[(]([^\[\]()]{0,120})[\])]")
_QUOTED = re.compile(r"[{«‹「『⟨〈《]([^{}«»‹›「」『』⟨⟩〈〉《》\n]{1,40})[}»›」』⟩〉》]")
_MARK = re.compile(r"#[\w-]+")
_TOKEN = re.compile(rf"[^\W_]+|[*†‡§¶{_ENCLOSED}]")
_NO_REFERENCE = re.compile(r"\d\.\d|[^\w\s.,;:&/|+–—†‡§¶*#^№-]")
_NUMBER = re.compile(r"[A-Za-z]?[\d₀-₉]{1,3}[A-Za-z]?|(?:refs?|doc)\d{1,3}", re.IGNORECASE)
_SPELT = "one|two|three|four|five|six|seven|eight|nine|ten"
_ROMAN = re.compile(r"(?=.)x{0,3}(?:ix|iv|v?i{0,3})|[Ⅰ-ⅿ]|[a-z]", re.IGNORECASE)
_WORDS = frozenset(
    "ref refs reference references source sources passage passages citation citations cite cites cited doc docs "
    "document documents footnote footnotes note notes page pages see cf as in and also section "
    "sections evidence".split()
)
_SHORT = frozenset("p pp n s no nr nos fn".split())  # words before a number, and units or letters elsewhere
# "Smith and Jones, 2019", "SSC 2021", and not "new in 2026" or "March 2024".
_NAMED = re.compile(
    r"(?:(?i:see|cf\.?)\s)?(?!(?i:in|since|as|from|until|by|new|updated|published|revised|jan|feb|mar|apr|may|jun|jul|aug"
    r"|sep|oct|nov|dec)\w*\b)[A-Z][^\d()]{1,60}?,?\s(?:19|20)\d\d[a-z]?(?:\W.{0,60})?"
)
_KEY = re.compile(r"@[\w-]+|[A-Za-z-]+\d{2,4}[a-z]?|#?\s?(?=\w*\d)(?=\w*[a-z])[a-z\d]{6}")  # as in "[smith2020]"
# Addresses, identifiers, authors and numbers that are told in words; raised numbers that are no exponent.
_GONE = (
    re.compile(r"!\[[^\]\n]{0,120}\](?:\([^)\s]*\))?"),  # a picture
    re.compile(
        r"(?:https?|ftp)://[^\s)\]>]*|\b(?:javascript|data|mailto):[^\s)\]>]*|\bwww\.[^\s)\]>]+"
        r"|(?<![\w.-])(?:[\w-]{1,60}\.){1,4}(?:com|org|net|gov|edu|int|info|io|example)\b(?:/[^\s)\]>]*)?"
        r"|\bdoi\b(?:\.org/|:)?\s*10\S+|\bdoi\b:?\s*\S+|\b10\.\d{4,9}/\S+|PMC\d{4,9}\b|\barxiv:?\s*\d{4}\.\d+\S*"
        r"|\b(?:PMID|PMCID|NCT)\b:?\s*\d+|\bNCT\d{6,}\b|\bISBN\b[\s:]*[\d-]{9,17}",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b[A-Z][\w'’-]{1,40}(?:\s(?:and|&)\s[A-Z][\w'’-]{1,40})?,?\s+et\s+al\b\.?,?(?:\s*\(?(?:19|20)\d\d[a-z]?\)?)?"
    ),
    re.compile(r"<sup>[^<>\n]{0,20}</sup>|<\s*\d{1,3}\s*>|№\s*\d{1,3}\b|(?<=[^\s#]\s)#\s\d{1,3}\b", re.IGNORECASE),
    re.compile(rf"(?<![\w-])(?:references?|refs?|citations?|sources?|passages?)\s(?:{_SPELT})\b", re.IGNORECASE),
    re.compile(r"\s?\((?:19|20)\d\d[a-z]?\)"),  # the year behind an author
    re.compile(r"\b(?:19|20)\d\d;\s?\d{1,4}(?:\s?\(\d{1,4}\))?:\s?[A-Za-z]?\d{1,6}(?:[-–]\d{1,6})?"),
    re.compile(r"\d\ufe0f?\u20e3"),  # a number on a key
    re.compile(r"\\cite\w*\s*\{[^{}\n]{0,80}\}"),
    re.compile(
        r"(?<![\w-])(?:refs?|references?|citations?|footnotes?)\b\.?:?\s*#?\d{1,3}\b|(?<![\w-])(?:source|passage)s?\s#?\d{1,2}\b",
        re.IGNORECASE,
    ),
    re.compile(r"⁽[⁰¹²³⁴-⁹,–-]{1,9}⁾|(?<=[^\W\d])\^\d{1,3}(?:\^|(?!\w))|(?<=\s)\^\d{1,3}\^?"),
)
# A raised number that is no exponent ("10⁹", "m²") and no charge ("Ca²⁺").
_RAISED = re.compile(
    r"(?<!10)(?<!\bm)(?<!\b[cdkm]m)(?<!\bs)(?<![⁰¹²³⁴-⁹⁻⁺])[⁰¹²³⁴-⁹]+(?:[,⁻–-][⁰¹²³⁴-⁹]+)*(?![⁰¹²³⁴-⁹⁺⁻+])"
)
_LONE = re.compile(f"[{_ENCLOSED}†‡ᵃᵇᶜᵈᵉᶠ]|(?<=[.,;!?])[₀-₉]{{1,3}}(?!\\w)")  # by which notes are numbered
_EMPTY = re.compile(r"[\[({]\s*[,;/.&|+–-]*\s*[\])}]|``")
_OPEN = re.compile(r"\[\s*[A-Za-z]?\d{1,3}(?=[\s.,;:]|$)|(?<![\w.])\d{1,3}\s*\](?=[\s.,;:]|$)", re.MULTILINE)


def resolved(reply: str, marks: Sequence[str]) -> tuple[str, int]:
    """``reply`` with each mark that is one of ``marks`` as one sign, and how many references were taken out."""
    known = {mark: chr(FIRST + place) for place, mark in enumerate(marks)}
    dropped = 0

    def in_brackets(found: re.Match[str]) -> str:
        nonlocal dropped
        inside = found[1].strip()
        if _PRIVATE.search(inside) and not re.sub(rf"{SIGNS}|[\s,;/&+|.-]", "", inside):
            return inside  # brackets round a mark that was resolved
        named = _MARK.findall(inside)
        if named and _only_references(re.sub(r"#[\w-]+|`", " ", inside), named=True):
            dropped += sum(one not in known for one in named)
            return "".join(dict.fromkeys(known.get(one, "") for one in named))
        if _is_reference(inside, found):
            dropped += 1
            return ""
        return f"({inside})"

    def in_quotes(found: re.Match[str]) -> str:
        nonlocal dropped
        if not _only_references(found[1]):
            return found[0]
        dropped += 1
        return ""

    def gone(_: re.Match[str]) -> str:
        nonlocal dropped
        dropped += 1
        return ""

    text = _ESCAPED.sub("", _UNSEEN.sub("", _PRIVATE.sub("", reply)).translate(_ONE_SPELLING))
    for pattern in (*_GONE, _RAISED):
        text = pattern.sub(gone, text)
    text = _QUOTED.sub(in_quotes, text)
    before = ""
    while before != text:  # brackets in brackets
        before, text = text, _EMPTY.sub("", _BRACKETS.sub(in_brackets, text))
    for pattern in (_MARK, _LONE, _OPEN):
        text = pattern.sub(gone, text)
    return re.sub(r"[\[\]]", "", _EMPTY.sub("", text)), dropped


def _is_reference(inside: str, found: re.Match[str]) -> bool:
    """Whether what stands in brackets is a reference; in round ones a value, a route or a grade may stand too."""
    if "et al" in inside or _NAMED.fullmatch(inside):
        return True
    square = found[0][0] != "("
    if square and re.fullmatch(_SPELT, inside, re.IGNORECASE):
        return True
    if not _only_references(inside):
        return square and bool(_KEY.fullmatch(inside))
    names = _TOKEN.findall(inside)
    if square or any(name.casefold() in _WORDS for name in names):
        return True
    before = found.string[max(0, found.start() - 2) : found.start()]
    behind = before[-1:].isalpha() or before.strip()[-1:] in {".", "!", "?"}  # a word, or a sentence that has ended
    return inside == inside.lower() and "iv" not in names and (_ends(found) or behind)


def _only_references(inside: str, *, named: bool = False) -> bool:
    """Whether ``inside`` is nothing but numbers, letters or words by which sources are named."""
    names = _TOKEN.findall(inside)
    if _NO_REFERENCE.search(inside) or not (names or named):
        return False
    kinds = [_kind(name, names[place + 1 : place + 2]) for place, name in enumerate(names)]
    lettered = "letter" in kinds and "number" in kinds  # "5 h" is a value
    return "" not in kinds and not lettered and (named or {"number", "letter"} & set(kinds) != set())


def _kind(name: str, behind: Sequence[str]) -> str:
    """What a word of a reference is; empty for one that no reference has."""
    word = name.casefold()
    if _NUMBER.fullmatch(name):
        return "number"
    if word in _WORDS or (word in _SHORT and any(_NUMBER.fullmatch(one) for one in behind)):
        return "word"
    if name in "*†‡§¶" and behind:
        return "word"
    return "letter" if _ROMAN.fullmatch(name) or name in "*†‡§¶" or _LONE.fullmatch(name) else ""


def _ends(found: re.Match[str]) -> bool:
    """Whether something in round brackets ends a clause, as a reference does and a value seldom."""
    return re.match(r"\s*(?:[.,;:!?]|$)", found.string[found.end() :]) is not None
