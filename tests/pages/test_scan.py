"""Scan: what in this record does not fit the rest; nothing that an open question hides is told."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from creason_core.cohort.loading import load_cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation.second_opinion import Scan, scan_desk
from creason_core.evaluation.second_opinion.surprise import scan
from creason_core.store.patients.cases import CaseVersion, save_version
from pages.components import scan_chart
from pages.components.scan_chart import ScanLine, headline, surprise_number, surprise_word
from pages.question.scanning import told_of
from pages.server.services import services
from tests.evaluation.second_opinion.test_surprise import small
from tests.pages.driver import Start, answer, goto, run_to_end, until, words

PROMPT = "A surprise is a prompt to look, not an error."


def typed(creatinine: float = 14.2) -> CaseVersion:
    """A case with a creatinine that does not fit, saved."""
    s = services()
    case = small(s.cohort.split["test"][0], crea1=creatinine)
    return save_version(s.db, s.user, case, idem="one", case_id=None, parent_id=None, label="bed 4")


def opened(start: Start, *, mask: str | None = None) -> AppTest:
    """The scan of that case, however far it is; with ``mask`` while a question about that value is open."""
    start()
    kept = typed()
    app = start(answer("A"), case=kept.case_id, v=kept.id, **({"mask": mask} if mask else {}))
    app.session_state["hypothesis"] = "Scan"
    return goto(app, "hypotheses")


def ended(app: AppTest) -> AppTest:
    return until(app, lambda: not any(button.key == "stop_scan" for button in app.button))


def everything(app: AppTest) -> str:
    """What is written, drawn and listed."""
    tables = [frame.value.to_csv() for frame in app.dataframe]
    return "\n".join([words(app), *tables, *(chart.proto.spec for chart in app.get("plotly_chart"))])


def test_the_most_surprising_value_is_named_drawn_and_listed_first(start: Start) -> None:
    app = ended(opened(start))
    said = words(app)
    assert "The most surprising: Creatinine 14.2 mg/dL" in said
    assert PROMPT in said
    (chart,) = app.get("plotly_chart")
    (bars,) = json.loads(chart.proto.spec)["data"]
    assert bars["y"][0] == "Creatinine<br><b>14.2 mg/dL</b>"
    assert len(bars["x"]) <= 10
    (table,) = (frame.value for frame in app.dataframe)
    assert table["Value"][0] == "Creatinine"
    assert table["Surprise"][0] == "very surprising"
    assert table["As far out"][0].startswith("1 in ")
    assert "is an outcome" in said  # and its value is nowhere
    assert "Death" not in table.to_csv()


@pytest.mark.parametrize("run", [False, True])
def test_what_an_open_question_hides_is_neither_told_nor_used_until_it_is_revealed(start: Start, run: bool) -> None:
    app = opened(start, mask="crea1")
    if run:
        app.session_state["hypothesis"] = "One value"
        app.run()
        app.button(key="commit_skip").click().run()
        app = run_to_end(app)
        app.session_state["hypothesis"] = "Scan"
        app.run()
    app = ended(app)
    assert "Left out while a question about this patient is open, because it hides them: Creatinine" in words(app)
    assert "14.2" not in everything(app)
    if not run:
        return
    app.session_state["hypothesis"] = "One value"
    app.run()
    next(button for button in app.button if str(button.key).endswith("_reveal")).click().run()
    app.session_state["hypothesis"] = "Scan"
    app = ended(app.run())
    assert "The most surprising: Creatinine 14.2 mg/dL" in words(app)


def test_what_others_are_held_to_does_not_tell_a_hidden_value() -> None:
    cohort = load_cohort("rhc-sepsis")
    hidden = [told_of(small(cohort.split["test"][0], crea1=value), ["crea1"]) for value in (0.8, 14.2)]
    assert hidden[0].content_hash == hidden[1].content_hash


def test_stop_keeps_what_was_looked_at_and_the_rest_can_be_looked_at(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*given: Any, **kept: Any) -> Scan:
        def tell(done: int, count: int) -> None:
            kept["progress"](done, count)
            time.sleep(0.05)
            while done == 3 and not kept["stop"]():
                time.sleep(0.02)

        return scan(*given, **{**kept, "progress": tell})

    monkeypatch.setattr(scan_desk, "scan", slow)
    app = opened(start)
    until(app, lambda: any("3 of " in str(bar.proto.text) for bar in app.get("progress")))
    assert app.dataframe[0].value["Value"][0] == "Creatinine"  # what is found stands there at once
    assert len(app.dataframe[0].value) == 3
    app.button(key="stop_scan").click().run()
    app = ended(app)
    assert "Stopped by you; 3 values looked at." in words(app)
    (table,) = (frame.value for frame in app.dataframe)
    assert len(table) == 3
    monkeypatch.setattr(scan_desk, "scan", scan)
    app.button(key="scan_rest").click().run()
    app = ended(app)
    assert "Stopped by you" not in words(app)
    assert len(app.dataframe[0].value) > 3


def test_a_failure_is_a_sentence_and_can_be_tried_again(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> Scan:
        raise EvaluationError("No training patient has *it*.")

    monkeypatch.setattr(scan_desk, "scan", failing)
    app = ended(opened(start))
    assert "This record could not be looked at: No training patient has *it*." in words(app)
    monkeypatch.setattr(scan_desk, "scan", lambda *_, **__: Scan((), (), stopped=False))
    app.button(key="scan_again").click().run()
    assert "No value of this record can be held to the rest of it." in words(ended(app))


def line(bits: float, name: str = "Lactate") -> ScanLine:
    return ScanLine(name.lower(), name, "4.0 mmol/L", "1.0 or less (60%)", bits)


@pytest.mark.parametrize(("bits", "word", "number"), [
    (0.0, "as expected", "nearly all (0.0 bits)"),
    (2.0, "as expected", "1 in 4 (2.0 bits)"),
    (2.3, "a little surprising", "1 in 5 (2.3 bits)"),
    (2.4, "a little surprising", "1 in 5 (2.4 bits)"),
    (4.4, "surprising", "1 in 21 (4.4 bits)"),
    (10.0, "very surprising", "1 in 1,024 (10.0 bits)"),
])  # fmt: skip
def test_a_surprise_is_a_word_and_a_number(bits: float, word: str, number: str) -> None:
    assert (surprise_word(line(bits)), surprise_number(line(bits))) == (word, number)


def test_the_headline_names_at_most_three_and_only_what_is_surprising() -> None:
    assert headline([line(5), line(4.4, "Sodium"), line(4)]) == (
        "The most surprising: Lactate 4.0 mmol/L; Sodium 4.0 mmol/L."
    )
    assert headline([line(9)] * 5).count("Lactate") == 3
    assert headline([line(4)]) == "Nothing stands out. Least expected: Lactate 4.0 mmol/L, 1 in 16 (4.0 bits)."


def test_two_values_of_one_name_are_two_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Any] = []
    monkeypatch.setattr(st, "plotly_chart", lambda figure, **_: drawn.append(figure))
    name = "Measured before the operation"
    scan_chart.scan_chart([replace(line(5, f"{name}, {where}"), feature=where) for where in ("left", "right")], "chart")
    assert len(set(drawn[0].data[0].y)) == 2


def test_choosing_a_line_opens_its_value_and_clearing_it_opens_none(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[ScanLine] = []
    for rows in ([1], []):
        monkeypatch.setattr(st, "session_state", {"table": {"selection": {"rows": rows}}})
        scan_chart._chosen([line(5), line(4, "Sodium")], "table", chosen.append)
    assert [one.feature for one in chosen] == ["sodium"]
