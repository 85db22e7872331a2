"""A reader's way past every place of the program that draws a text, noting which payloads each place showed."""

import re
from collections import defaultdict

from playwright.sync_api import FilePayload, Locator, Page, expect

from creason_core.store.patients.cases import case_version, save_version
from creason_core.store.people.feedback import save_feedback
from creason_core.store.upkeep.database import Database
from tests.browser.hostile.attack import CHOSEN, bundles, payloads, shown
from tests.browser.hostile.replies import ANSWERS, FAULT
from tests.browser.hostile.workbook import hostile_workbook
from tests.browser.import_moves import attach, tab_import
from tests.browser.moves import (
    PATIENCE_MS,
    arrive,
    commit,
    ended,
    go,
    heading,
    open_public_case,
    settle,
    stop_button,
    tick,
)

# Elements that would call the listener by themselves or when clicked: there must be none.
_LIVE = """port => [...document.querySelectorAll('*')].filter(element =>
  ['href', 'src', 'srcset', 'xlink:href', 'poster', 'data', 'action', 'background', 'style', 'ping', 'srcdoc']
    .some(name => (element.getAttribute(name) || '').includes(port) || (element.getAttribute(name) || '')
      .startsWith('javascript:'))).map(element => element.outerHTML.slice(0, 300))"""
MEASURED = tuple("meanbp1 hrt1 resp1 temp1 wblc1 hema1 sod1 pot1 crea1 bili1 alb1 pafi1 paco21 ph1".split())
NAMED = ("cat2", "scoma1", "ca")  # questions whose options say most
ENOUGH = 110  # payloads that a place has shown; what shows more at once, shows more
COUNTED = ("Evaluation", "Settings", "About the model")  # pages that a text of an engine or an evaluation reaches


class Journey:
    """``seen`` says by place which payloads could be read there."""

    def __init__(self, page: Page, url: str, port: int, db: Database) -> None:
        self.seen: defaultdict[str, set[int]] = defaultdict(set)
        self._page = page
        page.set_default_timeout(PATIENCE_MS)
        self._url = url
        self._port = port
        self._db = db
        self._case = ""  # its part of the address
        self._sent = bytearray()  # to the browser; what a table paints cannot be read from the page
        page.on("websocket", lambda socket: socket.on("framereceived", self._note))

    def walk(self, user: str) -> None:
        """Goes past everything."""
        page = self._page
        arrive(page, self._url)
        self._look()
        open_public_case(page)
        page.wait_for_url("**v=*")
        self._case = page.url.split("?", 1)[1]
        self._look("the list of values", page.locator("[class*='st-key-values_mask']"))
        self._answers()
        self._questions()
        self._comments(user)
        self._history()
        self._faults()
        self._versions(user)
        self._patient()
        self._imports()
        self._the_rest()

    def _note(self, frame: bytes | str) -> None:
        self._sent += frame.encode() if isinstance(frame, str) else frame

    def _look(self, place: str = "", where: Locator | None = None) -> None:
        settle(self._page)
        live = self._page.evaluate(_LIVE, f":{self._port}")
        assert not live, f"{self._page.url} has what a browser follows: {live}"
        expect(self._page.get_by_test_id("stException")).to_have_count(0)
        if place and where:
            self.seen[place] |= shown(" ".join(where.all_text_contents()), self._port)

    def _enough(self, place: str) -> bool:
        return len(self.seen[place]) >= ENOUGH

    def _at(self, address: str) -> None:
        self._page.goto(f"{self._url}/{address}")
        settle(self._page)

    def _right(self) -> Locator:
        return self._page.locator(".st-key-halves_mask").get_by_test_id("stColumn").last

    def _answers(self) -> None:
        """One question after another, each answered by the model."""
        page = self._page
        for number, feature in enumerate(CHOSEN):
            self._at(f"hypotheses?{self._case}&mask={feature}")
            self._look("a question and its options", self._right())
            commit(page, "B")
            page.keyboard.press("Control+Enter")
            if number == 0:
                page.get_by_text("tokens ·").first.wait_for()
                self._look("a text that streams", page.locator("[class*='st-key-model_text']"))
                while stop_button(page).is_visible() and not self._enough("a text that streams"):
                    page.wait_for_timeout(200)
                    self._look("a text that streams", page.locator("[class*='st-key-model_text']"))
            ended(page)
            page.get_by_role("button", name="Reveal the recorded value").click()
            page.get_by_text("Recorded:").wait_for()
            page.locator(".js-plotly-plot .main-svg").first.wait_for()
            chart = page.locator(".js-plotly-plot")
            expect(chart).to_have_count(1, timeout=PATIENCE_MS)  # not also the one that it takes the place of
            chart.hover(position={"x": 300, "y": 40})
            self._look("a result and its chart", page.locator("[class*='st-key-result_']"))
            if number == 0:
                self._run = page.url
                self._look("a finished text", page.locator("[class*='st-key-model_text']"))

    def _questions(self) -> None:
        """One question after another, until those and the answered ones have shown enough."""
        classes = self._page.locator("[class*='st-key-mask_']:has(button:enabled)").evaluate_all(
            "found => found.map(element => element.className)"
        )
        features = [found[1] for name in classes if (found := re.search(r"st-key-mask_(\w+)", name))]
        for feature in (*NAMED, *features):
            if self._enough("a question and its options"):
                return
            self._at(f"hypotheses?{self._case}&mask={feature}")
            self._look("a question and its options", self._right())

    def _comments(self, user: str) -> None:
        with self._db.read() as connection:
            run = str(connection.exec_driver_sql("SELECT id FROM runs ORDER BY created LIMIT 1").scalar_one())
        last: str | None = None
        for number, comment in enumerate(bundles(self._port, 1_000)):
            last = save_feedback(
                self._db, user, run, idem=f"comment {number}", thumb="up", reasons=("correct reasoning",),
                severity=None, comment=comment, train_ok=False, supersedes=last,
            ).id  # fmt: skip
            self._page.goto(self._run)
            self._page.get_by_text("Saved ").first.wait_for()
            self._look("a comment", self._page.get_by_test_id("stText").filter(has_text="“"))
            if self._enough("a comment"):
                return

    def _history(self) -> None:
        """The run that said everything, then that one beside another."""
        page = self._page
        with self._db.read() as connection:
            asked = int(connection.exec_driver_sql("SELECT count(*) FROM run_groups").scalar_one())
        go(page, "History")
        main = page.get_by_test_id("stMain")
        tick(page, asked - 1)
        page.get_by_role("button", name="Open as it was").wait_for()
        self._look("a run in the history", main)
        for tab in page.get_by_role("tab").all():
            tab.click()
            self._look()
        tick(page, 0)
        page.get_by_role("heading", name="Side by side").wait_for()
        self._look("two runs side by side", main)
        self._page.goto(self._run)
        ended(page)

    def _faults(self) -> None:
        page = self._page
        for _ in range(ANSWERS + len(bundles(self._port, FAULT))):
            before = page.url
            page.locator("[class*='st-key-again_'] button:visible").first.click()
            expect(page).not_to_have_url(before)
            ended(page)
            self._look("an error of the model's server", page.get_by_test_id("stAlert"))
            if self._enough("an error of the model's server"):
                return

    def _versions(self, user: str) -> None:
        first = case_version(self._db, user, re.search(r"v=([\w-]+)", self._case)[1])  # type: ignore[index]
        last = save_version(
            self._db, user, first.case, idem="own", case_id=None, parent_id=None, label="Own", source="entered"
        )
        for number, label in enumerate(bundles(self._port, 190)):
            last = save_version(
                self._db, user, first.case, idem=f"version {number}", case_id=last.case_id, parent_id=last.id,
                label=label, note=label,
            )  # fmt: skip
        self._at(f"patient?case={last.case_id}&v={last.id}")
        self._page.get_by_role("tab", name="Versions").click()
        self._page.get_by_role("button", name="Version 1", exact=True).wait_for()  # the oldest is drawn last
        self._look("names of versions", self._page.get_by_test_id("stMain"))

    def _patient(self) -> None:
        self._page.get_by_role("tab", name="Enter").click()
        settle(self._page)
        self._page.get_by_text("Only filled").click()
        self._look("the fields of a patient", self._page.get_by_test_id("stMain"))

    def _imports(self) -> None:
        columns = payloads(self._port)
        for first in range(0, ENOUGH, 59):
            part = columns[first : first + 59]
            self._upload(".xlsx", hostile_workbook(" ".join(part)[:500], part))
            self._look("the columns of a file", self._page.get_by_test_id("stMain"))
            notes = self._page.get_by_test_id("stCaptionContainer").filter(has_text="was read.")
            self._look("the sheet of a workbook", notes)
            self._discard()
        values = [f'"{text.replace(chr(34), chr(34) * 2)}"' for text in bundles(self._port, 200)]
        rows = [values[first : first + len(MEASURED)] for first in range(0, len(values), len(MEASURED))]
        rows[-1] += MEASURED[len(rows[-1]) :]
        lines = [MEASURED, *rows, ["1"] * len(MEASURED)]
        self._upload(".csv", "".join(f"{','.join(line)}\n" for line in lines).encode())
        for step in (3, 4):
            self._page.get_by_role("button", name="Continue").click()
            self._page.get_by_text(f"Step {step} of 4").wait_for()
        self._look("what an import asks", self._page.get_by_test_id("stMain"))
        self._discard()

    def _upload(self, suffix: str, data: bytes) -> None:
        page = self._page
        tab_import(page)
        name = bundles(self._port, 2_000)[0].replace("\n", " ")  # longer ones are refused
        attach(page, FilePayload(name=f"{name}{suffix}", mimeType="application/octet-stream", buffer=data))
        self._look()
        self.seen["the name of a file"] |= shown(name, self._port)  # Streamlit shows its ends alone, we none of it
        page.get_by_role("button", name="Read the table").click()
        page.get_by_role("button", name="Discard this import").wait_for()

    def _discard(self) -> None:
        self._page.get_by_role("button", name="Discard this import").click()
        self._page.get_by_text("Step 1 of 4").wait_for()
        settle(self._page)

    def _the_rest(self) -> None:
        page = self._page
        for name in ("History", "Evaluation", "Settings", "About the model", "Home"):
            self._sent.clear()
            go(page, name)
            self._look()
            for tab in page.get_by_role("tab").all():
                tab.click()
                self._look()
            if name in COUNTED:
                self.seen[f"the page {name}"] |= shown(self._sent.decode(errors="replace"), self._port)
        page.locator(".st-key-header").get_by_test_id("stPopover").get_by_role("button").click()
        page.get_by_text("Engine: ").wait_for()
        self._look("what answers", page.get_by_test_id("stText").filter(has_text="Engine: "))
        self._at("hypotheses")
        heading(page, "Hypotheses").wait_for()
        self._look()
