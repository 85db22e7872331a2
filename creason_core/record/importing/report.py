"""What became of every value of an import, value by value, to read and to download.

A report may leave the computer, so that what the identifier guard marks in a text is replaced by its kind, and cells
that a spreadsheet would run as a formula are made inert.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from creason_core.inert_cells import inert
from creason_core.record.identifiers import is_measurement, redacted

Disposition = Literal["mapped", "converted", "computed", "to confirm", "rejected", "left out", "unmapped", "understood"]
DISPOSITIONS: tuple[Disposition, ...] = get_args(Disposition)[:-1]  # of a value; "understood" is about a column


@dataclass(frozen=True, slots=True)
class Item:
    """One value, or one column or row where ``value`` is empty: what became of it, by which rule, and what to do."""

    disposition: Disposition
    row: int  # in the file; 0 for all rows
    column: str
    feature: str
    value: str
    result: str
    rule: str
    remedy: str = ""


def safe_text(text: str) -> str:
    """A cell's ``text`` without what may identify a person; a number with decimals is a measurement."""
    return text if is_measurement(text) else redacted(text)


def safe_cell(text: str) -> str:
    """``text`` as a spreadsheet cell that is never run as a formula; numbers stay numbers."""
    try:
        float(text)
    except ValueError:
        return inert(text)
    return text


def counts(items: Iterable[Item]) -> Mapping[Disposition, int]:
    """How many items have each disposition."""
    found = Counter(item.disposition for item in items)
    return {disposition: found[disposition] for disposition in DISPOSITIONS}


def summary(items: Iterable[Item]) -> str:
    """One line: "41 mapped, 5 converted, 2 rejected, 6 unmapped"."""
    return ", ".join(f"{count:,} {disposition}" for disposition, count in counts(items).items() if count)


def report_csv(items: Iterable[Item]) -> bytes:
    """The report as CSV (UTF-8 with a mark, so that spreadsheets read it right), every cell inert."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("disposition", "row", "column", "feature", "value", "result", "rule", "remedy"))
    for item in items:
        writer.writerow([safe_cell(str(cell)) for cell in _cells(item)])
    return out.getvalue().encode("utf-8-sig")


def report_json(items: Iterable[Item]) -> bytes:
    """The report as JSON: counts, and a list of items."""
    listed = list(items)
    content = {"counts": counts(listed), "items": [asdict(item) for item in listed]}
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _cells(item: Item) -> tuple[str | int, ...]:
    """The item's cells in the order of its columns."""
    return (
        item.disposition,
        item.row or "",
        item.column,
        item.feature,
        item.value,
        item.result,
        item.rule,
        item.remedy,
    )
