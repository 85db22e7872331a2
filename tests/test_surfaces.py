"""What a wing shows to others, and what is stored: both are declared, and said."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from creason_core.question.kinds import Question
from tests.test_architecture import PROGRAM, ROOT, core_imports, core_name, sources, tree, where

# The doors of a wing's inner rooms: what other wings, pages and training may import of them ("." is the room itself).
# What stands in no door is the wing's own, and can be changed by whoever looks at that wing alone.
DOORS = {
    "cohort.drafting": "draft fits inferring redcap",
    "cohort.ist": "adapter",
    "cohort.leakage": "guard over_time",
    "cohort.rhc": "",
    "cohort.table_files": "reading",
    "evaluation.baselines": "compute engine outcome report saved",
    "evaluation.calibration": ".",
    "evaluation.faithfulness": ".",
    "evaluation.guideline_answers": "asking consult_cases consults question_set run told",
    "evaluation.predictions": "figures run saved",
    "evaluation.report": ". contents figures markdown page results tables writing",
    "guideline.consults": "antibiogram_files antibiograms drugs options prechecks shares",
    "guideline.documents": "about checking folders formats index reading shelving succession",
    "guideline.reasoned": "asking claims resolving",
    "model.adapters": "card choosing manifest merging shipped versions",
    "model.embedding": "encoder weights",
    "model.engines": "base child choose embedded embedded_job embedded_protocol embedded_weights limits processor "
    "registry replay serve switching weights weights_cache",
    "question.vectorised": "builder coded options questions sampling shortcut_report shortcuts table",
    "question.what_if": "answers copying formulas pairing smallest sweeping",
    "record.identifiers": ". scan",
    "record.importing": "answering cells.checking cells.level_codes cells.values columns.headers columns.mapping "
    "columns.patient_ids columns.roles columns.times contents.coding contents.decimals contents.legends "
    "contents.missing_codes contents.previews decisions files.formats files.limits files.protocol "
    "files.text_files forms.long_tables forms.name_keys forms.name_tables patients.rows reading report "
    "review.asking review.gathering review.review saved suggesting understanding",
    "record.units": ". scales tables",
    "store.exporting": "consults contents export",
    "store.hospital": "antibiograms consults library library_reviews library_words",
    "store.migrations": "",
    "store.patients": "cases codebooks",
    "store.people": "commitments drafts feedback import_mappings open_questions own_answers preferences readings",
    "store.runs": "given_texts live_rows marks new_runs paces reveals run_rows scanned series series_words what_ifs",
    "store.schema": "columns",
    "store.sql": "sqlite transactions types",
    "store.training_rows": ". reading rows",
    "store.upkeep": "backup checks database restore triggers",
}
# What is stored outside the database, by file: every field says what it holds.
STORED = {
    "creason_core/cohort/cohort.py": "PublicCase ColumnChange Source TableSource CohortFile CohortManifest",
    "creason_core/evaluation/calibration/conditions.py": "Conditions",
    "creason_core/evaluation/calibration/fitted.py": "Calibration",
    "creason_core/evaluation/plan.py": "Model Questions EvaluationPlan RunFile",
    "creason_core/model/adapters/manifest.py": "Base Data Result AdapterManifest",
    "creason_core/model/engines/weights.py": "Merged WeightsManifest",
    "training/data/provenance.py": "AboutData",
    "training/gate.py": "OnFile Verdict",
    "training/release/promotion_rule.py": "Rule Compared Reason",
}

# Class names that stand in more than one module, each with the reason; a private class (_Name) cannot be mistaken.
CLASSES_OF_ONE_NAME = {"Item": "a line of Ask's answer, a line of an import's report; no module needs both"}


def behind_a_door(importing: str, imported: str) -> bool:
    """Whether a module, by its name in creason_core ("" outside), imports what another wing keeps to itself."""
    wing, *rest = imported.split(".")
    room, inside = ".".join([wing, *rest[:1]]), ".".join(rest[1:]) or "."
    return importing.partition(".")[0] != wing and room in DOORS and inside not in DOORS[room].split()


def test_other_wings_come_in_by_the_doors() -> None:
    wrong = [
        f"{where(path, found.line)} imports {name}: import what DOORS lists, or list it there"
        for path in sources(*PROGRAM)
        for name, found in core_imports(path)
        if behind_a_door(core_name(path), name)
    ]
    assert wrong == []


def test_what_is_behind_a_door_is_found() -> None:
    assert behind_a_door("", "record.units.factors")
    assert behind_a_door("store.cases", "record.importing.column_units")
    assert not behind_a_door("record.case", "record.units.factors")
    assert not behind_a_door("store.cases", "record.units")


@pytest.mark.parametrize("name", STORED)
def test_every_stored_field_says_what_it_holds(name: str) -> None:
    silent = [
        f"{node.name}.{ast.unparse(one.target)}"
        for node in tree(ROOT / name).body
        if isinstance(node, ast.ClassDef) and node.name in STORED[name].split()
        for one, after in zip(node.body, [*node.body[1:], None], strict=True)
        if isinstance(one, ast.AnnAssign)
        and not (isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant))
    ]
    assert silent == []


def test_no_two_modules_have_a_class_of_one_name() -> None:
    found: dict[str, set[str]] = {}
    for path in sources(*PROGRAM):
        for node in tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, set()).add(str(path.relative_to(ROOT)))
    twice = {name: sorted(places) for name, places in found.items() if len(places) > 1}
    assert twice.keys() == CLASSES_OF_ONE_NAME.keys(), twice


KINDS = {kind.__name__: Path(str(sys.modules[kind.__module__].__file__)) for kind in get_args(Question)}


def told_by_class(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name where ``module`` looks whether something is of a kind of question, by its class."""
    for node in ast.walk(module):
        asked: list[ast.expr] = []
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"isinstance", "issubclass"}:
            asked = node.args[1:]
        elif isinstance(node, ast.MatchClass):
            asked = [node.cls]
        elif isinstance(node, ast.Compare) and "type(" in ast.unparse(node):
            asked = [node.left, *node.comparators]
        names = (name for one in asked for name in ast.walk(one))
        yield from (
            (name.lineno, said)
            for name in names
            if isinstance(name, ast.Name | ast.Attribute) and (said := ast.unparse(name).split(".")[-1]) in KINDS
        )


def test_what_differs_between_kinds_of_question_is_asked_of_the_kind_and_not_found_by_its_class() -> None:
    wrong = [
        f"{where(path, line)} looks for {name}: ask the question (QuestionBase) or its task, or its kind"
        for path in sources(*PROGRAM)
        if path not in KINDS.values()
        for line, name in told_by_class(tree(path))
    ]
    assert wrong == []


@pytest.mark.parametrize("line", [
    "isinstance(question, OutcomeQuestion)", "isinstance(one, outcome.OutcomeQuestion | EstimateQuestion)",
    "isinstance(one, (int, GuidelineQuestion))", "type(question) is EstimateQuestion",
    "match one:\n    case MultipleChoiceQuestion():\n        pass",
])  # fmt: skip
def test_a_kind_that_is_found_by_its_class_is_seen(line: str) -> None:
    assert list(told_by_class(ast.parse(line)))
