"""The rules that keep the project readable: floors, imports, names, start-up time.

``FLOORS`` is the one list of what may import what. A new room gets a place there, or this file fails.
"""

import ast
import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Lowest first, by folder: a module imports its own floor and those below. A folder stands for all that is in it.
FLOORS: dict[str, tuple[frozenset[str], ...]] = {
    top: tuple(frozenset(names.split()) for names in floors)
    for top, floors in {
        "creason_core": (
            "arrays",
            "confined errors files frozen inert_cells logs metrics principal private",
            "archives",
            "settings record",
            "cohort",
            "model",
            "question",
            "store",
            "guideline demonstration",
            "runs",
            "evaluation",
            "doctor",
            "commands cli",
        ),
        # The pages themselves are above all of their folders.
        "pages": ("components", "server", "session", "record question runs guideline", "what_ifs", "demonstration"),
        # The commands that a person types are above all of their folders, but for one that has a folder of its own.
        "training": ("teacher trainer", "data", "release rl", "grpo", "gpu"),
        # Two wings are large enough for floors of their own.
        "creason_core/record/importing": (
            "decisions report",
            "files",
            "cells",
            "columns",
            "contents",
            "forms",
            "patients",
            "review",
            "reading suggesting",
            "answering saved understanding",
        ),
        "creason_core/store": (
            "sql",
            "schema",
            "audit migrations",
            "fact_rows migrate",
            "patients hospital",
            "runs",
            "people",
            "history",
            "records",
            "differences training_rows",
            "exporting",
            "upkeep",
        ),
    }.items()
}
# Their own files are the top floor: pages, and commands of training.
OPEN_ABOVE = frozenset({"pages", "training"})
# Rooms of one floor that may know each other, from the first to the second.
SAME_FLOOR = frozenset({("cli", "commands"), ("principal", "errors"), ("runs", "question")})
# These put an engine together from the settings, or bring its weights where the settings say.
ENGINE_ASSEMBLY = frozenset(
    f"model.engines.{name}" for name in "choose serve switching weights weights_cache weights_sources".split()
)

# Imported inside the function that uses them, so that the program starts at once.
HEAVY = frozenset(
    "accelerate datasets gguf huggingface_hub jinja2 ml_dtypes onnx onnxruntime openai peft".split()
    + "pint pyreadstat safetensors scipy sklearn tokenizers torch transformers trl vllm".split()
)
# Of ours, those that are built on such a library from top to bottom: heavy in the same way.
HEAVY_OF_OURS = frozenset({"creason_core.model.engines.vllm_client", "creason_core.model.engines.vllm_faults"})
# Commands import what they run when they run: `creason --help` must not load the program.
LATE_IMPORTS_ALLOWED = frozenset({"cli", "commands"})

PROGRAM = ("app.py", "creason_core", "pages", "training")

TOP_LEVEL = frozenset(
    "app.py creason_core docs pages pyproject.toml setup.py tests".split()
    + "CHANGELOG.md CONTRIBUTING.md LICENSE Makefile README.md".split()
)
TOP_LEVEL_LATER = frozenset({"training"})


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, by its dotted name, and whether it is imported inside a function."""

    module: str
    line: int
    late: bool


def tracked() -> tuple[Path, ...]:
    """Every file of the project: tracked by git, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(ROOT / name for name in listed.split("\0") if name and (ROOT / name).exists())


@cache
def sources(*tops: str) -> tuple[Path, ...]:
    """The project's Python files under the folders ``tops`` (or those files)."""
    return tuple(p for p in tracked() if p.suffix == ".py" and any(p.is_relative_to(ROOT / top) for top in tops))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def imports(path: Path) -> tuple[Import, ...]:
    """What ``path`` imports; ``if TYPE_CHECKING`` blocks are for the type checker and do not count."""

    def walk(node: ast.AST, late: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
                continue
            if isinstance(child, ast.Import):
                yield from (Import(alias.name, child.lineno, late) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                yield from (Import(name, child.lineno, late) for name in _from_names(child))
            yield from walk(child, late or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))

    return tuple(walk(tree(path), late=False))


def _from_names(node: ast.ImportFrom) -> Iterator[str]:
    """``from creason_core.store import audit`` imports the module ``creason_core.store.audit``."""
    assert node.level == 0, f"line {node.lineno}: imports are absolute"
    module = node.module or ""
    for alias in node.names:
        path = ROOT.joinpath(*module.split("."), alias.name)
        yield f"{module}.{alias.name}" if path.with_suffix(".py").exists() or path.is_dir() else module


def inner(path: Path, top: str) -> str:
    """``creason_core/model/engines/base.py`` → ``model.engines.base``; empty outside ``top`` and for itself."""
    if not path.is_relative_to(ROOT / top):
        return ""
    parts = path.relative_to(ROOT / top).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def inside(module: str, top: str) -> str:
    """``creason_core.store.runs.marks`` → ``runs.marks`` in ``creason_core/store``; empty outside ``top``."""
    package = top.replace("/", ".") + "."
    return module.removeprefix(package) if module.startswith(package) else ""


def core_name(path: Path) -> str:
    """The name of a module inside creason_core."""
    return inner(path, "creason_core")


def core_imports(path: Path) -> Iterator[tuple[str, Import]]:
    """The modules of creason_core that ``path`` imports, by their name inside it."""
    for found in imports(path):
        if found.module == "creason_core" or found.module.startswith("creason_core."):
            yield found.module.removeprefix("creason_core").removeprefix("."), found


def floor(top: str, module: str) -> tuple[int, str]:
    """The number of the floor on which a module lies (its name without ``top``), and its room."""
    room = module.split(".", maxsplit=1)[0]
    found = [number for number, rooms in enumerate(FLOORS[top]) if room in rooms]
    assert found or top in OPEN_ABOVE, f"{top}/{room} has no floor: add it to FLOORS in tests/test_architecture.py"
    return (found or [len(FLOORS[top])])[0], room


def upward(top: str, module: str, imported: str) -> bool:
    """Whether ``module`` may not import ``imported``: it lies higher, or beside it in another room."""
    (here, room), (there, other) = floor(top, module), floor(top, imported)
    beside = here == there < len(FLOORS[top]) and room != other and (room, other) not in SAME_FLOOR
    return there > here or beside


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


@pytest.mark.parametrize("top", FLOORS)
def test_every_module_imports_only_its_own_floor_and_those_below(top: str) -> None:
    wrong = [
        f"{where(path, found.line)} imports {found.module}"
        for path in sources(top)
        if (module := inner(path, top))
        for found in imports(path)
        if (imported := inside(found.module, top)) and upward(top, module, imported)
    ]
    assert wrong == []


@pytest.mark.parametrize("top", FLOORS)
def test_no_modules_import_each_other_in_a_circle(top: str) -> None:
    graph = {
        module: {imported for found in imports(path) if (imported := inside(found.module, top))}
        for path in sources(top)
        if (module := inner(path, top))
    }
    for name, needed in graph.items():
        needed.discard(name)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' → '.join(error.args[1])}")


@pytest.mark.parametrize(("top", "room", "above"), [
    (top, room, sorted(above)[0])
    for top, floors in FLOORS.items()
    for below, above in pairwise(floors)
    for room in sorted(below)
])  # fmt: skip
def test_an_import_that_runs_upwards_or_beside_is_found(top: str, room: str, above: str) -> None:
    assert upward(top, f"{room}.planted", above)
    assert not upward(top, above, f"{room}.planted")


def test_engines_know_no_patient_question_or_answer() -> None:
    wrong = [
        f"{where(path, found.line)} imports {name}"
        for path in sources("creason_core")
        if core_name(path).startswith("model.engines.")
        for name, found in core_imports(path)
        if name != "errors" and not name.startswith("model.")
        if not (name in {"files", "private"} and core_name(path).startswith("model.engines.weights"))
        if not (name == "settings" and core_name(path) in ENGINE_ASSEMBLY)
    ]
    assert wrong == []


def test_metrics_know_nothing_but_numbers() -> None:
    wrong = [
        f"{where(path, found.line)} imports {name}"
        for path in sources("creason_core")
        if core_name(path).startswith("metrics")
        for name, found in core_imports(path)
        if not name.startswith("metrics") and name != "arrays"
    ]
    assert wrong == []


@pytest.mark.parametrize(("folder", "banned"), [
    ("creason_core", ("streamlit", "trl", "pages", "training", "tests")),
    ("pages", ("training", "tests", "trl")),
    ("training", ("pages", "streamlit", "tests")),
])  # fmt: skip
def test_the_parts_keep_apart(folder: str, banned: tuple[str, ...]) -> None:
    wrong = [
        f"{where(path, found.line)} imports {found.module}"
        for path in sources(folder)
        for found in imports(path)
        if found.module.split(".")[0] in banned
    ]
    assert wrong == []


def test_heavy_libraries_are_imported_where_they_are_used() -> None:
    wrong = [
        f"{where(path, found.line)} imports {found.module} at the top"
        for path in sources("creason_core", "pages", "app.py", "training")
        if f"creason_core.{core_name(path)}" not in HEAVY_OF_OURS
        for found in imports(path)
        if not found.late and (found.module.split(".")[0] in HEAVY or found.module in HEAVY_OF_OURS)
    ]
    assert wrong == []


def test_no_import_is_hidden_in_a_function_except_of_heavy_libraries() -> None:
    wrong = [
        f"{where(path, found.line)} imports {found.module} inside a function"
        for path in sources("creason_core", "pages", "app.py")
        if core_name(path).split(".")[0] not in LATE_IMPORTS_ALLOWED
        for found in imports(path)
        if found.late and found.module.split(".")[0] in {"creason_core", "pages"} and found.module not in HEAVY_OF_OURS
    ]
    assert wrong == []


def test_only_the_settings_read_the_environment() -> None:
    readers = {"environ", "getenv", "environb"}
    wrong = [
        where(path, node.lineno)
        for path in sources("creason_core", "pages", "app.py")
        if path.name != "settings.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in readers and ast.unparse(node.value) == "os"
    ]
    assert wrong == []


def test_no_public_function_speaks_in_untyped_dictionaries() -> None:
    wrong = [
        f"{where(path, node.lineno)} {node.name}"
        for path in sources("creason_core")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        for annotation in [*(argument.annotation for argument in node.args.args), node.returns]
        if annotation and re.search(r"\b(dict|Mapping)\[str, Any\]", ast.unparse(annotation))
    ]
    assert wrong == []


def test_no_registry_is_known_by_name_but_where_it_is_made_or_stands_first() -> None:
    """Cohorts and columns of the packaged registries are data: everything else asks the cohort and its codebook."""
    at_home = (
        "creason_core/cohort/rhc/", "creason_core/cohort/ist/", "creason_core/commands/cohort.py",  # made there
        "creason_core/demonstration/scenes.py",  # the demo's questions
        # what was stored before there were two of them
        "creason_core/store/migrations/versions/r0005_cohorts.py", "pages/record/case_draft.py",
        "pages/server/services.py",  # the cohort of whoever has chosen none
    )  # fmt: skip
    books = (ROOT / "creason_core/record/codebooks").glob("*.yaml")
    columns = {
        name for book in books for name in re.findall(r"^- name: (\w*\d)$", book.read_text("utf-8"), re.MULTILINE)
    }
    assert {"meanbp1", "aps1"} <= columns
    names = columns | {"rhc", "rhc-sepsis", "rhc-other", "ist", "ist-stroke"}
    found = [
        f"{where(path, node.lineno)} knows {node.value!r}: ask the cohort or its codebook"
        for path in sources("creason_core", "pages")
        if not path.relative_to(ROOT).as_posix().startswith(at_home)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and node.value in names
    ]
    assert found == []


def test_the_top_level_holds_only_the_fixed_names() -> None:
    names = {path.relative_to(ROOT).parts[0] for path in tracked()}
    visible = {name for name in names if not name.startswith(".")}
    assert visible - TOP_LEVEL_LATER == TOP_LEVEL


def test_every_module_says_what_it_is() -> None:
    spoken = sources("app.py", "creason_core", "pages", "training")
    silent = [str(path.relative_to(ROOT)) for path in spoken if not ast.get_docstring(tree(path))]
    assert silent == []


QUESTION = ("-c", "import creason_core.question.masked_value")
HELP = ("-m", "creason_core.cli", "--help")


@pytest.mark.parametrize(("command", "spared"), [
    (QUESTION, "asyncio numpy pandas plotly sqlalchemy creason_core.cohort.drafting creason_core.record.identifiers"),
    (HELP, "asyncio numpy pandas pydantic sqlalchemy yaml creason_core.record creason_core.settings"),
])  # fmt: skip
def test_the_start_loads_nothing_that_it_does_not_need(command: tuple[str, ...], spared: str) -> None:
    told = subprocess.run(
        [sys.executable, "-X", "importtime", *command], cwd=ROOT, check=True, capture_output=True, text=True, timeout=30
    ).stderr
    loaded = {line.rpartition("|")[2].strip() for line in told.splitlines()}
    assert "creason_core" in loaded
    assert loaded & set(spared.split()) == set()


@pytest.mark.alone
@pytest.mark.parametrize("command", [QUESTION, HELP])
def test_starting_takes_less_than_half_a_second(command: tuple[str, ...]) -> None:
    # As a user's Python runs it: with the bytecode that the first start leaves behind.
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, capture_output=True, timeout=30, env=usual)
    seconds = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *command], cwd=ROOT, check=True, capture_output=True, timeout=30, env=usual)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        # Processor time, so that a busy machine does not fail it.
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(seconds) < 0.5
