"""What a name means: a synonym is taken, what is alike, a part or wider is shown, and another specimen is left out."""

import time
from collections.abc import Iterable

import pytest

from creason_core.record.codebook import Codebook, packaged_codebook, parse_codebook
from creason_core.record.importing.columns.mapping import ColumnMap, TableMapping
from creason_core.record.importing.columns.matching import matches, to_take
from creason_core.record.importing.columns.specimens import fits, specimen, tells_specimens
from creason_core.record.importing.decisions import Decisions
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.importing.review.review import Review, review
from creason_core.record.importing.suggesting import choose_column, headed, suggest

RHC = packaged_codebook("rhc")
SEEN = Decisions(identifiers_seen=True)


def table(columns: str, *rows: str) -> Table:
    cells = [tuple(row.split("|")) for row in rows]
    return Table(tuple(columns.split("|")), tuple(Row(number, row) for number, row in enumerate(cells, start=2)))


def of_patients(mapping: TableMapping) -> TableMapping:
    """``mapping`` with the column "id" said to tell patients apart, as a person says where each row has its own."""
    said = {"id": ColumnMap(column="id", role="patient", why="chosen")}
    return mapping.model_copy(update={"columns": tuple(said.get(item.column, item) for item in mapping.columns)})


def imported(given: Table, codebook: Codebook = RHC, decisions: Decisions = SEEN) -> Review:
    read = headed(given, codebook)
    return review(read, of_patients(suggest(read, codebook)), decisions, codebook, import_id="i")


def stored(found: Review) -> list[dict[str, float | str]]:
    return [{entry.feature: entry.value for entry in entries} for entries in found.drafts.values()]


def suggested(name: str) -> str:
    """The feature that a column may be, as its mapping says; "" where none is taken or suggested."""
    (column,) = suggest(table(name, "1"), RHC).columns
    assert not column.target, f"{name} is taken for {column.target}"
    return column.suggested


@pytest.mark.parametrize(("columns", "rows", "kept"), [
    ("id|PaO2 (mmHg)|Oxygen saturation (%)", ["1|80|97", "2|60|88"], []),
    ("id|Blood|Height|age", ["1|80|172|63"], [{"age": 63.0}]),
    ("id|BUN/Creatinine|age", ["1|15|63"], [{"age": 63.0}]),
    ("id|Prealbumin", ["1|20"], []),
    ("id|PvCO2|age", ["1|50|63"], [{"age": 63.0}]),
    ("subject_id|charttime|label|value|valueuom", [
        "1|2150-01-01 01:00:00|pO2|80|mm Hg", "1|2150-01-01 01:00:00|Oxygen Saturation|97|%"], []),
    ("Time|Parameter|Value", ["00:00|Age|63", "00:00|Height|172.7", "00:10|HR|88"], [{"age": 63.0, "hrt1": 88.0}]),
    ("id|diabetes|age", ["1|0|63", "2|1|70"], [{"age": 63.0}, {"age": 70.0}]),
    ("id|stroke|dialysis|septic shock|pneumonia|died|oliguria|age", ["1|0|0|0|0|1|1|63"], [{"age": 63.0}]),
    ("id|Blood pressure|age", ["1|120|63"], [{"age": 63.0}]),
])  # fmt: skip
def test_a_name_that_is_only_alike_a_part_or_wider_stores_nothing(
    columns: str, rows: list[str], kept: list[dict[str, float | str]]
) -> None:
    assert stored(imported(table(columns, *rows))) == kept


@pytest.mark.parametrize("name", [
    "SaO2", "SpO2 (%)", "SvO2", "PvO2", "venous pH", "pH (venous)", "capillary pCO2", "pH cap.", "PEEP", "EtCO2",
    "Hypochromia", "Transferrin", "Oxygen", "Height (cm)", "Urine creatinine", "Creatinine, urine", "creatinine_urine",
    "Creatinine clearance", "Albumin/creatinine ratio", "Creatinine (ratio)", "creatinine score", "CSF albumin",
    "Albumin months", "Age at onset", "Age (score)", "Delta creatinine", "creatinine target", "creatinine % change",
    "baseline creatinine", "Creatinine POC", "mean heart rate", "max. allowed heart rate", "Heart rate variability",
    "history of sepsis", "SOFA sepsis", "direct bilirubin", "ionised sodium", "Sodium bicarbonate", "Natrium (Urin)",
    "Natrium i.U.",
    "White cell count CSF", "WBC Liquor", "room temperature", "Dry weight", "Birth weight (kg)",
    "Central venous pressure", "WBC %", "Sodium (%)", "heart rate (years)",
    "pulse pressure", "Mean airway pressure", "Temp. difference", "RBC", "MCH", "Hb", "K/Na", "sex hormone", "Death",
    "in-hospital mortality", "90-day mortality", "CAD", "HIV", "AKI", "MI", "tachycardia", "fever", "anemia",
    "oxygenation index", "APACHE II", "code status", "Ca", "CA", "Resp", "RENAL", "dia", "sys", "24h creatinine",
    "venous pulse", "OR Platelets", "blood temp of the fluid", "arterial weight",
])  # fmt: skip
def test_what_another_quantity_is_called_is_never_taken(name: str) -> None:
    suggested(name)


@pytest.mark.parametrize(("name", "target"), [
    ("diabetes", "immunhx"), ("died", "dth30"), ("Blood pressure", "meanbp1"), ("Prealbumin", "alb1"),
    ("oliguria", "urin1"), ("Heart rate alarm high", "hrt1"),
    ("Urine creatinine", ""), ("CSF albumin", ""), ("venous pH", ""), ("Blood", ""),
])  # fmt: skip
def test_what_may_be_meant_is_shown_and_another_specimen_is_not(name: str, target: str) -> None:
    assert suggested(name) == target


def test_a_choice_of_a_checkbox_is_only_a_suggestion() -> None:
    found = suggest(table("record_id|sepsis___1|sepsis___0", "a|1|0", "b|0|1"), RHC)
    assert [(item.target, item.suggested) for item in found.columns[1:]] == [("", "seps"), ("", "seps")]
    own = RHC.feature("seps").model_copy(update={"name": "history___1", "label": "History: sepsis"})
    assert to_take(matches("history___1", RHC.model_copy(update={"features": (own,)})), ["1"]) is not None


def test_a_person_can_choose_what_was_suggested() -> None:
    given = table("id|died|age", "1|yes|63")
    mapping = suggest(given, RHC)
    assert "choose it only if it is the same" in mapping.columns[1].note
    chosen = choose_column(given, "died", "dth30", "point", RHC)
    mapping = mapping.model_copy(update={"columns": (mapping.columns[0], chosen, mapping.columns[2])})
    assert stored(review(given, mapping, SEEN, RHC, import_id="i")) == [{"dth30": "Yes", "age": 63.0}]


@pytest.mark.parametrize(("target", "names"), [
    ("crea1", "Kreatinin|créatinine|creatinina|크레아티닌|Crea|Serum-Kreatinin (µmol/L)|Creatinine (blood)"),
    ("crea1", "Kreatinin i.S.|Creatinine, whole blood|Creat|kreatinine"),
    ("hrt1", "Herzfrequenz|fréquence cardiaque|frecuencia cardíaca|frequenza cardiaca|hartfrequentie|심박수"),
    ("wblc1", "Leukozyten|globules blancs|leucocitos|leucociti|leukocyten|백혈구"),
    ("hrt1", "heartrate|HeartRate|heart_rate"), ("resp1", "respiratoryrate"), ("meanbp1", "meanbp|NBP Mean"),
    ("sod1", "Natrium|sodio|나트륨|Sodium day 1|serum sodium"), ("pot1", "Kalium|potasio|potassio|칼륨"),
    ("temp1", "Körpertemperatur|température|temperatura|lichaamstemperatuur|체온"),
    ("age", "Alter|Alter bei Aufnahme|edad|età|leeftijd|나이"),
    ("sex", "Geschlecht|sexe|sexo|sesso|geslacht|성별|Geschlecht (m/w)|Sex (M/F)"),
    ("meanbp1", "mittlerer arterieller Druck|pression artérielle moyenne|presión arterial media|MAP day 1"),
    ("urin1", "Urinausscheidung|diurèse|소변량|Urine output 24h|Urinmenge 24h"),
    ("platelets", "Thrombozyten|plaquettes|혈소판"),
    ("ph1", "pH arterial|pH (arteriell)|pH"), ("paco21", "pCO2 arteriell|PaCO2|arterial pCO2"),
])  # fmt: skip
def test_a_certain_synonym_is_taken_in_six_languages(target: str, names: str) -> None:
    found = {name: (best.feature.name if (best := matches(name, RHC)[0]).same else "") for name in names.split("|")}
    assert found == dict.fromkeys(found, target)


@pytest.mark.parametrize(("name", "target"), [
    ("Creatinine [Mass/volume] in Serum or Plasma", "crea1"), ("Creatinine [Mass/volume] in Urine", ""),
    ("Sodium [Moles/volume] in Blood", "sod1"), ("Leukocytes [#/volume] in Blood by Automated count", "wblc1"),
    ("Leukocytes [#/volume] in Cerebral spinal fluid", ""), ("pH of Arterial blood", "ph1"), ("pH of Urine", ""),
    ("Oxygen [Partial pressure] in Arterial blood", "pao2"),
    ("Bilirubin.total [Mass/volume] in Serum or Plasma", "bili1"),
    ("Carbon dioxide [Partial pressure] in Venous blood", ""), ("Albumin [Mass/volume] in Serum or Plasma", "alb1"),
    ("Hematocrit [Volume Fraction] of Blood by Automated count", "hema1"),
    ("Bilirubin.direct [Mass/volume] in Serum", ""),
])  # fmt: skip
def test_the_long_names_of_loinc_are_read_with_their_specimen(name: str, target: str) -> None:
    found = matches(name, RHC)
    assert (found[0].feature.name if found and found[0].same else "") == target


def test_a_registrys_own_short_name_counts_with_its_own_codes_only() -> None:
    assert [item.target for item in suggest(table("renal|ca", "1|No"), RHC).columns] == ["", "ca"]
    assert [item.target for item in suggest(table("renal|ca|dnr1", "Yes|9.1|0"), RHC).columns] == ["renal", "", "dnr1"]
    assert [item.target for item in suggest(table("Cancer", "Yes", "No"), RHC).columns] == [""]  # localised? who knows
    assert [item.target for item in suggest(table("Cancer", "Yes", "Metastatic"), RHC).columns] == ["ca"]


SPECIMENS = [
    "1|2150-01-01 01:00:00|Creatinine|Blood|1.1|mg/dL", "1|2150-01-01 02:00:00|Creatinine|Urine|9.8|mg/dL",
    "1|2150-01-01 02:00:00|Sodium|Urine|119|mEq/L", "1|2150-01-01 02:00:00|Sodium|Blood|140|mEq/L",
    "1|2150-01-01 03:00:00|Albumin|Ascites|1.1|g/dL", "1|2150-01-01 03:00:00|Albumin|Blood|3.1|g/dL",
]  # fmt: skip


@pytest.mark.parametrize("column", ["fluid", "specimen", "Sample type", "Material", "taken from"])
def test_values_of_another_specimen_are_left_out_and_said(column: str) -> None:
    found = imported(table(f"subject_id|charttime|label|{column}|value|valueuom", *SPECIMENS))
    assert stored(found) == [{"crea1": 1.1, "sod1": 140.0, "alb1": 3.1}]
    assert found.ready
    left = [(item.row, item.rule, item.remedy) for item in found.items if item.disposition == "left out"]
    assert left[0] == (3, "another specimen", "It is of urine; Creatinine is of blood.")
    assert [row for row, _, _ in left] == [3, 4, 6]


def test_a_specimen_that_is_unknown_or_not_said_beside_others_is_asked_about() -> None:
    columns = "id|label|specimen|value|valueuom"
    found = imported(
        table(columns, "1|pH|art|7.30|", "2|pH|ven|7.22|", "3|pH||7.25|", "4|pH|XK|7.2|", "5|pH|Blood|7.4|")
    )
    assert [(question.asks, question.row) for question in found.questions] == [("rejected", 4)]
    assert "this one does not say. The same holds for 1 further value." in found.questions[0].message
    assert stored(found) == [{"ph1": 7.3}, {"ph1": 7.4}]
    wide = imported(table("id|specimen|sodium|creatinine", "1|Serum|140|1.1", "2|Urine|119|9.8"))
    assert stored(wide) == [{"sod1": 140.0, "crea1": 1.1}]
    alone = imported(table(columns, "1|Sodium|Serum|140|mmol/L", "2|Sodium||141|mmol/L"))
    assert stored(alone) == [{"sod1": 140.0}, {"sod1": 141.0}]


def test_beside_a_name_that_says_arterial_one_that_does_not_is_asked_about() -> None:
    found = imported(
        table("id|label|value|valueuom", "1|PaCO2|40|mmHg", "1|pCO2|52|mmHg", "1|pH arterial|7.4|", "1|pH|7.3|")
    )
    assert stored(found) == [{"paco21": 40.0, "ph1": 7.4}]
    assert stored(imported(table("id|label|value|valueuom", "1|pCO2|52|mmHg", "1|pH|7.3|"))) == [
        {"paco21": 52.0, "ph1": 7.3}
    ]


@pytest.mark.parametrize(("columns", "row", "target"), [
    ("id|pH|sodium", "1|7.3|140", ""), ("id|pH", "1|7.3", ""), ("id|pH|diagnosis", "1|7.3|sepsis", ""),
    ("id|pH|pCO2 (mmHg)", "1|7.3|40", "ph1"), ("id|pH|pO2 (mmHg)", "1|7.3|80", "ph1"), ("id|blood pH", "1|7.3", "ph1"),
    ("id|arterial pH", "1|7.3", "ph1"), ("id|pH|fluid", "1|7.3|blood", "ph1"), ("id|label|value", "1|pH|7.3", ""),
    ("id|label|value|panel", "1|pH|7.3|ABG", "ph1"), ("id|label|value|panel", "1|pH|7.3|Chemistry", ""),
])  # fmt: skip
def test_a_bare_ph_is_of_blood_only_where_something_beside_it_says_so(columns: str, row: str, target: str) -> None:
    mapping = suggest(table(columns, row), RHC)
    said = [(item.target, item.suggested) for item in (mapping.names or mapping.columns)]
    assert [pair for pair in said if "ph1" in pair] == [(target, "" if target else "ph1")]


def test_what_a_ph_is_taken_by_is_shown() -> None:
    found = imported(table("id|pH|pCO2 (mmHg)", "1|7.3|40"))
    (line,) = (line for line in found.understood if line.column == "pH")
    assert line.rule.endswith("Taken for Arterial pH, since 'pCO2 (mmHg)' beside it is of a blood gas.")


@pytest.mark.parametrize("name", ["MAD", "MAD (mmHg)", "PAM", "TAM", "PA media", "TA moy", "MABP", "PAM max"])
def test_wards_short_names_of_the_mean_pressure_are_known(name: str) -> None:
    assert [item.target for item in suggest(table(f"id|{name}", "1|80"), RHC).columns] == ["", "meanbp1"]


def test_a_loinc_code_beside_the_name_outweighs_it() -> None:
    columns = "id|analyte|LOINC code|value|valueuom"
    rows = ["1|Creatinine|2161-8|98|mg/dL", "1|Sodium|2951-2|140|mmol/L", "1|Albumin|61151-7|3.5|g/dL"]
    given = table(columns.replace("LOINC code", "standard"), *rows)
    assert stored(imported(given)) == [{"sod1": 140.0, "alb1": 3.5}]
    (creatinine, *_) = suggest(given, RHC).names
    assert (creatinine.suggested, creatinine.note) == (
        "crea1", "Rows of this name have the LOINC code 2161-8, which is not known to be Creatinine's.",
    )  # fmt: skip


def test_a_feature_of_urine_takes_urine_and_nothing_else() -> None:
    assert [fits(RHC.feature("urin1"), kind) for kind in ("urine", "blood")] == [True, False]
    assert [fits(RHC.feature("ph1"), kind) for kind in ("arterial", "blood", "venous")] == [True, True, False]
    said = "Serum or Plasma|Arterial blood|BLDV|Urin|Liquor|Ascitic Fluid|S|U|Other Body Fluid|Spontanurin|EDTA-Blut|x"
    assert [specimen(text) for text in said.split("|")] == [
        "blood", "arterial", "venous", "urine", "cerebrospinal fluid", "ascites", "blood", "urine", "a body fluid",
        "urine", "blood", "",
    ]  # fmt: skip
    assert not tells_specimens(["S-0017", "S-0018", "S-0019"])


@pytest.mark.parametrize(("column", "mark"), [
    ("status", "cancelled"), ("result status", "entered-in-error"), ("Befundstatus", "storniert"), ("error", "1"),
    ("is_deleted", "True"),
])  # fmt: skip
def test_what_is_marked_as_withdrawn_is_left_out_and_said(column: str, mark: str) -> None:
    kept = {"1": "0", "True": "False"}.get(mark, "final")
    found = imported(
        table(f"id|label|value|unit|{column}", f"1|Sodium|140|mmol/L|{kept}", f"2|Sodium|181|mmol/L|{mark}")
    )
    assert stored(found) == [{"sod1": 140.0}]
    left = [(item.row, item.feature, item.rule) for item in found.items if item.disposition == "left out" and item.row]
    assert left == [(3, "Sodium", f"'{mark}' in '{column}': withdrawn")]


def test_a_column_of_kinds_of_tests_tells_values_of_urine_apart() -> None:
    rows = ["1|URINALYSIS|pH|7.0|", "1|ABG|pH|7.31|", "2|Urine chemistry|Sodium|119|mmol/L", "2|Urine|HR|88|/min"]
    found = imported(table("id|panel|test|value|unit", *rows, "2|Chemistry|Sodium|140|mmol/L"))
    assert stored(found) == [{"ph1": 7.31}, {"sod1": 140.0, "hrt1": 88.0}]
    assert [item.row for item in found.items if item.rule == "another specimen"] == [2, 4]


@pytest.mark.parametrize("sign", ["<", "≤", "GT", "less than"])
def test_a_comparator_in_a_column_of_its_own_belongs_to_its_value(sign: str) -> None:
    found = imported(
        table("id|label|operator|value|unit", f"1|Creatinine|{sign}|0.3|mg/dL", "2|Creatinine|=|1.2|mg/dL")
    )
    assert [(question.asks, question.row) for question in found.questions] == [("rejected", 2)]
    assert "is a limit, not a value" in found.questions[0].message
    assert stored(found) == [{"crea1": 1.2}]


def test_the_vessel_that_a_column_of_body_sites_names_tells_the_specimen() -> None:
    found = imported(
        table("id|label|body_site|value", "1|pCO2|right radial artery|41", "2|pCO2|left antecubital vein|52")
    )
    assert stored(found) == [{"paco21": 41.0}]


def test_synonyms_and_search_words_are_hashed_as_the_one_list_that_they_were() -> None:
    assert RHC.content_hash == "dfaca612d694e9c6fdd5846079e9191f585bf3bcc991427577cf011294ad24f9"
    one = RHC.model_copy(
        update={"features": tuple(f.model_copy(update={"aliases": f.words, "search": ()}) for f in RHC.features)}
    )
    assert parse_codebook(one.model_dump_json(), "as it was kept").content_hash == RHC.content_hash
    assert RHC.feature("immunhx").aliases == ()


def test_a_column_in_a_unit_of_something_else_does_not_hide_the_right_one() -> None:
    assert [item.target for item in suggest(table("Sodium|Sodium (kPa)", "140|3"), RHC).columns] == ["sod1", ""]


def _unlike(count: int) -> Iterable[str]:
    return (f"Analyte {number} of panel {number % 7}" for number in range(count))


@pytest.mark.alone
def test_two_thousand_names_are_matched_within_three_seconds() -> None:
    started = time.process_time()
    for name in _unlike(2000):
        matches(name, RHC)
    assert time.process_time() - started < 3
