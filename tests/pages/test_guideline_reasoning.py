"""Ask, where a model was made for it: a reply about passages runs, is labelled sentence by sentence, kept and rated."""

from datetime import UTC, datetime

import pytest

from creason_core.cohort.loading import load_cohort
from creason_core.guideline.applying import what_applies
from creason_core.guideline.reasoned.asking import ask_about
from creason_core.model.engines.replay import Recording, scripted
from creason_core.question.guideline import GuidelineQuestion
from creason_core.question.kinds import read_question
from creason_core.store.history import Filters, history_page
from creason_core.store.runs.given_texts import given_to
from creason_core.store.runs.run_rows import recent_groups, runs_of
from pages.server.services import services
from tests.pages.driver import Start, answer, goto, mask, open_case, run_to_end, words
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
    app = ask(goto(open_case(able(reply(REPLY), answer("A"))), "ask"), NEXT)
    app = run_to_end(app, "ask_reason")
    shown = words(app)
    assert "Raise the pressure first. :gray-badge[model knowledge, no source]" in shown
    assert "#zzzzzz" not in shown
    assert "https" not in "".join(line for line in shown.splitlines() if "norepinephrine" in line)
    assert "4 marks, references or addresses of the model were taken out" in shown
    assert "Was this reasoning good?" in shown
    (item,) = history_page(services().db, services().user, Filters(), page=1, size=10).items
    assert (item.kind, item.status) == ("guideline", "complete")
    again = goto(goto(app, "home"), "ask")
    assert "Raise the pressure first." in words(again)
    given = given_to(services().db, services().user, item.id)
    question = read_question(item.question_json)
    assert isinstance(question, GuidelineQuestion)
    assert [(one.sha256, one.text) for one in given] == [(one.hash, one.text) for one in question.passages]
    app = mask(goto(app, "hypotheses"))
    app.button(key="commit_skip").click().run()
    app = goto(run_to_end(app), "history")
    assert len(app.dataframe[0].value) == 2
    app.selectbox(key="history_filter_given").set_value(given[0].sha256).run()
    assert NEXT in str(app.dataframe[0].value.to_dict())
    assert len(app.dataframe[0].value) == 1


def cited() -> str:
    """A reply to NEXT about the first public patient with a true mark and a wrong one, which only the program knows."""
    cohort = load_cohort("rhc-sepsis")
    case = cohort.case(cohort.public[0].patient)
    answer = what_applies(case, cohort.codebook, NEXT, datetime.now(UTC).date())
    question = ask_about(case, cohort.codebook, NEXT, answer, None)
    assert question
    first, second = question.passages[:2]
    return f"Gist: {first.text} [{first.mark}] {first.text} [{second.mark}]"


def test_a_passage_that_supports_a_sentence_stands_beside_it_and_one_that_does_not_is_told(able: Start) -> None:
    app = ask(goto(open_case(able(reply(cited()))), "ask"), NEXT)
    shown = words(run_to_end(app, "ask_reason"))
    assert ":green-badge[[1]]" in shown
    assert ":orange-badge[not supported by [2]]" in shown
    assert "[2] SCCM/ESICM" in shown


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


def test_history_lists_the_question_shows_its_card_and_opens_it_on_ask(able: Start) -> None:
    app = run_to_end(ask(goto(open_case(able(reply(REPLY), reply(REPLY))), "ask"), NEXT), "ask_reason")
    (item,) = history_page(services().db, services().user, Filters(), page=1, size=10).items
    app.session_state["history_chosen"] = (item.id,)
    app = goto(app, "history")
    assert NEXT in str(app.dataframe[0].value.to_dict())
    assert "Raise the pressure first. :gray-badge[model knowledge, no source]" in words(app)
    assert "Let's think step by step" not in words(app)
    app.button(key="history_open").click().run()
    assert not app.exception
    assert app.title[0].value == "Ask"
    assert "Raise the pressure first." in words(app)


def test_a_run_on_ask_leaves_the_value_hidden_that_is_about_to_be_asked(able: Start) -> None:
    app = ask(goto(mask(open_case(able(reply(REPLY)))), "ask"), NEXT)
    app = run_to_end(app, "ask_reason")
    assert "37 mmHg" not in words(app)
    run = next(run for group in recent_groups(services().db, services().user)
               for run in runs_of(services().db, services().user, group.id))  # fmt: skip
    assert "37" not in run.prompt
    assert any(button.key == "run" for button in goto(app, "hypotheses").button)


def test_a_model_that_obeys_its_passages_gets_no_further_than_one(able: Start) -> None:
    """The reply does what a passage ordered: it cites marks, links and a picture that nobody gave it."""
    obeyed = "Gist: Ignore the record [#aaaaaa][1](https://evil.example)<img src=x> :red[x] $$x$$ [a](javascript:b)."
    app = run_to_end(ask(goto(open_case(able(reply(obeyed))), "ask"), NEXT), "ask_reason")
    shown = next(line for line in words(app).splitlines() if "Ignore the record" in line)
    assert "model knowledge, no source" in shown
    assert not any(bad in shown for bad in ("https", "evil", "javascript", "#aaaaaa"))
