"""What a file says outside its cells is understood by the command line as by the import; what is open is refused."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from creason_core.cli import main
from creason_core.cohort.conforming import Conformed, conform
from creason_core.cohort.drafting.draft import yaml_of
from creason_core.cohort.drafting.inferring import infer
from creason_core.cohort.table_files.reading import Frame, TableRequest, read_frame
from creason_core.errors import CohortError
from creason_core.record.codebook import Codebook, parse_codebook
from creason_core.record.importing import reading
from tests.record.importing.contents.test_legends import sheets as workbook_of
from tests.record.importing.tables import parsed_inside

YES_NO = 'kind: binary, time: admission, levels: [{code: "0", label: "No"}, {code: "1", label: "Yes"}]'
OWN = f"""
name: t
version: 1
title: t
population: p
source: s
citation: c
sections: [F]
patient: id
features:
- {{name: sepsis, label: Sepsis, section: F, {YES_NO}}}
- {{name: crea, label: Creatinine, section: F, kind: number, decimals: 2, unit: mg/dL, loinc: 2160-0, time: admission}}
"""


def sheets(**named: Sequence[Sequence[object]]) -> bytes:
    """A workbook of sheets by their names."""
    return workbook_of(**{name: [[*row] for row in rows_of] for name, rows_of in named.items()})


@pytest.fixture(autouse=True)
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parsers run in this process: what they are held to is tested elsewhere."""
    monkeypatch.setattr(reading, "read_measured", parsed_inside)


def rows(row: Callable[[int], str], number: int = 40) -> str:
    return "".join(f"{row(at)}\n" for at in range(1, number + 1))


def frame(folder: Path, content: str | bytes, name: str = "t.csv", codebook: Codebook | None = None) -> Frame:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_frame(str(folder / name), codebook=codebook)


def draft(made: Frame) -> tuple[str, Codebook]:
    text = yaml_of(infer(made, "t"))
    return text, parse_codebook(text, "draft")


def held(folder: Path, content: str | bytes, name: str = "t.csv") -> Conformed:
    codebook = parse_codebook(OWN, "own")
    return conform(frame(folder, content, name, codebook).table, codebook)


SEPSIS = rows(lambda at: f"{at},{at % 2},{at}.5")


@pytest.mark.parametrize("content", [
    'id,"sepsis (0=yes, 1=no)",x\n' + SEPSIS, f'id,sepsis,x\n{SEPSIS}\n"Sepsis: 0 = ja, 1 = nein",,\n',
    'id,"sepsis (0 = oui et 1 = non)",x\n' + SEPSIS, 'id,"sepsis (sí=0, no=1)",x\n' + SEPSIS,
    sheets(data=[["id", "sepsis"], *([at, at % 2] for at in range(1, 41))], Legende=[["sepsis", "0 = ja; 1 = nein"]]),
])  # fmt: skip
def test_a_draft_calls_codes_what_the_file_calls_them(tmp_path: Path, content: str | bytes) -> None:
    _, codebook = draft(frame(tmp_path, content, "t.csv" if isinstance(content, str) else "t.xlsx"))
    levels = next(feature for feature in codebook.features if feature.label == "Sepsis").levels
    assert [(level.code, level.label) for level in levels] == [("1", "No"), ("0", "Yes")]


def test_codes_of_more_levels_have_the_words_of_the_file_and_its_gaps_are_missing(tmp_path: Path) -> None:
    header = '"sexe (1 = homme, 2 = femme)","score: 1 = léger, 2 = modéré","smoker (0=no, 1=yes, 9=unknown)"'
    of = "1=sepsis 2=copd 3=mi 4=stroke 5=trauma 6=gi 7=renal 8=other"
    body = rows(lambda at: f"{at},{at % 2 + 1},{at % 2 + 1},{[0, 1, 9][at % 3]},{at % 8 + 1}")
    _, codebook = draft(frame(tmp_path, f'id,{header},"diagnosis ({of})"\n{body}'))
    sex, score, smoker, diagnosis = codebook.features
    assert [(level.code, level.label) for level in sex.levels] == [("2", "Female"), ("1", "Male")]
    assert [level.label for level in score.levels] == ["léger", "modéré"]
    assert ([level.label for level in smoker.levels], smoker.missing) == (["No", "Yes"], ("9",))
    assert (diagnosis.kind, diagnosis.level_labels["4"]) == ("nominal", "stroke")


def test_a_legend_of_no_column_is_asked_about_and_refused_where_it_contradicts(tmp_path: Path) -> None:
    content = f'id,sepsis,crea\n{SEPSIS}\n"Legend: 0 = yes; 1 = no",,\n'
    text, codebook = draft(frame(tmp_path, content))
    assert [level.label for level in codebook.feature("sepsis").levels] == ["0", "1"]
    assert 'says "0 = yes; 1 = no" and names no column' in text
    (told,) = (one for one in held(tmp_path, content).of("structure") if one.thing == "sepsis")
    assert """write 'recorded: ["0", "1"]'""" in told.remedy
    kept = parse_codebook(OWN.replace("kind: binary", 'recorded: ["0", "1"], kind: binary'), "own")
    assert conform(frame(tmp_path, content).table, kept).table["sepsis"].tolist()[:2] == ["1", "0"]


def test_a_legend_of_the_column_outranks_the_codebook_and_is_told(tmp_path: Path) -> None:
    found = held(tmp_path, f'id,sepsis,crea\n{SEPSIS}\n"sepsis: 0 = oui, 1 = non",,\n')
    assert found.table["sepsis"].tolist()[:2] == ["0", "1"]
    assert any("outranks the codebook: 0 = oui, 1 = non" in told.rule for told in found.of("note"))


@pytest.mark.parametrize("content", [
    "id,sepsis,crea,Na\n,,µmol/L,mmol/L\n" + rows(lambda at: f"{at},{at % 2},{80 + at},140"),
    "id,sepsis,crea,crea_unit\n" + rows(lambda at: f"{at},{at % 2},{80 + at},umol/L"),
    "id;sepsis;crea;Einheit;Na;Einheit\n" + rows(lambda at: f"{at};{at % 2};{80 + at};µmol/l;140;mmol/l"),
    "id,sepsis,crea,crea unit\n"
    + rows(lambda at: f"{at},{at % 2},{f'{80 + at},umol/L' if at % 2 else f'{(80 + at) / 88.42:.4f},mg/dL'}"),
    sheets(data=[["id", "sepsis", "crea"], *([at, at % 2, 80 + at] for at in range(1, 41))],
           Units=[["crea", "µmol/L"]]),
])  # fmt: skip
def test_units_that_stand_outside_the_cells_are_converted(tmp_path: Path, content: str | bytes) -> None:
    found = held(tmp_path, content, "t.csv" if isinstance(content, str) else "t.xlsx")
    assert found.of("structure", "cell") == ()
    assert found.table["crea"].tolist() == pytest.approx([(80 + at) / 88.42 for at in range(1, 41)], abs=0.01)
    _, codebook = draft(frame(tmp_path, content, "t.csv" if isinstance(content, str) else "t.xlsx"))
    assert codebook.feature("crea").unit == "umol/L"


def test_a_value_without_a_unit_where_others_have_one_or_with_an_explained_mark_is_no_number(tmp_path: Path) -> None:
    units = {0: "umol/L", 1: "mg/dL", 2: ""}
    content = "id,sepsis,crea,crea_unit\n" + rows(lambda at: f"{at},{at % 2},{at}.5,{units[at % 3]}")
    (told,) = held(tmp_path, content).of("cell")
    assert told.count == 13
    assert "no cohort is made before" in draft(frame(tmp_path, content))[0]
    mark = "id,sepsis,crea\n" + rows(lambda at: f"{at},{at % 2},{at}.5{'*' * (at % 5 == 0)}")
    (told,) = held(tmp_path, f'{mark}\n"* hämolytisch",,\n').of("cell")
    assert told.values[0].endswith("*")
    assert held(tmp_path, mark).of("cell") == ()


def test_units_in_every_cell_are_that_of_the_draft(tmp_path: Path) -> None:
    _, codebook = draft(frame(tmp_path, "id,Harnstoff\n" + rows(lambda at: f"{at},{at}.5 mmol/l")))
    (feature,) = codebook.features
    assert (feature.kind, feature.unit) == ("number", "mmol/L")


def test_units_in_letters_count_beside_the_values_that_they_are_called_by(tmp_path: Path) -> None:
    content = "id,temp,temp_unit\n" + rows(lambda at: f"{at},{'37.5,C' if at % 2 else f'{98 + at % 4}.5,F'}")
    made = frame(tmp_path, content)
    _, codebook = draft(made)
    assert conform(made.table, codebook).table["temp"].tolist()[:2] == [37.5, 38.1]
    dose = "id,crea,crea_unit\n" + rows(lambda at: f"{at},{at}.5,{('mg', 'g')[at % 2]}")
    assert any("'mg' is none that is known" in note for note in frame(tmp_path, dose).notes)
    with pytest.raises(CohortError, match="has numbers of several units"):
        held(tmp_path, dose)


def test_several_units_of_no_column_are_refused(tmp_path: Path) -> None:
    content = "id,crea,age,unit\n" + rows(lambda at: f"{at},{at}.5,{at + 30},{('umol/L', 'mg/dL')[at % 2]}")
    with pytest.raises(CohortError, match="'unit' holds several units"):
        frame(tmp_path, content)
    one = "id,sepsis,crea,unit\n" + rows(lambda at: f"{at},{at % 2},{at + 80},umol/L")
    assert any("holds the unit umol/L" in note for note in frame(tmp_path, one).notes)
    with pytest.raises(CohortError, match="holds the unit umol/L"):
        held(tmp_path, one)
    codebook = parse_codebook(OWN + "left_out: {unit: of no use}\n", "own")
    assert len(frame(tmp_path, content, codebook=codebook).table) == 40


@pytest.mark.parametrize("summary", [
    "Patient,crea\n{}Mittelwert,1.5\nSD,0.5\nn,40\n", "Paciente,crea\n{}Media,1.5\nDE,0.5\nsuma,60\n",
    "환자번호,crea\n{}평균,1.5\n합계,60\n표준편차,1\n",
])  # fmt: skip
def test_rows_that_sum_up_others_are_no_patients(tmp_path: Path, summary: str) -> None:
    made = frame(tmp_path, summary.format(rows(lambda at: f"{at},{at}.5")))
    assert (len(made.table), draft(made)[1].patient) == (40, made.table.columns[0])
    assert "Left out, since they sum up others: rows 42, 43 and 44." in made.notes


def test_a_row_of_a_key_alone_is_no_patient(tmp_path: Path) -> None:
    made = frame(tmp_path, "id,crea\n" + rows(lambda at: f"{at},{at}.5") + "Export vom 5.3.2024,\n")
    assert len(made.table) == 40
    assert "Left out, since they hold nothing but a key: row 42." in made.notes


def test_pressures_in_a_cell_are_two_columns_and_limits_make_no_levels(tmp_path: Path) -> None:
    _, codebook = draft(
        frame(tmp_path, "id,RR\n" + rows(lambda at: f"{at},{110 + at}/{60 + at}" if at % 9 else "1,90"))
    )
    assert [(feature.label, feature.unit) for feature in codebook.features] == [
        ("Systolic blood pressure", "mm[Hg]"), ("Diastolic blood pressure", "mm[Hg]"),
    ]  # fmt: skip
    limits = "id,CRP\n" + rows(lambda at: f"{at},{'<' * (at % 4 == 0)}{at}.5")
    assert draft(frame(tmp_path, limits))[1].features[0].kind == "number"


def test_a_value_a_row_is_a_column_a_test(tmp_path: Path) -> None:
    header = "Fallnummer;Parameter;Material;Ergebnis;Einheit;Abnahmezeit;Alter;Befund"
    content = f"{header}\n" + rows(
        lambda at: (
            f"{at};Kreatinin;Serum;{at},5;mg/dl;0;{at + 30};a{at}\n{at};Kreatinin;Urin;{at + 90},5;mg/dl;0;{at + 30};b"
        )
    )
    made = frame(tmp_path, content)
    assert list(made.table) == [
        "Fallnummer",
        "Abnahmezeit",
        "Alter",
        "Kreatinin, Serum (mg/dl)",
        "Kreatinin, Urin (mg/dl)",
    ]
    assert len(made.table) == 40
    assert any("Not kept, since they are of values: Befund." in note for note in made.notes)


@pytest.mark.parametrize(("content", "told"), [
    ("USUBJID,LBTEST,LBORRES,LBORRESU,LBSTRESN,LBSTRESU\n1,Bilirubin,<0.2,mg/dL,3.4,umol/L\n", {"USUBJID": "1",
     "Bilirubin (umol/L)": "<3.4"}),
    ("id,bili_sign,bilirubin\n1,<,0.2\n", {"id": "1", "bili_sign": "<", "bilirubin": "<0.2"}),
    ("pid,time,test,value,version\n1,8:00,Sodium,119,1\n1,8:00,Sodium,139,2\n", {"pid": "1", "time": "8:00",
     "Sodium": "139"}),
    ("pid,test,value,comment\n1,Sodium,139,\n2,Potassium,7.9,haemolysed\n", {"pid": "1", "Sodium": "139"}),
])  # fmt: skip
def test_what_stands_beside_a_value_counts_as_in_the_import(tmp_path: Path, content: str, told: dict[str, str]) -> None:
    assert frame(tmp_path, content).table.to_dict("records") == [told]


def test_columns_called_by_times_are_times_of_their_tests(tmp_path: Path) -> None:
    header = "patient,test,2024-01-01,2024-01-02\n"
    made = frame(tmp_path, header + rows(lambda at: f"{at},Creatinine,{at}.5,1.1\n{at},Sodium,{at + 130},141"))
    assert list(made.table) == ["patient", "Time", "Creatinine", "Sodium"]
    assert made.table.iloc[0].tolist() == ["1", "2024-01-01", "1.5", "131"]


@pytest.mark.parametrize(("content", "told"), [
    ("test,value\nCreatinine,1.1\nSodium,140\n", "no column says whose it is"),
    ("patient,test,value\n1,Creatinine,1.1\n1,,1.2\n2,Sodium,140\n", "Row 3 has a value without the name of its test"),
    ("itemid,label,fluid\n1,Creatinine,Blood\n2,Sodium,Blood\n", "This is a table of names"),
    ("pid,test,value,result,unit\n1,Sodium,141,,mmol/L\n2,Sodium,,139,mmol/L\n", "could each be the value"),
    ("pid,test,value,unit\n1,Bilirubin (mg/dL),12,µmol/L\n", "says mg/dL, and the units beside"),
    ("pid,test,value,unit\n1,Bilirubin,12 mg/dL,µmol/L\n", "the file says 'mg/dL' and 'µmol/L' of one value"),
    ("id,bilirubin (mg/dL),bilirubin unit\n1,12,µmol/L\n2,10,µmol/L\n", "says mg/dL, and the units beside"),
    ("id,bilirubin (mg/dL),sodium,crp sign\n1,0.2,141,<\n2,1.2,139,\n", "is of a value that nothing names"),
])  # fmt: skip
def test_what_is_no_table_of_patients_is_refused(tmp_path: Path, content: str, told: str) -> None:
    with pytest.raises(CohortError, match=told) as caught:
        frame(tmp_path, content)
    assert "step Map" not in str(caught.value)


def test_which_sheet_or_event_is_meant_is_said_with_an_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two = sheets(Ward=[["id", "crea"], *([at, at / 2] for at in range(1, 41))],
                 ICU=[["id", "crea"], *([at, at * 2] for at in range(1, 41))])  # fmt: skip
    with pytest.raises(CohortError, match=r"Nothing says which.*'Ward', 'ICU'.*--sheet 'Ward'"):
        frame(tmp_path, two, "t.xlsx")
    assert read_frame(str(tmp_path / "t.xlsx"), TableRequest(sheet="ICU")).table["crea"][0] == "2"
    events = "record_id,redcap_event_name,crea\n" + rows(lambda at: f"{at},start_arm_1,{at}.5\n{at},day_7_arm_1,{at}.2")
    (tmp_path / "r.csv").write_text(events)
    infer_it = ["codebook", "infer", str(tmp_path / "r.csv"), "--out", str(tmp_path / "r.yaml")]
    assert main(infer_it) == 1
    assert "--sheet 'start'" in capsys.readouterr().err
    assert main([*infer_it, "--sheet", "day_7"]) == 0
    checked = ["codebook", "check", str(tmp_path / "r.yaml"), "--table", str(tmp_path / "r.csv"), "--sheet", "day_7"]
    assert main(checked) == 0


def test_a_statistics_file_is_read_with_its_labels(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"id": range(1, 41), "sepsis": [at % 2 for at in range(40)], "crea": [at / 2 for at in range(40)]}
    )
    pyreadstat.write_sav(table, tmp_path / "t.sav", variable_value_labels={"sepsis": {0: "Yes", 1: "No"}})
    made = read_frame(str(tmp_path / "t.sav"))
    assert (made.kind, made.table["sepsis"].tolist()[:2]) == ("SPSS file", ["Yes", "No"])


def over_time(folder: Path, header: str, row: Callable[[int], str], patient: str = "id") -> Conformed:
    """A table with a row for each time, in the second column of ``header``, held against a codebook of hours."""
    hours = f"patient: {patient}\nhours: {header.split(',')[1]}\ntimes: {{0: at admission, 6: at 6 h}}\n"
    text = OWN.replace("patient: id\n", hours).replace("loinc: 2160-0, time: admission", "time: day1, counts: highest")
    codebook = parse_codebook(text.replace(f"- {{name: sepsis, label: Sepsis, section: F, {YES_NO}}}\n", ""), "own")
    return conform(frame(folder, f"{header}\n{rows(row)}", codebook=codebook).table, codebook)


@pytest.mark.parametrize(("header", "times"), [
    ("id,hour,crea", ("0", "6")), ("id,minutes,crea", ("0", "360")), ("id,time,crea", ("0 h", "360 min")),
])  # fmt: skip
def test_times_are_hours_by_the_file_s_own_word(tmp_path: Path, header: str, times: tuple[str, str]) -> None:
    found = over_time(tmp_path, header, lambda at: f"{at},{times[0]},{at}.5\n{at},{times[1]},{at}.7")
    assert found.of("structure", "cell") == ()
    assert found.table["crea@6"].tolist()[:2] == [1.7, 2.7]


@pytest.mark.parametrize(("header", "row", "told"), [
    ("id,ICU day,crea", lambda at: f"{at},0,{at}.5\n{at},6,{at}.7", "called one of days"),
    ("id,hour,hadm_id,crea", lambda at: f"{at},0,7{at},{at}.5\n{at},6,8{at},{at}.7", "several stays in 'hadm_id'"),
    ("id,hour,Klinik,crea", lambda at: f"{at},0,A,{at}.5\n{at},6,B,{at}.7", "two values of 'Klinik'"),
])  # fmt: skip
def test_stays_hospitals_and_days_are_never_put_together(
    tmp_path: Path, header: str, row: Callable[[int], str], told: str
) -> None:
    assert [told in misfit.rule for misfit in over_time(tmp_path, header, row).of("structure")] == [True]


def test_values_of_two_units_that_nothing_says_are_refused(tmp_path: Path) -> None:
    content = "id,sepsis,crea\n" + rows(lambda at: f"{at},{at % 2},{at / 20 + 1 if at % 2 else 88 + 4 * at}")
    codebook = parse_codebook(OWN.replace("unit: mg/dL", "unit: mg/dL, confirm: {low: 0.2, high: 15}"), "own")
    (told,) = conform(frame(tmp_path, content).table, codebook).of("structure")
    assert (told.count, "usual in another unit" in told.rule) == (20, True)


def test_what_a_spreadsheet_made_a_date_is_no_number(tmp_path: Path) -> None:
    content = "id,sepsis,crea\n" + rows(lambda at: f"{at},{at % 2},{'02.01' if at % 10 == 0 else at / 20 + 1}")
    (told,) = held(tmp_path, content).of("cell")
    assert (told.count, told.values) == (4, ("02.01",))


def test_patients_are_told_apart_by_what_the_import_takes_for_it(tmp_path: Path) -> None:
    content = "Nº Historia;Prueba;Resultado;Unidades\n"
    content += rows(lambda at: f"{at};Creatinina;1,{at};mg/dL\n{at};Sodio;{130 + at};mmol/L")
    made = frame(tmp_path, content)
    assert (len(made.table), draft(made)[1].patient) == (40, "Nº Historia")
