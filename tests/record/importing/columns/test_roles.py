"""Whose the rows are and what the columns are for: by names of many systems, by behaviour, or by a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creason_core.errors import UploadError
from creason_core.record.importing.columns.mapping import SavedMapping
from creason_core.record.importing.columns.roles import guess
from creason_core.record.importing.review.review import review
from creason_core.record.importing.saved import reuse, to_keep
from creason_core.record.importing.suggesting import choose_layout, choose_role, suggest
from tests.record.importing.tables import RHC, SEEN, asked, drafted, reviewed, stored, table

PATIENTS = """patientunitstayid icustay_id hospitalization_id visit_occurrence_id USUBJID participant_id Pat_ID pt_id
admission_id Patient_Nr. Fallnummer Subject_Number Study_number case_number Encounter_Number MRN# Patient_ID_Number
Patient_Name PatientSeqID stay subject_id hadm_id person_id SUBJID record_id N°_patient Numéro_de_dossier IPP NHC
Nº_historia ID_paciente 환자번호 등록번호 환자_ID 연구대상자번호 Patienten-ID Pat.-Nr. Fall-Nr. Aufnahmenummer
subject.reference uniquepid csn Pseudonym ptid Case_ID enc_id screening_number deid_id""".split()
TIMES = """charttime labresultoffset observationoffset lab_collect_dttm recorded_dttm measurement_datetime LBDTC ADTM
Datum Zeitpunkt Abnahmezeit Entnahmezeitpunkt Date_de_prélèvement Fecha_extracción Fecha_y_hora 검사일시 채취일시
측정시간 effectiveDateTime Collection_Date/Time Time_(h) hours_since_admission ICULOS timestamp
study_day Visit_Date""".split()
NAMES = """labname lab_category measurement_source_value result_name label LBTEST Analyse Parameter Untersuchung
Laborparameter Messgröße Paramètre Examen Libellé Prueba Determinación 검사명 검사항목 code.coding.display PARAMCD
Component_Name nursingchartcelltypevalname vital_category Order_Name Analyt""".split()
VALUES = """labresult lab_value_numeric value_as_number result_value valuenum LBORRES LBSTRESN AVAL Ergebnis Messwert
Résultat Valeur Resultado Valor 결과값 검사결과 valueQuantity.value Numeric_Result ORD_VALUE Test_Result""".split()
UNITS = """labmeasurenamesystem reference_unit unit_source_value valueuom LBORRESU Einheit Unité Unidades 단위
valueQuantity.unit Result_Unit Unit_of_Measure Maßeinheit""".split()
NEITHER = """age patient_weight Patient_Age Prothrombin_time sex creatinine wardid Geburtsdatum labid row_id
labevent_id specimen_id caregiver_id provider_id time_to_death length_of_stay Bleeding_time hospitalid admission_type
diagnosis_date Visit_number Tube_number Number_of_comorbidities reference_range flag unittype patient_type
outtime deathtime""".split()


@pytest.mark.parametrize(("names", "roles"), [
    (PATIENTS, {"patient", "encounter"}), (TIMES, {"time"}), (NAMES, {"name"}), (VALUES, {"value"}),
    (UNITS, {"unit"}), (NEITHER, {None}),
])  # fmt: skip
def test_columns_of_many_systems_say_what_they_are_for(names: list[str], roles: set[str | None]) -> None:
    found = {name: guess(name.replace("_", " ") if " " not in name else name) for name in names}
    assert {
        name: item.role if item else None for name, item in found.items() if (item.role if item else None) not in roles
    } == {}


@pytest.mark.parametrize(
    "name", ["Study", "Visit", "Visit number", "VISITNUM", "unit id", "site", "case", "id", "Group"]
)
def test_a_name_that_patients_may_share_joins_none(name: str) -> None:
    rows = (f"1|Creatinine|{value}|mg/dL" for value in (0.8, 6.5, 1.1))
    assert asked(reviewed(table(f"{name}|test|value|unit", *rows))) == ["patients"]


@given(
    st.lists(
        st.sampled_from(["source", "value", "id", "concept", "of", "time", "patient", "x", "#", "", "unit", "(h)"])
    )
)
def test_any_name_is_read_or_not(words: list[str]) -> None:
    guess(" ".join(words))
    guess("".join(words))


def test_a_case_of_a_case_control_study_is_no_patient() -> None:
    rows = ("1|Creatinine|0.8|mg/dL", "0|Creatinine|6.5|mg/dL", "1|Creatinine|1.1|mg/dL")
    assert asked(reviewed(table("case|test|value|unit", *rows))) == ["patients"]


@pytest.mark.parametrize("name", PATIENTS)
def test_a_long_table_is_never_one_patient_by_the_name_of_its_column(name: str) -> None:
    found = reviewed(table(f"{name}|test|value|unit", "A1|Creatinine|0.8|mg/dL", "A1|Sodium|140|mmol/L",
                           "B2|Creatinine|6.5|mg/dL", "B2|Sodium|118|mmol/L"))  # fmt: skip
    assert stored(found) == [{"crea1": 0.8, "sod1": 140.0}, {"crea1": 6.5, "sod1": 118.0}]


def test_without_a_column_for_patients_somebody_says_whose_the_rows_are() -> None:
    long = table(
        "kuerzel|test|value|unit", "A1|Creatinine|0.8|mg/dL", "A1|Sodium|140|mmol/L", "B2|Creatinine|6.5|mg/dL"
    )
    found = reviewed(long)
    assert asked(found) == ["patients"]
    assert [option for option, _ in found.questions[0].options] == ["column:kuerzel", "one"]
    assert len(stored(reviewed(long, ("patients", "column:kuerzel")))) == 2
    assert asked(reviewed(long, ("patients", "one"))) == ["repeats"]
    assert stored(reviewed(long, ("patients", "one"), ("repeats", "together"))) == [{"crea1": 6.5, "sod1": 140.0}]
    wide = table("HR|MAP|Age|ICULOS", "97|75|83|1", "89|86|83|2", "150|40|83|30")
    assert asked(reviewed(wide)) == ["patients"]
    assert stored(reviewed(wide, ("patients", "one"))) == [{"age": 83.0, "hrt1": 97.0, "meanbp1": 75.0}]
    assert len(drafted(reviewed(wide, ("patients", "rows")))) == 3


def test_one_row_and_a_list_of_single_tests_are_one_patient() -> None:
    assert asked(reviewed(table("age|sodium", "63|140"))) == []
    assert asked(reviewed(table("Feature|Value|Unit", "Creatinine|2.1|mg/dL", "Sodium|140|mmol/L"))) == []
    twice = table("Feature|Value|Unit", "Creatinine|2.1|mg/dL", "Creatinine|0.9|mg/dL")
    assert asked(reviewed(twice)) == ["patients"]


@pytest.mark.parametrize("name", ["row_id", "labid", "id", "measurement_id"])
def test_a_number_of_the_row_tells_no_patients_apart(name: str) -> None:
    rows = ("1|7|Creatinine|0.9|mg/dL", "2|7|Sodium|140|mmol/L", "3|8|Creatinine|4|mg/dL")
    assert len(stored(reviewed(table(f"{name}|subject_id|test|value|unit", *rows)))) == 2
    rows = ("1|Creatinine|0.9|mg/dL", "2|Sodium|140|mmol/L", "3|Creatinine|4|mg/dL")
    assert asked(reviewed(table(f"{name}|test|value|unit", *rows))) == ["patients"]


def test_rows_without_a_patient_are_asked_about_once_and_join_nobody() -> None:
    given = table("patient|test|value|unit", "A|Creatinine|0.8|mg/dL", "|Sodium|140|mmol/L", "B|Creatinine|3.1|mg/dL",
                  "NA|Sodium|121|mmol/L")  # fmt: skip
    found = reviewed(given)
    assert asked(found) == ["blanks"]
    assert "rows 3 and 5" in found.questions[0].message
    assert drafted(found) == [{"crea1": 0.8}, {"crea1": 3.1}]
    filled = reviewed(given, ("blanks", "fill down"))
    assert stored(filled) == [{"crea1": 0.8, "sod1": 140.0}, {"crea1": 3.1, "sod1": 121.0}]
    assert stored(reviewed(given, ("blanks", "leave out"))) == [{"crea1": 0.8}, {"crea1": 3.1}]


@pytest.mark.parametrize("words", [("Mean", "SD", "n"), ("Mittelwert", "Std.-Abw.", "Summe"), ("평균", "합계", "N = 2"),
                                   ("Moyenne (ET)", "Médiane", "Total"),
                                   ("AVERAGE:", "Max", "Total (n=2)")])  # fmt: skip
def test_rows_that_sum_up_are_left_out_aloud(words: tuple[str, ...]) -> None:
    found = reviewed(table("id|age|sodium", "1|63|140", "2|70|128", *(f"{word}|66|134" for word in words)))
    assert [values["sod1"] for values in stored(found)] == [140.0, 128.0]
    said = [item for item in found.items if "sums up" in item.rule]
    assert [item.row for item in said] == [4, 5, 6]


def test_a_word_for_a_sum_elsewhere_is_no_sum() -> None:
    given = table("id|resection|sodium|age", "1|total|140|63", "2|subtotal|128|70", "|Mean|134|66.5")
    assert asked(reviewed(given)) == ["blanks"]
    without = table("age|sodium|remark", "63|140|", "70|128|", "66.5|134|Mean", "Total|2|")
    assert [item.row for item in reviewed(without).items if "sums up" in item.rule] == [4, 5]


def test_initials_of_patients_are_no_words_for_sums() -> None:
    assert len(stored(reviewed(table("patient|sodium", "SD|140", "MN|128", "TK|130")))) == 3


def test_several_stays_of_a_patient_are_asked_about_and_one_each_is_not() -> None:
    columns = "subject_id|hadm_id|charttime|label|valuenum|valueuom"
    rows = ("1|10|2150-01-01 08:00|Creatinine|0.9|mg/dL", "1|11|2151-01-01 08:00|Creatinine|4.1|mg/dL",
            "2|12|2150-01-01 08:00|Creatinine|1.1|mg/dL")  # fmt: skip
    assert asked(reviewed(table(columns, *rows))) == ["stays"]
    by_stay = reviewed(table(columns, *rows), ("stays", "column:hadm_id"))
    assert [values["crea1"] for values in stored(by_stay)] == [0.9, 4.1, 1.1]
    assert asked(reviewed(table(columns, *rows[1:]))) == []


@pytest.mark.parametrize(("one", "other"), [("001", "1"), ("P-07", "P-7"), ("ab3", "AB3"), ("1-01", "1-1")])
def test_ids_that_differ_in_zeros_or_capitals_only_are_asked_about_once(one: str, other: str) -> None:
    given = table("pid|age|sodium (mmol/L)", f"{one}|63|", f"{other}||128", "12|70|140")
    assert asked(reviewed(given)) == ["alike"]
    assert stored(reviewed(given, ("alike", "one"))) == [{"age": 63.0, "sod1": 128.0}, {"age": 70.0, "sod1": 140.0}]
    assert len(stored(reviewed(given, ("alike", "apart")))) == 3
    assert asked(reviewed(table("pid|age", "1|63", "10|64", "100|65", "101|66", "0|67"))) == []


def test_further_rows_of_a_patient_are_joined_where_they_agree_and_asked_about_once_where_not() -> None:
    agree = table("patient|age|sodium|creatinine (mg/dL)", "1|63|140|", "1|63||0.9", "2|50|130|1")
    assert stored(reviewed(agree))[0] == {"age": 63.0, "sod1": 140.0, "crea1": 0.9}
    differ = table("patient|sodium", "1|140", "1|128", "2|130", "2|131")
    assert asked(reviewed(differ)) == ["repeats"]
    assert [values["sod1"] for values in stored(reviewed(differ, ("repeats", "last row")))] == [128.0, 131.0]
    assert [values["sod1"] for values in stored(reviewed(differ, ("repeats", "together")))] == [128.0, 130.0]


@pytest.mark.parametrize(
    ("column", "first", "then"),
    [("visit", "baseline", "discharge"), ("visit", "1", "3"), ("form", "age", "labs"), ("redcap_event_name", "a", "b")],
)
def test_what_only_a_later_visit_fills_is_no_value_of_day_1_without_a_word(column: str, first: str, then: str) -> None:
    rows = (f"1|{first}|63|", f"1|{first}|63|", f"1|{then}||2.4", f"2|{first}|70|")
    found = reviewed(table(f"patient|{column}|age|creatinine (mg/dL)", *rows))
    assert (asked(found), drafted(found)) == (["repeats"], [{"age": 63.0}, {"age": 70.0}])


def test_columns_are_known_by_their_cells_where_their_names_say_nothing() -> None:
    given = table("k1|k2|k3|k4", "11|Creatinine|0.9|mg/dL", "11|Sodium|140|mmol/L", "12|Creatinine|88|µmol/L")
    roles = {item.column: item.role for item in suggest(given, RHC).columns}
    assert roles == {"k1": "ignored", "k2": "name", "k3": "value", "k4": "unit"}
    assert asked(reviewed(given)) == ["patients"]


def test_a_date_and_a_time_of_day_are_one_time() -> None:
    given = table("Patient|Datum|Uhrzeit|Analyse|Ergebnis|Einheit", "1|01.02.2020|08:00|Kreatinin|1.2|mg/dl",
                  "1|02.02.2020|07:00|Kreatinin|2.2|mg/dl", "1|02.02.2020|09:00|Kreatinin|5.2|mg/dl")  # fmt: skip
    assert stored(reviewed(given)) == [{"crea1": 2.2}]


def test_layout_and_roles_can_be_said_by_hand() -> None:
    given = table("wer|was|wieviel|worin", "A|Creatinine|0.8|mg/dL", "B|Creatinine|6.5|mg/dL")
    mapping = choose_layout(given, "long", RHC)
    for role, column in (("patient", "wer"), ("name", "was"), ("value", "wieviel"), ("unit", "worin")):
        mapping = choose_role(given, mapping, role, column, RHC)  # type: ignore[arg-type]
    found = review(given, mapping, SEEN, RHC, import_id="i")
    assert stored(found) == [{"crea1": 0.8}, {"crea1": 6.5}]
    assert choose_layout(given, "wide", RHC).layout == "wide"


def test_a_mapping_of_an_earlier_version_is_read_and_says_nothing_of_another_files_rows() -> None:
    old = (
        '{"name":"lab","version":1,"mapping":{"codebook":"rhc","layout":"long","columns":[{"column":"test","role":"name"},'
        '{"column":"value","role":"value"}],"names":[],"decimal":"point","choice":"last"}}'
    )
    given = table("test|value|unit", "Sodium|140|mmol/L", "Sodium|128|mmol/L")
    mapping = reuse(SavedMapping.model_validate_json(old), given, RHC)
    assert asked(review(given, mapping, SEEN, RHC, import_id="i")) == ["patients"]
    kept = to_keep("lab", mapping.model_copy(update={"patients": "one", "times": "hours"}))
    again = reuse(SavedMapping.model_validate_json(kept.model_dump_json()), given, RHC)
    assert (again.patients, again.times) == ("", "hours")


def test_each_column_is_shown_with_three_of_its_values_before_and_after() -> None:
    given = table("MRN|time|Creatinine (µmol/L)|age", "4711|01.02.2020 08:00|177|63", "4712|01.02.2020 09:00|88|93")
    found = reviewed(given)
    lines = {line.column: (line.feature, line.value, line.result) for line in found.understood}
    assert lines["MRN"] == ("", "", "2 patients")
    assert lines["time"][1:] == ("01.02.2020 08:00, 01.02.2020 09:00", "01 Feb 2020 08:00, 01 Feb 2020 09:00")
    assert lines["Creatinine (µmol/L)"] == ("Creatinine", "177, 88", "2.0 mg/dL, 1.0 mg/dL")
    assert next(line.rule for line in found.understood if line.column == "time") == (
        "dates with the day first (31.12.); day 1 is the 24 hours from each patient's first time in this table"
    )
    assert "2020" not in str(found.reported)
    assert "4711" not in str(found.reported)


def test_patients_that_end_up_with_nothing_are_counted_by_reason() -> None:
    given = table("patient|test|value|unit", "1|Sodium|140|mmol/L", "2|lactate|4|mmol/L", "3|lactate|4|mmol/L")
    rules = [item.rule for item in reviewed(given).items if "nothing" in item.rule]
    assert rules == ["2 patients end up with nothing: no mapped value"]
    rows = [(line.result, line.rule) for line in reviewed(given).reported if line.rule.startswith("of no use")]
    assert rows == [("2 rows", "of no use; no feature is chosen for their test")]


def test_more_patients_than_an_import_takes_are_refused_with_what_may_be_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("creason_core.record.importing.review.review.MAX_PATIENTS", 2)
    with pytest.raises(UploadError, match="choose the column that tells patients apart in the step Map"):
        reviewed(table("k|sodium", "a|140", "b|130", "c|128"))


@pytest.mark.parametrize("centre", ["SITEID", "hospital", "Klinik", "site", "centre_no", "STUDYID"])
@pytest.mark.parametrize("layout", ["wide", "long", "timed"])
def test_one_number_in_two_hospitals_is_asked_about_and_told_apart(centre: str, layout: str) -> None:
    head, cell = {
        "wide": ("sodium (mmol/L)", "{}"),
        "long": ("test|value|unit", "Sodium|{}|mmol/L"),
        "timed": ("time|sodium (mmol/L)", "2020-01-01 08:00|{}"),
    }[layout]
    rows = (f"{where}|001|{cell.format(value)}" for where, value in (("01", 128), ("02", 150), ("", 150)))
    given = table(f"{centre}|subject|{head}", *rows)
    assert asked(reviewed(given)) == ["centres"]
    assert [row["sod1"] for row in drafted(reviewed(given, ("centres", "apart")))][-1] == 150.0
    assert len(drafted(reviewed(given, ("centres", "apart")))) == 2


def test_a_site_of_the_body_and_an_empty_hospital_tell_no_patients_apart() -> None:
    for centre, cells in (("site", ("left arm", "right arm")), ("hospital", ("A", "")), ("hospital day", ("1", "2"))):
        rows = (f"{cell}|001|Sodium|140|mmol/L" for cell in cells)
        assert "centres" not in asked(reviewed(table(f"{centre}|subject|test|value|unit", *rows)))


@pytest.mark.parametrize("said", [
    "SD", "n", "p-value", "95% CI", "Overall", "All", "Range", "Grand total", "Geometric mean", "25th percentile",
    "Controls (n=30)", "Reference range", "Normwerte", "ULN", "Ref", "Gesamtkollektiv",
    "Średnia", "标准差", "Deviazione standard", "Gemiddelde", "Ortalama", "Odch. std.", "合計", "平均", "Σ", "95% BI",
])  # fmt: skip
def test_a_summary_among_numbered_patients_is_no_patient(said: str) -> None:
    given = table("id|sodium (mmol/L)", "1|140", "2|138", "3|131", f"{said}|136", "All|137", "SD|90")
    assert [row["sod1"] for row in stored(reviewed(given))] == [140.0, 138.0, 131.0]


def test_a_column_of_kinds_of_samples_is_none_of_tests() -> None:
    rows = ("1|sodium|141|mmol/L|serum", "2|creatinine|98|mg/dL|urine")
    found = reviewed(table("patient|lab_category|value|unit|lab_specimen_category", *rows))
    assert stored(found) == [{"sod1": 141.0}]
