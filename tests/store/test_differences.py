"""What differs between two runs, and what has changed since one; nothing that was not revealed."""

from dataclasses import replace

import pytest

from creason_core.cohort.leakage.guard import BY_HAND, HiddenFeature
from creason_core.model.engines.base import Message, ModelIdentity
from creason_core.question.prompts import PROMPT_VERSION
from creason_core.record.case import Entry, PatientCase, make_case
from creason_core.record.codebook import Codebook
from creason_core.store.differences import HIDDEN, case_changes, differences, since_then
from creason_core.store.patients.cases import save_version
from creason_core.store.patients.codebooks import Codebooks
from creason_core.store.people.open_questions import OpenQuestion
from creason_core.store.records import GroupRecord, group_records
from creason_core.store.runs.live_rows import Ending, RunProgress, finish
from creason_core.store.runs.new_runs import insert_group
from creason_core.store.runs.reveals import save_reveal
from creason_core.store.runs.run_rows import RunSpec, runs_of
from creason_core.store.sql.transactions import Database
from tests.store.examples import (
    AGE,
    CODEBOOK,
    LACTATE,
    USER,
    books,
    example_case,
    example_question,
    group_spec,
    queued_group,
    running_process,
    saved_case,
)

MODEL = ModelIdentity("replay", "small", "a" * 64)


@pytest.fixture
def records(sqlite_db: Database) -> tuple[GroupRecord, GroupRecord]:
    """Two runs about two versions of a case, with different seeds."""
    running_process(sqlite_db)
    first = saved_case(sqlite_db)
    second = save_version(
        sqlite_db, USER, example_case(3.0), idem="2", case_id=first.case_id, parent_id=first.id, label=first.label
    )
    ids = []
    for version, seed in ((first, 7), (second, 8)):
        spec = group_spec(version, seed=seed, prompt_version=PROMPT_VERSION)
        runs = [RunSpec(0, (0, 1, 2), seed, (Message("user", "p"),))]
        group, _ = insert_group(sqlite_db, USER, spec, runs, idem=str(seed), process="process-1", most_live=9)
        run = runs_of(sqlite_db, USER, group.id)[0]
        finish(
            sqlite_db,
            USER,
            RunProgress(run.id, "checking", "t", 1, MODEL, None, None),
            Ending("complete", "", "stop", "C", 2),
        )
        ids.append(group.id)
    found = group_records(sqlite_db, USER, ids)
    return found[0], found[1]


def test_only_what_differs_is_told(sqlite_db: Database, records: tuple[GroupRecord, GroupRecord]) -> None:
    known = books(sqlite_db)
    assert [(item.what, item.first, item.second) for item in differences(*records, known)] == [
        ("Case", "72 years, septic, version 1", "72 years, septic, version 2"),
        ("Seed", "7", "8"),
    ]
    assert differences(records[0], records[0], known) == ()


def test_what_was_hidden_or_let_past_is_told_by_its_label(
    sqlite_db: Database, records: tuple[GroupRecord, GroupRecord]
) -> None:
    first, second = records
    hidden = (HiddenFeature(feature="age", reason=BY_HAND, sentence="Age is hidden by you."),)
    changed = first.question.model_copy(update={"hidden": hidden, "guard_off": ("lactate",)})
    found = {one.what: one.second for one in differences(first, replace(second, question=changed), books(sqlite_db))}
    assert (found["Hidden by hand"], found["Let past the leak guard"]) == ("Age", "Lactate")


def test_a_masked_value_stays_hidden_in_the_changes_until_both_were_revealed(
    sqlite_db: Database, records: tuple[GroupRecord, GroupRecord]
) -> None:
    def shown() -> tuple[str, str]:
        now = group_records(sqlite_db, USER, [record.group.id for record in records])
        (change,) = case_changes(now[0].version.case, now[1].version.case, books(sqlite_db), beside=now)
        return change.before, change.after

    assert shown() == (HIDDEN, HIDDEN)
    save_reveal(sqlite_db, USER, records[0].group.id)
    assert shown() == (HIDDEN, HIDDEN)
    save_reveal(sqlite_db, USER, records[1].group.id)
    assert shown() == ("4.2 mmol/L", "3.0 mmol/L")


def test_what_another_open_question_about_the_case_masks_stays_hidden_too(
    sqlite_db: Database, records: tuple[GroupRecord, GroupRecord]
) -> None:
    for record in records:
        save_reveal(sqlite_db, USER, record.group.id)
    question = example_question(records[0].version.case, 9).model_dump_json()
    other = queued_group(sqlite_db, records[0].version, idem="9", question_json=question, question_id="question-9")
    seen = []
    for _ in range(2):
        now = group_records(sqlite_db, USER, [record.group.id for record in records])
        (change,) = case_changes(now[0].version.case, now[1].version.case, books(sqlite_db), beside=now)
        seen.append((change.before, change.after))
        save_reveal(sqlite_db, USER, other.id)
    assert seen == [(HIDDEN, HIDDEN), ("4.2 mmol/L", "3.0 mmol/L")]


def test_what_has_changed_since_is_said_in_sentences(records: tuple[GroupRecord, GroupRecord]) -> None:
    first, _ = records
    assert since_then(first, MODEL, CODEBOOK) == ()
    made_again = replace(first, group=replace(first.group, cohort="tiny", cohort_hash="a" * 64))
    assert since_then(made_again, MODEL, CODEBOOK, "b" * 64) == (
        "The cohort tiny was made again since, with other patients or another split.",
    )
    assert since_then(made_again, MODEL, None) == ()
    older = replace(first, group=replace(first.group, prompt_version=0, codebook_hash="b" * 64))
    assert since_then(older, replace(MODEL, model="large"), CODEBOOK) == (
        "Answered by small on replay, weights aaaaaaaaaaaa; now large on replay, weights aaaaaaaaaaaa.",
        f"Asked with prompt version 0; now {PROMPT_VERSION}.",
        f"Worded by codebook bbbbbbbbbbbb; now {CODEBOOK.content_hash[:12]}.",
    )


def test_values_over_time_of_what_an_open_question_masks_stay_hidden_too(
    sqlite_db: Database, records: tuple[GroupRecord, GroupRecord]
) -> None:
    several = LACTATE.model_copy(update={"counts": "highest"})
    book = Codebook.model_validate(
        CODEBOOK.model_dump() | {"features": (AGE, several), "times": {0: "at admission", 6: "at 6 h"}}
    )

    def at(hours: float, value: float) -> PatientCase:
        return make_case("patient-1", [Entry(feature="lactate", value=value, hours=hours)], book)

    for masked in ("lactate", "lactate@6"):
        question = example_question(at(6, 4.2)).model_copy(update={"masked_feature": masked})
        beside = replace(records[0], open=(OpenQuestion(question, at(6, 4.2)),))
        found = case_changes(at(6, 4.2), at(0, 4.2), Codebooks(sqlite_db, lambda: [book]), beside=[beside])
        assert [(change.feature, change.before, change.after) for change in found] == [
            ("lactate@0", HIDDEN, HIDDEN),
            ("lactate@6", HIDDEN, HIDDEN),
        ]
