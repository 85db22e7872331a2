import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creason_core.question.answer import parse_answer, up_to_box
from creason_core.question.task import Presented

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
    (r"\boxed{_B_: 4.2}", "B"),
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
    (r"\boxed{C} and then \boxed{Z}", None),  # the last box decides
    (r"If \boxed{A} … my final answer is \boxed{4.2}", None),
    (r"I first think \boxed{A}. But no: \boxed{\text{none of these}}", None),
    (r"\boxed{A} … \boxed{Option B}", "B"),
    (r"\boxed{A} … so it is \boxed{", None),  # cut off in the box that would have decided
    (r"\boxed{D} (as asked, in the form \boxed{A})", None),
    (r"\boxed{B} (that is, \boxed{B})", "B"),
    (r"(so the answer is \boxed{B})", "B"),
    (r"The answer is \(\boxed{B}\).", "B"),
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
    # the letter in LaTeX
    (r"\boxed{\text{\textbf{B}}}", "B"),
    (r"\boxed{\text{B: }\frac{1}{2}\text{ of }\mathrm{FiO_{2}}}", "B"),
    (r"\boxed{{B}}", "B"),
    (r"\boxed{\boxed{B}}", "B"),
    (r"\boxed{\mathsf{B}}", "B"),
    (r"\boxed{\textit{B}}", "B"),
    (r"\boxed{\mbox{B}}", "B"),
    (r"\boxed{\textcolor{red}{B}}", "B"),
    (r"\boxed{\bf B}", "B"),
    (r"\boxed{\left(B\right)}", "B"),
    (r"\boxed{\,B\,}", "B"),
    (r"\boxed{\mathrm{(B)}\ 4.2}", "B"),
    (r"\boxed B", "B"),
    (r"\fbox{B}", "B"),
    ("\boxed{B}", "B"),  # backspace: JSON read \b
    ("\fbox{B}", "B"),  # form feed
    ("\\boxed{\text{B}}", "B"),  # a tab: JSON read \t
    # other separators, brackets, characters and languages
    (r"\boxed{[B]}", "B"),
    (r"\boxed{B - 4.2}", "B"),
    (r"\boxed{B, 4.2}", "B"),
    (r"\boxed{B 4.2}", "B"),
    (r"\boxed{B = 4.2}", "B"),
    (r"\boxed{B −3.2}", "B"),
    (r"\boxed{B (38.5 °C)}", "B"),
    (r"\boxed{B 150 \times 10^9/L}", "B"),
    (r"\boxed{Option B}", "B"),
    (r"\boxed{Answer: B}", "B"),
    (r"\boxed{The correct answer is (B)}", "B"),
    (r"\boxed{Ｂ}", "B"),
    (r"\boxed{（B）}", "B"),
    (r"\boxed{B：4.2}", "B"),
    (r"\boxed{B、4.2}", "B"),
    (r"\boxed{B。}", "B"),
    (r"\boxed{选项B}", "B"),
    (r"\boxed{答案：B}", "B"),
    (r"\boxed{B번}", "B"),
    (r"\boxed{정답: B}", "B"),
    (r"\boxed{Antwort: B}", "B"),
    (r"\boxed{故选：B}", "B"),
    (r"\boxed{الإجابة: B}", "B"),
    (r"\boxed{B\\4.2}", "B"),
    (r"\boxed{\begin{array}{c}B\end{array}}", "B"),
    (r"\boxed{𝐁}", "B"),
    ("\\boxed{\u200bB\ufeff}", "B"),
    ("＼boxed｛Ｂ｝", "B"),
    # more than one letter, or a letter that is none
    (r"\boxed{A) or B)}", None),
    (r"\boxed{(A) or (B)}", None),
    (r"\boxed{A. and C.}", None),
    (r"\boxed{A. B. C. D. E.}", None),
    (r"\boxed{A: wrong; D: right}", None),
    (r"\boxed{A: no, B}", None),
    (r"\boxed{B 4.2 or C 5.1}", None),
    (r"\boxed{B 4.2, 5.1}", None),
    (r"\boxed{A/B}", None),
    (r"\boxed{A \lor B}", None),
    (r"\boxed{B (not A)}", None),
    (r"\boxed{not A}", None),
    (r"\boxed{\lnot A}", None),
    (r"\boxed{\cancel{A}}", None),
    (r"\boxed{~~A~~}", None),
    (r"\boxed{A'}", None),
    (r"\boxed{A?}", None),
    (r"\boxed{A: 4.2 is too low}", None),
    (r"\boxed{A) cannot be excluded}", None),
    (r"\boxed{E. coli}", None),
    (r"\boxed{C. difficile}", None),
    (r"\boxed{Hepatitis B}", None),
    (r"\boxed{B12}", None),
    (r"\boxed{D-dimer}", None),
    (r"\boxed{a 4.2}", None),
    # thinking is no reply
    ("<think>Perhaps \\boxed{A}? No, the platelets speak against it.</think>\nThe best option is B.", None),
    (r"<think>Perhaps \boxed{A}. No, wait: lactate", None),
    (r"So \boxed{A}?</think> The answer: \boxed{D}", "D"),  # the prompt opened the thinking
    (r"<think>1</think> \boxed{A} <think>or rather \boxed{B}", None),
    (r"<think><think>so</think> \boxed{A}", "A"),
    (r"[THINK]\boxed{A}[/THINK] \boxed{D}", "D"),
    (r"◁think▷\boxed{A}◁/think▷", None),
    ('<thinking mode="long">\\boxed{A}</thinking> \\boxed{D}', "D"),
    ("Thinking...\n\\boxed{A}?\n...done thinking.\n\nD, I should say.", None),
    (r"<|channel|>analysis<|message|>\boxed{A}<|end|><|channel|>final<|message|>\boxed{D}", "D"),
    (r"<unused94>thought \boxed{A}<unused95>\boxed{D}", "D"),
    (r"&lt;think&gt;Perhaps \boxed{A}, or", None),
    (r"<|thinking|>\boxed{A}, or", None),
    (r"<rationale>\boxed{A}, or", None),
    (r"<CoT>\boxed{A}</CoT> \boxed{D}", "D"),
    (r"[THOUGHT]\boxed{A}, or", None),
    # negated, unseen or within a formula
    (r"It is certainly not \boxed{A}", None),
    (r"\boxed{C}, not \boxed{B}", None),
    (r"C rather than $\boxed{B}$", None),
    (r"\boxed{\neq B}", None),
    (r"\boxed{\ne B}", None),
    (r"\boxed{≠ B}", None),
    (r"\boxed{\phantom{B}}", None),
    (r"\boxed{\sqrt{B}}", None),
    # HTML, marks and further dressings
    (r"\boxed{<b>B</b>}", "B"),
    (r"\boxed{<answer>B</answer>}", "B"),
    (r"\boxed{B<br>}", "B"),
    (r"\boxed{&nbsp;B}", "B"),
    (r"\boxed{✅ B}", "B"),
    (r"\boxed{B ✓}", "B"),
    ("\\boxed{B\ufe0f}", "B"),
    ("\\boxed\u200b{B}", "B"),
    (r"\Boxed{B}", "B"),
    (r"\boxed{\fcolorbox{red}{white}{B}}", "B"),
    (r"\boxed{\hspace{2pt}B}", "B"),
    (r"\boxed{Die richtige Antwort ist B}", "B"),
    (r"\boxed{La respuesta correcta es B}", "B"),
    (r"\boxed{Правильный ответ: B}", "B"),
    (r"\boxed{答えはBです}", "B"),
    (r"\boxed{Bではない}", None),
    # denied in other words, and thinking under other names
    (r"It cannot be \boxed{B}", None),
    (r"neither \boxed{A} nor \boxed{B}", None),
    (r"and not option \boxed{B}", None),
    (r"ce n'est pas \boxed{B}", None),
    (r"la respuesta no es \boxed{B}", None),
    (r"odpowiedzią nie jest $\boxed{B}$", None),
    (r"ответом не является \boxed{B}", None),
    ("Is it high? No\n\\boxed{B}", "B"),
    (r"not A, but \boxed{B}", "B"),
    (r"<reason>\boxed{A}, or", None),
    (r"<longcot>\boxed{A}, or", None),
    (r"<chain_of_thought>\boxed{A}, or", None),
    (r"<internal_monologue>\boxed{A}, or", None),
    (r"<self-reflection>\boxed{A}, or", None),
    (r"<｜begin▁of▁thought｜>\boxed{A}, or", None),
    (r"<|think_start|>\boxed{A}<|think_end|>\boxed{B}", "B"),
    (r"<|inner_prefix|>\boxed{A}<|inner_suffix|>\boxed{B}", "B"),
    (r"<reasonable>\boxed{B}", "B"),
    (r"\boxed{คำตอบคือ B}", "B"),
    (r"\boxed{Câu trả lời: B}", "B"),
    (r"\boxed{پاسخ: B}", "B"),
    (r"\boxed{B-}", None),  # a blood group, or a dash
]

# What is in the box, the options shown, and the letter that a person takes.
LACTATE = ("3.1 mmol/L", "4.2 mmol/L", "5.0 mmol/L", "1,200 mmol/L")
RANGES = ("< 1.2", "1.2–2.0", "≥ 3.5", "none of these")
EXCESS = ("-2 mmol/L", "2 mmol/L", "0.5 mmol/L")
GERMS = ("E. coli", "C. difficile", "S. aureus", "B. fragilis", "A. baumannii")
WITH_TEXTS = [
    ("B 4.20", LACTATE, "B"),
    ("B: 4.2 mmol/l", LACTATE, "B"),
    ("B) 5.0", LACTATE, None),  # another option's value
    ("4.2", LACTATE, "B"),
    ("4.2 mmol/L", LACTATE, "B"),
    ("4.2 mg/dL", LACTATE, None),  # another unit
    ("1200", LACTATE, "D"),
    ("7", LACTATE, None),
    ("1.2 to 2.0", RANGES, "B"),
    (r"\geq 3.5", RANGES, "C"),
    ("A > 1.2", RANGES, None),
    ("none of these", RANGES, "D"),
    (r"\textit{E. coli}", GERMS, "A"),
    ("C. difficile", GERMS, "B"),
    ("E", GERMS, "E"),
    ("E. faecalis", GERMS, None),
    ("E. coli or C. difficile", GERMS, None),
    ("B: Yes", ("No", "Yes"), "B"),
    ("yes", ("No", "Yes"), "B"),
    ("B) No", ("No", "Yes"), None),
    ("4.2", ("4.2", "4.20"), None),  # of two options
    ("B", ("A", "C", "B"), "B"),  # the letter was asked for
    # a sign is the number's own
    ("A: -2", EXCESS, "A"),
    ("A: −2 mmol/L", EXCESS, "A"),
    (r"\text{A: }-2", EXCESS, "A"),
    ("B: -2", EXCESS, None),
    ("B -2", EXCESS, None),
    ("B - 2", EXCESS, "B"),
    ("C .5", EXCESS, "C"),
    # a comma of ours parts thousands, and a point of theirs does not
    ("1.2", LACTATE, None),
    ("1.200", LACTATE, None),
    ("D: 1.2", LACTATE, None),
    (r"1\,200", LACTATE, "D"),
    # a comparison is part of the option
    (r"\geq 1.2", RANGES, None),
    ("≤ 1.2", RANGES, None),
    ("1.2", RANGES, None),
    (r"\lt 1.2", RANGES, "A"),
    ("B > 4.2", LACTATE, None),
    (r"1.2\text{--}2.0", RANGES, "B"),
    # the letter behind its text
    ("4.2 mmol/L (B)", LACTATE, "B"),
    ("3.1 mmol/L (B)", LACTATE, None),
    ("E. coli (A)", GERMS, "A"),
    ("Yes (A)", ("No", "Yes"), None),
    ("B-", ("A+", "A-", "B-"), "C"),
]


@pytest.mark.parametrize(("text", "letter"), REPLIES)
def test_a_realistic_reply_is_read_as_a_person_would_read_it(text: str, letter: str | None) -> None:
    assert parse_answer(text, FIVE).letter == letter


@pytest.mark.parametrize(("content", "texts", "letter"), WITH_TEXTS)
def test_a_letter_stands_with_its_own_value_only_and_a_value_alone_names_its_option(
    content: str, texts: tuple[str, ...], letter: str | None
) -> None:
    assert parse_answer(f"\\boxed{{{content}}}", FIVE[: len(texts)], texts).letter == letter


@pytest.mark.parametrize(("text", "sent"), [
    (r"High. \boxed{B}", r"High. \boxed{"),
    (r"High. \boxed {B} it is", r"High. \boxed{"),
    (r"High. \fbox{\text{B}}", r"High. \boxed{"),
    (r"\boxed{A}, no: \boxed{B}. As asked: \boxed{}", r"\boxed{A}, no: \boxed{"),
    ("High.\n", r"High. \boxed{"),
    (r"<think>\boxed{A}</think> So B.", r"<think>\boxed{A}</think> So B. \boxed{"),
    (r"<think>\boxed{A}, or", "<think>\\boxed{A}, or\n</think>\n\n\\boxed{"),
])  # fmt: skip
def test_probabilities_are_read_where_the_answer_is(text: str, sent: str) -> None:
    assert up_to_box(text) == sent


def test_why_there_is_no_answer_is_said() -> None:
    assert parse_answer("B", FIVE).reading == "no box"
    assert parse_answer(r"\boxed{}", FIVE).reading == "empty box"
    assert parse_answer(r"\boxed{F}", FIVE).reading == "not an option"
    assert parse_answer(r"\boxed{B}", FIVE).reading == "answered"


def test_only_letters_of_this_question_count() -> None:
    assert parse_answer(r"\boxed{C}", ("A", "B")).letter is None
    assert parse_answer(r"\boxed{C}", ("A", "B", "C")).letter == "C"


def test_boxes_of_the_reply_are_counted() -> None:
    assert parse_answer(r"<think>\boxed{A}</think> \boxed{B}", FIVE).boxes == 1
    assert parse_answer(r"\boxed{\boxed{A}}", FIVE).boxes == 1
    assert parse_answer(r"\boxed{A} then \boxed{} then \boxed{B}", FIVE).boxes == 3


@given(st.text(max_size=400) | st.text(alphabet=r"\boxed{}AB()*$ .", max_size=120))
def test_any_text_is_read_without_an_error_and_only_options_come_out(text: str) -> None:
    parsed = parse_answer(text, FIVE)
    assert parsed.letter is None or parsed.letter in FIVE
    assert (parsed.letter is not None) == (parsed.reading == "answered")
    assert parsed.letter is None or parsed.boxes >= 1


@pytest.mark.parametrize(
    "text", [r"\boxed{" * 50_000 + "{}" * 200_000, "\\boxed{A 1" + " 1" * 300_000 + "}", r"(x \boxed{A}" * 40_000]
)
def test_a_megabyte_of_boxes_is_read_in_time(text: str) -> None:
    began = time.process_time()
    parse_answer(text, FIVE)
    up_to_box(text)
    assert time.process_time() - began < 15  # of the processor, and under one usually: others may run beside it


@pytest.mark.parametrize(("content", "letters"), [
    ("A, C", ("A", "C")), ("c and a", ("A", "C")), ("A; C; A", ("A", "C")), (r"\text{A} & \text{C}", ("A", "C")),
    ("(A), (C)", ("A", "C")), ("A) 1.0, C) 3.0", ("A", "C")), ("B", ("B",)), ("A, E", ()), ("A, none", ()),
    ("A, C 1.0", ()), ("A or C", ()), ("", ()),
])  # fmt: skip
def test_a_question_with_several_answers_takes_a_list_of_its_options_and_nothing_else(
    content: str, letters: tuple[str, ...]
) -> None:
    shown, text = Presented((2, 0, 1), ("1.0", "2.0", "3.0"), several=True), rf"So \boxed{{{content}}}"
    found = shown.parse(text)
    assert found.parsed.chosen == letters
    assert found.options == tuple(sorted((2, 0, 1)["ABC".index(letter)] for letter in letters))
    assert (found.option is None) == (len(letters) != 1)
    alone = Presented(shown.order, shown.texts).parse(text)
    assert alone.parsed.chosen == (letters if len(letters) == 1 else ())  # one answer: a list answers nothing
