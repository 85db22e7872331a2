r"""What stands in a box: one option's letter in any dressing, that letter with the option's own value, or the value.

Not which box decides: that is ``creason_core.question.answer``. Models dress a letter in LaTeX, Markdown, brackets,
full-width or mathematical characters and the word for "option" of their language. Beside the letter only its own
option's text may stand, because ``\boxed{A) or B)}`` answers nothing and ``\boxed{E. coli}`` is no E.
"""

import re
import unicodedata
from collections.abc import Sequence

# A letter that is crossed out, negated, unseen or part of a formula is no answer; a mark that no pattern below takes
# stands in its place.
_CROSSED = re.compile(
    r"\\(?:[bx]?cancel(?:to)?|sout|st|xout|l?not|n(?:e|eq|eg|sim|otin|leq|geq)|overline|bar|complement|[hv]?phantom"
    r"|sqrt|angle|[A-Z])(?![A-Za-z])|~~|[≠¬]|[\u0335-\u0338]"
)
_CROSSED_OUT = "\u2327"
# An escape that a JSON reader took for a control character: "\text" became a tab and "ext".
_TAKEN = re.compile(r"[\b\f](?=[a-z])|\t(?=ext[a-z]*\s*\{)")
_TAKEN_BY = {"\b": r"\b", "\f": r"\f", "\t": r"\t"}
_ARGUMENTS = re.compile(
    r"\\fcolorbox\s*\{[^{}]*\}\s*\{[^{}]*\}|\\(?:text|page)?color(?:box)?\s*\{[^{}]*\}|\\[hv]space\*?\s*\{[^{}]*\}|"
    r"\\begin\s*\{[A-Za-z*]+\}(?:\{[^{}]*\})?|\\end\s*\{[A-Za-z*]+\}"
)
_TAGGED = re.compile(
    r"<(b|strong|i|em|u|span|p|code|answer)>(.{0,200}?)</\1>|<br ?/?>|&nbsp;", re.DOTALL | re.IGNORECASE
)
_FRACTION = re.compile(r"\\[dtc]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_SIGNS = (
    (re.compile(r"\\(?:geq?|geqslant)(?![A-Za-z])|≥|⩾|>="), ">="),
    (re.compile(r"\\(?:leq?|leqslant)(?![A-Za-z])|≤|⩽|<="), "<="),
    (re.compile(r"\\lt(?![A-Za-z])|&lt;"), "<"),
    (re.compile(r"\\gt(?![A-Za-z])|&gt;"), ">"),
    (re.compile(r"\\(?:times|cdot)(?![A-Za-z])|[×·∙⋅]"), "x"),
    (re.compile(r"\^?\s*\\(?:circ|degree)(?![A-Za-z])"), "°"),
    (re.compile(r"\\(?:mu|textmu|micro)(?![A-Za-z])|[µμ]"), "u"),
    (re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63]"), "-"),
    (re.compile(r"\\\\(?![A-Za-z])|\\[,;:!> ]|~|\\q?quad(?![A-Za-z])"), " "),
    (re.compile(r"\\[A-Za-z]+\*?"), " "),
    (re.compile(r"[{}\\^$]|\*\*"), ""),
    (re.compile(r"-{2,3}"), "-"),  # LaTeX's dashes
)
_AROUND = '*_$`"“”„«»|#✓✔✅→⇒ \t\r\n'
_PAIRS = ("()", "[]", "<>", "【】", "「」", "『』", "〔〕", "《》", "''", "‘’")
_END = ".,;:!。、，：；．!"
# The word for option or answer before a letter, and what may follow it, in languages that models answer in.
_RIGHT = (
    r"(?:correct|right|best|final|richtige|korrekte|correcte|bonne|correcta|correta|corretta|juiste|rätt|doğru|prawidłowa|poprawna"
    r"|правильный|верный|правильна|सही|الصحيحة|الصحيح|ที่ถูกต้อง|đúng|yang benar|σωστή)"
)
_NAMED = re.compile(
    unicodedata.normalize(  # as the text is: of Thai letters it takes some apart
        "NFKC",
        rf"(?:(?:the|my|most likely|la|le|die|der|el|a|o|het|{_RIGHT})\s+)*"
        r"(?:option|answer|choice|letter|alternative|antwort|lösung|réponse|respuesta|opción|resposta|opção|risposta"
        r"|opzione|antwoord|optie|svar|ответ|вариант|odpowiedź|cevap|seçenek|đáp án|jawaban|pilihan"
        r"|vastaus|odpověď|možnost|válasz|răspuns|câu trả lời|উত্তর|जवाब|پاسخ|گزینه"
        r"|الإجابة|الاجابة|الخيار|विकल्प|उत्तर|คำตอบ(?:คือ)?|ตัวเลือก|ข้อ|επιλογή|απάντηση|תשובה|אפשרות"
        r"|(?:正确|正確|最终|最終|故|应|應)?(?:选项|選項|答案|选择|選擇|選択肢|答え|解答|回答|选|選)|정답|선택지|보기|답)"
        rf"(?:\s*{_RIGHT}(?!\w))?(?:\s+(?:is|est|ist|es|é|è)(?!\w))?(?:\s*(?:是|为|為|は|은|는))?\s*[:=\-]?\s*",
    ),
    re.IGNORECASE,
)
_LETTER = re.compile(
    r"[(\[【「『〔《]?\s*([A-Za-z])\s*(?:번?입니다|です|번|選択?肢|选项|選項|選|选|項|项)?\s*([)\]】」』〕》]?)",
    re.DOTALL,
)
# A sign or a point that begins a number is its own: "A: -2", "A .5", but "A - 2", "A.5".
_BETWEEN = re.compile(r"(?:[\s):,;=/|、。：→]|-(?!\.?\d)|\.(?!\d)|(?<!\s)\.)+")
_NUMBER = r"[+-]?(?:\d{1,3}(?: \d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)*|\.\d+)"
_TRAILING = re.compile(r"(.{0,200}\S)\s{0,3}[(\[]\s*(?:option\s+)?([A-Z])\s*[)\]]", re.DOTALL)  # "4.2 mmol/L (B)"
_VALUE = re.compile(
    rf"(<=|>=|<|>|=|~|≈)?\s*({_NUMBER}(?:\s*/\s*\d+(?![A-Za-z\d]))?)(?:\s*(?:-|to|bis|…|\.\.\.?)\s*({_NUMBER}))?(.*)",
    re.DOTALL | re.IGNORECASE,
)
_LISTED = re.compile(r"\s*(?:[,;/&+、，；]|\b(?:and|und|et)\b)\s*", re.IGNORECASE)  # between options of a list
_SENTENCE = frozenset("no not or and but is are was wrong false nor neither unlikely likely too than".split())


def letter_in(content: str, letters: Sequence[str], texts: Sequence[str] = ()) -> str | None:
    """The option that the content of a box names, None where it names none or more than one.

    Args:
        content: What stands between the braces.
        letters: The upper-case letters of the options shown.
        texts: The options' texts, in the order of ``letters``, with their unit. Without them a letter may be followed
            by a number, and a text without a letter names no option.
    """
    bare = plain(content)
    lettered = _lettered(bare)
    if lettered is not None and lettered[0] in letters:
        letter, rest = lettered
        if not rest:
            return letter
        own = texts[letters.index(letter)] if texts else None
        if _is_value(rest, own, [other for other in letters if other != letter]):
            return letter
    behind = _TRAILING.fullmatch(bare)
    shown = list(zip(letters, texts, strict=False))
    named = [letter for letter, text in shown if _is_text(bare, text)]
    if not named and behind is not None:
        named = [letter for letter, text in shown if letter == behind.group(2) and _is_text(behind.group(1), text)]
    return named[0] if len(named) == 1 else None


def letters_in(
    content: str, letters: Sequence[str], texts: Sequence[str] = (), *, several: bool = False
) -> tuple[str, ...]:
    """The options that the content of a box names, in the order of ``letters``; empty where it names none.

    Without ``several`` it names one or none. With it, a list names all of its options; a list with anything else in
    it names none, since nobody can say what was meant.
    """
    one = letter_in(content, letters, texts)
    if one is not None or not several:
        return () if one is None else (one,)
    named = [letter_in(part, letters, texts) for part in _LISTED.split(plain(content)) if part.strip()]
    return tuple(letter for letter in letters if letter in named) if None not in named else ()


def plain(content: str) -> str:
    """The content of a box without LaTeX, Markdown, format characters and what stands around it.

    Compatibility characters become the usual ones, all but the circled letters: Ⓑ is a sign of its own.
    """
    text = _CROSSED.sub(_CROSSED_OUT, _TAKEN.sub(lambda found: _TAKEN_BY[found.group()], content))
    text = "".join(
        _usual(char) for char in text if unicodedata.category(char) != "Cf" and not "\ufe00" <= char <= "\ufe0f"
    )
    text = _TAGGED.sub(lambda found: found[2] or " ", text)
    text = _FRACTION.sub(r"\1/\2", _ARGUMENTS.sub("", text))
    for pattern, sign in _SIGNS:
        text = pattern.sub(sign, text)
    return _unwrapped(text)


def _usual(char: str) -> str:
    if char.isascii() or unicodedata.decomposition(char).startswith(("<circle>", "<square>")):
        return char
    return unicodedata.normalize("NFKC", char)


def _unwrapped(text: str) -> str:
    """``text`` without the quotes, brackets and closing points around the whole of it."""
    before = None
    while text != before:
        before = text
        text = text.strip(_AROUND).rstrip(_END).rstrip(_AROUND)
        for pair in _PAIRS:
            if len(text) > 1 and text[0] + text[-1] == pair and pair[0] not in text[1:-1]:
                text = text[1:-1]
    return text


def _lettered(bare: str) -> tuple[str, str] | None:
    """The letter at the start, in upper case, and what follows it; None where none stands there by itself."""
    named = bare
    while (label := _NAMED.match(named)) and label.end() < len(named):
        named = named[label.end() :].lstrip(_AROUND)
    found = _LETTER.match(named)
    if found is None:
        return None
    letter, rest = found.group(1), named[found.end() :].lstrip('*_$`"')
    if not rest.strip():
        return letter.upper(), ""
    begins = len(named) - len(rest)
    between = _BETWEEN.match(named, begins)  # with what stands before it in sight
    follows = between is not None or bool(found.group(2)) or rest[0] in "([<>~≈" or named[found.end() - 1].isspace()
    if rest == "-":  # a blood group is no letter with a dash
        return None
    words_alone = not found.group(2) and (between is None or between.group().isspace())
    if not follows or (words_alone and letter.islower()):  # "a better fit": an article
        return None
    return letter.upper(), _unwrapped(named[between.end() :] if between else rest)


def _is_value(rest: str, own: str | None, others: Sequence[str]) -> bool:
    """Whether what follows a letter is its option's ``own`` text or number; any number where that is unknown."""
    if own is not None and _same_words(rest, own):
        return True
    found = _VALUE.fullmatch(rest)
    if found is None or not _unit_like(found.group(4), others, own):
        return False
    if own is None:
        return True
    expected = _VALUE.fullmatch(plain(own))
    return expected is not None and _sign(found) in {"", _sign(expected)} and _same_numbers(found, expected)


def _is_text(bare: str, text: str) -> bool:
    """Whether a box without a letter holds an option's text, or its number with no unit or the same one."""
    if not bare:
        return False
    if _same_words(bare, text):
        return True
    found, expected = _VALUE.fullmatch(bare), _VALUE.fullmatch(plain(text))
    if found is None or expected is None or _sign(found) != _sign(expected) or not _same_numbers(found, expected):
        return False
    return not found.group(4).strip() or _same_words(found.group(4), expected.group(4))


def _same_words(one: str, other: str) -> bool:
    return _folded(one) == _folded(plain(other)) != ""


def _folded(text: str) -> str:
    return re.sub(r"[\s_]+", "", text).strip(".,;:").casefold()


def _same_numbers(found: "re.Match[str]", expected: "re.Match[str]") -> bool:
    return all(
        (found.group(place) is None) == (expected.group(place) is None)
        and (
            expected.group(place) is None
            or bool(_numbers(found.group(place)) & _numbers(expected.group(place), own=True))
        )
        for place in (2, 3)
    )


def _sign(value: "re.Match[str]") -> str:
    """``<``, ``>``, ``<=``, ``>=`` before a number, or nothing: a value is as good with "=" or "about"."""
    sign = value.group(1) or ""
    return "" if sign in {"=", "~", "≈"} else sign


def _numbers(text: str, *, own: bool = False) -> set[float | str]:
    """What a number may mean: "4,2" and "1,200" are read both ways, but an option's ``own`` comma parts thousands."""
    compact = re.sub(r"\s+", "", text)
    ways = {compact}
    if re.fullmatch(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", compact):
        ways.add(compact.replace(",", ""))
    if not own or len(ways) == 1:
        ways.add(compact.replace(",", "."))
    return {float(way) if re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)", way) else way for way in ways}


def _unit_like(tail: str, others: Sequence[str], own: str | None) -> bool:
    """Whether what follows a number may be its unit: few words, no other letter, no second number, no sentence."""
    expected = _VALUE.fullmatch(plain(own)) if own is not None else None
    if expected is not None and _same_words(tail, expected.group(4)):
        return True
    words = re.sub(r"°\s*[A-Z](?![A-Za-z])", "°", tail).replace("(", " ").replace(")", " ").split()
    return len(words) <= 4 and all(
        word.strip(".,;:") not in others
        and word.casefold().strip(".,;:") not in _SENTENCE
        and re.fullmatch(r"[\d.,;:+\-/<>=]*", word) is None
        and _CROSSED_OUT not in word
        for word in words
    )
