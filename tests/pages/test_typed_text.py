"""What is typed and looks like an identifier is shown, and stored only after the person's word; nothing is lost."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from creason_core.settings import settings
from creason_core.store.patients.cases import recent_cases
from creason_core.store.upkeep.database import open_store
from tests.pages.driver import Start, goto, mask, open_case, run_to_end, words
from tests.pages.test_importing import decided, on_import, paste, press, question, spreadsheet
from tests.pages.test_patient import enter, find, new_patient

PHONE = "010-1234-5678"
TYPED = f"Ask the daughter, {PHONE}, first"
LABEL = "field_case:new_label"


class Stored:
    """Everything that the app wrote so far."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __contains__(self, text: str) -> bool:
        files = [path for path in self._folder.rglob("*") if path.is_file()]
        return any(text.encode() in path.read_bytes() for path in files)


@pytest.fixture
def stored_bytes(tmp_path: Path) -> Stored:
    return Stored(tmp_path)


def rated(start: Start) -> tuple[AppTest, str]:
    """A run with a thumb up, and the key of its comment."""
    app = mask(open_case(start()))
    app.button(key="commit_skip").click().run()
    app = run_to_end(app)
    thumb = app.feedback[0]
    thumb.set_value(1).run()
    comment = next(area for area in app.text_area if str(area.key).endswith("_comment"))
    return app, str(comment.key)


def save_of(comment: str) -> str:
    return f"{comment.removesuffix('_comment')}_save"


def test_a_comment_waits_until_its_find_is_removed(start: Start, stored_bytes: Stored) -> None:
    app, comment = rated(start)
    app.text_area(key=comment).set_value(TYPED).run()
    assert f"This looks like a phone number: **{PHONE}**" in words(app)
    assert app.button(key=save_of(comment)).disabled
    assert PHONE not in stored_bytes
    assert "Ask the daughter, [phone], first" in stored_bytes
    press(app, f"{comment}_remove_0")
    assert app.text_area(key=comment).value == "Ask the daughter, first"
    press(app, save_of(comment))
    assert "Ask the daughter, first" in words(app)
    assert PHONE not in stored_bytes


def test_a_comment_is_saved_whole_when_the_find_is_none(start: Start, stored_bytes: Stored) -> None:
    app, comment = rated(start)
    app.text_area(key=comment).set_value(TYPED).run()
    press(app, f"{comment}_none_0")
    assert PHONE in stored_bytes
    assert not app.button(key=save_of(comment)).disabled
    press(app, save_of(comment))
    assert f"“{TYPED}”" in words(app)
    press(app, next(str(button.key) for button in app.button if str(button.key).endswith("_edit")))
    assert "This looks like" not in words(app)


def test_what_is_undecided_survives_a_reload_and_leaves_with_the_program(start: Start, stored_bytes: Stored) -> None:
    new_patient(start).text_input(key=LABEL).set_value(TYPED).run()
    again = goto(start(), "patient")
    assert again.text_input(key=LABEL).value == TYPED
    assert "This looks like a phone number" in words(again)
    assert PHONE not in stored_bytes


@pytest.mark.parametrize("typed", ["Bed 4 Mrs Wheelwright", "MRN 4711882", "born 12/03/1951"])
def test_the_name_of_a_case_waits_for_a_decision(start: Start, stored_bytes: Stored, typed: str) -> None:
    app = enter(new_patient(start), "age", 61.0)
    app.text_input(key=LABEL).set_value(typed).run()
    assert app.button(key="save_version").disabled
    assert "an identifier to decide about" in words(app)
    assert typed.rsplit(maxsplit=1)[-1] not in stored_bytes
    press(app, f"{LABEL}_none_0")
    press(app, "save_version")
    assert "Saved as version 1." in words(app)
    assert typed in stored_bytes


def test_a_reason_waits_for_a_decision(start: Start, stored_bytes: Stored) -> None:
    app = enter(find(new_patient(start), "education"), "edu", 27.0)
    reason = "field_case:new_edu_reason"
    app.text_input(key=reason).set_value(f"said on {PHONE}").run()
    assert app.button(key="save_version").disabled
    assert PHONE not in stored_bytes
    press(app, f"{reason}_remove_0")
    assert app.text_input(key=reason).value == "said on"
    press(app, "save_version")
    assert "Saved as version 1." in words(app)


def test_an_age_over_89_in_a_text_becomes_90_plus(start: Start, stored_bytes: Stored) -> None:
    app = new_patient(start)
    app.text_input(key=LABEL).set_value("the 94-year-old of bed 4").run()
    press(app, f"{LABEL}_remove_0")
    assert app.text_input(key=LABEL).value == "the 90+ of bed 4"
    assert "94" not in str(app.text_input(key=LABEL).value)
    assert "the 94-year-old" not in stored_bytes


def test_the_reason_and_the_name_of_an_import_wait_for_a_decision(start: Start, stored_bytes: Stored) -> None:
    app = paste(on_import(start), "age\theart rate\n63\t230\n")
    press(press(app, "import_next"), "import_next")
    held = question(app, "confirm")
    app.text_input(key=f"{held}_reason").set_value(f"confirmed on {PHONE}").run()
    press(app, f"{held}_keep")
    assert "The reason holds what looks like a phone number" in words(app)
    press(app, f"{held}_reason_none_0")
    press(app, f"{held}_keep")
    app.text_input(key="import_label").set_value("Bed 4, Mrs Wheelwright").run()
    assert app.button(key="import_save").disabled
    assert "This looks like a name: **Wheelwright**" in words(app)
    assert "Wheelwright" not in stored_bytes
    assert PHONE not in stored_bytes
    press(app, "import_label_remove_0")
    press(app, "import_save")
    assert "Saved 1 case" in words(app)
    db = open_store(settings().database, settings().data_dir)
    (version,) = recent_cases(db, settings().user)
    db.close()
    assert version.label == "Bed 4"
    assert [entry.reason for entry in version.case.entries] == ["", f"confirmed on {PHONE}"]


def test_the_name_of_a_mapping_waits_for_a_decision(start: Start, stored_bytes: Stored) -> None:
    app = paste(on_import(start), "age\tcrea\n63\t1.4\n")
    app.text_input(key="import_keep_name").set_value("list of Dr Okonkwo").run()
    assert "This looks like a name: **Okonkwo**" in words(app)
    press(app, "import_keep")
    assert "Okonkwo" not in stored_bytes
    press(app, "import_keep_name_none_0")
    press(app, "import_keep")
    assert "list of Dr Okonkwo" in stored_bytes


def test_an_imported_case_is_asked_about_and_rated_and_no_canary_is_left(start: Start, stored_bytes: Stored) -> None:
    app = on_import(start)
    app.file_uploader(key="import_file").set_value(("wheelwright.xlsx", spreadsheet(), "application/xlsx")).run()
    press(press(press(app, "import_read"), "import_next"), "import_next")
    press(decided(app), "import_save")
    app = goto(app, "hypotheses")
    mask(app, "crea1").button(key="commit_skip").click().run()
    app = run_to_end(app)
    app.feedback[0].set_value(1).run()
    comment = next(str(area.key) for area in app.text_area if str(area.key).endswith("_comment"))
    app.text_area(key=comment).set_value(f"Sound. The daughter, Mrs Wheelwright, is on {PHONE}.").run()
    press(press(app, f"{comment}_remove_0"), f"{comment}_remove_0")  # the name with its title, and the number
    press(app, save_of(comment))
    assert "“Sound. The daughter, is on.”" in words(app)
    assert "Sound. The daughter" in stored_bytes
    canaries = (PHONE, "Wheelwright", "wheelwright", "Margaret", "Ashworth", "Quentin", "4711882", "4711883")
    assert [canary for canary in canaries if canary in stored_bytes] == []
