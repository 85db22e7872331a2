"""A known truth about a few patients, and the ways in which people write a value, a name, a time or a code of it.

Factors, words and formats stand here a second time on purpose: they are what the program is held to.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

Value = float | str
# patient → feature → (hours since the first time, value in the codebook's unit or its level)
Truth = list[dict[str, list[tuple[float, Value]]]]


@dataclass(frozen=True)
class Number:
    """How a number of the codebook rhc is made and written."""

    low: float
    high: float
    digits: int
    unit: str  # as printed, of the codebook
    loinc: str
    ucum: str
    names: tuple[str, ...]  # every one of them means exactly this
    foreign: tuple[str, ...]
    units: Mapping[str, Callable[[float], float]] = field(default_factory=dict)  # other units as printed


NUMBERS: Mapping[str, Number] = {
    "age": Number(20, 88, 0, "", "30525-0", "a", ("Age", "age"), ("Alter", "Âge", "Edad", "나이")),
    "hrt1": Number(62, 128, 0, "/min", "8867-4", "/min", ("Heart rate", "HR", "pulse"),
                   ("Herzfrequenz", "Fréquence cardiaque", "심박수")),
    "resp1": Number(12, 30, 0, "/min", "9279-1", "/min", ("Respiratory rate", "RR"), ("Atemfrequenz", "호흡수")),
    "temp1": Number(36, 39, 1, "°C", "8310-5", "Cel", ("Temperature", "temp", "body temperature"),
                    ("Temperatur", "Température", "체온"), {"°F": lambda x: x * 9 / 5 + 32}),
    "wblc1": Number(4, 20, 1, "10^9/L", "26464-8", "10*9/L", ("White cell count", "WBC", "leukocytes"),
                    ("Leukozyten", "Leucocytes", "백혈구"), {"10^3/µL": lambda x: x, "/µL": lambda x: x * 1000}),
    "sod1": Number(131, 146, 0, "mmol/L", "2951-2", "mmol/L", ("Sodium", "serum sodium", "Na"),
                   ("Natrium", "Sodio", "나트륨"), {"mEq/L": lambda x: x}),
    "pot1": Number(3.2, 5.2, 1, "mmol/L", "2823-3", "mmol/L", ("Potassium", "serum potassium"),
                   ("Kalium", "Potasio", "칼륨"), {"mEq/L": lambda x: x}),
    "crea1": Number(0.6, 2.9, 2, "mg/dL", "2160-0", "mg/dL", ("Creatinine", "serum creatinine", "SCr"),
                    ("Kreatinin", "Créatinine", "Creatinina", "크레아티닌"), {"µmol/L": lambda x: x * 88.42}),
    "bili1": Number(0.3, 2.9, 2, "mg/dL", "1975-2", "mg/dL", ("Bilirubin", "total bilirubin"),
                    ("Gesamtbilirubin", "Bilirubine totale", "빌리루빈"), {"µmol/L": lambda x: x * 17.104}),
    "alb1": Number(2.1, 4.6, 1, "g/dL", "1751-7", "g/dL", ("Albumin", "serum albumin"), ("Albumine", "알부민"),
                   {"g/L": lambda x: x * 10}),
    "hema1": Number(26, 46, 1, "%", "20570-8", "%", ("Haematocrit", "hematocrit", "Hct"), ("Hämatokrit",)),
    "paco21": Number(31, 49, 1, "mmHg", "2019-8", "mm[Hg]", ("PaCO2", "arterial CO2"), (),
                     {"kPa": lambda x: x * 0.133322}),
    "ph1": Number(7.26, 7.49, 3, "", "2744-1", "[pH]", ("Arterial pH", "pH"), ()),
    "wtkilo1": Number(48, 112, 1, "kg", "29463-7", "kg", ("Weight", "body weight"), ("Gewicht", "Poids", "체중")),
}  # fmt: skip
LEVELS: Mapping[str, tuple[str, ...]] = {
    "sex": ("Sex", "gender"), "chfhx": ("Congestive heart failure", "heart failure"),
    "liverhx": ("Chronic liver disease", "liver disease"), "dth30": ("Death within 30 days", "30-day mortality"),
    "dnr1": ("Do-not-resuscitate order", "DNR"), "seps": ("Sepsis diagnosis", "sepsis"),
}  # fmt: skip
CODES: Mapping[str, tuple[str, str]] = {  # how yes and no are written
    "yes and no": ("Yes", "No"), "y and n": ("y", "n"), "1 and 0": ("1", "0"), "true and false": ("TRUE", "FALSE"),
    "plus and minus": ("+", "-"), "yes and no in German": ("ja", "nein"), "1 and 2": ("1", "2"),
}  # fmt: skip
MISSING: Mapping[str, str] = {
    "gaps": "", "NA": "NA", "n/a": "n/a", "a dot": ".", "-9": "-9", "999": "999", "a dash": "-",
}  # fmt: skip
# Names that are close to a feature's and mean another quantity, with the range of what stands under them.
ALIKE: Mapping[str, tuple[float, float, int]] = {
    "Urine creatinine (mg/dL)": (40, 160, 0), "Creatinine clearance": (30, 110, 0), "Prealbumin": (15, 35, 0),
    "Direct bilirubin": (0.1, 0.9, 1), "Urine sodium": (20, 120, 0), "Venous pH": (7.25, 7.4, 2), "SaO2": (90, 99, 0),
    "Height": (150, 190, 0), "Heart rate variability": (20, 80, 0), "Weight change": (1, 9, 1),
    "Age at diagnosis": (20, 80, 0), "Albumin/creatinine ratio": (10, 300, 0),
}  # fmt: skip
TIMES: Mapping[str, Callable[[datetime, float], str]] = {
    "ISO times": lambda start, h: (start + timedelta(hours=h)).isoformat(sep=" ", timespec="minutes"),
    "ISO times with a zone": lambda start, h: (start + timedelta(hours=h)).isoformat(timespec="seconds") + "+01:00",
    "hours": lambda _, h: f"{h:g}",
    "minutes": lambda _, h: f"{h * 60:.0f}",
    "times day first": lambda start, h: (start + timedelta(hours=h)).strftime("%d.%m.%Y %H:%M"),
    "times with month names": lambda start, h: (start + timedelta(hours=h)).strftime("%d %b %Y %H:%M"),
    "HH:MM": lambda _, h: f"{int(h):02d}:{round(h % 1 * 60):02d}",
}  # fmt: skip
TIME_NAMES = {"hours": "hours", "minutes": "offset", "HH:MM": "time since admission"}


def make_truth(draw: random.Random, patients: int, features: Sequence[str], times: int) -> Truth:
    """Values of every patient; numbers and levels of one time only are told at hour 0; about a tenth is not known."""
    truth: Truth = []
    for _ in range(patients):
        known: dict[str, list[tuple[float, Value]]] = {}
        for name in features:
            steady = name in LEVELS or name in {"age", "wtkilo1"}
            series = [
                (hour, value_of(draw, name)) for hour in _hours(draw, 1 if steady else times) if draw.random() > 0.1
            ]
            if series:
                known[name] = series
        truth.append(known)
    return truth


def _hours(draw: random.Random, times: int) -> list[float]:
    return [0.0, *sorted(draw.sample([1, 2.5, 4, 6, 8.25, 12, 18, 20], times - 1))]


def value_of(draw: random.Random, name: str) -> Value:
    """A value of a feature, as many digits as it is written with."""
    if name == "sex":
        return draw.choice(["Female", "Male"])
    if name in LEVELS:
        return draw.choice(["Yes", "No"])
    number = NUMBERS[name]
    return round(draw.uniform(number.low, number.high), number.digits)


def same(name: str, stored: Value, told: Value) -> bool:
    """Whether a stored value is the one that was written: within the digits that another unit leaves of it."""
    if isinstance(stored, str) or isinstance(told, str):
        return stored == told
    share = 0.003 if NUMBERS[name].units else 0.0
    return abs(stored - told) <= max(share * abs(told), 0.51 * 10.0 ** -NUMBERS[name].digits)
