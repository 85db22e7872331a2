"""A file of questions is read strictly, and a patient's values as they are written."""

from pathlib import Path

import pytest

from creason_core.errors import EvaluationError
from creason_core.evaluation.guideline_answers.question_set import read_question_set
from creason_core.evaluation.guideline_answers.records import Value, record
from creason_core.evaluation.guideline_answers.replies import read
from creason_core.guideline.facts import find
from creason_core.guideline.reading import starter_library
from creason_core.question.guideline import guideline_question
from creason_core.question.passages import Given
from creason_core.record.units import in_unit

LIBRARY = starter_library()
HEAD = "title: Ours\nday: 2026-11-29\npatients:\n  one: {age: 70 years, MAP: 60 mmHg, sepsis: true}\nquestions:\n"
GOOD = '- {kind: answerable, patient: one, ask: "Which MAP?", relevant: [ssc26-map-65]}\n'


def test_a_file_is_read_with_what_is_kept_for_the_end_apart(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(HEAD + GOOD + '- {kind: refused, patient: one, ask: "Crashing now!", held_out: true}\n')
    found = read_question_set(file, LIBRARY)
    assert [one.kind for one in found.part(held_out=False)] == ["answerable"]
    assert [one.kind for one in found.part(held_out=True)] == ["refused"]
    file.write_text(HEAD + GOOD)
    with pytest.raises(EvaluationError, match="None of the 1 questions is kept for the end"):
        read_question_set(file, LIBRARY).part(held_out=True)


@pytest.mark.parametrize(("changed", "by", "told"), [
    ("ssc26-map-65", "ssc99-map", r"question 1 \('Which MAP\?'\): the library has no recommendation 'ssc99-map'"),
    ("ssc26-map-65", "ssc21-map-65", "ssc21-map-65 is superseded on 2026-11-29, and it must be in force"),
    ("ssc26-map-65]", "ssc26-map-65, ssc26-map-65]", "ssc26-map-65 stands there twice"),
    ("kind: answerable", "kind: unanswerable", "one that is unanswerable has no relevant recommendations"),
    ("kind: answerable", "kind: superseded", "one that is superseded needs the old recommendations"),
    ("kind: answerable", "kind: missing", "one that is missing needs a fact that it lacks"),
    ("2026-11-29", "2026-13-29", "month must be in 1..12"),
    ("kind: answerable", "kind: easy", "questions → 1 → kind: Input should be"),
    ("patient: one", "patient: two", "there is no patient 'two'"),
    ("MAP: 60 mmHg", "MAP: 60", "MAP is given without a unit. Write its unit: mmHg, kPa"),
    ("MAP: 60 mmHg", "MAP: 60 mmol/L", "MAP is given in 'mmol/L', which it does not come in"),
    ("MAP: 60 mmHg", "MAP: low", "a measurement is a number with its unit"),
    ("sepsis: true", "sepsis: 1", "a finding is true or false"),
    ("sepsis: true", "sepsi: true", "'sepsi', which is no fact that a record holds"),
    ("day: 2026-11-29", "day: yesterday", "day: Input should be a valid date"),
    ("title: Ours", "title: Ours\ntitle: Theirs", "the key 'title' comes twice"),
    (GOOD, GOOD + GOOD, "question 2 .* asked of the same patient as question 1"),
    (GOOD, "", "questions: "),
])  # fmt: skip
def test_what_would_make_a_figure_wrong_is_refused(tmp_path: Path, changed: str, by: str, told: str) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text((HEAD + GOOD).replace(changed, by), encoding="utf-8")
    with pytest.raises(EvaluationError, match=told):
        read_question_set(file, LIBRARY)


def test_the_file_that_the_docs_show_is_one(tmp_path: Path) -> None:
    shown = (Path(__file__).parents[3] / "docs" / "guidelines.md").read_text(encoding="utf-8")
    file = tmp_path / "shown.yaml"
    file.write_text(shown.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    assert len(read_question_set(file, LIBRARY).questions) == 3


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"gone\.yaml cannot be read: No such file"):
        read_question_set(tmp_path / "gone.yaml", LIBRARY)


@pytest.mark.parametrize(("fact", "given", "shown", "in_first_unit"), [
    ("pH", 7.15, "7.15", 7.15), ("creatinine", "180 µmol/L", "180 µmol/L", 2.036), ("MAP", "8.0 kPa", "8 kPa", 60.005),
    ("weight", "80 kg", "80 kg", 80.0), ("temperature", "38.65 °C", "38.65 °C", 38.65), ("age", "95 years", None, 90),
])  # fmt: skip
def test_a_value_keeps_its_unit_and_its_decimals(
    fact: str, given: Value, shown: str | None, in_first_unit: float
) -> None:
    case, book = record("one", {fact: given}, LIBRARY.vocabulary)
    found = find(fact, LIBRARY.vocabulary, case, book)
    assert found.state == "present"
    assert shown is None or found.text == shown
    assert found.feature
    assert found.value is not None
    first = record("other", {}, LIBRARY.vocabulary)[1].feature(found.feature.name).unit
    assert in_unit(found.feature, found.value, first) == pytest.approx(in_first_unit, abs=0.001)


def test_every_fact_without_a_value_is_missing_and_has_a_place() -> None:
    case, book = record("one", {}, LIBRARY.vocabulary)
    for name in LIBRARY.vocabulary.by_name:
        found = find(name, LIBRARY.vocabulary, case, book)
        assert (found.state, found.why) == ("absent", "not recorded"), name


PASSAGE = Given(
    id="p", hash="h", text="Initial MAP target is 65 mmHg.", source="S", date="2026", label="", population="adults"
)


@pytest.mark.parametrize(("reply", "declined"), [
    ("Gist: The passages do not answer this question.", True),
    ("I cannot answer this from the sources.", True),
    ("Gist: None of the passages is about migraine.\nWould change this: a headache guideline.", True),
    ("There is not enough information to decide.", True),
    ("Gist: The passages do not cover this.\nOptions to consider:\n- Give 5 mg of morphine.", False),  # and goes on
    ("The initial MAP target is 65 mmHg [MARK]. The passages do not mention fever.", False),
    ("The passages [MARK] do not mention fever.", True),
    ("Write no other source, number in brackets, author or address.", False),  # a prompt that is repeated
    ("There is no additional information provided in the provided explanation.", False),
    ("No passage covers fever, so I have no recommendation.", True),
    ("Guidelines do not recommend it.", False),
    ("Raise the MAP to 65 mmHg.", False),
    ("", False),
])  # fmt: skip
def test_a_reply_declines_where_it_says_so_and_offers_nothing(reply: str, declined: bool) -> None:
    case, book = record("one", {}, LIBRARY.vocabulary)
    asked = guideline_question(case, book, "Which MAP?", (PASSAGE,), on="2026-11-29")
    found = read(asked, reply.replace("MARK", asked.passages[0].mark))
    assert (found.declined, found.empty) == (declined, not reply)
