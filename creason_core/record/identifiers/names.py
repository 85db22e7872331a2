"""Names of persons in scripts with capitals: by a title or cue, by lists of common names, by the look of a whole cell.

No list holds every name and many names are words, so that this misses some and marks some that are none.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import pairwise

import yaml

from creason_core.frozen import Frozen
from creason_core.record.codebook import SafeLoader
from creason_core.record.identifiers.forms import Form
from creason_core.record.languages import END, LOWER, START, UNSPACED, UPPER, List, any_of, listed
from creason_core.record.normalising import unaccented

Span = tuple[int, int]

_PARTICLE = r"(?:von|van|vande|de|da|di|do|dos|das|del|della|la|las|los|le|bin|bint|ibn|al|el|der|den|ter|ten|zu|af|av|y|e|und|te|ben|abu)"
# Every repetition is bounded: names have few parts, and a long row of capitals would otherwise take for ever.
_CAP = (
    rf"(?:(?:O|D|L|Mc|Mac|al|Al|El|el|Abd|Bar|Ben|de|De|d|l|von|van|da|di|bin)['-]?)?"
    rf"[{UPPER}][{LOWER}']+(?:-?[{UPPER}][{LOWER}]+){{0,3}}(?:-[{LOWER}][{LOWER}]*)?"
)
_INITIAL = rf"[{UPPER}]{{1,2}}\."
_SHOUTED = rf"[{UPPER}]{{2,}}(?:['-][{UPPER}]+){{0,3}}"
_NAME = (
    rf"(?:(?:van|von|de|der|den|ter|ten|del|della|di|da|dos|le|la|los|las|al|el|bin|ibn|zu)\s){{0,2}}"
    rf"(?:(?:{_INITIAL}\s?){{0,4}}{_CAP}|{_SHOUTED}|(?:{_INITIAL}\s?){{2,5}})"
    rf"(?:(?:\s{_PARTICLE}){{0,2}}(?:\s|,\s?)(?:{_CAP}|{_SHOUTED}|(?:{_INITIAL}){{1,3}}|[{UPPER}]{END})){{0,6}}"
)
_TITLES = any_of(
    (listed("titled", without=UNSPACED) | {"sra", "srta", "mme", "señora", "lic", "ing", "mag"})
    - set("m p d n k fr hr lek п к د".split())
)
# Titles of one or two letters count with a point and a name behind them.
_SHORT_TITLES = r"(?:[MPDKΚПКН]|Fr|Hr|Lek)\."
_ROLES = frozenset(
    "doctor nurse sister matron docteur don dom doktor".split()
)  # titles that are words of a sentence too
_LOOSE = frozenset("per under contact kontakt d/w signed".split())  # cues that things follow as often as persons
_CUES = any_of(listed("person", without=UNSPACED))
_GAP = r"(?:'s name|\sname|\(in\)|/in)?(?:\s*[:=,(]\s*|\s+(?:(?:is|ist|est|es|è|jest|war|was)\s+)?|\s-\s)"


_BESIDE: tuple[List, ...] = ("person", "titled", "bed", "age", "years", "record", "phone", "address")


class NameWords(Frozen):
    """The lists in ``words.yaml``; every word in lower case, names without accents."""

    given: frozenset[str]
    surnames: frozenset[str]
    korean_surnames: frozenset[str]
    chinese_surnames: frozenset[str]
    japanese_surnames: frozenset[str]
    plain: frozenset[str]
    eponyms: frozenset[str]
    abbreviations: frozenset[str]
    columns: Mapping[str, frozenset[str]]


@cache
def words() -> NameWords:
    """The guard's lists of words."""
    text = (files("creason_core.record") / "identifiers" / "words.yaml").read_text(encoding="utf-8")
    raw = yaml.load(text, Loader=SafeLoader)  # noqa: S506 — safe
    beside = (word for name in _BESIDE for word in listed(name) if " " not in word)
    others = frozenset(word for word in (*listed("plain"), *beside) if len(word) > 3)
    return NameWords(
        given=frozenset(map(unaccented, raw["given"].split())),
        surnames=frozenset(map(unaccented, raw["surnames"].split())),
        korean_surnames=frozenset(raw["korean_surnames"]),
        chinese_surnames=frozenset(raw["chinese_surnames"]),
        japanese_surnames=frozenset(raw["japanese_surnames"].split()),
        plain=frozenset(raw["plain"].split()) | (others - frozenset(raw["given"].split())),
        eponyms=frozenset(raw["eponyms"].split()),
        abbreviations=frozenset(raw["abbreviations"].split()),
        columns={kind: frozenset(_with_bare(names.split("|"))) for kind, names in raw["columns"].items()},
    )


def _with_bare(names: Iterable[str]) -> Iterator[str]:
    """The names of columns, and each as it is typed without accents; shorter ones would then be other words."""
    for name in map(str.strip, names):
        yield name
        if len(name) > 3:
            yield unaccented(name)


TITLE_AT_END = Form(rf"(?:{START}(?i:{_TITLES}){END}\.?|(?<!\w){_SHORT_TITLES}|{START}(?:Fr|Hr|Mme?|Mlle|M){END})\s*$")
_TITLED = Form(
    rf"(?:{START}(?P<c>(?i:{_TITLES})){END}\.?(?:\s(?i:{_TITLES}){END}\.?){{0,2}}|(?<!\w){_SHORT_TITLES}(?=\s[{UPPER}][{LOWER}']))\s*(?<=[\s.])(?P<x>{_NAME}|[{UPPER}]\.?{END})"
)
_TITLED_SMALL = Form(rf"{START}(?P<c>(?i:{_TITLES})){END}\.?\s(?P<x>[{LOWER}][{LOWER}'-]{{2,}}){END}")
_NO_OTHER_WORD = frozenset(
    "mrs miss frau herr herrn mme mlle madame monsieur señora señor signora signor mevrouw mevr".split()
)
_CUED = Form(rf"{START}(?P<c>(?i:{_CUES})){END}\.?{_GAP}(?P<x>{_NAME})")
_LISTED = Form(rf"{START}[{UPPER}]{{2,}},\s*[{UPPER}][\w'-]+(?:\s[{UPPER}]\.?)?(?!\w)")
_NO_SURNAME = Form(r"[IVX]{2,5}")  # a class in Roman numbers: "NYHA III, ASA 3"
_INITIALS = Form(
    rf"(?<![\w./°%])(?<!\d )(?:[{UPPER}]\.\s?-?){{1,3}}(?P<s>{_CAP})|{START}(?P<t>{_CAP})\s(?:[{UPPER}]\.\s?){{2}}"
)
# Where no capital follows the first sign, no name follows a title, a cue or an initial.
_LATER_CAPITAL = Form(rf"(?s:.)[{UPPER}]")
_WORDS = Form(rf"[{UPPER}{LOWER}][{UPPER}{LOWER}'-]*[{UPPER}{LOWER}]")
_CELL = Form(rf"{_CAP},?(?:\s(?:{_PARTICLE}\s)?(?:{_CAP}|[{UPPER}]\.)){{1,3}}")
_PAIR = Form(rf"{START}[\u0370-\u052f]+(?:-[\u0370-\u052f]+)?(?:\s[\u0370-\u052f]+){{1,2}}{END}")
_PATRONYMIC = Form(r"\w+(?:ович|евич|ич|овна|евна|ична|івна|ївна|йович)$", re.IGNORECASE)
_SAYS = Form(rf"^(?P<x>{_CAP}) (?:says|said|states|reports|told|feels|came|family|is|was|has)\b")
_BEDSIDE = Form(
    rf"(?P<x>{_CAP}(?:\s{_CAP}|,(?:\s[{UPPER}]\.){{1,3}})?),? (?:RN|MD|PhD|RGN|FRCP|family|says|úr|bácsi|néni)\b"
    rf"|(?:^|\n)(?P<y>{_CAP}\s{_CAP}),\s\d{{1,2}}\s?(?:years|yrs|y/?o|ans|años|anos|anni|Jahre|J\.|jaar|lat|лет)(?!\w)"
)
_IN_BED = Form(
    rf"(?:^|[.;:\n]\s?)(?P<x>{_NAME}),?\s\(?(?i:{any_of(listed('bed', without=UNSPACED))}){END}\.?\s?(?:no\.?\s?|nr\.?\s?|№\s?)?[A-Z]?\d"
)
_AGED = Form(
    rf"(?:^|[.;\n]\s?)(?P<x>(?:[{UPPER}]\.\s?){{2,3}}|[{UPPER}]{{2,3}}),?\s\(?(?:bed\s\d|rm\s\d|room\s\d|\d{{2,3}}(?:\s?-?(?:yo|y/o|yrs?|years?)|[MFmf])\b)"
)
_GERMAN_NOUN = Form(
    r".{3,}(?:heit|keit|schaft|tion|itis|pathie|ämie|schmerz|schmerzen|infekt|störung|insuffizienz|therapie|gabe|nahme|druck|"
    r"wert|werte|frequenz|zeichen|station|pflichtig|syndrom|embolie|stenose|karzinom|tumor|fraktur|blutung|spiegel|kontrolle)|.{5,}ung|.{5,}ose"
)
# How words for who has a disease, and for what is done about it, begin in the languages of the West.
_CLINICAL = Form(
    r"(?:diabet|h[iy]pert[eo]n|h[iy]poten|parkinsoni|epilep|asth?mati|asmati|dement|febril|sept(?:ic|is)|isch[ae]e?m|isqu?em|anaem|anemi"
    r"|cardia|cardio|kardio|nephro|nefro|hepat[io]|pneumo|neumo|bronch|bronqu|bronki|gastro|neurol|onkolog|oncolog|obes[eo]|tabagi|alcoh?ol|alkohol)"
)


def find_names(text: str) -> Iterator[Span]:
    """Where names of persons seem to stand in a normal ``text``; spans may overlap."""
    later = _LATER_CAPITAL.search(text)
    for form in (_TITLED, _CUED, _IN_BED, _BEDSIDE, _SAYS) if later else (_IN_BED, _BEDSIDE, _SAYS):
        for found in form.finditer(text):
            cue = (found["c"] or "").casefold().rstrip(".") if "c" in form.groupindex else ""
            sure = form is _TITLED and cue not in _ROLES
            named = "y" if "y" in form.groupindex and found["y"] else "x"
            if span := _without_plain(text, found.span(named), sure=sure, loose=form is not _CUED or cue in _LOOSE):
                yield span
    if later:
        yield from _by_form(text)
    if not text.isascii():
        yield from _by_pairs(text)
    yield from _by_lists(text)
    for found in _TITLED_SMALL.finditer(text):
        word = unaccented(found["x"])
        surely = found["c"].casefold() in _NO_OTHER_WORD
        known = word in words().given | words().surnames
        if known or (surely and not is_plain(word, eponyms=False) and found["x"] not in listed("plain")):
            yield found.span("x")
    whole = text.strip()
    if _CELL.fullmatch(whole) and not any(is_plain(word) for word in _WORDS.findall(whole)):
        yield text.index(whole), text.index(whole) + len(whole)


def is_plain(word: str, *, eponyms: bool = True) -> bool:
    """Whether a word with a capital is none that a person is called by; ``eponyms`` as names of diseases count."""
    small = word.casefold()
    known = words()
    if small in known.plain or (eponyms and small in known.eponyms):
        return True
    return _GERMAN_NOUN.fullmatch(small) is not None or _CLINICAL.match(unaccented(small)) is not None


def _by_form(text: str) -> Iterator[Span]:
    known = words()
    for found in _LISTED.finditer(text):
        if not any(is_plain(word) or _NO_SURNAME.fullmatch(word) for word in _WORDS.findall(found[0])):
            yield found.span()
    for found in _INITIALS.finditer(text):
        if not is_plain(found["s"] or found["t"]):
            yield found.span()
    for found in _AGED.finditer(text):
        if found["x"].casefold() not in known.abbreviations | known.plain:
            yield found.span("x")


def _by_pairs(text: str) -> Iterator[Span]:
    """Two or three words beside each other in Greek or Cyrillic: with capitals, or with a patronymic in any letters."""
    for found in _PAIR.finditer(text):
        parts = found[0].split()
        capital = all(part[0].isupper() and part[1:].islower() for part in parts)
        if (capital and not any(map(is_plain, parts))) or any(_PATRONYMIC.match(part) for part in parts[1:]):
            yield found.span()


def _by_lists(text: str) -> Iterator[Span]:
    known = words()
    tokens = [(unaccented(word[0]), word.start(), word.end(), word[0]) for word in _WORDS.finditer(text)]
    if not any(token[0] in known.given or token[0] in known.surnames for token in tokens):
        return
    shouted = text.isupper()
    for (one, start, first_end, first), (two, second, end, last) in pairwise(tokens):
        if text[first_end:second].strip(" ,./_") or second - first_end > 3:
            continue
        given = one in known.given or two in known.given
        family = one in known.surnames or two in known.surnames
        small = not (first.isascii() and last.isascii() and min(len(one), len(two)) > 2) and not last[0].isupper()
        both = not small and (
            (one in known.given and two in known.surnames) or (one in known.surnames and two in known.given)
        )
        capitals = first[0].isupper() and last[0].isupper() and not shouted
        if both or (
            (given or (family and min(len(one), len(two)) > 2)) and capitals and not (is_plain(first) or is_plain(last))
        ):
            yield start, end
    for one, start, end, word in tokens:
        if word[0].isupper() and one in known.given and not is_plain(word) and len(one) > 3:
            yield start, end


def _without_plain(text: str, span: Span, *, sure: bool, loose: bool) -> Span | None:
    """The span up to its first word that is no name; None if that is the first, or a short abbreviation.

    ``sure``: a title stands before it, so that whatever follows is a name. ``loose``: eponyms are none here.
    """
    start, end = span
    last = None
    known = words()
    for found in _WORDS.finditer(text, start, end):
        word = found[0]
        if word[0].islower() and last is not None:
            continue  # "de la" within a name
        first = last is None
        if not (sure and first):
            if is_plain(word, eponyms=loose):
                break
            short = first and len(word) < 6  # an abbreviation; and in a text all in capitals a cue is no proof
            if word.isupper() and (short or text.isupper()) and unaccented(word) not in known.given | known.surnames:
                break
        last = found.end()
    else:
        last = last and end  # with an initial that no word is
    if last is None and (sure or "." in text[start:end]) and _ALL_INITIALS.fullmatch(text, start, end):
        return start, end
    return (start, last) if last and not _TITLE_ALONE.fullmatch(text, start, last) else None


_TITLE_ALONE = Form(rf"(?:(?i:{_TITLES})|Fr|Hr|Mme?|Mlle|Lek)\.?")
_ALL_INITIALS = Form(rf"(?:[{UPPER}]\.?\s?){{1,4}}")


def wider_name(text: str, span: Span) -> Span:
    """The name without a title, with its further words: those with a capital that are no plain words."""
    start, end = span
    if (title := _LEADING.match(text, start)) and title.end() < end:
        start = title.end()
    if text.isupper():
        return start, end
    for _ in range(_MAX_PARTS):
        more = _FURTHER.match(text, end)
        if more is None or is_plain(more["w"]):
            break
        end = more.end()
    return start, end


_MAX_PARTS = 6
_LEADING = Form(rf"(?:(?:(?i:{_TITLES})\.?|{_SHORT_TITLES}|Fr|Hr|Mme?|Mlle|Lek)\.?\s+){{1,3}}")
_FURTHER = Form(
    rf"(?:\s{_PARTICLE}){{0,2}}(?:\s|-|,\s(?=[{UPPER}]\.))(?P<w>[{UPPER}][{LOWER}']+(?:-[{UPPER}][{LOWER}]+)?|[{UPPER}]\.|[{UPPER}](?=\s*$|[,;)])){END}"
)
