"""Which came first, the reader's own answer or the recorded value, is what was stored; never what a page says."""

import pytest
import sqlalchemy as sa

from creason_core.store.patients.cases import CaseVersion, save_version
from creason_core.store.people.commitments import commit_answer, commitment
from creason_core.store.people.own_answers import human_answer, keep_answer_of, save_answer
from creason_core.store.records import group_records
from creason_core.store.runs.reveals import save_reveal, value_of_group_shown
from creason_core.store.runs.run_rows import RunGroup
from creason_core.store.schema.fact_tables import reveals
from creason_core.store.schema.tables import audit, human_answers
from creason_core.store.sql.transactions import Database
from tests.store.examples import USER, example_case, example_question, queued_group, running_process, saved_case


@pytest.fixture
def version(db: Database) -> CaseVersion:
    running_process(db)
    return saved_case(db)


QUESTION = example_question(example_case())


def commit(db: Database, version: CaseVersion, option: int | None) -> None:
    commit_answer(db, USER, QUESTION, version.case_id, option=option, sure=True)


def started(
    db: Database, version: CaseVersion, idem: str, option: int | None, parent: RunGroup | None = None
) -> RunGroup:
    group = queued_group(db, version, idem=idem, parent_group_id=parent.id if parent else None)
    save_answer(db, USER, group.id, option, True, idem=idem)
    return group


def known(db: Database, group: RunGroup) -> bool:
    with db.read() as connection:
        return value_of_group_shown(connection, USER, group.id)


def order(db: Database, group: RunGroup) -> bool | None:
    found = human_answer(db, USER, group.id)
    assert found is not None
    assert group_records(db, USER, [group.id])[0].own == found
    return found.before_reveal


def test_an_answer_after_a_skip_and_a_reveal_is_stored_as_given_after_it(db: Database, version: CaseVersion) -> None:
    commit(db, version, None)
    skipped = started(db, version, "1", None)
    save_reveal(db, USER, skipped.id)
    commit(db, version, 1)
    answered = started(db, version, "2", 1)
    assert (order(db, skipped), order(db, answered)) == (True, False)
    with db.read() as connection:
        told = connection.execute(sa.select(audit.c.action, audit.c.detail)).all()
    assert [row.detail for row in told if row.action == "answer"] == [
        '{"before_reveal": true, "skipped": true}',
        '{"before_reveal": false, "skipped": false}',
    ]
    assert sum(row.action == "reveal" for row in told) == 1


def test_an_answer_committed_before_the_reveal_and_run_after_it_came_before(db: Database, version: CaseVersion) -> None:
    first = started(db, version, "1", None)
    commit(db, version, 1)
    save_reveal(db, USER, first.id)
    assert order(db, started(db, version, "2", 1)) is True


def test_an_answer_about_a_copy_of_the_record_comes_after_the_reveal_beside_the_record(
    db: Database, version: CaseVersion
) -> None:
    save_reveal(db, USER, started(db, version, "1", None).id)
    case = example_case(9.0)  # with the patient's key, and a value changed
    same = {"user": USER, "case_id": None, "parent_id": None, "cohort": version.cohort}
    copy = save_version(db, case=case, idem="copy", label="Copy", **same)  # type: ignore[arg-type]
    other = save_version(db, case=case.model_copy(update={"patient": "q"}), idem="o", label="O", **same)  # type: ignore[arg-type]
    assert (copy.case_id != version.case_id, copy.case.patient) == (True, version.case.patient)
    assert [order(db, started(db, one, one.id, 1)) for one in (copy, other)] == [False, True]


def test_an_answer_that_a_later_run_takes_over_keeps_its_order(db: Database, version: CaseVersion) -> None:
    first = started(db, version, "1", 2)
    save_reveal(db, USER, first.id)
    again = started(db, version, "2", 2, parent=first)
    assert order(db, again) is True
    assert order(db, started(db, version, "3", 1, parent=first)) is False  # another answer than that one
    late = started(db, version, "4", 0)
    keep_answer_of(db, USER, late.id)  # the run is discarded
    assert commitment(db, USER, QUESTION.id) is not None
    assert order(db, started(db, version, "5", 0)) is False


def test_only_a_reveal_of_the_same_value_to_the_same_person_counts(db: Database, version: CaseVersion) -> None:
    of_another = example_case().model_copy(update={"patient": "another"})
    other_case = save_version(db, USER, of_another, idem="other", case_id=None, parent_id=None, label="another")
    save_reveal(db, USER, started(db, other_case, "other", 1).id)
    save_reveal(db, USER, queued_group(db, version, idem="age", masked_feature="age").id)
    theirs = queued_group(db, saved_case(db, "bob"), idem="bob", user="bob")
    save_reveal(db, "bob", theirs.id)
    group = started(db, version, "1", 1)
    assert (order(db, group), known(db, group)) == (True, False)
    changed = save_version(
        db, USER, example_case(5.0), idem="v2", case_id=version.case_id, parent_id=version.id, label="changed"
    )
    save_reveal(db, USER, started(db, changed, "2", 1).id)
    assert order(db, started(db, version, "3", 1)) is False  # a version of the same case
    assert known(db, group)


def test_the_first_reveal_stays(db: Database, version: CaseVersion) -> None:
    group = started(db, version, "1", 1)
    times = []
    for _ in range(2):
        save_reveal(db, USER, group.id)
        with db.read() as connection:
            times.append(connection.execute(sa.select(reveals.c.created)).scalar_one())
    assert times[0] == times[1]


def test_an_answer_of_an_older_program_is_before_the_reveal_only_where_nothing_speaks_against_it(
    db: Database, version: CaseVersion
) -> None:
    """They were all stored as given before it, without a look."""
    groups = [queued_group(db, version, idem=str(n)) for n in range(3)]
    with db.write() as connection:
        for n, group in enumerate(groups):
            row = {"id": f"old {n}", "owner": USER, "idem": f"old {n}", "group_id": group.id, "option": 1, "sure": True}
            connection.execute(
                human_answers.insert().values(**row, before_reveal=True, order_known=None, created=group.created)
            )
    save_reveal(db, USER, groups[1].id)
    assert [order(db, group) for group in groups] == [True, True, None]


@pytest.mark.parametrize(("asked", "revealed", "shown"), [
    ("lactate", "lactate@6", True), ("lactate@6", "lactate", True), ("lactate@6", "lactate@6", True),
    ("lactate@0", "lactate@6", False), ("lactate", "lactate_pool", False), ("lact_te", "lactate@6", False),
])  # fmt: skip
def test_a_value_at_one_time_and_the_one_that_counts_tell_of_each_other(
    db: Database, version: CaseVersion, asked: str, revealed: str, shown: bool
) -> None:
    save_reveal(db, USER, queued_group(db, version, idem="revealed", masked_feature=revealed).id)
    group = queued_group(db, version, idem="asked", masked_feature=asked)
    with db.read() as connection:
        assert value_of_group_shown(connection, USER, group.id) is shown
