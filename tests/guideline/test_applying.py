"""What applies: in order, with the facts that each needs, what was replaced apart, and where two bodies differ."""

from datetime import date

import pytest

from creason_core.cohort.loading import load_cohort
from creason_core.evaluation.guideline_answers.posing import pose
from creason_core.evaluation.guideline_answers.question_set import read_question_set
from creason_core.guideline.applying import Answer, Item, what_applies
from creason_core.guideline.consults.options import options_of
from creason_core.guideline.reading import starter_library
from creason_core.guideline.weighing import is_aside
from creason_core.guideline.words import shipped_words
from creason_core.metrics.ranking import recall_at
from tests.guideline.bedside import Values, patient, whole_codebook

BOOK = whole_codebook(starter_library().vocabulary)
ON = date(2026, 11, 29)
NEXT = "Fluids or vasopressor next?"
FEVER: Values = {"age": 60.0, "MAP": 80.0, "septic shock": False}
SHOCK: Values = {"age": 72.0, "sepsis": True, "MAP": 54.0, "lactate": 4.6, "weight": 80.0}


def ask(question: str, values: Values = SHOCK, on: date = ON) -> Answer:
    return what_applies(patient(values, BOOK), BOOK, question, on)


def item(answer: Answer, id_: str) -> Item:
    return next(one for one in (*answer.items, *answer.superseded) if one.recommendation.id == id_)


def listed(answer: Answer) -> tuple[str, ...]:
    return tuple(one.recommendation.id for one in answer.items)


def facts(one: Item) -> dict[str, tuple[str, str]]:
    return {line.found.name: (line.state, line.found.text) for line in one.facts}


def test_a_septic_patient_that_ships_is_told_what_applies_with_values_and_dates() -> None:
    cohort = load_cohort("rhc-sepsis")
    answer = what_applies(cohort.case(cohort.public[0].patient), cohort.codebook, NEXT, ON)
    first = item(answer, "ssc26-norepinephrine")
    assert first.fit == "applies"
    assert facts(first)["MAP"] == ("present", "37 mmHg")
    assert next(line.found.when for line in first.facts if line.found.name == "MAP") == "on day 1"
    assert first.guideline.published == "2026-03-23"
    assert "ssc26-fluid-30ml" in listed(answer)
    assert not any(one.guideline.key == "ssc21" for one in answer.items)
    assert {one.guideline.key for one in answer.superseded} == {"ssc21"}


def test_what_was_replaced_says_by_what() -> None:
    old = item(ask(NEXT), "ssc21-norepinephrine")
    assert (old.status, [one.id for one in old.replaced_by]) == ("superseded", ["ssc26-norepinephrine"])


def test_on_an_earlier_day_the_edition_of_that_day_is_in_force() -> None:
    answer = ask(NEXT, on=date(2024, 6, 1))
    assert {one.guideline.key for one in answer.items} & {"ssc21", "ssc26"} == {"ssc21"}
    assert answer.superseded == ()


@pytest.mark.parametrize(("values", "fit", "state"), [
    ({"MAP": 54.0}, "applies", "present"),
    ({"MAP": 80.0}, "fact missing", "out of range"),  # whether it is a septic shock is not in the record
    ({"MAP": 80.0, "septic shock": False}, "out of range", "out of range"),
    ({"MAP": 80.0, "septic shock": True}, "applies", "present"),
    ({}, "fact missing", "absent"),
])  # fmt: skip
def test_a_fact_is_present_absent_or_out_of_range(values: Values, fit: str, state: str) -> None:
    found = item(
        ask("Which vasopressor first, norepinephrine?", {"age": 70.0, "sepsis": True, **values}), "ssc26-norepinephrine"
    )
    assert (found.fit, facts(found)["MAP"][0]) == (fit, state)


def test_a_missing_weight_is_an_answer() -> None:
    lighter = {name: value for name, value in SHOCK.items() if name != "weight"}
    found = item(ask("30 mL/kg crystalloid in three hours?", lighter), "ssc26-fluid-30ml")
    assert "weight" in found.missing
    assert facts(found)["weight"] == ("absent", "")
    assert "weight" not in item(ask("30 mL/kg crystalloid in three hours?"), "ssc26-fluid-30ml").missing


def test_the_patient_counts_beside_the_question() -> None:
    question = "Which glucose range?"
    septic = ask(question, {"age": 60.0, "sepsis": True, "ischaemic stroke": False})
    stroke = ask(question, {"age": 60.0, "sepsis": False, "ischaemic stroke": True})
    assert item(septic, "ais26-glucose").fit == "other patients"
    assert item(stroke, "ais26-glucose").fit == "applies"
    assert listed(stroke).index("ais26-glucose") < listed(septic).index("ais26-glucose")


def test_two_bodies_that_differ_are_told_with_both_sides() -> None:
    (conflict,) = ask("Neuromuscular blockade in ARDS?").conflicts
    assert set(conflict.sides) == {"ards24-nmba-peep", "ards23-nmba-peep"}
    assert ask("Neuromuscular blockade in ARDS?", on=date(2024, 1, 1)).conflicts == ()  # the second was not yet out


def test_whom_a_recommendation_is_about_is_not_said_to_fit_where_nothing_but_the_age_was_looked_at() -> None:
    assert item(ask("KPC infection, which drug?"), "amr26-kpc").fit == "not checked"
    assert (
        item(ask("Insulin infusion in critically ill adults: which glucose range?"), "glu24-target").fit
        == "not checked"
    )
    assert item(ask("Albumin or crystalloids?"), "ssc26-albumin").fit == "applies"


@pytest.mark.parametrize(("values", "fit"), [
    ({"MAP": 54.0}, "out of range"),
    ({"MAP": 80.0}, "fact missing"),
    ({"MAP": 80.0, "septic shock": True}, "out of range"),
    ({"MAP": 80.0, "septic shock": False}, "applies"),
])  # fmt: skip
def test_without_shock_is_not_said_of_somebody_who_may_be_in_shock(values: Values, fit: str) -> None:
    answer = ask("Antibiotics within an hour in sepsis without shock?", {"age": 60.0, "sepsis": True, **values})
    assert item(answer, "ssc26-abx-sepsis-1h").fit == fit


STROKE: Values = {"age": 70.0, "ischaemic stroke": True, "time from onset": 180.0}
LYSE = "Thrombolysis of a mild stroke, or on waking?"
DAPT, DOAC = (
    "Aspirin plus clopidogrel after a minor stroke?",
    "Anticoagulation after a stroke with atrial fibrillation?",
)


@pytest.mark.parametrize(("question", "id_", "values", "fit"), [
    (LYSE, "ais26-nondisabling", {**STROKE, "NIHSS": 12.0}, "out of range"),
    (LYSE, "ais26-nondisabling", {**STROKE, "NIHSS": 3.0}, "applies"),
    (LYSE, "ais26-wake-up", {**STROKE, "noticed on waking": False}, "out of range"),
    (LYSE, "ais26-wake-up", {**STROKE, "noticed on waking": True}, "applies"),
    (DOAC, "ais26-early-doac", {**STROKE, "atrial fibrillation": False}, "other patients"),
    (DOAC, "ais26-early-doac", {**STROKE, "atrial fibrillation": True}, "applies"),
    (DAPT, "ais26-dapt", {**STROKE, "NIHSS": 2.0, "atrial fibrillation": True}, "out of range"),
    (DAPT, "ais26-dapt", {**STROKE, "NIHSS": 2.0, "atrial fibrillation": False}, "applies"),
    ("Defer antibiotics?", "ssc26-abx-defer", {**FEVER, "sepsis": True}, "out of range"),
    ("Defer antibiotics?", "ssc26-abx-defer", {**FEVER, "sepsis": False}, "applies"),
    ("Defer antibiotics?", "ssc26-abx-defer", FEVER, "fact missing"),
    ("Prehospital antibiotics?", "ssc26-abx-prehospital", {**FEVER, "sepsis": True}, "out of range"),
])  # fmt: skip
def test_what_the_record_rules_out_is_not_said_to_fit(question: str, id_: str, values: Values, fit: str) -> None:
    assert item(ask(question, values), id_).fit == fit


def test_a_recorded_sepsis_without_shock_is_told_the_hour_before_the_three_hours_of_a_possible_one() -> None:
    found = listed(ask("Antibiotics within the hour if not in shock?", {**FEVER, "sepsis": True}))
    assert found[0] == "ssc26-abx-sepsis-1h"


def test_a_draft_is_marked_and_stands_below_what_is_final() -> None:
    answer = ask("Definition of acute kidney injury by creatinine?", {"age": 60.0, "creatinine": 3.0})
    assert item(answer, "kdigo26-draft-definition").status == "draft"
    assert listed(answer).index("kdigo12-definition") < listed(answer).index("kdigo26-draft-definition")


def test_nothing_found_says_so() -> None:
    answer = ask("Which chemotherapy for metastatic cancer after infection?")
    told = "Nothing in the library covers this. It has no word on: chemotherapy, metastatic, cancer."
    assert (answer.items, answer.superseded, answer.nothing) == ((), (), told)
    assert answer.nearest
    fact = ask("How do I treat diabetic ketoacidosis?")  # diabetes is only a fact that something needs
    assert fact.nothing == "Nothing in the library covers this. It has no word on: diabetic, ketoacidosis."


def test_a_question_told_at_length_is_answered() -> None:
    answer = ask(
        "72M with pneumonia, cool mottled legs, 2 litres of saline in the emergency room already, MAP 58, lactate 4.1, "
        "family at the bedside: more fluids or start a vasopressor?"
    )
    assert {"ssc26-map-65", "ssc26-balanced"} <= set(listed(answer))


@pytest.mark.parametrize(("question", "id_"), [
    ("Wie schnell müssen Antibiotika beim septischen Schock gegeben werden?", "ssc26-abx-shock-1h"),
    ("Laktatwert bei Sepsis?", "ssc26-measure-lactate"),
    ("Wie lange in Bauchlage bei ARDS?", "ards23-prone-16h"),
    ("Quand débuter l'épuration extrarénale ?", "kdigo12-rrt-emergent"),
    ("Faut-il donner des corticoides dans le choc septique ?", "ssc26-steroids"),
    ("¿Trombectomia entre 6 y 24 horas del ictus?", "ais26-evt-6-24h"),
    ("¿Cuándo tomar hemocultivos en la sepsis?", "ssc26-blood-cultures"),
    ("Wie behandle ich eine diabetische Ketoazidose?", ""),
    ("Welche Antibiotika bei bakterieller Meningitis?", ""),
    ("Quelle dose d'adrénaline dans l'anaphylaxie ?", ""),
    ("Traitement de l'asthme aigu grave ?", ""),
    ("¿Qué antibiótico en la osteomielitis?", ""),
])  # fmt: skip
def test_a_subject_is_found_in_three_other_languages_and_no_other_is(question: str, id_: str) -> None:
    found = listed(what_applies(None, BOOK, question, ON))
    assert id_ in found[:5] if id_ else not found


def test_of_a_question_that_names_nothing_but_subjects_what_is_about_these_alone_comes_first() -> None:
    case = load_cohort("rhc-sepsis")
    answer = what_applies(case.case(case.public[0].patient), case.codebook, NEXT, ON)
    assert listed(answer)[:2] == ("ssc26-norepinephrine", "ssc26-fluid-30ml")


def test_what_only_classifies_is_no_option_of_a_consult_and_is_still_found() -> None:
    answer = ask("Which antibiotics are in the Access group?")
    assert any(is_aside(one.recommendation) for one in answer.items)
    assert not {one.recommendation for one in options_of(answer, (), ())} & {"aware22-groups", "aware22-drug-groups"}


def test_without_a_case_every_fact_is_absent() -> None:
    answer = what_applies(None, BOOK, NEXT, ON)
    assert answer.items
    assert {line.state for one in answer.items for line in one.facts} == {"absent"}


def test_the_same_question_gives_the_same_answer() -> None:
    assert ask(NEXT) == ask(NEXT)


def test_the_questions_for_tuning_find_what_they_should() -> None:
    every = read_question_set(None, starter_library())
    posed = pose(every, every.part(held_out=False))
    asked = [one.asked for one in posed]
    answers = {one.asked: one.answer for one in posed}
    able = [question for question in asked if question.relevant]
    assert len(every.questions) >= 60
    assert sum(recall_at(listed(answers[one]), one.relevant) for one in able) / len(able) >= 0.9
    assert sum(not answers[one].items for one in able) <= 0.05 * len(able)
    unable = [question for question in asked if not question.relevant]
    assert sum(not answers[one].items for one in unable) >= 0.9 * len(unable)
    for one in asked:
        assert not set(listed(answers[one])) & set(one.old), one.ask
        assert not answers[one].refused, one.ask
    for one in (question for question in asked if question.kind == "conflict"):
        assert any(set(one.relevant) & set(conflict.sides) for conflict in answers[one].conflicts), one.ask


def test_a_word_is_read_without_its_ending_by_its_class_and_by_the_parts_of_its_phrase() -> None:
    words = shipped_words()
    asked = "Managed, stopping; the liver, omeprazole, Plasmalyte and 7.4"
    assert words.asked(asked) == ("liver", "stressulcer", "balanced", "7.4")
    formed = "Shouldn't he have a stomach protector? I've no output of urine, don’t they’re protecting the lungs"
    assert words.asked(formed) == ("stressulcer", "urineoutput", "tidal")
    assert words.asked("Patients who're on a ward") == ("ward",)  # no form of a German "war"
    assert words.indexed("stress ulcer, metoprolol") == "stressulcer metoprolol stress ulcer betablocker"
    assert "antimicrobial" in words.indexed("Antimicro-\nbials at once").split()  # as a page breaks it
    assert words.subjects("avoided in chronic disease") == ("avoided", "chronic", "disease")  # a sentence says them
    assert (words.is_everyday("columns"), words.is_everyday("porphyria")) == (True, False)


@pytest.mark.parametrize(
    "question",
    [NEXT, "Vasopressors or fluids first?", "Flüssigkeit oder Vasopressor?", "¿Líquidos o vasopresores?",
     "Remplissage ou vasopresseur ?", "More fluid vs pressor?"],
)  # fmt: skip
def test_a_choice_between_two_subjects_lists_the_first_steps_of_both_and_none_of_a_later_phase(question: str) -> None:
    for answer in (what_applies(None, BOOK, question, ON), ask(question)):
        first = listed(answer)[:3]
        assert {"ssc26-norepinephrine", "ssc26-fluid-30ml"} <= set(first)
        assert "ssc26-active-fluid-removal" not in listed(answer)[:5]


def test_a_later_phase_stands_first_where_it_is_asked_for() -> None:
    answer = what_applies(None, BOOK, "Vasopressors are off: fluid removal or wait?", ON)
    assert listed(answer)[0] == "ssc26-active-fluid-removal"


def test_two_drugs_of_one_subject_are_no_choice_between_subjects() -> None:
    assert listed(what_applies(None, BOOK, "Tenecteplase or alteplase?", ON))[0] == "ais26-thrombolytic-agent"


@pytest.mark.parametrize(
    ("question", "first", "read"),
    [
        ("Noradrenlin by a vein?", "", "'noradrenlin' was read as 'norepinephrine'."),
        ("Cover psuedomonas with two drugs?", "", "'psuedomonas' was read as 'pseudomonas'."),
        ("Balanced crystaloids or saline?", "ssc26-balanced", "'crystaloids' was read as 'fluid'."),
    ],
)  # fmt: skip
def test_a_slip_of_the_keys_is_read_and_told(question: str, first: str, read: str) -> None:
    answer = what_applies(None, BOOK, question, ON)
    assert read in answer.notices
    assert first in ("", listed(answer)[0])


@pytest.mark.parametrize(
    "word", ["cefotaxime", "prednisone", "hypertension", "hyperkalemia", "clonidine", "nimodipine", "amlodipine"]
)
def test_a_word_that_is_another_drug_or_its_opposite_is_no_slip(word: str) -> None:
    assert shipped_words().misspelt(word, ("ceftazidime", "hypotension", "hypokalemia", "nicardipine")) == ""


def test_a_place_alone_is_nothing_to_answer() -> None:
    assert not what_applies(None, BOOK, "What is the weather on the ward today?", ON).items
    assert "cap19-inpatient-regimen" in listed(
        what_applies(None, BOOK, "What regimen for a ward patient with community pneumonia?", ON)
    )
