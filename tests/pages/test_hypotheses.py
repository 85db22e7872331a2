"""Hypotheses: hide, commit, run, read, reveal, rate; every way a run can end; nothing hidden is on the page."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from creason_core.model.engines.replay import Recording, scripted
from creason_core.store.exporting.export import export
from creason_core.store.patients.cases import save_version
from creason_core.store.runs.run_rows import recent_groups
from pages.server.services import services
from tests.pages.driver import Start, answer, goto, mask, open_case, run_to_end, until, words


def slow(*, letter: str = "A") -> Recording:
    return scripted(*[f" word{number}" for number in range(400)], f" \\boxed{{{letter}}}", seconds=0.05)


def test_without_a_case_the_page_offers_the_two_ways_to_open_one(start: Start) -> None:
    app = goto(start(), "hypotheses")
    assert "No case is open." in words(app)
    assert "Enter a patient" in words(app)


def test_a_masked_value_and_what_gives_it_away_are_nowhere_on_the_page(start: Start) -> None:
    app = open_case(start())
    assert "37 mmHg ↓" in words(app)
    app = mask(app)
    shown = words(app)
    assert "Mean arterial pressure **hidden**" in shown
    assert "APACHE III physiology score **hidden with it**" in shown
    assert "37 mmHg ↓" not in shown
    assert "APACHE III physiology score is hidden: it is worked out from Mean arterial pressure." in shown
    assert "Mean arterial pressure: [MASK]" in shown


def test_run_waits_for_a_commitment(start: Start) -> None:
    app = mask(open_case(start()))
    assert app.button(key="run").disabled
    assert app.button(key="commit_sure").disabled
    app.button(key="option_1").click().run()
    assert not app.button(key="commit_sure").disabled
    app.button(key="commit_sure").click().run()
    assert not app.button(key="run").disabled
    assert "your answer" in words(app)


def test_skipping_is_a_commitment_too(start: Start) -> None:
    app = mask(open_case(start()))
    app.button(key="commit_skip").click().run()
    assert not app.button(key="run").disabled
    assert "You skipped your own answer." in words(app)


def test_a_commitment_survives_a_reload(start: Start) -> None:
    app = mask(open_case(start()))
    app.button(key="option_1").click().run()
    app.button(key="commit_unsure").click().run()
    again = start(**{name: str(value) for name, value in app.query_params.items()})
    goto(again, "hypotheses")
    assert "your answer" in words(again)
    assert not again.button(key="run").disabled


def test_an_answered_run_shows_answer_own_answer_and_base_rate_and_reveals_on_request(start: Start) -> None:
    app = mask(open_case(start(answer("A"))))
    app.button(key="option_1").click().run()
    app.button(key="commit_sure").click().run()
    app = run_to_end(app)
    shown = words(app)
    assert "Model: A · " in shown
    assert "Your answer: **B · " in shown
    assert "One sample; agreement unknown" in shown
    assert "asked like this, is not yet measured" in shown
    assert "Recorded:" not in shown
    assert len(app.get("plotly_chart")) == 1
    reveal = next(button for button in app.button if str(button.key).endswith("_reveal"))
    reveal.click().run()
    assert "Recorded: **37 mmHg**" in words(app)


def test_a_reload_finds_run_answer_and_revealed_value(start: Start) -> None:
    app = run_skipped(open_case(start()))
    next(button for button in app.button if str(button.key).endswith("_reveal")).click().run()
    again = start(**{name: str(value) for name, value in app.query_params.items()})
    goto(again, "hypotheses")
    shown = words(again)
    assert "Model: A · " in shown
    assert "Recorded: **37 mmHg**" in shown
    assert "so perfusion is poor." in shown


def run_skipped(app: AppTest) -> AppTest:
    app = mask(app)
    app.button(key="commit_skip").click().run()
    return run_to_end(app)


def test_an_answer_given_after_the_reveal_is_told_shown_and_exported_as_such(start: Start) -> None:
    app = run_skipped(open_case(start(answer("A"), answer("A"))))
    next(button for button in app.button if str(button.key).endswith("_reveal")).click().run()
    app.button(key="choose_another").click().run()
    mask(app).button(key="option_1").click().run()
    app.button(key="commit_sure").click().run()
    app = run_to_end(app)
    assert "(sure, after the recorded value was shown)" in words(app)
    s = services()
    (group, skipped) = recent_groups(s.db, s.user)
    exported = json.loads(export(s.db, s.user, [group.id, skipped.id], s.codebooks, "json"))["groups"]
    assert exported[0]["own_answer"].endswith("(sure, after the recorded value was revealed)")


@pytest.mark.parametrize(
    ("reply", "said", "offered"),
    [
        (scripted(" No box here."), "The model gave no clear option", "Regenerate"),
        (scripted(" Two words", finish_reason="length"), "Cut off at", "Regenerate"),
        (scripted(" Half a", fault="incomplete"), "The text so far is kept.", "Retry"),
        (scripted(fault="timeout"), "Nothing was lost.", "Retry"),
        (scripted(fault="unreachable"), "Nothing was lost.", "Retry"),
        (scripted(" \\boxed{Z}"), "not one of the options shown", "Regenerate"),
    ],
)
def test_every_ending_says_what_happened_and_offers_a_way_on(
    start: Start, reply: Recording, said: str, offered: str
) -> None:
    app = run_skipped(open_case(start(reply)))
    shown = words(app)
    assert said in shown
    assert offered in shown
    assert "Reveal the recorded value" in shown


def test_stop_ends_a_run_and_keeps_its_text(start: Start) -> None:
    app = mask(open_case(start(slow())))
    app.button(key="commit_skip").click().run()
    assert "1 reply of up to 400 tokens\n" in words(app)
    app.button(key="run").click().run()
    app = until(app, lambda: "word2" in words(app))
    assert "**A** 37 mmHg · **B** " in words(app)  # one line, so that the text is in sight
    stop = next(button for button in app.button if str(button.key).startswith("stop_"))
    stop.click().run()
    app = until(app, lambda: "Stopped by you after" in words(app))
    assert "word2" in words(app)
    assert "Regenerate" in words(app)


def press(app: AppTest, start: str) -> AppTest:
    """Presses the button whose key begins so."""
    next(button for button in app.button if str(button.key).startswith(start)).click().run()
    return app


def test_a_reply_that_was_cut_off_goes_on_in_a_new_run_from_its_text(start: Start) -> None:
    cut = scripted(" The pressure is", finish_reason="length")
    app = run_skipped(open_case(start(cut, scripted(" low. \\boxed{B}"))))
    first = app.query_params["run"]
    assert "Model: B" not in words(app)
    resume = next(str(button.key) for button in app.button if str(button.key).startswith("resume_"))
    assert app.button(key=resume).label == "Continue"
    app = run_to_end(app, resume)
    shown = words(app)
    assert app.query_params["run"] != first
    assert "Model: B · " in shown
    assert "Continued here, in a new run" in shown
    texts = [str(text.value) for text in app.text]
    assert "Let's think step by step. The pressure is" in texts
    assert "low. \\boxed{B}" in texts
    app.query_params["run"] = first
    app.run()
    assert "Cut off at" in words(app)


def test_a_stopped_run_is_resumed_or_discarded_and_the_own_answer_stays(start: Start) -> None:
    app = mask(open_case(start(slow(), answer("C"))))
    app.button(key="option_1").click().run()
    app.button(key="commit_sure").click().run()
    app.button(key="run").click().run()
    app = until(app, lambda: "word2" in words(app))
    app = until(press(app, "stop_"), lambda: "Stopped by you after" in words(app))
    stopped = app.query_params["run"]
    assert "Resume as new run" in words(app)
    app = run_to_end(app, next(str(button.key) for button in app.button if str(button.key).startswith("resume_")))
    assert "Model: C · " in words(app)
    assert "Your answer: **B · " in words(app)
    app.query_params["run"] = stopped
    press(app.run(), "discard_")
    shown = words(app)
    assert "Discarded. History can restore it for 30 days." in shown
    assert "your answer" in shown
    assert not app.button(key="run").disabled
    assert "run" not in app.query_params


def test_a_person_reads_an_option_from_a_text_and_it_is_never_the_models_answer(start: Start) -> None:
    app = run_skipped(open_case(start(scripted(" Surely the second one."))))
    press(app, "pick_")
    assert "never counts as one" in words(app)
    press(app, "read_1_")
    shown = words(app)
    assert "Read by a person" in shown
    assert "You read it as **B · " in shown
    assert "No option suggested" in shown
    assert "Model: B" not in shown
    again = goto(start(**{name: str(value) for name, value in app.query_params.items()}), "hypotheses")
    assert "You read it as **B · " in words(again)
    press(again, "unread_")
    assert "You read it as" not in words(again)
    assert "Pick from text" in words(again)


def test_samples_that_disagree_suggest_nothing_and_offer_more(start: Start) -> None:
    app = mask(open_case(start(answer("A"), answer("A"), answer("B"), answer("D"), answer("C"))))
    app.button(key="commit_skip").click().run()
    app.button(key="samples_5").click().run()
    app = run_to_end(app)
    shown = words(app)
    assert "Not confident enough to suggest an option." in shown
    assert "No option suggested" in shown
    assert "Run more samples" in shown
    assert "Model: " not in shown


def test_a_researcher_lets_one_value_past_the_guard_and_the_result_says_so(start: Start) -> None:
    app = mask(open_case(start(answer("A"))))
    assert not any(str(button.key).startswith("guard_") for button in app.button)
    app = goto(app, "settings")
    app.toggle(key="pref_researcher").set_value(True).run()
    app = goto(app, "hypotheses")
    assert "APACHE III physiology score:" not in sent(app)
    app.button(key="guard_aps1").click().run()
    assert "APACHE III physiology score:" in sent(app)
    assert "Leak guard off for APACHE III physiology score" in words(app)
    app.button(key="commit_skip").click().run()
    app = run_to_end(app)
    assert "Leak guard off for APACHE III physiology score" in words(app)
    assert "APACHE III physiology score:" in sent(app)
    app.button(key="choose_another").click().run()
    app = mask(app)
    app.button(key="guard_aps1").click().run()
    assert "APACHE III physiology score:" not in sent(app)


def sent(app: AppTest) -> str:
    """The prompt as the page shows it."""
    return str(app.code[0].value)


def test_several_samples_show_the_vote_and_each_reasoning(start: Start) -> None:
    app = mask(open_case(start(answer("A"), answer("E"))))
    app.button(key="commit_skip").click().run()
    app.button(key="samples_5").click().run()
    app = run_to_end(app)
    shown = words(app)
    assert "5 of 5 agree" in shown or "agree" in shown
    assert len(app.get("plotly_chart")) == 1


def test_regenerate_is_a_new_run_with_the_same_own_answer(start: Start) -> None:
    app = mask(open_case(start(answer("A"), answer("B"))))
    app.button(key="option_1").click().run()
    app.button(key="commit_sure").click().run()
    app = run_to_end(app)
    first = app.query_params["run"]
    again = next(str(button.key) for button in app.button if str(button.key).startswith("again_1_"))
    app = run_to_end(app, again)
    assert app.query_params["run"] != first
    assert "Your answer: **B · " in words(app)
    assert "Model: B · " in words(app)


def test_a_run_goes_on_while_another_page_is_open(start: Start) -> None:
    app = mask(open_case(start(slow())))
    app.button(key="commit_skip").click().run()
    app.button(key="run").click().run()
    app = goto(app, "settings")
    assert "Reasoning about Mean arterial pressure" in words(app)
    go_to_it = next(button for button in app.button if str(button.key).startswith("go_"))
    go_to_it.click().run()
    app = until(app, lambda: "word3" in words(app))
    next(button for button in app.button if str(button.key).startswith("stop_")).click().run()
    until(app, lambda: "Stopped by you" in words(app))


def test_a_thumb_with_a_reason_is_saved_and_can_be_edited(start: Start) -> None:
    app = run_skipped(open_case(start()))
    thumb = app.feedback[0]
    thumb.set_value(1).run()
    reasons = next(pills for pills in app.pills if str(pills.key).endswith("_reasons"))
    reasons.set_value(["correct reasoning"]).run()
    next(button for button in app.button if str(button.key).endswith("_save")).click().run()
    shown = words(app)
    assert "Saved " in shown
    assert "correct reasoning" in shown
    next(button for button in app.button if str(button.key).endswith("_edit")).click().run()
    app.feedback[0].set_value(0).run()
    reasons = next(pills for pills in app.pills if str(pills.key).endswith("_reasons"))
    reasons.set_value(["unsafe suggestion"]).run()
    save = next(button for button in app.button if str(button.key).endswith("_save"))
    assert save.disabled
    severity = next(item for item in app.segmented_control if str(item.key).endswith("_severity"))
    severity.set_value("severe").run()
    next(button for button in app.button if str(button.key).endswith("_save")).click().run()
    shown = words(app)
    assert "harm if followed: severe" in shown


def test_a_rating_that_was_begun_survives_a_reload_and_ends_when_saved(start: Start) -> None:
    app = run_skipped(open_case(start()))
    app.feedback[0].set_value(0).run()
    next(pills for pills in app.pills if str(pills.key).endswith("_reasons")).set_value(["too vague"]).run()
    app.text_area[0].set_value("Says nothing of the kidneys.").run()
    query = {name: str(value) for name, value in app.query_params.items()}
    again = goto(start(**query), "hypotheses")
    assert again.feedback[0].value == 0
    assert again.text_area[0].value == "Says nothing of the kidneys."
    next(button for button in again.button if str(button.key).endswith("_save")).click().run()
    assert "Saved " in words(again)
    later = goto(start(**query), "hypotheses")
    assert not later.feedback
    assert "Says nothing of the kidneys." in words(later)


def test_regenerating_twice_from_one_run_asks_twice(start: Start) -> None:
    app = run_skipped(open_case(start()))
    runs = [str(app.query_params["run"])]
    for _ in range(2):
        again = next(str(button.key) for button in app.button if str(button.key).startswith("again_1_"))
        runs.append(str(run_to_end(app, again).query_params["run"]))
        app.query_params["run"] = runs[0]
        app.run()
    assert len(set(runs)) == 3


def test_a_missing_value_is_estimated_and_never_revealed(start: Start) -> None:
    app = open_case(start(answer("A")))
    app.session_state["hypothesis"] = "Missing values"
    app.run()
    offered = next(button for button in app.button if str(button.key).startswith("missing_"))
    offered.click().run()
    assert "None of these / cannot tell" in words(app)
    app.button(key="commit_skip").click().run()
    app = run_to_end(app)
    shown = words(app)
    assert "Estimate: A · " in shown
    assert "Reveal" not in shown


def test_text_of_the_model_is_never_read_as_markdown(start: Start) -> None:
    attack = " ![x](http://127.0.0.1:9/leak.png) <img src=x> :red[y] \\boxed{A}"
    app = run_skipped(open_case(start(scripted(attack))))
    assert any("![x](http://127.0.0.1:9/leak.png)" in str(text.value) for text in app.text)
    assert not any("leak.png" in str(element.value) for element in app.markdown)
    assert not any("leak.png" in str(element.value) for element in app.caption)


def test_an_address_of_a_run_that_is_not_mine_is_told(start: Start) -> None:
    app = open_case(start())
    app.query_params["run"] = "nothing"
    app.run()
    assert "There is no such run among yours." in words(app)


@pytest.mark.parametrize("values", [0, 1])
def test_a_record_of_nothing_says_so_instead_of_speaking_of_a_search(start: Start, values: int) -> None:
    start()
    s = services()
    case = s.cohort.case(s.cohort.split["test"][0])
    case = case.model_copy(update={"entries": case.entries[:values]})
    kept = save_version(s.db, s.user, case, idem="one", case_id=None, parent_id=None, label="bed 4")
    said = words(goto(start(case=kept.case_id, v=kept.id), "hypotheses"))
    assert ("Nothing is recorded that could be chosen." in said) == (not values)
    assert "Clear the search" not in said
