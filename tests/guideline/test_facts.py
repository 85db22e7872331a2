"""What a record says of a fact: by LOINC and by name, and nothing of two values, a filled normal or a strange unit."""

import pytest

from creason_core.cohort.loading import load_cohort
from creason_core.errors import GuidelineError
from creason_core.guideline.facts import find
from creason_core.guideline.reading import starter_library
from creason_core.record.case import Entry, make_case
from creason_core.record.codebook import Codebook, Feature, packaged_codebook
from tests.guideline.bedside import codebook, finding, measurement, patient

FACTS = starter_library().vocabulary
MAP = measurement("MAP", "mean arterial pressure", "mm[Hg]", 0)


def test_a_measurement_is_found_by_its_code_with_value_unit_and_time() -> None:
    found = find("MAP", FACTS, patient({"MAP": 54.0}, codebook(MAP)), codebook(MAP))
    assert (found.state, found.text, found.when, found.value) == ("present", "54 mm[Hg]", "on day 1", 54.0)


def test_what_is_not_recorded_and_what_has_no_place_are_told_apart() -> None:
    book = codebook(MAP)
    assert find("MAP", FACTS, patient({}, book), book).why == "not recorded"
    assert find("lactate", FACTS, patient({}, book), book).why == "this record has no place for it"
    judged = find("likelihood of infection", FACTS, patient({}, book), book)
    assert (judged.state, judged.judged) == ("absent", True)


def test_a_filled_normal_is_absent() -> None:
    entry = Entry(feature=MAP.name, value=80.0, measured=False)
    found = find("MAP", FACTS, make_case("p", [entry], codebook(MAP)), codebook(MAP))
    assert (found.state, found.value, found.text) == ("absent", None, "")
    assert "not measured" in found.why


def test_of_two_values_none_is_chosen() -> None:
    second = MAP.model_copy(update={"name": "second", "label": "Later pressure"})
    book = codebook(MAP, second)
    case = make_case("p", [Entry(feature=MAP.name, value=54.0), Entry(feature="second", value=80.0)], book)
    found = find("MAP", FACTS, case, book)
    assert (found.state, found.value) == ("unclear", None)
    assert "MAP 54 mm[Hg] and Later pressure 80 mm[Hg]" in found.why
    one = make_case("p", [Entry(feature="second", value=80.0)], book)
    assert find("MAP", FACTS, one, book).value == 80.0


def test_a_value_in_a_unit_that_cannot_be_read_is_told_and_not_used() -> None:
    strange = MAP.model_copy(update={"unit": "mg/dL", "unit_label": "mg/dL"})
    found = find("MAP", FACTS, patient({"MAP": 54.0}, codebook(strange)), codebook(strange))
    assert (found.state, found.value) == ("unclear", None)
    assert "in a unit that cannot be read as mean arterial pressure" in found.why


def test_what_is_known_only_at_the_end_is_not_read() -> None:
    late = MAP.model_copy(update={"time": "outcome"})
    assert find("MAP", FACTS, patient({"MAP": 54.0}, codebook(late)), codebook(late)).state == "absent"


def test_a_finding_says_yes_no_or_nothing() -> None:
    book = codebook(finding("heart failure", "Congestive heart failure"))
    assert find("heart failure", FACTS, patient({"heart failure": True}, book), book).holds is True
    assert find("heart failure", FACTS, patient({"heart failure": False}, book), book).holds is False
    assert find("heart failure", FACTS, patient({}, book), book).holds is None


def test_an_alias_of_a_feature_is_no_finding() -> None:
    sepsis = finding("sepsis", "Sepsis diagnosis").model_copy(update={"aliases": ("septic shock",)})
    book = codebook(sepsis)
    case = patient({"sepsis": True}, book)
    assert find("sepsis", FACTS, case, book).holds is True
    assert find("septic shock", FACTS, case, book).holds is None


@pytest.mark.parametrize(("values", "holds"), [
    ({"seps": "Yes"}, True),
    ({"seps": "No", "cat1": "MOSF w/Sepsis"}, True),
    ({"seps": "No", "cat1": "CHF"}, False),
    ({"cat1": "CHF"}, None),
    ({}, None),
])  # fmt: skip
def test_the_packaged_codebook_tells_sepsis_in_several_places(values: dict[str, str], holds: bool | None) -> None:
    book = packaged_codebook("rhc")
    case = make_case("p", [Entry(feature=name, value=value) for name, value in values.items()], book)
    assert find("sepsis", FACTS, case, book).holds is holds


def test_a_stroke_registry_says_stroke() -> None:
    book = packaged_codebook("ist")
    case = make_case("p", [Entry(feature="stype", value="LACS")], book)
    assert find("ischaemic stroke", FACTS, case, book).holds is True


def test_every_septic_patient_that_ships_is_one_for_the_library() -> None:
    cohort = load_cohort("rhc-sepsis")
    for one in cohort.public:
        assert find("sepsis", FACTS, cohort.case(one.patient), cohort.codebook).holds is True


def test_a_case_of_another_codebook_and_an_unknown_fact_are_refused() -> None:
    book = codebook(MAP)
    with pytest.raises(GuidelineError, match="follows the codebook bedside"):
        find("MAP", FACTS, patient({}, book), packaged_codebook("rhc"))
    with pytest.raises(GuidelineError, match="no patient fact 'shoe size'"):
        find("shoe size", FACTS, patient({}, book), book)


def test_what_an_open_question_hides_is_not_told() -> None:
    book = codebook(MAP, finding("sepsis", "Sepsis"))
    case = patient({"MAP": 54.0, "sepsis": True}, book)
    for name, feature in (("MAP", MAP.name), ("sepsis", "f_sepsis")):
        found = find(name, FACTS, case, book, hidden={feature})
        assert (found.state, found.value, found.holds, found.text) == ("unclear", None, None, "")
        assert found.why == "hidden by an open question"
    assert find("MAP", FACTS, case, book, hidden={"f_sepsis"}).value == 54.0


def over_time(*features: Feature) -> Codebook:
    book = codebook(*features)
    return Codebook.model_validate(book.model_dump() | {"times": {0: "at admission", 6: "at 6 h"}})


def test_of_values_over_time_the_one_that_counts_is_taken_and_told() -> None:
    book = over_time(MAP.model_copy(update={"counts": "lowest"}))
    first, second = Entry(feature=MAP.name, value=54.0, hours=0), Entry(feature=MAP.name, value=80.0, hours=6)
    found = find("MAP", FACTS, make_case("p", [first, second], book), book)
    assert (found.state, found.value, found.text) == ("present", 54.0, "54 mm[Hg]")
    assert found.when == "at admission, the lowest of 2 values"
    alone = find("MAP", FACTS, make_case("p", [second], book), book)
    assert (alone.value, alone.when) == (80.0, "at 6 h")


def test_a_finding_with_a_time_is_found_and_a_mean_has_none() -> None:
    sepsis = finding("sepsis", "Sepsis").model_copy(update={"counts": "last"})
    book = over_time(sepsis, MAP.model_copy(update={"counts": "mean"}))
    entries = [Entry(feature=sepsis.name, value=code, hours=hours) for code, hours in (("1", 0), ("0", 6))]
    entries += [Entry(feature=MAP.name, value=value, hours=hours) for value, hours in ((50.0, 0), (60.0, 6))]
    case = make_case("p", entries, book)
    assert find("sepsis", FACTS, case, book).holds is False
    mean = find("MAP", FACTS, case, book)
    assert (mean.value, mean.when) == (55.0, "the mean of 2 values")


def test_a_sum_without_one_of_its_portions_is_no_value() -> None:
    book = over_time(MAP.model_copy(update={"counts": "sum"}))
    found = find("MAP", FACTS, make_case("p", [Entry(feature=MAP.name, value=54.0, hours=0)], book), book)
    assert (found.state, found.value) == ("unclear", None)
    assert "a portion is missing" in found.why


def test_a_value_hidden_at_one_time_hides_the_fact() -> None:
    book = over_time(MAP.model_copy(update={"counts": "lowest"}))
    case = make_case("p", [Entry(feature=MAP.name, value=54.0, hours=hours) for hours in (0, 6)], book)
    for hidden in ({MAP.name}, {f"{MAP.name}@6"}):
        assert find("MAP", FACTS, case, book, hidden=hidden).why == "hidden by an open question"
    assert find("MAP", FACTS, case, book, hidden={f"{MAP.name}@12"}).value == 54.0
