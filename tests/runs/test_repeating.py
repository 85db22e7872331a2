"""A question asked again with its seeds: the same requests, a child of the first, and only of what one owns."""

import pytest

from creason_core.errors import RunError, StoreError
from creason_core.model.engines.base import GenerationRequest
from creason_core.model.engines.replay import Replay, scripted
from creason_core.question.prompts import PROMPT_VERSION
from creason_core.store.runs import run_rows
from creason_core.store.sql.transactions import Database
from tests.runs.conftest import MakeDesk
from tests.runs.test_resuming import CUT, REST, Listening, resumed
from tests.store.examples import CODEBOOK, USER


def told_apart(request: GenerationRequest) -> tuple[object, ...]:
    return request.messages, request.seed, request.temperature, request.max_tokens


def test_a_repeat_sends_the_very_same_requests_once(db: Database, make_desk: MakeDesk) -> None:
    engine = Listening(scripted(" \\boxed{A}"))
    desk = make_desk(db, engine, runs_at_once=1)
    first = desk.start(samples=3)
    desk.ended(first)
    again = desk.manager.repeat(USER, first.id, CODEBOOK, idem="again")
    desk.ended(again)
    assert desk.manager.repeat(USER, first.id, CODEBOOK, idem="again").id == again.id
    sent = [told_apart(request) for request in engine.asked]
    assert len(sent) == 6
    assert sent[3:] == sent[:3]
    assert (again.parent_group_id, again.prompt_version) == (first.id, PROMPT_VERSION)
    assert (again.seed, again.temperature, again.samples, again.question_json) == (
        first.seed, first.temperature, 3, first.question_json,
    )  # fmt: skip


def test_a_repeat_of_a_later_try_draws_what_that_try_drew(sqlite_db: Database, make_desk: MakeDesk) -> None:
    desk = make_desk(sqlite_db, Replay(script=[scripted(" \\boxed{A}")]))
    first = desk.start()
    desk.ended(first)
    later = desk.start("later", parent_group=first.id)
    desk.ended(later)
    assert later.seed != first.seed
    again = desk.manager.repeat(USER, later.id, CODEBOOK, idem="again")
    assert (again.seed, again.temperature, again.parent_group_id) == (later.seed, later.temperature, later.id)
    desk.ended(again)


def test_nobody_repeats_anothers_question_and_a_continuation_is_not_repeated(
    sqlite_db: Database, make_desk: MakeDesk
) -> None:
    desk = make_desk(sqlite_db, Replay(script=[CUT, REST]))
    cut = desk.ended(desk.start()).runs[0]
    whole = resumed(desk, cut)
    before = len(run_rows.recent_groups(sqlite_db, USER))
    with pytest.raises(StoreError, match="no such run among yours"):
        desk.manager.repeat("bob", cut.run.group_id, CODEBOOK, idem="b")
    with pytest.raises(RunError, match="went on from another one's text"):
        desk.manager.repeat(USER, whole.run.group_id, CODEBOOK, idem="c")
    assert len(run_rows.recent_groups(sqlite_db, USER)) == before
