"""A database with rated runs: what a test says of each, and nothing else."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest

from creason_core.model.engines.base import FinishReason, Message, ModelIdentity
from creason_core.question.prompts import OPENING, transcript
from creason_core.record.identifiers import scan_text
from creason_core.store.patients.cases import CaseVersion, open_public
from creason_core.store.people.feedback import Feedback, save_feedback
from creason_core.store.runs.live_rows import Ending, RunProgress, finish
from creason_core.store.runs.new_runs import insert_group
from creason_core.store.runs.run_rows import EndedStatus, RunSpec, runs_of
from creason_core.store.schema.tables import runs
from creason_core.store.sql.transactions import Database
from tests.store.conftest import cluster, db, sqlite_db, template, url  # noqa: F401 - fixtures
from tests.store.examples import USER, example_case, group_spec, running_process

IDENTITY = ModelIdentity("embedded", "SmolLM2-135M-Instruct", "m" * 64, "", "")
RECORD = "## Labs\nLactate: [MASK]\n\nWhat would be the masked value of 'Lactate' (mmol/L)?\nA) 1.0\nB) 2.0\nC) 4.2"
ASKED = (Message("system", "You reason over one record."), Message("user", RECORD), Message("assistant", OPENING))
GOOD = " The mean arterial pressure is low, so lactate is high. \\boxed{C}"
BAD = " It is usually normal. \\boxed{A}"

Rate = Callable[..., Feedback]


def end(db: Database, user: str, run_id: str, text: str, status: EndedStatus) -> None:  # noqa: F811
    """Ends a run as ``status`` says; a complete one answers what its box holds."""
    option = {"C}": 2, "A}": 0}.get(text.strip()[-2:]) if status == "complete" else None
    letter = None if option is None else "ABC"[option]
    reason = "stop" if status in ("complete", "unparsed") else "length" if status == "truncated" else None
    ending = Ending(
        status, "" if status == "complete" else "No answer.", cast("FinishReason | None", reason), letter, option
    )
    finish(db, user, RunProgress(run_id, "checking", text, 20, IDENTITY, None, None), ending)


@pytest.fixture
def rate(db: Database) -> Rate:  # noqa: F811
    """Makes one more run that ended as said, and rates it; ``old``: with a transcript instead of messages."""
    running_process(db)
    numbers = itertools.count()
    opened: dict[str, CaseVersion] = {}

    def make(
        text: str = GOOD,
        thumb: str = "up",
        *,
        user: str = USER,
        record: str = RECORD,
        kept: str = "",
        status: EndedStatus = "complete",
        kind: str = "mask",
        train_ok: bool = True,
        comment: str = "",
        old: bool = False,
    ) -> Feedback:
        number = next(numbers)
        case = opened.setdefault(user, open_public(db, user, "rhc-sepsis", example_case(), "72 years"))
        system, asked, opening = ASKED
        opening = replace(opening, content=opening.content + kept)
        messages = (system, replace(asked, content=record), opening)
        group, _ = insert_group(
            db,
            user,
            group_spec(case, kind=kind),
            [RunSpec(0, (0, 1, 2), number, messages)],
            idem=f"group {number}",
            process="process-1",
            most_live=100,
        )
        run = runs_of(db, user, group.id)[0]
        if old:  # as revisions before 0006 kept it
            kept_so = {"messages": None, "prompt": transcript(messages)}
            row = runs.update().where(runs.c.id == run.id).values(kept_so)
            db.write_as(user, lambda connection: connection.execute(row))
        end(db, user, run.id, text, status)
        return save_feedback(
            db,
            user,
            run.id,
            idem=f"rating {number}",
            thumb=thumb,  # type: ignore[arg-type]
            reasons=("correct reasoning",) if thumb == "up" else ("too vague",),
            severity=None,
            comment=comment,
            cleared=tuple(comment[hit.start : hit.end] for hit in scan_text(comment)),  # "this is no name"
            train_ok=train_ok,
            supersedes=None,
        )

    return make
