"""What a clinician does on the tab Import in the browser, and the workbook that is brought there."""

import io
from contextlib import suppress
from pathlib import Path

import openpyxl
from playwright.sync_api import FilePayload, Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLong

from tests.browser.moves import PATIENCE_MS, go, settle

# Other names than the codebook's, other units, one impossible value (sodium 1400), one that looks like another unit
# (albumin 31), one unusual (heart rate 230), and columns that name the patient.
COLUMNS = (
    "Pt Name", "Chart No", "Alter", "Gender", "Kreatinin (µmol/L)", "Temp (°F)", "PaO2 (kPa)", "PaCO2 (kPa)", "FiO2",
    "Serum albumin (g/dL)", "HR", "Na+", "Systolic BP", "Diastolic BP", "Comment",
)  # fmt: skip
NAMES = ("Margaret Wheelwright", "Quentin Ashworth")
NUMBERS = ("MW4711882", "QA4711883")
ROWS = (
    (NAMES[0], NUMBERS[0], 93, "F", 177, 101.3, 9.2, 5.3, 0.6, 31, 230, 1400, 90, 50, "Daughter Anneliese Wheelwright"),
    (NAMES[1], NUMBERS[1], 60, "M", 88, 99, 12.4, 4.8, 0.3, 3.4, 88, 139, 128, 74, "from ward 7"),
)  # fmt: skip


def workbook(folder: Path, name: str) -> Path:
    """The two patients as an XLSX file."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (COLUMNS, *ROWS):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    path = folder / name
    path.write_bytes(out.getvalue())
    return path


def on_import(page: Page) -> None:
    """Opens the tab Import of the page Patient."""
    go(page, "Patient")
    tab_import(page)


def tab_import(page: Page) -> None:
    """Goes to the tab Import."""
    page.get_by_role("tab", name="Import").click()
    page.get_by_text("Step 1 of 4").wait_for()
    settle(page)


def attach(page: Page, file: Path | FilePayload) -> None:
    """Gives a file to the page, and waits until it is there: read before, it would not be."""
    page.locator(".st-key-import_file input[type=file]").set_input_files(file)
    page.locator(".st-key-import_file").get_by_test_id("stFileChipName").wait_for()
    expect(page.get_by_test_id("stFileChipIconSpinner")).to_have_count(0)
    settle(page)


def upload(page: Page, file: Path | FilePayload) -> None:
    """Uploads a file and reads it."""
    attach(page, file)
    page.locator(".st-key-import_read button").click()
    page.get_by_text("Step 2 of 4").wait_for(timeout=PATIENCE_MS)
    settle(page)


def paste(page: Page, text: str) -> None:
    """Pastes a table and reads it."""
    box = page.locator(".st-key-import_paste textarea")
    box.fill(text)
    box.press("Control+Enter")
    settle(page)
    page.locator(".st-key-import_read button").click()
    page.get_by_text("Step 2 of 4").wait_for(timeout=PATIENCE_MS)
    settle(page)


def onward(page: Page, step: int) -> None:
    """Continues to a step."""
    page.locator(".st-key-import_next button").click()
    page.get_by_text(f"Step {step} of 4").wait_for()
    settle(page)


def card(page: Page, kind: str, feature: str = "") -> Locator:
    """The first question of a kind."""
    return page.locator(f"[class*='st-key-import_q_{kind}_{feature}'][data-testid='stVerticalBlock']").first


def tick(page: Page, words: str) -> None:
    """Ticks a box, by its label."""
    page.get_by_test_id("stCheckbox").filter(has_text=words).locator("label").first.click()
    settle(page)


def take_as(page: Page, column: str, feature: str) -> None:
    """Says what a column is, by typing a feature's label."""
    choose(page, f"What {column} is", feature)


def choose(page: Page, box: str, option: str) -> None:
    """Chooses from a list by typing; once more where a rerun of the page closed the list."""
    for patience in (3_000, 5_000, PATIENCE_MS):
        page.get_by_role("combobox", name=box).click()
        page.get_by_role("combobox", name=box).fill(option)
        with suppress(TooLong):
            page.get_by_role("option").filter(has_text=option).first.click(timeout=patience)
            break
        page.keyboard.press("Escape")
    settle(page)
