"""Ask, where a model was made for it: a reply about passages runs, is labelled sentence by sentence, kept and rated."""

import pytest

from creason_core.model.engines.replay import Recording, scripted
from creason_core.store.history import Filters, history_page
from pages.server.services import services
from tests.pages.driver import Start, goto, open_case, run_to_end, words
from tests.pages.test_ask import NEXT, ask

REPLY = (
    "Gist: Raise the pressure first [#zzzzzz].\nOptions:\n- Start norepinephrine [3]. ![x](https://evil.example/a.png)\n"
    "Because: Initial MAP target is 65 mmHg. <script>alert(1)</script>"
)


@pytest.fixture
def able(start: Start, monkeypatch: pytest.MonkeyPatch) -> Start:
    monkeypatch.setenv("CREASON_MODEL_TASKS", '["guideline answer"]')
    return start


def reply(*texts: str) -> Recording:
    return scripted(*texts)


def test_a_model_that_was_made_for_masked_values_writes_nothing(start: Start) -> None:
    app = ask(goto(open_case(start()), "ask"), NEXT)
    assert "was trained for masked values only and writes no reasoning here." in words(app)
    assert not [button for button in app.button if button.key == "ask_reason"]


def test_each_sentence_has_its_source_or_none_and_the_run_is_kept_and_rated(able: Start) -> None:
    app = ask(goto(open_case(able(reply(REPLY))), "ask"), NEXT)
    app = run_to_end(app, "ask_reason")
    shown = words(app)
    assert "Raise the pressure first. :gray-badge[model knowledge, no source]" in shown
    assert "#zzzzzz" not in shown
    assert "https" not in "".join(line for line in shown.splitlines() if "norepinephrine" in line)
    assert "3 marks, references or addresses of the model were taken out" in shown
    assert "Was this reasoning good?" in shown
    (item,) = history_page(services().db, services().user, Filters(), page=1, size=10).items
    assert (item.kind, item.status) == ("guideline", "complete")
    again = goto(goto(app, "home"), "ask")
    assert "Raise the pressure first." in words(again)


def test_nothing_found_is_told_and_reasoning_without_sources_takes_a_second_click(able: Start) -> None:
    app = ask(
        goto(open_case(able(reply("Gist: Ask a surgeon."))), "ask"),
        "Antifungal chemotherapy for metastatic colon carcinoma?",
    )
    assert "Nothing in the library covers this." in words(app)
    assert app.button(key="ask_reason").label == "Show reasoning without sources"
    shown = words(run_to_end(app, "ask_reason"))
    assert "Reasoning without sources: no passage was sent." in shown
    assert "Ask a surgeon. :gray-badge[model knowledge, no source]" in shown


def test_history_lists_the_question_and_opens_it_on_ask(able: Start) -> None:
    app = run_to_end(ask(goto(open_case(able(reply(REPLY))), "ask"), NEXT), "ask_reason")
    app = goto(app, "history")
    assert NEXT in str(app.dataframe[0].value.to_dict())
