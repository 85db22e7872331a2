"""What does not fit between a table and its codebook, told with rows, values, rule and remedy."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from creason_core.cohort.table_files.cells import Texts
from creason_core.frozen import Frozen

SHOWN = 5  # rows and values of a misfit that are told

Severity = Literal["structure", "cell", "note"]


class Misfit(Frozen):
    """Something that does not fit. ``rows`` count from 1 after the header; the first few of ``count`` are named.

    ``structure`` stops everything, ``cell`` is a value that can be left out, ``note`` is worth knowing.
    """

    severity: Severity
    thing: str
    rule: str
    remedy: str
    count: int = 0
    rows: tuple[int, ...] = ()
    values: tuple[str, ...] = ()

    def sentence(self) -> str:
        """The misfit in words."""
        values = f" ({', '.join(self.values)})" if self.values else ""
        rows = ", ".join(map(str, self.rows)) + (", …" if self.count > len(self.rows) else "")
        many = f" {self.count:,} row{'s' if self.count != 1 else ''}: {rows}." if self.count else ""
        return f"{self.thing}: {self.rule}{values}.{many} {self.remedy}".strip()


def misfit(severity: Severity, thing: str, told: tuple[str, str], which: NDArray[np.bool_], texts: Texts) -> Misfit:
    """The misfit of the rows ``which``, with the commonest of their ``texts``; ``told`` is the rule and the remedy."""
    rule, remedy = told
    rows = np.flatnonzero(which)
    given = Counter(text for text in texts[rows] if text is not None)
    common = [str(text)[:40] for text, _ in given.most_common(SHOWN)]
    return Misfit(
        severity=severity,
        thing=thing,
        rule=rule,
        remedy=remedy,
        count=len(rows),
        rows=tuple(int(row) + 1 for row in rows[:SHOWN]),
        values=tuple(common),
    )


def told(misfits: Sequence[Misfit], say: Callable[[str], object]) -> None:
    """Says each misfit, the gravest first."""
    for heading, severity in (("Does not fit", "structure"), ("Values that do not fit", "cell"), ("To know", "note")):
        lines = [misfit.sentence() for misfit in misfits if misfit.severity == severity]
        if lines:
            say(f"{heading}:")
            for line in lines:
                say(f"  {line}")
