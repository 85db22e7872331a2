"""Journeys of other tests on PostgreSQL: asked and rated, a document added, options decided on, and all of it kept."""

import json
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.bench.app_process import running_app
from tests.browser.moves import PATIENCE_MS, arrive, commit, go, hide, open_public_case, settle, tick
from tests.browser.replies import reply, write
from tests.browser.test_consult_journey import decide, option
from tests.browser.test_library_journey import add_pdf
from tests.guideline.documents.made import pdf
from tests.store.cluster import Cluster
from tests.store.conftest import cluster, template

__all__ = ["cluster", "template"]

pytestmark = pytest.mark.slow
ASKED = "How soon antibiotics?"
CITED = "How soon antibiotics are due: within one hour of septic shock."
PAGES = ("Shock pathway\nContents", CITED, "Page three is about discharge.")


def ask_and_rate(page: Page) -> None:
    """Creatinine is hidden, B committed, the model's B shown beside what was recorded, and the reasoning rated."""
    hide(page, "crea1")
    commit(page, "B", sure=False)
    page.keyboard.press("Control+Enter")
    page.get_by_text("Model: B").wait_for()
    page.get_by_role("button", name="Reveal the recorded value").click()
    page.get_by_text("Recorded: 2.1 mg/dL").wait_for()
    page.locator(".stFeedback button").first.click()
    page.get_by_text("correct reasoning").click()
    settle(page)
    page.get_by_role("button", name="Save feedback").click()
    page.get_by_text("Saved ").first.wait_for()
    page.reload()
    for text in ("Model: B", "Your answer: B", "Recorded: 2.1 mg/dL", "correct reasoning"):
        expect(page.get_by_text(text).first).to_be_visible(timeout=PATIENCE_MS)
    settle(page)


def ask_the_guidelines(page: Page) -> None:
    """The hospital's own passage is opened at its page, one option accepted and another rejected."""
    go(page, "Ask")
    page.get_by_label("Question").fill(ASKED)
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_role("button", name="Ask", exact=True).click()
    passage = page.locator("[class*='st-key-passage_open_']").filter(has_text=CITED)
    passage.wait_for(timeout=PATIENCE_MS)
    settle(page)
    decide(page, 0, "Accept")
    decide(page, 1, "Reject", "allergy")
    passage.get_by_role("button", name="Open the passage").click()
    opened = page.locator(".st-key-opened_page").get_by_text("Shock pathway: page 2 of 3")
    expect(opened).to_be_visible(timeout=PATIENCE_MS)
    page.reload()
    expect(opened).to_be_visible(timeout=PATIENCE_MS)
    expect(option(page, 0).get_by_text("Accepted", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    expect(option(page, 1).get_by_text("Rejected")).to_be_visible()
    settle(page)


def exported(page: Page) -> str:
    """What History exports of its only question, as JSON."""
    go(page, "History")
    expect(page.get_by_text("Decisions about options of antibiotic consults (2)")).to_be_visible()
    tick(page, 0)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.locator(".st-key-history_export_json button").click()
    return Path(download.value.path()).read_text(encoding="utf-8")


def test_on_postgresql_everything_is_there_after_a_reload_and_leaves_by_history(
    page: Page, cluster: Cluster, template: str, tmp_path: Path
) -> None:
    database, replies = cluster.create("journey", template), write(tmp_path, reply("B", pace=0.01))
    file = tmp_path / "pathway.pdf"
    file.write_bytes(pdf(PAGES, title="Pathway by its file"))
    with running_app(tmp_path, engine="replay", replay_file=str(replies), database_url=database) as url:
        arrive(page, url)
        add_pdf(page, file)
        page.set_viewport_size({"width": 1280, "height": 900})
        go(page, "Home")
        open_public_case(page)
        ask_and_rate(page)
        ask_the_guidelines(page)
        (group,) = json.loads(exported(page))["groups"]
    assert group["masked_value"] == "Creatinine"
    assert not list(tmp_path.glob("*.db"))
    with psycopg.connect(database) as connection:
        kept = "SELECT (SELECT count(*) FROM feedback), (SELECT count(*) FROM library_documents)"
        assert connection.execute(kept).fetchone() == (1, 1)
