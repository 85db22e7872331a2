"""Reads a table: a CSV, TSV or Parquet file, or a query through SQLAlchemy."""

import csv
import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creason_core.errors import CohortError

if TYPE_CHECKING:
    import pandas as pd  # slow to import, and only named here
    import sqlalchemy as sa

_CSV = frozenset([".csv", ".tsv", ".txt"])
_COMPRESSED = frozenset([".gz", ".bz2", ".xz", ".zip"])
_REMEDY = "Give a .csv, .tsv or .parquet file (compressed or not), or a database URL with --query."


@dataclass(frozen=True)
class Frame:
    """A table as read, one row a record; ``sha256`` is of the file, empty for a query. No path is kept."""

    table: "pd.DataFrame"
    kind: str
    sha256: str = ""


def read_frame(source: str, *, query: str = "") -> Frame:
    """The table in ``source``: a file, or an SQLAlchemy URL with ``query`` (a table's name, or a SELECT).

    CSV cells are text; other columns keep their types.

    Raises:
        CohortError: There is no such table, it cannot be read, has no rows, or a column's name comes twice.
    """
    if "://" in source:
        frame = _read_sql(source, query)
    else:
        if query:
            raise CohortError("--query belongs to a database URL, not to a file.", remedy="Leave it out.")
        frame = _read_file(Path(source))
    names = [str(name) for name in frame.table.columns]
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise CohortError(f"The table has columns of one name: {', '.join(twice)}.", remedy="Rename one of each.")
    if frame.table.empty:
        raise CohortError("The table has no rows.", remedy="Give one row a patient.")
    frame.table.columns = names
    return frame


def _read_file(path: Path) -> Frame:
    import pandas as pd

    if not path.is_file():
        raise CohortError(f"There is no file {path}.", remedy=_REMEDY)
    suffixes = [suffix.casefold() for suffix in path.suffixes[-2:]]
    kind = next((suffix for suffix in reversed(suffixes) if suffix not in _COMPRESSED), "")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    try:
        if kind == ".parquet":
            return Frame(pd.read_parquet(path), "Parquet file", digest)
        if kind in _CSV:
            return Frame(_read_csv(path), "CSV file", digest)
    except (OSError, ValueError, csv.Error, pd.errors.ParserError) as error:
        told = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        raise CohortError(f"{path} cannot be read: {told}.", remedy=_REMEDY) from error
    raise CohortError(f"{path} is no table that is known by its ending.", remedy=_REMEDY)


def _read_csv(path: Path) -> "pd.DataFrame":
    import pandas as pd

    for encoding in ("utf-8-sig", "cp1252", "latin-1"):
        try:
            # Without a header: pandas would rename the second of two columns of one name.
            raw = pd.read_csv(
                path, header=None, dtype=str, keep_default_na=False, encoding=encoding, sep=_delimiter(path)
            )
        except UnicodeDecodeError:
            continue
        except pd.errors.EmptyDataError:
            return pd.DataFrame()
        names = [name.strip() for name in raw.iloc[0]]
        if blank := [str(place + 1) for place, name in enumerate(names) if not name]:
            raise CohortError(f"Column {', '.join(blank)} of {path} has no name.", remedy="Name it in the first row.")
        body = raw.iloc[1:].reset_index(drop=True)
        body.columns = names
        return body
    raise AssertionError("latin-1 reads any bytes")


def _delimiter(path: Path) -> str:
    import pandas as pd

    if ".tsv" in path.name.casefold():
        return "\t"
    line = pd.read_csv(
        path,
        header=None,
        nrows=1,
        dtype=str,
        sep="\x01",
        quoting=csv.QUOTE_NONE,
        encoding="latin-1",
        keep_default_na=False,
    )
    first = str(line.iloc[0, 0])
    return max(",;\t|", key=lambda mark: (first.count(mark), mark == ","))


def _fetched(result: "sa.CursorResult[Any]") -> "pd.DataFrame":
    import pandas as pd

    names = list(result.keys())
    return pd.DataFrame(result.fetchall(), columns=names)


def _read_sql(url: str, query: str) -> Frame:
    import sqlalchemy as sa

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
                    return Frame(_fetched(connection.execute(sa.select(table))), "database table")
                return Frame(_fetched(connection.execute(sa.text(query))), "database query")
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
