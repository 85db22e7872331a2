"""Tables made from a known truth in many forms, to see whether an import stores that truth or asks.

``python -m tests.record.importing.over_time_truth 5000`` writes that many and tells what was asked.
"""

import random
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.importing.review.asking import answered
from creason_core.record.importing.review.review import Review, review
from creason_core.record.importing.suggesting import suggest
from tests.record.importing.tables import RHC, SEEN

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
# Name, its unit, and the range of its values, none of them unusual.
_TESTS = {
    "crea1": ("Creatinine", "mg/dL", 0.4, 8.0), "sod1": ("Sodium", "mmol/L", 118.0, 160.0),
    "hrt1": ("Heart rate", "/min", 40.0, 190.0), "systolic": ("SBP", "mmHg", 90.0, 190.0),
    "diastolic": ("DBP", "mmHg", 40.0, 85.0), "meanbp1": ("MAP", "mmHg", 45.0, 130.0),
}  # fmt: skip
_HEADERS = (
    ("subject_id", "charttime", "label", "valuenum", "valueuom"),
    ("Fallnummer", "Datum", "Analyse", "Ergebnis", "Einheit"),
    ("patientunitstayid", "labresultoffset", "labname", "labresult", "labmeasurenamesystem"),
    ("person_id", "measurement_datetime", "measurement_source_value", "value_as_number", "unit_source_value"),
    ("N° patient", "Date de prélèvement", "Examen", "Résultat", "Unité"),
    ("NHC", "Fecha", "Prueba", "Resultado", "Unidad"),
    ("환자번호", "채취일시", "검사명", "결과", "단위"), ("USUBJID", "LBDTC", "LBTEST", "LBSTRESN", "LBSTRESU"),
    ("hospitalization_id", "lab_collect_dttm", "lab_category", "lab_value_numeric", "reference_unit"),
    ("foo", "when", "was", "wieviel", "worin"),
)  # fmt: skip
_OFFSET = "Offset"


@dataclass(frozen=True)
class Form:
    """How times are written; ``relative`` ones are hours since admission. ``answer`` is to the question about them."""

    write: Callable[[datetime, float], str]
    relative: bool = False
    answer: str = ""


_FORMS: Mapping[str, Form] = {
    "iso": Form(lambda at, _: at.isoformat(" ", "minutes")),
    "zoned": Form(lambda at, _: at.isoformat() + "+02:00"),
    "german": Form(lambda at, _: f"{at:%d.%m.%Y %H:%M}"),
    "us": Form(lambda at, _: f"{at.month}/{at.day}/{at.year} {at:%I:%M %p}", answer="month first"),
    "british": Form(lambda at, _: f"{at:%d/%m/%Y %H:%M}", answer="day first"),
    "named": Form(lambda at, _: f"{at.day:02d}-{_MONTHS[at.month - 1].upper()}-{at.year} {at:%H:%M}"),
    "korean": Form(lambda at, _: f"{at.year}년 {at.month}월 {at.day}일 {at.hour}시 {at.minute:02d}분"),
    "compact": Form(lambda at, _: f"{at:%Y%m%d%H%M}"),
    "unix": Form(lambda at, _: str(int((at - datetime(1970, 1, 1)).total_seconds()))),
    "excel": Form(lambda at, _: f"{(at - datetime(1899, 12, 30)).total_seconds() / 86400:.9f}", answer="Excel days"),
    "minutes": Form(lambda _, hours: str(round(hours * 60)), relative=True, answer="minutes"),
    "hours": Form(lambda _, hours: f"{hours:.4f}", relative=True, answer="hours"),
    "lapse": Form(lambda _, hours: f"{hours:.4f} h", relative=True),
    "clock": Form(lambda _, hours: f"{round(hours * 60) // 60:02d}:{round(hours * 60) % 60:02d}", relative=True,
                  answer="since admission"),
}  # fmt: skip
Truth = Mapping[str, list[tuple[float, str, float]]]  # patient → hours, test, value


@dataclass(frozen=True)
class Written:
    """A table, the answers that its owner would give, and what must be stored of each patient, in order."""

    table: Table
    answers: Mapping[str, str]
    expected: list[dict[str, float]]
    how: str


def written(rng: random.Random) -> Written:
    """One table in a mix of forms."""
    name, form = rng.choice(list(_FORMS.items()))
    headers, long, comma = rng.choice(_HEADERS), rng.random() < 0.6, rng.random() < 0.3
    truth = _truth(rng, before=form.relative and name != "clock")
    began = {patient: datetime(2020, 1, 1) + timedelta(minutes=rng.randrange(500_000)) for patient in truth}
    merged, split = rng.random() < 0.2, name == "german" and rng.random() < 0.5
    lines: list[list[str]] = []
    for patient, measured in truth.items():
        by_time: dict[float, dict[str, float]] = {}
        for hours, test, value in measured:
            by_time.setdefault(hours, {})[test] = value
        for hours, values in by_time.items():
            at = form.write(began[patient] + timedelta(hours=hours), hours)
            at = at.replace(".", ",") if comma and name in {"hours", "excel", "lapse"} else at
            when = at.split(" ") if split else [at]
            cells = {test: _number(value, comma=comma) for test, value in values.items()}
            if long:
                lines += [[patient, *when, _TESTS[test][0], cell, _TESTS[test][1]] for test, cell in cells.items()]
            else:
                lines.append([patient, *when, *(cells.get(test, "") for test in _TESTS)])
    if merged:
        lines = [["" if at and line[0] == lines[at - 1][0] else line[0], *line[1:]] for at, line in enumerate(lines)]
    elif rng.random() < 0.4:
        rng.shuffle(lines)
    time = [headers[1] if not form.relative or headers[1] != "Datum" else _OFFSET, *(["Uhrzeit"] if split else [])]
    wide = [f"{test} ({unit})" for test, unit, _, _ in _TESTS.values()]
    columns = [headers[0], *time, *(headers[2:] if long else wide)]
    if not long and not merged and rng.random() < 0.3:
        lines.append(["Mean", *[""] * len(time), *["100"] * len(_TESTS)])
    order = list(range(len(columns)))
    rng.shuffle(order)
    rows = tuple(Row(at, tuple(line[place] for place in order)) for at, line in enumerate(lines, start=2))
    table = Table(tuple(columns[place] for place in order), rows)
    known = [line[0] for line in lines if line[0] in truth]
    answers = {
        "patients": f"column:{headers[0]}",
        "blanks": "fill down",
        "times": form.answer,
        "stays": f"column:{headers[0]}",
    }
    expected = [found for patient in dict.fromkeys(known) if (found := _expected(truth[patient], form))]
    return Written(
        table, answers, expected, f"{name} {headers[0]} {'long' if long else 'wide'} {comma=} {merged=} {split=}"
    )


def _truth(rng: random.Random, *, before: bool) -> Truth:
    found: dict[str, list[tuple[float, str, float]]] = {}
    for number in rng.sample(range(100, 999), rng.randint(2, 4)):
        hours = sorted({0.0, *(rng.randrange(1, 60 * 46) / 60 for _ in range(rng.randint(1, 5)))})
        hours = [-0.5, *hours] if before and rng.random() < 0.3 else hours
        mean = rng.random() < 0.5
        measured: list[tuple[float, str, float]] = []
        for at in hours:
            for test, (_, _, low, high) in _TESTS.items():
                value = round(rng.uniform(low, high), 1)
                if test == "meanbp1" and mean and measured[-1][:2] == (at, "diastolic"):
                    value = round(measured[-1][2] + (measured[-2][2] - measured[-1][2]) / 3, 1)
                elif test == "meanbp1" or (test not in {"systolic", "diastolic"} and rng.random() < 0.3):
                    continue
                measured.append((at, test, value))
        found[f"{number}"] = measured
    return found


def _number(value: float, *, comma: bool) -> str:
    return f"{value:.1f}".replace(".", ",") if comma else f"{value:.1f}"


def _expected(measured: list[tuple[float, str, float]], form: Form) -> dict[str, float]:
    """The worst value of the first day of each feature; MAP by formula where nobody measured it on that day."""
    start = 0.0 if form.relative else min(hours for hours, _, _ in measured)
    day = [(hours, test, value) for hours, test, value in measured if 0 <= hours - start <= 24]
    values: dict[str, list[float]] = {}
    for _, test, value in day:
        values.setdefault(test, []).append(value)
    pressures = zip(values.pop("systolic", []), values.pop("diastolic", []), strict=True)
    values.setdefault("meanbp1", [round(low + (high - low) / 3, 2) for high, low in pressures])
    return {test: _worst(test, given) for test, given in values.items() if given}


def _worst(test: str, values: list[float]) -> float:
    reference = RHC.by_name[test].reference
    assert reference is not None
    low, high = reference.low or 0.0, reference.high or 0.0
    return max(values, key=lambda value: max(low - value, value - high))


def read(made: Written) -> tuple[Review, list[str]]:
    """The review of a table after its owner has answered, with what was asked on the way."""
    mapping, asked = suggest(made.table, RHC), list[str]()
    for _ in range(6):
        found = review(made.table, mapping, SEEN, RHC, import_id="i")
        question = next((one for one in found.questions if made.answers.get(one.asks) in dict(one.options)), None)
        if question is None:
            break
        asked.append(question.asks)
        mapping = answered(mapping, question.asks, made.answers[question.asks])
    return found, asked + [one.asks for one in found.questions]


def difference(made: Written, found: Review) -> str:
    """What would be stored and is not the truth; "" where all is well, or something is asked."""
    if found.questions or not found.drafts:
        return ""  # asked, or told that there is nothing to save
    kept = [{entry.name: entry.value for entry in entries} for entries in found.drafts.values()]
    return "" if kept == made.expected else f"{made.how}: {kept} instead of {made.expected}"


def main(tables: int) -> None:
    """Writes and reads ``tables`` tables."""
    rng, asked, open_, wrong = random.Random(20), list[int](), Counter[str](), list[str]()
    for _ in range(tables):
        made = written(rng)
        found, questions = read(made)
        asked.append(len(questions))
        open_.update(one.asks for one in found.questions)
        wrong += filter(None, [difference(made, found)])
    said = f"{tables:,} tables: {len(wrong)} stored otherwise; questions: median {median(asked)}, most {max(asked)}"
    sys.stdout.write("\n".join([f"{said}; left open: {dict(open_)}", *wrong[:10]]) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
