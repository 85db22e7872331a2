import pytest
from hypothesis import given
from hypothesis import strategies as st

from creason_core.answer import parse_answer

FIVE = ("A", "B", "C", "D", "E")

REPLIES = [
    (r"The pressure is low, so \boxed{B}", "B"),
    (r"\boxed{B}", "B"),
    (r"\boxed{ B }", "B"),
    (r"\boxed{b}", "B"),
    (r"\boxed{(B)}", "B"),
    (r"\boxed{( b )}", "B"),
    (r"\boxed{**B**}", "B"),
    (r"**\boxed{B}**", "B"),
    (r"$\boxed{B}$", "B"),
    (r"\boxed{$B$}", "B"),
    (r"$$\boxed{\text{B}}$$", "B"),
    (r"\boxed{\textbf{B}}", "B"),
    (r"\boxed{\mathrm{B}}", "B"),
    (r"\boxed{\text{(B)}}", "B"),
    (r"\boxed{B) 4.2}", "B"),
    (r"\boxed{B. 4.2 mmol/L}", "B"),
    (r"\boxed{B: 4.2}", "B"),
    (r"\boxed{**B)** 4.2}", "B"),
    (r"\boxed{\text{B) 4.2}}", "B"),
    (r"\boxed{`B`}", "B"),
    (r"\boxed{_B_}", "B"),
    (r"\boxed {B}", "B"),
    ("\\boxed{\nB\n}", "B"),
    (r"\\boxed{B}", "B"),
    ('{"answer": "\\boxed{E}"}', "E"),
    (r"First \boxed{A}. No: lactate is high, \boxed{C}", "C"),
    (r"\boxed{C}. As asked, the letter stands in \boxed{}.", "C"),
    (r"\boxed{C} and then \boxed{Z}", "C"),
    (r"\boxed{A} \boxed{A}", "A"),
    (r"<think>\boxed{A}</think> \boxed{D}", "D"),
    ("\u202e\\boxed{B}\u202c", "B"),
    ("", None),
    ("   \n", None),
    ("A better fit would be the second option.", None),
    ("The answer is B.", None),
    ("**B**", None),
    ("(B)", None),
    (r"\boxed{}", None),
    (r"\boxed{ }", None),
    (r"\boxed{letter}", None),
    (r"\boxed{A better fit}", None),
    (r"\boxed{4.2}", None),
    (r"\boxed{F}", None),
    (r"\boxed{A, B}", None),
    (r"\boxed{A or B}", None),
    (r"\boxed{AB}", None),
    (r"\boxed{B", None),
    (r"boxed{B}", None),
    (r"\box{B}", None),
    (r"\boxed(B)", None),
    (r"\boxed{Ⓑ}", None),
    (r"\boxed{В}", None),  # Cyrillic
]


@pytest.mark.parametrize(("text", "letter"), REPLIES)
def test_a_realistic_reply_is_read_as_a_person_would_read_it(text: str, letter: str | None) -> None:
    assert parse_answer(text, FIVE).letter == letter


def test_why_there_is_no_answer_is_said() -> None:
    assert parse_answer("B", FIVE).reading == "no box"
    assert parse_answer(r"\boxed{}", FIVE).reading == "empty box"
    assert parse_answer(r"\boxed{F}", FIVE).reading == "not an option"
    assert parse_answer(r"\boxed{B}", FIVE).reading == "answered"


def test_only_letters_of_this_question_count() -> None:
    assert parse_answer(r"\boxed{C}", ("A", "B")).letter is None
    assert parse_answer(r"\boxed{C}", ("A", "B", "C")).letter == "C"


def test_boxes_are_counted() -> None:
    assert parse_answer(r"\boxed{A} then \boxed{} then \boxed{B}", FIVE).boxes == 3


@given(st.text(max_size=400) | st.text(alphabet=r"\boxed{}AB()*$ .", max_size=120))
def test_any_text_is_read_without_an_error_and_only_options_come_out(text: str) -> None:
    parsed = parse_answer(text, FIVE)
    assert parsed.letter is None or parsed.letter in FIVE
    assert (parsed.letter is not None) == (parsed.reading == "answered")
    assert parsed.letter is None or parsed.boxes >= 1


def test_a_megabyte_of_braces_is_read_in_time() -> None:
    text = r"\boxed{" * 50_000 + "{}" * 200_000
    assert parse_answer(text, FIVE).letter is None
