"""Text of a model, a person or a registry made harmless for places where Streamlit reads Markdown.

Labels, captions, alerts and tooltips are Markdown: they would fetch images, follow directives and turn
addresses into links. Text that stands alone goes through ``st.text`` instead, which reads nothing.
"""

import re
import string

_PUNCTUATION = re.compile(f"([{re.escape(string.punctuation)}])")
_CODE = re.compile(r"([:@])(?=\S)")  # what begins a directive, an emoji code, or makes an address
_SPACE = re.compile(r"\s+")
_ORDER = re.compile("[\u202a-\u202e\u2066-\u2069]")  # unseen signs that turn the order of what stands beside them
_WORD_JOINER = "\u2060"  # invisible; parts a colon from a word, so that no directive or emoji code is left


def inert(text: object, limit: int = 600) -> str:
    """``text`` on one line, at most ``limit`` characters long, as Markdown that shows its characters and does nothing.

    Signs that change the direction of writing are left out: beside them 4.1 could be read as 1.4.
    """
    line = _SPACE.sub(" ", _ORDER.sub("", str(text))).strip()
    if len(line) > limit:
        line = line[: limit - 1].rstrip() + "…"
    parted = _CODE.sub(rf"\1{_WORD_JOINER}", line)
    return _PUNCTUATION.sub(r"\\\1", parted)
