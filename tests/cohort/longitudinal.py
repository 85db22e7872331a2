"""A made cohort over time: 300 patients with lactate, creatinine and pressures at 0, 6 and 24 hours."""

import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.cohort.making import CohortWanted, make_cohort
from creason_core.cohort.splitting import SplitRule
from creason_core.cohort.table_files.reading import Frame

HOURS = (0, 6, 24)
CODEBOOK = """
name: course
version: 1
title: A made course
population: Made patients
source: made by tests
citation: none
sections: [Person, Labs, Circulation]
patient: id
times: {0: at admission, 6: at 6 h, 24: at 24 h}
features:
- {name: age, label: Age, section: Person, kind: integer, unit: a, unit_label: years, age: true, time: admission}
- {name: lactate, label: Lactate, section: Labs, kind: number, decimals: 1, unit: mmol/L, unit_label: mmol/L,
   time: day1, counts: worst, reference: {low: 0.5, high: 2.0}, impossible: {low: 0, high: 40}}
- {name: creatinine, label: Creatinine, section: Labs, kind: number, decimals: 2, unit: mg/dL, unit_label: mg/dL,
   loinc: 2160-0, time: day1, counts: highest}
- {name: urine, label: Urine, section: Labs, kind: number, decimals: 0, unit: mL, unit_label: mL, time: day1,
   counts: sum, impossible: {low: 0, high: 9000}}
- {name: systolic, label: Systolic pressure, section: Circulation, kind: number, decimals: 0, unit: "mm[Hg]",
   unit_label: mmHg, loinc: 8480-6, time: day1, counts: lowest}
- {name: diastolic, label: Diastolic pressure, section: Circulation, kind: number, decimals: 0, unit: "mm[Hg]",
   unit_label: mmHg, loinc: 8462-4, time: day1, counts: lowest}
- {name: map, label: Mean arterial pressure, section: Circulation, kind: number, decimals: 0, unit: "mm[Hg]",
   unit_label: mmHg, time: day1, counts: lowest}
- {name: ventilated, label: Ventilated, section: Circulation, kind: binary, time: day1, counts: last,
   levels: [{code: "0", label: "No"}, {code: "1", label: "Yes"}]}
- {name: temp, label: Temperature, section: Person, kind: number, decimals: 1, unit: Cel, unit_label: °C, time: day1}
"""
DIED = """- {name: died, label: Death, section: Person, kind: binary, time: outcome, role: outcome,
   levels: [{code: "No", label: "No"}, {code: "Yes", label: "Yes"}]}
"""
OVER_TIME = ("lactate", "creatinine", "urine", "systolic", "diastolic", "map", "ventilated")
LONG = CODEBOOK.replace("patient: id\n", "patient: id\nhours: hour\n")


def rows(patients: int = 300, seed: int = 7) -> pd.DataFrame:
    """One row for each time of a patient, as text cells; some values missing, and mean pressure by its formula."""
    random = np.random.default_rng(seed)
    found = []
    for number in range(patients):
        age, temp, severity = random.integers(20, 95), random.normal(37.5, 1), random.normal()
        for hour in HOURS:
            systolic = round(120 - 10 * severity + random.normal(0, 15))
            diastolic = round(systolic * 0.6 + random.normal(0, 5))
            values = {
                "lactate": f"{np.exp(0.4 + 0.3 * severity + random.normal(0, 0.6)):.1f}",
                "creatinine": f"{np.exp(0.2 + 0.2 * severity + random.normal(0, 0.4)):.2f}",
                "urine": str(int(random.integers(0, 900))),
                "systolic": str(systolic), "diastolic": str(diastolic),
                "map": str(round(diastolic + (systolic - diastolic) / 3)),
                "ventilated": str(int(random.random() < 0.3)),
            }  # fmt: skip
            for name in values:
                if random.random() < 0.1:
                    values[name] = ""
            found.append({"id": f"p{number}", "hour": str(hour), "age": str(age), "temp": f"{temp:.1f}", **values})
    return pd.DataFrame(found)


def wide(long: pd.DataFrame) -> pd.DataFrame:
    """The same with one row a patient: ``lactate@0``, ``lactate@6``, ``lactate@24``, …"""
    once = long.drop_duplicates("id").set_index("id")[["age", "temp"]]
    for name in OVER_TIME:
        for hour in HOURS:
            of = long[long["hour"] == str(hour)].set_index("id")[name]
            once[f"{name}@{hour}"] = of
    return once.reset_index()


def made(folder: Path, form: Literal["long", "wide"] = "long") -> Cohort:
    """The cohort, in ``folder``: made from a table of that form once in a process, and copied."""
    shutil.copytree(Path(_kept(form).name) / "course", folder)
    return load_cohort(str(folder))


@cache
def _kept(form: Literal["long", "wide"]) -> "tempfile.TemporaryDirectory[str]":
    kept = tempfile.TemporaryDirectory()
    table, text = (rows(), LONG) if form == "long" else (wide(rows()), CODEBOOK)
    wanted = CohortWanted(name="course", split=SplitRule("patient"))
    make_cohort(wanted, Frame(table, "CSV file", "f" * 64), text, Path(kept.name) / "course")
    return kept


def died(folder: Path) -> Cohort:
    """The same cohort with an outcome that nothing tells of."""
    table = wide(rows())
    table["died"] = np.random.default_rng(3).choice(["No", "Yes"], len(table))
    text = CODEBOOK + DIED
    make_cohort(
        CohortWanted(name="course", split=SplitRule("patient")), Frame(table, "CSV file", "f" * 64), text, folder
    )
    return load_cohort(str(folder))
