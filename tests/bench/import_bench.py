"""How long uploads of 2,000 patients, of 10 MB where CSV, take to review: `-m tests.bench.run --only import`.

The files are drawn from the packaged cohort's codebook, long (a value a row) as CSV and as XLSX, and wide with the
columns of a real export that nothing is made of. Parsing in its process is part of the time.
"""

import io
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

import openpyxl

from creason_core.record.codebook import Feature, packaged_codebook
from creason_core.record.importing.decisions import Decisions
from creason_core.record.importing.files import limits
from creason_core.record.importing.files.formats import format_of
from creason_core.record.importing.reading import read_measured
from creason_core.record.importing.report import report_csv
from creason_core.record.importing.review.review import review
from creason_core.record.importing.suggesting import suggest
from tests.bench.figures import Figure, figure

PATIENTS = 2_000
MAX_SECONDS = 15.0
_DECIDED = Decisions(leave_out_rejected=True, units_confirmed=True, identifiers_seen=True)


@dataclass(frozen=True)
class ImportTiming:
    """One measured import; sizes in bytes, times in seconds."""

    size: int
    patients: int
    reading: float
    reviewing: float
    reporting: float
    peak: int

    @property
    def total(self) -> float:
        """From upload to report."""
        return self.reading + self.reviewing + self.reporting


def _value(feature: Feature, rng: random.Random) -> str:
    if not feature.numeric:
        return rng.choice(feature.levels).label
    tier = feature.reference or feature.confirm
    low = (tier.low if tier else None) or 1.0
    high = (tier.high if tier else None) or low * 1.4
    return feature.text(rng.uniform(low, high))


def long_rows(rng: random.Random) -> Iterator[list[str]]:
    features = packaged_codebook("rhc").features
    yield ["patient", "feature", "value", "unit", "time", "comment"]
    filler = "entered by the laboratory system, checked"
    for patient in range(PATIENTS):
        for feature in features:
            hour = rng.randrange(24)
            unit = feature.unit_label
            yield [f"P{patient:05d}", feature.label, _value(feature, rng), unit, f"2020-01-01 {hour:02d}:00", filler]


def wide_rows(rng: random.Random, unknown: int) -> Iterator[list[str]]:
    features = packaged_codebook("rhc").features
    others = [f"local item {n}" for n in range(unknown)]
    yield ["patient", *(f"{f.label} ({f.unit_label})".removesuffix(" ()") for f in features), *others]
    for patient in range(PATIENTS):
        yield [
            f"P{patient:05d}",
            *(_value(feature, rng) for feature in features),
            *(f"{rng.random():.4f}" for _ in others),
        ]


def as_csv(rows: Iterator[list[str]]) -> bytes:
    return "".join(",".join(f'"{cell}"' if "," in cell else cell for cell in row) + "\n" for row in rows).encode()


def as_xlsx(rows: Iterator[list[str]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def timed(data: bytes, file_name: str) -> ImportTiming:
    """Reads, maps, reviews and reports one upload."""
    codebook = packaged_codebook("rhc")
    found = read_measured(data, format_of(file_name, data))
    if found.table is None:
        raise RuntimeError(str(found.fault))
    start = time.monotonic()
    reviewed = review(found.table, suggest(found.table, codebook), _DECIDED, codebook, import_id="bench")
    cases = reviewed.cases()
    middle = time.monotonic()
    report_csv(reviewed.items)
    return ImportTiming(len(data), len(cases), found.seconds, middle - start, time.monotonic() - middle, found.peak)


def measure() -> Iterator[Figure]:
    """Three uploads of the same patients, from upload to report."""
    uploads = (
        ("CSV, a value a row", as_csv(long_rows(random.Random(1))), "a.csv"),
        ("CSV, a patient a row", as_csv(wide_rows(random.Random(1), 650)), "a.csv"),
        ("XLSX, a patient a row", as_xlsx(wide_rows(random.Random(1), 60)), "a.xlsx"),
    )
    for title, data, file_name in uploads:
        timing = timed(data, file_name)
        note = (
            f"{timing.size / limits.MB:.1f} MB, {timing.patients:,} patients: read {timing.reading:.1f} s, "
            f"review {timing.reviewing:.1f} s, report {timing.reporting:.1f} s; "
            f"the parser held {timing.peak / limits.MIB:.0f} MB"
        )
        yield figure(f"import: {title}", [timing.total], goal=MAX_SECONDS, note=note)
