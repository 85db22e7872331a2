"""The process that parses a table: ``python -I -m creason_core.record.importing.files.child KIND FORMAT [SHEET]``.

Bytes come on stdin, JSON lines (see ``protocol``) go to stdout. It opens no file, knows no patient and no setting,
and ends with its input.
"""

import json
import sys

from creason_core.confined import peak_memory
from creason_core.errors import UploadError
from creason_core.record.importing.files import limits
from creason_core.record.importing.files.json_files import read_json, read_json_lines
from creason_core.record.importing.files.parquet_files import read_parquet
from creason_core.record.importing.files.sink import Sink
from creason_core.record.importing.files.statistics_files import read_statistics
from creason_core.record.importing.files.text_files import read_delimited
from creason_core.record.importing.files.workbooks import read_workbook


def parse(data: bytes, name: str, sheet: str, sink: Sink) -> None:
    """Reads ``data`` in the format ``name`` into ``sink``.

    Raises:
        UploadError: It cannot be read, in words.
        MemoryError: It needs more memory than this process has.
    """
    if name in {"csv", "tsv"}:
        read_delimited(data, sink, tabs=name == "tsv")
    elif name == "json":
        read_json(data, sink)
    elif name == "jsonl":
        read_json_lines(data, sink)
    elif name == "xlsx":
        read_workbook(data, sink, sheet=sheet)
    elif name == "parquet":
        read_parquet(data, sink)
    elif name in {"sav", "dta"}:
        read_statistics(data, sink, stata=name == "dta")
    else:
        raise UploadError(f"The format '{name}' is not read.")
    sink.end()


def main() -> None:
    """Parses stdin, and says how that went in the last line."""
    if sys.argv[1] == "registry":
        limits.widen()
    limits.confine_this_process()
    out = sys.stdout

    def write(line: str) -> None:
        out.write(line + "\n")

    try:
        parse(sys.stdin.buffer.read(limits.FILE_BYTES + 1), sys.argv[2], " ".join(sys.argv[3:]), Sink(write))
    except UploadError as error:
        fault = {"kind": "fault", "message": error.message, "remedy": error.remedy, "peak": peak_memory()}
        write(json.dumps(fault, ensure_ascii=True))
    except MemoryError:
        write(json.dumps({"kind": "memory", "peak": peak_memory()}))
    out.flush()


if __name__ == "__main__":
    main()
