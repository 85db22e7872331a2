"""A long table with codes becomes one with a column for each test, named, of one specimen and one unit."""

from pathlib import Path

import pytest

from creason_core.cohort.table_files.reading import TableRequest, read_frame
from creason_core.errors import CohortError

VALUES = """row_id,subject_id,itemid,hours,valuenum,valueuom
1,10,1,0,1.4,mg/dL
2,10,2,0,90,mg/dL
3,10,3,0,140,mmol/L
4,10,3,0,141,mmol/L
5,11,1,6,120,umol/L
6,11,9,6,7,
"""
NAMES = "itemid,label,fluid\n1,Creatinine,Blood\n2,Creatinine,Urine\n3,Sodium,Blood\n"


def read(folder: Path, values: str = VALUES, names: str = NAMES, key: str = "") -> list[dict[str, str]]:
    for name, text in (("values.csv", values), ("names.csv", names)):
        (folder / name).write_text(text, encoding="utf-8")
    frame = read_frame(str(folder / "values.csv"), TableRequest(names=str(folder / "names.csv"), key=key))
    folder.joinpath("notes").write_text("\n".join(frame.notes), encoding="utf-8")
    return [{str(name): text for name, text in row.items() if text} for row in frame.table.to_dict("records")]


def test_each_test_of_a_specimen_and_a_unit_is_a_column(tmp_path: Path) -> None:
    blood, urine, other = "Creatinine, Blood (mg/dL)", "Creatinine, Urine (mg/dL)", "Creatinine, Blood (umol/L)"
    assert read(tmp_path) == [
        {"subject_id": "10", "hours": "0", blood: "1.4", urine: "90", "Sodium (mmol/L)": "140"},
        {"subject_id": "10", "hours": "0", "Sodium (mmol/L)": "141"},  # a second value of the time has its own row
        {"subject_id": "11", "hours": "6", other: "120"},
    ]
    said = (tmp_path / "notes").read_text(encoding="utf-8")
    assert "by 'itemid' (3 of 4 codes found)" in said
    assert "Left out: '9' of 'itemid' is not in the table of names." in said


def test_a_specimen_other_than_blood_is_always_said(tmp_path: Path) -> None:
    values = "subject_id,itemid,valuenum\n1,2,90\n1,3,140\n"
    assert read(tmp_path, values) == [{"subject_id": "1", "Creatinine, Urine": "90", "Sodium": "140"}]


def test_what_is_withdrawn_is_left_out_and_a_comparator_stays_with_its_value(tmp_path: Path) -> None:
    values = "patientunitstayid,itemid,operator,valuenum,iserror\n1,1,<,1.4,0\n1,3,,140,1\n2,3,,141,0\n"
    assert read(tmp_path, values) == [
        {"patientunitstayid": "1", "Creatinine": "<1.4"}, {"patientunitstayid": "2", "Sodium": "141"}
    ]  # fmt: skip
    assert "1 value marked as withdrawn" in (tmp_path / "notes").read_text(encoding="utf-8")


def test_a_value_that_stands_twice_is_taken_once_and_said(tmp_path: Path) -> None:
    assert read(tmp_path, VALUES + "7,11,1,6,120,umol/L\n") == read(tmp_path)
    read(tmp_path, VALUES + "7,11,1,6,120,umol/L\n")
    said = (tmp_path / "notes").read_text(encoding="utf-8")
    assert "Left out: 1 value that another row of the patient, time and test has too." in said


def test_a_key_that_is_not_evident_is_refused_until_it_is_given(tmp_path: Path) -> None:
    names = NAMES.replace("itemid", "key")
    with pytest.raises(CohortError, match=r"not evident.*--key 'itemid=key'|No column has codes"):
        read(tmp_path, names=names)
    assert len(read(tmp_path, names=names, key="itemid=key")) == 3
    with pytest.raises(CohortError, match="names no column of each table"):
        read(tmp_path, key="itemid=code")
    with pytest.raises(CohortError, match="stands twice in the table of names"):
        read(tmp_path, names=f"{NAMES}3,Potassium,Blood\n")
