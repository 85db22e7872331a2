"""A what-if is stored as what it is, and is never one of the patient's own versions or a training row."""

from creason_core.model.engines.base import ModelIdentity
from creason_core.store.history import Filters, history_page
from creason_core.store.patients.cases import case_version, recent_cases, save_version, siblings, versions
from creason_core.store.people.feedback import save_feedback
from creason_core.store.people.open_questions import open_questions
from creason_core.store.people.rated_rows import ratings
from creason_core.store.runs.live_rows import Ending, RunProgress, finish
from creason_core.store.runs.run_rows import runs_of
from creason_core.store.runs.what_ifs import save_what_if, version_name
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now
from creason_core.store.training_rows.choosing import choose
from tests.store.examples import USER, example_case, queued_group, running_process, saved_case


def test_what_ifs_are_numbered_by_themselves_and_are_in_no_list_of_the_patients_versions(db: Database) -> None:
    base = saved_case(db)
    first = save_what_if(db, USER, base, example_case(lactate=2.0), idem="one")
    again = save_what_if(db, USER, base, example_case(lactate=2.0), idem="one")
    second = save_what_if(db, USER, base, example_case(lactate=3.0), idem="two")
    later = save_version(db, USER, example_case(lactate=5.0), idem="own", case_id=base.case_id, parent_id=base.id,
                         label="bed 4")  # fmt: skip
    assert (first.id, first.n, second.n, later.n) == (again.id, -1, -2, 2)
    assert (first.source, first.parent_id, first.label) == ("what-if", base.id, base.label)
    assert [one.id for one in versions(db, USER, base.case_id)] == [base.id, later.id]
    assert [one.id for one in recent_cases(db, USER)] == [later.id]
    assert siblings(db, USER, later) == ()
    assert case_version(db, USER, second.id).case.value("lactate") == 3.0
    assert (version_name(2), version_name(-2)) == ("version 2", "what-if 2")


def test_a_question_about_a_what_if_hides_nothing_of_the_patient_and_is_known_as_such_in_history(db: Database) -> None:
    base = saved_case(db)
    copy = save_what_if(db, USER, base, example_case(lactate=4.2, reason="supposed"), idem="one")
    running_process(db)
    queued_group(db, copy)
    assert open_questions(db, USER, [base.case_id]) == {base.case_id: ()}
    (item,) = history_page(db, USER, Filters()).items
    assert (item.n, item.case_id) == (-1, base.case_id)


def test_a_rating_about_a_what_if_is_no_training_row_and_is_counted_as_such(db: Database) -> None:
    copy = save_what_if(db, USER, saved_case(db), example_case(lactate=4.2, reason="supposed"), idem="one")
    running_process(db)
    (run,) = runs_of(db, USER, queued_group(db, copy).id)
    at = RunProgress(run.id, "streaming", r"So \boxed{C}", 5, ModelIdentity("replay", "script", "hash"), now(), now())
    finish(db, USER, at, Ending("complete", finish_reason="stop", letter="C", option=2))
    save_feedback(db, USER, run.id, idem="f", thumb="up", reasons=(), severity=None, comment="", train_ok=True,
                  supersedes=None)  # fmt: skip
    (rating,) = ratings(db)
    assert rating.what_if
    for wanted in ("kto", "dpo", "sft"):
        assert choose(wanted, [rating], lambda _: ()).left_out == {"what-if": 1}
