"""Text of a model, a person or a registry made harmless for places where Streamlit reads Markdown.

Labels, captions, alerts and tooltips are Markdown: they would fetch images, follow directives and turn
addresses into links. Text that stands alone goes through ``st.text`` instead, which reads nothing.
"""

import re
import string

_PUNCTUATION = re.compile(f"([{re.escape(string.punctuation)}])")
_SPACE = re.compile(r"\s+")
_WORD_JOINER = "\u2060"  # invisible; parts a colon from a word, so that no directive or emoji code is left


def inert(text: object, limit: int = 600) -> str:
    """``text`` on one line, at most ``limit`` characters long, as Markdown that shows exactly these characters."""
    line = _SPACE.sub(" ", str(text)).strip()
    if len(line) > limit:
        line = line[: limit - 1].rstrip() + "…"
    return _PUNCTUATION.sub(r"\\\1", line).replace("\\:", f"\\:{_WORD_JOINER}").replace("\\@", f"{_WORD_JOINER}\\@")
