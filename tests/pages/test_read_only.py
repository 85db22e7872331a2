"""While nothing can be saved, what would save is disabled and says why; what was typed stays, and all comes back."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from creason_core.store.patients.cases import recent_cases
from creason_core.store.people.preferences import preferences
from creason_core.store.sql.sqlite import sqlite_engine
from pages.components.read_only import WHY
from pages.server.services import services
from tests.pages.driver import Start, answer, goto, mask, open_case, run_to_end, words
from tests.pages.test_history import tick
from tests.pages.test_importing import on_import, paste, press
from tests.pages.test_model_choice import with_a_version
from tests.pages.test_patient import enter, new_patient
from tests.pages.test_typed_text import rated, save_of

AGE, LABEL = "field_case:new_age", "field_case:new_label"
# What only reads, or changes nothing but this window: it stays usable.
READING = re.compile(
    "open_|continue_|go_|card_stop_|stop_|shortcuts|try_saving|enter_search|enter_only|version_|reset_to_original|"
    "mask_|missing_|option_|samples_|choose_another|sample_|history_(filter_|open|versions|none|page|all)|text_|"
    "import_(file|paste|read|back|next|discard|layout|role_|map_|unit_|units_ok|label|q_|names_|again|kept|use|decimal|choice|"
    "csv|json)|what_if_[0-9a-f]{16}"
)


class Disk:
    """A disk under the database that can be switched to refuse every write, as one does that was mounted so."""

    def __init__(self) -> None:
        self.refuses = False

    def under(self, engine: sa.Engine) -> None:
        sa.event.listen(engine, "checkout", self._switch)

    def _switch(self, connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA query_only = {'ON' if self.refuses else 'OFF'}")


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """The disk under the app's database."""
    made = Disk()

    def engine(*args: Any, **kwargs: Any) -> sa.Engine:
        opened = sqlite_engine(*args, **kwargs)
        made.under(opened)
        return opened

    monkeypatch.setattr("creason_core.store.upkeep.database.sqlite_engine", engine)
    yield made
    made.refuses = False


def usable(app: AppTest) -> set[str]:
    """The keys of what would save and can be used."""
    kinds = ("button", "number_input", "selectbox", "text_input", "text_area", "checkbox", "toggle", "feedback")
    widgets: list[Any] = [widget for kind in (*kinds, "button_group", "date_input") for widget in app.get(kind)]
    return {str(widget.key) for widget in widgets if not widget.disabled and not READING.match(str(widget.key))}


def back(app: AppTest, disk: Disk) -> AppTest:
    """The disk takes writes again, and somebody tries."""
    disk.refuses = False
    press(app, "try_saving")
    assert "Read only." not in words(app)
    return app


def test_a_case_being_typed_is_held_until_it_can_be_saved(start: Start, disk: Disk) -> None:
    app = enter(new_patient(start), "age", 61.0)
    disk.refuses = True
    app.text_input(key=LABEL).set_value("Bed 4").run()
    shown = words(app)
    assert "Read only." in shown
    assert app.text_input(key=LABEL).value == "Bed 4"
    assert app.button(key="save_version").help == WHY
    assert usable(app) == set()
    press(app, "try_saving")
    assert "Saving still fails." in words(app)
    app = goto(goto(app, "history"), "patient")
    assert app.text_input(key=LABEL).value == "Bed 4"
    assert app.number_input(key=AGE).value == 61.0
    assert usable(app) == set()
    assert {LABEL, AGE, "save_version", "discard"} <= usable(back(app, disk))
    press(app, "save_version")
    assert "Saved as version 1." in words(app)
    assert recent_cases(services().db, services().user)[0].label == "Bed 4"


def test_a_rating_being_typed_is_held_and_every_page_goes_on_reading(start: Start, disk: Disk) -> None:
    app, comment = rated(start)
    disk.refuses = True
    app.text_area(key=comment).set_value("Sound.").run()
    assert app.text_area(key=comment).value == "Sound."
    assert usable(app) == set()
    app = tick(goto(app, "history"), 0)
    assert "so perfusion is poor." in words(app)
    for page in ("history", "home", "settings", "about", "evaluation"):
        app = goto(app, page)
        assert "Read only." in words(app), page
        assert usable(app) == set(), page
    app = goto(app, "hypotheses")
    assert app.text_area(key=comment).value == "Sound."
    press(back(app, disk), save_of(comment))
    assert "“Sound.”" in words(app)


def test_a_question_can_be_read_but_not_run(start: Start, disk: Disk) -> None:
    app = mask(open_case(start(answer("A"))))
    disk.refuses = True
    app.button(key="option_0").click().run()
    app.button(key="commit_sure").click().run()
    assert usable(app) == set()
    assert "What would be the masked value of" in words(app)
    app.button(key="choose_another").click().run()
    app = mask(app, "crea1")
    assert app.button(key="commit_skip").disabled
    assert "commit_skip" in usable(back(app, disk))
    app.button(key="commit_skip").click().run()
    assert "Model: A" in words(run_to_end(app))


def test_a_setting_that_could_not_be_kept_shows_what_holds(start: Start, disk: Disk) -> None:
    app = goto(start(), "settings")
    disk.refuses = True
    app.toggle(key="pref_commit_first").set_value(False).run()
    assert app.toggle(key="pref_commit_first").value is True
    assert usable(app) == set()
    back(app, disk).toggle(key="pref_commit_first").set_value(False).run()
    assert not preferences(services().db, services().user).commit_first


def test_no_other_model_can_be_chosen_and_the_page_says_why(
    start: Start, disk: Disk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app, _ = with_a_version(start, monkeypatch, tmp_path)
    assert not app.selectbox(key="model_choice").disabled
    disk.refuses = True
    app.toggle(key="pref_commit_first").set_value(False).run()
    assert app.selectbox(key="model_choice").disabled
    assert app.selectbox(key="model_choice").help == WHY
    assert not back(app, disk).selectbox(key="model_choice").disabled


def test_an_import_waits_with_its_name(start: Start, disk: Disk) -> None:
    app = press(press(paste(on_import(start), "age\tcreatinine (mg/dL)\n63\t1.4\n"), "import_next"), "import_next")
    app.text_input(key="import_label").set_value("ward 7").run()
    disk.refuses = True
    press(app, "import_save")
    assert "Read only." in words(app)
    assert usable(app) == set()
    press(back(app, disk), "import_save")
    assert recent_cases(services().db, services().user)[0].label == "ward 7"


def test_the_first_notice_can_be_left_while_nothing_can_be_saved(start: Start, disk: Disk) -> None:
    app = start(notice_read=False)
    disk.refuses = True
    app.button(key="understood").click().run()
    assert "Never enter names" not in words(app)
    assert "Read only." in words(goto(app, "home"))
