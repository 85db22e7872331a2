"""Text of a model or a person shows its characters and does nothing."""

import pytest

from pages.components.inert import inert


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words", "plain words"),
        ("![x](http://h/x.png)", "\\!\\[x\\]\\(http\\:\u2060\\/\\/h\\/x\\.png\\)"),
        ("<img src=x>", "\\<img src\\=x\\>"),
        (":red[x]", "\\:\u2060red\\[x\\]"),
        ("a@b.c", "a\\@\u2060b\\.c"),
        ("$x$ `y` **z**", "\\$x\\$ \\`y\\` \\*\\*z\\*\\*"),
        ("# one\n\n- two", "\\# one \\- two"),
        ("Range: 1", "Range\\: 1"),
        ("\u202e1.4\u202c", "1\\.4"),
    ],
)
def test_markdown_is_escaped_character_by_character(text: str, shown: str) -> None:
    assert inert(text) == shown


def test_long_text_is_cut_and_says_so() -> None:
    assert inert("a" * 700) == "a" * 599 + "…"
