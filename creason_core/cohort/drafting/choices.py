"""Choices of a field in a REDCap data dictionary: ``1, Yes | 0, No | -99, Unknown``."""

import html
import re

_HTML = re.compile(r"<[^>]*>")
# By REDCap's usual codes, of which the words are its missing data codes.
_FOR_MISSING = re.compile(r"-(?:9+[678]?|8{2,}|7{2,}|6{2,})|UNK|NI|NA|NASK|ASKU|NAVU?|INV|MSK", re.IGNORECASE)
_SAYS_MISSING = re.compile(
    r"(?:unknown|unk|missing|n/?a|not (?:done|known|recorded|available|applicable|assessed|measured|tested|answered)|"
    r"refused|declined|do ?n[o'’]t know|no (?:answer|data|information)|prefer not to (?:say|answer)|unbekannt|"
    r"nicht (?:bekannt|durchgeführt|erhoben)|keine angabe|inconnue?|non (?:fait|renseigné)|desconocido|no realizado|"
    r"sconosciuto|미상|모름|미시행|해당 ?없음)(?: *[(/].*)?",
    re.IGNORECASE,
)
Choices = tuple[tuple[str, str], ...]


def told_choices(text: str, *, missing: bool = True) -> tuple[Choices, tuple[str, ...], tuple[str, ...]]:
    """The codes and labels of ``text``; what stands for "not recorded" among them; and remarks on both.

    A code given twice keeps its first label. With ``missing`` false all choices are kept as such. "Not recorded" is
    told by a code such as -99 or a label such as Unknown, and taken out where two other choices are left.
    """
    found, notes = _parted(text)
    gone = {
        code: words
        for code, words in found.items()
        if missing and (_FOR_MISSING.fullmatch(code) or _SAYS_MISSING.fullmatch(words))
    }
    if not gone:
        return tuple(found.items()), (), notes
    told = ", ".join(f"{code} ({words})" for code, words in gone.items())
    if len(found) - len(gone) < 2:
        return tuple(found.items()), (), (*notes, f'missing: {told} may stand for "not recorded"')
    texts = tuple(dict.fromkeys(text for pair in gone.items() for text in pair))
    remark = f'missing: {told} taken for "not recorded"; a level where it is an answer'
    return tuple(item for item in found.items() if item[0] not in gone), texts, (*notes, remark)


def _parted(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Codes and labels. A part without a comma, where others have one, belongs to the label before: it held a |."""
    parts = [part for part in text.split("|") if part.strip()]
    commas = any("," in part for part in parts)
    found: dict[str, str] = {}
    joined = []
    last = ""
    for part in parts:
        code, comma, words = part.partition(",")
        if commas and not comma and last:
            found[last] = f"{found[last]} | {plain_text(part)}"
            joined.append(plain_text(part))
            continue
        last = code.strip()
        found.setdefault(last, plain_text(words) or plain_text(code))
    if not joined:
        return found, ()
    told = ", ".join(f"'{words}'" for words in joined)
    return found, (f"choices: {told} has no code and comma, and is taken as a part of the label before it",)


def plain_text(text: str, *, html_tags: bool = True) -> str:
    """``text`` without HTML tags and entities, words one space apart."""
    return " ".join(html.unescape(_HTML.sub(" ", text) if html_tags else text).split())
