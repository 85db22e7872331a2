"""Comments, names, notes and reasons pass the identifier guard before they are stored, on both databases."""

import pytest
import sqlalchemy as sa

from creason_core.errors import IdentifierError
from creason_core.record.case import Entry, PatientCase
from creason_core.store.audit import verify
from creason_core.store.patients.cases import recent_cases, save_import, save_version
from creason_core.store.people.feedback import feedback_for, save_feedback
from creason_core.store.runs.live_rows import Ending, RunProgress, finish
from creason_core.store.schema.tables import metadata
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now
from tests.store.examples import USER, example_case, queued_run
from tests.store.people.test_feedback import MODEL

PHONE = "010-1234-5678"
TYPED = f"Ask the daughter, {PHONE}."


def with_reason(reason: str) -> PatientCase:
    return example_case().model_copy(update={"entries": (Entry(feature="age", value=50.0, reason=reason),)})


def everything(db: Database) -> str:
    """Every cell of every table."""
    with db.read() as connection:
        return str([connection.execute(sa.select(table)).all() for table in metadata.sorted_tables])


@pytest.mark.parametrize("place", ["label", "note", "reason"])
def test_a_version_is_not_saved_with_an_undecided_find(db: Database, place: str) -> None:
    case = with_reason(TYPED) if place == "reason" else example_case()
    label, note = TYPED if place == "label" else "Bed 4", TYPED if place == "note" else ""
    with pytest.raises(IdentifierError, match="what looks like a phone number"):
        save_version(db, USER, case, idem="1", case_id=None, parent_id=None, label=label, note=note)
    assert PHONE not in everything(db)
    assert recent_cases(db, USER) == ()
    saved = save_version(
        db, USER, case, idem="1", case_id=None, parent_id=None, label=label, note=note, cleared={PHONE}
    )
    assert PHONE in (saved.label + saved.note + saved.case.entries[0].reason)


@pytest.mark.parametrize("place", ["label", "reason"])
def test_an_import_is_not_saved_with_an_undecided_find(db: Database, place: str) -> None:
    cases = [example_case(), with_reason(TYPED if place == "reason" else "")]
    label = TYPED if place == "label" else "Ward 3"
    with pytest.raises(IdentifierError, match="what looks like a phone number"):
        save_import(db, USER, cases, idem="i", label=label)
    assert PHONE not in everything(db)
    assert save_import(db, USER, cases, idem="i", label=label, cleared={PHONE}).n == 1


def test_a_comment_is_not_saved_with_an_undecided_find(db: Database) -> None:
    queued = queued_run(db)
    progress = RunProgress(queued.id, "checking", r"So \boxed{C}", 4, MODEL, now(), now())
    run = finish(db, USER, progress, Ending("complete", "", "stop", "C", 2))

    def rate(cleared: tuple[str, ...]) -> str:
        return save_feedback(
            db, USER, run.id, idem="1", thumb="up", reasons=("other",), severity=None, comment=TYPED, train_ok=True,
            supersedes=None, cleared=cleared,
        ).comment  # fmt: skip

    with pytest.raises(IdentifierError, match=r"The comment holds what looks like a phone number \(0…"):
        rate(())
    assert feedback_for(db, USER, run.id) is None
    assert PHONE not in everything(db)
    assert rate((PHONE,)) == TYPED
    assert verify(db).problems == ()
