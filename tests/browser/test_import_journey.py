"""A clinician's own spreadsheet in a real browser, from the file to the rating: and nothing of a name anywhere.

Canaries are the patients' and a relative's names, their record numbers, and a phone number that is typed into a
comment and taken out again. After the journey they are looked for in every file that the program wrote (every table
of the database, its write-ahead log, the program's output, its temporary folder) and in every download.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TooLong

from tests.bench.app_process import running_app
from tests.browser.import_moves import NAMES, NUMBERS, card, on_import, onward, take_as, tick, upload, workbook
from tests.browser.moves import PATIENCE_MS, arrive, commit, ended, go, hide, settle
from tests.browser.moves import tick as tick_line
from tests.browser.replies import reply, write

pytestmark = pytest.mark.slow
PHONE = "010-4711-8820"
CANARIES = (*{word for name in NAMES for word in name.split()}, "Anneliese", *NUMBERS, "4711882", PHONE)
COMMENT = f"Sound. Ask the daughter, Mrs Wheelwright, on {PHONE}."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program's data and temporary folder; the uploaded file lies beside it."""
    for name in ("data", "data/temp", "data/downloads"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "data" / "temp"))
    return tmp_path / "data"


@pytest.fixture
def app(folder: Path) -> Iterator[str]:
    """A fresh app whose model answers C."""
    with running_app(folder, engine="replay", replay_file=str(write(folder, reply("C", pace=0.01)))) as url:
        yield url


def found_in(folder: Path, text: str) -> list[str]:
    """The files and tables that hold ``text``, in any case and as UTF-8 or UTF-16."""
    wanted = [text.casefold().encode(code) for code in ("utf-8", "utf-16-le")]
    files = [path for path in folder.rglob("*") if path.is_file()]
    places = [path.name for path in files if any(item in path.read_bytes().lower() for item in wanted)]
    with sqlite3.connect(f"file:{folder / 'creason.db'}?mode=ro", uri=True) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = connection.execute(f"SELECT * FROM {table}").fetchall()
            places += [table] * (text.casefold() in str(rows).casefold())
    return places


def download(page: Page, folder: Path, kind: str) -> str:
    """Downloads the import's report; its text."""
    with page.expect_download() as started:
        page.get_by_role("button", name=f"Download report ({kind})").click()
    path = folder / "downloads" / started.value.suggested_filename
    started.value.save_as(path)
    return path.read_text(encoding="utf-8-sig")


def imported(page: Page, url: str, folder: Path) -> None:
    """The workbook is uploaded, mapped, converted, confirmed, guarded and saved."""
    arrive(page, url)
    on_import(page)
    upload(page, workbook(folder.parent, "wheelwright_margaret_ward7.xlsx"))
    expect(page.get_by_text("The column 'Pt Name' is called like a name.")).to_be_visible()
    expect(page.get_by_text(NAMES[0])).to_have_count(0)
    take_as(page, "Alter", "Age · Demographics")
    onward(page, 3)
    for sentence in ("Creatinine 177 µmol/L → 2.0 mg/dL", "Temperature 101.3 °F → 38.5 °C", "PaCO₂ 5.3 kPa → 40 mmHg"):
        expect(page.get_by_text(sentence)).to_be_visible()
    onward(page, 4)
    expect(page.locator(".st-key-import_save button")).to_be_disabled()
    tick(page, "I have seen this; none of it shall be stored")
    albumin = card(page, "unit-suspected", "alb1")
    expect(albumin.get_by_text("31 g/dL is implausible; as g/L it is 3.1 g/dL. Convert?")).to_be_visible()
    albumin.get_by_role("button", name="Convert", exact=True).click()
    settle(page)
    pulse = card(page, "confirm", "hrt1")
    pulse.get_by_label("Why it is right").fill("torsades, on the strip")
    pulse.get_by_role("button", name="Keep").click()
    settle(page)
    sodium = card(page, "rejected", "sod1")
    expect(sodium.get_by_text("Sodium = 1400 mmol/L is impossible")).to_be_visible()
    sodium.get_by_role("button", name="Leave out").click()
    settle(page)
    until = time.monotonic() + PATIENCE_MS / 1000
    while "left out," not in (report := download(page, folder, "CSV")) and time.monotonic() < until:
        settle(page)  # the page had not yet been drawn again
    assert "converted,2,Kreatinin (µmol/L),Creatinine,177,2.0 mg/dL" in report
    assert "left out,2,Na+,Sodium,1400" in report
    assert '"left out"' in download(page, folder, "JSON")
    page.get_by_role("textbox", name="Name of these cases").fill("Ward 7")
    page.locator(".st-key-import_save button").click()
    page.get_by_text("Saved 2 cases").wait_for(timeout=PATIENCE_MS)


def exported(page: Page, folder: Path) -> None:
    """The run leaves in all three forms."""
    go(page, "History")
    tick_line(page, 0)
    page.get_by_role("button", name="Export").click()
    for form in ("md", "json", "csv"):
        with page.expect_download() as started:
            page.locator(f".st-key-history_export_{form} button").click()
        path = folder / "downloads" / started.value.suggested_filename
        started.value.save_as(path)
        assert "Ward 7" in path.read_text(encoding="utf-8-sig")


def test_a_spreadsheet_becomes_a_rated_question_and_no_name_is_left(page: Page, app: str, folder: Path) -> None:
    imported(page, app, folder)
    expect(page.get_by_text("90+ years").first).to_be_visible()
    go(page, "Hypotheses")
    hide(page, "crea1")
    commit(page, "C")
    page.keyboard.press("Control+Enter")
    ended(page)
    page.locator(".stFeedback button").first.click()
    page.get_by_text("correct reasoning").click()
    settle(page)
    box = page.get_by_role("textbox", name="Comment")
    box.fill(COMMENT)
    box.press("Control+Enter")
    page.get_by_text(f"This looks like a phone number: {PHONE}").wait_for()
    expect(page.get_by_role("button", name="Save feedback")).to_be_disabled()
    remove = page.get_by_role("button", name="Remove it")
    while remove.count():
        with suppress(TooLong):  # the one counted was on its way out
            remove.first.click(timeout=2_000)
        settle(page)
    page.get_by_role("button", name="Save feedback").click()
    page.get_by_text("“Sound. Ask the daughter, on.”").wait_for()
    page.reload()
    page.get_by_text("“Sound. Ask the daughter").wait_for(timeout=PATIENCE_MS)
    exported(page, folder)
    stored = set(found_in(folder, "Ward 7"))  # the search finds what is stored
    assert "case_versions" in stored
    assert stored & {"creason.db", "creason.db-wal"}
    assert found_in(folder, "Ask the daughter")
    assert {canary: found for canary in CANARIES if (found := found_in(folder, canary))} == {}
