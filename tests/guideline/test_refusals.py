"""What is refused: emergencies, children, pregnancy, doses without weight and renal function; and what is not."""

from datetime import date

import pytest

from creason_core.errors import GuidelineError
from creason_core.guideline.applying import Answer, what_applies
from creason_core.guideline.lexical import Index
from creason_core.guideline.reading import starter_library
from creason_core.guideline.refusals import gives_dose
from tests.guideline.bedside import Values, patient, whole_codebook

BOOK = whole_codebook(starter_library().vocabulary)
ON = date(2026, 11, 29)
ADULT: Values = {"age": 60.0, "sepsis": True, "weight": 80.0, "creatinine": 1.0, "MAP": 60.0}


def ask(question: str, values: Values = ADULT) -> Answer:
    return what_applies(patient(values, BOOK), BOOK, question, ON)


@pytest.mark.parametrize("question", [
    "She is crashing now, which vasopressor?",
    "CRASHING! fluids?",
    "he is in cardiac arrest, norepinephrine?",
    "peri-arrest, vasopressor?",
    "no pulse, fluids?",
    "patient stopped breathing",
    "code blue in bed 4",
    "she is about to arrest, vasopressor?",
    "BP deteriorating rapidly, norepinephrine?",
    "he has just collapsed and is unresponsive",
    "Patient is coding, what now?",
    "BP 40/20 and dropping fast, what do I give now?",
    "PEA, adrenaline?",
    "we are losing her, which vasopressor?",
    "no heartbeat, norepinephrine?",
    "emergency! septic shock",
    "Help! he is blue and not responding",
    "Herzstillstand, Adrenalin?",
    "arrêt cardiaque, adrénaline ?",
    "paro cardíaco, adrenalina",
])  # fmt: skip
def test_an_emergency_in_words_gets_the_fixed_text(question: str) -> None:
    answer = ask(question)
    assert answer.refused.startswith("This tool is not for emergencies. Use your local protocol")
    assert answer.items == ()


@pytest.mark.parametrize("question", [
    "Fluids in a child with sepsis?",
    "paediatric sepsis, fluids?",
    "Pediatric dose of vancomycin",
    "vasopressor for a 6-year-old",
    "vasopressor for a 7 yo girl",
    "fluids, 15 years old",
    "a 9 month old with septic shock",
    "9 mo with septic shock, fluids?",
    "neonatal sepsis antibiotics",
    "aged 6, septic shock, fluids?",
    "age: 9 months, fluids?",
    "14M with septic shock, fluids?",
    "kid with septic shock",
    "5 y old, vasopressor?",
    "a ten-year-old with sepsis",
    "aged six, septic shock",
    "fluids in under 16s",
    "My patient is fourteen and septic. Fluids?",
    "She is 14 and septic: fluids?",
    "20 Months old with septic shock",
    "Kind mit Sepsis: Flüssigkeit?",
    "6-jähriger mit Sepsis",
    "patient de 9 ans en choc septique",
    "Niño con shock séptico",
    "paciente de 8 meses, sepsis",
])  # fmt: skip
def test_a_child_is_refused(question: str) -> None:
    assert ask(question).refused.startswith("This is about a child")


def test_a_child_in_the_record_is_refused_whatever_is_asked() -> None:
    for age, refused in ((15.9, True), (16.0, False), (18.0, False)):
        assert bool(ask("Fluids or vasopressor next?", {"age": age, "sepsis": True}).refused) == refused


@pytest.mark.parametrize("question", [
    "Antibiotics in a pregnant woman with sepsis?",
    "postpartum sepsis: which antibiotics?",
    "third trimester, norepinephrine?",
    "G2P1 with sepsis",
    "septic shock in labour",
    "chorioamnionitis: which antibiotics?",
    "20/40 with sepsis",
    "two days after caesarean, sepsis: fluids?",
    "Schwangere mit Sepsis: Antibiotika?",
    "Femme enceinte, sepsis",
    "Embarazada con sepsis",
])  # fmt: skip
def test_pregnancy_is_refused(question: str) -> None:
    assert ask(question).refused.startswith("This is about pregnancy")


def test_pregnancy_in_the_record_is_refused() -> None:
    assert ask("Fluids or vasopressor next?", {**ADULT, "pregnancy": True}).refused.startswith(
        "This is about pregnancy"
    )
    assert not ask("Fluids or vasopressor next?", {**ADULT, "pregnancy": False}).refused


@pytest.mark.parametrize("question", [
    "Not pregnant, 72-year-old: fluids or vasopressor?",
    "Antibiotics, non-pregnant adult, urinary source?",
    "Albumin beside crystalloid fluids in Child-Pugh C liver disease?",
    "Vasopressor for a 16-year-old?",
    "Septic shock unresponsive to fluids: which vasopressor?",
    "A collapsing vein, dynamic measures: more fluids in septic shock?",
    "Norepinephrine by a 14F line in septic shock?",
    "Septic shock in a woman aged 72: vasopressor? Pregnancy test negative.",
    "Aged sixty: fluids or vasopressor in septic shock?",
    "A weight of 10 kg lost, more fluids in septic shock?",
    "On prednisolone for 3 mo: hydrocortisone in septic shock?",
    "Vasopressor after cardiac arrest in septic shock?",
    "Is labour-intensive lactate monitoring needed in septic shock?",
    "MAP falling on norepinephrine: add vasopressin?",
    "What kind of fluid?",
    "Kind of fluid to give in septic shock?",
    "She is 64 and septic: fluids?",
    "He is 14 days post-op with septic shock: vasopressor?",
    "Nicht schwanger: fluids or vasopressor in septic shock, norepinephrine first?",
    "Fluids in septic shock, treatment de 3 mois?",
    "65-jährig: fluids or vasopressor in septic shock, norepinephrine first?",
    "Is pulse pressure a measure of fluid response, no pulse pressure variation available?",
])  # fmt: skip
def test_what_only_sounds_like_it_is_answered(question: str) -> None:
    answer = ask(question)
    assert not answer.refused
    assert answer.items


@pytest.mark.parametrize("lacking", [("weight",), ("creatinine",), ("weight", "creatinine")])
def test_a_dose_is_not_shown_without_weight_and_renal_function(lacking: tuple[str, ...]) -> None:
    values = {name: value for name, value in ADULT.items() if name not in lacking}
    answer = ask("Dose of levofloxacin in renal impairment?", values)
    item = next(item for item in answer.items if item.recommendation.id == "renal-levofloxacin")
    names = ["renal function" if name == "creatinine" else name for name in lacking]
    assert item.withheld == f"It names a dose, which is not shown without {' and '.join(names)}."
    assert answer.notices == (f"Doses are not shown without weight and renal function. Missing: {', '.join(names)}.",)


def test_no_way_to_a_statement_leads_round_that() -> None:
    answer = ask("Vancomycin trough?", {"age": 60.0, "creatinine": 1.0})
    (conflict,) = answer.conflicts
    told = [answer.statement(answer.library.by_id[side]) for side in conflict.sides]
    assert told[0] == "It names a dose, which is not shown without weight."
    assert not any("mg/kg" in text for text in told)
    newer = answer.library.by_id["ssc26-steroids"]
    assert answer.statement(newer).startswith("It names a dose")


def test_a_dose_is_shown_with_both() -> None:
    answer = ask("Dose of levofloxacin in renal impairment?")
    assert next(item for item in answer.items if item.recommendation.id == "renal-levofloxacin").withheld == ""
    assert answer.notices == ()


@pytest.mark.parametrize(("statement", "dose"), [
    ("Alteplase 0.9 mg/kg (at most 90 mg).", True),
    ("ceftriaxone 1-2 g plus azithromycin", True),
    ("hydrocortisone 200 mg a day", True),
    ("Glucose at 180 mg/dL or more", False),
    ("a trigger of haemoglobin 70 g/L", False),
    ("AUC/MIC 400-600 mg.h/L", False),
    ("Trough 15-20 mg/L", False),
    ("30 mL/kg of crystalloid", False),
    ("a MAP of 65 mmHg", False),
    ("norepinephrine from 0.05 micrograms/kg/min", True),
    ("fentanyl 50 mcg, then 25 µg/h", True),
    ("levothyroxine 100 microgram", True),
    ("heparin 5,000 IU every 12 h", True),
    ("vasopressin 0.03 units/min", True),
    ("500 milligrams of amikacin", True),
    ("on norepinephrine above 0.5 micrograms/kg/min", False),
    ("a trough of 15 mcg/mL", False),
    ("albumin-to-creatinine ratio of 30 mg/mmol or 300 mg/g", False),
    ("2 units of red cells", False),
    ("insulin 0.1 U/kg/h", True),
    ("2 ampoules of adrenaline", True),
    ("one gram of ceftriaxone", True),
    ("５００ ㎎", True),
    ("500\u200b mg", True),
    ("40 mmol of potassium", True),
    ("5000 IE Heparin", True),
    ("lactate over 2 mmol/L, ALT 40 U/L", False),
    ("four units of packed cells in one group", False),
])  # fmt: skip
def test_an_amount_of_a_drug_is_told_from_a_concentration(statement: str, dose: bool) -> None:
    assert gives_dose(statement) == dose


@pytest.mark.parametrize("question", ["", "   \n"])
def test_an_empty_question_is_told(question: str) -> None:
    with pytest.raises(GuidelineError, match="The question is empty"):
        ask(question)


def test_a_long_question_is_told_with_its_length() -> None:
    with pytest.raises(GuidelineError, match="The question has 5,000 characters, and at most 1,000 are read"):
        ask("fluids " * 714 + "??")


def test_every_word_of_the_longest_question_is_read() -> None:
    rare = " ".join(f"w{number}x" for number in range(180))
    assert len(rare) < 990
    answer = ask(f"{rare} fluids?")
    assert answer.nothing.endswith("w179x.")
    assert answer.nearest


def test_a_sqlite_without_full_text_search_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Without:
        OperationalError = ZeroDivisionError

        def connect(self, *_: object, **__: object) -> "Without":
            return self

        def execute(self, _: str) -> None:
            raise ZeroDivisionError

    monkeypatch.setattr("creason_core.guideline.lexical.sqlite_module", Without)
    with pytest.raises(GuidelineError, match=r"has no full-text search \(FTS5\)\. Install pysqlite3"):
        Index(starter_library())


@pytest.mark.parametrize("question", ["Liquidi o cosa?", "수액 다음 승압제?", "Kiedy katecholaminy?", "???", "🩺"])
def test_another_language_finds_nothing_and_says_that_the_library_is_in_english(question: str) -> None:
    answer = ask(question)
    assert answer.items == ()
    assert "in English" in answer.nothing


@pytest.mark.parametrize("question", ['fluids" OR *', "NEAR(fluids)", "fluids'--", "statement:fluids"])
def test_signs_of_a_search_language_mean_nothing(question: str) -> None:
    assert {item.recommendation.id for item in ask(question).items} & {"ssc26-balanced", "ssc26-fluid-30ml"}
