"""Text in an encoding from before UTF-8: Korean or Western; what looks like neither is refused, never read as Western.

Windows-1252 reads any bytes, and so turns Chinese or Cyrillic names and levels into other signs.
"""

import re

_HANGUL, _BEYOND_ASCII = re.compile(r"[가-힣]"), re.compile(r"[^\x00-\x7f]")
_RUNS = re.compile(rb"[\x80-\xff]+")
_MARKS, _LETTERS = re.compile(rb"[\x80-\x9f]"), re.compile(rb"[\xc0-\xff]{3,}")
_FEW = 10  # high bytes that tell no writing


def legacy_text(data: bytes) -> tuple[str, str] | None:
    """The text of ``data``, which is no UTF-8, and the name of its encoding; None where none is known to fit.

    EUC-KR pairs high bytes only, so that a µ or ° of Windows-1252 before a letter is never taken for it. CP949, which
    adds rare syllables in other pairs, is taken where nearly all pairs are those of EUC-KR.
    """
    runs = _RUNS.findall(data)
    high = sum(map(len, runs))
    pairs = high >= _FEW and sum(len(run) for run in runs if len(run) > 1) >= 0.8 * high
    for encoding, name in (("euc_kr", "Korean (EUC-KR)"), ("cp949", "Korean (CP949)"))[: 1 + pairs]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(_HANGUL.findall(text)) >= 0.9 * len(_BEYOND_ASCII.findall(text)):
            return text, name
    if not _western(data, runs, high):
        return None
    try:
        return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        return None


def _western(data: bytes, runs: list[bytes], high: int) -> bool:
    """Whether few high bytes are marks, and few stand in a row: Western words have no three accents in a row."""
    if high < _FEW:
        return True
    in_rows, marks = sum(map(len, _LETTERS.findall(data))), len(_MARKS.findall(data))
    paired = all(len(run) % 2 == 0 for run in runs)
    return in_rows < 0.3 * high and marks < 0.3 * high and not paired
