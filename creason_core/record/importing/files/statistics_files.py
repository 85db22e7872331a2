"""Reader of SPSS (.sav, .zsav) and Stata (.dta) files: columns by their labels, coded values in the words of theirs.

What a file declares as missing, Stata's .a to .z included, is an empty cell. Runs in the parsing process.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from creason_core.errors import UploadError
from creason_core.record.importing.files import limits
from creason_core.record.importing.files.sink import Sink

_ZERO = frozenset({"none", "nil", "zero", "no", "-", "keine", "aucun", "ninguno", "없음"})
_DAMAGED = "Open it in the program that it is from and save it again, or save it as .csv."


def read_statistics(data: bytes, sink: Sink, *, stata: bool) -> None:
    """Reads an SPSS file or, with ``stata``, a Stata file.

    Raises:
        UploadError: The file breaks a limit or is damaged.
    """
    import pyreadstat

    read = pyreadstat.read_dta if stata else pyreadstat.read_sav
    try:
        _read(read, data, sink)
    except (UploadError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 — a damaged file can raise anything at all inside pyreadstat
        name = "Stata" if stata else "SPSS"
        raise UploadError(f"The {name} file is damaged ({type(error).__name__}).", remedy=_DAMAGED) from None


def _read(read: Callable[..., Any], data: bytes, sink: Sink) -> None:
    _, about = read(io.BytesIO(data), metadataonly=True, output_format="dict")
    names: Sequence[str] = about.column_names
    rows = about.number_rows or 0  # not every SPSS file tells
    for size, most, word in (
        (rows, limits.ROWS, "rows"),
        (len(names), limits.COLUMNS, "columns"),
        (rows * len(names), limits.CELLS, "cells"),
    ):
        if size > most:
            raise UploadError(f"The file has {size:,} {word}; up to {most:,} are read.", remedy="Split it by patients.")
    columns, about = read(io.BytesIO(data), row_limit=limits.ROWS + 1, output_format="dict")
    sink.header([(label or "").strip() or name for name, label in zip(names, about.column_labels, strict=True)])
    if labelled := [name for name in names if about.variable_value_labels.get(name)]:
        columns_said = f"{len(labelled):,} column{'s' * (len(labelled) > 1)}"
        sink.note(f"The codes in {columns_said} were read as the labels that the file gives them.")
    cells = [_cells(columns[name], about.variable_value_labels.get(name) or {}) for name in names]
    total = len(columns[names[0]]) if names else 0
    for number, row in enumerate(zip(*cells, strict=True), start=1):
        sink.row(number, row, number / max(total, 1))


def _cells(column: Sequence[object], labels: Mapping[object, str]) -> Iterator[object]:
    """The cells of a column, codes as their labels; what is not recorded (NaN, NaT) as nothing."""
    values = [cell.item() if hasattr(cell, "item") else cell for cell in column]  # numpy's numbers as Python's
    recorded = [None if value != value else value for value in values]  # noqa: PLR0124 — only NaN differs from itself
    words = {value: label for value, label in labels.items() if label.strip().casefold() not in _ZERO}
    if not words or any(value is not None and value not in labels for value in recorded):
        labels = words  # numbers, of which some are marked: 0 as "none" stays 0, since that word is no value elsewhere
    yield from (labels.get(value, value) for value in recorded)
