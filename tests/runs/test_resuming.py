"""A run that goes on from the text of another: what is sent, what is stored, and how the answer is read."""

import pytest

from creason_core.errors import RunError, StoreError
from creason_core.model.engines.base import GenerationRequest
from creason_core.model.engines.replay import Replay, ReplayStream, scripted
from creason_core.question.citing import citations
from creason_core.record.codebook import Codebook
from creason_core.runs import RunView
from creason_core.store.runs import run_rows
from creason_core.store.sql.transactions import Database
from tests.runs.conftest import Desk, MakeDesk
from tests.runs.scripted_engine import HeldEngine
from tests.store.examples import CODEBOOK, USER, example_question

CUT = scripted(" Lactate is high, so \\box", finish_reason="length")
REST = scripted("ed{A}")


class Listening(Replay):
    """A replay that remembers what it was asked."""

    def __init__(self, *replies: object) -> None:
        super().__init__(script=list(replies))  # type: ignore[arg-type]
        self.asked: list[GenerationRequest] = []

    def stream(self, request: GenerationRequest) -> ReplayStream:
        self.asked.append(request)
        return super().stream(request)


def resumed(desk: Desk, view: RunView, idem: str = "2", *, codebook: Codebook = CODEBOOK) -> RunView:
    question = example_question(desk.version.case)
    group = desk.manager.resume(USER, desk.version, question, codebook, view.run.id, idem=idem)
    return desk.ended(group).runs[0]


def test_the_kept_text_is_sent_as_the_start_of_the_reply_and_the_answer_is_read_from_both(
    db: Database, make_desk: MakeDesk
) -> None:
    engine = Listening(CUT, REST)
    desk = make_desk(db, engine)
    cut = desk.ended(desk.start()).runs[0]
    whole = resumed(desk, cut)
    first, second = (request.messages[-1].content for request in engine.asked)
    assert engine.asked[1].messages[-1].role == "assistant"
    assert second == first + " Lactate is high, so \\box"
    assert whole.run.prompt == cut.run.prompt + cut.run.text
    assert cut.run.kept == ""
    assert whole.run.kept == cut.run.text
    assert (whole.run.text, whole.run.status, whole.run.letter, whole.run.option) == ("ed{A}", "complete", "A", 0)
    assert run_rows.run(db, USER, cut.run.id) == cut.run  # stays as it ended
    child = run_rows.group(db, USER, whole.run.group_id)
    assert child.parent_group_id == cut.run.group_id


def test_what_was_continued_can_be_continued(sqlite_db: Database, make_desk: MakeDesk) -> None:
    more = scripted(" and more", finish_reason="length")
    desk = make_desk(sqlite_db, Replay(script=[scripted(" one", finish_reason="length"), more, REST]))
    second = resumed(desk, desk.ended(desk.start()).runs[0])
    third = resumed(desk, second, "3")
    assert third.run.kept == " one and more"


def test_a_number_made_up_before_a_stop_is_no_value_of_what_was_sent(sqlite_db: Database, make_desk: MakeDesk) -> None:
    made_up = scripted(" It is 987.6 here", finish_reason="length")
    desk = make_desk(sqlite_db, Replay(script=[made_up, scripted(", and 987.6 is high \\boxed{A}")]))
    run = resumed(desk, desk.ended(desk.start()).runs[0]).run
    case = desk.version.case
    found = citations(run.reply, run.shown, case, example_question(case), CODEBOOK)
    assert [(one.text, one.true) for one in found.others] == [("987.6", False)]


def test_a_sample_goes_on_with_its_own_order_of_the_options(sqlite_db: Database, make_desk: MakeDesk) -> None:
    desk = make_desk(sqlite_db, Replay(script=[CUT, CUT, REST]))
    reversed_sample = desk.ended(desk.start(samples=2)).runs[1]
    whole = resumed(desk, reversed_sample)
    assert (whole.run.order, whole.run.letter, whole.run.option) == ((2, 1, 0), "A", 2)
    assert "A) 4.2 mmol/L" in whole.run.prompt


def test_the_same_key_starts_one_run(sqlite_db: Database, make_desk: MakeDesk) -> None:
    desk = make_desk(sqlite_db, Replay(script=[CUT, REST]))
    cut = desk.ended(desk.start()).runs[0]
    assert resumed(desk, cut).run.id == resumed(desk, cut).run.id


def test_a_live_or_empty_run_or_another_wording_cannot_be_resumed(
    sqlite_db: Database, make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = HeldEngine()
    desk = make_desk(sqlite_db, engine)
    group = desk.start()
    engine.next().say(" some")
    live = desk.when(group, lambda view: bool(view.runs[0].run.text)).runs[0]
    with pytest.raises(RunError, match="no text to go on from"):
        resumed(desk, live)
    desk.manager.stop(USER, group.id)
    desk.ended(group)
    with pytest.raises(StoreError):
        desk.manager.resume(
            "another", desk.version, example_question(desk.version.case), CODEBOOK, live.run.id, idem="2"
        )
    monkeypatch.setattr("creason_core.question.prompts._SYSTEM", "Other words for {population}.")
    with pytest.raises(RunError, match="worded differently"):
        resumed(desk, live)
