"""The pages with a cohort over time: a value is shown, typed, saved and asked about at its time."""

import json
from pathlib import Path

import pytest

from creason_core.settings import settings
from creason_core.store.patients.cases import save_version
from pages.server import services as served
from pages.server.services import services
from tests.cohort.longitudinal import OVER_TIME, made
from tests.pages.driver import Start, goto, words


@pytest.mark.slow
def test_a_value_is_typed_and_asked_about_at_its_time(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    made(Path(settings().data_dir) / "cohorts" / "course")
    monkeypatch.setattr(served, "COHORT", "course")
    start()
    s = services()
    patients = map(s.cohort.case, s.cohort.split["test"])
    case = next(case for case in patients if len(case.entries) == 2 + 3 * len(OVER_TIME))
    kept = save_version(s.db, s.user, case, idem="one", case_id=None, parent_id=None, label="bed 4")
    app = goto(start(case=kept.case_id, v=kept.id), "patient")
    (chart,) = app.get("plotly_chart")
    joined, marks = json.loads(chart.proto.spec)["data"]
    assert joined["x"].count(None) == len(OVER_TIME) - 1  # ventilated has no order
    assert sum("<b>Lactate</b>" in text for text in marks["customdata"]) == 3
    app.session_state["patient_tab"] = "Enter"
    app.run()
    app.text_input(key="enter_search").set_value("lactate").run()
    shown = {str(field.key).rpartition("_")[2]: field.value for field in app.number_input}
    assert shown == {f"lactate@{hours}": case.value(f"lactate@{hours}") for hours in (0, 6, 24)}
    app.number_input(key=f"field_case:{kept.id}_lactate@6").set_value(11.5).run()
    app.button(key="save_version").click().run()
    assert "Saved as version 2." in words(app)
    app = goto(app, "hypotheses")
    labels = [
        str(button.label).replace("\\", "") for button in app.button if str(button.key).startswith("mask_lactate")
    ]
    assert labels[0].partition(" ![")[0] == "Lactate **worst 11.5 mmol/L ↑ (entered)**"
    assert labels[2].partition(" ![")[0] == "Lactate at 6 h **11.5 mmol/L ↑ (entered)**"
    app.button(key="mask_lactate@6").click().run()
    said = words(app)
    assert "What would be the masked value of 'Lactate at 6 h' (mmol/L) in section Labs?" in said
    assert "Lactate **hidden with it**" in said
    assert "Creatinine at 24 h **hidden with it**" in said
    assert "11.5 mmol/L ↑" not in said
