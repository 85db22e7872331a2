"""What people and models say is nowhere in what the program writes to its log and its terminal."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect, sync_playwright

from creason_core.model.engines.replay import Recording
from tests.bench.app_process import known_user, running_app
from tests.browser.import_moves import tab_import, upload
from tests.browser.moves import PATIENCE_MS, ended, go, heading, hide, open_public_case, settle
from tests.browser.replies import write
from tests.programs import launch_chromium

pytestmark = pytest.mark.slow
WORDS = {
    "file": "canaryfile", "column": "canarycolumn", "value": "canaryvalue", "label": "canarylabel",
    "model": "canarymodel", "fault": "canaryfault", "comment": "canarycomment", "search": "canarysearch",
}  # fmt: skip
NUMBER = "41.7317"  # a value that was entered


def hostile_model(folder: Path) -> Path:
    """Answers once, then fails in its own words."""
    said = ((f" The {WORDS['model']} is low.", 1), (" \\boxed{A}", 2))
    answer = Recording(prompt="*", model="script", pieces=said, finish_reason="stop", seconds=0.05)
    fault = Recording(prompt="*", model="script", pieces=said[:1], fault="failed", message=WORDS["fault"], seconds=0.0)
    return write(folder, answer, fault)


def test_no_word_of_a_journey_is_in_the_log(tmp_path: Path) -> None:
    """At debug it holds all that it holds at any other level."""
    data = known_user(tmp_path, samples=1)
    replies = str(hostile_model(tmp_path))
    with (
        running_app(
            data, flags=("--logger.level", "debug"), engine="replay", replay_file=replies, log_level="debug"
        ) as url,
        sync_playwright() as playwright,
    ):
        page = launch_chromium(playwright).new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        page.goto(url)
        open_public_case(page)
        hide(page, "crea1")
        page.get_by_placeholder("Find a value").first.fill(WORDS["search"])
        page.keyboard.press("Enter")
        settle(page)
        page.locator(".st-key-run button:visible").first.click()
        ended(page)
        page.locator(".stFeedback button").first.click()
        page.get_by_label("Comment").fill(WORDS["comment"])
        page.get_by_text("correct reasoning").click()
        settle(page)
        page.get_by_role("button", name="Save feedback").click()
        page.get_by_text("Saved ").first.wait_for()
        page.locator("[class*='st-key-again_'] button:visible").first.click()
        page.get_by_text(WORDS["fault"]).first.wait_for()
        go(page, "Patient")
        tab_import(page)
        table = f"age,crea1,{WORDS['column']}\n61,{NUMBER},{WORDS['value']}\n70,{WORDS['value']},x\n"
        upload(page, FilePayload(name=f"{WORDS['file']}.csv", mimeType="text/csv", buffer=table.encode()))
        for step in (3, 4):
            page.get_by_role("button", name="Continue").click()
            page.get_by_text(f"Step {step} of 4").wait_for()
        page.get_by_role("textbox", name="Name of these cases").fill(WORDS["label"])
        page.keyboard.press("Enter")
        settle(page)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        go(page, "Home")
        heading(page, "Home").wait_for()
    log = (data / "app.log").read_text(encoding="utf-8")
    assert [word for word in (*WORDS.values(), NUMBER) if word in log] == []
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    outcomes = [line["outcome"] for line in lines if line["event"] == "a run has ended"]
    assert outcomes == ["complete", "error"]
    assert all(set(line) >= {"ts", "level", "event", "logger"} for line in lines)
