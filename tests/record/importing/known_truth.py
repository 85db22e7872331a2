"""Tables made from a known truth and written in many forms: what is stored equals the truth, or it was asked.

``python -m tests.record.importing.known_truth 5000`` tries as many tables and says how many questions they needed. The
forms here are those of cells: decimal signs, groups of thousands, flags, codes of levels, codes for missing.
"""

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from creason_core.record.codebook import packaged_codebook
from creason_core.record.importing.decisions import Decisions
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.importing.review.review import Review, review
from creason_core.record.importing.suggesting import suggest

RHC = packaged_codebook("rhc")
NUMBERS = {
    "creatinine (mg/dL)": ("crea1", 0.4, 8, (1, 2, 3)), "potassium": ("pot1", 2.5, 7, (1, 2, 3)),
    "heart rate": ("hrt1", 40, 160, (0,)), "arterial pH": ("ph1", 7.0, 7.6, (2, 3)), "age": ("age", 18, 89, (0,)),
    "bilirubin (mg/dL)": ("bili1", 0.2, 20, (1, 3)), "urine output (mL/d)": ("urin1", 300, 4000, (0,)),
}  # fmt: skip
NO_YES = "0 1|1 2|2 1|N Y|No Yes|- +|Unchecked Checked|nein ja|false true|없음 있음".split("|")
FEMALE_MALE = "F M|0 1|1 2|2 1|female male|w m|여 남".split("|")
MISSING = ("", "NA", "-", "-99", "999", "-1", "9999")
Truth = dict[str, float | str]


@dataclass(frozen=True)
class Written:
    """A table and what each of its patients has in truth."""

    table: Table
    truth: tuple[Truth, ...]


def written(seed: int) -> Written:
    """A table of 1 to 60 patients in a form drawn by ``seed``."""
    draw = random.Random(seed)
    truth: tuple[Truth, ...] = tuple({} for _ in range(draw.choice((1, 2, 3, 8, 30, 60))))
    comma, grouped = draw.random() < 0.4, draw.random() < 0.3
    delimiter = draw.choice(";\t") if comma else draw.choice(",\t;")
    columns = {
        name: _numbers(draw, truth, NUMBERS[name], comma=comma, grouped=grouped and delimiter != ",")
        for name in draw.sample(list(NUMBERS), draw.randint(1, 4))
    }
    for name, feature in (("Sepsis", "seps"), ("DNR", "dnr1")):
        if draw.random() < 0.5:
            columns[name] = _levels(draw, truth, feature, draw.choice(NO_YES).split(), ("No", "Yes"))
    if draw.random() < 0.5:
        columns["Sex"] = _levels(draw, truth, "sex", draw.choice(FEMALE_MALE).split(), ("Female", "Male"))
    cells = zip(map(str, range(1, len(truth) + 1)), *columns.values(), strict=True)
    rows = tuple(Row(number, row) for number, row in enumerate(cells, start=2))
    return Written(Table(("id", *columns), rows, delimiter=delimiter), truth)


def _numbers(
    draw: random.Random, truth: Sequence[Truth], of: tuple[str, float, float, tuple[int, ...]], *, comma: bool,
    grouped: bool,
) -> list[str]:  # fmt: skip
    feature, low, high, digits = of
    decimals, missing = draw.choice(digits), draw.choice(MISSING)
    cells = []
    for patient in truth:
        if draw.random() < 0.15:
            cells.append(missing)
            continue
        patient[feature] = round(draw.uniform(low, high), decimals)
        text = f"{patient[feature]:{',' if grouped else ''}.{decimals}f}"
        cells.append(text.translate(str.maketrans(",.", ".,")) if comma else text)
        if draw.random() < 0.05 and feature != "age":
            cells[-1] += draw.choice((" H", " L", "*", " HH"))
    return cells


def _levels(
    draw: random.Random, truth: Sequence[Truth], feature: str, words: Sequence[str], codes: Sequence[str]
) -> list[str]:
    cells = []
    for patient in truth:
        which = draw.randint(0, 1)
        if gap := draw.random() < 0.1:
            cells.append(draw.choice(("", "NA", "9")))
        else:
            cells.append(words[which])
        if not gap:
            patient[feature] = codes[which]
    return cells


def imported(table: Table) -> Review:
    """The review of ``table``, units confirmed and nothing else decided."""
    decisions = Decisions(units_confirmed=True, identifiers_seen=True)
    return review(table, suggest(table, RHC), decisions, RHC, import_id="i")


def silently_wrong(made: Written, found: Review) -> list[str]:
    """Values stored otherwise than they are, or lost, without a question about their feature."""
    asked = {question.feature for question in found.questions}
    wrong = []
    for at, truth in enumerate(made.truth):
        got: Truth = {entry.feature: entry.value for entry in found.drafts.get(at, ())}
        for feature in (truth.keys() | got.keys()) - asked:
            stored, value = got.get(feature), truth.get(feature)
            if isinstance(stored, float) and isinstance(value, float | int) and abs(stored - value) < 1e-6:
                continue
            if stored != value:
                wrong.append(f"{feature}: {value} stored as {stored}")
    return wrong


def main() -> None:
    """Tries as many tables as the argument says."""
    questions, failed = [], 0
    for seed in range(int(sys.argv[1])):
        made = written(seed)
        found = imported(made.table)
        questions.append(len({(question.asks, question.feature) for question in found.questions}))
        if wrong := silently_wrong(made, found):
            failed += 1
            print(seed, wrong[:3])
    print(
        f"{len(questions):,} tables, {failed} silently wrong; questions: median {median(questions)}, {max(questions)}"
    )


if __name__ == "__main__":
    main()
