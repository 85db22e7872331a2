"""A workbook with names that no spreadsheet program would let anybody type."""

from collections.abc import Sequence
from io import BytesIO
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

_PLAIN = "PLAIN"


def hostile_workbook(sheet: str, columns: Sequence[str]) -> bytes:
    """Two rows about ``columns`` in a sheet called ``sheet``, beside another sheet."""
    book, made, out = Workbook(), BytesIO(), BytesIO()
    page = book.worksheets[0]
    page.title = _PLAIN
    book.create_sheet("other")
    for number, first in enumerate(("age", "61", "70"), 1):
        for place, value in enumerate((first, *columns), 1):
            cell = page.cell(number, place, value)
            cell.data_type = "s"  # a text, also where it begins like a formula
    book.save(made)
    with ZipFile(made) as plain, ZipFile(out, "w", ZIP_DEFLATED) as named:
        for name in plain.namelist():
            data = plain.read(name)
            if name == "xl/workbook.xml":
                data = data.replace(f'name="{_PLAIN}"'.encode(), f"name={quoteattr(sheet)}".encode())
            named.writestr(name, data)
    return out.getvalue()
