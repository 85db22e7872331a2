"""Which values a reply cites: by label, alias or number, the longest name, one chip a feature, each number checked."""

import pytest

from creason_core.cohort.options import Option
from creason_core.question.citing import Citations, Quoted, citations
from creason_core.question.hiding_more import hide_more
from creason_core.question.kinds import task_of
from creason_core.question.masked_value import MultipleChoiceQuestion
from creason_core.record.case import Entry, make_case
from creason_core.record.codebook import Codebook, Feature, Level

YES_NO = (Level(code="0", label="No"), Level(code="1", label="Yes"))
CODEBOOK = Codebook(
    name="ward",
    version=1,
    title="Ward",
    population="adults",
    source="made for tests",
    citation="none",
    sections=("History", "Vitals", "Labs"),
    features=(
        Feature(name="age", label="Age", section="History", kind="integer", time="admission", unit_label="years"),
        Feature(name="ami", label="Myocardial infarction", section="History", kind="binary", time="admission",
                levels=YES_NO, aliases=("MI", "heart attack")),
        Feature(name="map", label="Mean arterial pressure", section="Vitals", kind="number", time="day1",
                unit_label="mmHg", aliases=("MAP", "blood pressure")),
        Feature(name="pf", label="PaO₂/FiO₂ ratio", section="Labs", kind="number", time="day1", unit_label="mmHg",
                aliases=("P/F ratio", "PaO2/FiO2")),
        Feature(name="pao", label="PaO₂", section="Labs", kind="number", time="day1", unit_label="mmHg"),
        Feature(name="temp", label="Temperature", section="Vitals", kind="number", time="day1", decimals=1,
                unit_label="°C", aliases=("temp", "fever")),
        Feature(name="crea", label="Creatinine", section="Labs", kind="number", time="day1", decimals=1,
                unit_label="mg/dL", aliases=("Cr",)),
        Feature(name="lact", label="Lactate", section="Labs", kind="number", time="day1", decimals=1,
                unit_label="mmol/L", aliases=("lactic acid",)),
    ),
)  # fmt: skip
CASE = make_case(
    "p",
    [
        Entry(feature="age", value=72.0),
        Entry(feature="ami", value="1"),
        Entry(feature="map", value=55.0),
        Entry(feature="pf", value=120.0),
        Entry(feature="pao", value=60.0),
        Entry(feature="temp", value=38.5),
        Entry(feature="crea", value=3.1),
        Entry(feature="lact", value=4.2),
    ],
    CODEBOOK,
)
QUESTION = MultipleChoiceQuestion(
    id="q", patient="p", case_hash=CASE.content_hash, codebook=CASE.codebook, codebook_hash=CASE.codebook_hash,
    masked_feature="lact", hidden=(), guard_off=(), seed=0,
    options=tuple(Option(text=f"{value:.1f}", value=value, prior=0.5) for value in (1.0, 4.2)),
    design="stratified", design_version=1, key=1, recorded=4.2,
)  # fmt: skip


def cited(reply: str, question: MultipleChoiceQuestion = QUESTION) -> Citations:
    prompt = "\n".join(one.content for one in task_of(question, CODEBOOK).messages(CASE, (0, 1)))
    return citations(reply, prompt, CASE, question, CODEBOOK)


@pytest.mark.parametrize(
    ("reply", "names"),
    [
        pytest.param("The creatinine is high and the patient has a fever.", "crea temp", id="label and alias"),
        pytest.param("Creatinine 3.1, again Cr, and creatinine.", "crea", id="one chip a feature"),
        pytest.param("PaO2/FiO2 ratio of 120.", "pf", id="the longest name"),
        pytest.param("PaO2 of 60.", "pao", id="the shorter name alone"),
        pytest.param("MAP is low. No map shows the MI.", "map ami", id="capitals tell a short name from a word"),
        pytest.param("I map this to a mi note.", "", id="words that look like short names"),
        pytest.param("A pressure of 55 mmHg is low.", "map", id="by number and unit"),
        pytest.param("A value of 55 is low.", "", id="a bare number names nobody"),
        pytest.param("Lactate of 4.2 mmol/L.", "", id="the value that is asked about is no evidence"),
        pytest.param("Temperatures rage at this stage.", "", id="inside of words"),
        pytest.param("Nothing at all. \\boxed{B}", "", id="nothing"),
    ],
)
def test_the_features_that_a_reply_cites_are_found(reply: str, names: str) -> None:
    assert [one.feature for one in cited(reply).cited] == names.split()


@pytest.mark.parametrize(
    ("reply", "numbers"),
    [
        ("Creatinine: 3.1 mg/dL", [Quoted("3.1", true=True)]),
        ("Creatinine of 5.5 is bad", [Quoted("5.5", true=False)]),
        ("Cr of 5.5 is bad", [Quoted("5.5", true=False)]),
        ("Creatinine of 3 is bad", [Quoted("3", true=False, rounded=True)]),
        ("Creatinine, which is raised to 3.1", [Quoted("3.1", true=True)]),
        ("Creatinine, which should be below 1.2", []),
        ("Creatinine of 3.1 and creatinine of 3.1", [Quoted("3.1", true=True)]),
    ],
)
def test_each_number_is_told_right_or_wrong_beside_what_the_record_shows(reply: str, numbers: list[Quoted]) -> None:
    (one,) = cited(reply).cited
    assert (one.label, one.shown, list(one.numbers)) == ("Creatinine", "3.1 mg/dL", numbers)


def test_numbers_of_nobody_are_told_apart() -> None:
    found = cited("Creatinine is high: above 1.2. In 66 % of similar patients B. \\boxed{B}")
    assert found.others == (Quoted("1.2", true=False),)


def test_what_is_hidden_is_not_cited() -> None:
    hidden = hide_more(QUESTION, ["crea"], CASE, CODEBOOK)
    assert [one.feature for one in cited("Creatinine 3.1 and temp 38.5.", hidden).cited] == ["temp"]


def test_a_name_of_two_features_is_the_one_with_the_label_or_the_only_one_shown() -> None:
    twice = CODEBOOK.model_copy(
        update={
            "features": tuple(
                one.model_copy(update={"aliases": ("gas", "Creatinine")}) if one.name in ("pao", "pf") else one
                for one in CODEBOOK.features
            )
        }
    )
    prompt = "\n".join(one.content for one in task_of(QUESTION, CODEBOOK).messages(CASE, (0, 1)))
    assert [one.feature for one in citations("Creatinine.", prompt, CASE, QUESTION, twice).cited] == ["crea"]
    assert citations("The gas.", prompt, CASE, QUESTION, twice).cited == ()
    without = hide_more(QUESTION, ["pf"], CASE, twice)
    assert [one.feature for one in citations("The gas.", prompt, CASE, without, twice).cited] == ["pao"]
