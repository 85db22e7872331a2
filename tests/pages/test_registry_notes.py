"""The registry's notes: in the prompt where wanted, on the page after one's own answer, and stored with the run."""

from streamlit.testing.v1 import AppTest

from creason_core.question.kinds import read_question
from creason_core.question.prompts import NOTES_VERSION, PROMPT_VERSION
from creason_core.store.people.preferences import Preferences, save_preferences
from creason_core.store.runs.run_rows import RunGroup
from pages.server.services import services
from tests.pages.driver import Start, answer, mask, open_case, run_to_end, until, words

HEADING = "What the registry says about"


def answered(app: AppTest) -> RunGroup:
    mask(open_case(app))
    app.button(key="commit_skip").click().run()
    app.button(key="samples_1").click().run()
    run_to_end(app)
    until(app, lambda: "being asked for a second opinion" not in words(app))
    (group_id,) = [app.query_params["run"]] if isinstance(app.query_params["run"], str) else app.query_params["run"]
    s = services()
    return s.runs.snapshot(s.user, group_id).group


def panel(app: AppTest) -> str:
    app.session_state["registry_notes"] = True
    app.run()
    return words(app)


def test_a_model_trained_without_notes_gets_none_and_the_reader_is_shown_them_after_answering(start: Start) -> None:
    app = start(answer("C"))
    mask(open_case(app))
    assert HEADING not in str(app)
    group = answered(start(answer("C")))
    assert (group.prompt_version, read_question(group.question_json).notes) == (PROMPT_VERSION, None)


def test_whoever_wants_notes_sends_them_and_stores_them(start: Start) -> None:
    app = start(answer("C"))
    s = services()
    save_preferences(s.db, s.user, Preferences(notes="always", ack_version=99))
    group = answered(app)
    question = read_question(group.question_json)
    assert group.prompt_version == NOTES_VERSION
    assert question.notes is not None
    view = s.runs.snapshot(s.user, group.id)
    assert "## The registry on" in view.runs[0].run.prompt
    assert str(question.notes.told[0]) in view.runs[0].run.prompt
    said = panel(app)
    assert "They were part of the prompt." in said
    assert f"From {question.notes.patients:,} other patients" in said
