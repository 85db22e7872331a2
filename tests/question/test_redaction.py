"""A case's name beside a question: every packaged case, and names that a reader gives."""

import pytest

from creason_core.cohort.loading import load_cohort
from creason_core.question.masked_value import build_question
from creason_core.question.redaction import asked_name, name_without
from creason_core.record.case import Entry, make_case
from creason_core.record.codebook import packaged_codebook

COHORT = load_cohort("rhc-sepsis")
FIRST = COHORT.public[0]
TOLD = f"{FIRST.headline}, MAP 37 mmHg, heart rate 54 /min"


def named(label: str, masked: str) -> str:
    """``label`` beside a question about the first packaged patient: a woman of 73, MAP 37, heart rate 54."""
    case = COHORT.case(FIRST.patient)
    return asked_name(label, case, build_question(case, masked, COHORT, seed=0), COHORT.codebook)


@pytest.mark.parametrize(
    ("masked", "name"),
    [
        ("meanbp1", "73-year-old woman, septic, MAP … mmHg, heart rate 54 /min"),
        ("hrt1", "73-year-old woman, septic, MAP 37 mmHg, heart rate … /min"),
        ("crea1", TOLD),
        ("age", "…-year-old woman, septic, MAP … mmHg, heart rate … /min"),
        ("sex", "73-year-old …, septic, MAP … mmHg, heart rate … /min"),
    ],
)
def test_a_packaged_case_is_named_without_what_is_hidden(masked: str, name: str) -> None:
    assert named(TOLD, masked) == name


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Copy of a woman, map: 37", "Copy of a woman, map: …"),
        ("pressure 37 mmHg, then 137 mmHg", "pressure … mmHg, then 137 mmHg"),
        ("Bed 37, day 2", "Bed 37, day 2"),
        ("37.5 mmHg", "37.5 mmHg"),
    ],
)
def test_only_the_value_itself_leaves_a_gap(label: str, name: str) -> None:
    assert named(label, "meanbp1") == name


@pytest.mark.parametrize(
    ("masked", "label", "name"),
    [
        ("sex", "Female, 73 years", "…, 73 years"),
        ("sex", "sex: woman; Females", "sex: …; Females"),
        ("dnr1", "No fever, DNR: no", "No fever, DNR: …"),
    ],
)
def test_a_level_leaves_a_gap_where_it_is_told(masked: str, label: str, name: str) -> None:
    assert name_without(label, COHORT.case(FIRST.patient), [masked], COHORT.codebook) == name


def test_a_person_is_named_by_the_label_of_a_level_whatever_its_code() -> None:
    stroke = packaged_codebook("ist")  # whose table codes the sexes F and M
    case = make_case("p", [Entry(feature="sex", value="F")], stroke)
    assert name_without("woman of bed 4, female", case, ("sex",), stroke) == "… of bed 4, …"
