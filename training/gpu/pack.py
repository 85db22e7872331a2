"""Makes the folder that is carried to a machine without a network.

    python -m training.gpu.pack --config training/configs/gpu-minutes.yaml --held-out validation.parquet --out FOLDER

It holds the weights, the adapter to start from, the questions with what the baselines earn on the held-out ones, the
cohorts of one's own that they are about, this program's own source, the wheels that are given, and the settings. No
file is larger than 56 MB: ``training.gpu.pieces`` cuts and joins. On the machine then, in the folder ``source`` of it:

    python -m training.gpu.run .. --minutes 12 --out OUT
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from creason_core.cohort.loading import load_cohort, own_cohorts
from creason_core.errors import CReasonError, EvaluationError, SettingsError
from creason_core.evaluation.baselines.compute import compute
from creason_core.files import write_whole
from creason_core.model.adapters.versions import Versions
from creason_core.model.engines.weights import refuse_unsafe
from creason_core.private import from_now_on
from creason_core.question.vectorised.table import read_questions
from creason_core.settings import settings
from training.data.questions import require
from training.gpu.pieces import MOST, split
from training.trainer.settings import Grpo, read_settings
from training.trainer.weights import base_folder

ROOT = Path(__file__).parents[2]
SETTINGS = "settings.json"
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.safetensors")  # of adapters that ship: start brings its own


def pack(config: Grpo, held_out: Sequence[Path], wheels: Sequence[Path], out: Path, most: int = MOST) -> Path:
    """Fills the new folder ``out``; no file in it is larger than ``most`` bytes.

    Raises:
        SettingsError: The folder is there, or a wheel is no wheel.
        QuestionError: A question file does not fit its cohort.
        EvaluationError: A file of held-out questions asks about training patients.
        WeightsError: The weights are not safetensors alone.
    """
    if out.exists():
        raise SettingsError(f"{out} is there already.", remedy="Give --out a new folder, or remove it.")
    if wrong := [path for path in wheels if path.suffix != ".whl" or not path.is_file()]:
        raise SettingsError(
            f"{wrong[0]} is not a wheel.", remedy="Bring wheels with: pip download --no-deps -d FOLDER …"
        )
    base = base_folder(config.model)
    refuse_unsafe(base)
    _check(config.questions, held_out)
    out.mkdir(parents=True)
    shutil.copytree(base, out / base.name)
    changed: dict[str, object] = {"model": base.name, "version": config.version or _next(config)}
    if config.start is not None:
        shutil.copytree(config.start, out / "start")
        changed["start"] = "start"
    changed["questions"] = [_carried(path, out / "questions") for path in config.questions]
    for path in held_out:
        _carried(path, out / "held-out")
    for path in (*config.questions, *held_out):
        _cohort(read_questions(path).meta.cohort, out / "data" / "cohorts")
    for name in ("creason_core", "training"):
        shutil.copytree(ROOT / name, out / "source" / name, ignore=_LEFT_OUT)
    for path in wheels:
        _carried(path, out / "wheels")
    carried = Grpo.model_validate({**config.model_dump(), **changed})
    write_whole(out / SETTINGS, carried.model_dump_json(indent=1) + "\n")
    split(out, most)
    return out


def _check(questions: Sequence[Path], held_out: Sequence[Path]) -> None:
    """What cannot be mended on the way is looked at before anything is copied; the baselines are kept beside a file."""
    names = [path.name for path in (*questions, *held_out)]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SettingsError(f"Two question files are called {twice[0]}.", remedy="Rename one.")
    for path in questions:
        table = read_questions(path)
        require(table, load_cohort(table.meta.cohort))
    for path in held_out:
        table = read_questions(path)
        if table.meta.split == "train":
            raise EvaluationError(
                f"{path} asks about training patients, whom the model will know.",
                remedy="Build questions with --split validation or --split test.",
            )
        compute(table, load_cohort(table.meta.cohort))


def _next(config: Grpo) -> str:
    present = settings()
    return str(Versions(present.data_dir, present.principal.user).next_version(config.name))


def _carried(path: Path, folder: Path) -> str:
    """Copies a file, and the baselines beside it; its path in the carried folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, folder / path.name)
    beside = path.with_name(f"{path.name}.baselines")
    if beside.is_dir():
        shutil.copytree(beside, folder / beside.name)
    return f"{folder.name}/{path.name}"


def _cohort(name: str, folder: Path) -> None:
    """Copies a cohort that is not packaged."""
    own = own_cohorts() / name
    if own.is_dir() and not (folder / name).exists():
        shutil.copytree(own, folder / name)


def main(given: Sequence[str] | None = None) -> int:
    """The command."""
    from_now_on()
    parser = argparse.ArgumentParser(prog="python -m training.gpu.pack", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--config", type=Path, default=ROOT / "training" / "configs" / "gpu-minutes.yaml")
    parser.add_argument("--held-out", type=Path, nargs="+", required=True, help="questions about held-out patients")
    parser.add_argument("--wheels", type=Path, nargs="*", default=[], help="of what the machine lacks: TRL's, others")
    parser.add_argument("--notes", action="store_true", help="put the registry's notes into every prompt")
    parser.add_argument("--out", type=Path, required=True, help="a new folder")
    asked = parser.parse_args(given)
    try:
        config = read_settings(asked.config, Grpo)
        config = config.model_copy(update={"notes": config.notes or asked.notes})
        out = pack(config, asked.held_out, asked.wheels, asked.out)
    except CReasonError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sizes = [path.stat().st_size for path in out.rglob("*") if path.is_file()]
    sys.stdout.write(
        f"{out}: {len(sizes):,} files, {sum(sizes) / 1e6:.0f} MB, the largest {max(sizes) / 1e6:.1f} MB.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
