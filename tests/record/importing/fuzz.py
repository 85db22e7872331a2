"""Generated files for each parser: ``python -m tests.record.importing.fuzz 10000`` runs so many each, within limits.

A thousand files share a process with the memory limit of a real parser and room for Hypothesis, so that its peak
bounds every file's.
"""

import io
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

import pyarrow as pa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from creason_core.confined import peak_memory
from creason_core.errors import UploadError
from creason_core.record.importing.files import limits
from creason_core.record.importing.files.child import parse
from creason_core.record.importing.files.protocol import LINES
from creason_core.record.importing.files.sink import Sink
from tests.record.importing.bad_files import rezipped, statistics_file, workbook

CELL = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.datetimes(), st.text(max_size=20),
    st.sampled_from(["=1+1", "1,5", "NA", "µmol/L", "\u202e", "age", '"', "1e999"]),
)  # fmt: skip
BATCH = 1_000
GRID = st.lists(st.lists(CELL, max_size=6), max_size=8)
_XML_UNSAFE = {chr(code) for code in range(32)} | {"\ufffe", "\uffff"}


def mutated(data: bytes, draw: st.DrawFn) -> bytes:
    """``data`` with a few bytes changed, cut or doubled."""
    changed = bytearray(data)
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, 999_999)) * len(changed) // 1_000_000  # a draw that the file's length does not change
        kind = draw(st.sampled_from(["set", "cut", "double"]))
        if kind == "set" and changed:
            changed[at] = draw(st.integers(0, 255))
        elif kind == "cut":
            del changed[at : at + draw(st.integers(1, 30))]
        else:
            changed[at:at] = changed[at : at + 20]
    return bytes(changed)


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    sep = draw(st.sampled_from([",", ";", "\t", "|"]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = end.join(sep.join("" if cell is None else str(cell) for cell in row) for row in draw(GRID))
    encoded = text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "euc_kr"])), errors="replace")
    return draw(st.one_of(st.just(encoded), st.binary(max_size=200), st.just(mutated(encoded, draw))))


@st.composite
def jsons(draw: st.DrawFn) -> bytes:
    value = st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
        max_leaves=12,
    )
    records = st.lists(st.dictionaries(st.sampled_from(["age", "x", "", "a.b"]), value, max_size=4), max_size=5)
    text = json.dumps(draw(st.one_of(records, value)), ensure_ascii=draw(st.booleans()))
    return mutated(text.encode("utf-8", errors="surrogatepass"), draw)


@st.composite
def json_lines(draw: st.DrawFn) -> bytes:
    return b"\n".join(draw(st.lists(jsons(), max_size=4)))


@st.composite
def books(draw: st.DrawFn) -> bytes:
    rows = [[_plain(cell) for cell in row] for row in draw(GRID)]
    data = workbook(rows)
    kind = draw(st.sampled_from(["as it is", "bytes", "member"]))
    if kind == "bytes":
        return mutated(data, draw)
    if kind == "member":
        name = draw(
            st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
        )
        return rezipped(data, {name: mutated(_member(data, name), draw) or b" "})
    return data


@st.composite
def parquets(draw: st.DrawFn) -> bytes:
    kinds = st.sampled_from(
        [pa.float64(), pa.string(), pa.int64(), pa.bool_(), pa.timestamp("ns"), pa.list_(pa.int8())]
    )
    count = draw(st.integers(0, 4))
    columns = {}
    for name in draw(st.lists(st.sampled_from(["age", "x", "", "한"]), max_size=4, unique=True)):
        kind = draw(kinds)
        values = draw(st.lists(_value_of(kind), min_size=count, max_size=count))
        columns[name] = pa.array(values, kind)
    out = io.BytesIO()
    parquet.write_table(pa.table(columns), out, compression=draw(st.sampled_from(["none", "snappy", "zstd"])))
    data = out.getvalue()
    inside = mutated(data[4:-4], draw)
    return b"PAR1" + inside + b"PAR1" if draw(st.booleans()) else data


@st.composite
def resources(draw: st.DrawFn) -> bytes:
    """FHIR with anything in any place."""
    anything = st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6),
                  st.sampled_from(["Patient/1", "#p", "http://loinc.org", "2160-0", "mg/dL", "entered-in-error"])),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
            st.sampled_from(["coding", "system", "code", "text", "reference", "value", "unit", "comparator", "start",
                             "identifier", "resource", "type", "id"]), inner, max_size=4),
        max_leaves=8,
    )  # fmt: skip
    keys = (
        "id status code subject effectiveDateTime effectivePeriod valueQuantity valueString valueCodeableConcept "
        "component specimen contained method bodySite modifierExtension gender entry link fullUrl type".split()
    )
    kinds = st.sampled_from(["Observation", "Observation", "Patient", "Bundle", "Specimen", "", 7])
    made = [
        {**draw(st.dictionaries(st.sampled_from(keys), anything, max_size=7)), "resourceType": draw(kinds)}
        for _ in range(draw(st.integers(0, 4)))
    ]
    whole = {"resourceType": "Bundle", "entry": [{"resource": one, "fullUrl": draw(anything)} for one in made]}
    text = json.dumps(draw(st.sampled_from([made, whole])))
    return mutated(text.encode(), draw) if draw(st.booleans()) else text.encode()


@st.composite
def plain_lists(draw: st.DrawFn) -> bytes:
    word = st.sampled_from(
        ["Creatinine", "2.1", "mg/dL", "<", "1,5", "10^9/L", ":", "=", "H", "L", "µ", "-3", "٣", "  "]
    )
    line = st.lists(word | st.text(max_size=4), max_size=6).map(draw(st.sampled_from([" ", "  "])).join)
    return mutated("\n".join(draw(st.lists(line, max_size=8))).encode("utf-8", errors="replace"), draw)


def statistics(ending: str) -> st.SearchStrategy[bytes]:
    @st.composite
    def files(draw: st.DrawFn) -> bytes:
        count = draw(st.integers(0, 4))
        kinds: Mapping[str, st.SearchStrategy[object]] = {
            "number": st.floats(-1e300, 1e300) | st.none(), "text": st.text(st.characters(codec="ascii"), max_size=10),
            "day": st.dates() | st.none(),
        }  # fmt: skip
        names = draw(st.lists(st.sampled_from(list(kinds)), min_size=1, max_size=3, unique=True))
        data = statistics_file(
            ending, {name: draw(st.lists(kinds[name], min_size=count, max_size=count)) for name in names}
        )
        return mutated(data, draw)

    return files()


def _value_of(kind: pa.DataType) -> st.SearchStrategy[object]:
    choices: Mapping[pa.DataType, st.SearchStrategy[object]] = {
        pa.float64(): st.floats(), pa.string(): st.text(max_size=10), pa.int64(): st.integers(-(2**63), 2**63 - 1),
        pa.bool_(): st.booleans(), pa.timestamp("ns"): st.integers(-(2**62), 2**62),
        pa.list_(pa.int8()): st.lists(st.integers(-128, 127), max_size=2),
    }  # fmt: skip
    return st.none() | choices[kind]


def _plain(cell: object) -> object:
    """A cell that openpyxl agrees to write."""
    if isinstance(cell, str):
        return "".join(char for char in cell if char not in _XML_UNSAFE and not "\ud800" <= char <= "\udfff")
    return cell


def _member(data: bytes, name: str) -> bytes:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def survives(data: bytes, name: str) -> None:
    """Parses ``data``; anything but a table in the protocol's words or a refusal in words is a failure."""
    lines: list[str] = []
    try:
        parse(data[: limits.FILE_BYTES], name, "", Sink(lines.append))
    except (UploadError, MemoryError) as error:
        if isinstance(error, UploadError) and not error.message.strip():
            raise ValueError("a refusal without words") from error
        return
    kinds = [LINES.validate_json(line.encode()).kind for line in lines]
    assert kinds[-1] == "end"
    assert "columns" in kinds


PARSERS: Mapping[str, st.SearchStrategy[bytes]] = {
    "csv": texts(), "tsv": texts(), "json": jsons(), "jsonl": json_lines(), "xlsx": books(), "parquet": parquets(),
    "sav": statistics("sav"), "dta": statistics("dta"), "fhir": resources(), "list": plain_lists(),
}  # fmt: skip
FORMAT_OF = {"fhir": "json", "list": "csv"}  # of what is no format of its own


def run(name: str, examples: int, *, seed: bool = False) -> None:
    """``examples`` generated files through one parser."""
    profile = settings(
        max_examples=examples, deadline=None, database=None, derandomize=seed, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    test: Callable[[], None] = profile(given(PARSERS[name])(lambda data: survives(data, FORMAT_OF.get(name, name))))
    test()


def batches(name: str, examples: int) -> int:
    """``examples`` files in processes of their own, since Hypothesis remembers its files; the highest peak (bytes)."""
    peak = 0
    for count in [BATCH] * (examples // BATCH) + ([examples % BATCH] if examples % BATCH else []):
        command = [sys.executable, "-m", "tests.record.importing.fuzz", "batch", str(count), name]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        peak = max(peak, int(done.stdout))
    return peak


if __name__ == "__main__":
    if sys.argv[1] == "batch":
        memory = limits.MEMORY_BYTES + 256 * limits.MIB  # and Hypothesis besides
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        run(sys.argv[3], int(sys.argv[2]))
        sys.stdout.write(str(peak_memory()))
    else:
        for parser in sys.argv[2:] or PARSERS:
            start = time.monotonic()
            held = batches(parser, int(sys.argv[1])) / limits.MIB
            took = time.monotonic() - start
            sys.stdout.write(f"{parser}: {sys.argv[1]} files, no crash, {took:.0f} s, peak {held:.0f} MB\n")
            sys.stdout.flush()
