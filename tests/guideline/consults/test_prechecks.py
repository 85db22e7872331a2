"""The pre-check: on any codebook what is recorded and what is missing, nothing inferred, nothing hidden told."""

from collections.abc import Container

from creason_core.guideline.consults.prechecks import PrecheckedFacts, precheck
from creason_core.record.case import Entry, PatientCase, make_case
from creason_core.record.codebook import Codebook, Feature, Level
from tests.guideline.bedside import codebook, finding, measurement


def chosen(label: str, *levels: str, name: str = "", loinc: str = "") -> Feature:
    return Feature(name=name or label.lower().replace(" ", "_").replace("-", "_"), label=label, section="All",
                   kind="nominal", time="admission", loinc=loinc,
                   levels=tuple(Level(code=level, label=level) for level in levels))  # fmt: skip


WARD = codebook(
    chosen("Penicillin allergy", "No", "Rash", "Anaphylaxis"),
    chosen("Cephalosporin allergy", "No", "Anaphylaxis"),
    measurement("kreatinin", "creatinine", unit="umol/L"),
    measurement("gewicht", "weight"),
    measurement("map", "mean arterial pressure"),
    chosen("Source of infection", "Lung", "Urine", name="focus_of_infection"),
    chosen("Blutkultur", "E. coli", "No growth", loinc="600-7"),
    finding("recent antibiotics", "Recent antibiotics"),
)


def case(values: dict[str, str | float], book: Codebook = WARD) -> PatientCase:
    return make_case("p", [Entry(feature=name, value=value, reason="as told") for name, value in values.items()], book)


def checked(
    values: dict[str, str | float], book: Codebook = WARD, hidden: Container[str] = ()
) -> dict[str, PrecheckedFacts]:  # fmt: skip
    return {one.name: one for one in precheck(case(values, book), book, hidden)}


def said(one: PrecheckedFacts) -> list[tuple[str, str, str]]:
    return [(fact.found.name, fact.state, fact.found.text or fact.found.why) for fact in one.facts]


FULL: dict[str, str | float] = {
    "penicillin_allergy": "No", "cephalosporin_allergy": "Anaphylaxis", "f_kreatinin": 88.0, "f_gewicht": 70.0,
    "f_map": 60.0, "focus_of_infection": "Lung", "blutkultur": "E. coli", "f_recent_antibiotics": "1",
}  # fmt: skip


def test_what_is_recorded_is_shown_with_value_and_time_on_a_codebook_of_another_tongue() -> None:
    found = checked(FULL)
    assert said(found["Renal function"])[0] == ("creatinine", "recorded", "88.0 umol/L")
    assert found["Renal function"].facts[0].found.when == "on day 1"
    assert [one.state for one in found.values()] == [
        "recorded", "recorded", "recorded", "recorded", "recorded", "not in the codebook", "recorded", "recorded",
        "not in the codebook",
    ]  # fmt: skip
    assert ("Blutkultur", "recorded", "E. coli") in said(found["Cultures"])  # by LOINC
    assert ("MAP", "recorded", "60.0 mm[Hg]") in said(found["Shock"])
    assert "yes" not in str(said(found["Shock"])).casefold()  # no verdict is made of it


def test_each_allergy_is_told_also_where_another_is_denied() -> None:
    assert said(checked(FULL)["Allergy"]) == [
        ("Penicillin allergy", "recorded", "No"), ("Cephalosporin allergy", "recorded", "Anaphylaxis")
    ]  # fmt: skip


def test_what_is_missing_names_the_field_and_what_the_codebook_lacks_is_said_to_be_lacking() -> None:
    found = checked({})
    assert [one.label for fact in found["Allergy"].facts for one in fact.fields] == [
        "Penicillin allergy", "Cephalosporin allergy"
    ]  # fmt: skip
    weight = found["Weight"]
    assert (weight.state, [one.name for one in weight.facts[0].fields]) == ("missing", ["f_gewicht"])
    risk = found["Risk of resistance"]
    assert {fact.found.why for fact in risk.facts} == {"this record has no place for it"}
    assert not any(fact.fields for fact in risk.facts)


def test_what_an_open_question_hides_is_not_told_and_cannot_be_added() -> None:
    found = checked(FULL, hidden=frozenset({"f_kreatinin", "penicillin_allergy"}))
    assert said(found["Renal function"])[0] == ("creatinine", "hidden", "hidden by an open question")
    assert said(found["Allergy"])[0] == ("Penicillin allergy", "hidden", "hidden by an open question")
    assert found["Renal function"].state == "hidden"
    assert not found["Renal function"].facts[0].fields


def test_two_values_of_one_measurement_and_an_assumed_normal_are_no_value() -> None:
    book = codebook(measurement("weight", "weight"), measurement("dry", "weight"), measurement("crea", "creatinine"))
    held = make_case(
        "p",
        [Entry(feature="f_weight", value=70.0, reason="x"), Entry(feature="f_dry", value=60.0, reason="x"),
         Entry(feature="f_crea", value=1.0, measured=False, reason="x")],
        book,
    )  # fmt: skip
    found = {one.name: one for one in precheck(held, book)}
    assert found["Weight"].state == "unclear"
    assert "which one holds is not known" in found["Weight"].facts[0].found.why
    assert (found["Renal function"].state, found["Renal function"].facts[0].fields[0].name) == ("missing", "f_crea")
    assert found["Renal function"].facts[0].found.why == "not measured (the registry assumed a normal)"


def test_without_a_case_everything_is_missing() -> None:
    assert {one.state for one in precheck(None, WARD)} == {"missing"}


def test_what_stands_beside_a_check_does_not_make_it_recorded() -> None:
    book = codebook(measurement("crea", "creatinine"), finding("ckd", "Chronic kidney disease"))
    renal = checked({"f_ckd": "1"}, book)["Renal function"]
    assert (renal.state, said(renal)[-1]) == ("missing", ("chronic kidney disease", "recorded", "Yes"))
