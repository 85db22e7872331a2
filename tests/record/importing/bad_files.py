"""Files that an import must survive, made here: each with its name, its bytes, and the words that must be said.

``says`` is a pattern in the refusal, or, where ``reads`` is true, in the notes and row problems of what was read.
"""

import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyreadstat
from openpyxl.styles import Protection
from pyarrow import parquet

GOOD = "age,creatinine\n63,1.4\n"


@dataclass(frozen=True)
class BadFile:
    """One file. A large one is made when it is asked for: who merely collects the tests need not have it."""

    title: str
    file: str
    made: bytes | Callable[[], bytes]
    says: str
    reads: bool = False

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        return self.made if isinstance(self.made, bytes) else self.made()


def workbook(rows: Iterable[list[object]], change: Callable[[openpyxl.Workbook], object] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SHEET: list[list[object]] = [["age", "creatinine"], [63, 1.4]]


def rezipped(data: bytes, change: Mapping[str, bytes] | None = None, drop: str = "") -> bytes:
    """A workbook with members replaced, added or dropped."""
    out = io.BytesIO()
    change = dict(change or {})
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name != drop:
                target.writestr(name, change.pop(name, b"") or source.read(name))
        for name, content in change.items():
            target.writestr(name, content)
    return out.getvalue()


def table(**columns: object) -> bytes:
    out = io.BytesIO()
    parquet.write_table(pa.table(columns), out)
    return out.getvalue()


def dictionary(rows: int, size: int) -> bytes:
    """A column of one string of ``size`` characters, ``rows`` times; the file stores it once."""
    codes = pa.array(np.zeros(rows, dtype="int32"))
    return table(x=pa.DictionaryArray.from_arrays(codes, pa.array(["y" * size])))


def _sheet_xml(body: str) -> Mapping[str, bytes]:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    text = f'<?xml version="1.0"?><worksheet {space}>{body}</worksheet>'
    return {"xl/worksheets/sheet1.xml": text.encode()}


def _cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


_HEAD = f'<row r="1">{_cell("A1", "age")}{_cell("B1", "creatinine")}</row>'
_ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9))
    + ']><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    '<c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row></sheetData></worksheet>'
).encode()


def text_files() -> list[BadFile]:
    wide = ",".join(f"c{i}" for i in range(10_000)) + "\n" + ",".join("1" for _ in range(10_000)) + "\n"
    return [
        BadFile("empty", "a.csv", b"", "The file is empty"),
        BadFile("only spaces", "a.csv", b"  \n \n", "holds no table"),
        BadFile("only a header", "a.csv", b"age,creatinine\n", "column names but no rows"),
        BadFile("no header", "a.csv", b"63,1.4\n64,1.5\n", "should hold column names, but holds numbers"),
        BadFile("too large", "a.csv", lambda: b"a,b\n" + b"1,2\n" * 3_000_000, "up to 10 MB are read"),
        BadFile("10,000 columns", "a.csv", wide.encode(), "10,000 c(ells|olumns)"),
        BadFile("UTF-8 with a mark", "a.csv", b"\xef\xbb\xbf" + GOOD.encode(), "", reads=True),
        BadFile("UTF-16 with a mark", "a.csv", GOOD.encode("utf-16"), "", reads=True),
        BadFile("UTF-32 with a mark", "a.csv", GOOD.encode("utf-32"), "", reads=True),
        BadFile("UTF-16 without a mark", "a.csv", GOOD.encode("utf-16-le"), "zero bytes"),
        BadFile(
            "Windows-1252", "a.csv", "age,creatinine (µmol/L)\n63,177\n".encode("cp1252"), "Windows-1252", reads=True
        ),
        BadFile("EUC-KR", "a.csv", "나이,성별\n63,남\n".encode("euc_kr"), "EUC-KR", reads=True),
        BadFile("no encoding at all", "a.csv", b"age,x\n63,\x81\x8d\x8f\x90\n", "encoding that is not known"),
        BadFile("cut UTF-8", "a.csv", "age,x\n63,한".encode()[:-1], "Windows-1252|encoding", reads=True),
        BadFile("zero bytes inside", "a.csv", b"age,cre\x00atinine\n63,1.4\n", "zero bytes"),
        BadFile("long row", "a.csv", b"age,creatinine\n63,1.4,7\n64,1\n", "3 cells and the header 2", reads=True),
        BadFile("short row", "a.csv", b"age,creatinine,sodium\n63,1.4\n64,1,2\n", "may have shifted", reads=True),
        BadFile("every row ragged", "a.csv", b"a,b,c\n" + b"1,2\n" * 2_000, "More than 1,000 rows cannot be used"),
        BadFile(
            "two columns of one name", "a.csv", b"age,age\n63,64\n", "More than one column is called 'age'", reads=True
        ),
        BadFile("a column without a name", "a.csv", b"age,,creatinine\n63,1,1.4\n", "", reads=True),
        BadFile("open quotation mark", "a.csv", b'age,note\n63,"never closed\n64,x\n', "quotation mark"),
        BadFile("quotation mark inside", "a.csv", b'age,note\n63,"a"b"\n', "quotation mark"),
        BadFile("one line of 9 MB", "a.csv", lambda: b"a" * 9_000_000, "characters; up to|larger than field limit"),
        BadFile("one cell of 9 MB", "a.csv", lambda: b'a,b\n1,"' + b"x" * 9_000_000 + b'"\n', "field limit|characters"),
        BadFile("9 MB of commas", "a.csv", lambda: b"," * 9_000_000, "cells; up to|holds no table"),
        BadFile("9 MB of line ends", "a.csv", lambda: b"\n" * 9_000_000, "more than 200,000 rows"),
        BadFile("more rows than allowed", "a.csv", lambda: b"a,b\n" + b"1,2\n" * 200_001, "more than 200,000 rows"),
        BadFile("line ends of three systems", "a.csv", b"age,x\r\n63,1\r64,2\n", "", reads=True),
        BadFile(
            "invisible and reversing signs", "a.csv", "age,x\n63,\u202eabc\u200b\n".encode(), "Invisible", reads=True
        ),
        BadFile("right to left, emoji", "a.csv", "العمر,🙂\n63,نعم\n".encode(), "", reads=True),
        BadFile("Korean in UTF-8", "a.csv", "나이,크레아티닌\n63,1.4\n".encode(), "", reads=True),
        BadFile("formulas in text", "a.csv", b"age,x\n63,=cmd|' /C calc'!A0\n", "", reads=True),
        BadFile("a title above", "a.csv", b"Export of today\n\nage,creatinine\n63,1.4\n", "1 row above", reads=True),
        BadFile("tabs named csv", "a.csv", b"age\tcreatinine\n63\t1.4\n", "", reads=True),
        BadFile("TSV with a wrong quote", "a.tsv", b'age\tx\n63\t"a"b\n', "quotation mark"),
        BadFile("a workbook named csv", "a.csv", workbook(SHEET), "named .csv but is a zip archive or an XLSX"),
        BadFile("a Parquet file named tsv", "a.tsv", table(age=[1]), "named .tsv but is a Parquet file"),
        BadFile("a PDF named csv", "a.csv", b"%PDF-1.7\n...", "is a PDF"),
        BadFile("gzip named csv", "a.csv", b"\x1f\x8b\x08\x00" + b"0" * 50, "is a gzip archive"),
        BadFile("a pickle named csv", "a.csv", b"\x80\x04\x95\x10\x00", "pickle"),
        BadFile("a pickle", "a.pkl", b"\x80\x04\x95\x10\x00", "Pickle files can run programs"),
        BadFile("no ending", "table", GOOD.encode(), "no ending"),
        BadFile("another ending", "a.sas7bdat", GOOD.encode(), "are not read"),
        BadFile("zip", "a.zip", b"PK\x03\x04", "Archives are not opened"),
    ]


def json_files() -> list[BadFile]:
    names = [{f"c{i}": 1} for i in range(1_500)]
    return [
        BadFile("cut off", "a.json", b'[{"age": 63', "is not JSON"),
        BadFile("a trailing comma", "a.json", b'[{"age": 63},]', "is not JSON"),
        BadFile("only a number", "a.json", b"63", "no list of records"),
        BadFile("a list of numbers", "a.json", b"[1,2]", "not a record"),
        BadFile("an empty list", "a.json", b"[]", "no list of records"),
        BadFile("empty records", "a.json", b"[{},{}]", "records are empty"),
        BadFile("nested 9,000,000 deep", "a.json", lambda: b"[" * 9_000_000, "nested too deeply|not JSON"),
        BadFile("objects nested 50,000 deep", "a.json", b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "nested too deeply"),
        BadFile(
            "nested records", "a.json", b'[{"a":{"b":{"c":{"d":{"e":1}}}}},{"x":1}]', "nested more than 4", reads=True
        ),
        BadFile("a list in a record", "a.json", b'[{"age":63,"labs":[1,2]},{"age":64}]', "holds a list", reads=True),
        BadFile("NaN and Infinity", "a.json", b'[{"age":NaN,"x":Infinity,"y":-Infinity}]', "", reads=True),
        BadFile("a name twice", "a.json", b'[{"age":63,"age":64}]', "names 'age' twice"),
        BadFile("a number of 5,000 digits", "a.json", b'[{"age":' + b"9" * 5_000 + b"}]", "", reads=True),
        BadFile("3,000,000 empty lists", "a.json", lambda: b"[" + b"[]," * 3_000_000 + b"1]", "not a record"),
        BadFile(
            "1,200,000 records", "a.json", lambda: b"[" + b'{"a":0},' * 1_200_000 + b"{}]", "more than 200,000 records"
        ),
        BadFile("1,500 different names", "a.json", json.dumps(names).encode(), "more than 1,000 different names"),
        BadFile("lone surrogates", "a.json", b'[{"age":63,"x":"\\ud800"}]', "", reads=True),
        BadFile("zero characters", "a.json", b'[{"age":63,"x":"a\\u0000b"}]', "Invisible", reads=True),
        BadFile(
            "a FHIR bundle without values",
            "a.json",
            b'{"resourceType":"Bundle","entry":[]}',
            "no Observation with a value",
        ),
        BadFile("columns", "a.json", b'{"age":[63,64],"sodium":[140,141]}', "", reads=True),
        BadFile("a bad line", "a.jsonl", b'{"age":63}\n{"age":\n', "Line 2 is not JSON"),
        BadFile("a line that is no record", "a.jsonl", b'{"age":63}\n[1]\n', "Line 2 is JSON, but not a record"),
        BadFile("JSON with a mark", "a.json", b'\xef\xbb\xbf[{"age":63}]', "", reads=True),
    ]


def workbooks() -> list[BadFile]:
    good = workbook(SHEET)
    far = _sheet_xml(f'<sheetData>{_HEAD}<row r="2">{_cell("A2", "63")}{_cell("XFD2", "9")}</row></sheetData>')
    deep = _sheet_xml(f'<sheetData>{_HEAD}<row r="1048576">{_cell("A1048576", "63")}</row></sheetData>')
    huge = _sheet_xml(
        f'<dimension ref="A1:XFD1048576"/><sheetData>{_HEAD}<row r="2">{_cell("A2", "63")}</row></sheetData>'
    )
    broken = _sheet_xml("<sheetData><row r='1'><c r='A1' t='s'><v>99</v></c></row></sheetData>")
    locked = rezipped(good)

    def bomb() -> bytes:
        return rezipped(good, _sheet_xml("<sheetData>" + " " * 60_000_000 + "</sheetData>"))

    def large() -> bytes:
        content = bytes(range(256)) * 4 * 1024 + b"\0" * 20_000_000
        return rezipped(good, {f"xl/media/{i}.bin": content for i in range(6)})

    def merge(book: openpyxl.Workbook) -> None:
        book.active.merge_cells("A3:B3")  # type: ignore[union-attr]
        book.active["A3"] = 64  # type: ignore[index]

    def hide(book: openpyxl.Workbook) -> None:
        book.create_sheet("Secret").sheet_state = "hidden"

    def protect(book: openpyxl.Workbook) -> None:
        book.active.protection.sheet = True  # type: ignore[union-attr]
        book.active["A2"].protection = Protection(locked=True)  # type: ignore[index]

    return [
        BadFile("no archive", "a.xlsx", b"PK\x03\x04 and then nothing", "damaged"),
        BadFile("cut off", "a.xlsx", good[: len(good) // 2], "damaged"),
        BadFile("text named xlsx", "a.xlsx", GOOD.encode(), "named .xlsx but is something else"),
        BadFile("password or old format", "a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password"),
        BadFile("encrypted members", "a.xlsx", _encrypted(locked), "password"),
        BadFile("old Excel", "a.xls", b"\xd0\xcf\x11\xe0", "Save the file as .xlsx"),
        BadFile("macros by name", "a.xlsm", good, "macros"),
        BadFile("macros inside", "a.xlsx", rezipped(good, {"xl/vbaProject.bin": b"x"}), "holds macros"),
        BadFile("another archive", "a.xlsx", _zip({"a.txt": b"hello"}), "no XLSX workbook"),
        BadFile("300 parts", "a.xlsx", rezipped(good, {f"xl/x{i}.xml": b"x" for i in range(300)}), "parts; up to 200"),
        BadFile("zip bomb by ratio", "a.xlsx", bomb, "times its size, as attacks do"),
        BadFile("zip bomb by size", "a.xlsx", large, "unpacks to more than 100 MB"),
        BadFile("entity bomb", "a.xlsx", rezipped(good, {"xl/worksheets/sheet1.xml": _ENTITIES}), "damaged"),
        BadFile("far column", "a.xlsx", rezipped(good, far), "reaches column 16,384"),
        BadFile("far row", "a.xlsx", rezipped(good, deep), "", reads=True),
        BadFile("declared dimensions lie", "a.xlsx", rezipped(good, huge), "", reads=True),
        BadFile("a string that is not there", "a.xlsx", rezipped(good, broken), "damaged"),
        BadFile("no sheet", "a.xlsx", rezipped(good, drop="xl/worksheets/sheet1.xml"), "no visible sheet"),
        BadFile("broken XML", "a.xlsx", rezipped(good, {"xl/worksheets/sheet1.xml": b"<worksheet><"}), "damaged"),
        BadFile("formula", "a.xlsx", workbook([*SHEET, [64, "=1+1"]]), "formula without a stored", reads=True),
        BadFile("merged cells", "a.xlsx", workbook(SHEET, merge), "merged cells", reads=True),
        BadFile("hidden sheet", "a.xlsx", workbook(SHEET, hide), "1 hidden sheet was not read", reads=True),
        BadFile("two sheets", "a.xlsx", workbook(SHEET, lambda book: book.create_sheet("B")), "2 sheets", reads=True),
        BadFile("protected sheet", "a.xlsx", workbook(SHEET, protect), "", reads=True),
        BadFile("empty workbook", "a.xlsx", workbook([]), "holds no table"),
        BadFile("error cells and dates", "a.xlsx", workbook([["age", "x"], ["#DIV/0!", date(2026, 3, 5)]]),
                "", reads=True),
        BadFile("non-Latin", "a.xlsx", workbook([["나이", "Возраст", "年齢"], [1, 2, 3]]), "", reads=True),
    ]  # fmt: skip


def parquet_files() -> list[BadFile]:
    good = table(age=[63.0], creatinine=[1.4])
    return [
        BadFile("cut off", "a.parquet", good[:-20], "cut off or encrypted"),
        BadFile("text named parquet", "a.parquet", GOOD.encode(), "named .parquet but is something else"),
        BadFile("a damaged footer", "a.parquet", good[:-60] + b"\xff" * 52 + good[-8:], "damaged"),
        BadFile("damaged pages", "a.parquet", good[:4] + b"\xff" * 40 + good[44:], "damaged"),
        BadFile("encrypted", "a.parquet", b"PARE" + b"\0" * 40 + b"PARE", "cut off or encrypted"),
        BadFile("dictionary bomb by rows", "a.parquet", lambda: dictionary(5_000_000, 100), "rows; up to 200,000"),
        BadFile(
            "dictionary bomb by cell",
            "a.parquet",
            lambda: dictionary(190_000, 900_000),
            "A cell has 900,000 characters",
        ),
        BadFile(
            "dictionary bomb by text",
            "a.parquet",
            lambda: dictionary(190_000, 9_000),
            "more than 33,554,432 characters",
        ),
        BadFile("only lists", "a.parquet", table(x=[[1, 2]]), "no column of numbers"),
        BadFile("lists beside numbers", "a.parquet", table(age=[63], x=[[1, 2]]), "were not read: x", reads=True),
        BadFile("no rows", "a.parquet", table(age=pa.array([], pa.float64())), "no rows"),
        BadFile(
            "1,200 columns", "a.parquet", lambda: table(**{f"c{i}": [1] for i in range(1_200)}), "columns; up to 1,000"
        ),
        BadFile("NaN and infinity", "a.parquet", table(age=[float("nan"), float("inf")]), "", reads=True),
        BadFile("nanoseconds", "a.parquet", table(age=[63], t=pa.array([1], pa.timestamp("ns"))), "", reads=True),
    ]


def statistics_file(ending: str, columns: Mapping[str, object]) -> bytes:
    """An SPSS or Stata file; its library writes to paths only."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{ending}"
        frame = pd.DataFrame(columns)
        if ending == "dta":
            pyreadstat.write_dta(frame, str(path))
        else:
            pyreadstat.write_sav(frame, str(path), compress=ending == "zsav")
        return path.read_bytes()


def statistics_files() -> list[BadFile]:
    spss, stata = (statistics_file(ending, {"age": [63.0], "x": ["a"]}) for ending in ("sav", "dta"))
    wide = {f"c{i}": [1.0] for i in range(1_200)}

    def words() -> bytes:
        return statistics_file("zsav", {"x": ["y" * 1_500] * 30_000})

    return [
        BadFile("text named sav", "a.sav", GOOD.encode(), "named .sav but is something else"),
        BadFile("text named dta", "a.dta", GOOD.encode(), "named .dta but is something else"),
        BadFile("SPSS named csv", "a.csv", spss, "named .csv but is an SPSS file"),
        BadFile("cut off in the head", "a.sav", spss[:100], "SPSS file is damaged"),
        BadFile("cut off", "a.sav", spss[:-20], "SPSS file is damaged|no rows"),
        BadFile("damaged", "a.sav", spss[:120] + b"\xff" * 200 + spss[320:], "SPSS file is damaged"),
        BadFile("cut off in the head", "a.dta", stata[:60], "Stata file is damaged"),
        BadFile("cut off", "a.dta", stata[: len(stata) // 2], "Stata file is damaged"),
        BadFile("damaged", "a.dta", stata[:40] + b"\xff" * 200 + stata[240:], "Stata file is damaged"),
        BadFile("1,200 columns", "a.sav", lambda: statistics_file("sav", wide), "1,200 columns; up to 1,000"),
        BadFile("text compressed 1,000 times", "a.zsav", words, "characters|more memory"),
        BadFile("good", "a.zsav", statistics_file("zsav", {"age": [63.0]}), "", reads=True),
        BadFile("SAS", "a.xpt", b"HEADER RECORD", "SAS files are not read"),
    ]


MESSAGE = b"MSH|^~\\&|LAB|X|Y|Z|20200305||ORU^R01|1|P|2.5\rPID|1||7\rOBX|1|NM|2160-0^Creatinine^LN||1.2|mg/dL\r"


def clinical_files() -> list[BadFile]:
    """FHIR and HL7 as they should not be."""
    deep: object = {"resourceType": "Observation"}
    for _ in range(6):
        deep = {"resourceType": "Bundle", "entry": [{"resource": deep}]}
    odd = {"resourceType": "Observation", "code": "x", "subject": 7, "component": {"a": 1}, "valueQuantity": "5"}
    good = {"resourceType": "Observation", "code": {"text": "Age"}, "valueInteger": 63}

    def many() -> bytes:
        return b'{"resourceType":"Bundle","entry":[' + b'{"resource":{"resourceType":"Patient"}},' * 200_001 + b"{}]}"

    return [
        BadFile("HL7 version 2", "a.hl7", MESSAGE, "HL7 version 2 messages are not read"),
        BadFile("HL7 version 2 named txt", "a.txt", b"\x0b" + MESSAGE, "HL7 version 2 messages are not read"),
        BadFile("FHIR as XML", "a.xml", b"<Bundle/>", "Export FHIR resources as JSON"),
        BadFile("Bundles in Bundles", "a.json", json.dumps(deep).encode(), "nested more than 4"),
        BadFile("an odd Observation", "a.json", json.dumps([odd, good]).encode(), "a Quantity where one", reads=True),
        BadFile("an entry that is no resource", "a.json", b'{"resourceType":"Bundle","entry":[{"resource":7}]}',
                "Item 1 is no FHIR resource"),
        BadFile("200,001 resources", "a.json", many, "10 MB|more than 200,000 resources|cannot be used"),
        BadFile("FHIR beside records", "a.ndjson", b'{"resourceType":"Patient","id":"1"}\n{"age":63}\n',
                "Item 2 is no FHIR resource"),
        BadFile("a list with a line of another form", "a.txt", b"Sodium 128\nK 4.1\nCRP 1\npH 7.3\nthe rest\n",
                "not read as a name", reads=True),
    ]  # fmt: skip


def _zip(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _encrypted(data: bytes) -> bytes:
    """The same archive with the flag of encryption set in its central directory."""
    changed = bytearray(data)
    at = changed.find(b"PK\x01\x02")
    while at >= 0:
        changed[at + 8] |= 1
        at = changed.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


def all_bad_files() -> list[BadFile]:
    return [*text_files(), *json_files(), *workbooks(), *parquet_files(), *statistics_files(), *clinical_files()]
