"""The README's tree, commands and pictures against what is really there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from PIL import Image

from tests.test_architecture import ROOT, tracked

README = (ROOT / "README.md").read_text(encoding="utf-8")
_ENTRY = re.compile(r"^(?P<indent> *)(?P<names>[\w.-]+/?(?:, [\w.-]+/?)*)  +\S")


def described() -> set[str]:
    """The paths in the README's tree: a line is a name or several, two spaces or more, and what it is."""
    block = README.split("```text\n", 1)[1].split("```", 1)[0]
    paths, parents = set(), [Path()]
    for line in block.splitlines():
        entry = _ENTRY.match(line)
        assert entry, f"not a line of the tree: {line!r}"
        depth = len(entry["indent"]) // 2
        here = [parents[depth] / name for name in entry["names"].split(", ")]
        parents[depth + 1 :] = here[-1:]
        paths |= {str(path) for path in here}
    return paths


def present() -> set[str]:
    """The visible top level, and what lies directly in creason_core."""
    paths = [path.relative_to(ROOT).parts for path in tracked()]
    names = {parts[0] for parts in paths} | {"/".join(parts[:2]) for parts in paths if parts[0] == "creason_core"}
    return {name for name in names if not name.startswith(".") and not name.endswith("__init__.py")}


def test_the_tree_names_every_file_and_folder_and_nothing_else() -> None:
    folders = {f"pages/{path.name}" for path in (ROOT / "pages").iterdir() if (path / "__init__.py").is_file()}
    assert described() == present() | folders


def test_the_page_is_short() -> None:
    assert len(README.splitlines()) <= 80


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    texts = [README, *(path.read_text(encoding="utf-8") for path in tracked() if path.suffix == ".md")]
    assert {name for text in texts for name in re.findall(r"`make ([a-z-]+)", text)} <= targets


def test_every_linked_file_and_picture_exists() -> None:
    missing = [
        f"{path.relative_to(ROOT)} → {target}"
        for path in tracked()
        if path.suffix == ".md"
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert missing == []


def test_the_moving_picture_moves_and_is_small() -> None:
    file = ROOT / "docs" / "demo.webp"
    assert file.stat().st_size < 3_000_000
    with Image.open(file) as picture:
        assert getattr(picture, "n_frames", 1) > 10
        assert picture.info["loop"] == 0  # for ever


_PATH = re.compile(r"(?<![\w/.~-])((?:creason_core|pages|training|tests|docs)/[\w./-]*\w)")
_MODULE = re.compile(r"(?<![\w/.])(?:creason_core|pages|training)(?:\.[a-z_0-9]+)+(?<!\.json)(?<!\.md)(?![\w(])")
# A log tells of its day by the names of that day, and a card how its version was trained.
_OF_THEIR_DAY = frozenset(f"docs/{name}.md" for name in ("training-log", "model-card", "model-card-warm-start")) | {
    "CHANGELOG.md"
}


def test_every_source_file_and_module_that_is_named_in_words_exists() -> None:
    spoken = [
        path
        for path in tracked()
        if path.suffix in {".md", ".py", ".yaml", ".yml", ".sh", ".toml"} or path.name == "Makefile"
        if path.relative_to(ROOT).parts[0] != "tests" and str(path.relative_to(ROOT)) not in _OF_THEIR_DAY
    ]
    missing = [
        f"{path.relative_to(ROOT)} → {name}"
        for path in spoken
        for text in [path.read_text(encoding="utf-8")]
        for name in (*_PATH.findall(text), *_MODULE.findall(text))
        if not _exists(name)
    ]
    assert missing == []


def _exists(name: str) -> bool:
    """Whether a path (or the beginning of one) is there, or a dotted name is a module or something in one."""
    if "/" in name:
        return (ROOT / name).exists() or any(ROOT.glob(f"{name}*"))
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file() or path.parent.with_suffix(".py").is_file()


_RELATIVE = re.compile(r"\]\((?!https?://)([^)#]+)")
_BUILD = "from setuptools.build_meta import prepare_metadata_for_build_wheel as make; make('.')"


def test_what_a_package_index_shows_has_no_picture_and_no_link_that_leads_nowhere_there(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    subprocess.run([sys.executable, "-c", _BUILD], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    (file,) = tmp_path.glob("*.dist-info/METADATA")
    head, _, shown = file.read_text(encoding="utf-8").partition("\n\n")
    assert "Description-Content-Type: text/markdown" in head
    assert _RELATIVE.findall(shown) == []
    assert "![" not in shown
    caption = next(line for line in README.splitlines() if line.startswith("*The demo, as"))
    assert caption not in shown
    untouched = {line for line in README.splitlines() if not _RELATIVE.search(line)} - {caption}
    assert untouched <= set(shown.splitlines())
    assert {path for path in _RELATIVE.findall(README) if path.endswith(".md")} == set(
        re.findall(r"`([\w/.-]+\.md)`", shown)
    )
