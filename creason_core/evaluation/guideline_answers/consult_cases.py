"""Consult cases: what was known of septic patients six hours after admission, and what grew later, kept apart.

They come from the MIMIC demos (ODbL 1.0) and are not part of the program. Of a case's blocks only ``known`` reaches a
card or a model; cultures and what was ordered score it; ``hindsight`` is never kept.
"""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from creason_core.errors import EvaluationError
from creason_core.evaluation.guideline_answers.records import Value
from creason_core.guideline.consults.drugs import antibiotics
from creason_core.guideline.library import Library

NAMES = "*_consults.jsonl.gz"
Verdict = Literal["covered", "partly covered", "not covered", "not decided", "no drug named"]
Group = Literal["Access", "Watch", "Reserve", "no group"]
GROUPS: tuple[Group, ...] = ("Access", "Watch", "Reserve", "no group")
AWARE = "aware22-drug-groups"


@dataclass(frozen=True, slots=True)
class Isolate:
    """What grew and was aimed at: drug → S, I, R as tested, or "yes" and "no" by the data set's own rules."""

    susceptibility: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ConsultCase:
    """A case with a decided verdict: ``values`` is what was known, by the names of facts; the rest scores it."""

    id: str
    values: Mapping[str, Value]
    isolates: tuple[Isolate, ...]
    ordered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsultCases:
    """The decided ones of ``admissions``; ``hash`` is the SHA-256 (hex) over the files."""

    cases: tuple[ConsultCase, ...]
    admissions: int
    hash: str


def read_cases(folder: Path) -> ConsultCases:
    """The cases in ``*_consults.jsonl.gz`` of ``folder`` of which it is known whether what was ordered covered.

    Raises:
        EvaluationError: There is none, or a file is not of that form.
    """
    paths = sorted(folder.glob(NAMES))
    if not paths:
        raise EvaluationError(
            f"{folder} holds no file {NAMES}.", remedy="Give the folder of the consult cases of the MIMIC demos."
        )
    found: list[ConsultCase] = []
    lines, digest = 0, sha256()
    for path in paths:
        for number, line in enumerate(_lines(path), 1):
            lines += 1
            digest.update(line.encode())
            try:
                raw = json.loads(line)
                if raw["usable"]["usable_coverage"]:
                    found.append(_case(raw))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise EvaluationError(
                    f"Line {number} of {path} is no consult case: {type(error).__name__} {error}.",
                    remedy="Bring the file back as it came.",
                ) from error
    if not found:
        raise EvaluationError(f"None of the {lines} cases in {folder} has a decided verdict.")
    return ConsultCases(tuple(found), lines, digest.hexdigest())


def _lines(path: Path) -> Iterator[str]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from lines
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path} cannot be read: {type(error).__name__}.") from error


def _case(raw: Mapping[str, Any]) -> ConsultCase:
    isolates = [one for culture in raw["microbiology"]["cultures"] for one in culture["isolates"]]
    return ConsultCase(
        id=raw["case_id"],
        values=_known_values(raw["known"]),
        isolates=tuple(
            Isolate({**one["susceptibility"], **one.get("by_drug", {})}) for one in isolates if one["role"] == "target"
        ),
        ordered=tuple(raw["coverage"]["empiric_set"]),
    )


def _known_values(known: Mapping[str, Any]) -> Mapping[str, Value]:
    """What the block ``known`` of a case says, as facts of the library's vocabulary; all patients are septic."""
    labs, vitals = known["labs_last_before_6h"], known["vitals_first_6h"]
    measured = {
        "age": (known["age"], "years"),
        "weight": (known["weight_kg"], "kg"),
        "MAP": (vitals.get("map", {}).get("min"), "mmHg"),
        "creatinine": (labs.get("creatinine_mg_dl", {}).get("value"), "mg/dL"),
        "lactate": (labs.get("lactate_mmol_l", {}).get("value"), "mmol/L"),
    }
    return {
        "sepsis": True,
        **{fact: f"{value} {unit}" for fact, (value, unit) in measured.items() if value is not None},
    }


def verdict(case: ConsultCase, regimen: Sequence[str]) -> Verdict:
    """Whether ``regimen`` covers each isolate, by what was tested or what the data set's own rules decided.

    An isolate that no drug of the regimen is known to cover and that one of them was not tested on is not decided.
    """
    if not regimen:
        return "no drug named"
    each = [_covers(one, regimen) for one in case.isolates]
    if None in each or not each:
        return "not decided"
    return "covered" if all(each) else "partly covered" if any(each) else "not covered"


def _covers(isolate: Isolate, regimen: Sequence[str]) -> bool | None:
    results = [isolate.susceptibility.get(drug, "?") for drug in regimen]
    if {"S", "yes"} & set(results):  # tested, or by a rule of the data set where it was not
        return True
    return None if "?" in results else False


def aware_groups(library: Library) -> Mapping[str, Group]:
    """Drug → its group of WHO's classification, as far as the library's own entry on it names them.

    Raises:
        EvaluationError: The library has no such entry.
    """
    if AWARE not in library.by_id:
        raise EvaluationError(f"The library has no entry {AWARE}, which says what is Access, Watch or Reserve.")
    found: dict[str, Group] = {}
    for clause in library.by_id[AWARE].statement.split(";"):
        for group in GROUPS[:-1]:
            if group in clause:
                found |= dict.fromkeys(antibiotics().named(clause), group)
    return found
