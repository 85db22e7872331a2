"""A small strip beside a value: the registry's middle, the reference range and this patient, or a level's share.

It is a picture of the program's own, made of numbers only, in the one form that a button's label draws: its words are
its alternative text.
"""

from base64 import b64encode
from functools import lru_cache

from creason_core.cohort.standing import Standing, standing_words
from creason_core.record.feature import Feature
from pages.components.inert import inert

_WIDE, _HIGH, _EDGE = 64, 14, 5  # pixels
STRIPS = (
    "The strip behind a number: grey, the middle 90% of the registry; green, the reference range; the dot, this "
    "patient, orange outside the reference range. Behind a level: the share of the registry that has it."
)
# Read on white and on black: a picture does not know the page's theme.
_GREY, _REFERENCE, _DOT, _OUTSIDE = "#8A94A3", "#12A08C", "#2F7DD1", "#D9660B"


def sentence(words: str) -> str:
    """``words`` as a sentence; nothing of nothing."""
    return f"{words[0].upper()}{words[1:]}." if words else ""


def strip(feature: Feature, value: float | str, standing: Standing | None) -> str:
    """The strip as Markdown for a label; empty where the registry tells nothing."""
    if standing is None:
        return ""
    if isinstance(value, str):
        drawn = _share(round(standing.equal, 3))
    else:
        reference = feature.reference
        ends = (reference.low, reference.high) if reference else (None, None)
        drawn = _scale(value, standing.low or 0.0, standing.high or 0.0, ends, reference is not None)
    return f"![{inert(standing_words(feature, value, standing))}](data:image/svg+xml;base64,{drawn})"


@lru_cache(maxsize=4096)
def _scale(value: float, low: float, high: float, ends: tuple[float | None, float | None], has_reference: bool) -> str:
    """The band from ``low`` to ``high``, the reference range under it, and ``value``: an arrowhead where it is off."""
    all_ends = [low, high, *(end for end in ends if end is not None)]
    first, last = min(all_ends), max(all_ends)
    if first == last:
        first, last = first - 1, last + 1
    scale = (_WIDE - 2 * _EDGE) / (last - first)

    def at(number: float) -> float:
        return round(_EDGE + (number - first) * scale, 1)

    parts = [
        _box(0, 6.5, _WIDE, 1, _GREY, opacity=0.5),
        _box(at(low), 4, max(1.0, at(high) - at(low)), 6, _GREY, opacity=0.55),
    ]
    inside = True
    if has_reference:
        start, stop = (0.0 if ends[0] is None else at(ends[0])), (float(_WIDE) if ends[1] is None else at(ends[1]))
        parts.append(_box(start, 12, max(1.0, stop - start), 2, _REFERENCE))
        inside = (ends[0] is None or value >= ends[0]) and (ends[1] is None or value <= ends[1])
    parts.append(_mark(at(value), _DOT if inside else _OUTSIDE))
    return _svg(parts)


def _mark(x: float, colour: str) -> str:
    if x < 0 or x > _WIDE:
        tip, back = (0.5, 6) if x < 0 else (_WIDE - 0.5, _WIDE - 6)
        return f'<path d="M{tip} 7L{back} 3V11Z" fill="{colour}" stroke="#fff" stroke-width=".6"/>'
    return f'<circle cx="{min(max(x, 4), _WIDE - 4)}" cy="7" r="3.2" fill="{colour}" stroke="#fff" stroke-width=".8"/>'


@lru_cache(maxsize=1024)
def _share(share: float) -> str:
    whole = _box(0, 4, _WIDE, 6, _GREY, opacity=0.3)
    return _svg([whole, _box(0, 4, round(max(1.0, _WIDE * share), 1), 6, _GREY)])


def _box(x: float, y: float, width: float, height: float, colour: str, *, opacity: float = 1) -> str:
    return f'<rect x="{x}" y="{y}" width="{round(width, 1)}" height="{height}" fill="{colour}" opacity="{opacity}"/>'


def _svg(parts: list[str]) -> str:
    text = f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{_HIGH}">{"".join(parts)}</svg>'
    return b64encode(text.encode()).decode()
