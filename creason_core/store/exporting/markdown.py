"""Groups as Markdown. Whatever a model, a person or a codebook wrote stands in code, where nothing is markup."""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from itertools import groupby

from creason_core.store.exporting.contents import (
    DISCLAIMER,
    ExportedGroup,
    ExportedRating,
    ExportedRun,
    Reproducibility,
)
from creason_core.store.exporting.figure import figure
from creason_core.store.exporting.standings import ExportedStanding, as_lines
from creason_core.store.exporting.tested import TestedEvidence

_ALT = "Each value at its place among the registry's training patients, the middle 90% shaded; in words below"
_TICKS = re.compile("`+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x85]")


def as_markdown(groups: Iterable[ExportedGroup]) -> bytes:
    """The groups one after another, each ending in what asking it again takes."""
    lines = ["# Exported from C-Reason", "", f"> {DISCLAIMER}"]
    for group in groups:
        lines += ["", *_group(group)]
    return ("\n".join(lines) + "\n").encode()


def span(text: object) -> str:
    """``text`` on one line as inline code: exactly these characters, whatever they are."""
    line = " ".join(_printable(str(text)).split())
    fence = "`" * (_longest(line) + 1)
    return f"{fence} {line} {fence}" if "`" in line or not line else f"`{line}`"


def block(text: str) -> str:
    """``text`` as a code block that nothing in it can end."""
    fence = "`" * max(3, _longest(text) + 1)
    return f"{fence}text\n{_printable(text)}\n{fence}"


def _longest(text: str) -> int:
    return max((len(ticks) for ticks in _TICKS.findall(text)), default=0)


def _printable(text: str) -> str:
    return _CONTROL.sub("\ufffd", _LINE_ENDS.sub("\n", text))


def _group(group: ExportedGroup) -> Iterator[str]:
    yield f"## {span(group.masked_value)}"
    yield ""
    facts = {
        "Case": span(group.case),
        "Question": span(group.question),
        "Recorded": span(group.recorded) if group.recorded is not None else f"– ({group.recorded_note})",
        "Reader's own answer": span(group.own_answer),
        "Model's answer": span(group.model_answer) if group.model_answer else "none",
        "Agreement": span(group.agreement),
        "Hidden with it": ", ".join(map(span, group.hidden_with_it)) or "nothing",
        "Let past the leak guard": ", ".join(map(span, group.let_past_the_guard)) or "nothing",
    }
    yield from (f"- {name}: {value}" for name, value in facts.items())
    yield "- Options:"
    yield from (f"  {number}. {span(option)}" for number, option in enumerate(group.options, 1))
    if group.tested_evidence:
        yield "- Evidence tested, each value hidden in turn:"
        yield from (f"  - {_tested(one)}" for one in group.tested_evidence)
    if group.at_a_glance:
        yield from _glance(group.at_a_glance)
    for run in group.runs:
        yield from _run(run)
    if group.runs:
        yield from ("", "### Prompt of sample 1", "", block(group.runs[0].prompt))
    yield from _reproducibility(group.reproducibility)


def _glance(found: tuple[ExportedStanding, ...]) -> Iterator[str]:
    yield from ("", "### The values shown, at a glance", "")
    if picture := figure(found):
        yield f"![{_ALT}](data:image/svg+xml;base64,{b64encode(picture.encode()).decode()})"
        yield ""
    for section, those in groupby(found, key=lambda one: one.section):
        yield f"- {span(section)}"
        for told, words in as_lines(tuple(those)):
            yield f"  - {span(told)}{f' – {span(words)}' if words else ''}"


def _tested(one: TestedEvidence) -> str:
    answer = span(one.answer) if one.answer else "no answer"
    cited = "" if one.cited else " (not cited)"
    found = "drives the answer" if one.drives else "not needed"
    return f"without {span(one.without)}{cited}: {answer}, {one.same_answer} as before; {found} (run {span(one.group)})"


def _run(run: ExportedRun) -> Iterator[str]:
    answered = f" Answer: {span(run.answer)} (letter {span(run.letter)})." if run.answer and run.letter else ""
    yield from ("", f"### Sample {run.sample}, text of the model", "")
    yield f"State: {run.state}.{answered} Tokens: {run.tokens}."
    if run.problem:
        yield f"What happened: {span(run.problem)}"
    yield from ("", block(run.text))
    if run.rating:
        yield from ("", _rating(run.rating))


def _rating(rating: ExportedRating) -> str:
    parts = [f"Rated: {'good' if rating.thumb == 'up' else 'not good'}", *(span(reason) for reason in rating.reasons)]
    parts += [f"harm if followed: {rating.severity}"] * bool(rating.severity)
    parts += [f"comment: {span(rating.comment)}"] * bool(rating.comment)
    return f"{'; '.join(parts)}; {'may' if rating.may_train else 'may not'} be used to train."


def _reproducibility(made: Reproducibility) -> Iterator[str]:
    yield from ("", "### To ask the same again", "")
    facts = made.model_dump(mode="json", exclude={"samples", "disclaimer"})
    yield from (f"- {name.replace('_', ' ')}: {span('–' if value is None else value)}" for name, value in facts.items())
    for sampled in made.samples:
        yield f"- sample {sampled.sample}:"
        for name, value in sampled.model_dump(exclude={"sample"}).items():
            said = "; ".join(value) if isinstance(value, tuple) else value
            yield f"  - {name.replace('_', ' ')}: {span(said if said != '' else '–')}"
    yield from ("", f"> {made.disclaimer}")
