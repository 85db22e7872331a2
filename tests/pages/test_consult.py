"""An antibiotic consult on Ask: what is recorded and missing, options decided on and found again, and what goes out."""

import json
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from creason_core.guideline.consults.antibiogram_files import read_antibiogram
from creason_core.guideline.consults.antibiograms import add, in_force
from creason_core.store.exporting.consults import export_own
from creason_core.store.hospital.antibiograms import AntibiogramRow, rows_of
from creason_core.store.hospital.consults import decisions_in
from creason_core.store.patients.cases import case_version, save_version
from creason_core.store.sql.transactions import Database
from pages.guideline import consult
from pages.server.services import services
from tests.pages.driver import Start, goto, mask, open_case, run_to_end, words
from tests.pages.test_ask import ask, on_ask, press

ASKED = "How soon antibiotics?"
TABLE = "organism,drug,n,% susceptible,period\nE. coli [x](http://evil.example),meropenem,29,97,2025\n"


def cards(app: AppTest) -> list[str]:
    """The keys with which the forms of the options begin, in their order."""
    return [str(one.key).removesuffix("_choice") for one in app.get("button_group") if str(one.key).endswith("_choice")]


def address(app: AppTest) -> dict[str, str]:
    found = {str(name): value for name, value in app.query_params.items()}
    return {name: value if isinstance(value, str) else value[0] for name, value in found.items()}


def decide(app: AppTest, card: str, choice: str, *reasons: str, comment: str = "") -> AppTest:
    app.button_group(key=f"{card}_choice").set_value(choice).run()
    if reasons:
        app.button_group(key=f"{card}_reasons").set_value(list(reasons)).run()
    if comment:
        app.text_area(key=f"{card}_comment").set_value(comment).run()
    return press(app, f"{card}_save")


def test_the_precheck_says_what_is_recorded_what_is_missing_and_what_the_codebook_lacks(start: Start) -> None:
    shown = words(ask(on_ask(start), ASKED))
    assert "Shock: recorded" in shown
    assert "MAP: 37 mmHg, on day 1" in shown
    assert "Not in the codebook, to be asked elsewhere:** Allergy, " in shown
    assert "Local antibiogram: missing" in shown


def test_the_switch_shows_the_precheck_without_a_question_and_other_questions_leave_it_off(start: Start) -> None:
    app = on_ask(start)
    assert "Before an antibiotic is chosen" not in words(ask(app, "When to transfuse?"))
    app = goto(app, "home")
    app = goto(app, "ask")
    app.toggle(key="ask_consult").set_value(True).run()
    assert "Before an antibiotic is chosen" in words(app)


def test_what_an_open_question_hides_is_not_told_by_the_precheck(start: Start) -> None:
    app = mask(open_case(start()))
    app.button(key="commit_skip").click().run()
    app = goto(run_to_end(app), "ask")
    shown = words(ask(app, ASKED))
    assert "MAP: hidden by an open question" in shown
    assert "37 mmHg" not in shown


def test_one_option_is_accepted_and_another_rejected_and_both_are_found_after_a_reload_and_exported(
    start: Start,
) -> None:
    app = ask(on_ask(start), ASKED)
    first, second = cards(app)[:2]
    decide(app, first, "accept")
    app.button_group(key=f"{second}_choice").set_value("reject").run()
    assert app.button(key=f"{second}_save").disabled  # without a reason
    decide(app, second, "reject", "allergy", "local resistance", comment="ESBL on the ward")
    again = goto(start(**address(app)), "ask")
    shown = words(again)
    assert "**Accepted**" in shown
    assert "**Rejected** · allergy · local resistance" in shown
    assert "“ESBL on the ward”" in shown
    s = services()
    kept = {one.judged.choice: one for one in decisions_in(s.db, users=[s.user])}
    sent = json.loads(export_own(s.db, s.user, "cds-hooks"))["feedback"]
    accepted, overridden = sorted(sent, key=lambda one: str(one["outcome"]))
    assert (accepted["card"], accepted["outcome"]) == (kept["accept"].card, "accepted")
    assert len(accepted["acceptedSuggestions"]) == 1
    assert overridden["overrideReason"]["reason"]["display"] == "allergy"
    assert overridden["overrideReason"]["userComment"] == "Reject. Also: local resistance. ESBL on the ward"
    again = goto(goto(again, "history"), "history")
    listed = next(one.value for one in again.dataframe if "Decision" in one.value.columns)
    assert [*listed["Decision"], *listed["Why"]] == ["reject", "accept", "allergy, local resistance", ""]
    again = goto(again, "ask")
    press(again, next(str(one.key) for one in again.button if str(one.key).endswith("_edit")))
    assert again.button_group(key=f"{first}_choice").value == "accept"


def test_a_comment_that_was_begun_is_there_after_a_reload_and_a_name_in_it_waits_for_a_decision(start: Start) -> None:
    app = ask(on_ask(start), ASKED)
    card = cards(app)[0]
    app.button_group(key=f"{card}_choice").set_value("defer").run()
    app.text_area(key=f"{card}_comment").set_value("wait for the culture").run()
    again = goto(start(**address(app)), "ask")
    assert again.text_area(key=f"{card}_comment").value == "wait for the culture"
    again.button_group(key=f"{card}_reasons").set_value(["other"]).run()
    again.text_area(key=f"{card}_comment").set_value("Mrs Wheelwright, 010-1234-5678").run()
    assert again.button(key=f"{card}_save").disabled
    assert decisions_in(services().db) == ()


def test_an_antibiogram_is_shown_as_text_with_its_period_and_few_isolates_marked(start: Start) -> None:
    app = on_ask(start)
    s = services()
    add(s.db, s.user, read_antibiogram(TABLE.encode(), "a.csv", today=date(2026, 11, 30)), "St Elsewhere, ICU")
    app = ask(app, ASKED)
    assert "**Local antibiogram:** St Elsewhere, ICU, 2025-01-01 to 2025-12-31" in words(app)
    (table,) = [one.value for one in app.dataframe]
    assert table.iloc[0].tolist()[1:] == ["meropenem", 97.0, 29, "too few: fewer than 30 isolates"]
    assert "evil" not in "\n".join(one.value for one in app.markdown)


def test_the_rows_of_an_antibiogram_are_read_once_and_a_newer_one_is_seen_at_once(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counted(db: Database, antibiogram_id: str) -> tuple[AntibiogramRow, ...]:
        asked.append(antibiogram_id)
        return rows_of(db, antibiogram_id)

    monkeypatch.setattr(consult, "rows_of", counted)
    app = on_ask(start)
    s = services()
    add(s.db, s.user, read_antibiogram(TABLE.encode(), "a.csv", today=date(2026, 11, 30)), "St Elsewhere, ICU")
    app = ask(app, ASKED)
    app.run().run()
    assert len(asked) == 1
    newer = TABLE.replace("29,97,2025", "40,88,2026-01/2026-06")
    add(s.db, s.user, read_antibiogram(newer.encode(), "b.csv", today=date(2026, 11, 30)), "St Elsewhere, ICU")
    app.run()
    assert app.dataframe[0].value["Susceptible, %"].tolist() == [88.0]
    assert len(set(asked)) == len(asked) == 2


def test_add_leads_to_the_field_of_the_missing_value_on_patient(start: Start) -> None:
    app = open_case(start())
    s = services()
    whole = case_version(s.db, s.user, address(app)["v"])
    entries = [one for one in whole.case.entries if one.feature != "wtkilo1"]
    lacking = whole.case.model_copy(update={"entries": tuple(entries)})
    saved = save_version(
        s.db, s.user, lacking, idem="x", case_id=None, parent_id=None, label="Without weight"
    )  # fmt: skip
    app = ask(goto(start(case=saved.case_id, v=saved.id), "ask"), ASKED)
    assert "weight: not recorded" in words(app)
    (key,) = [str(one.key) for one in app.button if str(one.key).startswith("consult_add_")]
    app.button(key=key).click().run()
    assert not app.exception
    assert app.title[0].value == "Patient"
    assert app.text_input(key="enter_search").value == "Weight"
    assert [one.key for one in app.number_input if str(one.key).startswith("field_")]


def test_an_administrator_adds_an_antibiogram_in_settings_after_saying_what_the_file_does_not(start: Start) -> None:
    app = goto(start(), "settings")
    assert "There is no antibiogram yet." in words(app)
    uploader: Any = next(one for one in app.get("file_uploader") if str(one.key).startswith("antibiogram_file"))
    uploader.set_value(("icu.csv", b"organism,drug,n,susceptible\nE. coli,meropenem,40,0.98\n", "text/csv")).run()
    assert "does not say from which period it is" in words(app)
    app.text_input(key="antibiogram_period").set_value("2025").run()
    assert "may be a percentage, a fraction or a count" in words(app)
    app.selectbox(key="antibiogram_share").set_value("fraction").run()
    press(app, "antibiogram_add")
    assert "nobody has said of which hospital or ward it is" in words(app)
    app.text_input(key="antibiogram_title").set_value("St Elsewhere, ICU").run()
    press(app, "antibiogram_add")
    assert "Added: St Elsewhere, ICU, 2025-01-01 to 2025-12-31." in words(app)
    (held,) = in_force(services().db)
    assert [(row.tested, row.share) for row in held.rows] == [(40, 0.98)]
