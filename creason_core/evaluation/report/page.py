"""The page of a report: one HTML file that needs nothing else, on screen and on paper.

Everything that comes from a model, a file or a codebook is escaped; a model's words are shown as text, never
as markup.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from importlib.resources import files

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from creason_core import __version__
from creason_core.evaluation.report import figures, tables
from creason_core.evaluation.report.contents import Contents, ModelPair, ShownRun


def page(found: Contents) -> str:
    """The whole file."""
    questions = found.shown[0].run.run.plan.questions
    title = f"{' and '.join(one.name for one in found.shown)} on {questions.cohort}"
    body = "\n".join((_head(found), *_sections(found)))
    css = (files("creason_core.evaluation.report") / "report.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)} – C-Reason</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{css}</style>\n<script>{get_plotlyjs()}</script></head>\n<body><main>\n{body}\n</main>\n"
        "<script>addEventListener('beforeprint', () => document.querySelectorAll('details')"
        ".forEach(one => { one.open = true }))</script>\n</body></html>\n"
    )


def _head(found: Contents) -> str:
    summary, plan = found.shown[0].run.summary, found.shown[0].run.run.plan
    asked = plan.questions
    sample = "every class of a feature equally often" if asked.balanced else "as they come"
    facts = (
        f"{summary.questions:,} questions about {summary.patients:,} {asked.split} patients of {asked.cohort}, "
        f"options {asked.design} (version {asked.design_version}), {sample}."
    )
    names = ", ".join(one.name for one in found.shown)
    made = f"Made {datetime.now(UTC):%-d %B %Y, %H:%M} UTC by C-Reason {__version__}."
    lines = "".join(f"<li>{line}</li>" for line in tables.in_words(found))
    return (
        f'<header><p class="kicker">C-Reason evaluation</p><h1>{escape(names)}</h1>'
        f'<p class="facts">{escape(facts)} {escape(made)}</p></header>\n'
        f'<section class="short"><h2>In short</h2><ul>{lines}</ul></section>\n'
        f"<section><h2>Headline figures</h2>{tables.headline(found)}{_note(tables.HEADLINE_NOTE)}</section>"
    )


def _sections(found: Contents) -> Iterable[str]:
    yield _section(
        "Accuracy by section",
        _drawn(figures.accuracy_by(found, "sections"), "Accuracy of each model by section"),
        SECTIONS,
        tables.parts(found, "sections"),
    )
    yield _section(
        "Right, wrong, unanswered",
        _drawn(figures.outcomes(found), "Shares of right, wrong and unanswered questions for each model"),
        "An unanswered question is one whose reply holds no readable option in a box. It is neither right nor wrong. "
        f"{tables.NUMBERS_NOTE}",
        tables.replies(found),
    )
    yield from _confidence(found)
    for pair in found.pairs:
        yield _compared(pair)
    if found.shown[0].main.groups:
        yield _section(
            "By patient group",
            _drawn(figures.accuracy_by(found, "groups"), "Accuracy of each model by group of patients"),
            f"Patients grouped by {found.shown[0].run.run.plan.group_by}, as recorded; 95 % intervals over patients.",
            tables.parts(found, "groups"),
        )
    if any(one.run.summary.predictions for one in found.shown):
        yield _section("Predicted outcomes", tables.predictions(found), tables.PREDICTION_NOTE, "")
    yield _section("Every feature", tables.folded("Accuracy by feature", tables.parts_table(found, "features")), "", "")
    yield _section("Examples", _note(EXAMPLES) + "".join(_examples(one) for one in found.shown), "", "")
    yield _section("How it was measured", tables.METHODS + tables.provenance(found), "", "")


SECTIONS = (
    "Right answers among all questions of a section, with 95 % intervals over patients. The marks without intervals "
    "are what chance, always the commonest option, and gradient boosting on the same visible values earn."
)
RELIABILITY = (
    "Answers sorted by confidence into 15 bins of equal size: on the dashed line, confidence is what it says. "
    "Whiskers are 95 % intervals over patients."
)
COVERAGE = (
    "If only the questions with the highest confidence are answered, how many of these answers are wrong. A curve that "
    "rises to the right says that confidence tells easy questions from hard ones."
)
NO_CONFIDENCE = (
    "None of these runs gives probabilities: a single sample says nothing about how sure a model is. Evaluate with "
    "several samples and the scoring majority, or with the scoring logprob."
)
COMPARED = (
    "Share right of the first model minus that of the second on the same questions, with 95 % intervals over "
    "patients. Filled marks: p < 0.05, after Holm for the sections."
)
EXAMPLES = (
    "Three completions of each outcome, chosen by the identifiers of their questions alone, not by what they say. "
    "The model's words stand as it wrote them, after the opening that it was given."
)


def _section(title: str, body: str, note: str, table: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}{_note(note)}{table}</section>"


def _confidence(found: Contents) -> Iterable[str]:
    sure = [one for one in found.shown if one.sure is not None]
    if not sure:
        yield f"<section><h2>Confidence</h2><p>{NO_CONFIDENCE}</p></section>"
        return
    colours = {one.name: place for place, one in enumerate(found.shown)}
    drawn = _drawn(figures.reliability(sure, colours), "Accuracy against confidence")
    yield _section("Reliability", tables.confidence(found) + drawn, RELIABILITY, tables.reliability(sure))
    drawn = _drawn(figures.risk_coverage(sure, colours), "Share wrong against coverage")
    yield _section("Risk and coverage", drawn, COVERAGE, "")


def _compared(pair: ModelPair) -> str:
    same = (
        pair.first_scoring
        if pair.first_scoring == pair.second_scoring
        else f"{pair.first_scoring}, {pair.second_scoring}"
    )
    note = f"{COMPARED} Scoring: {same}."
    drawn = _drawn(figures.differences(pair), f"Difference between {pair.first} and {pair.second}")
    return _section(f"{pair.first} against {pair.second}", drawn, note, tables.pair(pair))


def _examples(one: ShownRun) -> str:
    cards = []
    for example in one.run.summary.examples:
        word = {"correct": "right", "incorrect": "wrong"}.get(example.outcome, "unanswered")
        options = "".join(
            f'<li class="{"truth" if text.startswith(example.truth + ")") else ""}">{escape(text)}</li>'
            for text in example.options
        )
        said = f"answered {example.answer}" if example.answer else "gave no readable answer"
        cut = "; cut off at the token limit" if example.finish_reason == "length" else ""
        cards.append(
            f'<article class="example {word}"><h4><span class="tag">{word}</span> {escape(example.label)} '
            f"<small>{escape(example.section)}</small></h4><ol>{options}</ol>"
            f"<pre>{escape(example.text.strip()) or '(nothing)'}</pre>"
            f"<p class='fine'>Recorded: {escape(example.truth)}. The model {escape(said)}{cut}. "
            f"Question {escape(example.question[:12])}.</p></article>"
        )
    return f"<h3>{escape(one.name)}</h3><div class='examples'>{''.join(cards)}</div>"


def _drawn(figure: go.Figure, alt: str) -> str:
    drawn: str = figure.to_html(
        include_plotlyjs=False, full_html=False, config={"displayModeBar": False, "responsive": True}
    )
    return f'<figure role="img" aria-label="{escape(alt)}">{drawn}</figure>'


def _note(text: str) -> str:
    return f'<p class="note">{escape(text)}</p>' if text else ""
