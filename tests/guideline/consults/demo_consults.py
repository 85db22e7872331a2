"""Empiric antibiotics on consult cases of the MIMIC demos: whether what an engine names covers what grew later.

    python -m tests.guideline.consults.demo_consults FOLDER     # of mimic3_demo_consults.jsonl.gz and mimic4_…

An engine is given the block ``known`` of a case and nothing else; cultures score it. The cases are not in the
repository (ODbL 1.0). 38 cases prove a pipeline and rank nothing.
"""

import copy
import gzip
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

from creason_core.guideline.applying import what_applies
from creason_core.guideline.consults.drugs import antibiotics
from creason_core.guideline.consults.options import options_of
from creason_core.guideline.consults.prechecks import precheck
from creason_core.metrics.intervals import wilson
from creason_core.record.case import Entry, make_case
from tests.guideline.bedside import codebook, finding, measurement

Known = Mapping[str, Any]
Engine = Callable[[Known], Sequence[str]]
Verdict = Literal["covered", "partly covered", "not covered", "not decided", "no drug named"]
ASKED = "Options for empiric antibiotics in this patient"
BROAD = ("meropenem", "vancomycin")
# By the library's own aware22-drug-groups; a drug that it does not name has no group here.
ACCESS = frozenset({"gentamicin", "amikacin", "ampicillin", "cloxacillin", "amoxicillin-clavulanate", "metronidazole"})
WATCH = frozenset({"ceftriaxone", "piperacillin-tazobactam", "meropenem", "vancomycin", "ciprofloxacin"})
BOOK = codebook(
    measurement("age", "age"),
    measurement("weight", "weight"),
    measurement("MAP", "mean arterial pressure"),
    measurement("creatinine", "creatinine", unit="mg/dL"),
    measurement("lactate", "lactate", unit="mmol/L"),
    finding("sepsis", "Sepsis"),
)


def decided_cases(folder: Path) -> list[dict[str, Any]]:
    """The cases of which it is known whether the recorded regimen covered what grew."""
    found = []
    for path in sorted(folder.glob("*_consults.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            found += [json.loads(line) for line in lines]
    return [case for case in found if case["usable"]["usable_coverage"]]


def verdict(case: Mapping[str, Any], regimen: Sequence[str]) -> Verdict:
    """Whether ``regimen`` covers each target isolate, by what was tested or what the data set's own rules decided.

    An isolate that no drug of the regimen is known to cover and that one of them was not tested on is not decided.
    """
    if not regimen:
        return "no drug named"
    isolates = [one for culture in case["microbiology"]["cultures"] for one in culture["isolates"]]
    each = [_covers(one, regimen) for one in isolates if one["role"] == "target"]
    if None in each or not each:
        return "not decided"
    return "covered" if all(each) else "partly covered" if any(each) else "not covered"


def _covers(isolate: Mapping[str, Any], regimen: Sequence[str]) -> bool | None:
    told = {**isolate["susceptibility"], **isolate.get("by_drug", {})}
    results = [told.get(drug, "?") for drug in regimen]
    if {"S", "yes"} & set(results):  # tested, or by a rule of the data set where it was not
        return True
    return None if "?" in results else False


def card(known: Known) -> Sequence[str]:
    """The drugs that the first option of Ask names for this patient; of a class none in particular."""
    values: dict[str, float | str | None] = {
        "f_age": min(known["age"], 90) if known["age"] else None,
        "f_weight": known["weight_kg"],
        "f_map": known["vitals_first_6h"].get("map", {}).get("min"),
        "f_creatinine": known["labs_last_before_6h"].get("creatinine_mg_dl", {}).get("value"),
        "f_lactate": known["labs_last_before_6h"].get("lactate_mmol_l", {}).get("value"),
        "f_sepsis": "1",
    }
    entries = [Entry(feature=name, value=value, reason="demo") for name, value in values.items() if value is not None]
    case = make_case("demo", entries, BOOK)
    options = options_of(what_applies(case, BOOK, ASKED, date(2026, 11, 30)), precheck(case, BOOK), ())
    return [drug for option in options[:1] for drug in option.drugs if antibiotics().members(drug) == (drug,)]


def score(cases: Sequence[Mapping[str, Any]], engine: Engine) -> Counter[Verdict]:
    """How many cases have each verdict; the engine gets a copy of ``known`` alone."""
    return Counter(verdict(case, engine(copy.deepcopy(case["known"]))) for case in cases)


def groups(regimens: Iterable[Sequence[str]]) -> str:
    """How many of the named drugs are Access, Watch, or in no group that the library names."""
    drugs = [drug for regimen in regimens for drug in regimen]
    access, watch = sum(drug in ACCESS for drug in drugs), sum(drug in WATCH for drug in drugs)
    return f"{access} / {watch} / {len(drugs) - access - watch}"


def main(folder: Path) -> None:
    """Prints the table."""
    cases = decided_cases(folder)
    recorded = {json.dumps(case["known"], sort_keys=True): case["coverage"]["empiric_set"] for case in cases}
    commonest = Counter(tuple(sorted(one)) for one in recorded.values()).most_common(1)[0][0]
    engines: dict[str, Engine] = {
        "what the card puts first": card,
        "recorded regimen": lambda known: recorded[json.dumps(known, sort_keys=True)],
        f"commonest ({', '.join(commonest)})": lambda _: commonest,
        f"broad for all ({', '.join(BROAD)})": lambda _: BROAD,
        "metronidazole for all": lambda _: ("metronidazole",),
    }
    lines = [f"{len(cases)} cases: they prove a pipeline and rank nothing."]
    for name, engine in engines.items():
        found = score(cases, engine)
        interval = wilson(found["covered"], len(cases))
        told = ", ".join(f"{verdict} {count}" for verdict, count in found.most_common())
        breadth = groups(engine(case["known"]) for case in cases)
        share = f"covered {found['covered']}/{len(cases)} ({interval.low:.2f}-{interval.high:.2f})"
        lines.append(f"{name}: {share}; {told}; Access/Watch/no group {breadth}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
