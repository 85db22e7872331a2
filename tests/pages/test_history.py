"""History: found, opened as it was, asked again, compared, starred, deleted; nothing unrevealed is told."""

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from creason_core.model.engines.replay import Recording, scripted
from creason_core.store.exporting.export import export
from creason_core.store.history import Filters, history_page
from creason_core.store.records import group_records
from pages.runs.history_actions import choose
from pages.server.services import services
from tests.pages.driver import Start, answer, by_a_telling_name, goto, mask, open_case, run_to_end, words


def asked(start: Start, *features: str, replies: tuple[Recording, ...] = ()) -> AppTest:
    """The app on History after one run about each of ``features``."""
    app = open_case(start(*(replies or (answer("A"),))))
    for feature in features:
        app = mask(app, feature)
        if any(button.key == "commit_skip" for button in app.button):
            app.button(key="commit_skip").click().run()
        app = run_to_end(app)
        app.button(key="choose_another").click().run()
    return goto(app, "history")


def table(app: AppTest) -> list[dict[Hashable, Any]]:
    return app.dataframe[0].value.to_dict("records")


def tick(app: AppTest, *rows: int) -> AppTest:
    """What ticking lines does: AppTest cannot click into a table, so their runs are chosen in the session."""
    s = services()
    items = history_page(s.db, s.user, Filters()).items
    app.session_state["history_chosen"] = tuple(items[row].id for row in rows)
    return drawn(app)


def drawn(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click()
    return drawn(app)


def test_an_empty_history_says_what_to_do(start: Start) -> None:
    app = goto(start(), "history")
    assert "Nothing was asked yet of a model." in words(app)
    assert "Tick a line" not in words(app)
    assert not app.dataframe


def test_a_case_is_named_without_what_open_questions_about_it_hide(start: Start) -> None:
    """Whichever of its questions is looked at: the one about creatinine must not tell the pressure either."""
    app = asked(by_a_telling_name(start), "meanbp1", "crea1")
    gap, whole = "septic, MAP … mmHg, heart rate 54 /min", "septic, MAP 37 mmHg, heart rate 54 /min"
    assert [gap in line["Case"] for line in table(app)] == [True, True]
    assert any(gap in option for box in app.selectbox for option in box.options)
    assert not any(whole in option for box in app.selectbox for option in box.options)
    app.text_input(key="history_filter_words").set_value("MAP 37")
    assert not drawn(app).dataframe  # nor is it found by what is left out
    app.text_input(key="history_filter_words").set_value("heart rate 54")
    assert len(table(drawn(app))) == 2
    tick(app, 0)
    assert gap in words(app)
    assert whole not in words(app)
    s = services()
    ids = [item.id for item in history_page(s.db, s.user, Filters()).items]
    for form in ("json", "md", "csv"):
        assert whole not in export(s.db, s.user, ids, s.codebooks, form).decode()
    tick(app, 0)
    tick(app, 1)
    press(app, next(str(button.key) for button in app.button if str(button.key).endswith("_reveal")))
    assert whole in words(app)
    assert all(whole in line["Case"] for line in table(app))
    assert whole in export(s.db, s.user, ids[1:], s.codebooks, "json").decode()


def test_the_question_in_hand_hides_its_value_in_the_list_too(start: Start) -> None:
    app = asked(by_a_telling_name(start), "crea1")
    assert "MAP 37 mmHg" in table(app)[0]["Case"]
    app = goto(mask(goto(app, "hypotheses")), "history")
    assert "MAP … mmHg" in table(app)[0]["Case"]
    tick(app, 0)
    assert "MAP 37 mmHg" not in words(app)


def test_a_line_tells_answer_and_state_and_the_recorded_value_once_revealed(start: Start) -> None:
    app = asked(start, "meanbp1")
    (line,) = table(app)
    assert (line["Value"], line["State"]) == ("Mean arterial pressure", "Complete")
    assert line["Model"].startswith("A · ")
    assert line["Model"].endswith(", 1/1")
    assert (line["Recorded"], line["You"], line["Rated"], line["★"]) == ("not revealed", "–", "", "")
    app = tick(app, 0)
    press(app, next(str(button.key) for button in app.button if str(button.key).endswith("_reveal")))
    assert table(app)[0]["Recorded"].endswith(" · 37 mmHg")
    assert "Recorded: **37 mmHg**" in words(app)


def test_a_chosen_run_shows_text_prompt_version_and_what_asking_again_takes(start: Start) -> None:
    app = tick(asked(start, "crea1"), 0)
    shown = words(app)
    assert "so perfusion is poor." in shown
    assert "[MASK]" in shown
    assert "The exact text that was sent, seed 0." in shown
    assert "This is the first version of the case." in shown
    facts = {
        row["What"]: row["Value"] for frame in app.dataframe for row in frame.value.to_dict("records") if "What" in row
    }
    assert (facts["Seed"], facts["Temperature"], facts["Design"]) == ("0", "0.0", "stratified-2")
    assert len(facts["Case SHA-256"]) == 64


def test_open_goes_to_the_run_as_it_was(start: Start) -> None:
    app = asked(start, "crea1", "meanbp1")
    app = press(tick(app, 1), "history_open")
    shown = words(app)
    assert "Masked: Creatinine" in shown
    assert "Model: A · " in shown
    assert "so perfusion is poor." in shown


def test_open_goes_to_the_tab_of_an_estimate(start: Start) -> None:
    app = open_case(start(answer("A")))
    app.session_state["hypothesis"] = "Missing values"
    drawn(app)
    app = press(app, next(str(button.key) for button in app.button if str(button.key).startswith("missing_")))
    app.button(key="commit_skip").click().run()
    app = goto(run_to_end(app), "hypotheses")
    app.session_state["hypothesis"] = "One value"
    app = tick(goto(drawn(app), "history"), 0)
    assert table(app)[0]["Recorded"] == "never measured"
    assert "Estimate: A · " in words(press(app, "history_open"))


def test_all_versions_of_the_case_say_what_each_changed(start: Start) -> None:
    app = goto(open_case(start()), "patient")
    app = press(app, "copy")
    for years in (50.0, 51.0):
        next(field for field in app.number_input if str(field.key).endswith("_age")).set_value(years)
        app = press(drawn(app), "save_version")
    app = mask(goto(app, "hypotheses"), "crea1")
    app.button(key="commit_skip").click().run()
    app = press(tick(goto(run_to_end(app), "history"), 0), "history_versions")
    (change,) = app.dataframe[0].value.to_dict("records")
    assert (change["Value"], change["Version 1"], change["Version 2"]) == ("Age", "50 years", "51 years")


def test_repeat_asks_the_same_with_the_same_seed_as_a_child(start: Start) -> None:
    app = tick(asked(start, "crea1", replies=(answer("A"), answer("B"))), 0)
    assert "Same model, wording and codebook as then." in words(app)
    run_to_end(app, "history_repeat")
    s = services()
    child, first = group_records(s.db, s.user, [item.id for item in history_page(s.db, s.user, Filters()).items])
    assert child.group.parent_group_id == first.group.id
    assert [run.seed for run in child.runs] == [run.seed for run in first.runs]
    assert [run.prompt for run in child.runs] == [run.prompt for run in first.runs]
    assert (child.version, child.question, child.own) == (first.version, first.question, child.own)
    assert child.own is not None


def test_a_repeat_by_another_model_is_told_before_it_is_asked(start: Start) -> None:
    app = tick(asked(start, "crea1"), 0)
    s = services()
    other = replace(s.health.latest, identity=replace(s.health.latest.identity, model="other-model"))
    s.health.close()
    s.health.latest = other
    shown = words(drawn(app))
    assert "Answered by script on replay" in shown
    assert "; now other-model on replay" in shown


def test_two_chosen_runs_stand_side_by_side_with_what_differs(start: Start) -> None:
    app = tick(asked(start, "crea1", "meanbp1", replies=(answer("A"), answer("B"))), 0, 1)
    shown = words(app)
    assert "Side by side" in shown
    different = {row["What differs"]: row for row in app.dataframe[1].value.to_dict("records")}
    asked_about = different["Asked about"]
    assert (asked_about["First"], asked_about["Second"]) == ("Creatinine", "Mean arterial pressure")
    assert "Model" not in different
    assert "Model: **A · " in shown
    assert "Model: **B · " in shown
    assert shown.count("Recorded: **not revealed**") == 2


def test_a_star_and_a_deletion_change_the_list_and_can_be_taken_back(start: Start) -> None:
    app = press(tick(asked(start, "crea1", "meanbp1"), 1), "history_star")
    assert [line["★"] for line in table(app)] == ["", "★"]
    app = press(app, "history_delete")
    assert [line["Value"] for line in table(app)] == ["Mean arterial pressure"]
    app.pills(key="history_filter_only").set_value(["Deleted"])
    assert [line["Value"] for line in table(drawn(app))] == ["Creatinine"]
    s = services()
    (gone,) = history_page(s.db, s.user, Filters(deleted=True)).items
    app.session_state["history_chosen"] = (gone.id,)
    app = press(drawn(app), "history_restore")
    assert "Nothing here fits the search and the filters." in words(app)
    app = press(app, "history_all")
    assert len(table(app)) == 2


def test_search_and_filters_narrow_the_list(start: Start) -> None:
    app = asked(start, "crea1", "meanbp1", replies=(answer("A"), scripted(" No box here.")))
    app.text_input(key="history_filter_words").set_value("creat")
    assert [line["Value"] for line in table(drawn(app))] == ["Creatinine"]
    app.text_input(key="history_filter_words").set_value("NO BOX")
    assert [line["Value"] for line in table(drawn(app))] == ["Mean arterial pressure"]
    app.text_input(key="history_filter_words").set_value("")
    app.selectbox(key="history_filter_state").set_value("complete")
    assert [line["Value"] for line in table(drawn(app))] == ["Creatinine"]
    app.selectbox(key="history_filter_thumb").set_value("up")
    assert not drawn(app).dataframe


def test_the_three_files_are_offered_and_the_missing_recorded_value_is_told(start: Start) -> None:
    app = tick(asked(start, "crea1"), 0)
    assert [str(button.proto.label) for button in app.get("download_button")] == [
        "Markdown, to read",
        "JSON, for programs",
        "CSV, for spreadsheets",
    ]
    assert "The recorded value of 1 of them stays out" in words(app)


def test_text_of_the_model_is_never_read_as_markdown(start: Start) -> None:
    attack = " ![x](http://127.0.0.1:9/leak.png) <img src=x> :red[y] \\boxed{A}"
    app = tick(asked(start, "crea1", replies=(scripted(attack),)), 0)
    assert any("leak.png" in str(text.value) for text in app.text)
    for kind in ("markdown", "caption", "warning", "info"):
        assert not any("leak.png" in str(getattr(element, "value", "")) for element in app.get(kind))


def test_a_tick_belongs_to_a_run_on_whichever_page_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, object] = {"history_chosen": ("a", "b"), "t": {"selection": {"rows": [1, 9]}}}
    monkeypatch.setattr(st, "session_state", state)
    choose("t", ["b", "c"])
    assert state["history_chosen"] == ("a", "c")


def test_the_text_that_is_opened_first_chose_the_leading_option(start: Start) -> None:
    app = mask(open_case(start(answer("A"), *(answer("C") for _ in range(4)))))
    app.button(key="commit_skip").click().run()
    app.button(key="samples_5").click().run()
    app = tick(goto(run_to_end(app), "history"), 0)
    s = services()
    (item,) = history_page(s.db, s.user, Filters()).items
    (record,) = group_records(s.db, s.user, [item.id])
    first = app.session_state[f"text_{item.id}_sample"]
    assert record.vote.winner is not None
    assert next(run.option for run in record.runs if run.sample == first) == record.vote.winner
