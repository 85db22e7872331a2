"""What-if: a changed copy beside the record, a sweep, and the smallest change, on a model that reads one value."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from streamlit.testing.v1 import AppTest

from creason_core.cohort.loading import own_cohorts
from creason_core.errors import ModelError
from creason_core.model.engines.base import GenerationRequest
from creason_core.model.engines.replay import Replay, ReplayStream, scripted
from creason_core.runs.views import RunView
from creason_core.store.history import Filters, history_page
from creason_core.store.patients.cases import recent_cases, versions
from creason_core.store.people.preferences import preferences, save_preferences
from creason_core.store.runs.run_rows import LIVE, Run, runs_of
from creason_core.store.runs.series import Point, places_of, points_of, series
from creason_core.store.runs.what_ifs import what_ifs_of
from pages.server.services import services
from pages.what_ifs.running import runs_ahead
from tests.cohort.stroke import make_stroke
from tests.pages.driver import Start, answer, goto, mask, open_case, run_to_end, until, words
from tests.pages.test_cohorts import open_of
from tests.pages.test_grading import calibrated, five_samples

MAP = re.compile(r"Mean arterial pressure: ([0-9.]+)")
OPTION = re.compile(r"^([A-E])[.):] *(.*)$", re.MULTILINE)
THRESHOLD = 75.0
BANNER = "This shows how the model's answer changes, not what would happen to the patient."


def model(
    monkeypatch: pytest.MonkeyPatch, choose: Callable[[str], str | int | None], *, says: str = "", seconds: float = 0.0
) -> list[str]:
    """A model that answers with the option of that text or place (None: it fails) by its prompt; what it was sent."""
    sent: list[str] = []

    def stream(_: Replay, request: GenerationRequest) -> ReplayStream:
        text = "\n".join(message.content for message in request.messages)
        sent.append(text)
        wanted, options = choose(text), OPTION.findall(text)
        if wanted is None:
            raise ModelError("failed", "The model server has gone.", remedy="Run it again.")
        letter = options[wanted][0] if isinstance(wanted, int) else next(one for one, told in options if told == wanted)
        return ReplayStream(scripted(f" {says}", f" \\boxed{{{letter}}}", seconds=seconds), seconds)

    monkeypatch.setattr(Replay, "stream", stream)
    return sent


def by_pressure(text: str) -> str:
    """Yes below the threshold, No from it on, whatever else is in the record."""
    found = MAP.search(text)
    return "Yes" if found and float(found[1]) < THRESHOLD else "No"


def opened(start: Start, tab: str = "Change") -> AppTest:
    app = goto(open_case(start()), "what_if")
    app.session_state["what_if_tab"] = tab
    return app.run()


def version_id() -> str:
    return recent_cases(services().db, services().user, 1)[0].id


def add(app: AppTest, name: str, value: float) -> AppTest:
    app.selectbox(key=f"what_if_add:{version_id()}").select(name).run()
    app.number_input(key=f"what_if:{version_id()}:{name}").set_value(value).run()
    return app


def ended(app: AppTest) -> AppTest:
    return until(app, lambda: not any(str(button.key).startswith("stop_") for button in app.button))


def pressed(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    return ended(app)


def sweep(app: AppTest, name: str = "meanbp1") -> AppTest:
    app.selectbox(key=f"sweep_name:{version_id()}").select(name).run()
    return pressed(app, "sweep_run")


def opened_in(app: AppTest, tab: str) -> AppTest:
    """Goes to a tab of the page."""
    app.session_state["what_if_tab"] = tab
    return app.run()


def everything(app: AppTest) -> str:
    """All that is on the page: words, fields with what they offer, and tables."""
    fields = [*app.number_input, *app.text_input, *app.selectbox, *app.multiselect, *app.button]
    told = [f"{one.label} {one.value} {getattr(one, 'options', '')}" for one in fields]
    return " ".join([words(app), *told, *(str(table.value.to_dict()) for table in app.dataframe)])


def stored() -> list[Point]:
    """The places of the newest what-if."""
    s = services()
    return list(points_of(s.db, s.user, what_ifs_of(s.db, s.user, version_id())[0].series.id))


def test_a_copy_is_asked_as_the_record_is_and_its_answer_stands_beside_it(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = model(monkeypatch, by_pressure, says="The pressure decides, and the creatinine.")
    app = add(opened(start), "meanbp1", 90.0)
    assert BANNER in words(app)
    assert "10 calls (2 questions × 5)" in words(app)
    app = pressed(app, "what_if_run")
    said = words(app)
    assert len(sent) == 10
    assert "The answer moved from B · Yes to A · No." in said
    assert (
        "The share of A · No rose from 0% to 100% (5 samples each; 95 % interval for the difference 39 to 100" in said
    )
    assert "The answer moved, and the changed value (Mean arterial pressure) is nowhere mentioned" in said
    assert "Cited in both: Creatinine" in said.replace("**", "")
    app = until(app, lambda: "Boosting, on the registry's patients" in words(app))
    chart = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert [trace["name"] for trace in chart["data"]][::2] == ["Model, 5 samples, as recorded", "Boosting, as recorded"]

    s = services()
    base, copy = stored()
    before, after = (runs_of(s.db, s.user, one.group.id) for one in (base, copy))
    assert [(one.sample, one.seed, one.order) for one in before] == [(one.sample, one.seed, one.order) for one in after]
    assert (base.group.temperature, base.group.engine) == (copy.group.temperature, copy.group.engine)
    differ = [(one, other) for one, other in zip(before[0].prompt.split("\n"), after[0].prompt.split("\n"), strict=True)
              if one != other]  # fmt: skip
    assert [MAP.search(one)[1] + MAP.search(other)[1] for one, other in differ] == ["3790"]  # type: ignore[index]
    assert "APACHE" not in before[0].prompt  # it follows from the pressure, by a formula that nobody here knows


def test_both_answers_are_graded_by_the_rule_of_the_question_page(start: Start) -> None:
    app = start(answer("C"))  # the middle one in every order
    calibrated(40, 160)
    assert "Do not lean on this answer" in five_samples(app)
    said = words(pressed(add(goto(app, "what_if"), "hrt1", 100.0), "what_if_run"))
    assert said.count("Do not lean on this answer") == 2
    assert "Uncalibrated" not in said


def test_a_copy_is_a_what_if_in_history_and_never_one_of_the_patients_versions(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    model(monkeypatch, by_pressure)
    app = pressed(add(opened(start), "meanbp1", 90.0), "what_if_run")
    s, kept = services(), version_id()
    (case,) = recent_cases(s.db, s.user, 1)
    assert [one.id for one in versions(s.db, s.user, case.case_id)] == [kept]
    assert {item.n for item in history_page(s.db, s.user, Filters()).items} == {1, -1}
    app = goto(app, "history")
    assert any(str(name).startswith("What-if 1 of ") for name in app.dataframe[0].value["Case"])
    (copy,) = [point for point in stored() if json.loads(point.place.what)["values"]]
    again = start(case=case.case_id, v=copy.group.case_version_id)  # the copy's own address
    again = goto(again, "patient")
    assert "Original" in words(again)  # the record that it was made from, which alone can be changed


def test_home_opens_a_what_if_where_it_was_made_until_it_was_looked_at(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    model(monkeypatch, by_pressure)
    app = add(opened(start), "meanbp1", 90.0)
    app.button(key="what_if_run").click().run()
    s, (_, copy) = services(), stored()
    until(app, lambda: not s.runs.live(s.user))
    app = goto(app, "home")
    if key := next((str(one.key) for one in app.button if one.key == f"open_{copy.group.id}"), ""):
        app.button(key=key).click().run()
        assert app.title[0].value == "What-if"
    app = goto(goto(app, "what_if"), "home")
    assert "nothing waits to be read" in words(app)


def test_who_waits_for_somebody_else_is_told_and_who_is_served_is_not() -> None:
    def view(status: str, ahead: int = 0) -> RunView:
        return RunView(cast(Run, SimpleNamespace(status=status, live=status in LIVE)), datetime.min, ahead)

    assert runs_ahead([view("queued", 3), view("queued", 4)]) == 3
    assert runs_ahead([view("streaming"), view("queued", 4)]) == 0
    assert runs_ahead([view("complete"), view("queued", 2)]) == 2
    assert runs_ahead([view("complete")]) == 0


def test_a_reload_shows_the_result_and_the_list_opens_an_earlier_one(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    model(monkeypatch, by_pressure)
    pressed(add(opened(start), "meanbp1", 90.0), "what_if_run")
    s, (case,) = services(), recent_cases(services().db, services().user, 1)
    base = stored()[0].group.id
    app = goto(start(case=case.case_id, v=case.id, run=base), "what_if")
    assert "The answer moved from B · Yes to A · No." in words(app)
    assert app.number_input(key=f"what_if:{case.id}:meanbp1").value == 90.0
    app.number_input(key=f"what_if:{case.id}:meanbp1").set_value(95.0).run()
    app = pressed(app, "what_if_run")
    first, second = (one.series.id for one in reversed(what_ifs_of(s.db, s.user, case.id)))
    app.button(key=f"what_if_open_{first}").click().run()
    assert app.number_input(key=f"what_if:{case.id}:meanbp1").value == 90.0
    assert app.button(key=f"what_if_open_{first}").disabled
    assert not app.button(key=f"what_if_open_{second}").disabled


def test_a_sweep_finds_the_threshold_and_a_point_opens_its_text(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = model(monkeypatch, by_pressure, says="So it is.")
    app = opened(start, "Sweep")
    app.selectbox(key=f"sweep_name:{version_id()}").select("meanbp1").run()
    assert "25 calls (5 questions × 5)" in words(app)
    app = pressed(app, "sweep_run")
    said = words(app)
    assert len(sent) == 25
    assert "The answer changes from B · Yes to A · No between 66 mmHg and 96 mmHg" in said
    assert "The share of A rises along Mean arterial pressure." in said
    chart = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert chart["data"][0]["y"] == [0, 0, 1, 1, 1]
    assert [shape["x0"] for shape in chart["layout"]["shapes"] if shape["type"] == "line"] == [37.0, 37.0]
    seeds = {tuple((one.seed, one.order) for one in runs_of(services().db, services().user, point.group.id))
             for point in stored()}  # fmt: skip
    assert len(seeds) == 1


def test_a_model_that_dies_in_the_middle_of_a_sweep_leaves_the_finished_points_and_the_rest_can_be_asked(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    model(monkeypatch, lambda text: None if float(MAP.search(text)[1]) > 100 else "No")  # type: ignore[index]
    assert "126 mmHg: " in words(sweep(opened(start, "Sweep")))
    case, base = recent_cases(services().db, services().user, 1)[0], stored()[0].group.id
    app = opened_in(goto(start(case=case.case_id, v=case.id, run=base), "what_if"), "Sweep")  # a reload
    assert "The answer is the same at every point: A · No" in words(app)
    sent = model(monkeypatch, by_pressure)
    app = pressed(app, "what_if_rest")
    assert len(sent) == 10  # the two points that had none
    assert not any(button.key == "what_if_rest" for button in app.button)
    assert len(stored()) == 5


def test_stop_keeps_what_is_finished(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    model(monkeypatch, by_pressure, seconds=30.0)
    app = opened(start, "Sweep")
    app.selectbox(key=f"sweep_name:{version_id()}").select("meanbp1").run()
    app.button(key="sweep_run").click().run()
    assert "0 of 25 calls" in str([bar.proto.text for bar in app.get("progress")])
    next(button for button in app.button if str(button.key).startswith("stop_")).click().run()
    app = ended(app)
    assert any(button.label == "Ask the rest (25 calls)" for button in app.button)


def test_the_smallest_change_is_found_within_thirty_calls(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = model(monkeypatch, by_pressure)
    app = opened(start, "Smallest change")
    app.multiselect(key=f"smallest_names:{version_id()}").set_value(["meanbp1", "crea1", "hrt1"]).run()
    assert "At most 30 calls" in words(app)
    app.button(key="smallest_run").click().run()
    app = until(app, lambda: "alters the answer" in words(app))
    assert "Mean arterial pressure from 37 mmHg to 75 mmHg alters the answer" in words(app)
    assert len(sent) <= 30
    assert len(app.dataframe[0].value) == len(sent) - 1


def test_of_more_directions_than_calls_those_are_tried_that_move_boosting_most_for_their_size(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    model(monkeypatch, lambda _: "No")
    app = opened(start, "Smallest change")
    app.multiselect(key=f"smallest_names:{version_id()}").set_value(["age", "temp1", "meanbp1", "crea1"]).run()
    app.button_group(key="smallest_samples").set_value(5).run()
    assert " directions and 5 changes to try" in words(app)
    app = until(app, lambda: not app.button(key="smallest_run").disabled)
    app = until(pressed(app, "smallest_run"), lambda: "None found within plausible ranges" in words(app))
    (point, *_) = stored()
    helps = json.loads(series(services().db, services().user, point.place.series_id).plan)["helps"]
    assert len(helps) == 4
    tried = [name for one in stored() for name in json.loads(one.place.what)["values"]]
    assert (len(tried), min(helps, key=helps.__getitem__) in tried) == (5, False)


def test_a_search_that_a_dead_model_stops_goes_on_from_what_was_tried(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = model(monkeypatch, lambda text: None if "Mean arterial pressure: 57" in text else by_pressure(text))
    app = opened(start, "Smallest change")
    app.multiselect(key=f"smallest_names:{version_id()}").set_value(["meanbp1"]).run()
    app.button(key="smallest_run").click().run()
    app = until(app, lambda: "The search stands still." in words(app))
    assert "The model server has gone." in words(app)
    tried = len(sent)
    sent = model(monkeypatch, by_pressure)
    app.button(key="smallest_on").click().run()
    app = until(app, lambda: "Mean arterial pressure from 37 mmHg to 75 mmHg alters the answer" in words(app))
    assert "Mean arterial pressure: 57" in sent[0]
    assert tried + len(sent) <= 31  # the failed call was asked again


def test_what_makes_no_sense_is_refused_in_words_before_anything_is_asked(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = model(monkeypatch, by_pressure)
    app = opened(start)
    assert app.button(key="what_if_run").disabled
    app = add(app, "crea1", 400.0)
    assert "Creatinine = 400 mg/dL is impossible: it must lie within 0–40 mg/dL." in words(app)
    assert app.button(key="what_if_run").disabled
    recorded = recent_cases(services().db, services().user, 1)[0].case.value("crea1")
    assert isinstance(recorded, float)
    app.number_input(key=f"what_if:{version_id()}:crea1").set_value(recorded).run()
    assert "Every value is as recorded, so both questions would be the same." in words(app)
    assert app.button(key="what_if_run").disabled
    app.button(key="what_if_chip_crea1_highest in cohort").click().run()
    assert not app.button(key="what_if_run").disabled
    assert sent == []
    monkeypatch.setattr("pages.what_ifs.trying.targets", lambda *_, **__: ())
    assert "Nothing can be asked about this record" in words(app.run())


def test_a_question_is_sent_to_what_if_as_it_was_asked_and_tells_nothing_that_it_hides(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = mask(open_case(start(answer("A"))), "meanbp1")
    app.button(key="commit_skip").click().run()
    app = run_to_end(app)
    next(button for button in app.button if str(button.key).startswith("what_if_")).click().run()
    app = goto(app, "what_if")
    assert app.selectbox(key=f"what_if_target_field:{version_id()}").value == "mask:meanbp1"
    assert "37 mmHg" not in words(app)
    assert "meanbp1" not in app.selectbox(key=f"what_if_add:{version_id()}").options
    sent = model(monkeypatch, lambda text: 4 if "Heart rate: 90 " in text else 0)
    app = pressed(add(app, "hrt1", 90.0), "what_if_run")
    assert len(sent) == 10
    assert "The answer moved from" in words(app)
    kinds = {kind for kind, _ in places_of(services().db, services().user, [one.group.id for one in stored()]).values()}
    assert kinds == {"what-if"}


def test_a_value_that_is_hidden_and_not_asked_about_yet_is_what_is_asked(start: Start) -> None:
    app = goto(mask(open_case(start()), "meanbp1"), "what_if")
    assert app.selectbox(key=f"what_if_target_field:{version_id()}").value == "mask:meanbp1"
    assert "37 mmHg" not in words(app)


def test_a_change_of_a_value_that_a_question_hides_since_is_told_nowhere(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    model(monkeypatch, by_pressure)
    app = pressed(add(opened(start), "meanbp1", 33.0), "what_if_run")
    app = sweep(opened_in(app, "Sweep"))
    app = pressed(opened_in(app, "Smallest change"), "smallest_run")
    app = mask(open_case(start()), "meanbp1")
    app.button(key="commit_skip").click().run()
    app = goto(run_to_end(app), "what_if")
    for tab in ("Change", "Sweep", "Smallest change"):
        said = everything(opened_in(app, tab))
        assert "Mean arterial pressure" in said
        assert not re.search(r"\b3[37](\.0)? mmHg", said), tab
    assert not app.number_input
    assert "hidden by a question, so this change is left out" in everything(opened_in(app, "Change"))
    for button in [str(one.key) for one in app.button if str(one.key).startswith("what_if_open_")]:
        app.button(key=button).click().run()
        assert "which a question hides now" in words(app)
        assert not re.search(r"\b3[37](\.0)? mmHg", everything(app))
    app = goto(app, "history")
    assert any("Mean arterial pressure another value" in one for one in app.dataframe[0].value["Value"])
    assert not re.search(r"\b3[37](\.0)? mmHg", " ".join(app.dataframe[0].value["Value"]))


def test_notes_that_the_reader_wants_are_in_the_prompts_of_both_and_name_nothing_hidden(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = model(monkeypatch, by_pressure)
    app = opened(start)
    s = services()
    save_preferences(s.db, s.user, preferences(s.db, s.user).model_copy(update={"notes": "always"}))
    app = pressed(add(app, "meanbp1", 90.0), "what_if_run")
    assert "The model is given the registry's notes on it (Settings)." in words(app)
    assert len(sent) == 10
    for text in sent:
        notes = text.partition("## The registry on Death within 30 days")[2]
        assert notes
        assert "APACHE" not in notes
    assert len({text.partition("## The registry on")[2].partition("What")[0] for text in sent}) <= 2


def test_it_works_for_a_cohort_of_ones_own(start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    make_stroke(tmp_path, own_cohorts() / "ist-stroke")
    sent = model(monkeypatch, lambda text: 0 if "Systolic blood pressure: 200" in text else 1)
    app = goto(open_of(start(), "ist-stroke"), "what_if")
    case = recent_cases(services().db, services().user, 1)[0].case
    pressure = next(entry.feature for entry in case.entries if entry.feature == "rsbp")
    app = pressed(add(app, pressure, 200.0), "what_if_run")
    assert len(sent) == 10
    assert "The answer" in words(app)
