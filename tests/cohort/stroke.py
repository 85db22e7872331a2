"""A made-up table in the format of the stroke trial's file, and the cohort that the command makes of it."""

from pathlib import Path

import numpy as np
import pandas as pd

from creason_core.cli import main

HEADER = (
    "HOSPNUM RDELAY RCONSC SEX AGE RSLEEP RATRIAL RCT RVISINF RHEP24 RASP3 RSBP RDEF1 RDEF2 RDEF3 RDEF4 RDEF5 RDEF6 "
    "RDEF7 RDEF8 STYPE RDATE HOURLOCAL MINLOCAL DAYLOCAL RXASP RXHEP DASP14 TD EXPDD SET14D ID14 OCCODE COUNTRY FDEAD"
).split()
MONTHS = ["sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "pa?", "lis", "gru"]


def made_up(n: int = 240) -> pd.DataFrame:
    """``n`` made-up patients, every column of the file that the codebook reads or leaves out among others."""
    random = np.random.default_rng(2)

    def some(text: str) -> "np.typing.NDArray[np.str_]":
        return random.choice(text.split(), n)

    made = {name: some("N Y") for name in HEADER} | {name: some("N Y C") for name in HEADER if name.startswith("RDEF")}
    made |= {
        "HOSPNUM": some("1 2 3 4 5 6 7"), "COUNTRY": some("UK ITAL POLA NORW"), "SEX": some("M F"),
        "RCONSC": some("F D U"), "RDELAY": random.integers(1, 49, n).astype(str),
        "AGE": random.integers(40, 100, n).astype(str),
        "RSBP": (10 * random.integers(9, 25, n)).astype(str), "STYPE": some("TACS PACS LACS POCS OTH"),
        "RDATE": np.array([f"{MONTHS[k % 12]}-{91 + k // 60}" for k in range(n)]), "HOURLOCAL": some("8 9 12 15 23 99"),
        "MINLOCAL": some("0 30 99"), "DAYLOCAL": some("1 4 7"), "RXHEP": some("N L M H"), "SET14D": some("1 1 1 0"),
        "ID14": some("0 1"), "OCCODE": some("0 1 2 3 4 8 9"), "TD": random.integers(1, 300, n).astype(str),
        "EXPDD": random.random(n).round(3).astype(str),
    }  # fmt: skip
    frame = pd.DataFrame(made)[HEADER].astype(object)
    frame.loc[:19, ["RATRIAL", "RASP3"]] = ""  # the pilot phase
    return frame


def make_stroke(folder: Path, out: Path) -> None:
    """Makes ``ist-stroke`` in ``out``, as a user does; ``folder`` is for the file."""
    file = folder / "IST.csv"
    made_up().to_csv(file, index=False)
    assert main(["cohort", "make-ist", str(file), "--out", str(out)]) == 0
