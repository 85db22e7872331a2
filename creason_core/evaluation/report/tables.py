"""The words and tables of a report. Every figure has its n and its 95 % interval."""

import math
from collections.abc import Mapping, Sequence
from html import escape

from creason_core.evaluation.report.contents import Contents, ModelPair, ShownRun
from creason_core.metrics.intervals import Estimate

ONE_PATIENT = "none: one patient"  # instead of a p-value
HEADLINE_NOTE = (
    "95 % intervals over patients in brackets. Right: share of all questions, an unanswered one counting as not right. "
    "Balanced accuracy: the same with every true level or bin of a feature weighing alike, and every feature alike. "
    "Headroom: the share of the way from always the commonest option to boosting that a model covers."
)
NUMBERS_NOTE = (
    "Numbers of the record: of the different numbers that the replies quote, the share that the prompt shows: values "
    "and options, written in any way; beside a label, that label's own. Rounded and derived numbers and normal ranges "
    "are quoted and not shown. Statistics about other patients are not counted; the check does not read words."
)
BASELINE_WORDS = {
    "chance": "chance",
    "prior": "always the commonest option",
    "options only": "boosting on the options, without the patient",
    "neighbours": "the 25 most similar training patients",
    "boosting": "gradient boosting on the values shown",
}
PREDICTION_NOTE = (
    "A yes/no outcome asked as a question; the probability of the positive option is scored. Thresholds were "
    "chosen on other, validation patients where it says so, else they are 0.5. Outcomes with fewer than five patients "
    "on either side are left out."
)
METHODS = (
    "<p>Questions about one patient are not independent, so every interval and test is over patients. Shares have "
    "Wilson's interval at the number of independent questions that the patients' differences leave, with Student's t "
    "for few patients; balanced accuracy, ECE, headroom and the figures of predictions draw whole patients with "
    "replacement, 2,000 times, with a fixed seed, from 20 patients on. Two models are compared by exchanging their "
    "names in whole patients: with five patients or fewer no difference can be told from chance, and one patient "
    "gives neither interval nor p. McNemar's mid-p test takes questions as independent and is shown for comparison "
    "with other reports. p-values of sections are adjusted by Holm's method within each pair of models. The answer is "
    "the last box in a reply that holds a letter of this question's options; it is never guessed from prose. Boosting "
    "is histogram gradient boosting on the training patients and on exactly the values that the prompt shows; where "
    "questions are sampled with every class equally often, it is told so.</p>"
)


def in_words(found: Contents) -> list[str]:
    """The result in sentences, escaped."""
    chance, prior = found.shown[0].run.summary.chance, found.shown[0].run.summary.prior
    lines = []
    for one in found.shown:
        main = one.main
        line = (
            f"<b>{escape(one.name)}</b> is right on {_percent(main.accuracy)} of the questions and answers "
            f"{_percent(main.answered)} of them"
        )
        if (room := one.run.summary.headroom) is not None:
            line += f"; it covers {_percent(room)} of the way from the commonest option to boosting"
        lines.append(f"{line}.")
        if (numbers := one.run.summary.replies.numbers) and numbers.true:
            share = _percent(numbers.true)
            lines.append(f"Of the {numbers.true.n:,} numbers that its replies quote, {share} are in the record.")
    floors = f"Chance earns {_percent(chance)}, always the commonest option {_percent(prior)}"
    best = f", gradient boosting {_percent(found.floors['boosting'].everything)}" if found.floors else ""
    lines.append(f"{floors}{best}.")
    for pair in found.pairs:
        row = pair.rows[0]
        names = f"{escape(pair.first)} − {escape(pair.second)}: {_points(row.difference)} points"
        if math.isnan(row.p):
            lines.append(f"{names}; one patient alone says nothing of chance.")
            continue
        sure = "a difference that chance does not explain" if row.p < 0.05 else "which chance may explain"
        lines.append(f"{names}, p {_p(row.p, '= ')}: {sure}.")
    return [*lines, *map(escape, found.untested)]


def headline(found: Contents) -> str:
    """All models and floors, one row each, every scoring."""
    summary = found.shown[0].run.summary
    rows = []
    for one in found.shown:
        for figures in one.run.summary.scorings:
            room = one.run.summary.headroom if figures is one.main else None
            rows.append(
                [
                    f"<b>{escape(one.name)}</b>",
                    figures.scoring,
                    _percent(figures.accuracy),
                    _percent(figures.balanced_accuracy),
                    _percent(figures.answered),
                    _percent(room) if room else "",
                ]
            )
    floors = {name: floor.everything for name, floor in found.floors.items()}
    for name, earned in (floors or {"chance": summary.chance, "prior": summary.prior}).items():
        rows.append([BASELINE_WORDS[name], "", _percent(earned), "", "", ""])
    return _table(("", "Scoring", "Right", "Balanced accuracy", "Answered", "Headroom"), rows)


def confidence(found: Contents) -> str:
    """How good the probabilities are: every scoring that gives some."""
    rows = [
        [
            f"<b>{escape(one.name)}</b>",
            figures.scoring,
            *(_number(x) for x in (figures.confidence.brier, figures.confidence.nll, figures.confidence.ece)),
            f"{figures.confidence.aurc:.3f}",
            f"{100 * figures.confidence.accuracy_at_80:.1f} %",
        ]
        for one in found.shown
        for figures in one.run.summary.scorings
        if figures.confidence
    ]
    return _table(("", "Scoring", "Brier (0–2)", "NLL (nats)", "ECE", "AURC", "Right at 80 % coverage"), rows)


def parts(found: Contents, column: str) -> str:
    """The figure of sections or groups as a folded table."""
    return folded("The same as a table", parts_table(found, column))


def parts_table(found: Contents, column: str) -> str:
    """One row a section, feature or group: counts, floors, and every model."""
    of_model = [{part.name: part for part in getattr(one.main, column)} for one in found.shown]
    best: Mapping[str, Estimate] = getattr(found.floors["boosting"], column) if found.floors else {}
    rows = [
        [
            escape(part.name),
            f"{part.accuracy.n:,}",
            f"{part.accuracy.clusters:,}",
            f"{100 * part.chance:.1f}",
            f"{100 * part.prior:.1f}",
            _percent(best[part.name]) if part.name in best else "",
            *(_percent(parts[part.name].accuracy) for parts in of_model),
        ]
        for part in getattr(found.shown[0].main, column)
    ]
    head = (
        "",
        "Questions",
        "Patients",
        "Chance %",
        "Commonest %",
        "Boosting",
        *(escape(one.name) for one in found.shown),
    )
    return _table(head, rows)


def replies(found: Contents) -> str:
    """What the completions are like."""
    rows = [
        [
            escape(one.name),
            f"{one.run.summary.replies.completions:,}",
            f"{one.run.summary.replies.mean_tokens:.0f}",
            f"{100 * one.run.summary.replies.cut_off:.1f} %",
            f"{100 * one.run.summary.replies.no_box:.1f} %",
            f"{one.run.summary.replies.faults:,}",
            _stability(one),
            *_numbers(one),
        ]
        for one in found.shown
    ]
    head = ("", "Completions", "Mean tokens", "Cut off", "No box", "Not completed", "Samples that agree", *NUMBERS)
    return _table(head, rows)


def reliability(shown: Sequence[ShownRun]) -> str:
    """The bins behind the reliability diagram."""
    rows = [
        [escape(one.name), f"{100 * item.confidence:.1f} %", _percent(item.accuracy), f"{item.accuracy.n:,}"]
        for one in shown
        if one.sure and one.sure.confidence
        for item in one.sure.confidence.reliability
    ]
    return folded("The same as a table", _table(("", "Confidence", "Right", "Questions"), rows))


def pair(found: ModelPair) -> str:
    """The differences of one pair."""
    rows = [
        [
            escape(row.part),
            f"{row.difference.n:,}",
            _points(row.difference),
            _p(row.p),
            "" if row.adjusted is None else _p(row.adjusted),
            f"{row.only_first:,}",
            f"{row.only_second:,}",
            "" if row.mid_p is None else _p(row.mid_p),
        ]
        for row in found.rows
    ]
    first, second = escape(found.first), escape(found.second)
    better = (f"{first} better", f"{second} better")
    return _table(("", "Questions", "Points", "p", "p (Holm)", *better, "McNemar mid-p"), rows)


def predictions(found: Contents) -> str:
    """Every predicted outcome of every model."""
    rows = [
        [
            escape(one.name),
            f"{escape(item.feature)} = {escape(item.positive)}",
            f"{100 * item.scores.prevalence:.0f} % of {item.scores.auroc.n:,}",
            *(_number(x) for x in (item.scores.auroc, item.scores.auprc, item.scores.brier, item.scores.f1)),
            f"{item.scores.threshold:.2f}{' (validation)' if item.validated else ''}",
            f"{item.scores.calibration.slope:.2f}",
        ]
        for one in found.shown
        for item in one.run.summary.predictions
    ]
    head = ("", "Outcome", "Positive", "AUROC", "AUPRC", "Brier (0–1)", "F1", "Threshold", "Slope")
    return _table(head, rows)


def provenance(found: Contents) -> str:
    """What every run was made with."""
    return folded("Runs, versions and hashes", "".join(_run(one) for one in found.shown))


def folded(title: str, body: str) -> str:
    """A part that opens on a click, and on paper."""
    return f"<details><summary>{escape(title)}</summary>{body}</details>"


def _run(one: ShownRun) -> str:
    run, plan, summary = one.run.run, one.run.run.plan, one.run.summary
    rows = (
        ("Model", f"{plan.model.title}, engine {plan.model.engine}, {run.where}"),
        ("Model SHA-256", plan.model.model_hash or "unknown"),
        ("Adapter SHA-256", plan.model.adapter_hash or "none"),
        ("Question file", f"{plan.questions.file}, SHA-256 {plan.questions.sha256}"),
        ("Codebook", f"{plan.questions.codebook}, SHA-256 {plan.questions.codebook_hash}"),
        ("Split", f"{plan.questions.split} of {plan.questions.cohort}, SHA-256 {plan.questions.split_hash}"),
        (
            "Asked",
            f"scorings {', '.join(plan.scorings)}; {plan.samples} samples at temperature {plan.temperature:g}; "
            f"at most {plan.max_tokens} tokens; prompt version {plan.prompt_version}",
        ),
        ("Results SHA-256", summary.results_sha256),
        ("Begun, finished", f"{run.started:%Y-%m-%d %H:%M} UTC, {summary.finished}"),
        ("Program", f"C-Reason {run.program}; {', '.join(f'{name} {v}' for name, v in run.releases.items())}"),
        ("Folder", str(one.run.folder)),
    )
    lines = "".join(f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in rows)
    return f'<h4>{escape(one.name)}</h4><div class="wide" tabindex="0"><table class="facts">{lines}</table></div>'


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """``head`` and cells are HTML already."""
    kept = [k for k in range(len(head)) if k == 0 or any(row[k] for row in rows)]
    top = "".join(f'<th scope="col">{head[k]}</th>' for k in kept)
    lines = "".join(
        "<tr>" + "".join(f'<th scope="row">{row[k]}</th>' if k == 0 else f"<td>{row[k]}</td>" for k in kept) + "</tr>"
        for row in rows
    )
    return f'<div class="wide" tabindex="0"><table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>'


def _percent(found: Estimate) -> str:
    ends = found.ends(lambda end: f"{100 * end:.1f}")
    return _minus(f"{100 * found.value:.1f} % <small>({ends})</small>")


def _points(found: Estimate) -> str:
    ends = found.ends(lambda end: f"{100 * end:+.1f}")
    return _minus(f"{100 * found.value:+.1f} <small>({ends})</small>")


def _number(found: Estimate) -> str:
    return f"{found.value:.3f} <small>({found.ends('{:.3f}'.format)})</small>"


def _minus(text: str) -> str:
    return text.replace("-", "−")


def _p(value: float, sign: str = "") -> str:
    if math.isnan(value):
        return ONE_PATIENT
    return "&lt; 0.001" if value < 0.001 else f"{sign}{value:.3f}"


def _stability(one: ShownRun) -> str:
    value = one.run.summary.replies.order_stability
    return "" if value is None else f"{100 * value:.0f} %"


NUMBERS = ("Replies that quote numbers", "Numbers quoted", "Numbers of the record")


def _numbers(one: ShownRun) -> tuple[str, str, str]:
    found = one.run.summary.replies.numbers
    if found is None:
        return "", "", ""
    told = (f"{found.true.n:,}", _percent(found.true)) if found.true else ("0", "")
    return f"{100 * found.quoting:.0f} %", *told
