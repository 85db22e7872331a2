"""The score of the demos' consult cases on engines of known quality: the data themselves are not in the repository."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from creason_core.errors import EvaluationError
from creason_core.evaluation.guideline_answers.asking import How
from creason_core.evaluation.guideline_answers.consult_cases import (
    ConsultCase,
    Isolate,
    aware_groups,
    read_cases,
    verdict,
)
from creason_core.evaluation.guideline_answers.consults import evaluate_consults, told
from creason_core.evaluation.run import Progress
from creason_core.guideline.consults.drugs import antibiotics
from creason_core.guideline.reading import starter_library
from tests.evaluation.guideline_answers.scripted import Scripted

SILENT = Progress(lambda _total, _done: None, lambda _: None)
HOW = How(repeats=3, temperature=0.7, max_tokens=400, concurrency=1)
KNOWN = {
    "age": 72, "weight_kg": 80.0, "vitals_first_6h": {"map": {"min": 55.0}},
    "labs_last_before_6h": {"lactate_mmol_l": {"value": 4.0, "hour": 1.0}, "creatinine_mg_dl": {"value": 1.9}},
}  # fmt: skip
COLI = {"susceptibility": {"meropenem": "S", "ampicillin": "R"}}
AUREUS = {"susceptibility": {"vancomycin": "S", "oxacillin": "R"}, "by_drug": {"meropenem": "R", "linezolid": "yes"}}


def raw(name: str, *isolates: dict[str, Any], ordered: tuple[str, ...], decided: bool = True) -> dict[str, Any]:
    cultures = [{"isolates": [{"role": "target", "by_drug": {}, **one} for one in isolates]}]
    return {
        "case_id": name, "known": KNOWN, "microbiology": {"cultures": cultures}, "hindsight": {"source": "SECRET"},
        "coverage": {"empiric_set": list(ordered)}, "usable": {"usable_coverage": decided}, "ordered_24h": ["SECRET"],
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cases = [
        raw("a", COLI, ordered=("meropenem",)),
        raw("b", COLI, AUREUS, ordered=("meropenem",)),
        raw("c", COLI, ordered=("ampicillin", "gentamicin"), decided=False),
    ]
    with gzip.open(tmp_path / "demo_consults.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.write("".join(f"{json.dumps(case)}\n" for case in cases))
    return tmp_path


def case(*isolates: dict[str, dict[str, str]]) -> ConsultCase:
    return ConsultCase(
        "one", {}, tuple(Isolate({**one["susceptibility"], **one.get("by_drug", {})}) for one in isolates), ()
    )


@pytest.mark.parametrize(("regimen", "expected"), [
    (("meropenem", "vancomycin"), "covered"), (("meropenem", "linezolid"), "covered"),
    (("meropenem",), "partly covered"), (("ampicillin", "oxacillin"), "not decided"), (("colistin",), "not decided"),
    ((), "no drug named"),
])  # fmt: skip
def test_a_regimen_is_scored_by_every_isolate_that_was_aimed_at(regimen: tuple[str, ...], expected: str) -> None:
    assert verdict(case(COLI, AUREUS), regimen) == expected
    assert verdict(case(COLI), ("ampicillin",)) == "not covered"


def test_card_and_fixed_regimens_stand_beside_what_was_ordered(folder: Path, tmp_path: Path) -> None:
    result = evaluate_consults(read_cases(folder), tmp_path / "run", None, HOW, SILENT)
    assert (result.admissions, result.decided) == (3, 2)
    rows = {row.engine: row for row in result.rows}
    assert rows["first option of Ask's card"].verdicts["no drug named"] == 2
    assert rows["recorded regimen"].covered.count == rows["the commonest: meropenem"].covered.count == 1
    assert rows["recorded regimen"].verdicts["partly covered"] == 1
    assert rows["broad for all: meropenem and vancomycin"].covered.count == 2
    assert rows["broad for all: meropenem and vancomycin"].groups["Watch"] == 4
    assert "2 cases prove a pipeline and rank nothing." in told(result)


def test_a_model_is_given_what_was_known_and_nothing_else_and_scored_by_what_its_first_option_is_for(
    folder: Path, tmp_path: Path
) -> None:
    writes = "Options to consider:\n- Give meropenem. Avoid ampicillin.\n- Vancomycin.\nBecause:\nLinezolid is new."
    engine = Scripted(lambda _shown, _seed: writes, name="carbapenem for all")
    result = evaluate_consults(read_cases(folder), tmp_path / "run", engine, HOW, SILENT)
    row = result.rows[0]
    assert row.engine == "first option of carbapenem for all"
    assert (row.covered.count, row.verdicts["partly covered"]) == (1, 1)
    assert row.groups == {"Access": 0, "Watch": 2, "Reserve": 0, "no group": 0}
    sent = " ".join(message.content for request in engine.asked for message in request.messages)
    assert "MAP: 55 mmHg" in sent
    for secret in ("SECRET", "susceptib", "oxacillin", "ampicillin"):
        assert secret not in sent
    assert [request.temperature for request in engine.asked] == [0.0] * len(engine.asked)


def test_what_is_known_becomes_facts_with_their_units(folder: Path) -> None:
    assert read_cases(folder).cases[0].values == {
        "sepsis": True, "age": "72 years", "weight": "80.0 kg", "MAP": "55.0 mmHg", "creatinine": "1.9 mg/dL",
        "lactate": "4.0 mmol/L",
    }  # fmt: skip


def test_groups_are_those_of_the_librarys_own_entry() -> None:
    groups = aware_groups(starter_library())
    assert {drug for drug, group in groups.items() if group == "Access"} == {
        "gentamicin", "amikacin", "ampicillin", "cloxacillin", "amoxicillin-clavulanate", "metronidazole"
    }  # fmt: skip
    assert {drug for drug, group in groups.items() if group == "Watch"} == {
        "ceftriaxone", "piperacillin-tazobactam", "meropenem", "vancomycin", "ciprofloxacin"
    }  # fmt: skip
    assert all(antibiotics().members(drug) == (drug,) for drug in groups)


@pytest.mark.parametrize(("line", "says"), [
    ("{}", "Line 1 of .* is no consult case: KeyError"), ("no json", "Line 1 of .* is no consult case"),
    (json.dumps(raw("a", COLI, ordered=(), decided=False)), "None of the 1 cases"),
])  # fmt: skip
def test_a_file_of_another_form_is_told(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(EvaluationError, match=r"holds no file \*_consults.jsonl.gz"):
        read_cases(tmp_path)
    with gzip.open(tmp_path / "x_consults.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.write(f"{line}\n")
    with pytest.raises(EvaluationError, match=says):
        read_cases(tmp_path)
