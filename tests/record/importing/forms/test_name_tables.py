"""Tables whose tests stand as codes get their names, specimens and units from another table, by a column of codes."""

import pytest

from creason_core.errors import UploadError
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.forms.name_keys import evident, keys
from creason_core.record.importing.forms.name_tables import with_names
from creason_core.record.importing.reading import read_pasted
from creason_core.record.importing.suggesting import headed, suggest
from tests.record.importing.tables import RHC, asked, drafted, reviewed, stored, table

VALUES = table(
    "ROW_ID|SUBJECT_ID|ITEMID|CHARTTIME|VALUENUM|VALUEUOM",
    "9001|10006|50912|2130-03-05 08:00:00|1.4|mg/dL",
    "9002|10006|51082|2130-03-05 08:00:00|88|mg/dL",
    "9003|10006|50983|2130-03-05 08:00:00|140|",
    "9004|10011|50983|2130-03-06 09:30:00|133|mEq/L",
)
NAMES = table(
    "ROW_ID|ITEMID|LABEL|FLUID|CATEGORY|UNITNAME",
    "1|50912|Creatinine|Blood|Chemistry|",
    "2|51082|Creatinine|Urine|Chemistry|mg/dL",
    "3|50983|Sodium|Blood|Chemistry|mEq/L",
)


def joined(values: Table = VALUES, names: Table = NAMES) -> Table:
    key = evident(keys(values, names))
    assert key is not None
    return with_names(values, names, key)


def test_a_table_with_codes_gives_the_values_that_its_names_tell() -> None:
    assert drafted(reviewed(VALUES)) == []
    found = reviewed(joined())
    assert stored(found) == [{"crea1": 1.4, "sod1": 140.0}, {"sod1": 133.0}]  # urine creatinine is another quantity
    assert any("It is of urine" in item.remedy for item in found.items)


def test_a_unit_of_the_table_of_names_stands_where_a_row_has_none() -> None:
    made = joined()
    at = made.columns.index("VALUEUOM")
    assert [row.cells[at] for row in made.rows] == ["mg/dL", "mg/dL", "mEq/L", "mEq/L"]
    assert made.columns[-3:] == ("LABEL", "FLUID", "CATEGORY")
    bare = table("pid|code|result", "1|C|177", "2|C|88")
    units = joined(bare, table("code|test|unit", "C|Creatinine|umol/L", "N|Sodium|mmol/L"))
    assert stored(reviewed(units)) == [{"crea1": pytest.approx(2.002)}, {"crea1": pytest.approx(0.995)}]


def test_codes_that_the_table_of_names_lacks_are_told_with_row_and_code() -> None:
    lacking = table(*("|".join(NAMES.columns), *("|".join(row.cells) for row in NAMES.rows[:2])))
    made = joined(names=lacking)
    assert [(problem.number, problem.message) for problem in made.problems] == [
        (4, "'50983' of 'ITEMID' is not in the table of names (2 rows).")
    ]
    found = reviewed(made)
    assert asked(found) == ["row"]
    assert any(item.row == 4 and item.rule.startswith("name not known") for item in found.items)


def test_a_code_that_stands_twice_is_refused() -> None:
    twice = table("ITEMID|LABEL", "50912|Creatinine", "51082|Creatinine, Urine", "50983|Sodium", "50912|Urea")
    with pytest.raises(UploadError, match=r"'50912' stands twice in the table of names, in rows 2 and 5"):
        joined(names=twice)
    unused = table("ITEMID|LABEL", "50912|Creatinine", "51082|Urea", "50983|Sodium", "7|Urea", "7|Zinc")
    assert joined(names=unused).columns[-1] == "LABEL"


def test_a_key_that_is_not_evident_is_asked() -> None:
    other = table("pid|lab|val", "1|7|1.4", "2|8|140")
    concepts = table("concept_id|concept_name|valid_start_date", "7|Creatinine|1970-01-01", "8|Sodium|1970-01-01")
    found = keys(other, concepts)
    assert evident(found) is None
    assert [(key.column, key.names) for key in found] == [("lab", "concept_id")]
    made = with_names(other, concepts, found[0])
    assert made.columns == ("pid", "lab", "val", "concept_name")  # a day of validity is no time of a value
    assert stored(reviewed(made)) == [{"crea1": 1.4}, {"sod1": 140.0}]
    two = table("pid|code|item|result", "1|7|7|1.4", "2|8|8|140")
    assert evident(keys(two, table("code|item|label", "7|7|Creatinine", "8|8|Sodium"))) is None
    assert keys(other, table("id|name", "70|Creatinine", "80|Sodium")) == ()


ICD = table("icd_code|icd_version|long_title", "E8881|9|Fall on object", "E8881|10|Metabolic syndrome", "4019|9|High",
            "401.0|9|Malignant")  # fmt: skip


def test_a_code_is_one_with_the_version_of_its_list() -> None:
    seen = table("subject_id|seq_num|icd_code|icd_version", "1|1|E8881|10", "1|2|4019|9", "2|1|E8881|9", "2|2|4019|10")
    made = joined(seen, ICD)
    assert made.column("long_title") == ["Metabolic syndrome", "High", "Fall on object", ""]
    assert [problem.message for problem in made.problems] == [
        "'4019' with '10' of 'icd_code' and 'icd_version' is not in the table of names."
    ]
    assert "'icd_code' and 'icd_version' (3 of 4 codes found)" in made.notes[-1]
    once = table("icd_code|icd_version|long_title", "E8881|9|Fall on object", "4019|9|High")  # each code stands once
    assert joined(seen, once).column("long_title") == ["", "High", "Fall on object", ""]


def test_versions_that_are_called_or_written_otherwise_are_asked() -> None:
    seen = table("subject_id|icd_code|ver", "1|E8881|10", "1|4019|9", "2|E8881|9")
    found = keys(seen, ICD)
    assert evident(found) is None
    assert [key.said for key in found] == [
        "'icd_code' and 'ver' with its 'icd_code' and 'icd_version' (3 of 3 codes found)"
    ]
    assert with_names(seen, ICD, found[0]).column("long_title") == ["Metabolic syndrome", "High", "Fall on object"]
    words = table("subject_id|icd_code|icd_version", "1|E8881|ICD-10", "1|4019|ICD-9")
    assert evident(keys(words, ICD)) is None
    with pytest.raises(UploadError, match=r"'E8881' stands twice"):
        with_names(words, ICD, keys(words, ICD)[0])


def test_a_code_of_several_specimens_is_told_apart_by_them() -> None:
    values = table("pid|code|specimen|result", "1|NA|Blood|140", "1|NA|Urine|40", "2|NA|Blood|133")
    names = table("code|specimen|test", "NA|Blood|Sodium", "NA|Urine|Sodium, urine", "K|Blood|Potassium")
    assert joined(values, names).column("test") == ["Sodium", "Sodium, urine", "Sodium"]
    assert stored(reviewed(joined(values, names))) == [{"sod1": 140.0}, {"sod1": 133.0}]


def test_a_spreadsheets_whole_numbers_are_codes_and_a_point_of_a_code_is_none() -> None:
    floats = table("pid|code|result", "1|7.0|1.4", "2|8.0|140")
    assert joined(floats, table("code|test", "7|Creatinine", "8|Sodium")).column("test") == ["Creatinine", "Sodium"]
    codes = table("pid|code|result", "1|401.0|1.4", "2|427|140", "2|250.00|9")
    made = joined(codes, table("code|test", "401|High", "427|Rhythm", "250.00|Sugar"))
    assert made.column("test") == ["", "Rhythm", "Sugar"]  # 401 is not 401.0


def test_numbers_of_tubes_do_not_hide_a_column_of_specimens() -> None:
    values = table("subject_id|specimen_id|itemid|valuenum", "1|881|1|1.4", "1|882|2|90", "2|883|1|1.1")
    names = table("itemid|label|fluid", "1|Creatinine|Blood", "2|Creatinine|Urine")
    made = joined(values, names)
    specimen = suggest(made, RHC).column("specimen")
    assert specimen is not None
    assert specimen.column == "fluid"
    assert drafted(reviewed(made)) == [{"crea1": 1.4}, {"crea1": 1.1}]


@pytest.mark.parametrize(
    "names",
    [
        NAMES,
        table("itemid|label|fluid|category", "1|Creatinine|Blood|Chemistry", "2|Sodium|Blood|Chemistry"),
        table("code|test|loinc", "C1|Creatinine|2160-0", "C2|Sodium|2951-2"),
        table("concept_id|concept_name|valid_start_date", "7|Creatinine|1970-01-01", "8|Sodium|1970-01-01"),
        table("ROW_ID|ICD9_CODE|SHORT_TITLE|VERSION", "174|01166|TB pneumonia|9", "175|01170|TB pneumothorax|9"),
        table("ITEMID|LABEL|LOWNORMALVALUE", "1|Creatinine|0.6", "2|Sodium|135"),
    ],
)
def test_a_table_of_names_is_no_table_of_patients(names: Table) -> None:
    with pytest.raises(UploadError, match="This is a table of names: it says what each"):
        headed(names, RHC)


@pytest.mark.parametrize(
    "text",
    [
        "test,result,unit\ncreatinine,1.4,mg/dL\nsodium,140,mmol/L\n",
        "id,test,result\n1,creatinine,1.4\n2,sodium,140\n",
        "id,test,5 March\n1,creatinine,1.4\n2,sodium,140\n",
        "id,name,creatinine\n1,A,1.4\n2,B,1.1\n",
        "patient id,test,result\n1,creatinine,1.4\n2,sodium,140\n",
        "code,age,sodium\n1,63,140\n2,70,133\n",
    ],
)
def test_other_tables_are_not_taken_for_one(text: str) -> None:
    assert headed(read_pasted(text), RHC).rows
