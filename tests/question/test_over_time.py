"""A made cohort over time, from its table to questions: what is masked, hidden, shown in order, stored and exported."""

import json
from collections.abc import Iterator

import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.leakage.fitting import fit_guard
from creason_core.cohort.leakage.guard import GuardDesign
from creason_core.cohort.options import Design
from creason_core.errors import ModelError, QuestionError
from creason_core.evaluation.baselines.compute import visible_features
from creason_core.evaluation.baselines.engine import read_prompt
from creason_core.question.answer import parse_answer
from creason_core.question.kinds import Question, read_question, task_of
from creason_core.question.masked_value import build_estimate, build_question, maskable
from creason_core.question.redaction import asked_name
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.table import read_questions
from creason_core.record.case import Entry, PatientCase, make_case
from creason_core.store.exporting.export import export
from creason_core.store.patients.cases import save_version
from creason_core.store.patients.codebooks import Codebooks
from creason_core.store.runs.live_rows import Ending, RunProgress, finish
from creason_core.store.runs.run_rows import runs_of
from creason_core.store.sql.transactions import Database
from tests.cohort.longitudinal import OVER_TIME, made, rows
from tests.store.conftest import sqlite_db
from tests.store.examples import USER, queued_group, running_process

__all__ = ["sqlite_db"]


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    return made(tmp_path_factory.mktemp("course") / "course")


@pytest.fixture(scope="module")
def whole(cohort: Cohort) -> PatientCase:
    """A test patient with every value."""
    cases = (cohort.case(patient) for patient in cohort.split["test"])
    return next(case for case in cases if len(case.entries) == 2 + 3 * len(OVER_TIME))


def record(case: PatientCase, question: Question, cohort: Cohort) -> str:
    task = task_of(question, cohort.codebook)
    return task.messages(case, task.order(0))[1].content


def lines(case: PatientCase, question: Question, cohort: Cohort) -> dict[str, str]:
    text = record(case, question, cohort).split("\n\n")[0]
    return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)


def test_a_patients_case_has_its_values_at_their_times(cohort: Cohort) -> None:
    source = rows()
    patient = cohort.table.index[0]
    for name in OVER_TIME:
        told = source[(source["id"] == "p0") & (source[name] != "")]
        entries = cohort.case(patient).of(name)
        shown = [cohort.codebook.feature(name).text(entry.value) for entry in entries]
        assert [str(int(entry.hours or 0)) for entry in entries] == told["hour"].tolist()
        assert shown == (told[name].map({"0": "No", "1": "Yes"}) if name == "ventilated" else told[name]).tolist()


def test_values_are_shown_in_order_with_their_times(cohort: Cohort, whole: PatientCase) -> None:
    shown = lines(whole, build_question(whole, "temp", cohort, seed=0), cohort)
    first, second, third = (entry.value for entry in whole.of("lactate"))
    assert shown["Lactate"] == f"{first} mmol/L at admission; {second} mmol/L at 6 h; {third} mmol/L at 24 h"
    assert shown["Ventilated"].count(" at ") == 3


def test_a_masked_feature_hides_all_its_values_and_asks_for_the_one_that_counts(
    cohort: Cohort, whole: PatientCase
) -> None:
    question = build_question(whole, "lactate", cohort, seed=0)
    assert question.recorded == max((entry.value for entry in whole.of("lactate")), key=lambda v: abs(float(v) - 1.25))
    assert lines(whole, question, cohort)["Lactate"] == "[MASK]"
    text = record(whole, question, cohort)
    assert "masked value of 'Lactate' (mmol/L) in section Labs, the worst of its values over time?" in text
    assert read_question(question.model_dump_json()) == question


def test_a_question_about_one_time_hides_the_others_and_all_that_is_later(cohort: Cohort, whole: PatientCase) -> None:
    question = build_question(whole, "lactate@6", cohort, seed=0)
    assert question.recorded == whole.value("lactate@6")
    shown = lines(whole, question, cohort)
    assert shown["Lactate"] == "[MASK] at 6 h"
    assert "Temperature" not in shown  # of day 1, which ends later
    assert "at 24 h" not in record(whole, question, cohort)
    assert {item.feature: item.reason for item in question.hidden} == {
        **{f"{name}@24": "recorded later" for name in OVER_TIME}, "temp": "recorded later",
        "lactate@0": "another time", "lactate@24": "another time",
    }  # fmt: skip
    said = {item.feature: item.sentence for item in question.hidden}
    assert said["creatinine@24"] == "Creatinine at 24 h is hidden: it is later than Lactate at 6 h."


def test_earlier_values_are_shown_only_where_the_question_says_so(cohort: Cohort, whole: PatientCase) -> None:
    trend = build_question(whole, "lactate@6", cohort, seed=0, guard_off=frozenset({"lactate@0"}))
    assert lines(whole, trend, cohort)["Lactate"] == f"{whole.value('lactate@0')} mmol/L at admission; [MASK] at 6 h"
    assert trend.guard_off == ("lactate@0",)
    assert trend.id != build_question(whole, "lactate@6", cohort, seed=0).id


def test_a_value_of_admission_is_asked_without_anything_later(cohort: Cohort, whole: PatientCase) -> None:
    text = record(whole, build_question(whole, "age", cohort, seed=0), cohort)
    assert "at admission" in text
    assert " h;" not in text
    assert "at 6 h" not in text


def test_a_formula_is_hidden_at_its_own_time(cohort: Cohort, whole: PatientCase) -> None:
    question = build_question(whole, "map@6", cohort, seed=0)
    formula = {item.feature for item in question.hidden if item.reason == "formula"}
    assert formula == {"systolic@6", "diastolic@6"}
    assert "at 6 h" not in lines(whole, question, cohort)["Systolic pressure"]
    all_of_it = {item.feature for item in build_question(whole, "map", cohort, seed=0).hidden}
    assert {f"{name}@{hour}" for name in ("systolic", "diastolic") for hour in (0, 6, 24)} <= all_of_it


def test_values_at_times_that_the_cohort_has_not_are_hidden_by_the_same_rules(
    cohort: Cohort, whole: PatientCase
) -> None:
    more = [Entry(feature=name, value=90, hours=hours) for name in ("systolic", "map") for hours in (3.5, 48)]
    case = make_case(whole.patient, (*whole.entries, *more), cohort.codebook)
    hidden = {item.feature: item.reason for item in build_question(case, "map@6", cohort, seed=0).hidden}
    assert hidden["map@3.5"] == hidden["map@48"] == "another time"
    assert hidden["systolic@3.5"] == "formula"
    assert hidden["systolic@48"] == "recorded later"
    assert "90 mmHg at 3.5 h" in record(case, build_question(case, "lactate@6", cohort, seed=0), cohort)
    assert "map@3.5" not in {one.feature for one in maskable(case, cohort)}
    with pytest.raises(QuestionError, match="at a time of which the cohort course has no values"):
        build_question(case, "map@3.5", cohort, seed=0)


def test_a_value_without_a_time_beside_a_cohort_over_time_is_hidden_in_doubt(cohort: Cohort) -> None:
    entries = [Entry(feature=name, value=90.0) for name in ("systolic", "map")]
    case = make_case("p", [*entries, Entry(feature="age", value=70)], cohort.codebook)
    assert {item.feature for item in build_question(case, "map", cohort, seed=0).hidden} == {"systolic"}


def test_a_sum_with_a_portion_missing_is_not_asked_about(cohort: Cohort, whole: PatientCase) -> None:
    case = make_case("p", [one for one in whole.entries if one.name != "urine@6"], cohort.codebook)
    with pytest.raises(QuestionError, match="Urine is a sum, and its portion at 6 h is not recorded in this case"):
        build_question(case, "urine", cohort, seed=0)
    assert [one.feature for one in maskable(case, cohort) if "urine" in one.feature] == ["urine@0", "urine@24"]
    estimate = build_estimate(case, "urine@6", cohort, seed=0)
    assert lines(case, estimate, cohort)["Urine"] == "[MASK] at 6 h"


def test_the_name_of_a_case_tells_no_value_at_any_time(cohort: Cohort, whole: PatientCase) -> None:
    shown = [cohort.codebook.feature("lactate").text_with_unit(entry.value) for entry in whole.of("lactate")]
    label = f"sepsis, {', '.join(shown)}"
    for name in ("lactate", "lactate@6"):
        question = build_question(whole, name, cohort, seed=0)
        assert not [text for text in shown if text in asked_name(label, whole, question, cohort.codebook)]


def questions(cohort: Cohort, case: PatientCase) -> Iterator[Question]:
    for one in maskable(case, cohort):
        if not one.why_not:
            yield build_question(case, one.feature, cohort, seed=3)


def test_nothing_that_a_question_hides_is_in_its_prompt(cohort: Cohort) -> None:
    """Every value is made unlike any other, so that a leak of it is seen as text."""
    count = 0
    for patient in cohort.split["test"][:8]:
        real = cohort.case(patient)
        unlike = [
            entry.model_copy(update={"value": 30 + n / 10}) if entry.feature == "lactate" else entry
            for n, entry in enumerate(real.entries)
        ]
        case = make_case(patient, unlike, cohort.codebook)
        for question in questions(cohort, case):
            hidden = {item.feature for item in question.hidden}
            text = record(case, question, cohort).split("\n\n")[0]
            for entry in case.of("lactate"):
                gone = entry.name in hidden or question.masked_feature in (entry.feature, entry.name)
                assert (f"{entry.value:.1f} mmol/L" in text) is not gone
                count += 1
    assert count > 300


def test_an_answer_about_one_time_is_read_stored_and_exported(
    cohort: Cohort, whole: PatientCase, sqlite_db: Database
) -> None:
    question = build_question(whole, "lactate@6", cohort, seed=0)
    letter, letters = "ABCDE"[question.key], "ABCDE"[: len(question.options)]
    text = f"So \\boxed{{{letter}}}"
    assert parse_answer(text, letters).letter == letter
    running_process(sqlite_db)
    kept = save_version(sqlite_db, USER, whole, idem="c", case_id=None, parent_id=None, label="bed 4")
    group = queued_group(
        sqlite_db,
        kept,
        idem="g",
        question_json=question.model_dump_json(),
        question_id=question.id,
        masked_feature="lactate@6",
        codebook_hash=cohort.codebook.content_hash,
    )
    for run in runs_of(sqlite_db, USER, group.id):
        finish(
            sqlite_db,
            USER,
            RunProgress(run.id, "checking", text, 3, None, None, None),
            Ending("complete", "", "stop", letter, question.key),
        )
    codebooks = Codebooks(sqlite_db, lambda: [cohort.codebook])
    (told,) = json.loads(export(sqlite_db, USER, [group.id], codebooks, "json"))["groups"]
    assert told["masked_value"] == "Lactate at 6 h"
    assert told["model_answer"] == f"{whole.value('lactate@6')} mmol/L"
    assert "Lactate at admission" in told["hidden_with_it"]


@pytest.mark.parametrize("design", ["stratified", "paper"])
def test_question_files_have_the_same_questions_and_prompts(
    cohort: Cohort, tmp_path_factory: pytest.TempPathFactory, design: Design
) -> None:
    out = tmp_path_factory.mktemp("built") / "q.parquet"
    built = build(Plan(cohort, "test", design=design, features=("age", "lactate", "urine", "map")), out)
    table = read_questions(out)
    assert built.by_feature["urine"] < built.by_feature["lactate"]  # sums with a portion missing are left out
    for sample in (0, 1):
        for row, messages in enumerate(table.messages(cohort, sample=sample)):
            question = table.question(row, cohort)
            task = task_of(question, cohort.codebook)
            assert messages == task.messages(cohort.case(question.patient), task.order(sample))


def test_a_question_file_about_one_time_is_refused_in_words(
    cohort: Cohort, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(QuestionError, match="'lactate@6' is a value at one time; question files ask about features"):
        build(Plan(cohort, "test", features=("lactate@6",)), tmp_path_factory.mktemp("built") / "q.parquet")


def test_the_published_guard_knows_times_too(cohort: Cohort) -> None:
    guard = fit_guard(cohort.training, cohort.codebook, GuardDesign(seed=0, mode="paper"), split_hash="s")
    reasons = {item.feature: item.reason for item in guard.hidden_with("lactate@6")}
    assert (reasons["creatinine@24"], reasons["lactate@0"]) == ("recorded later", "another time")
    assert "creatinine@0" not in reasons


def test_baselines_see_what_the_prompt_shows(cohort: Cohort) -> None:
    age, lactate = (visible_features(cohort, cohort.codebook.feature(name)) for name in ("age", "lactate@6"))
    assert [one.name for one in age] == [f"{name}@0" for name in OVER_TIME]
    others = [name for name in OVER_TIME if name != "lactate"]
    assert [one.name for one in lactate] == ["age", *(f"{name}@{hour}" for name in others for hour in (0, 6))]


def test_a_baseline_that_reads_prompts_says_that_it_cannot_read_this_one(cohort: Cohort, whole: PatientCase) -> None:
    question = build_question(whole, "temp", cohort, seed=0)
    task = task_of(question, cohort.codebook)
    messages = task.messages(whole, task.order(0))
    with pytest.raises(ModelError, match="A baseline cannot read this part of the prompt: 'Lactate: "):
        read_prompt(messages, cohort.codebook)
