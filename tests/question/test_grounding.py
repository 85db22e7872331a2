import pytest

from creason_core.question.grounding import NumberCheck, check_numbers

PROMPT = """## Demographics
Age: 71 years
Household income: $11,000–25,000

## Vitals, day 1
Mean arterial pressure: 55 mmHg
Heart rate: 124 /min
Temperature: 38.5 °C

## Labs, day 1
White cell count: 12.30 10⁹/L
Haematocrit: 30 %
Creatinine: [MASK]
Base excess: -5.2 mmol/L
PaO₂/FiO₂ ratio: 120 mmHg
Arterial pH: 7.40
Urine output: 1200 mL/24 h
Not measured: Albumin

What would be the masked value of 'Creatinine' (mg/dL) in section Labs, day 1?
A) 0.70
B) 1.10
C) 3.10"""


@pytest.mark.parametrize(
    ("reply", "quoted", "true"),
    [
        pytest.param("The patient is very ill, so B is likely. \\boxed{B}", 0, 0, id="no number"),
        pytest.param(" Heart rate: 124 /min, very high. Patients like this: C) 3.10. \\boxed{C}", 2, 2, id="rationale"),
        pytest.param("pH is 7.4 and urine output of 1,200 mL/24 h", 2, 2, id="written otherwise"),
        pytest.param("The haematocrit of 0.30 fits; 30% is low.", 2, 2, id="a percentage and its fraction"),
        pytest.param("Base excess −5.2, or (-5.2).", 1, 1, id="negative"),
        pytest.param("A base excess of 5.2 is high.", 1, 0, id="a lost sign"),
        pytest.param("The pressure lies within 55-124.", 2, 2, id="a range is no negative number"),
        pytest.param("An income of $11,000–25,000.", 2, 2, id="thousands"),
        pytest.param("The PaO2/FiO2 ratio of 120 on day 1, IL-6 and CO2 unknown.", 1, 1, id="digits in names"),
        pytest.param("A white cell count of 12.3 10^9/L, 12.3 × 10⁹/L or 12.3 10*9/L.", 1, 1, id="powers"),
        pytest.param("1. Age is 71.\n2) He is hot.\n**3.** Step 4: look at 2 findings.", 1, 1, id="numbering"),
        pytest.param("First, 3 of the 5 findings; the 2nd option.", 0, 0, id="parts of the reply"),
        pytest.param("Option C) 3.10, not A) 0.7 or 1.1.", 3, 3, id="the question's own options"),
        pytest.param("D) 4.20 is likely.", 1, 0, id="an option that is not there"),
        pytest.param("Creatinine of 3.1 is likely, as 1.10 is too low.", 2, 2, id="the masked value may be any"),
        pytest.param("A heart rate of 55 is slow.", 1, 0, id="another label's value"),
        pytest.param("Heart rate of 124. Later the heart rate is 55, as the pressure, 55.", 2, 1, id="true each time"),
        pytest.param("Temperature 38 °C.", 1, 0, id="rounded"),
        pytest.param("The pulse exceeds the pressure by 69.", 1, 0, id="derived"),
        pytest.param("Normal is 0.6 to 1.2 mg/dL.", 2, 0, id="knowledge from elsewhere"),
        pytest.param("124 124 124 and 17 and 17.", 2, 1, id="counted once"),
    ],
)
def test_numbers_of_a_reply_are_looked_up_in_the_record(reply: str, quoted: int, true: int) -> None:
    assert check_numbers(reply, PROMPT) == NumberCheck(quoted, true)


@pytest.mark.parametrize(
    ("reply", "of_patients"),
    [
        ("66 % of similar patients had a high value.", 1),
        ("40 of 60 similar patients and 7/10 cases.", 4),
        ("Among patients like this, 66 % had it.", 1),
        ("That is the 95th percentile, with a median of 82.", 2),
        ("412 training patients.", 1),
    ],
)
def test_statistics_of_other_patients_are_counted_apart(reply: str, of_patients: int) -> None:
    assert check_numbers(reply, PROMPT) == NumberCheck(0, 0, of_patients)


def test_a_value_told_beside_the_word_patient_is_still_of_the_record() -> None:
    reply = "This patient has a haematocrit of 30 %, and a heart rate of 124 in septic patients is common."
    assert check_numbers(reply, PROMPT) == NumberCheck(2, 2)


def test_the_share_of_true_numbers_is_none_where_nothing_is_quoted() -> None:
    assert NumberCheck(0, 0, 3).share is None
    assert NumberCheck(4, 3).share == 0.75


def test_an_endless_reply_is_checked_in_time() -> None:
    assert check_numbers("8 " * 3_000 + "9" * 20_000, PROMPT).true == 0
