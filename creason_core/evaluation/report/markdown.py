"""Results tables as Markdown. Figures are per cent, with 95 % intervals over patients in brackets."""

import math
from collections.abc import Iterator, Sequence
from itertools import chain

from creason_core import __version__
from creason_core.evaluation.report.results import Results, RunResult
from creason_core.evaluation.report.tables import BASELINE_WORDS, ONE_PATIENT
from creason_core.metrics.intervals import Estimate

NOTE = (
    "Figures are per cent, with 95 % intervals over patients in brackets. Right: of all questions, an unanswered one "
    "counting as not right. Balanced accuracy: with every true level or bin of a feature weighing alike, and every "
    "feature alike. "
    "Headroom: the share of the way from always the commonest option to boosting. ECE: in 15 bins of equal mass, of "
    "0–1; calibrated: after isotonic regression fitted on validation patients. Numbers: of those that the replies "
    "quote, the share that the record shows. p: two-sided, by exchanging the models in whole patients, then by Holm "
    "over the pairs of a table; McNemar's mid-p takes questions as independent."
)
_HEAD = ("", "Asked", "Right", "Balanced accuracy", "Answered", "Headroom", "ECE", "ECE, calibrated", "Numbers")


def markdown(found: Sequence[Results], command: str) -> str:
    """The tables one below the other; ``command`` is what made them, and stands above."""
    made = f"Made by C-Reason {__version__}: `{command}`"
    return "\n".join(chain((made, "", NOTE), *(_table(one) for one in found)))


def _table(found: Results) -> Iterator[str]:
    sample = "class-balanced" if found.balanced else "as they come"
    yield f"\n## {_cell(found.cohort)}, {found.split}, {found.design}, {sample}\n"
    yield (
        f"{found.questions:,} questions about {found.patients:,} patients; question file "
        f"`{found.questions_sha256[:16]}`.\n"
    )
    floors = [(BASELINE_WORDS.get(name, name), "", _percent(earned)) for name, earned in found.floors.items()]
    yield from _rows(_HEAD, [*floors, *(_model(one) for one in found.models)])
    notes: dict[str, list[str]] = {}
    for one in found.models:
        if one.confident:
            notes.setdefault(one.confident.note, []).append(_cell(one.name))
    yield from (f"\n{', '.join(names)}: {_cell(note).rstrip('.')}." for note, names in notes.items())
    if found.pairs:
        yield ""
        yield from _rows(
            ("Compared", "Points", "p", "p (Holm)", "McNemar mid-p"),
            [
                (
                    f"{_cell(pair.first)} − {_cell(pair.second)} ({' − '.join(dict.fromkeys(pair.scorings))})",
                    _percent(pair.difference, "+"),
                    _p(pair.p),
                    _p(pair.adjusted),
                    "" if pair.mid_p is None else _p(pair.mid_p),
                )
                for pair in found.pairs
            ],
        )
    if found.group_by and found.models[0].groups:
        yield ""
        yield from _groups(found)


def _groups(found: Results) -> Iterator[str]:
    of_model = [{part.name: part.accuracy for part in one.groups} for one in found.models]
    head = (
        _cell(found.group_by),
        "Questions",
        "Chance",
        "Commonest",
        "Boosting",
        *(_cell(m.name) for m in found.models),
    )
    yield from _rows(
        head,
        [
            (
                _cell(part.name),
                f"{part.accuracy.n:,}",
                f"{100 * part.chance:.1f}",
                f"{100 * part.prior:.1f}",
                _percent(found.boosting_groups.get(part.name)),
                *(_percent(parts.get(part.name)) for parts in of_model),
            )
            for part in found.models[0].groups
        ],
    )


def _model(one: RunResult) -> tuple[str, ...]:
    sure, numbers = one.confident, one.numbers.true if one.numbers else None
    return (
        f"**{_cell(one.name)}**",
        one.scoring if one.samples == 1 else f"{one.scoring} of {one.samples}",
        _percent(one.accuracy),
        _percent(one.balanced_accuracy),
        _percent(one.answered),
        _percent(one.headroom),
        _number(sure.ece) if sure else "",
        _number(sure.calibrated) if sure and sure.calibrated else "",
        f"{_percent(numbers)}, n = {numbers.n:,}" if numbers else "",
    )


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join((*row, *[''] * (len(head) - len(row))))} |"


def _percent(found: Estimate | None, sign: str = "") -> str:
    if found is None:
        return ""
    ends = found.ends(lambda end: f"{100 * end:{sign}.1f}")
    return f"{100 * found.value:{sign}.1f} ({ends})".replace("-", "−")


def _number(found: Estimate) -> str:
    return f"{found.value:.3f} ({found.ends('{:.3f}'.format)})"


def _p(value: float) -> str:
    if math.isnan(value):
        return ONE_PATIENT
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _cell(text: str) -> str:
    """A name as it can stand in a cell: what Markdown or HTML would read in it is escaped."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{sign}" if sign in "\\|`*_[]" else sign for sign in " ".join(escaped.split()))
