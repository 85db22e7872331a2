"""Home names a case without what a question about it hides: in its tiles, and where it offers to go on."""

from streamlit.testing.v1 import AppTest

from creason_core.store.patients.cases import recent_cases, save_import
from pages.server.services import services
from tests.pages.driver import Start, answer, by_a_telling_name, goto, mask, open_case, run_to_end, words

WHOLE = "73-year-old woman, septic, MAP 37 mmHg, heart rate 54 /min"


def tiles(app: AppTest) -> list[str]:
    return [str(button.label).replace("\\", "") for button in app.button if str(button.key).startswith("public_")]


def test_a_tile_tells_who_the_patient_is_and_nothing_that_was_measured(start: Start) -> None:
    found = tiles(start())
    assert found[0] == "73-year-old woman, septic"
    assert len(found) == len(set(found)) == 6
    assert all(name.count(", ") == 1 and name.endswith(", septic") for name in found)


def test_continue_leaves_out_what_the_question_in_hand_hides(start: Start) -> None:
    app = open_case(by_a_telling_name(start)())
    assert WHOLE in words(goto(app, "home"))
    app = goto(mask(goto(app, "hypotheses")), "home")
    assert "septic, MAP … mmHg, heart rate 54 /min" in words(app)
    app = goto(mask(goto(app, "hypotheses"), "hrt1"), "home")
    assert "septic, MAP 37 mmHg, heart rate … /min" in words(app)


def test_a_question_about_the_age_hides_it_in_the_tile_and_in_a_copys_name(start: Start) -> None:
    app = goto(mask(open_case(by_a_telling_name(start)()), "age"), "home")
    assert tiles(app)[0] == "…-year-old woman, septic"
    assert "73" not in words(app)
    goto(app, "patient")
    app.button(key="copy").click().run()
    assert any(str(field.value).startswith("Copy of …-year-old woman") for field in app.text_input)


def test_continue_tells_the_whole_name_once_every_question_is_revealed(start: Start) -> None:
    app = mask(open_case(by_a_telling_name(start)(answer("A"))))
    app.button(key="commit_skip").click().run()
    app = goto(run_to_end(app), "home")
    assert WHOLE not in words(app)
    again = start(case="", v="", mask="", run="")
    assert WHOLE not in words(again)  # a new session, in which no question is in hand
    app.button(key="continue_run").click().run()
    next(button for button in app.button if str(button.key).endswith("_reveal")).click().run()
    assert WHOLE in words(goto(app, "home"))


def test_home_has_three_doors_for_who_has_no_case_yet_and_afterwards_a_way_to_import(start: Start) -> None:
    app = start()
    assert all(words_of in words(app) for words_of in ("Try a case", "See the demo", "Bring my data"))
    app.button(key="door_import").click().run()
    assert [title.value for title in app.title] == ["Patient"]
    assert len(app.get("file_uploader")) == 1
    app = start()
    app.button(key="door_try").click().run()
    assert [title.value for title in app.title] == ["Hypotheses"]
    assert "See the demo" not in words(goto(app, "home"))
    app.button(key="door_import").click().run()
    assert len(app.get("file_uploader")) == 1


def test_home_goes_on_with_the_open_patient_of_a_table_and_leads_to_each_of_the_others(start: Start) -> None:
    app = mask(open_case(start(answer("A"))))
    app.button(key="commit_skip").click().run()
    app = goto(run_to_end(app), "home")
    assert "continue_run" in {button.key for button in app.button}
    s, case = services(), recent_cases(services().db, services().user, 1)[0].case
    first = save_import(s.db, s.user, [case] * 3, idem="import", label="Ward 3")
    app.query_params["case"], app.query_params["v"] = first.case_id, first.id
    assert "Ward 3, patient 1" in words(app.run())
    assert "continue_run" not in {button.key for button in app.button}  # the last run was about another patient
    app.session_state["others"] = True
    (box,) = (box for box in app.run().selectbox if box.key == "other_case")
    assert [*box.options[:2], len(box.options)] == ["Ward 3, patient 3", "Ward 3, patient 2", 3]
    box.select_index(1).run()
    assert [title.value for title in app.title] == ["Hypotheses"]
    assert "Ward 3, patient 2" in words(goto(app, "home"))


def test_without_an_open_case_home_goes_on_with_the_one_that_was_asked_about_last(start: Start) -> None:
    app = open_case(start(answer("A")))
    s, (version,) = services(), recent_cases(services().db, services().user)
    save_import(s.db, s.user, [version.case], idem="import", label="Ward 3")
    assert "Ward 3" in words(start(case="", v="", mask="", run=""))
    mask(app).button(key="commit_skip").click().run()
    run_to_end(app)
    shown = start(case="", v="", mask="", run="")
    assert "Ward 3" not in words(shown)
    assert "continue_run" in {button.key for button in shown.button}
