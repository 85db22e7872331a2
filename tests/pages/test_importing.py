"""A clinician's spreadsheet through the tab Import: read, mapped, units, decided, saved, and no name anywhere."""

import io
from pathlib import Path
from typing import Any

import openpyxl
from streamlit.testing.v1 import AppTest

from creason_core.settings import settings
from creason_core.store.patients.cases import CaseVersion, recent_cases
from creason_core.store.upkeep.database import open_store
from tests.pages.driver import Start, goto, words

COLUMNS = "Patient Name|MRN|Alter|Gender|Kreatinin (µmol/L)|Temp F|PaCO2 (kPa)|Bilirubin|HR|Sodium|SBP|DBP|lactate|Age"
FIRST = "Margaret Wheelwright|4711882|x|F|177|101.3|5.3|20|230|hgih|90|50|4|93"
SECOND = "Quentin Ashworth|4711883|x|M|88|99|4.8|12|80|140|120|75|1|60"


def spreadsheet() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in (COLUMNS, FIRST, SECOND):
        book.active.append([float(cell) if cell.replace(".", "").isdigit() else cell for cell in line.split("|")])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def stored() -> tuple[CaseVersion, ...]:
    """The cases in the app's database."""
    db = open_store(settings().database, settings().data_dir)
    try:
        return recent_cases(db, settings().user)
    finally:
        db.close()


def on_import(start: Start) -> AppTest:
    app = goto(start(), "patient")
    app.session_state["patient_tab"] = "Import"
    return app.run()


def paste(app: AppTest, text: str) -> AppTest:
    app.text_area(key="import_paste").set_value(text).run()
    return app.button(key="import_read").click().run()


def layout_of(app: AppTest) -> Any:
    """The box that says what a row is."""
    return next(box for box in app.segmented_control if str(box.key).startswith("import_layout_"))


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def question(app: AppTest, asks: str) -> str:
    """The key of the first question of a kind."""
    keys = [str(element.key) for kind in (app.button, app.checkbox) for element in kind if element.key]
    found = next(key for key in keys if key.startswith(f"import_q_{asks}"))
    return found.rsplit("_", 1)[0]


def decided(app: AppTest) -> AppTest:
    """Every question answered: seen, confirmed, kept with a reason, the rest left out."""
    app.checkbox(key=f"{question(app, 'identifiers')}_tick").check().run()
    app.checkbox(key=f"{question(app, 'units')}_tick").check().run()
    hold = question(app, "confirm")
    app.text_input(key=f"{hold}_reason").set_value("torsades, repeated").run()
    press(app, f"{hold}_keep")
    app.checkbox(key=f"{question(app, 'rejected')}_tick").check().run()
    assert not app.exception
    return app


def test_a_name_that_is_wider_is_shown_and_used_only_when_it_is_chosen(start: Start) -> None:
    app = paste(on_import(start), "age\tdied\n63\t1\n")
    assert "Not used unless you choose (1)" in words(app)
    assert "a part of Death within 30 days, wider than it, or a finding" in words(app)
    assert "Mapped to 1 feature." in words(app)
    box = next(item for item in app.selectbox if item.label == "What died is")
    box.set_value("dth30").run()
    assert not app.exception
    assert "Mapped to 2 features." in words(app)


def test_a_pasted_table_is_mapped_reviewed_saved_and_opened(start: Start) -> None:
    app = paste(on_import(start), "age\tcreatinine (mg/dL)\n63\t1.4\n")
    assert "Mapped to 2 features" in words(app)
    press(press(app, "import_next"), "import_next")
    assert "1 patient: 2 mapped" in words(app)
    press(app, "import_save")
    assert "Saved 1 case. The first is open." in words(app)
    (version,) = stored()
    assert (version.source, version.label) == ("import", "Imported")
    assert {entry.feature: entry.value for entry in version.case.entries} == {"age": 63.0, "crea1": 1.4}


def test_a_spreadsheet_journey_leaves_no_name_behind(start: Start, tmp_path: Path) -> None:
    app = on_import(start)
    app.file_uploader(key="import_file").set_value(("wheelwright.xlsx", spreadsheet(), "application/xlsx")).run()
    press(app, "import_read")
    press(press(app, "import_next"), "import_next")
    said = words(app)
    assert "may" in said or "called like a name" in said
    assert app.button(key="import_save").disabled
    decided(app)
    assert not app.button(key="import_save").disabled
    press(app, "import_save")
    assert "Saved 2 cases" in words(app)
    saved = [{entry.feature: entry.value for entry in version.case.entries} for version in stored()]
    assert {"age": 90.0, "crea1": 2.002, "temp1": 38.5, "paco21": 39.75}.items() <= saved[-1].items() | saved[0].items()
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for name in (b"Wheelwright", b"Margaret", b"wheelwright", b"Ashworth", b"4711882"):
        assert name not in everything


def test_a_press_before_the_upload_has_ended_waits_for_it(start: Start) -> None:
    app = press(on_import(start), "import_read")
    assert not app.error
    assert "as soon as its upload has ended" in words(app)
    app.file_uploader(key="import_file").set_value(("a.csv", b"age,sodium\n63,140\n", "text/csv")).run()
    assert app.button(key="import_next")
    assert "as soon as its upload has ended" not in words(app)


def test_the_event_of_a_redcap_export_is_asked_once(start: Start) -> None:
    rows = ("record_id,redcap_event_name,age,sodium", "1,baseline_arm_1,63,140", "1,day_3_arm_1,,128")
    app = on_import(start)
    app.file_uploader(key="import_file").set_value(("a.csv", "\n".join(rows).encode(), "text/csv")).run()
    press(app, "import_read")
    app.selectbox(key="import_part").select("day_3").run()
    press(press(press(app, "import_read"), "import_next"), "import_next")
    assert "1 patient: 2 mapped" in words(app)


def test_a_file_that_cannot_be_read_is_told_and_nothing_is_lost(start: Start) -> None:
    app = on_import(start)
    app.file_uploader(key="import_file").set_value(("a.csv", b"%PDF-1.7", "text/csv")).run()
    press(app, "import_read")
    assert any("is a PDF" in str(error.value).replace("\\", "") for error in app.error)
    assert app.button(key="import_read")


def test_a_suspected_unit_is_converted_by_one_press(start: Start) -> None:
    app = paste(on_import(start), "age\tcreatinine (mg/dL)\n63\t177\n")
    press(app, "import_next")
    assert "Creatinine: 177 mg/dL is implausible; as µmol/L it is 2.0 mg/dL. Convert? Here if all" in words(app)
    press(app, "import_next")
    assert "as µmol/L it is 2.0 mg/dL. Convert?" in words(app)
    press(app, f"{question(app, 'unit suspected')}_one")
    assert "1 patient: 1 mapped, 1 converted" in words(app)
    assert not app.button(key="import_save").disabled


def test_tests_that_stand_as_codes_get_their_names_from_another_table(start: Start) -> None:
    rows = ("subject_id\titemid\tvaluenum\tvalueuom", "1\t50912\t1.4\tmg/dL", "1\t50983\t140\tmEq/L", "2\t7\t3\t")
    app = paste(on_import(start), "\n".join(rows))
    assert "The tests stand as codes here: 50912, 50983, 7." in words(app)
    names = b"itemid,label,fluid\n50912,Creatinine,Blood\n50983,Sodium,Blood\n"
    box = next(box for box in app.file_uploader if str(box.key).startswith("import_names_"))
    box.set_value(("d_labitems.csv", names, "text/csv")).run()
    press(app, "import_names_go")
    assert "Joined with a table of names by 'itemid' (2 of 3 codes found)." in words(app)
    assert "Mapped to 2 features." in words(app)
    press(press(app, "import_next"), "import_next")
    assert "'7' of 'itemid' is not in the table of names." in words(app)
    press(press(app, "import_back"), "import_back")
    assert "Mapped to 0 features." in words(press(app, "import_names_off"))


def test_where_a_table_of_names_cannot_be_read_no_earlier_one_stands_for_it(start: Start) -> None:
    rows = ("subject_id\titemid\tvaluenum\tvalueuom", "1\t50912\t1.4\tmg/dL", "1\t50983\t140\tmEq/L", "2\t7\t3\t")
    app = paste(on_import(start), "\n".join(rows))
    box = next(box for box in app.file_uploader if str(box.key).startswith("import_names_"))
    box.set_value(("codes.csv", b"kode,label\n50912,Creatinine\n50983,Sodium\n7,Urea\n", "text/csv")).run()
    assert press(app, "import_names_go").radio(key="import_names_key").options
    box = next(box for box in app.file_uploader if str(box.key).startswith("import_names_"))
    box.set_value(("empty.csv", b"", "text/csv")).run()
    press(app, "import_names_go")
    assert app.error
    assert "import_names_key" not in {str(box.key) for box in app.run().radio}


def test_a_table_of_names_alone_is_refused_with_what_it_is_for(start: Start) -> None:
    app = paste(on_import(start), "itemid\tlabel\tfluid\n50912\tCreatinine\tBlood\n50983\tSodium\tBlood\n")
    assert any("This is a table of names" in str(error.value) for error in app.error)
    assert app.button(key="import_read")


def test_a_sheet_of_the_same_workbook_may_hold_the_names(start: Start) -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    values, names = book.active, book.create_sheet("Codes")
    assert values is not None
    for row in (("pid", "test code", "result", "unit"), (1, 11, 1.4, "mg/dL"), (2, 12, 140, "mmol/L")):
        values.append(row)
    for line in (("key", "test"), (11, "Creatinine"), (12, "Sodium")):
        names.append(line)
    book.save(out)
    app = on_import(start)
    app.file_uploader(key="import_file").set_value(("a.xlsx", out.getvalue(), "application/xlsx")).run()
    press(app, "import_read")
    app.selectbox(key="import_names_part").select("Codes").run()
    press(app, "import_read")
    app.radio(key="import_names_key").set_value(app.radio(key="import_names_key").options[0]).run()
    press(app, "import_names_join")
    assert "Mapped to 2 features." in words(app)


def test_many_unusual_values_are_kept_with_one_reason_or_decided_one_by_one(start: Start) -> None:
    rows = "\n".join(f"{at}\t3\t70" for at in range(1, 31))
    app = paste(on_import(start), f"patient\trespiratory rate (/min)\tage\n{rows}\n")
    press(press(app, "import_next"), "import_next")
    assert "30 values of Respiratory rate, '3 /min', are unusual" in words(app)
    hold = question(app, "confirm")
    press(app, f"{hold}_apart")
    assert "Row 2: Respiratory rate = 3 /min is unusual" in words(app)
    press(app, "import_values_again")
    app.text_input(key=f"{hold}_reason").set_value("all sedated").run()
    press(app, f"{hold}_keep")
    assert not app.button(key="import_save").disabled
    assert "30 values of" in words(press(app, "import_values_again"))


def test_codes_of_a_column_are_asked_about_once_and_can_be_asked_about_again(start: Start) -> None:
    app = paste(on_import(start), "patient\tage\tSepsis\n1\t63\t1\n2\t70\t2\n3\t71\t1\n")
    press(press(app, "import_next"), "import_next")
    assert "'Sepsis' holds 1 (2 rows), 2 (1 row), and nothing in the file says what that means." in words(app)
    assert app.button(key="import_save").disabled
    next(box for box in app.selectbox if box.label == "1 means").set_value("No").run()
    assert "3 patients: 3 mapped, 3 converted" in words(app)
    assert not app.button(key="import_save").disabled
    assert "'Sepsis' holds 1" in words(press(app, "import_codes_again"))


def test_a_volume_without_its_hours_is_shown_as_such_and_can_be_put_right(start: Start) -> None:
    app = paste(on_import(start), "sodium\turine output (mL)\n140\t1200\n")
    press(app, "import_next")
    chosen = next(box for box in app.selectbox if str(box.key).startswith("import_unit_"))
    assert chosen.value == "mL"
    press(app, "import_next")
    assert "A volume without its hours is another quantity" in words(app)
    press(app, "import_back")
    chosen = next(box for box in app.selectbox if str(box.key).startswith("import_unit_"))
    chosen.select("mL/d").run()
    press(app, "import_next")
    assert "1 patient: 2 mapped" in words(app)


def test_a_mapping_is_kept_and_used_again(start: Start) -> None:
    app = paste(on_import(start), "x1\tage\n1.4\t63\n")
    chosen = next(box for box in app.selectbox if str(box.key).endswith("_x1"))
    chosen.select("crea1").run()
    app.text_input(key="import_keep_name").set_value("our laboratory").run()
    press(app, "import_keep")
    press(app, "import_discard")
    app = paste(app, "x1\tage\n1.5\t64\n")
    assert "Mapped to 1 feature." in words(app)
    app.selectbox(key="import_kept").select("our laboratory").run()
    press(app, "import_use")
    assert "Mapped to 2 features" in words(app)


def test_computed_values_are_marked_and_name_what_is_missing(start: Start) -> None:
    app = paste(on_import(start), "MAP\tcreatinine (mg/dL)\tbilirubin (mg/dL)\n60\t2.2\t2.5\n")
    press(press(press(app, "import_next"), "import_next"), "import_save")
    app.session_state["patient_tab"] = "Enter"
    said = words(app.run())
    assert "SOFA: **5–22 (5 of 6 parts missing)**" in said
    assert "missing: systolic pressure, diastolic pressure" in said


def test_a_long_table_says_what_its_columns_are_and_shows_values_with_their_units(start: Start) -> None:
    app = paste(on_import(start), "pid\ttest\tresult\tunits\n1\tcreatinine\t177\tumol/L\n1\tsodium\t140\tmmol/L\n")
    said = words(app)
    roles = {str(box.key).rsplit("_", 1)[1]: box.value for box in app.selectbox if "import_role_" in str(box.key)}
    assert roles == {"patient": "pid", "encounter": "", "name": "test", "value": "result", "unit": "units", "time": "",
                     "admission": "", "specimen": ""}  # fmt: skip
    assert "177 umol/L" in said
    press(app, "import_next")
    assert "Creatinine 177 µmol/L → 2.0 mg/dL" in words(app)
    press(app, "import_next")
    assert "1 patient: 1 mapped, 1 converted" in words(app)


def test_a_long_table_of_unknown_names_is_read_with_a_few_answers(start: Start) -> None:
    rows = ["11\t-30\tCreatinine\t9\tmg/dL", "11\t516\tCreatinine\t2.3\tmg/dL", "12\t20\tCreatinine\t0.9\tmg/dL",
            "12\t2100\tCreatinine\t6.1\tmg/dL"]  # fmt: skip
    app = paste(on_import(start), "\n".join(["foo\tlabresultoffset\tlabname\tlabresult\tunits", *rows]))
    assert layout_of(app).value == "long"
    role = {str(box.key).rsplit("_", 1)[1]: box.value for box in app.selectbox if "import_role_" in str(box.key)}
    assert role["name"] == "labname"
    assert role["patient"] == ""
    press(app, "import_next")
    assert app.segmented_control(key="import_choice").value == "worst"
    press(app, "import_next")
    for asks, answer in (("patients", "column:foo"), ("times", "minutes")):
        box = next(box for box in app.radio if str(box.key).startswith(f"import_q_{asks}"))
        box.set_value(answer).run()
        assert not app.exception
    assert "2 patients: 2 mapped, 2 left out" in words(app)
    assert any("How each column was understood (6)" in str(part.label) for part in app.expander)
    press(app, "import_save")
    assert {version.case.value("crea1") for version in stored()} == {0.9, 2.3}


def test_the_layout_and_a_role_are_set_by_hand(start: Start) -> None:
    app = paste(on_import(start), "wer\twann\tsodium\n7\t2026-01-01 08:00\t140\n7\t2026-01-01 09:00\t128\n")
    for role, column in (("patient", "wer"), ("time", "wann")):
        box = next(box for box in app.selectbox if str(box.key).endswith(f"_{role}"))
        box.select(column).run()
        assert not app.exception
    press(press(app, "import_next"), "import_next")
    assert "1 patient: 1 mapped, 1 left out" in words(app)
    press(app, "import_back")
    press(app, "import_back")
    layout_of(app).set_value("long").run()
    assert not app.exception
    assert app.button(key="import_next").disabled


def test_of_two_columns_whose_names_begin_alike_the_chosen_one_is_the_patient(start: Start) -> None:
    begin = "Identifier that the registry of the hospital gave to whoever was "
    table = f"{begin}born\t{begin}admitted\tNone\tcreatinine (mg/dL)\n7\t1\t5\t1.1\n7\t2\t6\t0.9\n"
    app = paste(on_import(start), table)
    for column in (f"{begin}admitted", f"{begin}born", "None", "", f"{begin}admitted"):
        box = next(box for box in app.selectbox if str(box.key).startswith("import_role_") and box.label == "Patient")
        assert len(set(box.options)) == 5
        box.set_value(column).run()
        found = app.session_state["importing"].mapping.column("patient")
        assert (found.column if found else "") == column


def test_boxes_get_new_keys_when_another_box_has_changed_what_they_show(start: Start) -> None:
    """A browser keeps what a box showed under its key, and would send it as a person's choice."""
    app = paste(on_import(start), "patient\tother\tcreatinine (mg/dL)\n1\t7\t1.1\n2\t8\t0.9\n")
    before = {str(box.key) for box in app.selectbox if str(box.key).startswith(("import_map_", "import_role_"))}
    other = next(box for box in app.selectbox if box.label == "What other is")
    other.set_value("patient").run()
    after = {str(box.key): box.value for box in app.selectbox if str(box.key) not in before}
    assert len(after) > len(before) - 1
    assert {box.label: box.value for box in app.selectbox if box.label in ("Patient", "What patient is")} == {
        "Patient": "other", "What patient is": ""
    }  # fmt: skip
