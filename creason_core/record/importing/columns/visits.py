"""Columns of visits, which tell when a row's values were taken: "Week 12", "Month 3", "POD 2"."""

from collections.abc import Iterable

from creason_core.record.importing.cells.moments import moment
from creason_core.record.importing.columns.headers import folded

_WORDS = frozenset(
    "visit visits visitname visite event events timepoint timepoints zeitpunkt besuch phase wave period pod followup "
    "visita momento".split()
)
_MANY = 60  # different visits of a study


def tells_visits(name: str, cells: Iterable[str]) -> bool:
    """Whether a column called ``name`` holds visits of which at least half tell a day since the first."""
    words = set(folded(name).split())
    if not words & _WORDS and not {"time", "point"} <= words:
        return False
    different = {cell.strip() for cell in cells} - {""}
    told = sum((found := moment(cell)) is not None and found.kind == "day" for cell in different)
    return 0 < len(different) <= _MANY and 2 * told >= len(different)
