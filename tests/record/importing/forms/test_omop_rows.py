"""OMOP's measurements: operators stay with their values, and concepts are spelled where they are known."""

from creason_core.record.importing.reading import read_pasted

HEAD = "person_id,measurement_concept_id,operator_concept_id,value_as_number,unit_concept_id"


def test_operators_units_and_names_are_spelled() -> None:
    table = read_pasted(
        f"{HEAD},measurement_source_value,unit_source_value\n"
        "9,3016723,4171756,0.5,8840,50912,\n9,3019550,4172703,140,8753.0,,mEq/L\n9,1234567,0,7,999999,,\n"
    )
    told = [row.cells[3:] for row in table.rows]
    assert told == [("<0.5", "8840", "50912 (2160-0)", "mg/dL"), ("140", "8753.0", "2951-2", "mEq/L"),
                    ("7", "999999", "concept 1234567", "concept 999999")]  # fmt: skip


def test_columns_that_are_lacking_are_added_and_other_tables_stay() -> None:
    table = read_pasted(f"{HEAD}\n9,3027018,,90,8541\n")
    assert table.columns[-2:] == ("measurement_source_value", "unit_source_value")
    assert table.rows[0].cells[-2:] == ("8867-4", "/min")
    assert read_pasted("a,value_as_number\n1,2\n").columns == ("a", "value_as_number")


def test_an_operator_that_is_not_known_keeps_its_value_from_being_a_number() -> None:
    assert read_pasted(f"{HEAD}\n9,3016723,77,1.2,8840\n").rows[0].cells[3] == "operator 77 1.2"


def test_a_unit_in_words_and_as_a_concept_must_be_one_and_a_strange_concept_keeps_its_name_from_being_taken() -> None:
    table = read_pasted(
        f"{HEAD},measurement_source_value,unit_source_value\n"
        "7,3016723,,12,8749,Creatinine,mg/dL\n8,3016723,,12,8749,Creatinine,µmol/L\n9,3017250,,5,8840,Creatinine,\n"
    )
    assert [problem.number for problem in table.problems] == [2]
    assert [row.cells[-2:] for row in table.rows] == [
        ("Creatinine (2160-0)", "µmol/L"), ("Creatinine (concept 3017250)", "mg/dL")
    ]  # fmt: skip
