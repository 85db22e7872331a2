"""Reads a table: a file, by the reader that the pages' import has, or a query through SQLAlchemy."""

import bz2
import gzip
import hashlib
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creason_core.errors import CohortError, UploadError
from creason_core.record.codebook import Codebook
from creason_core.record.importing.files import limits
from creason_core.record.importing.files.formats import Format, format_of
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.reading import as_table, of_systems, read_table
from creason_core.record.importing.understanding import Said, understood

if TYPE_CHECKING:
    import pandas as pd  # slow to import, and only named here
    import sqlalchemy as sa

DELIMITER = "delimiter"  # of ``DataFrame.attrs``: what stood between the cells of a text file
_COMPRESSED: Mapping[str, Callable[..., Any]] = {
    ".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open, ".zip": io.BytesIO
}  # fmt: skip
_KINDS: Mapping[Format, str] = {
    "csv": "CSV file", "tsv": "TSV file", "xlsx": "workbook", "json": "JSON file", "jsonl": "JSON file",
    "parquet": "Parquet file", "sav": "SPSS file", "dta": "Stata file",
}  # fmt: skip
_REMEDY = "Give a .csv, .tsv, .xlsx or .parquet file (compressed or not), or a database URL with --query."


@dataclass(frozen=True)
class TableRequest:
    """What a person says of a table: ``query`` of a database (a table's name, or a SELECT), ``sheet`` of a workbook.

    ``sheet`` may be a REDCap event; ``names``, a file, says what the codes of a long table's tests are called, joined
    by ``key`` (``long_tables``); ``merge`` are columns that are one, each "COLUMN=COLUMN".
    """

    query: str = ""
    sheet: str = ""
    names: str = ""
    key: str = ""
    merge: tuple[str, ...] = ()


@dataclass(frozen=True)
class Frame:
    """A table as read, one row a record; ``sha256`` is of the file, empty for a query. No path is kept.

    ``notes`` are what its owner should know of how it was read.
    """

    table: "pd.DataFrame"
    kind: str
    sha256: str = ""
    notes: tuple[str, ...] = ()


def read_frame(source: str, asked: TableRequest = TableRequest(), codebook: Codebook | None = None) -> Frame:
    """The table in ``source``: a file, or an SQLAlchemy URL with ``query``; understood as the import understands it.

    Every cell is text. ``codebook`` is the one that it will be held against, if there is one.

    Raises:
        CohortError: There is no such table, it cannot be read, has no rows, or a column's name comes twice.
    """
    if "://" not in source and asked.query:
        raise CohortError("--query belongs to a database URL, not to a file.", remedy="Leave it out.")
    if "://" in source:
        frame = _understood("The query", _read_sql(source, asked), asked, codebook)
    else:
        frame = _understood(source, _table_of(Path(source), asked.sheet), asked, codebook)
    columns = [str(name) for name in frame.table.columns]
    units = Said.of(frame.table).units  # "unit" may come beside each value
    if twice := [name for name in columns
                 if name not in units and (columns.count(name) > 1 or f"{name} (2)" in columns)]:  # fmt: skip
        raise _of_one_name(dict.fromkeys(twice))
    if frame.table.empty:
        raise CohortError("The table has no rows.", remedy="Give one row a patient.")
    frame.table.columns = columns
    return frame


def _understood(source: str, found: tuple[Table, str, str], asked: TableRequest, codebook: Codebook | None) -> Frame:
    """What ``_table_of`` or ``_read_sql`` found, as the import understands it; ``source`` is what it is called."""
    import pandas as pd

    read, kind, digest = found
    names = _table_of(Path(asked.names))[0] if asked.names else None
    try:
        read, said = understood(read, codebook, names, asked.key, asked.merge)
    except UploadError as error:
        told = f"{source} cannot be joined with {asked.names}" if asked.names else f"{source} cannot be used"
        raise CohortError(f"{told}: {error.message}", remedy=error.remedy) from error
    table = pd.DataFrame([row.cells for row in read.rows], columns=list(read.columns), dtype=object)
    table.attrs[DELIMITER] = read.delimiter
    said.keep_in(table)
    return Frame(table, kind, digest, read.notes)


def _table_of(path: Path, sheet: str = "") -> tuple[Table, str, str]:
    """The table in a file, the kind of the file, and its SHA-256."""
    if not path.is_file():
        raise CohortError(f"There is no file {path}.", remedy=_REMEDY)
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    name, content = _unpacked(path, content)
    try:
        read = read_table(content, name, sheet=sheet, registry=True)
    except UploadError as error:
        raise CohortError(f"{path} cannot be read: {error.message}", remedy=error.remedy or _REMEDY) from error
    _refuse_problems(str(path), read)
    return read, _KINDS[format_of(name, content, len(content))], digest


def _refuse_problems(source: str, read: Table) -> None:
    if read.problems:
        first = "; ".join(f"row {problem.number}: {problem.message}" for problem in read.problems[:3])
        count = f"{len(read.problems):,} row{'s' if len(read.problems) > 1 else ''}"
        raise CohortError(f"{source} cannot be read: {count} cannot be used, such as {first}", remedy="Correct them.")


def _unpacked(path: Path, content: bytes) -> tuple[str, bytes]:
    """The name and the bytes of the one file in ``path``, where that is compressed."""
    ending = path.suffix.casefold()
    if ending not in _COMPRESSED:
        return path.name, content
    most = limits.REGISTRY["FILE_BYTES"]
    try:
        if ending == ".zip":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = [name for name in archive.namelist() if not name.endswith("/")]
                if len(names) != 1:
                    raise CohortError(f"{path} holds {len(names)} files.", remedy="Unpack it and give the table.")
                with archive.open(names[0]) as file:
                    name, unpacked = names[0], file.read(most + 1)
        else:
            with _COMPRESSED[ending](path) as file:
                name, unpacked = path.stem, file.read(most + 1)
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError) as error:
        raise CohortError(f"{path} cannot be unpacked: {error}.", remedy="Compress it again.") from error
    if len(unpacked) > most:
        raise CohortError(f"{path} unpacks to more than {most // limits.MIB:,} MB.", remedy="Split it by patients.")
    return name, unpacked


def _fetched(result: "sa.CursorResult[Any]", sheet: str) -> Table:
    names = list(result.keys())
    if twice := {name for name in names if names.count(name) > 1}:
        raise _of_one_name(twice)
    try:
        table = of_systems(as_table(names, result.fetchall()), sheet)
    except UploadError as error:
        raise CohortError(f"The query cannot be used: {error.message}", remedy=error.remedy) from error
    _refuse_problems("The query", table)
    return table


def _of_one_name(names: Iterable[str]) -> CohortError:
    return CohortError(f"The table has columns of one name: {', '.join(names)}.", remedy="Rename one of each.")


def _read_sql(url: str, asked: TableRequest) -> tuple[Table, str, str]:
    """What a query gives, the kind of the query, and no hash."""
    import sqlalchemy as sa

    query = asked.query
    if not query:
        raise CohortError("A database needs --query: a table's name, or a SELECT.")
    try:
        shown = sa.make_url(url).render_as_string(hide_password=True)
        engine = sa.create_engine(url)
        try:
            with engine.connect() as connection:
                if re.fullmatch(r"[\w.]+", query):
                    schema, _, name = query.rpartition(".")
                    table = sa.Table(name, sa.MetaData(), schema=schema or None, autoload_with=connection)
                    return _fetched(connection.execute(sa.select(table)), asked.sheet), "database table", ""
                return _fetched(connection.execute(sa.text(query)), asked.sheet), "database query", ""
        finally:
            engine.dispose()
    except sa.exc.NoSuchTableError:
        raise CohortError(f"The database has no table '{query}'.", remedy="Give a table's name, or a SELECT.") from None
    except sa.exc.ArgumentError:
        raise CohortError(
            "The database URL cannot be read.", remedy="Write it as dialect://user:password@host/name."
        ) from None
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        told = str(getattr(error, "orig", None) or error).splitlines()[0].rstrip(".")
        raise CohortError(
            f"The database {shown} could not be read: {told}.", remedy="Check the URL and --query."
        ) from None
