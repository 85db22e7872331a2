"""Hide more: other values are hidden by hand with the masked one, marked so, and told nowhere."""

import json

from creason_core.store.exporting.export import export
from creason_core.store.runs.run_rows import recent_groups
from pages.server.services import services
from tests.pages.driver import Start, answer, goto, mask, open_case, run_to_end, words
from tests.pages.test_grading import calibrated


def test_other_values_can_be_hidden_by_hand_and_are_marked_everywhere(start: Start) -> None:
    app = mask(open_case(start(answer("A"))))
    assert "Creatinine:" in words(app)
    (field,) = app.multiselect
    assert field.label == "Hide more with it"
    field.set_value(["crea1", "hrt1"]).run()
    said = words(app)
    assert "Creatinine **hidden by you**" in said
    assert "APACHE III physiology score **hidden with it**" in said
    assert "Hidden by you: Heart rate, Creatinine" in said
    assert "Creatinine:" not in said
    app.button(key="commit_skip").click().run()
    app = run_to_end(app)
    assert words(app).count("Hidden by you: Heart rate, Creatinine") == 2  # beside the question and the answer
    assert "Creatinine **hidden by you**" in words(app)
    s = services()
    (group,) = recent_groups(s.db, s.user)
    (told,) = json.loads(export(s.db, s.user, [group.id], s.codebooks, "json"))["groups"]
    assert {"Heart rate (hidden by you)", "Creatinine (hidden by you)", "APACHE III physiology score"} <= set(
        told["hidden_with_it"]
    )
    app.button(key="choose_another").click().run()
    app = mask(app)
    assert app.multiselect[0].value == ["hrt1", "crea1"]
    app.multiselect[0].set_value([]).run()
    assert "Hidden by you" not in words(app)


def test_what_is_hidden_by_hand_is_not_told_on_another_page_or_in_the_scan(start: Start) -> None:
    app = mask(open_case(start()))
    app.multiselect[0].set_value(["temp1"]).run()
    assert "40.0 °C" not in words(app)
    goto(app, "ask")
    assert "40.0 °C" not in words(app)
    app.session_state["hypothesis"] = "Scan"
    goto(app, "hypotheses")
    assert "because it hides them: Mean arterial pressure" in words(app)
    assert "Temperature" in next(str(box.value) for box in app.info if "hides them" in str(box.value))
    assert "40.0 °C" not in words(app)


def test_an_answer_to_such_a_question_is_not_graded(start: Start) -> None:
    app = start(answer("C"))
    calibrated(180, 20)
    mask(open_case(app)).multiselect[0].set_value(["crea1"]).run()
    app.button(key="commit_skip").click().run()
    app.button(key="samples_5").click().run()
    shown = words(run_to_end(app))
    assert "5 of 5 agree" in shown
    assert "High confidence" not in shown
