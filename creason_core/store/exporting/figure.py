"""*At a glance* as a picture in an export: each value at its place among the registry's, sections one under another.

SVG, complete in itself: it fetches nothing, and every text of a codebook is escaped.
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from creason_core.store.exporting.standings import ExportedStanding

_WIDTH, _LINE, _TITLE, _FOOT = 860, 20, 26, 34  # pixels
_LEFT, _AXIS = 250, 340  # where the axis begins, and how long it is
_NAME, _SAID = _LEFT - 22, _WIDTH - _LEFT - _AXIS - 26  # room for a name, and for the value
_LETTER = 6.4  # pixels that a letter takes at most, on average
_INSIDE, _OUTSIDE, _GREY, _INK = "#2F7DD1", "#C2570A", "#8A94A3", "#17202B"
_ARROWS = {"low": " ↓", "high": " ↑"}


def figure(found: Sequence[ExportedStanding]) -> str:
    """The values of ``found`` that have a place, as SVG; empty where none has one."""
    drawn = [one for one in found if one.place is not None]
    if not drawn:
        return ""
    parts, y = [], 0
    for section, those in groupby(drawn, key=lambda one: one.section):
        y += _TITLE
        parts.append(_text(4, y, section, _LEFT + _AXIS, weight=600))
        for _, same in groupby(those, key=lambda one: one.value):
            y += _LINE
            parts += _line([*same], y)
    return "".join((_opening(y + _FOOT), *_axis(y), *parts, "</svg>"))


def _opening(height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}" '
        f'font-family="sans-serif" font-size="12" fill="{_INK}">'
        f'<rect width="{_WIDTH}" height="{height}" fill="#FFFFFF"/>'
    )


def _axis(bottom: int) -> Iterator[str]:
    """The middle 90 % of the training patients, the middle one, and what the places along it are called."""
    yield f'<rect x="{_x(0.05)}" y="6" width="{round(0.9 * _AXIS, 1)}" height="{bottom}" fill="#EEF1F5"/>'
    yield f'<line x1="{_x(0.5)}" x2="{_x(0.5)}" y1="6" y2="{bottom + 6}" stroke="{_GREY}" stroke-dasharray="2 3"/>'
    for place, name in ((0.05, "5%"), (0.25, "25%"), (0.5, "middle"), (0.75, "75%"), (0.95, "95%")):
        yield f'<text x="{_x(place)}" y="{bottom + 24}" text-anchor="middle">{name}</text>'


def _line(same: Sequence[ExportedStanding], y: int) -> Iterator[str]:
    """One feature: its name, its values joined in order of time, and the latest in words."""
    places, last = [one.place or 0.0 for one in same], same[-1]
    yield _text(16, y, last.value, _NAME - 16)
    if len(same) > 1:
        ends = " ".join(f"{_x(place)},{y - 4}" for place in places)
        yield f'<polyline points="{ends}" fill="none" stroke="{_GREY}"/>'
    for place, one in zip(places, same, strict=True):
        yield _mark(_x(place), y - 4, one.outside, 4.5 if one is last else 3)
    at = f" {last.at}" if last.at else ""
    yield _text(_LEFT + _AXIS + 22, y, f"{last.recorded}{at}{_ARROWS.get(last.outside, '')}", _SAID)


def _mark(x: float, y: float, outside: str, size: float) -> str:
    if not outside:
        return f'<circle cx="{x}" cy="{y}" r="{size}" fill="{_INSIDE}"/>'
    tip, base = (y - size, y + size) if outside == "high" else (y + size, y - size)
    return f'<polygon points="{x},{tip} {x - size},{base} {x + size},{base}" fill="{_OUTSIDE}"/>'


def _text(x: float, y: float, words: str, room: float, *, weight: int = 400) -> str:
    """A text that is pressed together where it would leave its ``room``."""
    narrow = f' textLength="{room}" lengthAdjust="spacingAndGlyphs"' if _LETTER * len(words) > room else ""
    return f'<text x="{x}" y="{y}" font-weight="{weight}"{narrow}>{escape(words)}</text>'


def _x(place: float) -> float:
    return round(_LEFT + _AXIS * place, 1)
