"""In which forms one table is written: one form drawn for each part of it, never one that is left out."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.record.importing.truth import CODES, MISSING, TIMES


@dataclass
class Style:
    """What was drawn for one table."""

    layout: str
    file: str
    names: str
    units: str
    decimal: str
    codes: str
    missing: str
    time: str
    extras: frozenset[str]
    called: dict[str, str] = field(default_factory=dict)  # feature → its name in the file
    unit: dict[str, str] = field(default_factory=dict)  # feature → the unit that it is written in


LAYOUTS = ("a patient a row", "a value a row", "several rows a patient", "FHIR", "REDCap events", "a plain list")
FILES = ("CSV", "semicolons", "tabs", "workbook", "JSON", "JSON lines", "Parquet", "SPSS", "Stata")
NAMES = ("short names", "labels and synonyms", "another language")
UNITS = ("units in the header", "a row of units", "units in the cells", "no units")
EXTRAS = ("alike names", "a summary row", "merged patient cells", "two header rows", "flags", "limits", "a title",
          "a stay's name for the patient")  # fmt: skip
PATIENT = ("patient_id", "subject_id", "Patient", "record_id")
STAY = ("Fallnummer", "patientunitstayid", "hospitalization_id", "PatNr")


def draw_style(draw: random.Random, without: frozenset[str]) -> Style:
    """A form for each part of a table, none of those that are left out."""

    def one(options: Sequence[str], first: float) -> str:
        """Mostly the plain option, which stands first."""
        left = [option for option in options if option not in without]
        return left[0] if draw.random() < first else draw.choice(left)

    layout = one(LAYOUTS, 0.3)
    files = {"FHIR": ("JSON", "JSON lines"), "REDCap events": ("CSV",), "a plain list": ("CSV",)}.get(layout, FILES)
    extras = frozenset(extra for extra in EXTRAS if extra not in without and draw.random() < 0.12)
    style = Style(
        layout=layout,
        file=one(files, 0.2),
        names=one(NAMES, 0.4),
        units=one(UNITS, 0.3),
        decimal=one(("decimal points", "decimal commas"), 0.5),
        codes=one(tuple(f"codes {name}" for name in CODES), 0.3).removeprefix("codes "),
        missing=one(tuple(f"missing as {name}" for name in MISSING), 0.4).removeprefix("missing as "),
        time=one(tuple(TIMES), 0.2),
        extras=extras,
    )
    if layout in {"FHIR", "REDCap events"} or style.file in {"Parquet", "SPSS", "Stata", "JSON", "JSON lines"}:
        style.decimal = "decimal points"
        style.extras = extras & {"alike names", "flags", "limits", "a stay's name for the patient"}
        if style.units == "a row of units":
            style.units = "units in the header"
    if layout == "a value a row" and style.units == "a row of units":
        style.units = "a column of units"
    if layout == "a plain list":
        style.units, style.extras = "units in the cells", frozenset()
    if layout == "FHIR":
        style.units, style.extras, style.missing, style.codes = "a column of units", frozenset(), "gaps", "yes and no"
    if layout == "a patient a row" or layout == "a plain list" or layout == "REDCap events":
        style.time = ""
    if "two header rows" in style.extras and (layout == "a value a row" or style.units == "a row of units"):
        style.extras -= {"two header rows"}
    if layout != "several rows a patient" and layout != "a value a row":
        style.extras -= {"merged patient cells"}
    return style
