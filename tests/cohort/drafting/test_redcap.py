"""A REDCap data dictionary becomes a draft that says what the dictionary says of each field."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from creason_core.cli import main
from creason_core.cohort.drafting.draft import yaml_of
from creason_core.cohort.drafting.redcap import read_redcap
from creason_core.errors import CodebookError
from creason_core.record.codebook import Codebook, parse_codebook

HEADER = [
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
    "Required Field?", "Custom Alignment",
]  # fmt: skip
ROWS = [
    ["record_id", "baseline", "", "text", "Record", "", "", "", "", "", "", "", "", ""],
    ["mrn", "baseline", "", "text", "Hospital number", "", "", "integer", "", "", "y", "", "y", ""],
    ["dob", "baseline", "", "text", "Born", "", "", "date_ymd", "", "", "", "", "", ""],
    ["age", "baseline", "Person", "text", "<b>Age</b> at entry", "", "years", "integer", "18", "110", "", "", "y", ""],
    ["weight", "baseline", "", "text", "Weight (kg)", "", "", "number_1dp", "30", "250", "", "", "", ""],
    ["height", "baseline", "", "text", "Height", "", "cm", "number", "", "", "", "", "", ""],
    ["bmi", "baseline", "", "calc", "BMI", "round([weight]/([height]/100)^2, 1)", "", "", "", "", "", "", "", ""],
    ["sex", "baseline", "", "radio", "Sex", "1, Female | 2, Male", "", "", "", "", "", "", "", ""],
    ["pregnant", "baseline", "", "yesno", "Pregnant", "", "", "", "", "", "", "[sex] = '1'", "", ""],
    ["grade", "course", "Illness", "dropdown", "How", "3, Severe|1,Mild|2, Moderate", "", "", "", "", "", "", "", ""],
    ["signs", "course", "", "checkbox", "Signs", "fever, Fever | -1, None, or unknown", "", "", "", "", "", "", "", ""],
    ["pain", "course", "", "slider", "Pain", "none | | worst", "", "number", "", "", "", "", "", ""],
    ["comment", "course", "", "notes", "Comment", "", "", "", "", "", "", "", "", ""],
    ["ward", "course", "", "text", "Ward", "", "", "", "", "", "", "", "", ""],
    ["died", "course", "", "truefalse", "Died", "", "", "", "", "", "", "", "", ""],
]  # fmt: skip


def dictionary(path: Path, rows: list[list[str]] = ROWS, header: list[str] = HEADER) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture
def text(tmp_path: Path) -> str:
    return yaml_of(read_redcap(dictionary(tmp_path / "d.csv"), "study"))


@pytest.fixture
def codebook(text: str) -> Codebook:
    return parse_codebook(text, "draft")


def test_field_types_become_kinds_and_checkboxes_a_feature_each(codebook: Codebook) -> None:
    assert {feature.name: feature.kind for feature in codebook.features} == {
        "age": "integer", "weight": "number", "height": "number", "bmi": "number", "sex": "binary",
        "pregnant": "binary", "grade": "ordinal", "signs_fever": "binary", "signs_1": "binary", "pain": "integer",
        "died": "binary",
    }  # fmt: skip
    assert [codebook.feature(name).column for name in ("signs_fever", "signs_1")] == ["signs___fever", "signs____1"]
    assert codebook.feature("signs_1").label == "Signs: None, or unknown"


def test_choices_keep_their_codes_and_are_put_in_order(codebook: Codebook) -> None:
    assert [(level.code, level.label) for level in codebook.feature("sex").levels] == [("1", "Female"), ("2", "Male")]
    assert [level.code for level in codebook.feature("grade").levels] == ["1", "2", "3"]
    assert [level.label for level in codebook.feature("died").levels] == ["False", "True"]


def test_codes_for_missing_pipes_comma_limits_and_entities_are_read_and_remarked_on(tmp_path: Path) -> None:
    blank = [""] * 8
    rows = [
        ROWS[0],
        ["mv", "f", "", "radio", "Ventilated&nbsp;(y/n)", "1, Yes | 0, No&nbsp;| -99, Unknown | -88, Not done", *blank],
        ["dx", "f", "", "radio", "Diagnosis", "1, Sepsis | 2, Pneumonia |or| empyema | 3, Other", *blank],
        ["same", "f", "", "radio", "Change since [dx]", "-1, Worse | 0, Same | 1, Better", *blank],
        ["crea", "f", "", "text", "Creatinine", "", "", "number_2dp_comma_decimal", "0,2", "15,5", *[""] * 4],
    ]
    text = yaml_of(read_redcap(dictionary(tmp_path / "d.csv", rows), "study"))
    made = parse_codebook(text, "draft")
    mv, dx = made.feature("mv"), made.feature("dx")
    assert (mv.label, mv.missing) == ("Ventilated (y/n)", ("-99", "Unknown", "-88", "Not done"))
    assert [(level.code, level.label) for level in mv.levels] == [("1", "Yes"), ("0", "No")]
    assert [level.label for level in dx.levels] == ["Sepsis", "Pneumonia | or | empyema", "Other"]
    assert made.feature("same").missing == ()
    assert str(made.feature("crea").confirm) == "0.2–15.5"
    assert "# review: missing: -99 (Unknown), -88 (Not done) taken for" in text
    assert "# review: choices: 'or', 'empyema' has no code and comma" in text
    assert text.count("# review: label: REDCap fills in") == 1


def test_limits_decimals_units_and_sections_are_taken_over(codebook: Codebook) -> None:
    age, weight, height = (codebook.feature(name) for name in ("age", "weight", "height"))
    assert (age.label, age.section, str(age.confirm), age.unit) == ("Age at entry", "Person", "18–110", "a")
    assert (weight.decimals, str(weight.confirm), weight.unit) == (1, "30–250", "kg")
    assert (height.confirm, height.section) == (None, "Person")
    assert codebook.sections == ("Person", "Illness")
    assert str(codebook.feature("pain").confirm) == "0–100"
    assert codebook.feature("died").role == "outcome"


def test_calculations_name_their_inputs_and_branching_is_noted(codebook: Codebook, text: str) -> None:
    bmi = codebook.feature("bmi")
    assert (bmi.role, bmi.derived_from) == ("derived", ("weight", "height"))
    assert "# review: calculated in REDCap as round([weight]/([height]/100)^2, 1)" in text
    assert codebook.feature("pregnant").definition == "Asked only if [sex] = '1'."
    assert "that it is recorded at all tells that condition" in text
    assert "# review: required in REDCap" in text


def test_identifiers_dates_and_free_text_are_left_out_with_the_reason(codebook: Codebook) -> None:
    assert codebook.patient == "record_id"
    assert dict(codebook.left_out) == {
        "record_id": "free text without validation",
        "mrn": "marked in REDCap as an identifier",
        "dob": "a date or time: it can identify; a split by time may still name this column",
        "comment": "free text",
        "ward": "free text without validation",
    }


def test_the_names_of_an_api_export_are_known_too(tmp_path: Path) -> None:
    names = ["field_name", "form_name", "section_header", "field_type", "field_label", "select_choices_or_calculations",
             "field_note", "text_validation_type_or_show_slider_number", "text_validation_min", "text_validation_max",
             "identifier", "branching_logic", "required_field", "custom_alignment"]  # fmt: skip
    one = read_redcap(dictionary(tmp_path / "a.csv", header=names), "study")
    assert one == read_redcap(dictionary(tmp_path / "b.csv"), "study")


@pytest.mark.parametrize(
    ("header", "rows", "told"),
    [
        (["a", "b"], [["1", "2"]], "is no REDCap data dictionary: it has no column variable, field type"),
        (HEADER, [], "names no field"),
        (HEADER, [ROWS[0], ROWS[3], ROWS[3]], "names a field twice: age"),
        (HEADER, ROWS[:3], "No field of the data dictionary can be a feature"),
    ],
)
def test_what_is_no_dictionary_is_refused(tmp_path: Path, header: list[str], rows: list[list[str]], told: str) -> None:
    with pytest.raises(CodebookError, match=told):
        read_redcap(dictionary(tmp_path / "d.csv", rows, header), "study")


def test_a_calculation_over_a_left_out_one_and_over_boxes_names_what_they_come_from(tmp_path: Path) -> None:
    blank = [""] * 8
    hidden = ["metres", "baseline", "", "calc", "Metres", "[height]/100", *blank]
    hidden[10] = "y"  # an identifier is left out
    index = ["index", "course", "", "calc", "Index", "[weight]/[metres]^2 + [signs(fever)]", *blank]
    draft = read_redcap(dictionary(tmp_path / "d.csv", [*ROWS, hidden, index]), "study")
    (feature,) = [feature for feature in draft.features if feature.column == "index"]
    assert feature.derived_from == ("weight", "height", "signs___fever")


def test_formulas_in_the_exported_records_are_drafted_where_the_dictionary_tells_none(tmp_path: Path) -> None:
    rows = [*ROWS, *([n, "course", "", "text", n.upper(), "", "", "integer", *[""] * 6] for n in ("sbp", "dbp", "map"))]
    random = np.random.default_rng(2)
    sbp, dbp = random.normal(130, 20, 200).round(), random.normal(75, 12, 200).round()
    records = pd.DataFrame({"record_id": range(1, 201), "sbp": sbp, "dbp": dbp, "map": ((sbp + 2 * dbp) / 3).round()})
    records.to_csv(tmp_path / "records.csv", index=False)
    command = ["codebook", "import-redcap", str(dictionary(tmp_path / "d.csv", rows)), "--out"]
    assert main([*command, str(tmp_path / "c.yaml"), "--table", str(tmp_path / "records.csv")]) == 0
    made = parse_codebook((tmp_path / "c.yaml").read_text(encoding="utf-8"), "draft")
    assert made.feature("map").derived_from == ("sbp", "dbp")
    assert made.feature("bmi").derived_from == ("weight", "height")
