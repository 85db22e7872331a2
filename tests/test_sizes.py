"""How long files and functions may be."""

import ast
import statistics
from collections.abc import Iterable
from pathlib import Path

from tests.test_architecture import PROGRAM, ROOT, sources, tree

# Functions that may be longer than 60 lines, each with the reason.
LONG_FUNCTIONS: dict[str, str] = {}
# Source files that may have 300 lines or more, each with the reason.
LONG_FILES = {
    "creason_core/store/migrations/versions/r0001_first_tables.py": "a list of tables, written once and never edited",
}


def lengths(paths: Iterable[Path]) -> dict[str, int]:
    """Lines of each file, by its name in the project."""
    return {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}


def test_no_source_file_has_300_lines_and_no_test_file_more_than_400() -> None:
    programs = {name: length for name, length in lengths(sources(*PROGRAM)).items() if length >= 300}
    assert {name: length for name, length in programs.items() if name not in LONG_FILES or length > 400} == {}
    assert {name: length for name, length in lengths(sources("tests", ".ci")).items() if length > 400} == {}


def test_half_of_the_source_files_are_shorter_than_120_lines() -> None:
    assert statistics.median(lengths(sources(*PROGRAM)).values()) < 120


def test_no_function_is_longer_than_60_lines_without_a_reason() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in _ours()
        if "versions" not in path.parts  # a migration is a list of tables, written once and never edited
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 60
    }
    assert long == set(LONG_FUNCTIONS)


def _ours() -> tuple[Path, ...]:
    return sources("app.py", "creason_core", "pages", "tests", "training", ".ci")
