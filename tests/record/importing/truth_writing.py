"""A truth written as a file, in one of the many forms that people have; each form goes by a name, to be counted."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.record.importing.truth import (
    ALIKE,
    CODES,
    LEVELS,
    MISSING,
    NUMBERS,
    TIME_NAMES,
    TIMES,
    Truth,
    Value,
    make_truth,
    value_of,
)
from tests.record.importing.truth_files import save
from tests.record.importing.truth_styles import PATIENT, STAY, Style


@dataclass
class Written:
    """A file, the truth in the order of its patients, and under which names each feature stands in it."""

    name: str
    data: bytes
    truth: Truth
    forms: frozenset[str]
    columns: Mapping[str, frozenset[str]]  # feature → names of its column, or of it and of the column of values
    rows: Mapping[tuple[int, str], frozenset[int]]  # patient, feature → numbers of its rows


def write(draw: random.Random, style: Style) -> Written:
    """A truth of two to seven patients in the given style."""
    count = 1 if style.layout == "a plain list" else draw.randint(2, 7)
    picked = draw.sample(list(NUMBERS), draw.randint(3, 7)) + draw.sample(list(LEVELS), draw.randint(0, 3))
    times = draw.randint(2, 4) if style.layout in {"several rows a patient", "a value a row", "FHIR"} else 1
    truth = make_truth(draw, count, picked, times)
    truth[0] = truth[0] or make_truth(random.Random(1), 1, picked, 1)[0]
    for name in picked:
        style.called[name] = _called(draw, name, style.names)
        style.unit[name] = _unit(draw, name)
    return _Writing(draw, style, truth, picked).file()


def _called(draw: random.Random, name: str, how: str) -> str:
    if how == "short names":
        return name
    if name in LEVELS:
        return draw.choice(LEVELS[name])
    number = NUMBERS[name]
    return draw.choice(number.foreign if how == "another language" and number.foreign else number.names)


def _unit(draw: random.Random, name: str) -> str:
    number = NUMBERS.get(name)
    return draw.choice((number.unit, *number.units)) if number else ""


class _Writing:
    def __init__(self, draw: random.Random, style: Style, truth: Truth, features: Sequence[str]) -> None:
        self.draw, self.style, self.truth, self.features = draw, style, truth, list(features)
        self.start = datetime(2020, draw.randint(1, 12), draw.randint(1, 28), draw.randint(0, 12), 30)
        self.rows: dict[tuple[int, str], set[int]] = {}
        self.columns: dict[str, set[str]] = {name: set() for name in features}
        names = STAY if "a stay's name for the patient" in style.extras else PATIENT
        self.patient = draw.choice(names) if style.layout != "REDCap events" else "record_id"
        self.ids = [f"{draw.choice('ABC')}{draw.randint(100, 999)}-{at}" for at in range(len(truth))]
        self.alike = draw.sample(list(ALIKE), 2) if "alike names" in style.extras else []
        self.forms = {style.layout, style.file, style.names, style.units, style.decimal, *style.extras}
        self.forms |= {style.time} - {""}

    def file(self) -> Written:
        layout = self.style.layout
        if layout == "FHIR":
            name, data = self._fhir()
        elif layout == "a plain list":
            name, data = self._list()
        else:
            head, body = self._long() if layout == "a value a row" else self._wide()
            name, data = self._table(head, body)
        return Written(
            name, data, self.truth, frozenset(self.forms),
            {key: frozenset(found) for key, found in self.columns.items()},
            {key: frozenset(found) for key, found in self.rows.items()},
        )  # fmt: skip

    # Cells

    def number(self, name: str, value: float) -> str:
        """A number in the unit that was drawn, with the decimal sign."""
        number = NUMBERS[name]
        unit = self.style.unit[name]
        if unit in number.units:
            text = f"{number.units[unit](value):.4g}" if value < 1000 else f"{value:.0f}"
        else:
            text = f"{value:.{number.digits}f}"
        if "e" in text:
            text = f"{float(text):.0f}"
        return text.replace(".", ",") if self.style.decimal == "decimal commas" else text

    def cell(self, name: str, value: Value | None) -> str:
        """A cell of a feature; None is one that is not known."""
        if value is None:
            twice = name in LEVELS and (self.style.codes, self.style.missing) == ("plus and minus", "a dash")
            if (
                self.draw.random() < 0.5 and self.style.missing != "gaps" and not twice
            ):  # nobody could tell no from none
                self.forms.add(f"missing as {self.style.missing}")
                return MISSING[self.style.missing]
            return ""
        if isinstance(value, str):
            if name == "sex":
                return value
            self.forms.add(f"codes {self.style.codes}")
            return CODES[self.style.codes][value == "No"]
        text = self.number(name, value)
        if "limits" in self.style.extras and self.draw.random() < 0.1:
            text = f">{text}"
        elif "flags" in self.style.extras and self.draw.random() < 0.2:
            text = f"{text} {self.draw.choice(['H', 'L', '*'])}"
        elif self.style.units == "units in the cells" and self.style.unit[name]:
            text = f"{text} {self.style.unit[name]}"
        return text

    def head(self, name: str) -> str:
        """A feature's column name."""
        unit = self.style.unit[name]
        called = self.style.called[name]
        if unit and self.style.units == "units in the header":
            return self.draw.choice((f"{called} ({unit})", f"{called} [{unit}]"))
        return called

    def other(self, name: str) -> str:
        low, high, digits = ALIKE[name]
        text = f"{self.draw.uniform(low, high):.{digits}f}"
        return text.replace(".", ",") if self.style.decimal == "decimal commas" else text

    # Layouts: a header and rows, each row with its patient

    def _wide(self) -> tuple[list[list[str]], list[tuple[int, list[str]]]]:
        timed = self.style.layout == "several rows a patient"
        redcap = self.style.layout == "REDCap events"
        heads = {name: self.head(name) for name in self.features}
        order = [*self.features, *self.alike]
        self.draw.shuffle(order)
        lead = [self.patient, *([TIME_NAMES.get(self.style.time, "charttime")] if timed else [])]
        lead += ["redcap_event_name"] if redcap else []
        for name, head in heads.items():
            self.columns[name] |= {head, f"{head} [{self.style.unit.get(name, '')}]"}  # with a row of units under it
        body: list[tuple[int, list[str]]] = []
        for who, known in enumerate(self.truth):
            hours = sorted({hour for series in known.values() for hour, _ in series}) or [0.0]
            for hour in hours:
                at = {name: dict(known.get(name, ())).get(hour) for name in self.features}
                row = [self.cell(name, at[name]) if name in at else self.other(name) for name in order]
                extra = [self._time(hour)] if timed else ["baseline_arm_1"] if redcap else []
                body.append((who, [self.ids[who], *extra, *row]))
                for name in self.features:
                    self.rows.setdefault((who, name), set()).add(len(body))
            if redcap:  # an event of later on, with another value of one feature
                later = [
                    self.cell(name, value_of(self.draw, name)) if name == self.features[0] else "" for name in order
                ]
                body.append((who, [self.ids[who], "day_7_arm_1", *later]))
        names = [[*lead, *(heads.get(name, name) for name in order)]]
        if self.style.units == "a row of units":
            names.append([*([""] * len(lead)), *(self.style.unit.get(name, "") for name in order)])
        return names, body

    def _long(self) -> tuple[list[list[str]], list[tuple[int, list[str]]]]:
        units = self.style.units == "a column of units"
        head = self.draw.choice((
            [self.patient, "charttime", "test", "value", "unit"],
            [self.patient, "charttime", "labname", "labresult", "labmeasurenamesystem"],
            [self.patient, "charttime", "Analyse", "Ergebnis", "Einheit"],
        ))  # fmt: skip
        head[1] = TIME_NAMES.get(self.style.time, head[1])
        heads = {name: self.head(name) for name in self.features}
        body: list[tuple[int, list[str]]] = []
        for who, known in enumerate(self.truth):
            values: list[tuple[float, str, Value | None]] = [
                (hour, name, value) for name, series in known.items() for hour, value in series
            ]
            values += [(0.0, name, None) for name in self.alike]
            for hour, name, value in sorted(values, key=lambda item: (item[0], item[1])):
                text = self.other(name) if name in ALIKE else self.cell(name, value)
                row = [self.ids[who], self._time(hour), heads.get(name, name), text]
                body.append((who, row + ([self.style.unit.get(name, "")] if units else [])))
                self.rows.setdefault((who, name), set()).add(len(body))
        for name, called in heads.items():
            self.columns[name] |= {called, head[3]}
        return [head if units else head[:4]], body

    def _time(self, hour: float) -> str:
        return TIMES[self.style.time](self.start, hour)

    # Files

    def _table(self, head: list[list[str]], body: list[tuple[int, list[str]]]) -> tuple[str, bytes]:
        if "merged patient cells" in self.style.extras:
            last = -1
            for who, row in body:
                row[0] = "" if who == last else row[0]
                last = who
        rows = [row for _, row in body]
        if "a summary row" in self.style.extras:
            rows.append(["Mean", *self._means(rows)])
        if "two header rows" in self.style.extras:
            head = [["", *(["Labs"] + [""] * (len(head[0]) - 2))], *head]
        if "a title" in self.style.extras:
            head = [["Export of the ward"], *head]
        flat = self.style.file in {"JSON", "JSON lines", "Parquet", "SPSS", "Stata"}
        shift = 0 if flat else len(head)
        self.rows = {key: {number + shift for number in numbers} for key, numbers in self.rows.items()}
        return save(self.style.file, head, rows)

    def _means(self, rows: list[list[str]]) -> list[str]:
        means = []
        for cells in list(zip(*rows, strict=True))[1:]:
            numbers = [
                float(cell.replace(",", ".")) for cell in cells if cell.replace(",", "").replace(".", "").isdigit()
            ]
            mean = f"{sum(numbers) / len(numbers):.2f}" if numbers and len(numbers) > len(cells) / 2 else ""
            means.append(mean.replace(".", ",") if self.style.decimal == "decimal commas" else mean)
        return means

    def _list(self) -> tuple[str, bytes]:
        lines = []
        gap = self.draw.choice((" ", "  ", ": "))
        for name, series in self.truth[0].items():
            text = self.cell(name, series[0][1])
            lines.append(f"{self.style.called[name]}{'  ' if name in LEVELS else gap}{text}")
            self.rows.setdefault((0, name), set()).add(len(lines))
            self.columns[name].add(self.style.called[name])
        return "list.txt", "\n".join(lines).encode()

    def _fhir(self) -> tuple[str, bytes]:
        made: list[dict[str, object]] = []
        for who, known in enumerate(self.truth):
            for name, series in known.items():
                for hour, value in series:
                    made.append(self._observation(who, name, hour, value))
                    self.rows.setdefault((who, name), set()).add(len(made))
        if self.style.file == "JSON lines":
            return "export.ndjson", "\n".join(json.dumps(one) for one in made).encode()
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in made]}
        return "bundle.json", json.dumps(bundle).encode()

    def _observation(self, who: int, name: str, hour: float, value: Value) -> dict[str, object]:
        called = self.style.called[name]
        code: dict[str, object] = {"text": called}
        self.columns[name].add(called)
        said: dict[str, object] = {"valueString": self.cell(name, value)}
        if name in NUMBERS:
            number = NUMBERS[name]
            code["coding"] = [{"system": "http://loinc.org", "code": number.loinc}]
            self.style.unit[name] = number.unit
            quantity = {"value": float(self.number(name, float(value))), "unit": number.unit or number.ucum}
            said = {"valueQuantity": quantity | {"code": number.ucum, "system": "http://unitsofmeasure.org"}}
            self.columns[name] |= {f"{called} ({number.loinc})", "Value"}
        when = TIMES["ISO times with a zone"](self.start, hour)
        return {"resourceType": "Observation", "status": "final", "code": code, "effectiveDateTime": when,
                "subject": {"reference": f"Patient/{self.ids[who]}"}, **said}  # fmt: skip
