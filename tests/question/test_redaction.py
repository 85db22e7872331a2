"""A case's name beside a question: every packaged case, and names that a reader gives."""

import pytest

from creason_core.cohort.loading import load_cohort
from creason_core.question.masked_value import build_question
from creason_core.question.redaction import asked_name, name_without
from creason_core.record.case import Entry, make_case
from creason_core.record.codebook import packaged_codebook, parse_codebook

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
        ("MAP of 37, sent home", "MAP of …, sent home"),
        ("MAP was only 37", "MAP was only …"),
        ("MAP dropped to 37, bed 37", "MAP dropped to …, bed 37"),
        ("MAP (mmHg) ca. 37", "MAP (mmHg) ca. …"),
        ("37 (MAP)", "… (MAP)"),
        ("MAP_３７", "MAP_…"),
        ("Septisch, MAD 37", "Septisch, MAD …"),
        ("PAM: 4,93 kPa", "PAM: … kPa"),
        ("MAP37", "MAP…"),
        ("MAP = 37.0", "MAP = …"),
        ("MAP 37,0", "MAP …"),
        ("37mmhg", "…mmhg"),
        ("37 mm Hg on arrival", "… mm Hg on arrival"),
        ("MAP 37,5; MAP 137; MAP 3.7; MAP 370", "MAP 37,5; MAP 137; MAP 3.7; MAP 370"),
        ("Bed 37, day 2", "Bed 37, day 2"),
        ("37.5 mmHg", "37.5 mmHg"),
    ],
)
def test_only_the_value_itself_leaves_a_gap(label: str, name: str) -> None:
    assert named(label, "meanbp1") == name


OF_73 = (
    "73F", "73 yo", "73-year-old", "aged 73", "73 y/o", "73 years", "Age: 73", "73-jährige", "73 Jahre", "73 ans",
    "73 años", "73 лет", "73岁", "73세", "woman of 73", "femme de 73", "woman (73)", "F73", "73, female", "F, 73",
)  # fmt: skip


@pytest.mark.parametrize("label", OF_73)
def test_an_age_is_found_as_people_write_it(label: str) -> None:
    told = name_without(f"{label}, bed 73", COHORT.case(FIRST.patient), ["age"], COHORT.codebook)
    assert told == f"{label.replace('73', '…')}, bed 73"


@pytest.mark.parametrize(
    ("value", "label", "name"),
    [
        (1234.5, "rate 1,234.5 /min", "rate … /min"),
        (1234.5, "rate 1 234,50/min", "rate …/min"),
        (12.0, "12 bpm, 12.0 bpm, 112 bpm", "… bpm, … bpm, 112 bpm"),
        (-3.0, "Made up −3", "Made up …"),
        (39.6, "febrile (39.6), bed 39", "febrile (…), bed 39"),
        (4.8, "at 4,80 or 4·8; 14.8, 4.81", "at … or …; 14.8, 4.81"),
        (48.0, "48 beats, 48 per minute, room 48", "… beats, … per minute, room 48"),
    ],
)
def test_a_number_is_found_by_its_comma_its_thousands_its_zeros_and_its_sign(
    value: float, label: str, name: str
) -> None:
    book = parse_codebook(
        "name: made\nversion: 1\ntitle: M\npopulation: p\nsource: s\ncitation: c\nsections: [All]\nfeatures:\n"
        "- {name: x, label: Made up, section: All, time: day1, kind: number, decimals: 1, "
        "unit: /min, unit_label: /min}\n",
        "made",
    )
    case = make_case("p", [Entry(feature="x", value=value)], book)
    assert name_without(label, case, ["x"], book) == name


@pytest.mark.parametrize(
    ("masked", "label", "name"),
    [
        ("sex", "Female, 73 years", "…, 73 years"),
        ("sex", "sex: woman; Females", "sex: …; Females"),
        ("dnr1", "No fever, DNR: no", "No fever, DNR: …"),
        ("sex", "73F, septic", "73…, septic"),
        ("sex", "F/73: she was septic", "…/73: … was septic"),
        ("sex", "Mujer de 73, Frau, ♀", "… de 73, …, …"),
        ("cat1", "MOSF w/Sepsis, first ARF", "MOSF w/Sepsis, first …"),
    ],
)
def test_a_level_leaves_a_gap_where_it_is_told(masked: str, label: str, name: str) -> None:
    assert name_without(label, COHORT.case(FIRST.patient), [masked], COHORT.codebook) == name


def test_a_person_is_named_by_the_label_of_a_level_whatever_its_code() -> None:
    stroke = packaged_codebook("ist")  # whose table codes the sexes F and M
    case = make_case("p", [Entry(feature="sex", value="F")], stroke)
    assert name_without("woman of bed 4, female", case, ("sex",), stroke) == "… of bed 4, …"
