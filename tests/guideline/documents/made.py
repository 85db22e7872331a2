"""Documents of tests: PDFs written byte by byte, DOCX by python-docx."""

import io
import re
import zipfile
import zlib
from collections.abc import Sequence

import docx
from pypdf import PdfReader, PdfWriter


def pdf(pages: Sequence[str], *, title: str = "", extra: str = "", unseen: bool = False) -> bytes:
    """A PDF with a page of text for each of ``pages``, line by line; ``extra`` goes into its catalogue.

    ``unseen`` text is not drawn, as text recognition leaves it over a scan.
    """
    begins = b"BT 3 Tr" if unseen else b"BT"
    objects = [f"<< /Type /Catalog /Pages 2 0 R {extra} >>".encode()]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    for number, text in enumerate(pages):
        drawn = b" ".join(b"(" + _escaped(line) + b") Tj 0 -14 Td" for line in text.split("\n"))
        packed = zlib.compress(begins + b" /F1 11 Tf 40 780 Td " + drawn + b" ET" if text else b"")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(f"<< /Length {len(packed)} /Filter /FlateDecode >> stream\n".encode() + packed + b"\nendstream")
    objects.append(f"<< /Title ({title}) /CreationDate (D:20250301120000Z) >>".encode())
    out, places = io.BytesIO(b"%PDF-1.4\n"), []
    out.seek(0, io.SEEK_END)
    for number, one in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + one + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write(b"".join(f"{place:010d} 00000 n \n".encode() for place in places))
    info = f"/Info {len(objects)} 0 R"
    out.write(f"trailer << /Size {len(objects) + 1} /Root 1 0 R {info} >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def _escaped(line: str) -> bytes:
    return re.sub(rb"([()\\])", rb"\\\1", line.encode("cp1252"))


def encrypted(data: bytes, password: str, algorithm: str = "AES-256") -> bytes:
    """A PDF that opens with ``password`` only."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(password, owner_password="owner", algorithm=algorithm)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def word(*blocks: tuple[str, str], table: Sequence[Sequence[str]] = ()) -> bytes:
    """A DOCX of headings and paragraphs, ("h", text) or ("p", text), and a table at its end."""
    document = docx.Document()
    document.core_properties.title = "Antibiotic policy"
    for kind, text in blocks:
        document.add_heading(text, 1) if kind == "h" else document.add_paragraph(text)
    if table:
        made = document.add_table(len(table), len(table[0]))
        for row, cells in zip(made.rows, table, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def bomb() -> bytes:
    """A DOCX whose text unpacks to 90 MB of one letter."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w:document>" + b"a" * 90_000_000)
    return out.getvalue()


def with_body(body: str, before: str = "") -> bytes:
    """A DOCX with this XML as its body, and ``before`` its root."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word(("p", "x")))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                text = re.sub(
                    r"<w:body>.*</w:body>", lambda _: f"<w:body>{body}</w:body>", content.decode(), flags=re.S
                )
                content = text.replace("?>", f"?>{before}", 1).encode()
            new.writestr(name, content)
    return out.getvalue()
