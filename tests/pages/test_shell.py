"""What surrounds the pages, and Home, About and Settings."""

import pytest
from streamlit.testing.v1 import AppTest

from creason_core.record.case import make_case
from creason_core.settings import settings
from creason_core.store.patients.cases import case_version, save_version, versions
from pages.components.inert import inert
from pages.server.services import services
from tests.pages.driver import Start, answer, goto, mask, open_case, run_to_end, until, words


def test_the_notice_is_shown_once(start: Start) -> None:
    app = start(notice_read=False)
    assert "Never enter names" in words(app)
    app.button(key="understood").click().run()
    assert "Never enter names" not in words(app)
    assert "Never enter names" not in words(start(notice_read=False))


def test_every_page_says_what_it_is_for_and_which_model_answers(start: Start) -> None:
    app = start()
    for page in ("home", "patient", "hypotheses", "ask", "about", "settings"):
        shown = words(goto(app, page))
        assert "Not for time-critical decisions." in shown
        assert "Engine: Recorded replies" in shown
        assert "Where: scripted replies, for tests" in shown


@pytest.mark.parametrize(("precision", "told"), [("float32", True), ("", False)])
def test_the_header_says_in_which_data_type_a_model_computes_where_that_is_known(precision: str, told: bool) -> None:
    def page(precision: str) -> None:
        from creason_core.model.engines.base import EngineHealth, ModelIdentity
        from pages.components.shell import _model_chip

        _model_chip(EngineHealth(True, ModelIdentity("vllm", "m", precision=precision), "http://here", "Ready.", 4096))

    shown = words(AppTest.from_function(page, args=(precision,), default_timeout=60).run())
    assert "Engine: vLLM" in shown
    assert (f"Computes in: {precision}" in shown) == told
    assert ("Computes in:" in shown) == told


@pytest.mark.parametrize(
    ("model", "adapter", "shown"),
    [
        ("SmolLM2-135M-Instruct", "creason-smollm2-grpo@7", "creason-smollm2-grpo@7"),
        ("some-people/A-Model-8B", "", "A-Model-8B"),
        ("/srv/weights/a-model/", "", "a-model"),
        ("m" * 60, "", "m" * 27 + "…"),
        ("", "", "No model"),
    ],
)
def test_the_header_calls_a_model_by_its_short_name_and_tells_all_on_request(
    model: str, adapter: str, shown: str
) -> None:
    def page(model: str, adapter: str) -> None:
        from creason_core.model.engines.base import EngineHealth, ModelIdentity
        from pages.components.shell import _model_chip

        identity = ModelIdentity("embedded", model, adapter=adapter, precision="int8", runtime="onnxruntime")
        _model_chip(EngineHealth(True, identity, "here", "Ready."))

    app = AppTest.from_function(page, args=(model, adapter), default_timeout=60).run()
    assert app.get("popover")[0].proto.popover.label == f"{inert(shown)} · ready"
    told = words(app)
    assert f"Weights: {model or 'none'}\n" in told
    assert "Engine: Small model on this computer" in told
    assert "Computes in: int8 (onnxruntime)" in told


@pytest.mark.parametrize(
    ("ready", "slow", "word"), [(True, False, "ready"), (True, True, "slow"), (False, False, "offline")]
)
def test_the_header_calls_a_slow_model_slow_and_not_offline(ready: bool, slow: bool, word: str) -> None:
    def page(ready: bool, slow: bool) -> None:
        from creason_core.model.engines.base import EngineHealth, ModelIdentity
        from pages.components.shell import _model_chip

        _model_chip(EngineHealth(ready, ModelIdentity("vllm", "m"), "http://here", "Told.", slow=slow))

    app = AppTest.from_function(page, args=(ready, slow), default_timeout=60).run()
    assert app.get("popover")[0].proto.popover.label == f"m · {word}"


def test_a_database_that_cannot_open_is_told_with_a_remedy(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREASON_DATABASE_URL", "mysql://somewhere/else")
    settings.cache_clear()
    app = start(notice_read=False)
    shown = words(app)
    assert "C-Reason cannot start" in shown
    assert "'mysql' databases are not supported." in shown
    assert "What to do." in shown
    assert "Traceback" not in shown


def test_a_wrong_setting_is_told_with_a_remedy(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREASON_MAX_TOKENS", "many")
    shown = words(start(notice_read=False))
    assert "CREASON_MAX_TOKENS = 'many'" in shown


def test_home_lists_what_finished_unread(start: Start) -> None:
    app = mask(open_case(start(answer("A", seconds=0.3))))
    app.button(key="commit_skip").click().run()
    app.button(key="run").click().run()
    app = goto(app, "home")
    shown = words(until(app, lambda: "Reasoning about" not in words(app)))
    assert "Mean arterial pressure · " in shown
    opened = next(button for button in app.button if str(button.key).startswith("open_"))
    opened.click().run()
    assert "Model: A" in words(app)
    assert "nothing waits to be read" in words(goto(app, "home"))


def test_home_continues_with_the_last_case_and_run(start: Start) -> None:
    app = mask(open_case(start(answer("A"))))
    app.button(key="commit_skip").click().run()
    run_to_end(app)
    app = goto(app, "home")
    app.button(key="continue_run").click().run()
    assert "Model: A" in words(app)


def test_the_shortcuts_are_listed_and_can_be_switched_off(start: Start) -> None:
    app = start()
    assert app.button(key="shortcuts").proto.shortcut == "alt+h"
    app.button(key="shortcuts").click().run()
    assert "Ctrl+Enter" in str(app.table[0].value)
    app = goto(app, "settings")
    app.toggle(key="pref_shortcuts").set_value(False).run()
    app = mask(open_case(goto(app, "home")))
    keyed = [str(button.key) for button in app.button if button.proto.shortcut]
    assert keyed == []


def test_the_patient_bar_tells_what_is_furthest_outside_reference_and_nothing_hidden(start: Start) -> None:
    app = open_case(start())
    assert bar(app).endswith(
        "Acute respiratory failure · MAP 37 mmHg ↓ · PaO₂/FiO₂ ratio 118 mmHg ↓ · Temperature 40.0 °C ↑"
    )
    assert "37" not in bar(mask(app))
    assert not any(button.key == "reset_to_original" for button in app.button)


def test_a_later_version_can_be_reset_to_the_original_and_stays(start: Start) -> None:
    app = open_case(start())
    original = str(app.query_params["v"])
    s = services()
    first = case_version(s.db, s.user, original)
    colder = [
        entry.model_copy(update={"value": 36.5, "provenance": "entered"}) if entry.feature == "temp1" else entry
        for entry in first.case.entries
    ]
    changed = make_case(first.case.patient, colder, s.cohort.codebook)
    second = save_version(
        s.db, s.user, changed, idem="2", case_id=first.case_id, parent_id=first.id, label=first.label, source="public"
    )
    app.query_params["v"] = second.id
    app.run()
    assert "Temperature" not in bar(app)
    app.button(key="reset_to_original").click().run()
    assert app.query_params["v"] == original
    assert "Temperature 40.0 °C" in bar(app)
    assert len(versions(s.db, s.user, first.case_id)) == 2


def bar(app: AppTest) -> str:
    """The line that says who the patient is."""
    lines = (str(line.value) for line in app.markdown)
    return (
        next(line for line in lines if line.startswith(":material/person: ")).replace("\\", "").replace("\u00a0", " ")
    )


def test_about_claims_no_performance(start: Start) -> None:
    shown = words(goto(start(), "about"))
    assert "Not yet measured." in shown
    assert "Connors AF" in shown


def test_limits_in_the_header_opens_what_is_said_of_limits_and_the_case_stays(start: Start) -> None:
    app = open_case(start())
    (link,) = [one for one in app.get("page_link") if one.proto.label == "Limits"]
    assert link.proto.query_string == "about=Limits"
    app.query_params["about"] = "Limits"
    app = goto(app, "about")
    assert app.session_state["about"] == "Limits"
    assert app.query_params["case"]


def test_settings_are_kept(start: Start) -> None:
    app = goto(start(), "settings")
    app.toggle(key="pref_commit_first").set_value(False).run()
    app.segmented_control(key="pref_samples").set_value(5).run()
    app.segmented_control(key="pref_text_size").set_value("large").run()
    again = goto(start(), "settings")
    assert again.toggle(key="pref_commit_first").value is False
    assert again.segmented_control(key="pref_samples").value == 5
    again = mask(open_case(goto(again, "home")))
    assert not again.button(key="run").disabled
    assert "5 replies of up to" in words(again)
