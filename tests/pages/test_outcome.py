"""Outcome in Hypotheses: what is known later is hidden, answers give a probability, and none claims to be measured."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import asdict

import pytest

from creason_core.evaluation.plan import Model
from creason_core.evaluation.predictions.figures import differences, row
from creason_core.evaluation.predictions.run import RATE, PredictionPlan, PredictionsResult
from creason_core.evaluation.predictions.saved import save
from creason_core.model.engines.base import Message
from creason_core.model.engines.replay import Replay
from creason_core.question.kinds import read_question
from creason_core.store.exporting.export import export
from creason_core.store.runs.run_rows import recent_groups, runs_of
from pages.server.services import services
from tests.pages.driver import Start, answer, by_a_telling_name, goto, open_case, run_to_end, words


def test_an_outcome_is_predicted_beside_its_baselines_and_revealed_where_it_is_recorded(start: Start) -> None:
    replies = [answer(word) for word in ("Yes", "Yes", "No", "Yes", "Yes")]  # in words: each sample has its own letters
    app = open_case(start(*replies))
    app.session_state["hypothesis"] = "Outcome"
    app.run()
    assert "how good such ones were stands below it, if measured" in words(app)
    app.button(key="outcome_dth30").click().run()
    shown = words(app)
    assert "Predicting: Death within 30 days" in shown
    assert "Death within 30 days **asked about**" in shown
    assert "From what is known on day 1, what will be the outcome 'Death within 30 days' in section Outcome?" in shown
    row = next(control for control in app.segmented_control if control.label == "From what is known")
    row.set_value("admission").run()
    shown = words(app)
    assert "From what is known at admission" in shown
    assert "Creatinine: " not in str(getattr(app.get("code")[0], "value", "Creatinine: "))  # the prompt
    app.button(key="commit_skip").click().run()
    app.button(key="samples_5").click().run()
    app = run_to_end(app)
    assert not app.exception
    shown = words(app)
    assert "Prediction: B · Yes" in shown
    assert "By 5 samples that answered, the probability of Death within 30 days is 80% (95% interval 38%–96%)." in shown
    assert "came about in 36% (95% interval 34%–39%) of the 1,513 training patients in whom it is recorded." in shown
    assert "Gradient boosting on the values shown, fitted on those patients, gives this one" in shown
    assert "This model was never measured on this outcome: nobody knows how often it is right." in shown
    assert "Uncalibrated: 4 of 5 agree" in shown
    assert "Recorded:" not in shown
    reveal = next(button for button in app.button if str(button.key).endswith("_reveal"))
    reveal.click().run()
    assert "Recorded:" in words(app)
    (group,) = recent_groups(services().db, services().user)
    question = read_question(group.question_json)
    assert (group.kind, group.design, question.kind) == ("outcome", "outcome", "outcome")
    assert {item.reason for item in question.hidden} == {"recorded later"}
    app = goto(app, "history")
    assert app.dataframe[0].value.to_dict("records")[0]["Value"] == "Death within 30 days, predicted"


def test_log_probabilities_give_a_probability_of_one_sample_where_the_engine_has_them(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def weigh(_: Replay, messages: Sequence[Message], letters: Sequence[str]) -> tuple[float, ...]:
        asked.append(messages[-1].content)
        (yes,) = re.findall(r"^([AB])\) Yes$", messages[1].content, re.MULTILINE)
        return tuple(math.log(0.6 if letter == yes else 0.2) for letter in letters)

    monkeypatch.setattr(Replay, "option_logprobs", weigh)
    app = open_case(start(answer("Yes")))
    app.session_state["hypothesis"] = "Outcome"
    app.run()
    app.button(key="outcome_dth30").click().run()
    app.button(key="commit_skip").click().run()
    shown = words(run_to_end(app))
    assert "One answer gives no probability; several samples do." in shown
    told = "By how likely the model finds Yes beside No after its reasoning (log-probabilities, one sample), the "
    assert f"{told}probability of Death within 30 days is 75%." in shown
    assert [text.rpartition("\\")[2] for text in asked] == ["boxed{"]
    s = services()
    (group,) = recent_groups(s.db, s.user)
    (run,) = runs_of(s.db, s.user, group.id)
    assert run.logprobs == (math.log(0.2), math.log(0.6))  # No, Yes
    (written,) = json.loads(export(s.db, s.user, [group.id], s.codebooks, "json"))["groups"]
    assert written["runs"][0]["option_logprobs"] == list(run.logprobs)


def test_what_predictions_of_the_model_were_worth_stands_below_where_it_was_measured(start: Start) -> None:
    came, given = [True, False] * 20, [0.8, 0.6] * 20
    app = open_case(start(*[answer("Yes")] * 2))
    app.session_state["hypothesis"] = "Outcome"
    app.run()
    app.button(key="outcome_dth30").click().run()
    app.button(key="commit_skip").click().run()
    app = run_to_end(app)
    assert "never measured on this outcome" in words(app)
    s = services()
    (group,) = recent_groups(s.db, s.user)
    (run,) = runs_of(s.db, s.user, group.id)
    assert run.identity
    plan = PredictionPlan(
        prompts="", model=Model(**asdict(run.identity)), temperature=0.7, max_tokens=200, outcome="dth30",
        label="Death within 30 days", as_of="day1", known="on day 1", cohort="rhc-sepsis", cohort_hash="",
        codebook_hash=read_question(group.question_json).codebook_hash, split="test",
        split_hash="", seed=0, patients=40, samples=5, logprobs=False,
    )  # fmt: skip
    rows = (row("vote of 5 samples", came, given), row(RATE, came, [0.5] * 40))
    found = PredictionsResult(
        plan=plan, finished="2026-11-30", program="", came=20, short=0, note="", rows=rows, differences=()
    )
    save(found, s.settings.data_dir)
    shown = words(app.run())
    assert "Measured on 40 held-out patients, the Brier score (0 best; 0.25 is a coin's) by each: vote of 5" in shown
    assert "samples 0.200 (" in shown
    assert "rate of the training patients 0.250 (" in shown
    assert "never measured" not in shown
    far = differences(came, {"vote of 5 samples": [0.1, 0.9] * 20, RATE: [0.5] * 40}, [RATE])
    save(found.model_copy(update={"differences": far, "finished": "2026-12-01"}), s.settings.data_dir)
    assert "did worse than one who tells everybody the registry's rate" in words(app.run())


@pytest.mark.parametrize("given", [RuntimeError("unforeseen"), (-0.1,), (math.nan, -0.1)])
def test_a_reply_stays_complete_where_its_log_probabilities_go_wrong(
    start: Start, monkeypatch: pytest.MonkeyPatch, given: Exception | tuple[float, ...]
) -> None:
    def weigh(*_: object) -> tuple[float, ...]:
        if isinstance(given, Exception):
            raise given
        return given

    monkeypatch.setattr(Replay, "option_logprobs", weigh)
    app = open_case(start(answer("Yes")))
    app.session_state["hypothesis"] = "Outcome"
    app.run()
    app.button(key="outcome_dth30").click().run()
    app.button(key="commit_skip").click().run()
    run_to_end(app)
    s = services()
    (run,) = runs_of(s.db, s.user, recent_groups(s.db, s.user)[0].id)
    assert (run.status, run.logprobs) == ("complete", ())


def test_a_case_is_named_without_what_a_prediction_hides_until_it_is_revealed(start: Start) -> None:
    app = open_case(by_a_telling_name(start)(answer("Yes")))
    app.session_state["hypothesis"] = "Outcome"
    app.run()
    app.button(key="outcome_dth30").click().run()
    next(control for control in app.segmented_control if control.label == "From what is known").set_value(
        "admission"
    ).run()
    assert "37 mmHg" not in words(app)
    app.button(key="commit_skip").click().run()
    app = run_to_end(app)
    s = services()
    (group,) = recent_groups(s.db, s.user)
    told = [export(s.db, s.user, [group.id], s.codebooks, "md").decode()]
    assert "37 mmHg" not in told[0]
    assert "not revealed to the reader, so left out" in told[0]
    next(button for button in app.button if str(button.key).endswith("_reveal")).click().run()
    told.append(export(s.db, s.user, [group.id], s.codebooks, "md").decode())
    assert "MAP 37 mmHg" in told[1]


def test_one_sample_gives_no_probability_and_a_run_keeps_the_time_it_was_asked_for(start: Start) -> None:
    app = open_case(start(answer("B")))
    app.session_state["hypothesis"] = "Outcome"
    app.run()
    app.button(key="outcome_dth30").click().run()
    app.button(key="commit_skip").click().run()
    app = run_to_end(app)
    shown = words(app)
    assert "One answer gives no probability; several samples do." in shown
    assert "Predicted from what is known on day 1." in shown
    assert "Inputs: " in shown
