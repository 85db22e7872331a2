"""Ask: what applies to the patient on the screen, from whom and when; what is refused; nothing typed is lost."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from creason_core.errors import GuidelineError
from creason_core.guideline.reading import starter_library
from creason_core.store.patients.cases import case_version
from pages.server.services import services
from tests.pages.driver import Start, goto, mask, open_case, run_to_end, words

NEXT = "Fluids or vasopressor next?"


def on_ask(start: Start) -> AppTest:
    return goto(open_case(start()), "ask")


def ask(app: AppTest, question: str) -> AppTest:
    app.text_area(key="ask_question").set_value(question).run()
    return press(app)


def press(app: AppTest, key: str = "ask") -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def test_before_a_question_the_page_says_what_the_library_is_and_that_no_model_writes(start: Start) -> None:
    shown = words(on_ask(start))
    assert "Adults with sepsis or stroke" in shown
    assert "read until 29 Nov 2026. Not clinically reviewed." in shown
    assert "was trained for masked values only and writes no reasoning here." in shown
    assert NEXT in shown
    assert "What applies" not in shown


def test_a_septic_patient_gets_what_applies_with_values_dates_and_sources(start: Start) -> None:
    shown = words(ask(on_ask(start), NEXT))
    assert "Initial MAP target is 65 mmHg" in shown
    assert "MAP: 37 mmHg, on day 1 (applies when: MAP below 65 mmHg)" in shown
    assert "SCCM/ESICM (Surviving Sepsis Campaign), International Guidelines" in shown
    assert "2026-03-23" in shown
    assert "Read in a secondary source only, not in the guideline itself" in shown
    assert "The guideline was corrected (date not seen), as a secondary source tells. What was corrected" in shown
    assert "strong; certainty moderate" in shown
    assert "Fits as far as recorded" in shown
    assert "Superseded" not in shown


def test_superseded_statements_are_shown_on_request_only_with_what_replaced_them(start: Start) -> None:
    app = ask(on_ask(start), NEXT)
    old = "Norepinephrine is the first-line vasopressor."
    assert old not in words(app)
    app.toggle(key="ask_superseded").set_value(True).run()
    assert old in words(app)
    assert "Replaced by SCCM/ESICM (Surviving Sepsis Campaign), 2026-03-23: Norepinephrine is first-line" in words(app)


def test_two_bodies_that_differ_are_shown_beside_each_other(start: Start) -> None:
    shown = words(ask(on_ask(start), "Neuromuscular blockade in ARDS?"))
    assert "Two current sources differ about neuromuscular blockers and PEEP in ARDS." in shown
    assert "ATS, 2024: Neuromuscular blockers are suggested" in shown
    assert "ESICM, 2023: Routine continuous neuromuscular blockade is recommended against" in shown
    assert "Sources differ" in shown


@pytest.mark.parametrize(("question", "told"), [
    ("Best treatment for migraine?", "No word of the question stands in the library, which is in English."),
    ("Antifungal chemotherapy for metastatic colon carcinoma?", "Nothing in the library covers this."),
    ("수액 다음은?", "No word of the question stands in the library, which is in English."),
    ("She is crashing now, vasopressor?", "This tool is not for emergencies. Use your local protocol"),
    ("Fluids for a 4-year-old?", "This is about a child"),
    ("Antibiotics in pregnancy?", "This is about pregnancy"),
    ("x" * 5_000, "The question has 5,000 characters, and at most 1,000 are read."),
    ("  ", "The question is empty."),
])  # fmt: skip
def test_what_is_not_answered_is_told_in_a_sentence(start: Start, question: str, told: str) -> None:
    app = ask(on_ask(start), question)
    assert told in words(app)
    assert not app.get("link_button")


def test_an_example_is_asked_by_one_press(start: Start) -> None:
    app = press(on_ask(start), "ask_example_0")
    assert app.text_area(key="ask_question").value == NEXT
    assert "What applies" in words(app)


def test_without_a_case_every_fact_is_missing_and_the_page_says_so(start: Start) -> None:
    app = ask(goto(start(), "ask"), NEXT)
    assert "No case is open." in words(app)
    assert "MAP: no case is open" in words(app)


def test_the_question_and_its_answer_are_there_after_a_page_change_and_a_reload(start: Start) -> None:
    app = ask(on_ask(start), NEXT)
    app.text_area(key="ask_question").set_value("and steroids?").run()
    app = goto(goto(app, "history"), "ask")
    assert app.text_area(key="ask_question").value == "and steroids?"
    again = goto(start(**{name: str(value) for name, value in app.query_params.items()}), "ask")
    assert again.text_area(key="ask_question").value == "and steroids?"
    assert f"“{NEXT}”" in words(again)
    assert "MAP: 37 mmHg" in words(again)


def test_a_name_in_a_question_waits_for_a_decision_and_is_nowhere_stored(start: Start, tmp_path: Path) -> None:
    typed = "Mrs Wheelwright, 010-1234-5678: fluids or vasopressor?"
    app = on_ask(start)
    app.text_area(key="ask_question").set_value(typed).run()
    assert "This looks like a name: **Wheelwright**" in words(app)
    assert app.button(key="ask").disabled
    assert "What applies" not in words(app)
    while "This looks like" in words(app):
        press(app, "ask_question_remove_0")
    press(app)
    assert "Initial MAP target" in words(app)
    stored = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in stored for canary in (b"Wheelwright", b"1234-5678") if canary in path.read_bytes()]


def test_what_was_said_to_be_none_stays_answered_after_a_reload(start: Start) -> None:
    app = on_ask(start)
    app.text_area(key="ask_question").set_value("Norepinephrine or vasopressin in septic shock, Mr Wheelwright?").run()
    press(app, "ask_question_none_0")
    press(app)
    app.text_area(key="ask_question").set_value("").run()
    again = goto(start(**{name: str(value) for name, value in app.query_params.items()}), "ask")
    assert "Norepinephrine is first-line" in words(again)


def test_what_nothing_covers_offers_what_is_nearest_on_request_only(start: Start) -> None:
    app = ask(on_ask(start), "Metformin overdose with lactate?")
    assert "It has no word on: metformin, overdose." in words(app)
    assert "Repeat lactate is suggested" not in words(app)
    app.toggle(key="ask_near").set_value(True).run()
    assert "Repeat lactate is suggested" in words(app)


def test_a_value_that_an_open_question_hides_is_hidden_here_too(start: Start) -> None:
    app = mask(open_case(start()))
    app.button(key="commit_skip").click().run()
    app = ask(goto(run_to_end(app), "ask"), NEXT)
    assert "Hidden here too while a question about it is open:" in words(app)
    assert "37 mmHg" not in words(app)
    assert "MAP: hidden by an open question" in words(app)


def test_a_question_in_the_address_that_has_no_run_yet_hides_its_value_too(start: Start) -> None:
    app = ask(goto(mask(open_case(start())), "ask"), NEXT)
    assert "37 mmHg" not in words(app)


def test_a_dose_stands_nowhere_on_the_page_without_a_weight(start: Start) -> None:
    app = goto(start(), "ask")
    app = ask(app, "Vancomycin trough monitoring?")
    assert "Two current sources differ about monitoring of vancomycin" in words(app)
    assert "It names a dose, which is not shown without weight and renal function." in words(app)
    assert "15 mg/kg" not in words(app)


def test_links_go_to_addresses_of_the_library_alone(start: Start) -> None:
    guidelines = starter_library().guidelines
    known = {link for one in guidelines for link in (one.url, *(fix.url for fix in one.corrections))}
    app = on_ask(start)
    app.text_area(key="ask_question").set_value(
        "Norepinephrine, vasopressin or epinephrine in septic shock [x](https://evil.example) ?"
    ).run()
    while "This looks like" in words(app):
        press(app, "ask_question_none_0")
    press(app)
    links = [element.proto.url for element in app.get("link_button")]
    assert links
    assert set(links) <= known
    assert {urlsplit(link).scheme for link in links} == {"https"}
    assert "https://evil.example" not in "".join(str(line.value) for line in app.markdown)


def test_a_broken_library_is_told_and_the_rest_of_the_program_works(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise GuidelineError("The library of guidelines starter.yaml is not valid: x.", remedy="Reinstall the program.")

    monkeypatch.setattr("creason_core.guideline.applying.starter_shelf", broken)
    app = on_ask(start)
    assert "The library of guidelines starter.yaml is not valid: x. Reinstall the program." in words(app)
    assert "Hide a value" not in words(goto(app, "hypotheses"))


def test_the_case_is_not_changed_by_asking(start: Start) -> None:
    app = on_ask(start)
    before = case_version(services().db, services().user, str(app.query_params["v"]))
    ask(app, NEXT)
    assert case_version(services().db, services().user, str(app.query_params["v"])) == before
