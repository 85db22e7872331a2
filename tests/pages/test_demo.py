"""The demo walks through the real pages on a stage of its own, and leaves nothing in anybody's database."""

import time
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from creason_core.demonstration.votes import Tally, press, tallies
from creason_core.errors import StoreError
from creason_core.model.engines.replay import PACKAGED, Recording, Replay, scripted, write_recordings
from creason_core.store.people.own_answers import human_answer
from pages.demonstration import playing, presenting
from pages.demonstration.place import ShowPlace, read_place
from pages.demonstration.script import BEATS, STEPS
from pages.server import stage as stage_module
from pages.server.services import process_services
from pages.server.stage import Stage, stages
from tests.pages.driver import Start, answer, goto, mask, open_case, run_to_end, until, words
from tests.pages.test_two_principals import stored

CHIPS = "**Cites** Potassium 4.0 ✓ · PaCO₂ 29 ✓ · Arterial pH 7.33 ✓"


def demo(app: AppTest, *, instant: bool = True) -> AppTest:
    """The demo at its first step."""
    goto(app, "demo")
    for _ in range(2 if instant else 0):
        app.button(key="demo_pace").click().run()
    return app


def at(app: AppTest, place: str) -> AppTest:
    """Goes to a place as a reload of its address does."""
    app.query_params["at"] = place
    app.run()
    return until(app, lambda: "on their way" not in words(app) and not live(app))


def live(app: AppTest) -> bool:
    return any(str(button.key).startswith("stop_") for button in app.button)


def stage() -> Stage:
    process = process_services()
    return stages().of("local", process)


@pytest.mark.slow
def test_next_leads_through_every_beat_and_nothing_fails_on_the_way(start: Start) -> None:
    app = demo(start())
    seen = 1
    while not app.button(key="demo_next").disabled:
        app.button(key="demo_next").click().run()
        until(app, lambda: "on their way" not in words(app) and not live(app))
        assert not app.error, words(app)
        assert not any("recorded for another version" in str(item.value) for item in app.warning)
        seen += 1
    assert seen == BEATS
    assert "comes with the studies" in words(app)


@pytest.mark.slow
def test_a_stopped_reply_goes_on_and_the_recorded_value_is_shown(start: Start) -> None:
    app = demo(start(), instant=False)
    app.query_params["at"] = "4.3"
    app.run()
    until(app, lambda: "Potassium: 4" in words(app))
    app.button(key="demo_next").click().run()
    assert "Stopped by you" in words(app)
    app.button(key="demo_next").click().run()
    until(app, lambda: "Model: D" in words(app))
    assert "Continued here" in words(app)
    app.button(key="demo_next").click().run()
    assert "Recorded: **8.6 mg/dL** (option E)" in words(app)
    assert "The answer stays D · 3.1 mg/dL." in words(at(app, "5.2"))  # of the reply that went on
    assert CHIPS in words(at(app, "6.1"))


@pytest.mark.slow
def test_a_reply_that_stays_stopped_is_finished_where_it_is_compared(start: Start) -> None:
    app = demo(start(), instant=False)
    app.query_params["at"] = "4.3"
    app.run()
    until(app, lambda: "Potassium: 4" in words(app))
    app.button(key="demo_next").click().run()
    assert "Stopped by you" in words(app)
    assert CHIPS in words(at(app, "6.1"))


def test_a_changed_value_that_matters_moves_the_answer_as_on_what_if(start: Start) -> None:
    app = demo(start())
    assert "The answer stays D · 3.1 mg/dL." in words(at(app, "5.2"))
    moved = words(at(app, "5.4"))
    assert "The answer moved from D · 3.1 mg/dL to E · 8.6 mg/dL." in moved
    assert "Creatinine (masked), with Potassium 4.0 mmol/L → 6.2 mmol/L" in moved
    assert "**Cited in both**: Potassium, PaCO₂, Arterial pH" in moved


def test_what_the_reply_cites_is_tested_as_under_a_reply_and_a_made_up_number_is_found(start: Start) -> None:
    app = demo(start())
    said = words(at(app, "6.1"))
    assert CHIPS in said
    assert "✗" not in said.replace("✗ it shows another one", "")
    assert "Arterial pH 7.33 ✓ · not needed" in words(at(app, "6.2"))
    assert "6.8 ✗" in words(at(app, "6.3"))


@pytest.mark.slow
def test_the_demo_and_its_reset_leave_everybodys_own_rows_as_they_were(start: Start) -> None:
    app = mask(open_case(start(answer("B"))))
    app.button(key="commit_skip").click().run()
    run_to_end(app)
    before = stored()
    assert before["runs"]
    assert before["audit"]
    at(demo(app), "4.6")
    own = stage()
    press(own.services().db, "demo:local:1", own.shown, "up", idem="1")
    assert stored() == before
    app.button(key="demo_reset").click().run()
    assert stored() == before
    assert tallies(stage().services().db) == {}
    assert "Step 1 of 8" in str(app.get("progress")[0].proto)
    assert "Nothing of yours was touched" in words(app)
    assert goto(app, "history").dataframe  # and History lists the person's own run again


def test_a_recording_of_another_version_is_told_and_the_demo_goes_on(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [Recording.model_validate_json(line) for line in PACKAGED.read_text().splitlines()]
    file = tmp_path / "old.jsonl"
    write_recordings([one.model_copy(update={"prompt": "0" * 64, "prompt_version": 0}) for one in lines], file)
    monkeypatch.setattr(stage_module, "PACKAGED", file)
    app = at(demo(start()), "4.3")
    assert "another version of this question (prompt version 0, now 1)" in words(app)
    assert "Potassium: 4.0" not in words(app)
    for _ in range(4):
        app.button(key="demo_next").click().run()
        assert not app.error
    assert "What if Mean arterial pressure were 75 mmHg?" in words(app)


@pytest.mark.slow
def test_a_guest_sees_the_reply_and_two_thumbs_and_every_press_is_stored_once(start: Start) -> None:
    at(demo(start()), "4.6")
    own = stage()
    guest = start(join=own.code)
    stages()  # the same process
    assert not guest.sidebar.button
    assert "Let's think step by step." in words(guest)
    before = stored()
    for thumb in ("up", "down", "down"):
        guest.button(key=f"vote_{thumb}").click().run()
    who = "".join(guest.query_params["guest"])
    assert tallies(own.services().db)[own.shown] == Tally(up=0, down=1, pressed=3)
    again = start(join=own.code, guest=who)
    again.button(key="vote_up").click().run()
    assert tallies(own.services().db)[own.shown] == Tally(up=1, down=0, pressed=4)
    assert stored() == before


@pytest.mark.parametrize("page", ["home", "patient", "demo", "settings"])
def test_from_another_computer_every_address_shows_the_audiences_page(
    start: Start, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("CREASON_DEMO_HOST", "192.168.1.20")
    app = start()
    monkeypatch.setattr(type(st.context), "ip_address", property(lambda _: "192.168.1.77"))
    app.switch_page(f"pages/{page}.py").run()
    assert "leads to no demonstration" in words(app)
    assert not app.button
    assert [title.value for title in app.title] == ["C-Reason"]


def test_a_link_of_no_demonstration_says_so(start: Start) -> None:
    demo(start())
    for code in ("made-up", "größer?"):
        assert "leads to no demonstration" in words(start(join=code))


def test_a_press_is_stored_once_however_often_it_arrives(start: Start) -> None:
    start()
    db = stage().services().db
    for _ in range(3):
        press(db, "g", "r", "up", idem="one")
    assert tallies(db)["r"] == Tally(up=1, down=0, pressed=1)
    with pytest.raises(StoreError, match="is no thumb"):
        press(db, "g", "r", "sideways", idem="two")  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "0.1", "9.1", "4.7", "4", "a.b", "-1.1", "4.2.1", "٤.٢", "4.2\n"])
def test_an_address_that_names_no_place_leads_to_the_start(text: str) -> None:
    assert read_place(text, STEPS) == ShowPlace(0, 0)


def test_the_place_before_and_after_is_found_over_the_ends_of_steps() -> None:
    place: ShowPlace | None = ShowPlace(0, 0)
    walked = []
    while place:
        walked.append(place)
        place = place.after(STEPS)
    assert len(walked) == BEATS
    assert [one.before(STEPS) for one in walked] == [None, *walked[:-1]]


def test_the_room_is_not_told_what_it_is_asked_for_and_next_commits_what_was_chosen(start: Start) -> None:
    app = at(demo(start()), "2.2")
    assert "54 years" in words(app)
    assert "8.6 mg/dL" not in words(app)
    at(app, "4.2")
    app.button(key="option_1").click().run()
    app.button(key="demo_next").click().run()
    own = stage()
    given = human_answer(own.services().db, own.owner, own.groups["masked"])
    assert given is not None
    assert given.option == 1


def test_whoever_goes_through_fast_has_no_reply_refused(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(presenting.PACES, "×1", 0.5)
    monkeypatch.setattr(playing, "STOPS_WITHIN", 0.0)
    app = start()
    own = stage()
    own.engine.recorded.tokens_per_second = 0.5
    demo(app, instant=False)
    for place in ("4.3", "5.2", "5.4"):
        app.query_params["at"] = place
        app.run()
        assert not app.error, words(app)
    assert len(own.services().runs.live(own.owner)) == 3
    own.restart()
    while own.services().runs.live(own.owner):  # else the test's own limit ends it
        time.sleep(0.05)


def test_a_question_that_is_refused_says_so_where_the_reply_would_stand(start: Start) -> None:
    app = demo(start())
    stage().services().runs.close()
    assert "The app is closing." in words(at(app, "4.3"))
    assert "The app is closing." in words(at(app, "5.2"))


def test_a_live_model_that_is_gone_before_it_is_asked_gives_way_to_the_recording(start: Start) -> None:
    app = at(demo(start()), "4.2")
    own = stage()
    gone = Replay(script=[scripted(fault="unreachable")])
    own.engine._model, own.engine.live = lambda: gone, True
    at(app, "4.3")
    assert "stopped answering" in words(app)
    app.button(key="demo_next").click().run()
    assert "Potassium: 4.0 mmol/L" in words(until(app, lambda: not live(app)))


def test_altered_recordings_are_not_played_and_the_page_says_why(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "altered.jsonl"
    file.write_text(PACKAGED.read_text().replace("creason-smollm2-grpo@7", "a-better-model@1"))
    monkeypatch.setattr(stage_module, "PACKAGED", file)
    app = at(demo(start()), "4.3")
    assert "were altered: a seal does not fit" in words(app)
    assert "were altered: a seal does not fit" in words(at(app, "8.1"))
    assert not app.error
