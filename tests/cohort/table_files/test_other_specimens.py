"""The command line finds a column of specimens by its cells, as the pages do: no urine stands among blood."""

from pathlib import Path

import pytest

from creason_core.cohort.table_files.reading import Frame, read_frame
from creason_core.errors import CohortError
from creason_core.record.importing import reading
from tests.record.importing.tables import parsed_inside


@pytest.fixture(autouse=True)
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "read_measured", parsed_inside)


def read(folder: Path, *lines: str) -> Frame:
    path = folder / "t.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_frame(str(path))


@pytest.mark.parametrize(("column", "blood", "urine"), [
    ("Origen", "Sangre", "Orina"), ("Nature", "Sang", "Urines"), ("taken from", "blood", "urine"),
    ("Materiał", "Krew", "Mocz"), ("category", "Chemistry", "Urinalysis"),
])  # fmt: skip
def test_a_value_a_row_keeps_specimens_apart(tmp_path: Path, column: str, blood: str, urine: str) -> None:
    rows = (f"1,Creatinine,1.2,mg/dL,{blood}", f"2,Creatinine,9.0,mg/dL,{urine}", f"3,Sodium,139,mmol/L,{blood}")
    table = read(tmp_path, f"patient,test,value,unit,{column}", *rows).table
    names = [name for name in table if str(name).startswith("Creatinine")]
    assert [[cell for cell in table[name] if cell] for name in names] == [["1.2"], ["9.0"]]


def test_a_row_a_patient_leaves_other_specimens_out_aloud(tmp_path: Path) -> None:
    found = read(tmp_path, "id,age,Origin,sodium,creatinine", "1,60,Serum,140,1.1", "2,70,Urine,20,9.8")
    assert list(found.table["sodium"]) == ["140", ""]
    assert list(found.table["creatinine"]) == ["1.1", ""]
    assert list(found.table["age"]) == ["60", "70"]
    assert any("2 values of another specimen" in note for note in found.notes)


def test_a_specimen_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CohortError, match="specimen not known"):
        read(tmp_path, "id,specimen,sodium", "1,Serum,140", "2,Gubble,20", "3,Serum,141")
