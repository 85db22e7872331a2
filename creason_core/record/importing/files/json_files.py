"""Readers of JSON and JSON lines: records become rows, records inside them columns like ``labs.creatinine``.

Numbers keep the digits that the file gives. Runs in the parsing process.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from creason_core.errors import UploadError
from creason_core.record.importing.files import limits
from creason_core.record.importing.files.fhir import is_fhir, put_resources
from creason_core.record.importing.files.sink import Sink
from creason_core.record.importing.files.text_files import decode

_Record = Mapping[str, object]
_FIRST = 100_000  # characters of a file that are looked at
_SHAPE = 'It should be a list of records, such as [{"age": 63, "creatinine": 1.4}].'


class _TwiceError(ValueError):
    """A name stands twice in one record."""


def read_json(data: bytes, sink: Sink) -> None:
    """Reads a list of records, an object with one such list, an object of columns, a single record, or FHIR.

    Raises:
        UploadError: It is not JSON, nested too deeply, or of another shape.
    """
    text = decode(data, sink)
    if _is_lines(text):
        _read_lines(text, sink)
        return
    content = _loads(text, "The file")
    if is_fhir(content):
        put_resources(list(enumerate(content if isinstance(content, list) else [content], start=1)), sink)
    else:
        _put(list(_records(content)), sink)


def read_json_lines(data: bytes, sink: Sink) -> None:
    """Reads one record a line, or one FHIR resource; empty lines do not count.

    Raises:
        UploadError: A line is no JSON record; the message names it.
    """
    _read_lines(decode(data, sink), sink)


def _is_lines(text: str) -> bool:
    """Whether a file named .json holds a record on each of its first lines."""
    lines = [line.strip() for line in text[:_FIRST].splitlines()[:3] if line.strip()]
    return len(lines) > 1 and all(line.startswith("{") and line.endswith("}") for line in lines[:2])


def _read_lines(text: str, sink: Sink) -> None:
    records: list[tuple[int, _Record]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        record = _loads(line, f"Line {number}")
        if not isinstance(record, dict):
            raise UploadError(f"Line {number} is JSON, but not a record.", remedy=f"Each line is {{…}}. {_SHAPE}")
        records.append((number, record))
        _check_count(len(records))
    if is_fhir([record for _, record in records]):
        put_resources(records, sink)
    else:
        _put(records, sink)


def _loads(text: str, where: str) -> object:
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_once)
    except _TwiceError as error:
        raise UploadError(f"{where} names '{error}' twice in one record.", remedy="Keep one of them.") from None
    except json.JSONDecodeError as error:
        raise UploadError(
            f"{where} is not JSON: {error.msg} (line {error.lineno}, character {error.colno}).",
            remedy="Export it again.",
        ) from None
    except RecursionError:
        raise UploadError(f"{where} is nested too deeply.", remedy=_SHAPE) from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record: dict[str, object] = {}
    for name, value in pairs:
        if name in record:
            raise _TwiceError(name[:50])
        record[name] = value
    return record


def _records(content: object) -> Iterator[tuple[int, _Record]]:
    if isinstance(content, dict):
        lists = [value for value in content.values() if isinstance(value, list)]
        columns = [value for value in content.values() if isinstance(value, list | dict)]
        if len(content) == 1 and lists and all(isinstance(item, dict) for item in lists[0]):
            content = lists[0]
        elif content and len(lists) == len(content):
            content = _turned({name: enumerate(value) for name, value in content.items()})
        elif content and len(columns) == len(content) and all(_by_number(value) for value in columns):
            content = _turned({name: value.items() for name, value in content.items()})
        else:
            content = [content]
    if not isinstance(content, list) or not content:
        raise UploadError("The file is JSON, but holds no list of records.", remedy=_SHAPE)
    for number, record in enumerate(content, start=1):
        if not isinstance(record, dict):
            raise UploadError(f"Item {number} of the list is not a record.", remedy=_SHAPE)
        _check_count(number)
        yield number, record


def _by_number(value: object) -> bool:
    """Whether it is a column as data frames write them: {"0": 7.1, "1": 7.3}."""
    return isinstance(value, dict) and bool(value) and all(str(key).isdigit() for key in value)


def _turned(columns: Mapping[str, object]) -> list[_Record]:
    """Columns to records."""
    rows: dict[object, dict[str, object]] = {}
    for name, cells in columns.items():
        for key, value in cells:  # type: ignore[attr-defined]
            rows.setdefault(key, {})[name] = value
    return list(rows.values())


def _check_count(count: int) -> None:
    if count > limits.ROWS:
        raise UploadError(f"The file has more than {limits.ROWS:,} records.", remedy="Split it by patients.")


def _put(records: Sequence[tuple[int, _Record]], sink: Sink) -> None:
    """Flattens records, finds all columns, and puts rows into ``sink``; a list inside a record spoils that record."""
    columns: dict[str, None] = {}
    flat: list[tuple[int, dict[str, object] | str]] = []
    for number, record in records:
        cells: dict[str, object] = {}
        trouble = _flatten(record, "", 1, cells)
        flat.append((number, trouble or cells))
        columns.update(dict.fromkeys(cells))
        if len(columns) > limits.COLUMNS:
            raise UploadError(
                f"The records have more than {limits.COLUMNS:,} different names.",
                remedy="Leave out what you do not need.",
            )
    if not columns and all(isinstance(cells, dict) for _, cells in flat):
        raise UploadError("The records are empty.", remedy=_SHAPE)
    sink.header(tuple(columns))
    for number, found in flat:
        if isinstance(found, str):
            sink.problem(number, found)
        else:
            sink.row(number, [found.get(name) for name in columns], number / len(flat))


def _flatten(record: _Record, prefix: str, depth: int, into: dict[str, object]) -> str:
    """Puts the cells of ``record`` into ``into``; returns what is wrong with it, if anything is."""
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, list):
            return f"'{name[:80]}' holds a list, and one value is needed."
        if not isinstance(value, dict):
            into[name] = value
        elif depth >= limits.JSON_DEPTH:
            return f"'{name[:80]}' is nested more than {limits.JSON_DEPTH} deep."
        elif trouble := _flatten(value, f"{name}.", depth + 1, into):
            return trouble
    return ""
