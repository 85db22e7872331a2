"""Another time for a value that a person types: rows at their hours, refused in words, kept as a draft, put back."""

import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from creason_core.record.case import Entry, make_case
from creason_core.settings import settings
from creason_core.store.patients.cases import CaseVersion, case_version, save_version
from creason_core.store.people.drafts import draft
from pages.server import services as served
from pages.server.services import services
from tests.cohort.longitudinal import made
from tests.pages.driver import Start, goto, open_case, words


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the cohort over time."""
    folder = tmp_path_factory.mktemp("made") / "course"
    made(folder)
    return folder


@pytest.fixture
def course(start: Start, cohort: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """``start`` with the cohort over time as the one of new patients."""
    shutil.copytree(cohort, Path(settings().data_dir) / "cohorts" / "course")
    monkeypatch.setattr(served, "COHORT", "course")
    return start


def entering(start: Start) -> tuple[AppTest, str]:
    """Patient with a new draft, searched for lactate; and the draft's key."""
    app = goto(start(), "patient")
    app.button(key="enter_new").click().run()
    return searched(app), "case:new"


def searched(app: AppTest) -> AppTest:
    app.session_state["patient_tab"] = "Enter"
    app.run()
    app.text_input(key="enter_search").set_value("lactate").run()
    assert not app.exception
    return app


def submit(app: AppTest, name: str, text: str) -> AppTest:
    """Types a time into the form called ``name`` and submits it."""
    app.text_input(key=f"field_{name}").set_value(text)
    next(one for one in app.button if str(one.key).endswith(f"{name}_submit")).click().run()
    assert not app.exception
    return app


def rows(app: AppTest) -> dict[str, float | None]:
    """The fields of numbers, by label, in the order drawn."""
    return {str(field.label).partition(" (")[0].replace("\\", ""): field.value for field in app.number_input}


def opened(app: AppTest) -> str:
    """The id of the version in the address."""
    return str(app.query_params["v"])


def bed(*entries: Entry) -> CaseVersion:
    s = services()
    case = make_case("p", entries, s.cohort.codebook)
    return save_version(s.db, s.user, case, idem="bed", case_id=None, parent_id=None, label="bed 4", cohort="course")


def test_another_time_is_added_typed_kept_saved_and_shown_in_order(course: Start) -> None:
    app, key = entering(course)
    assert list(rows(app)) == ["Lactate at admission", "Lactate at 6 h", "Lactate at 24 h"]
    submit(app, f"{key}_lactate@more", "9")
    submit(app, f"{key}_lactate@more", "1,5 h")
    assert list(rows(app)) == [f"Lactate {at}" for at in ("at admission", "at 1.5 h", "at 6 h", "at 9 h", "at 24 h")]
    for hours, value in (("24", 2.5), ("9", 4.4), ("1.5", 3.3)):
        app.number_input(key=f"field_{key}_lactate@{hours}").set_value(value).run()
    kept = draft(services().db, services().user, key)
    assert kept is not None
    assert kept["values"] == {"lactate@24": 2.5, "lactate@9": 4.4, "lactate@1.5": 3.3}
    app = searched(goto(course(), "patient"))  # a reload: another session
    assert rows(app)["Lactate at 9 h"] == 4.4
    app.button(key="save_version").click().run()
    assert "Saved as version 1." in words(app)
    version = case_version(services().db, services().user, opened(app))
    assert [(entry.hours, entry.value) for entry in version.case.entries] == [(1.5, 3.3), (9.0, 4.4), (24.0, 2.5)]
    app = goto(app, "hypotheses")
    listed = [
        str(one.label).partition(" ![")[0].replace("\\", "")
        for one in app.button
        if str(one.key).startswith("mask_lactate")
    ]
    assert listed == [
        "Lactate **worst 4.4 mmol/L ↑ (entered)**", "Lactate at 1.5 h **3.3 mmol/L ↑ (entered)**",
        "Lactate at 9 h **4.4 mmol/L ↑ (entered)**", "Lactate at 24 h **2.5 mmol/L ↑ (entered)**",
    ]  # fmt: skip
    (kept_glance,) = goto(app, "patient").get("plotly_chart")
    joined, _ = json.loads(kept_glance.proto.spec)["data"]
    assert len([x for x in joined["x"] if x is not None]) == 3
    app = goto(app, "hypotheses")
    app.session_state["hypothesis"] = "Missing values"
    app.run()
    app.button(key="missing_temp").click().run()
    prompt = str(app.code[0].value)
    assert "Lactate: 3.3 mmol/L at 1.5 h; 4.4 mmol/L at 9 h; 2.5 mmol/L at 24 h" in prompt


REFUSED = {
    "6": "Lactate at 6 h is there already, and a record holds one value of it at one time. Type the value there",
    "90000": "Lactate has a time of 90000 h: it must lie within 0–87600 hours since admission. Correct it",
    "noon": "'noon' is no number of hours. Give the hours since admission as a number, such as 9 or 1.5.",
    "1,500": "'1,500' hours can be read as 1500 or as 1.500. Write it without the comma, or with a point.",
}


def test_what_cannot_be_a_time_is_told_where_it_is_typed_and_nothing_is_lost(course: Start) -> None:
    app, key = entering(course)
    app.number_input(key=f"field_{key}_lactate@6").set_value(4.4).run()
    for text, said in REFUSED.items():
        submit(app, f"{key}_lactate@more", text)
        assert said in words(app)
        assert rows(app) == {"Lactate at admission": None, "Lactate at 6 h": 4.4, "Lactate at 24 h": None}
        assert app.text_input(key=f"field_{key}_lactate@more").value == text
    submit(app, f"{key}_lactate@more", "9")
    assert said not in words(app)
    assert rows(app)["Lactate at 9 h"] is None


def test_a_time_of_a_stored_case_is_changed_removed_and_put_back(course: Start) -> None:
    course()
    kept = bed(Entry(feature="lactate", value=39.0, hours=9.0), Entry(feature="lactate", value=2.0, hours=24.0))
    key = f"case:{kept.id}"
    app = searched(goto(course(case=kept.case_id, v=kept.id), "patient"))
    submit(app, f"{key}_lactate@9@time", "24")
    assert "Lactate at 24 h is there already" in words(app)
    submit(app, f"{key}_lactate@9@time", "10")
    assert (rows(app)["Lactate at 10 h"], "Lactate at 9 h" in rows(app)) == (39.0, False)
    app.button(key="time_off_lactate@10").click().run()
    assert "Lactate at 10 h" not in rows(app)
    assert "Removed: Lactate at 10 h (39.0 mmol/L)" in words(app)
    app.button(key="time_undo_lactate").click().run()
    assert rows(app)["Lactate at 10 h"] == 39.0
    app.button(key="save_version").click().run()
    version = case_version(services().db, services().user, opened(app))
    assert [(entry.hours, entry.value) for entry in version.case.entries] == [(10.0, 39.0), (24.0, 2.0)]
    assert version.n == 2


def test_a_value_without_a_time_is_given_one_before_others_stand_beside_it(course: Start) -> None:
    course()
    kept = bed(Entry(feature="lactate", value=4.4))
    key = f"case:{kept.id}"
    app = searched(goto(course(case=kept.case_id, v=kept.id), "patient"))
    assert not any(str(field.key).endswith("@more") for field in app.text_input)
    app.number_input(key=f"field_{key}_lactate@24").set_value(2.0).run()
    assert "Lactate has a value with a time and one without. Give this one its time, or keep one." in words(app)
    assert app.button(key="save_version").disabled
    submit(app, f"{key}_lactate@time", "6 h")
    assert rows(app) == {"Lactate at admission": None, "Lactate at 6 h": 4.4, "Lactate at 24 h": 2.0}
    app.button(key="save_version").click().run()
    assert "Saved as version 2." in words(app)


def test_a_what_if_supposes_a_value_at_a_time_that_is_not_recorded(course: Start) -> None:
    course()
    later = [Entry(feature=name, value=value, hours=24.0) for name, value in (("lactate", 2.0), ("systolic", 90.0))]
    kept = bed(Entry(feature="creatinine", value=1.0), *later)
    app = goto(course(case=kept.case_id, v=kept.id), "what_if")
    add = app.selectbox(key=f"what_if_add:{kept.id}")
    assert "Systolic pressure at 6 h, not recorded" in [label.replace("\\", "") for label in add.options]
    assert not any("Creatinine at" in label for label in add.options)  # one without a time is recorded
    add.set_value("systolic@6").run()
    app.number_input(key=f"what_if:{kept.id}:systolic@6").set_value(70.0).run()
    assert not app.exception
    assert not app.error
    assert not app.button(key="what_if_run").disabled


def test_a_codebook_without_values_over_time_offers_no_other_time(start: Start) -> None:
    app = goto(open_case(start()), "patient")
    app.button(key="copy").click().run()
    searched(app).text_input(key="enter_search").set_value("").run()
    app.pills(key="enter_only").set_value(["Only filled"]).run()  # which opens every section
    assert len(app.number_input) > 10
    assert not any("@" in str(field.key) for field in app.text_input)
