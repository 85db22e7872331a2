"""Decisions of consults as files: rows and CDS Hooks feedback, without what is hidden or may not train."""

import csv
import io
import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from creason_core.cli import main
from creason_core.errors import StoreError
from creason_core.settings import settings
from creason_core.store.exporting.consults import HIDDEN, export_for_training, export_own
from creason_core.store.hospital.consults import Judged, decide
from creason_core.store.runs.what_ifs import save_what_if
from creason_core.store.schema.tables import audit as audit_rows
from creason_core.store.schema.tables import run_groups
from creason_core.store.sql.transactions import Database
from tests.store.examples import USER, example_case, queued_run, saved_case

CARDS = ["0b0f9b0a-7f43-5c53-8f0e-0d0a3a6c1e01", "0b0f9b0a-7f43-5c53-8f0e-0d0a3a6c1e02"]
OPTION = {
    "recommendation": "ssc26-abx-shock-1h", "statement": "=Antimicrobials at once", "drugs": ["meropenem"],
    "fit": "applies", "missing": ["weight"],
    "precheck": [{"features": ["lactate"], "text": "lactate: 4.2 mmol/L"}, {"features": [], "text": "allergy: none"}],
}  # fmt: skip


def decided(db: Database, version: str, card: str, judged: Judged, user: str = USER) -> None:
    decide(db, user, card, judged, case_version_id=version, question="Antibiotics?", option=json.dumps(OPTION))


def test_feedback_has_the_shape_of_cds_hooks(db: Database) -> None:
    version = saved_case(db)
    decided(db, version.id, CARDS[0], Judged("accept"))
    decided(db, version.id, CARDS[1], Judged("modify", ("renal function", "allergy"), "Longer interval"))
    first, second = json.loads(export_own(db, USER, "cds-hooks"))["feedback"]
    assert set(first) == {"card", "outcome", "acceptedSuggestions", "outcomeTimestamp"}
    assert (first["card"], first["outcome"], len(first["acceptedSuggestions"])) == (CARDS[0], "accepted", 1)
    assert first["outcomeTimestamp"].endswith("Z")
    assert (second["card"], second["outcome"]) == (CARDS[1], "overridden")
    assert second["overrideReason"] == {
        "reason": {"code": "renal-function", "system": "urn:c-reason:consult-override-reason",
                   "display": "renal function"},
        "userComment": "Modify. Also: allergy. Longer interval",
    }  # fmt: skip
    with db.read() as connection:
        noted = (
            connection.execute(sa.select(audit_rows.c.detail).where(audit_rows.c.action == "export")).scalars().all()
        )
    assert [json.loads(one) for one in noted] == [{"decisions": 2, "format": "cds-hooks"}]


def test_a_row_holds_what_was_shown_and_no_cell_is_a_formula(sqlite_db: Database) -> None:
    version = saved_case(sqlite_db)
    decided(sqlite_db, version.id, CARDS[0], Judged("reject", ("other",), "=HYPERLINK(1)"))
    (row,) = csv.DictReader(io.StringIO(export_own(sqlite_db, USER, "csv").decode("utf-8-sig")))
    assert (row["statement"], row["comment"]) == ("'=Antimicrobials at once", "'=HYPERLINK(1)")
    assert (row["choice"], row["outcome"], row["reasons"]) == ("reject", "overridden", "other")
    assert (row["precheck"], row["case_sha256"]) == ("lactate: 4.2 mmol/L; allergy: none", version.case.content_hash)


def test_a_value_that_an_open_question_hides_is_in_no_row(sqlite_db: Database) -> None:
    run = queued_run(sqlite_db)
    with sqlite_db.read() as connection:
        version = connection.execute(
            sa.select(run_groups.c.case_version_id).where(run_groups.c.id == run.group_id)
        ).scalar_one()  # fmt: skip
    decided(sqlite_db, version, CARDS[0], Judged("accept"))
    (row,) = [json.loads(line) for line in export_own(sqlite_db, USER, "jsonl").decode().splitlines()]
    assert row["precheck"] == [f"lactate: {HIDDEN}", "allergy: none"]
    assert (row["fit"], row["missing"]) == (HIDDEN, [HIDDEN]), "either may rest on the hidden value"


def test_a_file_for_training_leaves_out_what_may_not_train_and_says_how_much(sqlite_db: Database) -> None:
    version = saved_case(sqlite_db)
    copy = save_what_if(sqlite_db, USER, version, example_case(2.0), idem="x")
    decided(sqlite_db, version.id, CARDS[0], Judged("accept", train_ok=True))
    decided(sqlite_db, version.id, CARDS[1], Judged("accept"))
    decided(sqlite_db, copy.id, "0b0f9b0a-7f43-5c53-8f0e-0d0a3a6c1e03", Judged("accept", train_ok=True))
    made = export_for_training(sqlite_db, "operator", "jsonl")
    (row,) = [json.loads(line) for line in made.data.decode().splitlines()]
    assert (row["card"], row["may_train"], USER in made.data.decode()) == (CARDS[0], True, False)
    assert sorted(made.left_out.values()) == [1, 1]
    with pytest.raises(StoreError, match="There is no decision to export"):
        export_own(sqlite_db, "bob", "csv")


def test_the_command_writes_the_file_or_says_that_there_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CREASON_DATA_DIR", f"{tmp_path}/data")
    settings.cache_clear()
    assert main(["feedback", "consults", "--format", "jsonl", "--out", f"{tmp_path}/a.jsonl"]) == 1
    assert "There is no decision to export." in capsys.readouterr().err
