"""Codes that stand beside words in FHIR: a LOINC code beside a test's name, a UCUM code beside a unit.

A code says more than words do. It joins the name in brackets, and where the table of analytes does not know it, that is
said ("LOINC 35203-9"), so that the words alone name no feature. A unit in words and in UCUM must be one unit.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from creason_core.record.importing.files.protocol import Row, RowProblem, Table
from creason_core.record.units import analyte_with_loinc, unit_named

NAME, LOINC = "Test", "Test's code in LOINC"
UNIT, UCUM = "Unit", "Unit's code in UCUM"


def coded(table: Table) -> Table:
    """A table of FHIR resources with its columns of codes joined to those of words; any other as it is."""
    pairs = [(table.columns.index(word), table.columns.index(code)) for word, code in ((NAME, LOINC), (UNIT, UCUM))
             if {word, code} <= set(table.columns)]  # fmt: skip
    if not pairs:
        return table
    dropped = {code for _, code in pairs}
    rows: list[Row] = []
    problems = list(table.problems)
    for row in table.rows:
        cells = list(row.cells)
        for word, code in pairs:
            join = _named if table.columns[word] == NAME else _unit
            joined = join(cells[word], cells[code])
            if joined is None:
                message = f"The unit is '{cells[word][:30]}' in words and '{cells[code][:30]}' in UCUM: they differ."
                problems.append(RowProblem(row.number, message))
                break
            cells[word] = joined
        else:
            rows.append(Row(row.number, _without(cells, dropped)))
    columns = _without(table.columns, dropped)
    return replace(table, columns=columns, rows=tuple(rows), problems=tuple(problems))


def _without(cells: Sequence[str], dropped: set[int]) -> tuple[str, ...]:
    return tuple(cell for at, cell in enumerate(cells) if at not in dropped)


@lru_cache(maxsize=4096)
def _named(words: str, code: str) -> str | None:
    if not code or not words:
        return words or code
    return f"{words} ({code})" if analyte_with_loinc(code) else f"{words} (LOINC {code})"


@lru_cache(maxsize=4096)
def _unit(words: str, code: str) -> str | None:
    """The unit that both say; None where they say two."""
    by_code = unit_named(code)
    by_words = unit_named(words, (by_code.code,) if by_code else ())
    if by_code and by_words and by_code.code != by_words.code:
        return None
    return (code if by_code else words) or code
