"""The model's part of a scan: what is asked, what stays, and what an open question hides."""

import pytest
from streamlit.testing.v1 import AppTest

from creason_core.runs.model_scan import ModelScan, ModelScanner
from creason_core.store.history import Filters, history_page
from creason_core.store.runs.run_rows import runs_of
from creason_core.store.runs.scanned import scans_of
from pages.components.scan_chart import ByModel, ScanLine, model_headline
from pages.server.services import services
from tests.pages.driver import Start, until, words
from tests.pages.test_scan import ended as scanned
from tests.pages.test_scan import opened, typed
from tests.pages.test_what_if import model

NAME = "Creatinine"


def ended(app: AppTest) -> AppTest:
    return until(app, lambda: not any(str(button.key).startswith("stop_") for button in app.button))


def newest(version_id: str) -> ModelScan:
    s = services()
    found = ModelScanner(s.runs, s.db, s.user).newest(version_id, ())
    assert found is not None
    return found


def test_every_value_is_asked_as_often_as_estimated_revealed_and_listed(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = model(monkeypatch, lambda _: 0)
    app = scanned(opened(start))
    version = typed()
    count = len(app.dataframe[0].value)
    assert f"{3 * count} calls" in words(app)
    app = ended(app.button(key="scan_ask").click().run())
    assert len(sent) == 3 * count
    found, s = newest(version.id), services()
    assert [point.feature for point in found.done] == list(found.plan.features)
    assert len({point.asked.group_id for point in found.done if point.asked}) == count
    table = app.dataframe[0].value
    for at, point in enumerate(found.done):
        vote, truth = point.vote, point.asked.question.truth  # type: ignore[union-attr]
        assert vote is not None
        assert truth is not None
        assert table["Recorded by the model"][at] == f"{vote.shares[truth.option].chosen} of 3"
        seeds = [run.seed for run in runs_of(s.db, s.user, point.asked.group_id)]  # type: ignore[union-attr]
        assert len(set(seeds)) == 3
    items = history_page(s.db, s.user, Filters()).items
    assert len(items) == count
    assert all(item.series == "scan" and item.revealed for item in items)
    assert "Left out while a question" not in words(app)  # it hides nothing of the record
    assert f"Of {count} values the model expects what is recorded for" in words(app)


def test_a_model_that_dies_in_the_middle_leaves_what_is_done_and_the_rest_can_be_asked(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive = {"calls": 6}

    def choose(_: str) -> int | None:
        alive["calls"] -= 1
        return 0 if alive["calls"] >= 0 else None

    sent = model(monkeypatch, choose)
    monkeypatch.setenv("CREASON_RUNS_AT_ONCE", "1")
    app = scanned(opened(start))
    version, count = typed(), len(app.dataframe[0].value)
    app = ended(app.button(key="scan_ask").click().run())
    assert len(newest(version.id).done) == 2
    assert "The model server has gone." in words(app)
    assert f"Ask about the other {count - 2} values" in words(app)
    alive["calls"] = 10_000
    before = len(sent)
    app = scanned(opened(start))  # a reload
    app = ended(app.button(key="scan_go_on").click().run())
    assert len(newest(version.id).done) == count
    assert len(sent) == before + 3 * (count - 2)
    assert len(scans_of(services().db, services().user, version.id)) == 1


def test_stop_keeps_what_is_done(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    model(monkeypatch, lambda _: 0, seconds=1.0)
    monkeypatch.setenv("CREASON_RUNS_AT_ONCE", "3")
    app = scanned(opened(start))
    version, count = typed(), len(app.dataframe[0].value)
    app.button(key="scan_ask").click().run()
    until(app, lambda: bool(newest(version.id).done))
    app = ended(app.button(key="stop_scan_model").click().run())
    done = len(newest(version.id).done)
    assert 0 < done < count
    assert "Stopped. What is done stays." in words(app)
    assert f"Ask about the other {count - done} value" in words(app)


def test_what_the_line_has_no_room_for_is_told_and_can_be_asked_later(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = model(monkeypatch, lambda _: 0, seconds=0.5)
    monkeypatch.setenv("CREASON_RUNS_AT_ONCE", "1")
    monkeypatch.setenv("CREASON_BATCH_RUNS_QUEUED", "4")
    app = scanned(opened(start))
    version, count = typed(), len(app.dataframe[0].value)
    app.button(key="scan_ask").click().run()
    assert "of batches are waiting already and at most 4 may. Try again in a minute; this one was not sent" in told(app)
    app = ended(app)
    done = len(newest(version.id).done)
    assert 0 < done < count
    assert len(sent) == 3 * done
    assert f"Ask about the other {count - done} value" in words(app)


def told(app: AppTest) -> str:
    return " ".join(str(one.value) for one in (*app.error, *app.toast, *app.warning)).replace("\\", "")


def test_what_an_open_question_hides_is_in_no_prompt_and_answers_that_saw_it_are_withheld(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = model(monkeypatch, lambda _: 0)
    app = scanned(opened(start))
    app = ended(app.button(key="scan_ask").click().run())
    assert any(f"{NAME}: 14.2" in text for text in sent)
    assert "Recorded by the model" in app.dataframe[0].value
    sent.clear()
    app.query_params["mask"] = "crea1"
    app.session_state["at_mask"] = "crea1"
    app = scanned(app.run())
    assert "Recorded by the model" not in app.dataframe[0].value
    assert "Earlier answers saw what a question hides now" in words(app)
    app = ended(app.button(key="scan_ask").click().run())
    assert "Recorded by the model" in app.dataframe[0].value
    assert sent
    assert not any("14.2" in text for text in sent)


def line(name: str, bits: float, chose: int, *, other: bool | None) -> ScanLine:
    return ScanLine(name.lower(), name, "4.0", "1.0 or less (60%)", bits, ByModel(chose, 3, "1.0 (3 of 3)", other, "g"))


@pytest.mark.parametrize(("lines", "said"), [
    ([ScanLine("a", "A", "1", "2 (60%)", 9.0)], ""),
    ([line("A", 1.0, 3, other=False)], "Of 1 value the model expects what is recorded for 1."),
    ([line("A", 1.0, 1, other=None)], "Of 1 value the model expects what is recorded for 0."),
    ([line("A", 1.0, 0, other=True), line("B", 1.0, 1, other=True)],
     "Of 2 values the model expects what is recorded for 0. No sample chose what is recorded for: A 4.0."),
    ([line("A", 9.0, 0, other=None), line("B", 1.0, 0, other=True)],
     "Of 2 values the model expects what is recorded for 0. No sample chose what is recorded for: A 4.0; B 4.0."),
    ([line("A", 9.0, 0, other=True), line("B", 1.0, 0, other=True)],
     "Of 2 values the model expects what is recorded for 0. Hard to reconcile with the rest for model and registry: "
     "A 4.0."),
])  # fmt: skip
def test_the_headline_names_what_the_model_cannot_reconcile(lines: list[ScanLine], said: str) -> None:
    assert model_headline(lines) == said
