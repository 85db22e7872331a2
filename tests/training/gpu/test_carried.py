"""What is packed is what a run needs; what the machine lacks is named before anything is trained."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from creason_core.errors import EvaluationError, SettingsError
from creason_core.files import sha256
from creason_core.model.engines.weights import model_folder
from creason_core.settings import settings
from tests.training import smoke_data
from tests.training.tiny import make_tiny
from training.gpu import pieces, run
from training.gpu.pack import pack
from training.trainer.settings import Grpo

ROOT = Path(__file__).parents[3]
# Imported by code that no run on a GPU comes to, or brought by a library that is on the list.
APART = frozenset("babel phonenumbers ml_dtypes huggingface_hub pydantic_core threadpoolctl".split())
IMPORTED = """
import json, sys
import training.gpu.low_rank, training.gpu.session
files = [m.__file__ for name, m in sys.modules.items() if name.split(".")[0] in ("creason_core", "training")]
print(json.dumps([file for file in files if file]))
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Grpo:
    folder = tmp_path_factory.mktemp("pack")
    make_tiny(folder / "tiny", like=str(model_folder(settings())))
    return Grpo.model_validate({
        "model": str(folder / "tiny"), "questions": [smoke_data.questions(folder, limit=8)], "out": "unused",
        "version": "packed",
    })  # fmt: skip


@pytest.fixture(scope="module")
def held_out(asked: Grpo) -> Path:
    return smoke_data.questions(asked.questions[0].parent, "validation", limit=4)


@pytest.mark.slow
def test_a_packed_folder_joins_to_weights_questions_source_and_settings(
    asked: Grpo, held_out: Path, tmp_path: Path
) -> None:
    wheel = tmp_path / "trl-1.whl"
    wheel.write_bytes(b"a wheel")
    folder = pack(asked, [held_out], [wheel], tmp_path / "folder", most=4_000_000)
    assert max(path.stat().st_size for path in folder.rglob("*") if path.is_file()) <= 4_000_000
    pieces.join(folder, tmp_path / "joined")
    joined = tmp_path / "joined"
    for name, before in {
        "tiny/model.safetensors": Path(asked.model) / "model.safetensors",
        "questions/train.parquet": asked.questions[0],
        "held-out/validation.parquet": held_out,
        "wheels/trl-1.whl": wheel,
        "source/training/grpo.py": ROOT / "training" / "grpo.py",
    }.items():
        assert sha256(joined / name) == sha256(before), name
    assert list((joined / "held-out" / "validation.parquet.baselines").glob("sex-*.npz"))
    assert not list((joined / "source").rglob("*.safetensors"))
    said = json.loads((joined / "settings.json").read_text(encoding="utf-8"))
    assert (said["model"], said["questions"], said["version"]) == ("tiny", ["questions/train.parquet"], "packed")


@pytest.mark.slow
def test_what_would_fail_on_the_way_is_refused_before_anything_is_copied(
    asked: Grpo, held_out: Path, tmp_path: Path
) -> None:
    out = tmp_path / "folder"
    known = shutil.copyfile(asked.questions[0], tmp_path / "known.parquet")
    with pytest.raises(EvaluationError, match="asks about training patients, whom the model will know"):
        pack(asked, [known], [], out)
    with pytest.raises(SettingsError, match="asks about validation patients, who are never trained on"):
        pack(asked.model_copy(update={"questions": (held_out,)}), [], [], out)
    with pytest.raises(SettingsError, match="Two question files are called"):
        pack(asked, [asked.questions[0]], [], out)
    with pytest.raises(SettingsError, match="is not a wheel"):
        pack(asked, [held_out], [tmp_path / "trl.tar.gz"], out)
    assert not out.exists()
    out.mkdir()
    with pytest.raises(SettingsError, match="is there already"):
        pack(asked, [held_out], [], out)


def test_a_dry_run_names_everything_that_is_lacking_and_what_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "folder", tmp_path / "out"
    folder.mkdir()
    for name in ("one", "other"):
        (folder / name).write_text(name, encoding="utf-8")
    pieces.split(folder)
    monkeypatch.setattr(run, "NEEDED", ("json", "not_there", "nor_this"))
    monkeypatch.setattr("os.environ", {})
    line = [str(folder), "--out", str(out), "--dry-run"]
    assert run.main(line) == 1
    said = capsys.readouterr().err
    assert "not_there cannot be imported: No module named 'not_there'. Carry what is missing" in said
    assert "nor_this cannot be imported" in said
    assert said.endswith("Nothing was trained.\n")
    (folder / "one").write_text("two", encoding="utf-8")
    (folder / "other").unlink()
    assert run.main(line) == 1
    said = capsys.readouterr().err
    assert "one, a piece of one, is damaged" in said
    assert "other, a piece of other, is missing." in said
    assert said in (out / "log.txt").read_text(encoding="utf-8")
    assert run.main([str(out), *line[1:]]) == 1
    assert "was not packed" in capsys.readouterr().err


@pytest.mark.slow
def test_every_library_that_a_run_imports_is_looked_for_before_it() -> None:
    listed = subprocess.run([sys.executable, "-c", IMPORTED], cwd=ROOT, capture_output=True, text=True, check=True)
    found = set()
    for file in json.loads(listed.stdout):
        for node in ast.walk(ast.parse(Path(file).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(str(node.module).partition(".")[0])
    assert found - sys.stdlib_module_names - {"creason_core", "training"} - APART <= set(run.NEEDED)
