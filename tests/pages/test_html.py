"""What a page draws as HTML is the program's own: whatever words a finished run brings, they stay words."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
import streamlit as st

from creason_core.evaluation import saved_runs
from creason_core.evaluation.report.contents import contents
from pages.components import evaluation_figures, shell
from tests.browser.hostile.evaluated import hostile_evaluation

TAGS = frozenset("div table thead tbody tr th td ul li h4 p b small details summary".split())
ATTRIBUTES = frozenset(
    {("class", "figures"), ("class", "wide"), ("class", "facts"), ("scope", "col"), ("scope", "row"), ("tabindex", "0")}
)
DRAWN = ("headline", "sections", "features", "confidence", "replies", "compared", "examples", "how_measured")


class Seen(HTMLParser):
    """Every tag and every attribute that a browser would make of a text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes it."""
        self.tags.add(tag)
        self.attributes.update(attrs)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What is given to ``st.html`` while the test runs."""
    given: list[object] = []
    monkeypatch.setattr(st, "html", given.append)
    return given


def test_tables_of_a_run_whose_every_word_is_markup_hold_none_of_it(drawn: list[object], tmp_path: Path) -> None:
    hostile_evaluation(tmp_path, 9)
    found = contents(saved_runs(tmp_path)[:1])
    seen, text = Seen(), ""
    for name in DRAWN:
        getattr(evaluation_figures, name)(found)
    for html in drawn:
        assert isinstance(html, str)
        seen.feed(html)
        text += html
    assert len(drawn) >= 6
    assert "&lt;img" in text  # the payloads are there, as words
    assert seen.tags <= TAGS
    assert seen.attributes <= ATTRIBUTES


def test_the_style_sheet_and_the_text_size_are_files_and_words_of_the_program(drawn: list[object]) -> None:
    shell.style(large_text=True)
    sheet, size = drawn
    assert sheet == Path(shell.__file__).with_name("style.css")
    assert size == "<style>html { font-size: 20px; }</style>"
