"""A guideline question as it is asked, run, kept, continued, rated and exported, with what was sent."""

import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from creason_core.cohort.loading import load_cohort
from creason_core.guideline.applying import what_applies
from creason_core.guideline.reasoned.asking import ask_about, card_of, outdated, passages_for, safety_checks
from creason_core.guideline.reasoned.resolving import resolve
from creason_core.model.adapters.choosing import Choice, chosen
from creason_core.model.engines.replay import Replay, scripted
from creason_core.model.tasks import why_no_reasoning
from creason_core.question.guideline import GuidelineQuestion, guideline_question
from creason_core.question.kinds import TASKS, read_question, task_of
from creason_core.question.prompts import transcript
from creason_core.record.case import Entry, make_case
from creason_core.runs import GroupView, RunManager
from creason_core.settings import Settings
from creason_core.store.exporting.contents import exported
from creason_core.store.history import Filters, history_page
from creason_core.store.patients.codebooks import Codebooks
from creason_core.store.people.feedback import save_feedback
from creason_core.store.records import group_records
from creason_core.store.sql.transactions import Database
from tests.guideline.test_facts import MAP, over_time
from tests.store.conftest import sqlite_db, template
from tests.store.examples import CODEBOOK, USER, saved_case

__all__ = ["sqlite_db", "template"]
ON = date(2026, 11, 29)
ASKED = "Fluids or vasopressor next?"


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    return sqlite_db


def question(db: Database, asked: str = ASKED, **more: object) -> GuidelineQuestion | None:
    case = saved_case(db).case
    answer = what_applies(case, CODEBOOK, asked, ON)
    return ask_about(case, CODEBOOK, asked, answer, None, **more)  # type: ignore[arg-type]


def told(db: Database, **more: object) -> GuidelineQuestion:
    made = question(db, **more)  # type: ignore[arg-type]
    assert made
    return made


def test_a_question_is_stored_with_the_passages_that_are_sent_and_reads_back_the_same(db: Database) -> None:
    made = told(db)
    assert made.passages
    assert read_question(made.model_dump_json()) == made
    version = saved_case(db)
    sent = transcript(task_of(made, CODEBOOK).messages(version.case, ()))
    assert all(one.text in sent and one.mark in sent for one in made.passages)
    assert told(db).id == made.id
    assert TASKS["guideline"].candidates(version.case, load_cohort("rhc-sepsis")) == ()


def test_passages_are_in_force_for_this_patient_and_name_no_dose_while_weight_is_missing(db: Database) -> None:
    case = saved_case(db).case
    answer = what_applies(case, CODEBOOK, "Which dose of hydrocortisone in septic shock?", ON)
    assert answer.lacking
    assert any(item.withheld for item in answer.items)
    sent = passages_for(answer, None)
    assert {one.id for one in sent} == {
        item.recommendation.id for item in answer.items[:5] if not item.withheld and item.fit != "other patients"
    }
    assert any(line.startswith("Dose not given:") for line in safety_checks(answer))


def test_a_hidden_value_is_not_sent(db: Database) -> None:
    case = saved_case(db).case
    entry = next(one for one in case.entries if one.measured)
    label = f"{CODEBOOK.feature(entry.name).label}: "
    plain, hiding = told(db), told(db, hidden=frozenset({entry.name}))
    assert label in transcript(task_of(plain, CODEBOOK).messages(case, ()))
    assert label not in transcript(task_of(hiding, CODEBOOK).messages(case, ()))


def test_without_passages_nothing_is_asked_unless_a_person_wants_it_without_sources(db: Database) -> None:
    nothing = "Antifungal chemotherapy for metastatic colon carcinoma?"
    assert question(db, nothing) is None
    made = question(db, nothing, unsourced=True)
    assert made
    assert (made.unsourced, made.passages) == (True, ())
    assert told(db, unsourced=True).unsourced is False  # where something is found, it is used
    assert question(db, "She is crashing now, vasopressor?", unsourced=True) is None
    (sentence,) = card_of(made, "Surgery first [1].").sentences
    assert sentence.label == "model knowledge, no source"


def ended(manager: RunManager, group: str) -> GroupView:
    deadline = time.monotonic() + 60
    while (view := manager.snapshot(USER, group)).live:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return view


def test_it_is_run_kept_continued_rated_and_exported_like_any_question(db: Database, tmp_path: Path) -> None:
    made, version = told(db), saved_case(db)
    one = made.passages[0]
    said = f"<think>hm [{one.mark}]</think>Gist: {one.text} [{one.mark}]"
    engine = Replay(
        script=(scripted(said, finish_reason="length"), scripted("\nBecause: So it is."), scripted("<think>x"))
    )
    manager = RunManager(db, engine, Settings(data_dir=tmp_path))
    try:
        group = manager.start(USER, version, made, CODEBOOK, samples=1, idem="1")
        (cut,) = ended(manager, group.id).runs
        assert cut.run.status == "truncated"
        onward = manager.resume(USER, version, made, CODEBOOK, cut.run.id, idem="2")
        (whole,) = ended(manager, onward.id).runs
        assert (whole.run.status, whole.run.error) == ("complete", "")
        card = card_of(made, whole.run.kept + whole.run.text)
        assert [(len(sentence.cited), sentence.supported) for sentence in card.sentences][-1] == (0, False)
        assert card.sentences[0].cited == (1,)
        empty = manager.start(USER, version, made, CODEBOOK, samples=1, idem="3")
        (silent,) = ended(manager, empty.id).runs
        assert (silent.run.status, silent.run.error) == (
            "unparsed", "The model wrote no reply (thinking is not part of it)."
        )  # fmt: skip
    finally:
        manager.close()
    save_feedback(db, USER, whole.run.id, idem="f", thumb="up", reasons=(), severity=None, comment="", train_ok=True,
                  supersedes=None)  # fmt: skip
    codebooks = Codebooks(db, lambda: [CODEBOOK])
    record = next(one for one in group_records(db, USER, [onward.id]))
    file = exported(record, codebooks, datetime.now(UTC))
    assert (file.question, file.kind, file.options) == (ASKED, "guideline", ())
    assert all(passage.text in file.runs[0].prompt for passage in made.passages)
    assert file.runs[0].rating
    assert len(history_page(db, USER, Filters(), page=1, size=10).items) == 3


def test_what_only_a_superseded_statement_says_is_told(db: Database) -> None:
    case = saved_case(db).case
    answer = what_applies(case, CODEBOOK, "Red cell transfusion threshold in septic shock?", ON)
    old = next(item for item in answer.superseded if item.recommendation.id == "ssc21-transfusion")
    card = resolve("Transfusion is restrictive, typically with a trigger of haemoglobin 7 g/dL.", ())
    (told,) = outdated(card, answer)
    assert told.startswith(f"The model's text matches {old.guideline.organisation}, 2021")
    assert "replaced by SCCM/ESICM (Surviving Sepsis Campaign), 2026-03-23." in told
    assert outdated(resolve("Transfusion is restrictive, typically at haemoglobin 9 g/dL.", ()), answer) == ()


def test_only_a_model_that_was_made_for_it_writes_about_guidelines() -> None:
    choice = Choice("SmolLM2-135M-Instruct", "", None, "default")
    small = Settings()
    assert why_no_reasoning(small, choice) == (
        "SmolLM2-135M-Instruct was trained for masked values only and writes no reasoning here."
    )
    assert why_no_reasoning(Settings(model_tasks=("guideline answer",)), choice) == ""


def test_the_adapter_that_ships_was_made_for_masked_values_only() -> None:
    assert "masked values only" in why_no_reasoning(Settings(), chosen(Settings()))


def test_one_hidden_value_of_several_over_time_is_not_sent_and_the_others_are() -> None:
    book = over_time(MAP.model_copy(update={"counts": "lowest"}))
    entries = [Entry(feature=MAP.name, value=value, hours=hours) for value, hours in ((54.0, 0), (80.0, 6))]
    case = make_case("p", entries, book)
    asked = guideline_question(case, book, ASKED, (), on="2026-11-29", hidden=frozenset({case.entries[1].name}))
    sent = transcript(task_of(asked, book).messages(case, ()))
    assert ("54" in sent, "80" in sent) == (True, False)
