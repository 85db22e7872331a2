"""A grid of text saved as a file of any kind that the program reads."""

import csv
import io
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyreadstat
from pyarrow import parquet

Cell = str | float | None


def save(kind: str, head: list[list[str]], rows: list[list[str]]) -> tuple[str, bytes]:
    """Name and bytes of a file of ``kind``; formats without a grid have the last row of ``head`` as names."""
    if kind in {"CSV", "semicolons", "tabs"}:
        comma = any("," in cell for row in rows for cell in row)
        sign = {"CSV": ";" if comma else ",", "semicolons": ";", "tabs": "\t"}[kind]
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=sign).writerows([*head, *rows])
        return ("a.tsv" if kind == "tabs" else "a.csv"), out.getvalue().encode()
    if kind == "workbook":
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for names in head:
            sheet.append(names)
        for row in rows:
            sheet.append([_typed(cell) for cell in row])
        stream = io.BytesIO()
        book.save(stream)
        return "a.xlsx", stream.getvalue()
    columns = head[-1]
    if kind in {"JSON", "JSON lines"}:
        records = [{name: _typed(cell) for name, cell in zip(columns, row, strict=True)} for row in rows]
        if kind == "JSON":
            return "a.json", json.dumps(records).encode()
        return "a.jsonl", "\n".join(json.dumps(record) for record in records).encode()
    cells = {name: _column([row[at] for row in rows]) for at, name in enumerate(columns)}
    if kind == "Parquet":
        stream = io.BytesIO()
        parquet.write_table(pa.table(cells), stream)
        return "a.parquet", stream.getvalue()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("a.sav" if kind == "SPSS" else "a.dta")
        frame = pd.DataFrame({f"v{at}": column for at, column in enumerate(cells.values())})
        write = pyreadstat.write_sav if kind == "SPSS" else pyreadstat.write_dta
        write(frame, str(path), column_labels=list(cells))
        return path.name, path.read_bytes()


def _typed(cell: str) -> Cell:
    """A cell as a spreadsheet holds it: a number where it is one."""
    try:
        return float(cell) if cell else None
    except ValueError:
        return cell


def _column(cells: Sequence[str]) -> list[Cell]:
    typed = [_typed(cell) for cell in cells]
    return typed if all(isinstance(cell, float | None) for cell in typed) else list(cells)
