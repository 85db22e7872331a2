"""Opening a case of any cohort begins what its first Scan would wait for."""

import os
from pathlib import Path

import pytest

from creason_core.evaluation.second_opinion import AheadDesk, learnt
from creason_core.evaluation.second_opinion.kept import FOLDER
from creason_core.settings import settings
from creason_core.store.patients.cases import save_version
from pages.server import services as served
from pages.server.fitting import ahead_desk
from pages.server.services import services
from tests.cohort.longitudinal import made
from tests.pages.driver import Start, goto, until, words

BEGIN = AheadDesk.begin


@pytest.mark.slow
def test_the_first_scan_of_a_cohort_of_ones_own_finds_its_fits_made_when_the_case_was_opened(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AheadDesk, "begin", BEGIN)
    monkeypatch.setattr(os, "setpriority", lambda *_: None)  # beside other tests it would wait for them all
    made(Path(settings().data_dir) / "cohorts" / "course")
    monkeypatch.setattr(served, "COHORT", "course")
    start()
    s = services()
    kept = save_version(
        s.db, s.user, s.cohort.case(s.cohort.split["test"][0]), idem="one", case_id=None, parent_id=None, label="bed 4"
    )
    app = goto(start(case=kept.case_id, v=kept.id), "patient")  # no page but a record of the cohort
    until(app, lambda: not ahead_desk().busy)
    assert list((s.settings.data_dir / FOLDER).glob("*.npz"))
    learnt._learnt.cache_clear()
    monkeypatch.setattr(learnt, "fit_classes", lambda *_, **__: pytest.fail("Scan fitted something"))
    app = goto(app, "hypotheses")
    app.session_state["hypothesis"] = "Scan"
    app = until(app.run(), lambda: not any(button.key == "stop_scan" for button in app.button))
    assert "Nothing stands out" in words(app) or "The most surprising" in words(app)
