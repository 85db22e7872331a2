"""Writes the database of the present revision that ``test_past_databases`` keeps: a row in every table.

    python -m tests.store.make_database

Once a revision is released, its file stays as it is.
"""

import sqlite3
import tempfile
from pathlib import Path

from creason_core.model.engines.base import ModelIdentity
from creason_core.question.kinds import task_of
from creason_core.store import audit
from creason_core.store.fact_rows import add
from creason_core.store.hospital.antibiograms import add_antibiogram
from creason_core.store.hospital.library import remove_document
from creason_core.store.hospital.library_reviews import sign
from creason_core.store.migrate import known_revisions
from creason_core.store.patients.cases import case_version, open_public
from creason_core.store.patients.codebooks import keep_codebook
from creason_core.store.people import feedback, own_answers, preferences
from creason_core.store.people.commitments import commit_answer
from creason_core.store.people.drafts import save_draft
from creason_core.store.people.import_mappings import keep_mapping
from creason_core.store.runs import live_rows, marks, series
from creason_core.store.runs.live_rows import Ending, RunProgress
from creason_core.store.runs.new_runs import insert_group
from creason_core.store.runs.reveals import save_reveal
from creason_core.store.runs.run_rows import Run, RunGroup, RunSpec, runs_of
from creason_core.store.runs.what_ifs import save_what_if
from creason_core.store.schema.fact_tables import FACTS
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now
from creason_core.store.upkeep.database import open_store
from tests.store.examples import (
    CODEBOOK,
    USER,
    example_case,
    example_question,
    group_spec,
    running_process,
    saved_case,
)  # fmt: skip
from tests.store.hospital.test_consults import ANTIBIOGRAM, DECIDED, ROWS, decided
from tests.store.hospital.test_library import SIGNED, added
from tests.store.test_facts import MAPPING, QUESTION


def fill(db: Database) -> None:
    """What ``test_past_databases`` looks for."""
    running_process(db)
    preferences.save_preferences(db, USER, preferences.Preferences(samples=5))
    save_draft(db, USER, "enter", {"lactate": "4."})
    version, question = saved_case(db), example_question(example_case())
    sent = task_of(question, CODEBOOK).messages(version.case, (0, 1, 2))
    spec = RunSpec(0, (0, 1, 2), 7, sent)
    group, _ = insert_group(
        db,
        USER,
        group_spec(version, engine="embedded"),
        [spec],
        idem="g",
        process="process-1",
        most_live=1,
        given=["Ward round, day 1: weaning from noradrenaline."],
    )
    (run,) = runs_of(db, USER, group.id)
    own_answers.save_answer(db, USER, group.id, 1, True, idem="a")
    at = RunProgress(run.id, "streaming", r"So \boxed{C}", 5, ModelIdentity("replay", "script", "hash"), now(), now())
    live_rows.finish(db, USER, at, Ending("complete", finish_reason="stop", letter="C", option=2))
    rated = feedback.save_feedback(
        db, USER, run.id, idem="f1", thumb="down", reasons=("other",), severity="mild", comment="µ – 日本",
        train_ok=True, supersedes=None,
    )  # fmt: skip
    feedback.save_feedback(
        db, USER, run.id, idem="f2", thumb="up", reasons=("other",), severity=None, comment="", train_ok=True,
        supersedes=rated.id,
    )  # fmt: skip
    marks.star(db, USER, [group.id], starred=True)
    _facts(db, group, run)
    _library(db)
    add_antibiogram(db, ANTIBIOGRAM, ROWS, lambda _: None)
    decided(db, version.id, DECIDED)
    keep_codebook(db, CODEBOOK)
    open_public(db, "bob", "rhc-sepsis", example_case(), "72-year-old")


def _facts(db: Database, group: RunGroup, run: Run) -> None:
    """A row in each table of facts. No page offers a reading of a run that has an answer: it is written by hand."""
    commit_answer(db, USER, QUESTION, "no case", option=1, sure=True)
    save_reveal(db, USER, group.id)
    keep_mapping(db, USER, MAPPING)
    begun = series.begin_series(
        db, USER, "probe", '{"removals":[{"without":"age","role":"cited"}]}', idem="s", base_group_id=group.id
    )
    place = series.Place(begun.id, 0, '{"without":"age","role":"cited"}', group.id)
    db.write_as(USER, lambda connection: series.put_in_place(connection, USER, group.id, place))
    save_what_if(db, USER, case_version(db, USER, group.case_version_id), example_case(lactate=2.0), idem="what if")
    said: dict[str, object] = {"option": 1, "after_reveal": True, "taken_back": False}
    event = audit.Event("reading", "run", run.id, {"none": False})
    of_run = {"run_id": run.id}
    db.write_as(USER, lambda connection: add(connection, FACTS["readings"], USER, of_run, said=said, event=event))


def _library(db: Database) -> None:
    """A document of the library, another that was taken out, and a signature."""
    added(db)
    added(db, "b")
    remove_document(db, USER, "b")
    sign(db, USER, SIGNED)


def main() -> None:
    """Makes the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "creason.db"
        db = open_store(f"sqlite:///{path}", Path(folder))
        fill(db)
        db.close()
        connection = sqlite3.connect(path)
        lines = "\n".join(connection.iterdump())
        connection.close()
    target = Path(__file__).parent / "databases" / f"{known_revisions()[-1]}.sql"
    target.write_text(lines + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
