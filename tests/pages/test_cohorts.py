"""Two registries in one app: each case and run by its own codebook; one whose cohort is gone is read and not asked."""

import json
import shutil
from pathlib import Path

import plotly.data
import pytest
from streamlit.testing.v1 import AppTest

from creason_core.cli import main
from creason_core.cohort.loading import own_cohorts
from creason_core.model.adapters.manifest import read_manifest
from creason_core.model.adapters.shipped import SHIPPED, shipped_folders
from creason_core.model.engines.base import ModelIdentity
from creason_core.store.exporting.export import export
from creason_core.store.history import Filters, history_page
from creason_core.store.patients.cases import recent_cases
from creason_core.store.runs.run_rows import recent_groups
from pages.server.services import services
from tests.cohort.stroke import make_stroke
from tests.pages.driver import Start, answer, goto, mask, open_case, run_to_end, words
from tests.pages.test_grading import calibrated

STROKE = "ist-stroke"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stroke cohort as the command makes it, made once."""
    folder = tmp_path_factory.mktemp("stroke")
    make_stroke(folder, folder / STROKE)
    return folder / STROKE


@pytest.fixture
def stroke(made: Path) -> Path:
    """The stroke cohort where it is found by its name."""
    folder = own_cohorts() / STROKE
    shutil.copytree(made, folder)
    return folder


def open_of(app: AppTest, cohort: str) -> AppTest:
    """Opens the first patient that Home offers of ``cohort``."""
    app.session_state[f"cohort_{cohort}"] = True
    app.run()
    key = next(str(button.key) for button in app.button if str(button.key).startswith(f"public_{cohort}_"))
    app.button(key=key).click().run()
    assert not app.exception
    return app


def asked(app: AppTest, feature: str, samples: int = 1) -> AppTest:
    mask(app, feature)
    if any(button.key == "commit_skip" for button in app.button):
        app.button(key="commit_skip").click().run()
    if samples > 1:
        app.button(key=f"samples_{samples}").click().run()
    return run_to_end(app)


def both(start: Start) -> AppTest:
    """The app on History after a question about a septic patient and one about a stroke patient."""
    app = asked(open_case(start(answer("A"))), "sex")
    goto(app, "home")
    return goto(asked(open_of(app, STROKE), "sex"), "history")


def test_each_registry_is_read_by_its_own_codebook_also_when_its_cohort_is_gone_and_cannot_be_asked(
    start: Start, stroke: Path
) -> None:
    app = both(start)
    s = services()
    septic, apoplectic = sorted(recent_groups(s.db, s.user), key=lambda group: group.created)
    assert (septic.cohort, septic.codebook) == ("rhc-sepsis", "rhc")
    assert (apoplectic.cohort, apoplectic.codebook) == (STROKE, "ist")
    assert apoplectic.cohort_hash == s.shelf.cohorts[STROKE].content_hash
    lines = app.dataframe[0].value.to_dict("records")
    assert [line["Cohort"] for line in lines] == [STROKE, "rhc-sepsis"]
    assert [line["Value"] for line in lines] == ["Sex", "Sex"]
    ids = [item.id for item in history_page(s.db, s.user, Filters()).items]
    shutil.rmtree(stroke)
    app.session_state["history_chosen"] = (ids[0],)
    app.run()
    assert not app.exception
    assert app.dataframe[0].value.to_dict("records") == lines
    shown = words(app)
    assert f"The cohort {STROKE} is no longer in" in shown
    assert "in section Demographics" in shown
    assert app.button(key="history_repeat").disabled
    found = json.loads(export(s.db, s.user, ids, s.codebooks, "json"))["groups"]
    assert [one["reproducibility"]["cohort"] for one in found] == [STROKE, "rhc-sepsis"]
    assert [one["options"] for one in found] == [["Female", "Male"], ["Female", "Male"]]
    for page in ("home", "patient", "hypotheses", "settings", "about", "evaluation"):
        assert not goto(app, page).exception
    app = goto(app, "history")
    app.button(key="history_open").click().run()  # the run as it was, and no way to ask it again
    assert not app.exception
    assert f"The cohort {STROKE} is no longer in" in words(app)
    assert all(button.disabled for button in app.button if str(button.key).startswith("again_"))
    app.button(key="choose_another").click().run()
    choices = [button for button in app.button if str(button.key).startswith("mask_")]
    assert choices
    assert all(button.disabled for button in choices)


def test_a_case_whose_cohort_is_gone_can_still_be_copied_and_corrected(start: Start, stroke: Path) -> None:
    app = open_of(start(), STROKE)
    shutil.rmtree(stroke)
    goto(app, "patient")
    assert f"The cohort {STROKE} is no longer in" in words(app)
    app.button(key="copy").click().run()
    app.button(key="save_version").click().run()
    assert not app.exception
    (newest, _) = recent_cases(services().db, services().user)
    assert (newest.source, newest.cohort, newest.case.codebook, newest.cohort_hash) == ("entered", STROKE, "ist", "")


def test_entry_asks_which_codebook_until_a_value_is_there(start: Start, stroke: Path) -> None:
    app = start()
    app.button(key="new_case").click().run()
    choice = app.selectbox(key="entry_cohort")
    assert choice.value == "rhc-sepsis"
    assert len(choice.options) == 2  # two cohorts of one codebook are one choice
    choice.set_value(STROKE).run()
    assert any("Onset" in str(drawer.label) for drawer in app.expander)
    number = next(field for field in app.number_input if "_age" in str(field.key))
    number.set_value(70.0).run()
    assert app.selectbox(key="entry_cohort").disabled
    app.button(key="save_version").click().run()
    assert not app.exception
    (saved,) = recent_cases(services().db, services().user)
    assert (saved.cohort, saved.case.codebook, saved.case.value("age")) == (STROKE, "ist", 70.0)
    assert "70 years" in words(goto(app, "hypotheses"))
    goto(app, "home")
    app.button(key="new_case").click().run()
    app.selectbox(key="entry_cohort").set_value(STROKE).run()
    shutil.rmtree(stroke)  # a draft outlives it too
    app = goto(goto(app, "home"), "patient")
    assert f"The cohort {STROKE} is no longer in" in words(app)
    assert any("Onset" in str(drawer.label) for drawer in app.expander)
    app.selectbox(key="entry_cohort").set_value("rhc-sepsis").run()
    assert not any("Onset" in str(drawer.label) for drawer in app.expander)


def test_one_codebook_is_not_asked_for(start: Start) -> None:
    app = start()
    app.button(key="new_case").click().run()
    assert not [box for box in app.selectbox if box.label == "Codebook"]


def test_an_import_is_read_by_the_codebook_that_was_chosen(start: Start, stroke: Path) -> None:
    app = goto(start(), "patient")
    app.session_state["patient_tab"] = "Import"
    app.run()
    app.selectbox(key="import_cohort").set_value(STROKE).run()
    app.text_area(key="import_paste").set_value("AGE\tSEX\n71\tF").run()
    app.button(key="import_read").click().run()
    assert not app.exception
    assert app.session_state["importing"].mapping.codebook == "ist"


def test_the_default_cohort_is_chosen_in_settings_and_holds_for_new_patients(start: Start, stroke: Path) -> None:
    app = goto(start(), "settings")
    app.selectbox(key="pref_cohort").set_value(STROKE).run()
    assert services().cohort.name == STROKE
    goto(app, "home")
    app.button(key="new_case").click().run()
    assert app.selectbox(key="entry_cohort").value == STROKE
    assert "International Stroke Trial" in words(goto(app, "about"))
    shutil.rmtree(stroke)
    assert services().cohort.name == "rhc-sepsis"


def test_a_broken_cohort_is_told_on_home_and_in_settings(start: Start, stroke: Path) -> None:
    (stroke / "leak_guard.json").write_text("[]")
    app = start()
    assert "1 cohort cannot be used: see Settings" in words(app)
    assert "leak_guard.json of a cohort was altered" in words(goto(app, "settings"))


def test_a_cohort_whose_leak_guard_an_older_version_fitted_is_told_in_settings(start: Start, stroke: Path) -> None:
    told = f"The leak guard of {STROKE} was fitted by an older version of this program"
    app = goto(start(), "settings")
    assert told not in words(app)
    path = stroke / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"guard_rules": 3}))
    assert told in words(app.run())


def test_an_adapter_trained_elsewhere_says_what_is_known_and_is_never_graded(
    start: Start, stroke: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = read_manifest(shipped_folders(SHIPPED)[0])
    app = start(answer("C"))  # the middle one in every order
    identity = ModelIdentity("replay", "small", adapter=adapter.title, adapter_hash=adapter.hash)
    monkeypatch.setattr(type(services().engine), "identity", property(lambda _: identity))
    app = asked(open_case(app), "meanbp1")
    assert "asked like this, is not yet measured" in words(app)
    goto(app, "home")
    calibrated(180, 20, STROKE, feature="rsbp")
    open_of(app, STROKE)
    shown = words(asked(app, "rsbp", samples=5))
    assert "Uncalibrated: 5 of 5 agree" in shown
    assert "confidence" not in shown.casefold()
    assert "trained on rhc-sepsis, not on ist-stroke; measured here, it was right in 36.0 %" in shown
    assert "4 reads the registry's notes instead and can be chosen in Settings. On registries that it was not" in shown


@pytest.mark.slow
def test_a_table_without_patients_opens_in_the_app_with_no_code(start: Start, tmp_path: Path) -> None:
    table, book = tmp_path / "countries.csv", tmp_path / "countries.yaml"
    plotly.data.gapminder().to_csv(table, index=False)
    assert main(["codebook", "infer", str(table), "--out", str(book)]) == 0
    made = ["cohort", "make", "--codebook", str(book), "--table", str(table), "--split", "site:country"]
    assert main(made) == 0
    app = asked(open_of(start(answer("A")), "countries"), "lifeexp")
    shown = words(app)
    (group,) = recent_groups(services().db, services().user)
    assert (group.cohort, group.codebook) == ("countries", "countries")
    assert "What would be the masked value of 'Life Exp'" in shown
    assert ":material/person: Americas" in shown  # who it is, by the first of its features that has words
    assert not goto(app, "history").exception
    assert not goto(app, "patient").exception
