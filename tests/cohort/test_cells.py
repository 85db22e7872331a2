"""A file through the command line: the cells are read as the import reads them, and what it would ask is refused."""

import csv
import gzip
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from creason_core.cli import main
from creason_core.cohort.conforming import conform
from creason_core.cohort.drafting.draft import yaml_of
from creason_core.cohort.drafting.inferring import infer
from creason_core.cohort.table_files.reading import DELIMITER, Frame, read_frame
from creason_core.record.codebook import Codebook, parse_codebook
from creason_core.record.importing.columns.mapping import target_feature
from tests.record.importing.known_truth import NUMBERS, RHC, written

ROWS: list[list[Any]] = [[n, 21 + n % 59, "FM"[n % 2], round(0.6 + n % 30 / 10, 1)] for n in range(1, 60)]
HEADER = ["id", "age", "sex", "creatinine"]


def text(rows: Sequence[Sequence[object]] = ROWS, header: Sequence[str] = HEADER, mark: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=mark, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def workbook() -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(HEADER)
    for row in ROWS:
        book.active.append([*row])
    book.save(out)
    return out.getvalue()


def frame(path: Path, content: str) -> Frame:
    path.write_text(content, encoding="utf-8")
    return read_frame(str(path))


def drafted(made: Frame) -> tuple[str, Codebook]:
    written = yaml_of(infer(made, "t"))
    return written, parse_codebook(written, "draft")


@pytest.mark.parametrize(("name", "content"), [
    ("a.csv", lambda: text().encode("utf-16")), ("a.txt", lambda: text(mark="\t").encode("utf-16")),
    ("a.psv", lambda: text(mark="|").encode()), ("a.csv.gz", lambda: gzip.compress(text().encode())),
    ("a.xlsx", workbook), ("a.tsv", lambda: text(mark="\t").encode("utf-8-sig")),
    ("a.csv", lambda: text(header=["번호", "age", "sex", "creatinine"]).encode("euc_kr")),
])  # fmt: skip
def test_every_form_and_encoding_gives_the_same_features(
    tmp_path: Path, name: str, content: Callable[[], bytes]
) -> None:
    (tmp_path / name).write_bytes(content())
    made = read_frame(str(tmp_path / name))
    _, codebook = drafted(made)
    assert [feature.name for feature in codebook.features] == ["age", "sex", "creatinine"]
    assert codebook.patient in {"id", "번호"}
    assert conform(made.table, codebook).table["creatinine"].tolist() == [row[3] for row in ROWS]


def test_codes_for_missing_are_remarked_on_refused_until_decided_and_no_age_over_90(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = {1: 999, 3: 9999, 4: -7}
    rows = [[n, 21 + n % 59, 7.2 + n % 25 / 100, 1 + n % 41 / 10, n % 30 - 15] for n in range(1, 121)]
    for place, code in codes.items():
        for row in rows[place :: 10 + place]:
            row[place] = code
    rows[5][4] = rows[6][4] = -99
    header = ["id", "age", "ph", "lactate", "be"]
    path = tmp_path / "t.csv"
    made = frame(path, text(rows, header))
    written, codebook = drafted(made)
    assert all(f'missing: ["{code}"]' in written for code in ("999", "9999", "-99"))
    assert '"-7"' not in written
    told = {misfit.thing: misfit for misfit in conform(made.table, codebook).misfits if misfit.severity == "structure"}
    assert set(told) == {"age", "lactate", "be"}
    draft = tmp_path / "c.yaml"
    draft.write_text(written, encoding="utf-8")
    make = ["cohort", "make", "--codebook", str(draft), "--table", str(path), "--out", str(tmp_path / "cohort")]
    assert main(["codebook", "check", str(draft), "--table", str(path)]) == 1
    assert "ages over 90" not in capsys.readouterr().out
    assert main(make) == 1
    assert not (tmp_path / "cohort").exists()
    for name, told_code in (("age", "999"), ("lactate", "9999"), ("be", "-99")):
        written = written.replace(f"- name: {name}\n", f'- name: {name}\n  missing: ["{told_code}"]\n')
    kept = conform(made.table, parse_codebook(written, "t"))
    assert kept.of("structure", "cell") == ()
    assert kept.table["lactate"].max() == 5.0
    recorded = parse_codebook(written.replace('missing: ["-99"]', 'recorded: ["-99"]'), "t")
    assert conform(made.table, recorded).of("structure") == ()
    assert conform(made.table, recorded).table["be"].min() == -99


def test_an_age_beyond_any_person_is_refused_and_not_kept_as_90(tmp_path: Path) -> None:
    made = frame(tmp_path / "t.csv", "id,age\n1,63\n2,95\n3,121\n" + "".join(f"{n},{n + 40}\n" for n in range(4, 40)))
    (feature,) = (codebook := drafted(made)[1]).features
    codebook = codebook.model_copy(update={"features": (feature.model_copy(update={"age": True, "unit": "a"}),)})
    found = conform(made.table, codebook)
    assert [misfit.rule for misfit in found.of("cell")] == ["ages over 120"]
    assert found.table["age"].tolist()[:2] == [63, 90]
    assert found.table["age"].isna().tolist()[:4] == [False, False, True, False]


def test_decimal_signs_flags_units_and_limits_are_read_as_the_import_reads_them(tmp_path: Path) -> None:
    rows = "".join(f"{n};{1 + n % 7},{n % 9}00;{3 + n % 3},{n % 10} H;{60 + n % 20}\n" for n in range(1, 60))
    made = frame(tmp_path / "t.csv", f"id;Kreatinin (mg/dl);Potassium;Alter\n{rows}60;0,900;4,1 mmol/L;> 89\n")
    _, codebook = drafted(made)
    table = conform(made.table, codebook).table
    assert table.iloc[-1].tolist() == [0.9, 4.1, 90]
    assert table.iloc[0].tolist() == [2.1, 4.1, 61]
    assert conform(made.table, codebook).of("structure", "cell") == ()


def test_numbers_with_two_readings_are_refused_until_the_codebook_says_which(tmp_path: Path) -> None:
    rows = "".join(f"{n}\t{1 + n % 7},{100 + n}\n" for n in range(1, 60))
    made = frame(tmp_path / "t.tsv", f"id\tx\n{rows}")
    written, codebook = drafted(made)
    assert "Write 'decimal: point' for the first, 'decimal: comma' for the second" in written
    (told,) = conform(made.table, codebook).of("structure")
    assert told.rule == "numbers that can be read in two ways"
    said = parse_codebook(
        written.replace("- name: x\n", "- name: x\n  decimal: comma\n").replace("integer", "number\n  decimals: 3"), "t"
    )
    assert conform(made.table, said).table["x"][0] == 2.101


def test_a_unit_in_the_columns_name_or_in_a_cell_is_converted_and_told(tmp_path: Path) -> None:
    rows = "".join(f"{n},{80 + n % 40}\n" for n in range(1, 60))
    made = frame(tmp_path / "t.csv", f"id,creatinine (umol/L)\n{rows}60,1.0 mg/dL\n")
    written, _ = drafted(made)
    said = (
        written.replace('unit: "umol/L"', 'unit: "mg/dL"')
        .replace("µmol/L", "mg/dL")
        .replace("kind: integer", "kind: number\n  decimals: 2")
    )
    said = said.split("  confirm:", 1)[0] + "".join(f"  {line}\n" for line in ("loinc: 2160-0",))
    found = conform(made.table, parse_codebook(said, "t"))
    assert found.table["creatinine_umol_l"].tolist()[0] == pytest.approx(81 / 88.4, abs=0.005)
    assert found.table["creatinine_umol_l"].tolist()[-1] == 1.0
    assert any("converted to mg/dL" in misfit.rule for misfit in found.of("note"))


def test_keys_are_known_by_what_they_do(tmp_path: Path) -> None:
    rows = [[10_594 + 9_973 * n, 141_000 + (n * 611_953) % 2_900_017, n * 37 % 997 + 52_003, 0.6 + n % 30 / 10, n % 9]
            for n in range(120)]  # fmt: skip
    made = frame(
        tmp_path / "t.csv", text(rows, ["apacheapsvarid", "patientunitstayid", "chart", "creatinine", "uricacid"])
    )
    _, codebook = drafted(made)
    assert codebook.patient == "patientunitstayid"
    assert [feature.name for feature in codebook.features] == ["creatinine", "uricacid"]
    repeated = [[900_000 + n // 3, 700_000 + n // 12, n % 50 + 60, n % 17, n % 9 + 61] for n in range(240)]
    assert (
        drafted(frame(tmp_path / "u.csv", text(repeated, ["stayid", "uniquepid", "hr", "fluid", "wardid"])))[1].patient
        == "uniquepid"
    )


def test_sex_in_numbers_is_no_yes_or_no_and_plus_and_minus_are_levels(tmp_path: Path) -> None:
    rows = [
        [n, n % 2, "+-"[n % 2], (1, 2, 9)[n % 3], ("White", "Asian", "-9")[n % 3], ("yes", "-")[n % 2]]
        for n in range(1, 60)
    ]
    written, codebook = drafted(
        frame(tmp_path / "t.csv", text(rows, ["id", "sex", "culture", "smoking", "origin", "rash"]))
    )
    assert [level.label for level in codebook.feature("sex").levels] == ["0", "1"]
    assert [level.code for level in codebook.feature("culture").levels] == ["+", "-"]
    assert [level.code for level in codebook.feature("smoking").levels] == ["1", "2"]
    assert [level.code for level in codebook.feature("origin").levels] == ["Asian", "White"]
    assert [level.code for level in codebook.feature("rash").levels] == ["-", "yes"]
    assert 'missing: "-" may stand for "not recorded"' in written
    assert 'missing: ["9"]' in written
    assert 'missing: ["-9"]' in written


def test_tables_of_a_known_truth_are_read_as_the_import_reads_them_or_refused() -> None:
    columns = {name: of[0] for name, of in NUMBERS.items()} | {"Sepsis": "seps", "DNR": "dnr1", "Sex": "sex"}
    wrong = []
    for made in map(written, range(30)):
        table = pd.DataFrame([row.cells for row in made.table.rows], columns=list(made.table.columns), dtype=object)
        table.attrs[DELIMITER] = made.table.delimiter
        features = tuple(
            target_feature(columns[name], RHC).model_copy(update={"column": name, "decimals": 3})
            for name in table
            if name in columns
        )
        found = conform(table, RHC.model_copy(update={"features": features}))
        told = {misfit.thing for misfit in found.of("structure", "cell")}
        for name in {feature.name for feature in features} - told:
            truth = [patient.get(name) for patient in made.truth]
            stored = [None if pd.isna(value) else value for value in found.table[name]]
            wrong += [pair for pair in zip(truth, stored, strict=True) if pair[0] != pair[1]]
    assert wrong == []
