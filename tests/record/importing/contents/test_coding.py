"""Codes, decimal signs and codes for missing: read from the whole column, asked for once, applied everywhere."""

import pytest

from creason_core.record.codebook import packaged_codebook
from creason_core.record.importing.cells.level_codes import read_levels
from creason_core.record.importing.contents.coding import code_answered
from creason_core.record.importing.contents.decimals import column_decimal
from creason_core.record.importing.contents.missing_codes import missing_codes
from creason_core.record.importing.decisions import CodeMeaning, Decisions
from creason_core.record.importing.reading import read_table
from creason_core.record.importing.review.review import Review, review
from creason_core.record.importing.suggesting import headed, suggest
from tests.record.importing.known_truth import imported, silently_wrong, written

RHC = packaged_codebook("rhc")


def reviewed(text: str, *said: tuple[str, str, str], name: str = "a.csv", encoding: str = "utf-8") -> Review:
    codes: tuple[CodeMeaning, ...] = ()
    for column, code, means in said:
        codes = code_answered(codes, column, code, means)
    table = headed(read_table(text.encode(encoding), name), RHC)
    decisions = Decisions(codes=codes, units_confirmed=True, identifiers_seen=True)
    return review(table, suggest(table, RHC), decisions, RHC, import_id="i")


def stored(found: Review, feature: str) -> list[float | str | None]:
    return [next((e.value for e in entries if e.feature == feature), None) for entries in found.drafts.values()]


def asked(found: Review) -> list[tuple[str, list[str]]]:
    return [(question.asks, [code.code for code in question.codes]) for question in found.questions]


def test_one_and_two_are_asked_about_once_and_the_answer_holds_for_the_whole_column() -> None:
    text = "id,Sepsis\n1,1\n2,2\n3,1\n"
    found = reviewed(text)
    assert asked(found) == [("codes", ["1", "2"])]
    assert found.drafts == {}
    found = reviewed(text, ("Sepsis", "1", "No"))  # of two codes for two levels the other follows
    assert found.ready
    assert stored(found, "seps") == ["No", "Yes", "No"]


@pytest.mark.parametrize(("cells", "meanings"), [
    ("1 0", {"1": "Yes", "0": "No"}), ("1.0 0.0", {"1": "Yes", "0": "No"}), ("Y N", {"y": "Yes", "n": "No"}),
    ("+ -", {"+": "Yes", "-": "No"}), ("Yes No -", {"yes": "Yes", "no": "No", "-": ""}),
    ("+ − NA", {"+": "Yes", "-": "No", "na": ""}), ("있음 없음", {"있음": "Yes", "없음": "No"}),
    ("Checked Unchecked", {"checked": "Yes", "unchecked": "No"}), ("ja nein", {"ja": "Yes", "nein": "No"}),
    ("J N unknown", {"j": "Yes", "n": "No", "unknown": ""}), ("true false", {"true": "Yes", "false": "No"}),
    ("1=Yes 0=No", {"1=yes": "Yes", "0=no": "No"}), ("Yes(1) No(2)", {"yes(1)": "Yes", "no(2)": "No"}),
])  # fmt: skip
def test_codes_with_one_reading_are_read(cells: str, meanings: dict[str, str]) -> None:
    found = read_levels(dict.fromkeys(cells.split(), 1), RHC.feature("seps"), {})
    assert (found.meanings, found.asked) == (meanings, {})


@pytest.mark.parametrize(("feature", "cells", "open_"), [
    ("seps", "1 2", "1 2"), ("seps", "0 1 2", "0 1 2"), ("seps", "1", "1"), ("seps", "0 1 9", "9"),
    ("seps", "1 2 9", "1 2 9"), ("seps", "Yes -", "-"), ("seps", "Yes No U", "u"), ("seps", "calm wild", "calm wild"),
    ("sex", "0 1", "0 1"), ("sex", "1 2", "1 2"), ("sex", "M H", "m h"), ("sex", "V M", "v m"), ("sex", "F M U", "u"),
    ("sex", "K M", "k m"), ("ca", "0 1 2", "0 1 2"),
])  # fmt: skip
def test_codes_with_more_than_one_reading_are_asked_for(feature: str, cells: str, open_: str) -> None:
    found = read_levels(dict.fromkeys(cells.split(), 1), RHC.feature(feature), {})
    assert set(found.asked) == set(open_.split())
    assert not found.meanings.keys() & found.asked.keys()


@pytest.mark.parametrize(("name", "cells", "open_"), [
    ("Sexo", "M M", ["m"]), ("sexo", "M", ["m"]), ("Sexo", "M F", []),
    ("Sexo", "M Masculino", []), ("Sex", "M M", []), ("Geschlecht", "M", []),
])  # fmt: skip
def test_m_alone_may_be_mujer_where_the_column_has_a_spanish_name(name: str, cells: str, open_: list[str]) -> None:
    text = "".join(f"p{at},{cell}\n" for at, cell in enumerate(cells.split()))
    assert asked(reviewed(f"id,{name}\n{text}")) == ([("codes", open_)] if open_ else [])


def test_a_column_of_1_alone_may_be_of_1_and_2() -> None:
    assert asked(reviewed("id,Sepsis,DNR\n1,1,0\n2,,1\n")) == [("codes", ["1"])]


def test_codes_of_a_long_table_are_read_by_their_name() -> None:
    found = reviewed("patient,test,value\na,Sepsis,1\nb,Sepsis,2\na,Sodium,1\n")
    assert ("codes", ["1", "2"]) in asked(found)


@pytest.mark.parametrize(("cells", "table", "sign"), [
    (["0,900", "1,100"], None, "comma"), (["0.125", "1.375"], "comma", "point"), (["1,100", "1,250"], None, None),
    (["1.125", "1.375"], "comma", None), (["1,100", "1,250"], "point", None), (["1.125"], "point", "point"),
    (["850", "1,200"], "point", "point"), (["850", "1,200"], None, "point"), (["1,234,567", "1,200"], None, "point"),
    (["1.234,5", "1.234"], None, "comma"), (["1,1", "0.125", "1.375"], None, None), (["1234,567"], None, "comma"),
    (["< 0,5", "3,5 H"], None, "comma"), (["140", ""], None, "point"),
])  # fmt: skip
def test_the_decimal_sign_is_told_by_numbers_with_one_reading(
    cells: list[str], table: str | None, sign: str | None
) -> None:
    assert column_decimal(cells, table) == sign  # type: ignore[arg-type]


def test_a_leading_zero_a_semicolon_and_each_column_decide_the_decimal_sign() -> None:
    found = reviewed("id;Creatinine (mg/dL);age\n1;0,900;63\n2;1,100;70\n")
    assert found.ready
    assert stored(found, "crea1") == [0.9, 1.1]
    assert stored(reviewed("id;Creatinine (mg/dL)\n1;1,100\n2;1,250\n"), "crea1") == [1.1, 1.25]
    found = reviewed("id;Kreatinin (mg/dl);Bilirubin (mg/dl)\n1;1,1;0.125\n2;1,2;0.250\n3;2,1;1.375\n")
    assert stored(found, "bili1") == [0.125, 0.25, 1.375]


def test_numbers_with_two_readings_are_asked_about_and_tell_no_unit() -> None:
    text = "id\tCreatinine\n1\t1,100\n2\t1,250\n"
    found = reviewed(text, name="a.tsv")
    assert [(q.asks, q.codes[0].options) for q in found.questions] == [
        ("decimal sign", (("point", "1,100 is 1100"), ("comma", "1,100 is 1.100")))
    ]
    assert found.drafts == {}
    assert stored(reviewed(text, ("Creatinine", "", "comma"), name="a.tsv"), "crea1") == [1.1, 1.25]


def test_the_sign_said_of_one_column_holds_for_others_that_are_written_alike() -> None:
    text = "id\tCreatinine (mg/dL)\tPotassium\n1\t1,100\t4,125\n2\t1,250\t3,875\n"
    assert [question.asks for question in reviewed(text, name="a.tsv").questions] == ["decimal sign", "decimal sign"]
    found = reviewed(text, ("Potassium", "", "comma"), name="a.tsv")
    assert found.ready
    assert (stored(found, "crea1"), stored(found, "pot1")) == ([1.1, 1.25], [4.125, 3.875])


@pytest.mark.parametrize(("values", "codes"), [
    ([7.2, 7.3, 7.25, 7.4, -1, -1], [-1]), ([*range(20, 80), 999], [999]), ([*range(20, 80), *[99] * 9], [99]),
    ([*range(91, 150), 0, 0], [0]), ([1.1, 1.5, 2.2, 5.0, 9999], [9999]), ([0, 1, 2, 3, 3, 9, 9], [9]),
    ([1, 2, 1, 2, -9, 99], [-9, 99]), ([*range(-9, 10), -99], [-99]), ([*range(100, 140), *[5555] * 9], [5555]),
    ([0, 1, 0, 1, -9], [-9]), ([140, -99], [-99]), ([7, 999], [999]), ([0, 1, 0, 1, 9, 9], [9]),
    ([0.5, 0.8, 1.2, 888, 999], [888, 999]), ([*range(300, 4000, 37), *[999] * 6], [999]),
])  # fmt: skip
def test_numbers_for_missing_stand_out(values: list[float], codes: list[float]) -> None:
    assert list(missing_codes({value: values.count(value) for value in values})) == codes


@pytest.mark.parametrize("values", [
    [*range(40, 160)], [80, 85, 99], [0, 1, 2, 3, 4, 5], [*range(11)], [3, 5, 8, 9, 12, *[15] * 9], [*range(-9, 10)],
    [0.21, 0.4, 0.5, *[1.0] * 20], [*range(20, 98), 99], [0, 0.1, 0.2, 0.4, 0.9, 2.5, 9], [0, 1, 0, 1], [63],
])  # fmt: skip
def test_values_that_go_on_from_others_are_no_codes(values: list[float]) -> None:
    assert missing_codes({value: values.count(value) for value in values}) == ()


def test_a_code_for_missing_is_asked_about_once_and_then_left_out_or_checked_like_any_value() -> None:
    rows = "".join(f"{n},{value}\n" for n, value in enumerate([7.2, 7.3, 7.31, 7.4, -1, -1]))
    assert asked(reviewed(f"id,arterial pH\n{rows}")) == [("missing codes", ["-1"])]
    found = reviewed(f"id,arterial pH\n{rows}", ("arterial pH", "-1", ""))
    assert found.ready
    assert stored(found, "ph1") == [7.2, 7.3, 7.31, 7.4]
    found = reviewed(f"id,arterial pH\n{rows}", ("arterial pH", "-1", "="))
    assert [question.asks for question in found.questions] == ["rejected", "rejected"]


def test_a_code_said_of_one_column_holds_for_others_in_which_it_stands_out() -> None:
    text = "id,arterial pH,Albumin (g/dL),Heart rate\na,7.3,-1,9\nb,-1,3.1,80\nc,7.4,2.9,90\nd,7.35,3.3,85\n"
    assert asked(reviewed(text)) == [("missing codes", ["-1"]), ("confirm", [])]
    assert reviewed(text).questions[0].columns == ("arterial pH", "Albumin (g/dL)")
    found = reviewed(text, ("arterial pH", "-1", ""))
    assert asked(found) == [("confirm", [])]
    assert [stored(found, name) for name in ("ph1", "alb1")] == [[7.3, None, 7.4, 7.35], [None, 3.1, 2.9, 3.3]]
    found = reviewed(text, ("arterial pH", "-1", ""), ("Albumin (g/dL)", "-1", "="))
    assert [question.asks for question in found.questions] == ["rejected", "confirm"]


@pytest.mark.parametrize(("name", "cells", "code"), [
    ("Creatinine (µmol/L)", "88 120 150 999", "999"), ("WBC (/µL)", "8400 12100 15000 999", "999"),
    ("Creatinine", "88_µmol/L 120_µmol/L 999", "999"), ("WBC (10^9/L)", "8 12 15 99", "99"),
    ("urine output (mL/d)", "1200 800 2100 1500 999", "999"), ("age", "45 60 50 99", "99"),
])  # fmt: skip
def test_a_code_for_missing_that_could_be_a_value_in_the_unit_of_its_column_is_asked_about(
    name: str, cells: str, code: str
) -> None:
    rows = "".join(f"{n},{cell.replace('_', ' ')}\n" for n, cell in enumerate(cells.split()))
    assert ("missing codes", [code]) in asked(reviewed(f"id,{name}\n{rows}"))


@pytest.mark.parametrize(("name", "cells"), [
    ("heart rate", [60, 62, 58, 99]), ("urine output (mL/d)", [*range(300, 2300, 19), 999]), ("age", [63, 72, 88, 91]),
    ("weight (kg)", [70, 81.5, 99.9]), ("temperature (°F)", [97.9, 98.6, 100.4, 99.9]),
])  # fmt: skip
def test_ordinary_values_that_look_like_codes_are_not_asked_about(name: str, cells: list[float]) -> None:
    rows = "".join(f"{n},{cell}\n" for n, cell in enumerate(cells))
    assert asked(reviewed(f"id,{name}\n{rows}")) == []


def test_a_code_alone_tells_no_unit() -> None:
    assert ("missing codes", ["999"]) in asked(reviewed("id,age\n1,999\n"))  # not 83 years, as 999 months


def test_flags_are_left_off_ages_over_89_kept_as_90_and_no_age_over_120() -> None:
    text = "age,Potassium\n> 89,4.1 HH\n90+,* 3.1\n≥90,5.0 crit\n45,H 6.2\n130,4\n"
    found = reviewed(text)
    assert stored(found, "pot1") == [4.1, 3.1, 5.0, 6.2, 4.0]
    assert stored(found, "age") == [90.0, 90.0, 90.0, 45.0, None]
    assert [question.asks for question in found.questions] == ["patients", "rejected"]


def test_what_is_stored_is_the_truth_or_was_asked() -> None:
    tables = [written(seed) for seed in range(40)]
    assert [wrong for made in tables for wrong in silently_wrong(made, imported(made.table))] == []


@pytest.mark.parametrize("text", ["1.2 L", "1.2L", "1.2 l"])
def test_litres_of_a_volume_are_no_flag(text: str) -> None:
    found = reviewed(f"id,urine output,potassium\n1,{text},3.1 L\n")
    assert [question.asks for question in found.questions] == ["rejected"]  # a volume without its hours
    assert (stored(found, "urin1"), stored(found, "pot1")) == ([None], [3.1])
