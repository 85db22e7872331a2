"""From a trained adapter to a folder that can be registered or shipped, and measured lines into its manifest.

    python -m training.package build var/warm-start/adapter var/creason-smollm2 --name creason-smollm2 --version 1
    python -m training.package results var/creason-smollm2 "this adapter=runs/test" "the base model=runs/test-base"
    python -m training.package evaluations runs/natural-test runs/test

Only the weights and how they are applied are taken, nothing of the machine that trained them. Results come from
finished runs of ``creason evaluate`` on held-out patients; a line of the same name about the same questions is
replaced. ``evaluations`` puts the figures of runs, in place of those that are there, where a fresh installation shows
them: in the order given, of which About takes the first of the model that answers.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from creason_core.errors import CReasonError, SettingsError, WeightsError
from creason_core.evaluation.saved import SHIPPED, SavedRun, read_run, ship
from creason_core.model.adapters.manifest import (
    CONFIG,
    WEIGHTS,
    Adapter,
    AdapterManifest,
    Base,
    Data,
    Result,
    read_adapter,
    write_manifest,
)
from creason_core.model.engines.weights import MANIFEST, read_manifest
from creason_core.private import from_now_on, private_folder
from training.data.contamination import NAME as RATINGS
from training.release.training_log import NAME
from training.trainer.weights import base_folder


def pack(trained: Path, out: Path, name: str, version: str, *, recipe: str = "", parent: str = "") -> Adapter:
    """Makes the folder ``out`` from the folder that training left; it appears only when it is complete.

    Raises:
        SettingsError: ``out`` is there already, or ``trained`` is not what a training leaves.
        WeightsError: A file is missing, altered or not accepted.
    """
    if out.exists():
        raise SettingsError(f"{out} is there already.", remedy="Give another folder; nothing was written.")
    manifest = _manifest(trained, name, version, recipe, parent)
    private_folder(out.parent)
    with tempfile.TemporaryDirectory(prefix=".pack-", dir=out.parent) as scratch:
        made = Path(scratch) / "adapter"
        made.mkdir()
        shutil.copyfile(trained / WEIGHTS, made / WEIGHTS)
        if (trained / RATINGS).is_file():  # whose ratings it was trained on: they are never evaluated on
            shutil.copyfile(trained / RATINGS, made / RATINGS)
        config = json.loads((trained / CONFIG).read_text(encoding="utf-8"))
        config["base_model_name_or_path"] = manifest.base.name  # was a path on the machine that trained it
        (made / CONFIG).write_text(json.dumps(config, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        write_manifest(made, manifest)
        made.rename(out)
    return read_adapter(out)


def _manifest(trained: Path, name: str, version: str, recipe: str, parent: str) -> AdapterManifest:
    try:
        if (trained / MANIFEST).is_file():
            found = read_adapter(trained).manifest
            parent = parent or found.parent
        else:
            found = _from_training(json.loads((trained / NAME).read_text(encoding="utf-8")), name, version)
        base = read_manifest(base_folder(found.base.name)).manifest
    except (OSError, ValueError, KeyError, ValidationError) as error:
        raise SettingsError(
            f"{trained} is not what a training leaves: {type(error).__name__}.",
            remedy=f"Give the folder with {WEIGHTS}, {CONFIG} and {NAME} or {MANIFEST}.",
        ) from error
    if any(base.files.get(file) != digest for file, digest in found.base.weights.items()):
        raise WeightsError(
            f"The adapter in {trained} was trained on other weights of {found.base.name} than those here.",
            remedy="Pack it on the machine that trained it.",
        )
    changed: dict[str, Any] = {"name": name, "version": version, "recipe": recipe or found.recipe, "parent": parent}
    changed |= {"licence": base.licence, "base": found.base.model_copy(update={"source": base.source})}
    return AdapterManifest.model_validate((found.model_copy(update=changed)).model_dump())


def _from_training(log: dict[str, Any], name: str, version: str) -> AdapterManifest:
    """The manifest that ``training.json`` of a warm start amounts to."""
    data = {field: log["data"][field] for field in Data.model_fields}
    return AdapterManifest(
        name=name,
        version=version,
        base=Base(**log["base"]),
        files={},
        recipe=f"warm start (supervised fine-tuning) on {data['rows']:,} rationales",
        settings={key: value for key, value in log["settings"].items() if key not in {"out", "rationales"}},
        data=Data(**data),
        seed=log["settings"]["seed"],
        made=datetime.fromisoformat(log["made"]),
        program=log["program"],
        commit=log["commit"],
        releases=log["releases"],
    )


def results_of(run: SavedRun, who: str) -> tuple[Result, ...]:
    """One measured line for each scoring of a finished run."""
    asked, found = run.run.plan.questions, run.summary
    floors = {"chance": found.chance.value, "prior": found.prior.value}
    floors |= {floor.name: floor.everything.value for floor in found.floors}
    return tuple(
        Result(
            who=who,
            questions=asked.sha256,
            cohort=asked.cohort,
            split=asked.split,
            design=f"{asked.design}-{asked.design_version}{', balanced' if asked.balanced else ''}",
            scoring=one.scoring,
            n=one.accuracy.n,
            patients=one.accuracy.clusters,
            accuracy=one.accuracy.value,
            low=one.accuracy.interval.low if one.accuracy.interval.known else 0.0,  # one patient: anything may be
            high=one.accuracy.interval.high if one.accuracy.interval.known else 1.0,
            answered=one.answered.value,
            floors=floors,
            measured=found.finished[:10],
        )
        for one in found.scorings
    )


def add_results(folder: Path, results: Sequence[Result]) -> Adapter:
    """Puts measured lines into a manifest; the adapter and its hash stay what they are. Raises ``WeightsError``."""
    manifest = read_adapter(folder).manifest
    new = {(one.who, one.questions, one.scoring) for one in results}
    kept = [one for one in manifest.results if (one.who, one.questions, one.scoring) not in new]
    return write_manifest(folder, manifest.model_copy(update={"results": (*kept, *results)}))


def _ship(folders: Sequence[Path]) -> int:
    runs = [read_run(folder) for folder in folders]  # all of them, before one that is there is taken away
    for path in SHIPPED.glob("*.json"):
        path.unlink()
    for place, run in enumerate(runs, 1):
        sys.stdout.write(f"{ship(run, place)}\n")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    from_now_on()
    parser = argparse.ArgumentParser(prog="python -m training.package", description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build", aliases=["pack"], help="make an adapter folder from what training left")
    building.add_argument("trained", type=Path)
    building.add_argument("out", type=Path)
    building.add_argument("--name", required=True)
    building.add_argument("--version", required=True)
    building.add_argument("--recipe", default="", help="one line; default: what the training says of itself")
    building.add_argument("--parent", default="", help="name@version that training went on from")
    adding = commands.add_parser("results", help="put the figures of finished evaluations into the manifest")
    adding.add_argument("folder", type=Path)
    adding.add_argument("runs", nargs="+", metavar="WHO=RUN", help='"this adapter=runs/test"')
    shipping = commands.add_parser("evaluations", help="replace the evaluations that ship with the program")
    shipping.add_argument("runs", nargs="+", type=Path)
    given = parser.parse_args(arguments)
    try:
        if given.command == "evaluations":
            return _ship(given.runs)
        if given.command in ("build", "pack"):
            made = pack(given.trained, given.out, given.name, given.version, recipe=given.recipe, parent=given.parent)
        else:
            pairs = [part.partition("=")[::2] for part in given.runs]
            lines = [line for who, run in pairs for line in results_of(read_run(Path(run)), who)]
            made = add_results(given.folder, lines)
    except CReasonError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    size = sum(path.stat().st_size for path in made.folder.iterdir())
    sys.stdout.write(
        f"{made.manifest.title} in {made.folder}: {size / 1e6:.1f} MB, SHA-256 {made.manifest.hash}, "
        f"{len(made.manifest.results)} measured lines.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
