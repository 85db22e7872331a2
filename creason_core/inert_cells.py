"""Texts as cells that no spreadsheet runs as a formula."""

import unicodedata

_FORMULA = ("=", "+", "-", "@")


def inert(text: str) -> str:
    """``text`` with an apostrophe before it where it could begin a formula.

    That is where its first sign could, whatever blanks, control characters or quotation marks stand before it.
    """
    first = next((sign for sign in text if not _blank(sign)), "")
    starts = unicodedata.normalize("NFKC", first)[:1] in _FORMULA or text[:1] in ("\t", "\r", "\n", "\0")
    return f"'{text}" if starts else text


def _blank(sign: str) -> bool:
    """Whether a spreadsheet may skip the sign before it looks for a formula."""
    return sign.isspace() or sign in "'\"" or unicodedata.category(sign) in ("Cc", "Cf", "Zs", "Zl", "Zp")
