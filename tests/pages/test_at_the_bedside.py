"""What a reader needs in sight: the whole record, one line about what is hidden, the reasoning before the figures."""

from streamlit.testing.v1 import AppTest

from tests.pages.driver import Start, answer, mask, open_case, run_to_end, words


def test_a_search_ends_with_the_choice_of_a_value_and_can_begin_anew(start: Start) -> None:
    app = open_case(start())
    whole = listed(app)
    app.text_input(key="mask_search").set_value("creat").run()
    assert listed(app) == ["mask_crea1"]
    app.button(key="mask_crea1").click().run()
    assert listed(app) == whole
    app.text_input(key="mask_search").set_value("temperature").run()
    assert listed(app) == ["mask_temp1"]


def listed(app: AppTest) -> list[str]:
    """The keys of the values that the list shows."""
    return [str(button.key) for button in app.button if str(button.key).startswith("mask_")]


def test_a_value_that_is_chosen_elsewhere_ends_the_search_of_the_list_too(start: Start) -> None:
    app = open_case(start())
    app.text_input(key="mask_search").set_value("creat").run()
    app.query_params["mask"] = "meanbp1"
    app.run()
    assert "PaO₂/FiO₂ ratio **118 mmHg" in words(app)


def test_many_hidden_values_are_one_line_with_their_number_and_reasons_and_all_on_request(start: Start) -> None:
    app = mask(open_case(start()), "resp")
    (fold,) = [one for one in app.expander if "Hidden with it" in one.label]
    sentences = [line for one in fold.caption for line in str(one.value).split("\n")]
    later = sum("is known on day 1" in line for line in sentences)
    assert fold.label.endswith(
        f"**Hidden with it: {len(sentences)} other values** · {later} known later, "
        f"{len(sentences) - later} tied by a rule"
    )
    assert later > 10
    assert "that the last follows by elimination" in sentences[0]
    assert [str(one.value) for one in fold.markdown] == [
        f"**{len(sentences) - later} tied by a rule**", f"**{later} known later**"
    ]  # fmt: skip
    assert not fold.proto.expanded
    told = [str(one.value) for one in app.caption if "is hidden\\:" in str(one.value)]
    everywhere = [line for one in told for line in one.split("\n")]
    assert everywhere == sentences


def test_the_reasoning_comes_after_the_answer_and_before_the_figures(start: Start) -> None:
    app = mask(open_case(start(answer("A"))))
    app.button(key="commit_skip").click().run()
    run_to_end(app)
    said = [*(one.value for one in app.markdown if "Model: A" in one.value), *(one.value for one in app.text)]
    answered, reasoned = said[0], next(text for text in said if "so perfusion is poor." in text)
    assert at(app, answered) < at(app, reasoned) < at(app, "plotly_chart")


def at(app: AppTest, wanted: str) -> int:
    """Where on the page, counted from its top, the first element stands that says ``wanted`` or is of that type."""
    return next(place for place, one in enumerate(app.main) if wanted in (one.type, str(getattr(one, "value", ""))))
