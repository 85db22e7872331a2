"""History: what is listed, in which order, through which filters; stars, deletions, and never another's."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.store import audit
from creason_core.store.history import Filters, HistoryItem, cases_asked, history_page, names_with
from creason_core.store.patients.cases import CaseVersion, save_version
from creason_core.store.people.feedback import Thumb, save_feedback
from creason_core.store.people.own_answers import save_answer
from creason_core.store.records import group_records
from creason_core.store.runs.live_rows import Ending, RunProgress, finish
from creason_core.store.runs.marks import delete, restore, star
from creason_core.store.runs.reveals import save_reveal
from creason_core.store.runs.run_rows import RunGroup, recent_groups, runs_of, unread_groups
from creason_core.store.schema.tables import group_marks, run_groups
from creason_core.store.sql.transactions import Database
from tests.store.examples import CODEBOOK, USER, example_case, queued_group, running_process, saved_case

Endings = Sequence[Ending]
COMPLETE = Ending("complete", "", "stop", "C", 2)
UNPARSED = Ending("unparsed", "The model gave no clear option.", "stop")


@pytest.fixture
def version(db: Database) -> CaseVersion:
    running_process(db)
    return saved_case(db)


def asked(db: Database, version: CaseVersion, idem: str, *endings: Ending, text: str = "Because.") -> RunGroup:
    group = queued_group(db, version, idem=idem, samples=max(len(endings), 1))
    for run, ending in zip(runs_of(db, USER, group.id), endings, strict=False):
        finish(db, USER, RunProgress(run.id, "checking", text, 3, None, None, None), ending)
    return group


def rate(db: Database, group: RunGroup, thumb: Thumb, *, sample: int = 0, supersedes: str | None = None) -> str:
    run = runs_of(db, USER, group.id)[sample]
    saved = save_feedback(
        db, USER, run.id, idem=f"{run.id}{supersedes}", thumb=thumb, reasons=(), severity=None, comment="",
        train_ok=True, supersedes=supersedes,
    )  # fmt: skip
    return saved.id


def listed(db: Database, **filters: object) -> list[str]:
    return [item.id for item in history_page(db, USER, Filters(**filters)).items]  # type: ignore[arg-type]


def only(db: Database) -> HistoryItem:
    (item,) = history_page(db, USER, Filters()).items
    return item


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: object, _cu: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


def test_a_line_tells_case_question_votes_state_rating_and_own_answer(db: Database, version: CaseVersion) -> None:
    group = asked(db, version, "a", COMPLETE, UNPARSED)
    rate(db, group, "down", sample=1)
    save_answer(db, USER, group.id, 1, True, idem="own")
    item = only(db)
    assert (item.label, item.n, item.version_id, item.case_id) == (version.label, 1, version.id, version.case_id)
    assert (item.kind, item.masked_feature, item.question.id) == ("mask", "lactate", "question-7")
    assert [(run.status, run.option, run.thumb) for run in item.runs] == [
        ("complete", 2, None),
        ("unparsed", None, "down"),
    ]
    assert (item.status, item.vote(3).winner, item.vote(3).samples, item.own) == ("complete", 2, 2, 1)
    assert (item.starred, item.deleted, item.revealed) == (False, None, False)
    save_reveal(db, USER, group.id)
    assert only(db).revealed


def test_pages_go_from_the_newest_to_the_oldest_without_gap_or_double(db: Database, version: CaseVersion) -> None:
    made = [asked(db, version, str(number)).id for number in range(7)]
    pages = [history_page(db, USER, Filters(), page=number, size=3) for number in (1, 2, 3)]
    assert [item.id for page in pages for item in page.items] == made[::-1]
    assert {page.total for page in pages} == {7}


def test_a_page_costs_three_queries_however_many_lines_it_has(db: Database, version: CaseVersion) -> None:
    for number in range(5):
        asked(db, version, str(number), COMPLETE, UNPARSED)
    for size in (1, 5):
        with counted(db) as statements:
            assert len(history_page(db, USER, Filters(), size=size).items) == size
        assert len([text for text in statements if text.lstrip().startswith("SELECT")]) == 3


@pytest.mark.parametrize("filters", [
    Filters(), Filters(state="live"), Filters(state="complete"), Filters(state="error"), Filters(thumb="up"),
    Filters(thumb="none"), Filters(words="x"), Filters(starred=True), Filters(deleted=True),
])  # fmt: skip
def test_no_filter_reads_the_runs_of_other_groups(sqlite_db: Database, filters: Filters) -> None:
    with counted(sqlite_db) as statements:
        history_page(sqlite_db, USER, filters)
    plans = []
    with sqlite_db.read() as connection:
        for statement in statements:
            asked_for = statement.replace("?", "'x'").replace("LIMIT 'x' OFFSET 'x'", "LIMIT 1")
            if asked_for.lstrip().startswith("SELECT"):
                plans += [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked_for}")]
    assert [plan for plan in plans if "ix_runs_status" in plan or plan.startswith(("SCAN runs", "SCAN feedback"))] == []


def test_the_state_filter_agrees_with_the_state_that_is_shown(db: Database, version: CaseVersion) -> None:
    stopped = Ending("stopped", "Stopped by you.")
    asked(db, version, "live")
    asked(db, version, "half", COMPLETE)
    for name, endings in (
        ("both", (UNPARSED, COMPLETE)),
        ("none", (UNPARSED, stopped)),
        ("stop", (stopped, UNPARSED)),
    ):
        asked(db, version, name, *endings)
    for item in history_page(db, USER, Filters()).items:
        word = "live" if item.status == "queued" else item.status
        assert item.id in listed(db, state=word)
    assert sum(len(listed(db, state=word)) for word in ("live", "complete", "unparsed", "stopped", "error")) == 5


def test_the_feedback_filter_knows_only_the_newest_rating(db: Database, version: CaseVersion) -> None:
    first, second, third = (asked(db, version, str(number), COMPLETE).id for number in range(3))
    groups = {group.id: group for group in recent_groups(db, USER)}
    rate(db, groups[first], "up", supersedes=rate(db, groups[first], "down"))
    rate(db, groups[second], "down")
    assert listed(db, thumb="up") == [first]
    assert listed(db, thumb="down") == [second]
    assert listed(db, thumb="none") == [third]


def test_search_finds_names_features_and_what_the_model_wrote(db: Database, version: CaseVersion) -> None:
    other = save_version(db, USER, example_case(3.0), idem="o", case_id=None, parent_id=None, label="Bed 4 100%")
    plain, odd = asked(db, version, "1", COMPLETE, text="Oliguria since noon."), asked(db, other, "2")
    assert listed(db, words="septic") == [plain.id]
    assert listed(db, words="OLIGURIA") == [plain.id]
    assert listed(db, words="100%") == [odd.id]
    assert listed(db, words="_") == []
    assert listed(db, words="lact", features=frozenset({(CODEBOOK.content_hash, "lactate")})) == [odd.id, plain.id]
    assert listed(db, words="lact", features=frozenset({("0" * 64, "lactate")})) == []  # another registry's
    assert listed(db, words="100%", unlike=frozenset({other.id})) == []
    assert names_with(db, USER, "100%") == {other.id: (other.case_id, "Bed 4 100%")}
    assert listed(db, case_id=other.case_id) == [odd.id]
    assert cases_asked(db, USER) == {version.case_id: version.label, other.case_id: "Bed 4 100%"}


def test_dates_kind_and_star_narrow_the_list(db: Database, version: CaseVersion) -> None:
    first, second = asked(db, version, "1"), asked(db, version, "2")
    assert listed(db, since=second.created) == [second.id]
    assert listed(db, until=second.created) == [first.id]
    assert listed(db, kind="missing") == []
    star(db, USER, [first.id], starred=True)
    star(db, USER, [first.id], starred=True)
    assert listed(db, starred=True) == [first.id]
    star(db, USER, [first.id], starred=False)
    assert listed(db, starred=True) == []


def test_a_deleted_group_is_hidden_at_once_and_comes_back_with_its_star(db: Database, version: CaseVersion) -> None:
    kept, gone = asked(db, version, "1", COMPLETE), asked(db, version, "2", COMPLETE)
    star(db, USER, [gone.id], starred=True)
    delete(db, USER, [gone.id])
    delete(db, USER, [gone.id])
    assert listed(db) == [kept.id]
    assert listed(db, deleted=True) == [gone.id]
    assert [group.id for group in recent_groups(db, USER)] == [kept.id]
    assert [group.id for group in unread_groups(db, USER)] == [kept.id]
    restore(db, USER, [gone.id])
    assert listed(db) == [gone.id, kept.id]
    assert listed(db, starred=True) == [gone.id]
    with db.read() as connection:
        actions = list(connection.execute(sa.text("SELECT action FROM audit WHERE action LIKE 'run %e%'")).scalars())
    assert (actions.count("run delete"), actions.count("run restore")) == (1, 1)
    assert audit.verify(db).problems == ()


def test_after_thirty_days_a_deletion_is_final_and_nothing_is_erased(db: Database, version: CaseVersion) -> None:
    group = asked(db, version, "1", COMPLETE)
    delete(db, USER, [group.id])
    past = datetime.now(UTC) - timedelta(days=31)
    with db.write() as connection:
        connection.execute(group_marks.update().values(deleted=past))
    assert listed(db, deleted=True) == []
    with pytest.raises(StoreError, match="more than 30 days ago"):
        restore(db, USER, [group.id])
    assert runs_of(db, USER, group.id)[0].text == "Because."


def test_a_live_group_is_not_deleted(db: Database, version: CaseVersion) -> None:
    group = asked(db, version, "1")
    with pytest.raises(StoreError, match="still live"):
        delete(db, USER, [group.id])
    assert listed(db) == [group.id]


def test_nobody_sees_stars_deletes_or_reads_what_another_asked(db: Database, version: CaseVersion) -> None:
    mine = asked(db, version, "1", COMPLETE)
    assert history_page(db, "bob", Filters()).total == 0
    assert cases_asked(db, "bob") == {}
    for act in (lambda: star(db, "bob", [mine.id], starred=True), lambda: delete(db, "bob", [mine.id]),
                lambda: restore(db, "bob", [mine.id]), lambda: group_records(db, "bob", [mine.id])):  # fmt: skip
        with pytest.raises(StoreError) as refused:
            act()
        assert refused.value.kind == "missing"
    assert not only(db).starred


def test_records_come_in_full_in_the_order_asked_for_by_eleven_queries(db: Database, version: CaseVersion) -> None:
    first, second = asked(db, version, "1", COMPLETE, UNPARSED), asked(db, version, "2", COMPLETE)
    rating = rate(db, first, "up")
    with counted(db) as statements:
        records = group_records(db, USER, [second.id, first.id])
    assert len([text for text in statements if text.lstrip().startswith("SELECT")]) == 11
    assert [record.group for record in records] == [replace(second), replace(first)]
    assert [run.text for run in records[1].runs] == ["Because.", "Because."]
    assert [saved.id for saved in records[1].ratings.values()] == [rating]
    assert (records[0].version, records[0].ratings, records[0].own) == (version, {}, None)
    assert records[0].question.model_dump_json() == second.question_json


def test_groups_asked_at_the_same_moment_keep_one_order(db: Database, version: CaseVersion) -> None:
    made = {asked(db, version, str(number)).id for number in range(4)}
    with db.write() as connection:
        connection.execute(run_groups.update().values(created=datetime.now(UTC)))
    pages = [history_page(db, USER, Filters(), page=number, size=2).items for number in (1, 2)]
    assert [item.id for page in pages for item in page] == sorted(made, reverse=True)
