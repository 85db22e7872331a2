"""Patient: what is entered is checked, kept, and saved once; a public case is never changed."""

from streamlit.testing.v1 import AppTest

from tests.pages.driver import Start, goto, open_case, words


def new_patient(start: Start) -> AppTest:
    app = start()
    app.button(key="new_case").click().run()
    return app


def enter(app: AppTest, feature: str, value: float) -> AppTest:
    key = f"field_case:new_{feature}"
    app.number_input(key=key).set_value(value).run()
    assert not app.exception
    return app


def fields(app: AppTest) -> AppTest:
    app.session_state["patient_tab"] = "Enter"
    return app.run()


def find(app: AppTest, text: str) -> AppTest:
    app.text_input(key="enter_search").set_value(text).run()
    return app


def test_without_a_case_the_page_says_so(start: Start) -> None:
    assert "No case is open." in words(goto(start(), "patient"))


def test_a_public_case_is_read_only_until_it_is_copied(start: Start) -> None:
    app = fields(goto(open_case(start()), "patient"))
    assert "A case of a cohort is never changed." in words(app)
    assert app.number_input
    assert all(field.disabled for field in app.number_input)
    app.button(key="copy").click().run()
    assert not any(field.disabled for field in app.number_input)
    assert app.button(key="save_version").label == "Save version"


def test_a_section_that_was_opened_stays_open_when_a_value_is_filled_in(start: Start) -> None:
    app = new_patient(start)
    app.session_state["section_3_False"] = True
    before = [part.label for part in app.run().expander]
    opened = [str(field.key) for field in app.number_input]
    assert "field_case:new_meanbp1" in opened
    enter(app, "meanbp1", 70.0)
    assert [str(field.key) for field in app.number_input] == opened
    assert [part.label for part in app.expander] == before  # which a browser knows a drawer by


def test_an_impossible_value_blocks_saving_and_says_why(start: Start) -> None:
    app = enter(new_patient(start), "age", 230.0)
    shown = words(app)
    assert shown.count("Age = 230 years is impossible: it must lie within 18–120 years.") == 1
    assert "1 impossible: Age" in shown
    assert app.button(key="save_version").disabled


def test_an_unusual_value_is_saved_with_a_reason(start: Start) -> None:
    app = enter(find(new_patient(start), "education"), "edu", 27.0)
    assert "1 to confirm" in words(app)
    assert app.button(key="save_version").disabled
    app.text_input(key="field_case:new_edu_reason").set_value("Checked with the chart").run()
    assert not app.button(key="save_version").disabled
    app.button(key="save_version").click().run()
    assert "Saved as version 1." in words(app)


def test_an_age_over_89_is_kept_and_shown_as_90_plus(start: Start) -> None:
    app = enter(new_patient(start), "age", 93.0)
    assert app.number_input(key="field_case:new_age").value == 90.0
    assert "it is kept as 90+" in words(app)
    app.button(key="save_version").click().run()
    assert "90+ years" in words(app)
    app = goto(app, "hypotheses")
    assert "Age **90+ years" in words(app)


def test_a_value_outside_its_reference_range_is_flagged_and_allowed(start: Start) -> None:
    app = enter(find(new_patient(start), "sodium"), "sod1", 150.0)
    assert "is outside the reference range" in words(app)
    assert not app.button(key="save_version").disabled


def test_a_reload_keeps_what_was_typed(start: Start) -> None:
    enter(new_patient(start), "age", 61.0)
    again = goto(start(), "patient")
    assert again.number_input(key="field_case:new_age").value == 61.0
    assert "1 unsaved change" in words(again)


def test_saving_twice_with_one_key_writes_one_version(start: Start) -> None:
    app = enter(new_patient(start), "age", 61.0)
    app.button(key="save_version").click().run()
    assert "Saved as version 1." in words(app)
    app.number_input(key=f"field_case:{app.query_params['v']}_age").set_value(62.0).run()
    app.button(key="save_version").click().run()
    assert "Saved as version 2." in words(app)


def test_discard_brings_back_the_saved_values(start: Start) -> None:
    app = enter(new_patient(start), "age", 61.0)
    app.button(key="discard").click().run()
    assert "No case is open." in words(app)


def test_a_browser_is_told_what_a_field_shows_when_a_draft_of_a_version_is_discarded(start: Start) -> None:
    app = enter(new_patient(start), "age", 61.0)
    app.selectbox(key="field_case:new_sex").select("Male").run()
    app.button(key="save_version").click().run()
    sex, age = (f"field_case:{app.query_params['v']}_{name}" for name in ("sex", "age"))
    app.selectbox(key=sex).select("Female").run()
    app.number_input(key=age).set_value(70.0).run()
    app.button(key="discard").click().run()
    assert (app.selectbox(key=sex).value, app.number_input(key=age).value) == ("Male", 61.0)
    assert app.selectbox(key=sex).proto.set_value
    assert app.number_input(key=age).proto.set_value
    public = fields(goto(open_case(start()), "patient"))
    shown = [field for field in [*public.selectbox, *public.number_input] if "field_" in str(field.key)]
    assert shown
    assert all(field.proto.set_value for field in shown)


def test_search_and_filters_narrow_the_fields(start: Start) -> None:
    app = fields(goto(open_case(start()), "patient"))
    app = find(app, "creat")
    assert [field.label.split(" ")[0] for field in app.number_input] == ["Creatinine"]
    app = find(app, "")
    app.pills(key="enter_only").set_value(["Only flagged"]).run()
    assert all("Sodium" not in field.label for field in app.number_input)


def test_a_saved_case_can_be_asked_about(start: Start) -> None:
    app = enter(new_patient(start), "age", 61.0)
    app.button(key="save_version").click().run()
    app = goto(app, "hypotheses")
    app.button(key="mask_age").click().run()
    assert "Age **hidden**" in words(app)
