"""Reader of Parquet: the footer is checked first, then batches with strings kept as references to a dictionary.

A Parquet file of 2 MB can stand for gigabytes of text: its footer counts the dictionary once. So rows and cells are
counted, and the text of a batch is measured before it is made. Runs in the parsing process.
"""

from collections.abc import Iterator

from creason_core.archives import UNPACKED_BYTES
from creason_core.errors import UploadError
from creason_core.record.importing.files import limits
from creason_core.record.importing.files.sink import Sink

_BATCH_ROWS = 2_000
_DAMAGED = "Write it again, for example with pandas' to_parquet."


def read_parquet(data: bytes, sink: Sink) -> None:
    """Reads the columns that hold text, numbers, truth values or dates; others are named and left out.

    Raises:
        UploadError: The file breaks a limit or is damaged.
    """
    import pyarrow as pa

    try:
        _read(data, sink)
    except (UploadError, MemoryError):
        raise
    except pa.ArrowMemoryError:
        raise MemoryError from None
    except Exception as error:  # noqa: BLE001 — a damaged file can raise anything at all inside pyarrow
        raise UploadError(f"The Parquet file is damaged ({type(error).__name__}).", remedy=_DAMAGED) from None


def _read(data: bytes, sink: Sink) -> None:
    import pyarrow as pa
    from pyarrow import parquet, types

    sizes = {"thrift_string_size_limit": 4 * limits.MIB, "thrift_container_size_limit": 100_000}
    footer = parquet.ParquetFile(pa.BufferReader(data), **sizes)
    meta = footer.metadata
    unpacked = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
    for size, most, word in (
        (meta.num_rows, limits.ROWS, "rows"),
        (meta.num_columns, limits.COLUMNS, "columns"),
        (meta.num_rows * meta.num_columns, limits.CELLS, "cells"),
        (unpacked, UNPACKED_BYTES, "bytes"),
    ):
        if size > most:
            raise UploadError(f"The file has {size:,} {word}; up to {most:,} are read.", remedy="Split it by patients.")
    schema = footer.schema_arrow
    kept = [f.name for f in schema if _is_plain(f.type)]
    left = [f.name for f in schema if not _is_plain(f.type)]
    if left:
        sink.note(f"Columns that hold lists, records or bytes were not read: {', '.join(left[:10])}.")
    if not kept:
        raise UploadError("The file has no column of numbers, text or dates.", remedy="Write a flat table.")
    texts = [f.name for f in schema if types.is_string(f.type) or types.is_large_string(f.type)]
    file = parquet.ParquetFile(pa.BufferReader(data), read_dictionary=texts, **sizes)
    sink.header(kept)
    number = 0
    for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=kept, use_threads=False):
        for cells in zip(*(_cells(column) for column in batch.columns), strict=True):
            number += 1
            sink.row(number, cells, number / max(meta.num_rows, 1))


def _is_plain(kind: object) -> bool:
    from pyarrow import types

    if types.is_dictionary(kind):
        return _is_plain(kind.value_type)  # type: ignore[attr-defined]
    return any(
        test(kind)
        for test in (types.is_boolean, types.is_integer, types.is_floating, types.is_decimal, types.is_string,
                     types.is_large_string, types.is_date, types.is_timestamp, types.is_null)
    )  # fmt: skip


def _cells(column: "object") -> Iterator[object]:
    """The cells of a column as Python values; equal strings are one object."""
    from pyarrow import compute, types

    kind = column.type  # type: ignore[attr-defined]
    if types.is_dictionary(kind):
        words = column.dictionary  # type: ignore[attr-defined]
        if types.is_string(words.type) or types.is_large_string(words.type):
            longest = compute.max(compute.utf8_length(words)).as_py() or 0
            if longest > limits.CELL_CHARACTERS:
                raise UploadError(
                    f"A cell has {longest:,} characters; up to {limits.CELL_CHARACTERS:,} are read.",
                    remedy="Leave that column out.",
                )
        values = words.to_pylist()
        return iter([None if at is None else values[at] for at in column.indices.to_pylist()])  # type: ignore[attr-defined]
    if types.is_timestamp(kind):
        return iter(column.cast("string").to_pylist())  # type: ignore[attr-defined] # nanoseconds do not fit a datetime
    return iter(column.to_pylist())  # type: ignore[attr-defined]
