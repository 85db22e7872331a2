"""A database of every past revision, with rows in every table, opens with all that it held."""

import hashlib
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from creason_core.question.prompts import transcript
from creason_core.store import audit, migrate
from creason_core.store.exporting.export import export
from creason_core.store.history import Filters, history_page
from creason_core.store.hospital.antibiograms import antibiograms_in, rows_of
from creason_core.store.hospital.consults import decisions_in
from creason_core.store.hospital.library import documents_in, pages_of
from creason_core.store.hospital.library_reviews import signatures
from creason_core.store.patients.cases import recent_cases
from creason_core.store.people.drafts import draft
from creason_core.store.people.feedback import feedback_history
from creason_core.store.people.import_mappings import kept_mapping
from creason_core.store.people.own_answers import human_answer
from creason_core.store.people.preferences import preferences
from creason_core.store.people.rated_rows import rated_runs, ratings
from creason_core.store.runs.given_texts import given_to
from creason_core.store.runs.reveals import is_revealed
from creason_core.store.runs.run_rows import recent_groups, runs_of
from creason_core.store.schema.tables import case_versions, metadata
from creason_core.store.sql.postgres import postgres_engine
from creason_core.store.sql.transactions import Database
from creason_core.store.training_rows.rows import full_row
from creason_core.store.upkeep.database import open_store
from tests.store.cluster import Cluster
from tests.store.examples import USER, books, example_case, example_question
from tests.store.hospital.test_consults import ANTIBIOGRAM, DECIDED, ROWS
from tests.store.hospital.test_library import PAGES, SIGNED
from tests.store.test_facts import MAPPING

WITH_THE_NEXT = frozenset({"0005", "0006", "0007"})  # never released without the one after it
# Of the JSON export and the full rows of the ratings that databases of revisions 0001 to 0004 hold: all the same, and
# what the release of 0004 wrote, but for the names of a cohort that they do not know.
SAME = "23bb7d6017fa191269702bd8ca246f52d119012258992b9e14a1712d6a78e701"
WORDS = {"library_indexed", "library_words"}  # of PostgreSQL's full text; empty on SQLite
PAST = sorted((Path(__file__).parent / "databases").glob("*.sql"))
ON_POSTGRESQL = [path for path in PAST if path.stem in {"0001", "0004", "0010"}]  # each has seconds of steps ahead


def test_every_released_revision_has_a_database_kept_for_this_test() -> None:
    released = (revision for revision in migrate.known_revisions() if revision not in WITH_THE_NEXT)
    assert tuple(path.stem for path in PAST) == tuple(released)


@pytest.mark.parametrize("past", PAST, ids=lambda path: path.stem)
def test_a_database_of_a_past_revision_opens_with_all_that_it_held(past: Path, tmp_path: Path) -> None:
    path = laid_down(past, tmp_path)
    db = open_store(f"sqlite:///{path}", tmp_path)
    holds_all(db, past.stem)
    db.close()


@pytest.mark.slow
@pytest.mark.parametrize("past", ON_POSTGRESQL, ids=lambda path: path.stem)
def test_one_on_postgresql_opens_with_all_that_it_held(past: Path, cluster: Cluster, tmp_path: Path) -> None:
    url = cluster.create(f"past_{past.stem}")
    carried_over(laid_down(past, tmp_path), url, past.stem)
    db = open_store(url, tmp_path)
    holds_all(db, past.stem)
    db.close()


def laid_down(past: Path, folder: Path) -> Path:
    """The database of a past revision as an SQLite file in ``folder``: every table of it has rows but ``WORDS``."""
    path = folder / "past.db"
    connection = sqlite3.connect(path)
    connection.executescript(past.read_text(encoding="utf-8"))
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    empty = [name for name in tables if not connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]]
    if past.stem < "0008":  # whose facts were drafts; later ones have a row in each table of facts
        put = "INSERT INTO drafts (owner, key, content, updated) SELECT owner, ?||id, ?, created FROM run_groups"
        connection.execute(put, ("revealed:", '{"revealed":true}'))
        connection.execute(put.replace("||id", ""), ("import mappings", f'{{"ward 7":{MAPPING.model_dump_json()}}}'))
        connection.commit()
    connection.close()
    assert set(empty) == (WORDS if past.stem >= "0014" else set())
    assert set(tables) <= {*metadata.tables, "alembic_version"}
    return path


def carried_over(file: Path, url: str, revision: str) -> None:
    """Brings the PostgreSQL database at ``url`` to ``revision`` by that release's steps, and every row of ``file``."""
    engine = postgres_engine(sa.make_url(url), limited=False)
    with closing(sqlite3.connect(file)) as past, engine.begin() as connection:
        past.row_factory = sqlite3.Row
        command.upgrade(migrate.migration_config(connection), revision)
        there = sa.MetaData()
        there.reflect(connection)
        for table in (one for one in there.sorted_tables if one.name != "alembic_version"):
            for row in past.execute(f"SELECT * FROM {table.name}"):
                values = {name: _as_postgresql_has_it(table.c[name], value) for name, value in dict(row).items()}
                connection.execute(table.insert().values(values))
    engine.dispose()


def _as_postgresql_has_it(column: sa.Column[Any], value: Any) -> Any:
    if value is not None and isinstance(column.type, sa.Boolean):
        return bool(value)
    if value is not None and isinstance(column.type, sa.DateTime):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value


def holds_all(db: Database, revision: str) -> None:
    """The database that was at ``revision`` holds what was put in it, and what leaves it is what left it then."""
    assert audit.verify(db).problems == ()
    assert [version.case for version in recent_cases(db, USER)] == [example_case()]
    (group,) = recent_groups(db, USER)
    assert group.question_json == example_question(example_case()).model_dump_json()
    assert group.engine == ("embedded" if revision >= "0007" else "")
    case, (bob,) = recent_cases(db, USER)[0].case, recent_cases(db, "bob")
    assert (group.codebook, group.codebook_hash, group.cohort) == (case.codebook, case.codebook_hash, "")
    assert (bob.source, bob.cohort, bob.cohort_hash) == ("public", "rhc-sepsis", "")
    with db.read() as reading:
        columns = reading.execute(sa.select(case_versions.c.codebook, case_versions.c.codebook_hash)).all()
    assert set(columns) == {(case.codebook, case.codebook_hash)}
    (run,) = runs_of(db, USER, group.id)
    assert (run.status, run.text, run.letter, run.option, run.order) == ("complete", r"So \boxed{C}", "C", 2, (0, 1, 2))
    first, second = feedback_history(db, USER, run.id)
    assert (first.thumb, first.severity, first.comment, second.thumb) == ("down", "mild", "µ – 日本", "up")
    answer = human_answer(db, USER, group.id)
    assert answer is not None
    assert (answer.option, answer.sure, answer.before_reveal) == (1, True, True)
    assert preferences(db, USER).samples == 5
    assert draft(db, USER, "enter") == {"lactate": "4."}
    assert is_revealed(db, USER, group.id)
    assert kept_mapping(db, USER, "ward 7") == MAPPING
    texts, rows = _exported(db, group.id)
    if revision <= "0004":  # all of which hold the same
        left = json.dumps([texts, rows], sort_keys=True, ensure_ascii=False)
        assert hashlib.sha256(left.encode()).hexdigest() == SAME
    else:
        (note,) = given_to(db, USER, group.id)
        assert note.text == "Ward round, day 1: weaning from noradrenaline."
    if revision >= "0011":
        assert [(one.id, pages_of(db, one.id)) for one in documents_in(db)] == [("a", PAGES)]
        assert signatures(db) == {SIGNED.subject: SIGNED}
        assert [message.role for message in run.sent.messages] == ["system", "user", "assistant"]
        assert texts["runs"][0]["prompt"] == transcript(run.sent.messages)
    if revision >= "0012":
        assert (antibiograms_in(db), rows_of(db, ANTIBIOGRAM.id)) == ((ANTIBIOGRAM,), ROWS)
        assert [one.judged for one in decisions_in(db)] == [DECIDED]
    (item,) = history_page(db, USER, Filters()).items
    assert item.revealed
    assert item.starred == (revision >= "0002")


def _exported(db: Database, group: str) -> tuple[dict[str, Any], list[str]]:
    """What leaves the store of the only group: its JSON without what depends on the moment, and its ratings in full."""
    (written,) = json.loads(export(db, USER, [group], books(db), "json"))["groups"]
    for moment in ("program", "releases", "written"):
        del written["reproducibility"][moment]
    return written, [full_row(rated).model_dump_json() for rated in rated_runs(db, [one.id for one in ratings(db)])]
