"""The table of a record: cells are read with their units, the checks are those of the fields, nothing typed is lost."""

import pytest

from creason_core.cohort.loading import load_cohort
from creason_core.record.codebook import packaged_codebook
from creason_core.store.patients.cases import recent_cases
from pages.record.table_entry import Sheet, read_cells
from pages.server.services import services
from tests.pages.driver import Start, goto, words
from tests.pages.test_importing import press
from tests.pages.test_patient import enter, new_patient


def test_cells_are_read_with_their_units_and_what_is_no_value_changes_nothing() -> None:
    read = read_cells(
        {"crea1": "177 µmol/L", "temp1": "38,5", "sex": "female", "sod1": "", "age": "93", "pot1": "high", "cat1": "x"},
        load_cohort("rhc-sepsis").codebook,
    )
    assert read.values == {
        "crea1": pytest.approx(2.0018, abs=1e-3), "temp1": 38.5, "sex": "Female", "sod1": None, "age": 90.0
    }  # fmt: skip
    assert "Creatinine 177 µmol/L → 2.0 mg/dL" in read.notes
    assert "Ages over 89 may identify a person: it is kept as 90+." in read.notes
    assert [problem.split(" = ")[1].split("'")[1] for problem in read.problems] == ["high", "x"]


def test_a_converted_value_of_whole_numbers_is_a_whole_number() -> None:
    read = read_cells({"rsbp": "16 kPa"}, packaged_codebook("ist"))
    assert (read.values, read.problems) == ({"rsbp": 120.0}, ())
    assert read.notes == ("Systolic blood pressure 16 kPa → 120 mmHg",)


def test_what_is_typed_into_the_table_stands_in_the_fields_and_is_checked(start: Start) -> None:
    app = enter(new_patient(start), "age", 61.0)
    app.session_state["patient_tab"] = "Table"
    app.run()
    assert not app.exception
    sheet = app.session_state["field_sheet"]
    assert isinstance(sheet, Sheet)
    assert sheet.columns["Value"][sheet.names.index("age")] == "61"
    assert "1 unsaved change" in words(app)
    app.session_state["patient_tab"] = "Enter"
    app = goto(app.run(), "patient")
    assert "field_sheet" not in app.session_state
    press(app, "save_version")
    assert "Saved as version 1." in words(app)


def test_an_unusual_value_is_confirmed_beside_the_table_and_saved_with_its_reason(start: Start) -> None:
    app = enter(new_patient(start), "edu", 27.0)
    app.session_state["patient_tab"] = "Table"
    app.run()
    assert words(app).count("Education = 27 years is unusual") == 1
    assert app.button(key="save_version").disabled
    app.text_input(key="field_case:new_edu_reason").set_value("Two doctorates").run()
    assert "Confirm it with a reason." not in words(app)
    assert "Confirmed" in words(app)
    press(app, "save_version")
    assert "Saved as version 1." in words(app)
    s = services()
    assert recent_cases(s.db, s.user)[0].case.by_feature["edu"].reason == "Two doctorates"
